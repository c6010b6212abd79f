"""Constants: what an expression or a variable is when the code alone decides it, and the items of lists that code builds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from agentlint.analysis.constants.history import Change, history
from agentlint.analysis.constants.values import UNKNOWN, Element, Folded, add, arithmetic, shown, text_method
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import ClassInfo, FunctionInfo, Program

    Scope: TypeAlias = FunctionInfo | ClassInfo | s.Module

Known: TypeAlias = Mapping[str, object]
"""Values of names that a loop or call binds: constants, or tuples of `Element` under way."""

_DEPTH = 24
MOST_STEPS = 2_000
"""Turns of a loop over constants that are followed."""
LIST_MAKERS = frozenset({"list", "tuple", "sorted", "set", "frozenset", "reversed"})


class Folder:
    """Folds expressions of one program; remembers answers by the identity of the expression."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[tuple[int, str], tuple[s.Expr, Folded]] = {}
        self._variables: dict[tuple[str, str], Folded] = {}
        self._histories: dict[str, dict[str, tuple[Change, ...]]] = {}
        self._depth = 0
        self._busy: set[tuple[str, str]] = set()
        self._by_type: dict[type, Callable[..., Folded]] = {
            s.Constant: lambda e, _s, _n: e.value, s.Name: self._name, s.Attribute: self._attribute, s.Template: self._template, s.Sequence: self._sequence,
            s.Mapping: self._mapping, s.Apply: self._apply, s.Call: self._call, s.Subscript: self._subscript, s.Comprehension: self._comprehension,
        }

    def fold(self, expr: s.Expr | None, scope: Scope, names: Known | None = None) -> Folded:
        """The constant value of an expression, `UNKNOWN` when it has none."""
        handler = self._by_type.get(type(expr))
        if handler is None or expr is None or self._depth > _DEPTH:
            return UNKNOWN
        if names:
            return self._guarded(handler, expr, scope, names)
        key = (id(expr), self._program.id_of(scope))
        known = self._memo.get(key)
        if known is None:  # the expression is kept, so that its identity is not given to another
            known = self._memo[key] = (expr, self._guarded(handler, expr, scope, {}))
        return known[1]

    def _guarded(self, handler: Callable[..., Folded], expr: s.Expr, scope: Scope, names: Known) -> Folded:
        self._depth += 1
        try:
            return handler(expr, scope, names)
        finally:
            self._depth -= 1

    # ------------------------------------------------------------- names

    def _name(self, expr: s.Name, scope: Scope, names: Known) -> Folded:
        if expr.id in names:
            held = names[expr.id]
            return self._whole(held) if isinstance(held, tuple) and held and isinstance(held[0], Element) else held  # type: ignore[return-value]
        home = self.home(expr.id, scope)
        if home is not None:
            return self._variable(expr.id, home)
        return self._named(self._program.resolve(expr, scope))

    def home(self, name: str, scope: Scope) -> Scope | None:
        """The scope around an expression whose own statements give the variable its value."""
        first = True
        here: Scope | None = scope
        while here is not None:
            if (first or not self._program.is_class(here)) and name in self.changes(here):
                return here
            if self._program.binds_parameter(here, name):
                return None
            here, first = self._program.outer(here), False
        return None

    def changes(self, scope: Scope) -> dict[str, tuple[Change, ...]]:
        """What the statements of a scope do to its variables."""
        key = self._program.id_of(scope)
        known = self._histories.get(key)
        if known is None:
            known = self._histories[key] = history(scope.body if isinstance(scope, s.Module) else scope.node.body)
        return known

    def _named(self, name: str) -> Folded:
        """The value of a variable or class attribute by its dotted name."""
        owner, _, last = name.rpartition(".")
        if not owner and name not in self._program.modules:
            return UNKNOWN
        home = self._program.modules.get(owner) or self._program.classes.get(owner)
        if home is None:
            return self._program.setting(name, self)
        if last in self.changes(home):
            return self._variable(last, home)
        held = self._program.attribute(owner, last) if owner in self._program.classes else None
        return self.fold(held[0], held[1]) if held is not None else UNKNOWN

    def _attribute(self, expr: s.Attribute, scope: Scope, names: Known) -> Folded:
        if isinstance(expr.value, s.Name) and expr.value.id in ("self", "cls") and not isinstance(scope, s.Module):
            owner = getattr(scope, "owner", "")
            held = self._program.attribute(owner, expr.attr) if owner else None
            return self.fold(held[0], held[1]) if held is not None and not self._is_heirs_own(owner, expr.attr) else UNKNOWN
        name = self._program.resolve(expr, scope)
        found = self._named(name) if name else UNKNOWN
        if found is UNKNOWN and expr.attr == "value":
            return self.fold(expr.value, scope, names)
        return found

    def _is_heirs_own(self, owner: str, attr: str) -> bool:
        """True when a class below says for itself what an attribute is: what the owner says holds for some objects only."""
        classes = self._program.classes
        return owner in classes and any(attr in classes[heir].attributes for heir in self._program.subclasses(owner) if heir in classes)

    def _variable(self, name: str, home: Scope) -> Folded:
        key = (name, self._program.id_of(home))
        if key in self._busy:
            return UNKNOWN
        if key not in self._variables:
            self._busy.add(key)
            try:
                self._variables[key] = self._replay(name, home)
            finally:
                self._busy.discard(key)
        return self._variables[key]

    def _replay(self, name: str, home: Scope) -> Folded:
        value: Folded = UNKNOWN
        for change in self.changes(home)[name]:
            if not change.loops:
                value = self._step(change, value, home, {name: value} if change.refers else {})
                continue
            for known in islice(self.turns(change.loops, home, {name: value}), MOST_STEPS):
                value = self._step(change, value, home, {**known, name: value})
        return value

    def _step(self, change: Change, value: Folded, home: Scope, names: Known) -> Folded:
        new = self.fold(change.value, home, names)
        if change.kind == "set":
            return value if change.nested and value not in (UNKNOWN, None, "", []) else new
        if change.kind == "extend":
            return add(value, new)
        if change.kind == "append" and isinstance(value, (list, tuple)):
            return [*value, new]
        if change.kind in ("item", "update") and isinstance(value, dict):
            key = self.fold(change.key, home, names) if change.kind == "item" else UNKNOWN
            if change.kind == "update":
                return {**value, **new} if isinstance(new, dict) else value
            return {**value, key: new} if isinstance(key, (str, int)) else value
        return UNKNOWN if change.kind == "unknown" else value

    def turns(self, loops: tuple[s.Loop, ...], home: Scope, names: Known) -> Iterator[Known]:
        """The bindings of every turn of nested loops; one turn with nothing bound when a loop is not over constants."""
        if not loops:
            yield names
            return
        loop = loops[0]
        values = self.fold(loop.iterable, home, names) if loop.iterable is not None and loop.target is not None else UNKNOWN
        if isinstance(values, dict):
            values = list(values)
        if not isinstance(values, (list, tuple)):
            yield from self.turns(loops[1:], home, {**names, **dict.fromkeys(_bound(loop.target), UNKNOWN)})
            return
        for value in values[:MOST_STEPS]:
            yield from self.turns(loops[1:], home, {**names, **_unpacked(loop.target, value)})

    # ------------------------------------------------------- composed values

    def _template(self, expr: s.Template, scope: Scope, names: Known) -> Folded:
        return "".join(shown(self.fold(p, scope, names)) for p in expr.parts)

    def _sequence(self, expr: s.Sequence, scope: Scope, names: Known) -> Folded:
        items: list[Folded] = []
        for item in expr.items:
            if isinstance(item, s.Other) and item.kind == "star":
                inner = self.fold(item.children[0], scope, names)
                items.extend(inner if isinstance(inner, (list, tuple)) else [UNKNOWN])
            else:
                items.append(self.fold(item, scope, names))
        return tuple(items) if expr.kind == "tuple" else items

    def _mapping(self, expr: s.Mapping, scope: Scope, names: Known) -> Folded:
        found: dict[Folded, Folded] = {}
        for key, value in zip(expr.keys, expr.values, strict=True):
            folded = self.fold(value, scope, names)
            name = self.fold(key, scope, names) if key is not None else UNKNOWN
            if key is None and isinstance(folded, dict):
                found.update(folded)
            elif isinstance(name, (str, int, float, bool)):
                found[name] = folded
        return found

    def _apply(self, expr: s.Apply, scope: Scope, names: Known) -> Folded:
        if expr.op == "?:":
            test, then, other = expr.operands
            truth = self.fold(test, scope, names)
            if truth is not UNKNOWN:
                return self.fold(then if truth else other, scope, names)
            both = self.fold(then, scope, names), self.fold(other, scope, names)
            return both[0] if both[0] == both[1] else UNKNOWN
        values = [self.fold(o, scope, names) for o in expr.operands]
        if expr.op in ("or", "and"):
            for value in values[:-1]:
                if value is UNKNOWN or bool(value) == (expr.op == "or"):
                    return value
            return values[-1]
        if expr.op == "not":
            return UNKNOWN if values[0] is UNKNOWN else not values[0]
        if expr.op == ":=":
            return values[-1]
        result = values[0]
        for value in values[1:]:
            result = arithmetic(expr.op, result, value)
        return result if len(values) > 1 else UNKNOWN

    def _subscript(self, expr: s.Subscript, scope: Scope, names: Known) -> Folded:
        value, index = self.fold(expr.value, scope, names), self.fold(expr.index, scope, names)
        if isinstance(value, dict) and isinstance(index, (str, int)):
            return value.get(index, UNKNOWN)
        if isinstance(value, (list, tuple, str)) and isinstance(index, int) and -len(value) <= index < len(value):
            return value[index]
        return UNKNOWN

    def _comprehension(self, expr: s.Comprehension, scope: Scope, names: Known) -> Folded:
        found: list[tuple[Folded, ...]] = []
        for known in self.clause_turns(expr.clauses, scope, names):
            if known is None:
                return UNKNOWN
            found.append(tuple(self.fold(e, scope, known) for e in expr.elements))
        if expr.kind == "dict":
            return {row[0]: row[1] for row in found if isinstance(row[0], (str, int))}
        return [row[0] for row in found]

    def clause_turns(self, clauses: tuple[s.Clause, ...], scope: Scope, names: Known) -> Iterator[Known | None]:
        """The bindings of every turn of a comprehension; None when it does not run over constants."""
        if not clauses:
            yield names
            return
        clause = clauses[0]
        values = self.fold(clause.iterable, scope, names)
        if isinstance(values, dict):
            values = list(values)
        if not isinstance(values, (list, tuple)):
            yield None
            return
        for value in values[:MOST_STEPS]:
            known = {**names, **_unpacked(clause.target, value)}
            if not any(self.fold(c, scope, known) is False for c in clause.conditions):
                yield from self.clause_turns(clauses[1:], scope, known)

    # --------------------------------------------------------------- calls

    def _call(self, expr: s.Call, scope: Scope, names: Known) -> Folded:
        args = [self.fold(a, scope, names) for a in expr.args]
        keywords = {k.name: self.fold(k.value, scope, names) for k in expr.keywords if k.name}
        if isinstance(expr.func, s.Attribute):
            owner = self.fold(expr.func.value, scope, names)
            if isinstance(owner, str):
                return text_method(owner, expr.func.attr, args, keywords)
            if isinstance(owner, dict):
                return _dict_method(owner, expr.func.attr, args)
        name = self._program.resolve(expr.func, scope)
        function = self._program.functions.get(name)
        if function is not None:
            return self._result(function, args, keywords)
        return _library_call(name, args, keywords)

    def _result(self, function: FunctionInfo, args: list[Folded], keywords: Mapping[str, Folded]) -> Folded:
        """What a function of one return statement gives for constant arguments."""
        body = function.node.body
        if len(body) != 1 or not isinstance(body[0], s.Return):
            return UNKNOWN
        parameters = [p for p in function.node.params if p.kind in ("positional", "keyword")]
        names: dict[str, object] = {p.name: self.fold(p.default, function) if p.default is not None else UNKNOWN for p in parameters}
        names.update(zip((p.name for p in parameters), args, strict=False))
        names.update(keywords)
        return self.fold(body[0].value, function, names)

    def _whole(self, held: tuple[Element, ...]) -> Folded:
        return [self.fold(e.expr, e.scope, e.names) for e in held]


