"""`agentlint fix`: shows, or makes, the changes that mend findings without guessing."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

import click

from agentlint.cli.options import config_option, workers_option
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS

KINDS = ("unused-suppression", "register-history", "operation-ids")


@click.command("fix")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--diff/--write", "only_diff", default=True, help="Show the changes, or make them.  [default: --diff]")
@click.option("--only", "names", type=click.Choice(KINDS), multiple=True, help="Kind of fix; may be given several times.  [default: all]")
@config_option
@workers_option
def command(path: Path, only_diff: bool, names: tuple[str, ...], config: Path | None, workers: int | None) -> int:
    """Mend what can be mended in PATH without guessing.

    Each change is first made on the side and the whole system analysed again: only what ends its finding and brings no other is offered.

    \b
    Kinds:
      unused-suppression  takes out suppressions that silence nothing
      register-history    registers a model with the history that other models have
      operation-ids       names operations of an API description, as an Overlay

    \b
    Exit codes: 0 nothing to do, or done; 1 changes are shown; 2 a mistake in the call; 3 a bug of agentlint.
    """
    from agentlint.cache import cache_folder
    from agentlint.fixing import diff, offer, write
    from agentlint.options import Options

    offered = offer(Options(path, config, workers=workers or os.cpu_count() or 1, today=datetime.date.today(), cache=cache_folder()), names)
    for fix, why in offered.refused:
        click.echo(f"not offered: {fix.name}: {fix.title} ({fix.file}): {why}", err=True)
    fixes = offered.fixes if offered.files else ()
    for fix in fixes:
        place = f"{fix.file}:{fix.line}" if fix.line else fix.file
        click.echo(f"{'would' if only_diff else 'did'}: {fix.title} ({fix.name}, {place})" + (f"; {fix.note}" if fix.note else ""), err=True)
    if not fixes:
        click.echo("nothing to mend without guessing", err=True)
        return EXIT_CLEAN
    if only_diff:
        click.echo(diff(offered), nl=False)
        return EXIT_FINDINGS
    write(offered, path)
    return EXIT_CLEAN
