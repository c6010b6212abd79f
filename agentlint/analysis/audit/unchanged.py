"""Branches on which there is nothing to record: nothing changed, there is no row yet that a record could name, or recording was turned off by hand.

`if not changes: return` in front of the making of a record opens no gap: on that path nothing was done that an auditor would ask about. A test of one field
(`if status_changed:`) says nothing of the others and is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.audit.switches import Switches
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.handed_keywords import HandedKeywords
from agentlint.analysis.types.inference import Types
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, expressions

_CHANGES = re.compile(
    r"^((has|have|is|was|were|any|all|get|compute)_)?(changes?|changed|diffs?|differences?|delta|deltas|dirty|modified|modifications|changed_?(data|fields|values|attrs)"
    r"|dirty_fields|field_changes|updated_fields|modified_fields)$",
    re.IGNORECASE,
)
_WHOLE = r"(_?(data|values?|state|obj|object|instance|row|dict|snapshot|version|fields|attrs))?$"
_BEFORE = re.compile(r"^_?(old|before|previous|prev|original|initial|orig)" + _WHOLE)
_AFTER = re.compile(r"^_?(new|after|current|updated|now)" + _WHOLE)
_KEPT = re.compile(r"^_?(?:old|before|previous|prev|original|initial|orig)_(\w+)$")
_WHOLE_NAME = re.compile(r"^(data|values?|state|obj|object|instance|row|dict|snapshot|version|fields|attrs)$")
_KEYS = frozenset({"pk", "id", "uuid"})
_NONE = frozenset({"ignore", "ignored", "skip", "skipped", "suppress", "suppressed", "mute", "muted", "silent", "disable", "disabled"})
_RECORDED = frozenset({
    "event", "events", "history", "audit", "auditlog", "log", "logging", "activity", "trail", "journal", "changelog", "revision", "tracking",
})


class Unchanged:
    """Judges the branches of one program."""

    def __init__(self, program: Program, types: Types) -> None:
        self._program, self._types = program, types
        self._switches = Switches(program)
        self._keywords = HandedKeywords(program)

    def on_branch(self, test: s.Expr, truth: bool, body: tuple[s.Stmt, ...], info: FunctionInfo) -> bool:
        """True when there is nothing to record where the test came out `truth`; `body` are the statements that run then."""
        if _says_unchanged(test, truth) or self._is_turned_off(test, truth, body, info):
            return True
        parts = tuple(_parts(test, truth))
        if any(self._is_left_out(part, holds, info) for part, holds in parts) or self._never_comes(test, truth, info):
            return True
        if isinstance(test, s.Apply) and test.op == "and" and truth and _gives_up(body) and all(_is_missing(part, holds, info) for part, holds in parts):
            return True  # neither who nor what is known
        return _only_leaves(body) and any(_is_unsaved(part, holds) or self._is_switched_off(part, holds, info) for part, holds in _parts(test, truth))

    def _is_left_out(self, test: s.Expr, truth: bool, info: FunctionInfo) -> bool:
        """`if "edited" in self.kept:` comes out false where a decorator was told nothing of the kind to record, and `if not event_marks["ignore"]:` where
        somebody asked for no event."""
        if truth:
            return _asks_for_none(test)
        if not (isinstance(test, s.Apply) and test.op == "in" and info.owner and isinstance(test.operands[0], s.Constant)):
            return False
        asked = s.Subscript(test.operands[1], test.operands[0], test.line)
        told, keys = self._keywords.told(asked, info.owner)
        return 2 * sum(one.at(keys) is not None for one in told) >= len(told) > 0

    def _never_comes(self, test: s.Expr, truth: bool, info: FunctionInfo) -> bool:
        """True where all classes that an object may be of fix the attribute that is compared the other way: `if event.order == BEFORE:`."""
        if not (isinstance(test, s.Apply) and test.op == "==" and isinstance(test.operands[0], s.Attribute)):
            return False
        held, wanted = test.operands[0], self._program.fold(test.operands[1], info)
        owners = self._types.of(held.value, info.id) if isinstance(wanted, (str, int)) and "{}" not in str(wanted) else ()
        fixed = [self._program.attribute(t.name, held.attr) if t.name in self._program.classes else None for t in owners]
        values = [self._program.fold(one[0], one[1].module) if one is not None else None for one in fixed]
        return bool(values) and all(isinstance(v, (str, int)) and (v == wanted) != truth for v in values)

    def _is_turned_off(self, test: s.Expr, truth: bool, body: tuple[s.Stmt, ...], info: FunctionInfo) -> bool:
        """`if not settings.AUDIT_ENABLED: return`: nothing else is done where a setting is off that the product ships turned on."""
        if body and not _only_leaves(body):
            return False
        return all(not holds and self._switches.is_on(part, info) for part, holds in _parts(test, truth))

    def _is_switched_off(self, test: s.Expr, truth: bool, info: FunctionInfo) -> bool:
        """`if not self.log_prefix: return`: the class says under which name it is recorded, and the classes that are set one."""
        if truth or not (isinstance(test, s.Attribute) and isinstance(test.value, s.Name) and test.value.id == "self" and info.owner):
            return False
        declared = self._program.attribute(info.owner, test.attr)
        if declared is None or not (isinstance(declared[0], s.Constant) and not declared[0].value):
            return False
        below = [self._program.classes[c].attributes.get(test.attr) for c in self._program.subclasses(info.owner) if c != info.owner]
        named = [value for value in below if isinstance(value, s.Constant) and value.value and isinstance(value.value, str)]
        return 2 * len(named) >= len(below) > 0


def _asks_for_none(test: s.Expr) -> bool:
    """True for a mark whose name, or whose key in something called after events or a history, says that none is wanted: `loan.skip_history`."""
    if isinstance(test, s.Call) and dotted(test.func) == "getattr" and len(test.args) > 1 and isinstance(test.args[1], s.Constant):
        said = words(str(test.args[1].value))
    elif isinstance(test, s.Subscript) and isinstance(test.index, s.Constant):
        said = [*words(dotted(test.value)), *words(str(test.index.value))]
    else:
        said = words(_word(test))
    return bool(_NONE.intersection(said)) and bool(_RECORDED.intersection(said))


def _gives_up(body: tuple[s.Stmt, ...]) -> bool:
    """True for a branch that leaves, and at most says so in a log."""
    *before, last = body or (None,)
    said = (stmt.value for stmt in before if isinstance(stmt, s.Expression))
    return isinstance(last, s.Return) and last.value is None and sum(
        isinstance(e, s.Call) and dotted(e.func).rpartition(".")[2] in ("debug", "info", "warning", "error", "exception") for e in said
    ) == len(before)


def _is_missing(test: s.Expr, truth: bool, info: FunctionInfo) -> bool:
    """True where a parameter is nothing."""
    if isinstance(test, s.Apply) and test.op == "is" and isinstance(test.operands[1], s.Constant) and test.operands[1].value is None:
        test, truth = test.operands[0], not truth
    return not truth and isinstance(test, s.Name) and any(p.name == test.id for p in info.node.params)


def _parts(test: s.Expr, truth: bool) -> Iterator[tuple[s.Expr, bool]]:
    """The tests of which at least one decided, without their negations."""
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    if isinstance(test, s.Apply) and test.op in ("and", "or"):
        for operand in test.operands:
            yield from _parts(operand, truth)
    else:
        yield test, truth


def _says_unchanged(test: s.Expr, truth: bool) -> bool:
    while isinstance(test, s.Apply) and test.op == "not":
        truth, test = not truth, test.operands[0]
    if isinstance(test, s.Apply) and test.op in ("and", "or"):
        if test.op == ("and" if truth else "or"):
            return any(_says_unchanged(part, truth) for part in test.operands)
        return all(_says_unchanged(part, truth) for part in test.operands)
    if isinstance(test, s.Apply) and test.op in ("==", "is", "!=", "is not") and len(test.operands) == 2:
        left, right = test.operands
        same = truth == (test.op in ("==", "is"))
        if isinstance(right, s.Constant) or (isinstance(right, s.Sequence | s.Mapping) and not _items(right)):
            return _is_changes(left) and same == (not getattr(right, "value", None))
        return same and (_was(left, right) or _was(right, left))
    if isinstance(test, s.Apply) and test.op in (">", ">=") and isinstance(test.operands[0], s.Call):
        return not truth and _is_changes(test.operands[0])
    return not truth and _is_changes(test)


def _was(before: s.Expr, after: s.Expr) -> bool:
    """True when one value is the other as it was: `old` and `new`, `original_data` and `serializer.data`."""
    was, now = _word(before), _word(after)
    kept = _KEPT.match(was)
    return bool(_BEFORE.match(was) and _AFTER.match(now)) or (kept is not None and kept.group(1) == now and bool(_WHOLE_NAME.match(now)))


def _items(expr: s.Sequence | s.Mapping) -> tuple[object, ...]:
    return expr.items if isinstance(expr, s.Sequence) else expr.keys


def _is_changes(expr: s.Expr) -> bool:
    """True for what holds or says all that changed: `changes`, `form.has_changed()`, `len(diff)`."""
    if isinstance(expr, s.Call):
        name = dotted(expr.func).rpartition(".")[2]
        return _is_changes(expr.args[0]) if name in ("len", "bool", "any") and expr.args else bool(_CHANGES.match(name))
    return bool(_CHANGES.match(_word(expr)))


def _word(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""


def _only_leaves(body: tuple[s.Stmt, ...]) -> bool:
    return len(body) == 1 and isinstance(body[0], s.Return) and (body[0].value is None or isinstance(body[0].value, s.Constant))


def _is_unsaved(test: s.Expr, truth: bool) -> bool:
    """True where a row has no key yet: `self._state.adding`, `self.pk is None`, `not self.pk`, `not isinstance(self.pk, int)`."""
    if dotted(test).endswith("_state.adding"):
        return truth
    if isinstance(test, s.Apply) and test.op in ("is", "==") and isinstance(test.operands[1], s.Constant) and test.operands[1].value is None:
        return truth and _word(test.operands[0]) in _KEYS
    if isinstance(test, s.Call) and dotted(test.func) == "isinstance" and test.args:
        return not truth and isinstance(test.args[0], s.Attribute) and test.args[0].attr in _KEYS
    return not truth and isinstance(test, s.Attribute) and test.attr in _KEYS and not any(isinstance(e, s.Call) for e in expressions(test))
