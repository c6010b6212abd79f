"""The differences between two reports, as values; the JSON form of `agentlint diff` is exactly these."""

from __future__ import annotations

import msgspec


class ScoreChange(msgspec.Struct, frozen=True):
    """One score, before and after; None when there was nothing to count."""

    name: str
    before: float | None
    after: float | None


class Change(msgspec.Struct, frozen=True):
    """One thing that differs."""

    what: str
    """The operation as `METHOD /path`, or the decision in words."""
    file: str
    line: int
    """Where it stands: in the new system, or in the old one when it is gone."""
    symbol: str = ""
    before: str = ""
    after: str = ""
    """Status or content, where both sides have one."""
    why: str = ""
    """Evidence in words."""
    changes_state: bool = True


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs, worst first."""

    schema: str = "agentlint-diff/1"
    old: str
    new: str
    """What was compared, as the call named it."""
    scores: tuple[ScoreChange, ...]
    capabilities_lost: tuple[Change, ...] = ()
    """Operations that a token-holding program could start and can start no more."""
    capabilities_gained: tuple[Change, ...] = ()
    became_gui_only: tuple[Change, ...] = ()
    """Things a person can do that a program could do too, and now cannot, or only in part."""
    new_gui_only: tuple[Change, ...] = ()
    """New things a person can do that no program can do, or only in part."""
    became_accessible: tuple[Change, ...] = ()
    records_lost: tuple[Change, ...] = ()
    """Decisions that were on record and are no more, or not on every path, or without who, what or why."""
    new_unrecorded: tuple[Change, ...] = ()
    """New decisions that are not on record on every path."""
    records_gained: tuple[Change, ...] = ()
    findings_new: int = 0
    findings_gone: int = 0
    remarks: tuple[str, ...] = ()
    """What makes the two hard to compare."""

    @property
    def lost(self) -> bool:
        """True when something that was there is there no more."""
        return bool(self.capabilities_lost or self.became_gui_only or self.records_lost)
