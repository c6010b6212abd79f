"""`agentlint check`: analyse, report in one or more formats, and answer with an exit code."""

from __future__ import annotations

from pathlib import Path

import click

from agentlint.cli.options import CHECK_GROUPS, GroupedCommand, Wishes, all_options
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS


@click.command("check", cls=GroupedCommand, groups=CHECK_GROUPS)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--changed-since", metavar="REV", help="Show only what the change since a branch, tag or commit touches; scores stay those of the whole.")
@all_options
def command(path: Path, changed_since: str | None, wishes: Wishes) -> int:
    """Analyse PATH (a folder or an API description) and answer both questions.

    \b
    Examples:
      agentlint check services/orders
      agentlint check . --format sarif -o out.sarif --format console
      agentlint check openapi.yaml --har session.har
      agentlint check . --changed-since origin/main --fail-under agent-ready=70,auditable=60

    \b
    Exit codes: 0 clean, 1 a gate does not hold, 2 a mistake in the call or nothing to analyse, 3 a bug of agentlint.
    """
    from agentlint.cli.running import finish, run_with
    from agentlint.findings.scope import Change
    from agentlint.project.git import changed_since as changed_files

    change = Change(changed_files(path, changed_since), f"the change since {changed_since}") if changed_since else None
    report, settings = run_with(path, wishes)
    return EXIT_FINDINGS if finish(report, settings, wishes, change) else EXIT_CLEAN
