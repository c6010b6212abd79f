"""The command `agentlint`: groups the commands, runs `check` when none is named, turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from agentlint import DISTRIBUTION, __version__
from agentlint.errors import EXIT_INTERNAL, EXIT_USAGE, TRACEBACK, AgentlintError

_COMMANDS = {
    "check": ("agentlint.cli.check", "Analyse a system and answer both questions."),
    "diff": ("agentlint.cli.diff", "Tell what a change means: capabilities, records, scores, before and after."),
    "baseline": ("agentlint.cli.baseline", "Write down the findings of today, so that only new ones fail."),
    "hook": ("agentlint.cli.hook", "Judge what a commit touches, for pre-commit and git hooks."),
    "watch": ("agentlint.cli.watch", "Judge again after every change, so that a commit finds its answer ready."),
    "explain": ("agentlint.cli.explain", "Explain one rule: what it finds, why it hurts, how to fix it."),
    "rules": ("agentlint.cli.rules", "List the rules."),
    "fix": ("agentlint.cli.fix", "Mend what can be mended without guessing: show the changes, or make them."),
    "graph": ("agentlint.cli.graph", "Write the capability graph."),
    "plan": ("agentlint.cli.plan", "Write the shortest calls to an operation of an API description, as Arazzo."),
    "why": ("agentlint.cli.why", "Show the evidence for one operation or decision."),
    "init": ("agentlint.cli.init", "Propose settings, a baseline and a hook for a project."),
    "completion": ("agentlint.cli.completion", "Print the completion script of a shell."),
    "cache": ("agentlint.cli.cache", "Say where results of earlier runs are kept, how much; clear them."),
}
_GROUPS = (
    ("Judge a system", ("check", "diff", "baseline", "hook", "watch")),
    ("Understand the answer", ("why", "explain", "rules", "graph", "plan")),
    ("Set up", ("init", "cache", "completion")),
)
"""Commands under the headings of `--help`; what is in none stands under the last."""
_ISSUES = f"the issue tracker of {DISTRIBUTION}"


class _Commands(click.Group):
    """Commands that are imported only when they run: `--help` and `--version` stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(_COMMANDS[cmd_name][0]).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        grouped = {name for _, names in _GROUPS for name in names}
        for title, names in (*_GROUPS, ("More", tuple(name for name in _COMMANDS if name not in grouped))):
            if names:
                with formatter.section(title):
                    formatter.write_dl([(name, _COMMANDS[name][1]) for name in names])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """`agentlint`, `agentlint PATH` and `agentlint --format json` all mean `check`."""
        known = (*_COMMANDS, "--help", "-h", "--version")
        if (args and args[0] not in known) or not (args or ctx.resilient_parsing):  # a shell that completes an empty line asks for commands
            if not ctx.resilient_parsing:
                _refuse_misspelt(args[:1])
            args = ["check", *args]
        return super().parse_args(ctx, args)


def _refuse_misspelt(args: list[str]) -> None:
    """A word that is no path and nearly a command is a slip, not a path that is missing."""
    if args and not args[0].startswith("-") and not os.path.exists(args[0]):
        import difflib

        near = difflib.get_close_matches(args[0], _COMMANDS, 1)
        if near:
            message = f"there is neither a command nor a file or folder {args[0]!r}; did you mean `agentlint {near[0]}`?"
            raise AgentlintError(message, "`agentlint --help` lists the commands")


_HELP = """Is our architecture agent-ready, and is its logic auditable?

\b
Examples:
  agentlint                                   analyse the current folder
  agentlint check services/orders             analyse a folder
  agentlint check openapi.yaml                judge an API description alone
  agentlint check . --format sarif -o out.sarif --format console
  agentlint check . --changed-since origin/main
  agentlint diff origin/main --format markdown
  agentlint why shop/views.py:41
  agentlint init --write
"""


@click.group(cls=_Commands, help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="agentlint")
def main() -> None:
    """The group of all commands."""


def run(args: Sequence[str] | None = None) -> None:
    """Entry point: never a traceback for a user's mistake; exit codes 0 clean, 1 findings, 2 the user's mistake, 3 our bug."""
    gc.disable()  # one command, then the process ends: looking for garbage among millions of nodes that live to the end costs and finds nothing
    code = _outcome(args)
    if args is None:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """Ends the process at once: the interpreter would look through all that is left for garbage, which takes a twentieth of a run."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # the interpreter's own way out says what is wrong with the stream
        return
    os._exit(code)


def _outcome(args: Sequence[str] | None) -> int:
    try:
        result: Any = main.main(args=list(args) if args is not None else None, prog_name="agentlint", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except AgentlintError as error:
        _say(str(error), error.hint)
        return error.exit_code
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except BrokenPipeError:  # the reader of our output went away (`agentlint | head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        _say(f"internal error: {type(error).__name__}: {error}", f"this is a bug; set {TRACEBACK}=1 for details and report it to {_ISSUES}")
        return EXIT_INTERNAL


def _say(message: str, hint: str) -> None:
    click.echo(f"agentlint: {message}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
