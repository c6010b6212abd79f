"""Which fields a function that runs at every save watches: it may make its record only where one of them is not what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, expressions

_ASKS = frozenset({"has_changed", "changed", "is_changed", "did_change", "is_dirty"})
"""Methods of field trackers that are asked about one field by its name (django-model-utils, django-dirtyfields, django-lifecycle)."""
_CHANGED = frozenset({"update_fields", "changed_fields", "dirty_fields", "changes", "changed"})
"""What the names of the changed fields are kept in."""
_KEYS = frozenset({"pk", "id"})
"""Of a related row: another one has another key."""


def watched_fields(body: Iterable[s.Stmt], lines: frozenset[int]) -> tuple[str, ...]:
    """The fields of which one has changed wherever one of the lines that make a record is reached; empty when some line is reached without such a test."""
    reader = _Reader(lines)
    reader.block(body, frozenset())
    return tuple(sorted(reader.found)) if reader.found and not reader.open else ()


class _Reader:
    """Follows a body with the fields that tests on the way have compared."""

    def __init__(self, lines: frozenset[int]) -> None:
        self._lines = lines
        self._told: dict[str, frozenset[str]] = {}
        """Names that hold the outcome of a comparison."""
        self.found: set[str] = set()
        self.open = False
        """True when a line is reached though no field was compared."""

    def block(self, body: Iterable[s.Stmt], compared: frozenset[str]) -> None:
        """Takes the statements in turn; a return where nothing has changed guards what follows."""
        for stmt in body:
            self._statement(stmt, compared)
            if isinstance(stmt, s.If) and not stmt.orelse and stmt.body and isinstance(stmt.body[-1], s.Return | s.Raise | s.Jump):
                compared |= differing(stmt.test, self._told, same=True)

    def _statement(self, stmt: s.Stmt, compared: frozenset[str]) -> None:
        match stmt:
            case s.If():
                self._at(stmt.test, compared)
                self.block(stmt.body, compared | differing(stmt.test, self._told))
                self.block(stmt.orelse, compared | differing(stmt.test, self._told, same=True))
            case s.Loop():
                self.block((*stmt.body, *stmt.orelse), compared)
            case s.With():
                for item in stmt.items:
                    self._at(item.value, compared)
                self.block(stmt.body, compared)
            case s.Try():
                for part in (stmt.body, stmt.orelse, stmt.final, *(h.body for h in stmt.handlers)):
                    self.block(part, compared)
            case s.Match():
                for arm in stmt.cases:
                    self.block(arm.body, compared)
            case s.Assign():
                self._at(stmt.value, compared)
                fields = differing(stmt.value, self._told) if stmt.value is not None else frozenset()
                self._told.update((t.id, fields) for t in stmt.targets if isinstance(t, s.Name) and fields)
            case s.Expression() | s.Return():
                self._at(stmt.value, compared)

    def _at(self, expr: s.Expr | None, compared: frozenset[str]) -> None:
        if expr is not None and any(getattr(part, "line", 0) in self._lines for part in expressions(expr)):
            self.found |= compared
            self.open = self.open or not compared


def differing(test: s.Expr, told: Mapping[str, frozenset[str]], same: bool = False) -> frozenset[str]:
    """The fields of which a test that holds says that one has changed; with `same`, a test that does not hold."""
    if isinstance(test, s.Name):
        return told.get(test.id, frozenset()) if not same else frozenset()
    if isinstance(test, s.Call):
        asks = isinstance(test.func, s.Attribute) and test.func.attr in _ASKS and bool(test.args) and not same
        return frozenset(a.value for a in test.args[:1] if isinstance(a, s.Constant) and isinstance(a.value, str)) if asks else frozenset()
    if not isinstance(test, s.Apply):
        return frozenset()
    if test.op == "not":
        return differing(test.operands[0], told, not same)
    if test.op == ("or" if same else "and"):  # one of them is enough
        return frozenset().union(*(differing(o, told, same) for o in test.operands))
    if test.op == ("and" if same else "or"):  # each has to say so
        parts = [differing(o, told, same) for o in test.operands]
        return frozenset().union(*parts) if all(parts) else frozenset()
    if test.op == ("not in" if same else "in") and len(test.operands) == 2:
        name, held = test.operands
        listed = isinstance(name, s.Constant) and isinstance(name.value, str) and dotted(held).rpartition(".")[2].strip("_") in _CHANGED
        return frozenset({name.value}) if listed and isinstance(name, s.Constant) and isinstance(name.value, str) else frozenset()
    return _field(test.operands) if test.op in (("==", "is") if same else ("!=", "is not")) and len(test.operands) == 2 else frozenset()


def _field(sides: tuple[s.Expr, ...]) -> frozenset[str]:
    """`status` of `old.status != instance.status`, and of `instance.status != old_status`; `owner` of `old.owner.pk != instance.owner.pk`."""
    sides = tuple(side.value if isinstance(side, s.Attribute) and side.attr in _KEYS and isinstance(side.value, s.Attribute) else side for side in sides)
    names = [side.attr for side in sides if isinstance(side, s.Attribute)]
    if len(names) == 2:
        last = [n.strip("_") for n in names]
        shared = last[0] if last[0] == last[1] else next((a for a, b in (last, last[::-1]) if b.endswith(f"_{a}")), "")
        return frozenset({shared} if shared else ())
    other = next((side for side in sides if isinstance(side, s.Name)), None)
    return frozenset(names) if names and other is not None and other.id.endswith(names[0].strip("_")) else frozenset()
