"""What the audit walk is told of a function, and what it answers: effects and records as bit masks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from agentlint.analysis.audit.endings import Endings
from agentlint.ir import syntax as s


def common(paths: Sequence[int]) -> int:
    """The bits that all masks have."""
    found = paths[0] if paths else 0
    for mask in paths:
        found &= mask
    return found


class Transfer(msgspec.Struct, frozen=True, gc=False):
    """What one call or assignment does to the account of records and effects; every field is a bit mask."""

    must: int = 0
    """Records made on every normal path."""
    may: int = 0
    """Records made on some path, `must` included."""
    pending: int = 0
    """Effects applied that some path leaves unrecorded."""
    covered: int = 0
    """Effects applied that some path has recorded already."""
    thrown: int = 0
    """Effects applied on a path that then raises: what the caller does afterwards does not happen."""
    settles: bool = False
    """True when it keeps for good what the transaction did, on every normal path."""
    together: int = 0
    """Effects that the call applies and records at once: rows added to a session beside their record."""

    def beside(self, other: Transfer) -> Transfer:
        """Both at once."""
        if not (self.must or self.may or self.pending or self.covered or self.thrown or self.settles or self.together):
            return other
        return Transfer(
            self.must | other.must, self.may | other.may, self.pending | other.pending, self.covered | other.covered, self.thrown | other.thrown,
            self.settles or other.settles, self.together | other.together,
        )


class Events(msgspec.Struct, frozen=True):
    """What the walk is told about one function."""

    calls: Mapping[int, Transfer]
    """By call site number."""
    assignments: Mapping[int, Transfer]
    """By the line of an assignment that is a write by itself."""
    covers: Callable[[int], int]
    """The effects that a set of records accounts for."""
    transactions: frozenset[int] = frozenset()
    """Call sites that, as the item of a `with`, open a transaction: an exception inside undoes what was done."""
    atomic: bool = False
    """True when the whole function runs in such a transaction."""
    around: tuple[int, ...] = ()
    """Call sites that stand outside the body and run with it: decorators' wrappers."""
    unchanged: Callable[[s.Expr, bool, tuple[s.Stmt, ...]], bool] = lambda test, truth, body: False
    """True for branches on which there is nothing to record: the test, how it came out, what runs then."""
    blocks: Mapping[int, int] = {}
    """Call sites that, as contexts, open a block in which a library records by itself, with the records that stand for it."""
    inside: int = 0
    """Those that stand for a block around the whole function."""
    endings: Endings = Endings()
    """Calls that leave, undo or settle."""
    rows: int = 0
    """Effects that a transaction can take back."""
    held: int = 0
    """Those that are only held in a session until it is committed."""
    shared: Callable[[Sequence[int]], int] = common
    """The records that all of several paths make."""
    reporting: frozenset[int] = frozenset()
    """Call sites whose answer says whether anything was done."""
    given: Mapping[str, object] = {}
    """What the parameters are known to hold in the call that is looked at."""


class Outcome(msgspec.Struct, frozen=True):
    """What a function leaves behind. Applications are keyed by call site number, or by the negated line of an assignment."""

    must: int = 0
    may: int = 0
    pending: Mapping[int, int] = {}
    covered: Mapping[int, int] = {}
    exits: Mapping[int, int] = {}
    """Application to the line of the first exit that leaves one of its effects unrecorded."""
    records: Mapping[int, int] = {}
    """Application to the records that account for some of its effects."""
    settles: bool = False
    """True when every normal path keeps for good what the transaction did."""
    thrown: int = 0
    """Those of the unrecorded effects that a raising path leaves; no caller can make up for them afterwards."""
