"""The baseline: findings that were there when a project began to look, so that only new ones fail. A file to be reviewed, stable under unrelated edits."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from agentlint.errors import BadBaseline
from agentlint.findings.finding import Finding, Suppressed
from agentlint.findings.gates import all_scores
from agentlint.findings.report import Report
from agentlint.findings.scorecard import Scorecard

SCHEMA = "agentlint-baseline/1"
FILE = ".agentlint-baseline.json"
"""Where it lies unless the settings say otherwise: in the analysed root."""
REASON = "known since the baseline"


class Entry(msgspec.Struct, frozen=True, order=True):
    """One known finding: what it means, not where it stands nor in which words it is told."""

    file: str
    rule: str
    symbol: str
    fingerprint: str


class Baseline(msgspec.Struct, frozen=True):
    """Known findings, and the scores of that day."""

    scores: dict[str, float | None]
    findings: tuple[Entry, ...]


class _File(msgspec.Struct, frozen=True):
    schema: str
    scores: dict[str, float | None]
    findings: tuple[Entry, ...]


def baseline_of(report: Report) -> Baseline:
    """Everything that counts in a report, and its scores."""
    return Baseline(all_scores(report.scores), _entries(f for f in report.findings if f.suppressed is None or f.suppressed.by == "baseline"))


def pruned(baseline: Baseline, findings: Iterable[Finding], scores: Scorecard) -> Baseline:
    """The baseline without the findings that are gone, with the scores that are no lower than they were."""
    now = {f.fingerprint for f in findings}
    risen = {name: _higher(baseline.scores.get(name), score) for name, score in all_scores(scores).items()}
    return Baseline(risen, tuple(e for e in baseline.findings if e.fingerprint in now))


def with_baseline(report: Report, baseline: Baseline) -> Report:
    """The report with known findings marked, and a remark on those that are gone."""
    known = {e.fingerprint for e in baseline.findings}
    marked = tuple(_marked(f, f.fingerprint in known) for f in report.findings)
    ran = {rule.name for rule in report.rules}
    gone = len({e.fingerprint for e in baseline.findings if e.rule in ran} - {f.fingerprint for f in report.findings})
    remark = (f"{gone} finding{'' if gone == 1 else 's'} of the baseline {'is' if gone == 1 else 'are'} gone: `agentlint baseline --prune` takes them out",)
    return msgspec.structs.replace(report, findings=marked, remarks=(*report.remarks, *(remark if gone else ())))


def write_baseline(baseline: Baseline) -> str:
    """The file's text: one score and one finding a line, sorted, so that a review shows what came and went."""
    scores = ",\n".join(f"  {json.dumps(name)}: {json.dumps(score)}" for name, score in baseline.scores.items())
    rows = ",\n".join(f"  {_row(entry)}" for entry in sorted(baseline.findings))
    return f'{{\n "schema": "{SCHEMA}",\n "scores": {{\n{scores}\n }},\n "findings": [{chr(10) + rows + chr(10) + " " if rows else ""}]\n}}\n'


def read_baseline(text: str, name: str) -> Baseline:
    """The baseline in a file's text. Raises BadBaseline."""
    try:
        file = msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=_File)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise BadBaseline(f"{name}: not a baseline: {error}", "write it anew with `agentlint baseline`, or undo the edit") from error
    if file.schema != SCHEMA:
        raise BadBaseline(f"{name}: unknown form {file.schema!r}, this version reads {SCHEMA}", "write it anew with `agentlint baseline`")
    return Baseline(file.scores, file.findings)


def _entries(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    return tuple(sorted(Entry(f.file, f.rule, f.symbol, f.fingerprint) for f in findings))


def _marked(finding: Finding, known: bool) -> Finding:
    silenced = Suppressed("baseline", REASON) if known and finding.suppressed is None else finding.suppressed
    return msgspec.structs.replace(finding, known=known, suppressed=silenced)


def _row(entry: Entry) -> str:
    return json.dumps({"file": entry.file, "rule": entry.rule, "symbol": entry.symbol, "fingerprint": entry.fingerprint})


def _higher(was: float | None, now: float | None) -> float | None:
    return now if was is None else was if now is None else max(was, now)
