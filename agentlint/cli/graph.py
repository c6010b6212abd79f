"""`agentlint graph`: the capability graph in a form that other programs draw."""

from __future__ import annotations

import os
from pathlib import Path

import click

from agentlint.errors import OutputFailed


@click.command("graph")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--format", "form", type=click.Choice(("json", "graphml", "dot", "mermaid")), default="json", show_default=True, help="Form of the graph.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read files.  [default: the machine's cores]")
def command(path: Path, form: str, output: Path | None, config: Path | None, workers: int | None) -> None:
    """Write the capability graph of PATH: who can do what to which resource, through which code, with which record."""
    from agentlint.app import analyse
    from agentlint.cache import cache_folder
    from agentlint.graph.capability import CapabilityGraph
    from agentlint.graph.export import EXPORTS
    from agentlint.options import Options

    facts = analyse(Options(path, config, (), workers or os.cpu_count() or 1, cache=cache_folder())).facts
    text = EXPORTS[form](CapabilityGraph(facts))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputFailed(f"cannot write {output}: {error.strerror or error}", "give -o a path that can be written") from error
