"""What commands that judge a system share: the run, the baseline, the reports, the gates."""

from __future__ import annotations

import datetime
import os
import shutil
import sys
from pathlib import Path

import click
import msgspec

from agentlint.cache import cache_folder
from agentlint.cli.options import Wishes
from agentlint.cli.progress import progress
from agentlint.errors import BadBaseline, BadSettings, OutputFailed
from agentlint.findings import Report
from agentlint.findings.baseline import FILE, Baseline, read_baseline, with_baseline
from agentlint.findings.gates import failures, fallen, with_given
from agentlint.findings.scope import Change, limited
from agentlint.findings.scorecard import Scorecard
from agentlint.ir.gates import PathGate
from agentlint.options import Options
from agentlint.project.settings import Settings
from agentlint.reporters.base import Style
from agentlint.reporters.catalog import find_reporter
from agentlint.scores.of_files import scores_of_files
from agentlint.warm import run


def run_with(path: Path, wishes: Wishes) -> tuple[Report, Settings]:
    """One run of today. Raises errors of `agentlint.errors`."""
    with progress(wishes.profile, wishes.progress) as told:
        cache = None if wishes.no_cache else cache_folder()
        workers, today = wishes.workers or os.cpu_count() or 1, datetime.date.today()
        asked = Options(path, wishes.config, wishes.select, workers, today=today, progress=told, cache=cache, seconds=wishes.timeout)
        return run(msgspec.structs.replace(asked, sessions=wishes.sessions))


def finish(report: Report, settings: Settings, wishes: Wishes, change: Change | None = None) -> tuple[str, ...]:
    """Writes every report, limited to a change if there is one, and says which gates do not hold, and why."""
    baseline = _baseline(report, settings, wishes)
    if baseline is not None:
        report = with_baseline(report, baseline)
    if change is not None:  # after the baseline: what the change does not touch is not gone
        report = limited(report, change)
    gates = with_given(settings.gates, wishes.fail_on, wishes.fail_under)
    broken = failures(report.findings, gates, report.scores, lambda gate: _scores_of(report, gate))
    if wishes.ratchet or settings.ratchet:
        broken += _ratchet(baseline, report.scores)
    _write_all(report, settings, wishes)
    for sentence in broken:
        click.echo(f"agentlint: failed: {sentence}", err=True)
    return broken


def baseline_file(root: Path, settings: Settings, given: Path | None) -> Path:
    """Where the baseline lies: as the call says, else the settings, else in the root."""
    if given is not None:
        return given
    if settings.baseline:
        return Path(settings.file).parent / settings.baseline
    return (root if root.is_dir() else root.parent) / FILE


def load_baseline(file: Path) -> Baseline:
    """The baseline in a file. Raises BadBaseline."""
    try:
        return read_baseline(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadBaseline(f"{file}: cannot be read: {reason}", "write one with `agentlint baseline`, or leave --baseline out") from error


def write_file(target: Path, text: str) -> None:
    """Writes a file with its folders. Raises OutputFailed."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputFailed(f"cannot write {target}: {error.strerror or error}", "name a file that can be written") from error


def style(to_terminal: bool, color: bool | None, verbose: bool) -> Style:
    """How reports for people are drawn here and now."""
    is_terminal = to_terminal and sys.stdout.isatty()
    wanted = color if color is not None else is_terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size((100, 24)).columns, 140) if is_terminal else 100
    encoding = (sys.stdout.encoding or "").lower()
    return Style(color=wanted, width=width, unicode=not to_terminal or encoding.startswith("utf"), verbose=verbose)


def _baseline(report: Report, settings: Settings, wishes: Wishes) -> Baseline | None:
    if wishes.no_baseline:
        return None
    file = baseline_file(Path(report.root), settings, wishes.baseline)
    return load_baseline(file) if wishes.baseline is not None or settings.baseline or file.is_file() else None


def _ratchet(baseline: Baseline | None, scores: Scorecard) -> tuple[str, ...]:
    if baseline is None:
        raise BadBaseline("--ratchet has nothing to compare with: there is no baseline", "write one with `agentlint baseline` and commit it")
    return tuple(f"{sentence} since the baseline" for sentence in fallen(baseline.scores, scores))


def _scores_of(report: Report, gate: PathGate) -> Scorecard:
    return scores_of_files(report.inventory, report.operations, report.decisions, gate)


def _write_all(report: Report, settings: Settings, wishes: Wishes) -> None:
    names = wishes.formats or settings.formats or ("console",)
    if len(wishes.outputs) > len(names):
        raise BadSettings(f"{len(wishes.outputs)} -o, but only the format {', '.join(names)}", "give a --format for each -o")
    if any(r.shows_code for r in map(find_reporter, names) if r is not None):
        from agentlint.app import with_code  # with all that runs an analysis: not for those that need none

        report = with_code(report)
    for index, name in enumerate(names):
        target = wishes.outputs[index] if index < len(wishes.outputs) else None
        to_terminal = target is None or str(target) == "-"
        reporter = find_reporter(name)
        if reporter is None:
            raise BadSettings(f"there is no format {name!r}", "agentlint check --help lists the formats")
        text = reporter.render(report, style(to_terminal, wishes.color, wishes.verbose))
        if to_terminal or target is None:
            click.echo(text, nl=False, color=True)
        else:
            write_file(target, text)