def _bound(target: s.Expr | None) -> Iterator[str]:
    if isinstance(target, s.Name):
        yield target.id
    elif isinstance(target, s.Sequence):
        for item in target.items:
            yield from _bound(item)


def _unpacked(target: s.Expr | None, value: Folded) -> dict[str, object]:
    if isinstance(target, s.Name):
        return {target.id: value}
    if isinstance(target, s.Sequence) and isinstance(value, (list, tuple)) and len(value) == len(target.items):
        return {k: v for t, one in zip(target.items, value, strict=True) for k, v in _unpacked(t, one).items()}
    return dict.fromkeys(_bound(target), UNKNOWN)


def _dict_method(owner: dict[Folded, Folded], name: str, args: list[Folded]) -> Folded:
    if name == "items":
        return list(owner.items())
    if name in ("keys", "values"):
        return list(owner) if name == "keys" else list(owner.values())
    if name == "get" and args and isinstance(args[0], (str, int)):
        return owner.get(args[0], args[1] if len(args) > 1 else None)
    return UNKNOWN


def _library_call(name: str, args: list[Folded], keywords: Mapping[str, Folded]) -> Folded:
    last = name.rpartition(".")[2]
    if name in LIST_MAKERS and args:
        items = args[0]
        return list(items) if isinstance(items, (list, tuple, dict)) else UNKNOWN
    if name == "str" and args:
        return shown(args[0])
    if name == "dict" and not args:
        return dict(keywords.items())
    if name == "range" and args and all(isinstance(a, int) for a in args):
        numbers: list[Folded] = [*range(*args[:3])[:MOST_STEPS]]  # type: ignore[arg-type]
        return numbers
    if name == "enumerate" and args and isinstance(args[0], (list, tuple)):
        return [(i, v) for i, v in enumerate(args[0])]
    if last.endswith(("gettext", "gettext_lazy")) and args:
        return args[1] if last.startswith(("pgettext", "npgettext")) and len(args) > 1 else args[0]  # the first of those is the context
    if name in ("os.getenv", "os.environ.get") and len(args) > 1:
        return args[1]
    if name in ("os.path.join", "posixpath.join"):
        return "/".join(shown(a) for a in args)
    return UNKNOWN
