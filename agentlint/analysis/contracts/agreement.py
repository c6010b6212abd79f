"""Where code and an API description agree on which operations exist, and where only one of them knows one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from agentlint.ir.contracts import Mismatch
from agentlint.ir.operations import Operation

_HOLE = re.compile(r"\{[^}]*\}")
_MOST_PREFIX = 4
"""Fixed parts that a deployment may put before every path of a description."""
_SAME_API = 0.4
"""Share of described operations that code must hold before the two are taken for one API."""
_FEWEST = 1


class Agreement(msgspec.Struct, frozen=True):
    """Operations of both, each once, and the disagreements."""

    operations: tuple[Operation, ...]
    mismatches: tuple[Mismatch, ...] = ()
    described: frozenset[str] = frozenset()
    """Operations of the code that the description knows: `METHOD /path`."""


def agree(code: Sequence[Operation], described: Sequence[Operation], document: str, before: frozenset[str] = frozenset()) -> Agreement:
    """Operations of code and of one description brought together: what both know is one row, with what the description adds. Operations from the documents
    judged `before` are brought together as well, but two descriptions do not accuse each other."""
    reading = [o for o in code if o.surface in ("api", "gui")]  # what takes a browser's session only may be described as well
    by_shape: dict[tuple[str, str], list[Operation]] = {}
    for operation in reading:
        by_shape.setdefault((operation.method, _shape(operation.path)), []).append(operation)
    prefix = _prefix(by_shape, described)
    pairs = {d.id: _partners(d, by_shape, prefix) or _told_before(d, by_shape, before) for d in described}
    found = [d for d in described if pairs[d.id]]
    if not reading or len(found) < max(_FEWEST, _SAME_API * len(described)):
        return Agreement((*code, *described))
    partner = {o.id: d for d in described for o in pairs[d.id]}
    merged = tuple(_with(o, partner[o.id]) if o.id in partner and o.surface == "api" else o for o in code)
    lonely = tuple(d for d in described if not pairs[d.id])
    served = [d for d in found if any(o.file not in before for o in pairs[d.id])]
    if len(served) < max(_FEWEST, _SAME_API * len(described)):
        return Agreement((*merged, *lonely))
    known = frozenset(f"{o.method} {o.path}" for o in reading if o.id in partner)
    phantom = [
        Mismatch("phantom", f"{d.method} {d.path}", d.file, d.line, d.symbol, document, "no route of the code answers it", d.changes_state) for d in lonely
    ]
    undocumented = [
        Mismatch(
            "undocumented",
            f"{o.method} {o.path}",
            o.file,
            o.line,
            o.symbol,
            document,
            f"{document} describes {len(found)} operations of this API, not this one",
            o.changes_state,
        )
        for o in reading
        if o.surface == "api" and o.id not in partner and o.file not in before and o.method not in ("ANY", "HEAD") and _near(o, described, prefix)
    ]
    return Agreement((*merged, *lonely), tuple(sorted([*phantom, *undocumented], key=lambda m: (m.file, m.line, m.operation))), known)


def _shape(path: str) -> str:
    """A path with unnamed holes, without a slash at its end."""
    return "/" + _HOLE.sub("{}", path).strip("/").lower()


def _prefix(by_shape: dict[tuple[str, str], list[Operation]], described: Sequence[Operation]) -> str:
    """What the deployment puts before described paths: the prefix under which most of them are found in code."""
    votes: Counter[str] = Counter()
    shapes = {(d.method, _shape(d.path)) for d in described}
    for method, shape in by_shape:
        parts = shape.split("/")[1:]
        for cut in range(min(_MOST_PREFIX, len(parts) - 1) + 1):
            if (method, "/" + "/".join(parts[cut:])) in shapes or (method == "ANY" and any(("/" + "/".join(parts[cut:])) == s for _, s in shapes)):
                votes["".join(f"/{p}" for p in parts[:cut])] += 1
    return min(votes, key=lambda p: (-votes[p], len(p), p), default="")


def _partners(described: Operation, by_shape: dict[tuple[str, str], list[Operation]], prefix: str) -> list[Operation]:
    shape = prefix + _shape(described.path)
    return by_shape.get((described.method, shape)) or by_shape.get(("ANY", shape)) or []


def _near(operation: Operation, described: Sequence[Operation], prefix: str) -> bool:
    """True for an operation below what stands before the described paths; where nothing does, one that begins like one of them."""
    shape = _shape(operation.path)
    return shape.startswith(f"{prefix}/") and (bool(prefix) or shape.split("/")[1] in {_shape(d.path).split("/")[1] for d in described})


def _told_before(described: Operation, by_shape: dict[tuple[str, str], list[Operation]], before: frozenset[str]) -> list[Operation]:
    """The same operation in a description judged before, which knows nothing of what the deployment puts before paths."""
    return [o for o in by_shape.get((described.method, _shape(described.path)), ()) if o.file in before]


def _with(code: Operation, described: Operation) -> Operation:
    return msgspec.structs.replace(code, browser_only=described.browser_only, automation=described.automation)
