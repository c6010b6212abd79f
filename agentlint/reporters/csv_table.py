"""The inventory as CSV: every operation and every decision as one row, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from agentlint.findings.report import Report
from agentlint.reporters.base import Style
from agentlint.reporters.pen import clean

_COLUMNS = (
    "kind", "status", "surface_or_source", "method", "path", "action", "resource", "effects", "file", "line", "symbol", "counterparts_or_records", "evidence",
    "confidence",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(report: Report, style: Style | None = None) -> str:
    """A header and one row per operation and decision, in the order of the report."""
    del style
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in (*_operations(report), *_decisions(report)):
        writer.writerow([_safe(str(cell)) for cell in row])
    return out.getvalue()


def _operations(report: Report) -> Iterator[tuple[object, ...]]:
    for o in report.operations:
        effects = "; ".join(f"{e.operation} {e.target or e.kind}" for e in o.effects)
        yield (
            "operation", o.status or "", o.surface, o.method, o.path, o.action, o.resource, effects, o.file, o.line, o.symbol, "; ".join(o.counterparts),
            "; ".join(o.evidence), o.confidence,
        )


def _decisions(report: Report) -> Iterator[tuple[object, ...]]:
    for d in report.decisions:
        records = "; ".join(f"{a.mechanism} ({a.file}:{a.line})" for a in d.audit)
        yield (
            "decision", d.status, d.source, "", "", d.decision, d.effect.target, f"{d.effect.operation} {d.effect.target or d.effect.kind}", d.file, d.line,
            d.symbol, records, " > ".join(f"{s.file}:{s.line} {s.text}" for s in d.path), d.confidence,
        )


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = clean(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
