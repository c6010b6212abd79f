"""`agentlint plan`: the shortest calls to one operation of an API description, as an Arazzo document."""

from __future__ import annotations

from pathlib import Path

import click

from agentlint.cli.options import Wishes, config_option, workers_option
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS, AgentlintError, OutputFailed


@click.command("plan")
@click.argument("operation")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: standard output]")
@config_option
@workers_option
def command(operation: str, path: Path, output: Path | None, config: Path | None, workers: int | None) -> int:
    """Write the shortest calls from credentials alone to OPERATION, described in PATH, as an Arazzo skeleton.

    OPERATION is an operationId, or method and path such as "POST /orders/{id}/cancel".

    \b
    Examples:
      agentlint plan cancelOrder openapi.yaml
      agentlint plan "POST /orders/{id}/cancel" services/orders -o cancel.arazzo.yaml

    \b
    Exit codes: 0 written, 1 the operation is out of reach (what is missing is told), 2 a mistake in the call, 3 a bug of agentlint.
    """
    from agentlint.cli.running import run_with
    from agentlint.planning.arazzo import arazzo

    report, _ = run_with(path, Wishes(config=config, workers=workers))
    wanted = operation.strip()
    found = [chain for chain in report.chains if wanted in (chain.name, chain.operation)]
    if not found:
        raise AgentlintError(f"no described operation is called {wanted!r}{_near(wanted, [n for c in report.chains for n in (c.name, c.operation) if n])}",
                             'name it by its operationId, or by method and path such as "POST /orders/{id}/cancel"')
    if len({chain.file for chain in found}) > 1:
        raise AgentlintError(f"{wanted!r} stands in {' and '.join(sorted({chain.file for chain in found}))}", "give the one description as PATH")
    chain = found[0]
    if not chain.calls:
        for lack in chain.lacks:
            click.echo(f"{chain.operation} is out of reach: {lack.what + ': ' if lack.what else ''}{lack.why}", err=True)
        return EXIT_FINDINGS
    text = arazzo(chain, report.identifiers).decode()
    if output is None:
        click.echo(text, nl=False)
        return EXIT_CLEAN
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputFailed(f"cannot write {output}: {error.strerror or error}", "give -o a path that can be written") from error
    return EXIT_CLEAN


def _near(wanted: str, names: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(wanted, names, 1)
    return f"; did you mean {near[0]!r}?" if near else ""
