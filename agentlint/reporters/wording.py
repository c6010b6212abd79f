"""Counts as people write them."""

from __future__ import annotations

from agentlint.findings.report import Report


def plural(count: int, noun: str) -> str:
    """`1 finding`, `1,204 findings`."""
    return f"{counted(count)} {noun}{'' if count == 1 else 's'}"


def counted(count: int) -> str:
    """A number with its thousands apart."""
    return f"{count:,}"


def percent(done: int, seen: int) -> str:
    """A share, never rounded up to a whole that it is not."""
    value = 100 * done / seen if seen else 100.0
    return "100%" if done == seen else f"{min(value, 99.9):.1f}%" if value > 99 else f"{value:.0f}%"


def silenced(report: Report) -> str:
    """` (2 suppressed, 10 in the baseline)`; nothing when every finding counts."""
    by = [f.suppressed.by for f in report.findings if f.suppressed is not None]
    known = by.count("baseline")
    parts = [f"{counted(len(by) - known)} suppressed" if len(by) > known else "", f"{counted(known)} in the baseline" if known else ""]
    return f" ({', '.join(filter(None, parts))})" if by else ""
