"""The values that the page's scripts read: short, numbered, and nothing else than what is shown."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, array_like=True):
    """`[file number, line]`."""

    file: int
    line: int


class EffectView(msgspec.Struct, frozen=True, array_like=True):
    """What changes, and where."""

    text: str
    target: str
    place: Place


class OperationView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing an actor can start."""

    surface: str
    name: str
    """`POST /orders/{id}/cancel`."""
    action: str
    resource: str
    symbol: str
    at: Place
    state: str
    """How far a program gets with it: a key of `markup.STATES`."""
    status: str = ""
    effects: list[EffectView] = []
    auth: str = ""
    others: list[int] = []
    """Numbers of its counterparts."""
    evidence: list[str] = []
    confidence: str = "high"


class StepView(msgspec.Struct, frozen=True, array_like=True):
    """One step, or one record."""

    text: str
    place: Place


class DecisionView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decision path."""

    decision: str
    status: str
    source: str
    symbol: str
    at: Place
    effect: EffectView
    records: list[StepView] = []
    steps: list[StepView] = []
    holds: str = ""
    """Which of who, what, why the record holds."""
    operations: list[int] = []
    confidence: str = "high"
    weight: int = 0
    """How much hangs on it; the list shows the heaviest first."""


class CellView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One resource and one action."""

    state: str
    operations: list[int] = []
    name: str = ""
    """The action's word, in the column of named actions."""
    notes: list[str] = []


class RowView(msgspec.Struct, frozen=True):
    """One resource."""

    resource: str
    cells: list[CellView]
    """Create, read, update, delete."""
    named: list[CellView]


class BlockerView(msgspec.Struct, frozen=True):
    """What a row of the plan is about."""

    title: str
    operations: list[int]
    decisions: list[int]


class CodeView(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive lines of one file: `[file number, first line, text]`."""

    file: int
    line: int
    lines: list[str]


class DataView(msgspec.Struct, frozen=True):
    """Everything."""

    files: list[str]
    operations: list[OperationView]
    decisions: list[DecisionView]
    matrix: list[RowView]
    blockers: list[BlockerView]
    code: list[CodeView]
