"""`agentlint watch`: runs `check` again whenever files change, so that a check or a commit afterwards finds its answer ready."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentlint.cli.options import CHECK_GROUPS, GroupedCommand, Wishes, all_options
from agentlint.errors import EXIT_CLEAN, BadPath, MissingExtra

if TYPE_CHECKING:
    from watchfiles import Change

_SETTLED = 800
"""Milliseconds without a change after which files count as saved."""
_SETTINGS = (".toml", ".har")
_NICER = 10
"""How much less urgent the work is than what a person waits for."""


class _Repeating(GroupedCommand):
    """Remembers what was given, to hand it on as it was."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["given"] = tuple(args)
        return super().parse_args(ctx, args)


@click.command("watch", cls=_Repeating, groups=CHECK_GROUPS)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--changed-since", metavar="REV", help="Show only what the change since a branch, tag or commit touches.")
@all_options
@click.pass_context
def command(ctx: click.Context, path: Path, changed_since: str | None, wishes: Wishes) -> int:
    """Run `agentlint check` with the same options at once and after every change below PATH, until interrupted.

    What was judged is kept: `agentlint check` and `agentlint hook` on the same files answer from there. A run that a further change overtakes is given up.

    \b
    Examples:
      agentlint watch                           judge the current folder as it changes; `agentlint hook` then takes a second
      agentlint watch services/orders --fail-on warning
    """
    del changed_since  # `check` reads all options again, out of what was given
    if not path.exists():
        raise BadPath(f"{path} does not exist", "give the folder or the API description to watch")
    run = _Run(ctx.meta["given"])
    try:
        for _ in _changes(path, frozenset(os.path.realpath(o) for o in wishes.outputs)):
            run.again()
    except KeyboardInterrupt:
        pass
    finally:
        run.stop()
    return EXIT_CLEAN


def _changes(path: Path, written: frozenset[str]) -> Iterator[object]:
    """One value at once, then one for each change of files that a run may read; what it writes is none. Raises MissingExtra."""
    try:
        from watchfiles import DefaultFilter, watch
    except ImportError as error:
        raise MissingExtra("`agentlint watch` needs the package watchfiles", "pip install 'agentlint-arch[watch]'") from error
    from agentlint.project.roles import is_read

    plain = DefaultFilter()  # leaves out .git, node_modules, environments, what editors leave for a moment

    def matters(change: Change, file: str) -> bool:
        return (is_read(file) or file.endswith(_SETTINGS)) and os.path.realpath(file) not in written and plain(change, file)

    yield None
    yield from watch(path, watch_filter=matters, debounce=_SETTLED * 4, step=_SETTLED)


class _Run:
    """The run of `check` that goes on, if any: a process of its own, whose memory goes with it."""

    def __init__(self, given: tuple[str, ...]) -> None:
        self._command = [sys.executable, "-P", "-m", "agentlint", "check", *given]
        self._process: subprocess.Popen[bytes] | None = None

    def again(self) -> None:
        """Starts afresh; what still runs speaks of files that are no longer so."""
        self.stop()
        self._process = subprocess.Popen(self._command, start_new_session=True)
        with contextlib.suppress(AttributeError, OSError):  # where there are priorities
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICER)

    def stop(self) -> None:
        """Ends the run and the workers that it started."""
        if self._process is None or self._process.poll() is not None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
        else:
            self._process.terminate()
        self._process.wait()
