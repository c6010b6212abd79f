"""`agentlint check`: analyse, report in one or more formats, and answer with an exit code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS, BadSettings, OutputFailed

if TYPE_CHECKING:  # imported only when a report is written: starting must be fast
    from agentlint.reporters.base import Style

_FORMATS = ("console", "json", "sarif", "markdown", "github", "gitlab", "junit", "csv")
_SEVERITIES = ("error", "warning", "info", "never")


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--format", "formats", type=click.Choice(_FORMATS), multiple=True, help="Form of the report; may be given several times.  [default: console]")
@click.option("-o", "--output", "outputs", type=click.Path(path_type=Path), multiple=True,
              help="File for the report; the first -o belongs to the first --format, and so on. `-` is standard output.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="Exit with 1 when a finding is at or over this severity.  [default: error]")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.  [default: .agentlint.toml, then pyproject.toml, in PATH]")
@click.option("--select", multiple=True, metavar="RULE", help="Run only this rule; may be given several times.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read files.  [default: the machine's cores]")
@click.option("--verbose", is_flag=True, help="Do not cut long lists.")
@click.option("--profile", is_flag=True, help="Say on standard error how long each pass took.")
@click.option("--color/--no-color", default=None, help="Colour on or off.  [default: on when standard output is a terminal and NO_COLOR is unset]")
def command(
    path: Path, formats: tuple[str, ...], outputs: tuple[Path, ...], fail_on: str | None, config: Path | None, select: tuple[str, ...], workers: int | None,
    verbose: bool, profile: bool, color: bool | None,
) -> int:
    """Analyse PATH (a folder or an API description) and answer both questions.

    \b
    Exit codes: 0 clean, 1 findings at or over --fail-on, 2 a mistake in the call or nothing to analyse, 3 a bug of agentlint.
    """
    from agentlint.app import Options, run
    from agentlint.findings import at_least
    from agentlint.reporters.catalog import find_reporter

    report, settings = run(Options(path, config, select, workers or os.cpu_count() or 1, progress=_progress(profile)))
    wanted = formats or settings.formats or ("console",)
    for index, name in enumerate(wanted):
        target = outputs[index] if index < len(outputs) else None
        to_terminal = target is None or str(target) == "-"
        reporter = find_reporter(name)
        if reporter is None:
            raise BadSettings(f"there is no format {name!r}", "agentlint check --help lists the formats")
        _write(reporter.render(report, _style(to_terminal, color, verbose)), None if to_terminal else target)
    threshold = fail_on or settings.fail_on
    if threshold == "never":
        return EXIT_CLEAN
    return EXIT_FINDINGS if at_least(report.findings, threshold) else EXIT_CLEAN  # type: ignore[arg-type]


def _progress(profile: bool) -> Callable[[str, float], None] | None:
    if not profile:
        return None
    return lambda name, seconds: click.echo(f"{seconds:8.3f} s  {name}", err=True)


def _style(to_terminal: bool, color: bool | None, verbose: bool) -> Style:
    from agentlint.reporters.base import Style

    is_terminal = to_terminal and sys.stdout.isatty()
    wanted = color if color is not None else is_terminal and "NO_COLOR" not in os.environ
    width = min(shutil.get_terminal_size((100, 24)).columns, 140) if is_terminal else 100
    encoding = (sys.stdout.encoding or "").lower()
    return Style(color=wanted, width=width, unicode=not to_terminal or encoding.startswith("utf"), verbose=verbose)


def _write(text: str, target: Path | None) -> None:
    if target is None:
        click.echo(text, nl=False, color=True)
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputFailed(f"cannot write {target}: {error.strerror or error}", "give -o a path that can be written") from error
