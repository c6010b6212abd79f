"""`agentlint diff`: what a change means for programs and for the record, between two revisions, folders or saved reports."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from agentlint.cli.options import config_option, workers_option
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS, BadReport, BadRevision

if TYPE_CHECKING:  # imported only when two reports are there: starting must be fast
    from agentlint.reporters.json_v1_types import ReportV1

_FORMS = ("console", "markdown", "json")


@click.command("diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", show_default=True,
              help="Folder of the system, for revisions; and what OLD is compared with when NEW is not given.")
@click.option("--format", "form", type=click.Choice(_FORMS), default="console", show_default=True, help="Form of the answer.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@click.option("--fail-on-loss", is_flag=True, help="Exit with 1 when a capability or a record is lost.")
@click.option("--verbose", is_flag=True, help="Do not cut long lists.")
@click.option("--color/--no-color", default=None, help="Colour on or off.")
@config_option
@workers_option
def command(
    old: str, new: str | None, root: Path, form: str, output: Path | None, fail_on_loss: bool, verbose: bool, color: bool | None, config: Path | None,
    workers: int | None,
) -> int:
    """Tell what differs from OLD to NEW: capabilities gained and lost, what only a person can do now, decisions that lost their record, scores.

    Each of the two is a folder, a report saved with `--format json`, or a revision that git knows. Without NEW the folder as it is now is taken.

    \b
    Examples:
      agentlint diff origin/main --format markdown -o comment.md
      agentlint diff v1.4 v1.5 --root services/shop
      agentlint diff before.json after.json
    """
    from agentlint.cli.running import style, write_file
    from agentlint.comparison import compare, render

    options = (root, config, workers)
    comparison = compare(_report(old, *options), _report(new or str(root), *options), (old, new or str(root)))
    text = render(comparison, form, style(output is None, color, verbose))
    if output is None:
        click.echo(text, nl=False, color=True)
    else:
        write_file(output, text)
    return EXIT_FINDINGS if fail_on_loss and comparison.lost else EXIT_CLEAN


def _report(name: str, root: Path, config: Path | None, workers: int | None) -> ReportV1:
    path = Path(name)
    saved = _saved(path) if path.is_file() else None
    if saved is not None:
        return saved
    if path.exists():
        return _analysed(path, config, workers)
    from agentlint.project.git import extract, is_revision

    if not is_revision(root, name):
        message = f"{name!r} is neither a file or folder nor a revision that git knows in {root}"
        raise BadRevision(message, "give a folder, a saved JSON report, or a branch, tag or commit")
    with TemporaryDirectory(prefix="agentlint-") as folder:
        extract(root, name, Path(folder))
        return _analysed(Path(folder), config, workers, root)


def _analysed(path: Path, config: Path | None, workers: int | None, stands_for: Path | None = None) -> ReportV1:
    from agentlint.cache import cache_folder
    from agentlint.options import Options
    from agentlint.reporters.json_v1 import to_v1
    from agentlint.warm import run

    workers = workers or os.cpu_count() or 1
    return to_v1(run(Options(path, config, workers=workers, today=datetime.date.today(), cache=cache_folder(), stands_for=stands_for))[0])


def _saved(path: Path) -> ReportV1 | None:
    """The report in a file; None for a file that is no report, such as an API description."""
    import msgspec

    from agentlint.reporters.json_v1_types import ReportV1

    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadReport(f"{path}: cannot be read: {error.strerror or error}", "give a file that can be read") from error
    if b'"agentlint-report/' not in data[:200]:
        return None
    try:
        return msgspec.json.decode(data, type=ReportV1)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadReport(f"{path}: a report that this version cannot read: {error}", "write it anew with `agentlint check --format json`") from error
