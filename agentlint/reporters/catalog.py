"""The formats, by name; a format that is not in this list does not exist."""

from __future__ import annotations

from agentlint.reporters import console, json_v1, sarif
from agentlint.reporters.base import Reporter

REPORTERS: tuple[Reporter, ...] = (
    Reporter("console", console.render, "for a person at a terminal"),
    Reporter("json", json_v1.render, "for other programs: everything, in a promised form"),
    Reporter("sarif", sarif.render, "SARIF 2.1.0 for code-scanning services"),
)


def find_reporter(name: str) -> Reporter | None:
    """The reporter of a name."""
    return next((r for r in REPORTERS if r.name == name), None)
