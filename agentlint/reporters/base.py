"""What a reporter is: a name, and a pure function from a report to text."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from agentlint.findings.report import Report


class Style(msgspec.Struct, frozen=True):
    """How a reporter for people may draw; the command line decides it from the terminal, machine formats ignore it."""

    color: bool = False
    width: int = 100
    unicode: bool = True
    verbose: bool = False
    """Long lists are not cut."""


class Reporter(msgspec.Struct, frozen=True):
    """One format."""

    name: str
    render: Callable[[Report, Style], str]
    summary: str
    """What it is for, in one line of `--help`."""
    shows_code: bool = False
    """Whether the report must carry excerpts of the code."""
