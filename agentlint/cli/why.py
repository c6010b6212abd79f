"""`agentlint why`: the evidence for one operation or decision."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from agentlint.cli.options import Wishes, config_option, workers_option
from agentlint.errors import AgentlintError, BadPath

_LINE = re.compile(r"^(?P<file>.+?):(?P<line>\d+)(?::\d+)?$")


@click.command("why")
@click.argument("what")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--color/--no-color", default=None, help="Colour on or off.")
@config_option
@workers_option
def command(what: str, path: Path, color: bool | None, config: Path | None, workers: int | None) -> None:
    """Show why an operation or decision of PATH was judged as it was: who may start it, what it does, what speaks for the answer, step by step.

    WHAT is FILE:LINE as reports show it, an operation such as "POST /orders/{pk}/cancel/", a symbol, or the fingerprint of a finding.

    \b
    Examples:
      agentlint why shop/views.py:41
      agentlint why "POST /orders/{pk}/cancel/" services/shop
      agentlint why cancel_order
    """
    from agentlint.cli.running import run_with, style
    from agentlint.reporters.why import Place, find, render

    report, _ = run_with(path, Wishes(config=config, workers=workers))
    match = _LINE.match(what)
    place = Place(_relative(match["file"], path), int(match["line"])) if match else Place(name=what)
    answer = find(report, place)
    if answer.empty:
        where = f"no operation or decision stands at or above {what}" if match else f"nothing is called {what!r}"
        raise AgentlintError(where, "`agentlint check --format csv` lists every operation and decision with its place and name")
    if not answer.exact:
        click.echo(f"Nothing stands at line {place.line} itself; the nearest above it:\n", err=True)
    click.echo(render(report, answer, style(True, color, False)), nl=False, color=True)


def _relative(file: str, root: Path) -> str:
    """The file as reports name it: given relative to the root, or from here."""
    base = root if root.is_dir() else root.parent
    if (base / file).is_file():
        return Path(os.path.normpath(file)).as_posix() if not os.path.isabs(file) else Path(os.path.relpath(file, base)).as_posix()
    if Path(file).is_file():
        return Path(os.path.relpath(file, base)).as_posix()
    raise BadPath(f"there is no file {file} in {base}", "give it as reports show it, relative to the analysed folder")
