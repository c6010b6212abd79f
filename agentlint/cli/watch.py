"""`agentlint watch`: runs `check` again whenever files change, so that a check or a commit afterwards finds its answer ready."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agentlint.cli.background import IDLE, end, leave_running, missing, only_one
from agentlint.cli.options import CHECK_GROUPS, GroupedCommand, Wishes, all_options
from agentlint.errors import EXIT_CLEAN, BadPath

if TYPE_CHECKING:
    from watchfiles import Change

_SETTLED = 800
"""Milliseconds without a change after which files count as saved."""
_LOOKS = 5000
"""Milliseconds between looks at whether it is to end."""
_SETTINGS = (".toml", ".har")
_NICER = 10
"""How much less urgent the work is than what a person waits for."""


class _Repeating(GroupedCommand):
    """Remembers what was given for `check`, to hand it on as it was."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["given"] = tuple(_for_check(args))
        return super().parse_args(ctx, args)


def _for_check(args: list[str]) -> Iterator[str]:
    """The arguments without those that only a watcher has."""
    rest = iter(args)
    for argument in rest:
        if argument == "--idle":
            next(rest, None)
        elif argument not in ("--background", "--stop") and not argument.startswith("--idle="):
            yield argument


@click.command("watch", cls=_Repeating, groups=(*CHECK_GROUPS, ("Left running", ("background", "idle", "stop"))))
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--changed-since", metavar="REV", help="Show only what the change since a branch, tag or commit touches.")
@click.option("--background", is_flag=True, help="Leave the watcher running and return; a folder has at most one.")
@click.option("--idle", type=click.FloatRange(min=0.01), metavar="MINUTES", help="End after so long without a change.  [default: never; with --background 60]")
@click.option("--stop", is_flag=True, help="End the watcher of PATH, if there is one.")
@all_options
@click.pass_context
def command(ctx: click.Context, path: Path, changed_since: str | None, wishes: Wishes, background: bool, idle: float | None, stop: bool) -> int:
    """Run `agentlint check` with the same options at once and after every change below PATH, until interrupted.

    What was judged is kept: `agentlint check` and `agentlint hook` on the same files answer from there. A run that a further change overtakes is given up.

    \b
    Examples:
      agentlint watch                           judge the current folder as it changes; `agentlint hook` then takes a second
      agentlint watch services/orders --fail-on warning
      agentlint watch --background              the same, out of sight; `agentlint hook --watch` starts it by itself
      agentlint watch --stop
    """
    del changed_since  # `check` reads all options again, out of what was given
    if stop:
        click.echo("the watcher was ended" if end(path) else "there is no watcher of this folder", err=True)
        return EXIT_CLEAN
    if not path.exists():
        raise BadPath(f"{path} does not exist", "give the folder or the API description to watch")
    if background:
        leave_running(path, ctx.meta["given"], idle or IDLE)
        return EXIT_CLEAN
    with only_one(path) as alone:
        if alone:
            _watch(path, ctx.meta["given"], frozenset(os.path.realpath(o) for o in wishes.outputs), idle)
        else:
            click.echo("agentlint: a watcher of this folder runs already; `agentlint watch --stop` ends it", err=True)
    return EXIT_CLEAN


def _watch(path: Path, given: tuple[str, ...], written: frozenset[str], idle: float | None) -> None:
    """Runs after each change until interrupted, asked to end, or idle for so many minutes."""
    gc.enable()  # other commands do without, for they end soon
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    run = _Run(given)
    try:
        for _ in _changes(path, written, idle):
            run.again()
    except KeyboardInterrupt:
        pass
    finally:
        run.stop()


def _changes(path: Path, written: frozenset[str], idle: float | None) -> Iterator[object]:
    """One value at once, then one for each change of files that a run may read; what it writes is none. Ends when idle. Raises MissingExtra."""
    try:
        from watchfiles import DefaultFilter, watch
    except ImportError as error:
        raise missing("watchfiles") from error
    from agentlint.project.roles import is_read

    plain = DefaultFilter()  # leaves out .git, node_modules, environments, what editors leave for a moment

    def matters(change: Change, file: str) -> bool:
        return (is_read(file) or file.endswith(_SETTINGS)) and os.path.realpath(file) not in written and plain(change, file)

    yield None
    limit = _LOOKS if idle is None else max(1, int(idle * 60_000))
    for changes in watch(path, watch_filter=matters, debounce=_SETTLED * 4, step=_SETTLED, rust_timeout=limit, yield_on_timeout=idle is not None):
        if not changes:  # the time is over
            return
        yield changes


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
