"""`agentlint init`: looks at a project and proposes settings with reasons, a baseline and the hook."""

from __future__ import annotations

from pathlib import Path

import click

from agentlint.cli.options import Wishes, workers_option
from agentlint.errors import BadSettings

_SETTINGS = ".agentlint.toml"
_HOOKS = ".pre-commit-config.yaml"


@click.command("init")
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--write", is_flag=True, help="Write the files. Without it they are only shown.")
@workers_option
def command(path: Path, write: bool, workers: int | None) -> None:
    """Propose settings, a baseline and a hook for the project in PATH, each with its reason. Nothing that is there is overwritten.

    \b
    Examples:
      agentlint init              look first
      agentlint init --write
    """
    from agentlint.cli.proposing import hook_text, settings_text
    from agentlint.cli.running import run_with, write_file
    from agentlint.findings.baseline import FILE, baseline_of, write_baseline
    from agentlint.project.settings import load_settings

    known = load_settings(path, None)
    if known.file:
        raise BadSettings(f"{path} has settings already: {known.file}", "edit them; docs/settings.md lists the keys")
    report, _ = run_with(path, Wishes(workers=workers))
    baseline = write_baseline(baseline_of(report))
    proposals = [(_SETTINGS, settings_text(report)), (FILE, baseline), (_HOOKS, hook_text())]
    for name, text in proposals:
        target = path / name
        if target.exists():
            hook = text.partition("repos:\n")[2]
            click.echo(f"# {name} is there already" + (f"; add to its `repos`:\n{hook}" if name == _HOOKS else " and stays as it is\n"))
        elif write:
            write_file(target, text)
            click.echo(f"# {name} written")
        else:
            shown = text if name != FILE else f"{len(report.findings)} findings of today, one a line\n"
            click.echo(f"# --- {name}\n{shown}")
    click.echo("# Look at them, then commit them." if write else "# Nothing was written; `agentlint init --write` does.")
