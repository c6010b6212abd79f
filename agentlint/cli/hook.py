"""`agentlint hook`: judges a commit before it is made, for pre-commit and for git's own hooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from agentlint.cli.options import CHECK_GROUPS, GroupedCommand, Wishes, all_options
from agentlint.errors import EXIT_CLEAN, EXIT_FINDINGS

_GROUPS = (*((title, tuple("root" if name == "changed_since" else name for name in names)) for title, names in CHECK_GROUPS), ("Afterwards", ("watch",)))


@click.command("hook", cls=GroupedCommand, groups=_GROUPS)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--root", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".", show_default=True, help="Folder of the system to analyse.")
@click.option("--watch", is_flag=True, help="Leave `agentlint watch` running: the next commit finds its answer ready. Ends after an idle hour.")
@all_options
def command(files: tuple[Path, ...], root: Path, watch: bool, wishes: Wishes) -> int:
    """Judge what a commit touches: FILES as pre-commit passes them, or, without any, what is staged.

    The whole system is read, because a change is judged by what it means elsewhere; only findings that the change takes part in are shown.

    \b
    Examples:
      agentlint hook                            what is staged, e.g. from .git/hooks/pre-commit
      agentlint hook --fail-on warning shop/views.py
      agentlint hook --watch                    from the second commit on, a large system takes a second as well
    """
    from agentlint.cli.running import finish, run_with
    from agentlint.findings.scope import Change
    from agentlint.project.git import staged

    changed = frozenset(filter(None, (_below(root, file) for file in files))) if files else staged(root)
    if not changed:
        return EXIT_CLEAN
    report, settings = run_with(root, wishes)
    broken = finish(report, settings, wishes, Change(changed, "this change"))
    if watch and not os.environ.get("CI"):  # last: what it looks for first is there now; a machine of a pipeline makes no further commit
        from agentlint.cli.background import leave_running

        leave_running(root, (str(root), *_for_watcher(wishes)))
    return EXIT_FINDINGS if broken else EXIT_CLEAN


def _for_watcher(wishes: Wishes) -> Iterator[str]:
    """The options that decide what a report holds; how it is shown is nobody's concern in the background."""
    if wishes.config is not None:
        yield f"--config={wishes.config}"
    yield from (f"--select={rule}" for rule in wishes.select)
    yield from (f"--har={file}" for file in wishes.sessions)
    yield f"--timeout={wishes.timeout}"
    if wishes.workers is not None:
        yield f"--workers={wishes.workers}"


def _below(root: Path, file: Path) -> str:
    """A file relative to the root; empty when it lies elsewhere."""
    relative = os.path.relpath(file.resolve().parent / file.name, root.resolve()).replace(os.sep, "/")
    return "" if relative.startswith("../") else relative
