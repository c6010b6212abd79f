"""Options that several commands share, in groups as `--help` shows them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from agentlint.ir.formats import FORMATS
from agentlint.ir.gates import NEVER, SEVERITY_NAMES, parse_scores

CHECK_GROUPS = (
    ("What to look at", ("config", "sessions", "select", "changed_since")),
    ("What to write", ("formats", "outputs", "verbose", "color")),
    ("What fails", ("fail_on", "fail_under", "baseline", "no_baseline", "ratchet")),
    ("How to run", ("workers", "timeout", "no_cache", "profile", "progress")),
)
"""Options of `check` by heading."""


class Wishes(msgspec.Struct, frozen=True):
    """What a call asks for beside the path."""

    config: Path | None = None
    select: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    outputs: tuple[Path, ...] = ()
    verbose: bool = False
    color: bool | None = None
    fail_on: tuple[str, ...] = ()
    fail_under: dict[str, float] = {}
    baseline: Path | None = None
    no_baseline: bool = False
    ratchet: bool = False
    workers: int | None = None
    no_cache: bool = False
    timeout: float = 60
    profile: bool = False
    progress: bool | None = None
    sessions: tuple[Path, ...] = ()


class GroupedCommand(click.Command):
    """A command whose options stand under headings in its help."""

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Sequence[str]]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = groups

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes one section per group."""
        records = {p.name: p.get_help_record(ctx) for p in self.get_params(ctx)}
        for title, names in (*self._groups, ("Other", ("help",))):
            rows = [record for name in names if (record := records.get(name)) is not None]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def _scores(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, float]:
    del ctx, parameter
    found: dict[str, float] = {}
    for value in values:
        parsed = parse_scores(value)
        if isinstance(parsed, str):
            raise click.BadParameter(parsed)
        found.update(parsed)
    return found


def _fail_on(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Severities and names of rules, also several in one text."""
    del ctx, parameter
    names = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    known: tuple[str, ...] = (*SEVERITY_NAMES, NEVER)
    if any(name not in known for name in names):
        from agentlint.rules.catalog import all_rules

        known = (*known, *(rule.info.name for rule in all_rules()))
    for name in names:
        if name not in known:
            raise click.BadParameter(f"{name!r} is neither a severity nor a rule{_near(name, known)}")
    if NEVER in names and len(names) > 1:
        raise click.BadParameter(f"{NEVER!r} stands alone")
    return names


def _select(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names of rules: one that is not there would otherwise pass for a clean answer."""
    del ctx, parameter
    if values:
        from agentlint.rules.catalog import all_rules

        known = [rule.info.name for rule in all_rules()]
        for name in values:
            if name not in known:
                raise click.BadParameter(f"there is no rule {name!r}{_near(name, known)}; `agentlint rules` lists them")
    return values


def _near(name: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _formats(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names of built-in formats, or of those that plugins add, which are looked up only then."""
    del ctx, parameter
    for value in values:
        if value in FORMATS:
            continue
        from agentlint.reporters.catalog import find_reporter, offered_reporters

        if find_reporter(value) is None:
            reporters, refused = offered_reporters()
            why = "".join(f"; {r.package} is refused: {r.reason}" for r in refused)
            names = (*FORMATS, *(r.name for r in reporters))
            raise click.BadParameter(f"{value!r} is none of {', '.join(names)}{_near(value, names)}{why}")
    return values


def _complete_formats(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    del ctx, parameter
    return [name for name in FORMATS if name.startswith(incomplete)]


def complete_rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of rules that start with what was typed."""
    del ctx, parameter
    from agentlint.rules.catalog import all_rules

    return [rule.info.name for rule in all_rules() if rule.info.name.startswith(incomplete)]


def _complete_fail_on(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in (*SEVERITY_NAMES, NEVER) if name.startswith(incomplete)] + complete_rules(ctx, parameter, incomplete)


config_option = click.option(
    "--config", type=click.Path(path_type=Path),
    help="Settings file.  [default: .agentlint.toml, then pyproject.toml, in PATH or the nearest folder above it in its repository]",
)
workers_option = click.option("--workers", type=click.IntRange(1, 64), help="Processes that read files.  [default: the machine's cores]")
_OPTIONS = (
    config_option,
    click.option("--select", multiple=True, callback=_select, metavar="RULE", shell_complete=complete_rules,
                 help="Run only this rule; may be given several times."),
    click.option("--har", "sessions", type=click.Path(path_type=Path, exists=True, dir_okay=False), multiple=True, metavar="FILE",
                 help="Recorded browser session: what it changes and no described operation does, only a person can. May be repeated."),
    click.option("--format", "formats", multiple=True, callback=_formats, metavar=f"[{'|'.join(FORMATS)}]",
                 shell_complete=_complete_formats, help="Form of the report; may be given several times.  [default: console]"),
    click.option("-o", "--output", "outputs", type=click.Path(path_type=Path), multiple=True,
                 help="File for the report; the first -o belongs to the first --format, and so on. `-` is standard output."),
    click.option("--verbose", is_flag=True, help="Do not cut long lists, show the steps of each path and why each operation was judged as it was."),
    click.option("--color/--no-color", default=None, help="Colour on or off.  [default: on when standard output is a terminal and NO_COLOR is unset]"),
    click.option("--fail-on", multiple=True, callback=_fail_on, metavar="SEVERITY|RULE", shell_complete=_complete_fail_on,
                 help="Exit with 1 for findings at or over error, warning or info, or of a rule; never for none. May be repeated.  [default: error]"),
    click.option("--fail-under", multiple=True, callback=_scores, metavar="SCORE=N,...",
                 help="Exit with 1 when a score is under N: agent-ready, auditable, or a part such as auditable.recorded."),
    click.option("--baseline", type=click.Path(path_type=Path), help="File of known findings.  [default: .agentlint-baseline.json in PATH, when it is there]"),
    click.option("--no-baseline", is_flag=True, help="Count known findings like new ones."),
    click.option("--ratchet", is_flag=True, help="Exit with 1 when a score is lower than in the baseline."),
    workers_option,
    click.option("--timeout", type=click.FloatRange(min=0), default=60, show_default=True, metavar="SECONDS",
                 help="The most processor time that reading one file may take; a slower one is left out and named. 0 means no limit."),
    click.option("--no-cache", is_flag=True, help="Neither look up nor keep what runs worked out."),
    click.option("--profile", is_flag=True, help="Say on standard error how long each pass took."),
    click.option("--progress/--no-progress", default=None, help="Say on standard error what is being done.  [default: on a terminal, when it takes long]"),
)


def all_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds every shared option; the function gets them as one value, `wishes`."""

    @functools.wraps(function)
    def wrapped(*args: Any, **given: Any) -> Any:
        wishes = Wishes(**{name: given.pop(name) for name in Wishes.__struct_fields__})
        if wishes.formats and len(wishes.outputs) > len(wishes.formats):
            raise click.UsageError(f"{len(wishes.outputs)} -o for {len(wishes.formats)} --format: each -o belongs to one --format")
        return function(*args, wishes=wishes, **given)

    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped
