"""What a project asks of its runs: which findings and which scores make one fail."""

from __future__ import annotations

import msgspec

SCORES = (
    "agent-ready", "agent-ready.reach", "agent-ready.operate", "agent-ready.safe",
    "auditable", "auditable.recorded", "auditable.explained", "auditable.attributed",
)
"""Names of everything that has a score: both questions and their parts."""
NEVER = "never"
SEVERITY_NAMES = ("error", "warning", "info")


class PathGate(msgspec.Struct, frozen=True):
    """Gates of some files."""

    paths: tuple[str, ...]
    """In the form of `.gitignore`."""
    fail_on: tuple[str, ...] = ()
    """Empty: as everywhere."""
    fail_under: dict[str, float] = {}
    """Least scores counted from these files alone."""
    below: str = ""
    """The analysed folder as the patterns see it, `services/shop/`; empty when they speak of paths in it."""


class Gates(msgspec.Struct, frozen=True):
    """Everything that can make a run fail."""

    fail_on: tuple[str, ...] = ("error",)
    """Severities (it and worse), rule names, or `never`."""
    fail_under: dict[str, float] = {}
    """Least score by name."""
    paths: tuple[PathGate, ...] = ()
    """Exceptions by path; the last that matches a finding counts."""


def parse_scores(text: str) -> dict[str, float] | str:
    """`agent-ready=70,auditable.recorded=60` as scores by name; a sentence when it is wrong."""
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        name, equals, value = (p.strip() for p in part.partition("="))
        if name not in SCORES:
            return f"there is no score {name!r}; there are {', '.join(SCORES)}"
        try:
            number = float(value) if equals else -1.0
        except ValueError:
            number = -1.0
        if not 0 <= number <= 100:
            return f"{name} needs a number from 0 to 100, such as {name}=70"
        found[name] = number
    return found or "name a score and its least value, such as agent-ready=70"
