"""`agentlint hook`: judges a commit before it is made, for pre-commit and for git's own hooks."""

from __future__ import annotations

import os
from pathlib import Path

import click

from agentlint.cli.options import CHECK_GROUPS, GroupedCommand, Wishes, all_options
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS

_GROUPS = tuple((title, tuple("root" if name == "changed_since" else name for name in names)) for title, names in CHECK_GROUPS)


@click.command("hook", cls=GroupedCommand, groups=_GROUPS)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", show_default=True, help="Folder of the system to analyse.")
@all_options
def command(files: tuple[Path, ...], root: Path, wishes: Wishes) -> int:
    """Judge what a commit touches: FILES as pre-commit passes them, or, without any, what is staged.

    The whole system is read, because a change is judged by what it means elsewhere; only findings that the change takes part in are shown.

    \b
    Examples:
      agentlint hook                            what is staged, e.g. from .git/hooks/pre-commit
      agentlint hook --fail-on warning shop/views.py
    """
    from agentlint.cli.running import finish, run_with
    from agentlint.findings.scope import Change
    from agentlint.project.git import staged

    changed = frozenset(filter(None, (_below(root, file) for file in files))) if files else staged(root)
    if not changed:
        return EXIT_CLEAN
    report, settings = run_with(root, wishes)
    return EXIT_FINDINGS if finish(report, settings, wishes, Change(changed, "this change")) else EXIT_CLEAN


def _below(root: Path, file: Path) -> str:
    """A file relative to the root; empty when it lies elsewhere."""
    relative = os.path.relpath(file.resolve().parent / file.name, root.resolve()).replace(os.sep, "/")
    return "" if relative.startswith("../") else relative
