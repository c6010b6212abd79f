"""`agentlint fix`: shows, or makes, the changes that mend findings without guessing."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import click

from agentlint.cli.options import config_option, workers_option
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS, OutputFailed
from agentlint.options import Options

KINDS = ("unused-suppression", "register-history", "add-record", "describe-routes", "expose-service", "operation-ids")


@click.command("fix")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--diff/--write", " /--apply", "only_diff", default=True, help="Show the changes, or make them.  [default: --diff]")
@click.option("--only", "names", type=click.Choice(KINDS), multiple=True, help="Kind of fix; may be given several times.  [default: all but those on request]")
@click.option("--overlay", "target", type=click.Path(path_type=Path), metavar="FILE",
              help="Write instead what can be derived for the one API description of PATH as an OpenAPI Overlay.")
@config_option
@workers_option
def command(path: Path, only_diff: bool, names: tuple[str, ...], target: Path | None, config: Path | None, workers: int | None) -> int:
    """Mend what can be mended in PATH without guessing.

    Each change is first made on the side and the whole system analysed again: only what ends its finding and brings no other is offered.

    \b
    Kinds:
      unused-suppression  takes out suppressions that silence nothing
      register-history    registers a model with the history that other models have
      add-record          adds the record that other functions make to one that makes none
      operation-ids       names operations of an API description, as an Overlay

    An overlay holds names of operations, hints for tools, answers on errors and pages that the description has elsewhere, links between operations, and
    stubs for missing actions, marked as proposals: they change no verdict until somebody builds them and takes the mark away.

    \b
    Kinds on request, with --only:
      expose-service      exposes a function that only a page calls as an endpoint beside the API's others, marked for review
      describe-routes     names routes that code declares, with a summary from the docstring

    \b
    Examples:
      agentlint fix                                look first
      agentlint fix --only add-record --apply

    \b
    Exit codes: 0 nothing to do, or done; 1 changes are shown; 2 a mistake in the call; 3 a bug of agentlint.
    """
    from agentlint.cache import cache_folder
    from agentlint.fixing import diff, offer, write

    options = Options(path, config, workers=workers or os.cpu_count() or 1, today=datetime.date.today(), cache=cache_folder())
    if target is not None:
        return _overlay(options, target)
    offered = offer(options, names)
    for fix, why in offered.refused:
        click.echo(f"not offered: {fix.name}: {fix.title} ({fix.file}): {why}", err=True)
    fixes = offered.fixes if offered.files else ()
    for fix in fixes:
        place = f"{fix.file}:{fix.line}" if fix.line else fix.file
        click.echo(f"{'would' if only_diff else 'did'}: {fix.title} ({fix.name}, {place})" + (f"; {fix.note}" if fix.note else ""), err=True)
    if not fixes:
        click.echo("nothing to mend without guessing" + ("" if names else "; --only expose-service and --only describe-routes propose more"), err=True)
        return EXIT_CLEAN
    if only_diff:
        click.echo(diff(offered), nl=False)
        return EXIT_FINDINGS
    write(offered, path)
    return EXIT_CLEAN


def _overlay(options: Options, target: Path) -> int:
    """Writes the overlay and says what it is worth."""
    from agentlint.fixing import overlay
    from agentlint.reporters.wording import plural

    made = overlay(options, target)
    for kind, why in made.refused:
        click.echo(f"left out: {kind}: {why}", err=True)
    if not made.counts:
        click.echo("nothing to derive", err=True)
        return EXIT_CLEAN
    try:
        target.write_bytes(made.text)
    except OSError as error:
        raise OutputFailed(f"cannot write {target}: {error.strerror or error}", "give --overlay a path that can be written") from error
    click.echo(f"{target}: " + ", ".join(f"{count} {kind}" for kind, count in made.counts), err=True)
    before, after = made.before, made.after
    scores = " -> ".join("-" if r.scores.agent_ready.score is None else f"{r.scores.agent_ready.score:g}" for r in (before, after))
    click.echo(f"with it applied: {plural(len(before.findings), 'finding')} -> {len(after.findings)}; agent-ready {scores}", err=True)
    return EXIT_CLEAN
