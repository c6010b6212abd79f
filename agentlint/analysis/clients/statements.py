"""Statements: names they bind, fields they set, branches they take."""

from __future__ import annotations

from agentlint.analysis.clients.calling import Calling, spoken
from agentlint.analysis.clients.libraries import Sent, looks_like_path
from agentlint.analysis.clients.scopes import Imported, ModuleScope, Scope
from agentlint.analysis.clients.values import (
    HOLE,
    Arr,
    Cls,
    External,
    Fn,
    Hole,
    Instance,
    Obj,
    Text,
    Value,
    concat,
    either,
    fixed,
    is_absent,
    text,
)  # fmt: skip
from agentlint.ir import syntax as s

_KNOWN_CLIENTS = frozenset({"$axios", "axios", "$http", "$fetch", "$api", "$ky"})
_GLOBALS = frozenset({"window", "globalThis", "self", "global"})
_MODULE_NAMES = frozenset({"module.exports", "exports"})


class Statements(Calling):
    """How statements are run, in order and each branch by itself."""

    def execute(self, body: tuple[s.Stmt, ...], scope: Scope) -> bool:
        """Run a block; whether it certainly leaves the function."""
        for stmt in body:
            if isinstance(stmt, s.Define):
                self._define(stmt, scope)
        left = False
        for stmt in body:
            left = self._statement(stmt, scope) or left
        return left

    def _statement(self, stmt: s.Stmt, scope: Scope) -> bool:
        match stmt:
            case s.Expression():
                self.value(stmt.value, scope)
            case s.Assign():
                self._assign(stmt, scope)
            case s.Return():
                frame = self.frame_of(scope)
                value = self.value(stmt.value, scope) if stmt.value is not None else Obj()
                if frame is not None:
                    frame.returned.append(value)
                return True
            case s.Raise():
                if stmt.value is not None:
                    self.value(stmt.value, scope)
                return True
            case s.If():
                return self._if(stmt, scope)
            case s.Match():
                self.value(stmt.subject, scope)
                self._branches([*(c.body for c in stmt.cases), ()], scope)
            case s.Loop():
                self._loop(stmt, scope)
            case s.Try():
                left = self.execute(stmt.body, scope)
                self._branches([*(h.body for h in stmt.handlers), ()], scope)
                return self.execute(stmt.final, scope) or (left and not stmt.handlers)
            case s.With():
                return self.execute(stmt.body, scope)
            case s.Import():
                self._import(stmt, scope)
            case _:
                pass
        return False

    def _if(self, stmt: s.If, scope: Scope) -> bool:
        """Both branches, unless the values at hand rule one out; then that one is read for the requests in it only."""
        holds = self.holds(stmt.test, scope, self.value(stmt.test, scope))
        if holds is None:
            self._branches([stmt.body, stmt.orelse], scope)
            return False
        if self.at_root:
            kept = dict(scope.names)
            frame = self.frame_of(scope)
            returned = list(frame.returned) if frame is not None else []
            self.execute(stmt.orelse if holds else stmt.body, scope)
            scope.names = kept
            if frame is not None:
                frame.returned = returned
        return self.execute(stmt.body if holds else stmt.orelse, scope)

    def _branches(self, bodies: list[tuple[s.Stmt, ...]], scope: Scope) -> None:
        """Each branch from the same start; what a name may be afterwards is what any branch that goes on left it."""
        start = dict(scope.names)
        ends: list[dict[str, Value | Imported]] = []
        for body in bodies:
            scope.names = dict(start)
            if not self.execute(body, scope):
                ends.append(scope.names)
        scope.names = self._united(ends) if ends else start

    @staticmethod
    def _united(ends: list[dict[str, Value | Imported]]) -> dict[str, Value | Imported]:
        found = dict(ends[0])
        for end in ends[1:]:
            for name, value in end.items():
                known = found.get(name)
                if known is None:
                    found[name] = value
                elif known is not value and not isinstance(known, Imported) and not isinstance(value, Imported):
                    found[name] = either((known, value))
        return found

    def _loop(self, stmt: s.Loop, scope: Scope) -> None:
        """A loop's body runs once, for any of the items."""
        if stmt.iterable is not None:
            items = self.value(stmt.iterable, scope)
            if stmt.target is not None:
                self.bind(stmt.target, either(items.items) if isinstance(items, Arr) and items.items else HOLE, scope)
        if stmt.test is not None:
            self.value(stmt.test, scope)
        self._branches([stmt.body, ()], scope)

    # ------------------------------------------------------------------ bindings

    def _define(self, stmt: s.Define, scope: Scope) -> None:
        made = stmt.definition
        if isinstance(made, s.Function):
            fn = Fn(made, scope)
            self.root(fn)
            scope.names[made.name] = fn
            return
        kind = Cls(made, scope)
        scope.names[made.name] = kind
        if self.at_root:
            self.classes.append(kind)
        for decorator in made.decorators:
            self.value(decorator, scope)

    @property
    def classes(self) -> list[Cls]:
        """Classes whose methods are still to be read."""
        raise NotImplementedError

    def _assign(self, stmt: s.Assign, scope: Scope) -> None:
        if stmt.value is None:
            for target in stmt.targets:
                if isinstance(target, s.Name):
                    scope.names.setdefault(target.id, Obj())
            return
        if self._copied(stmt, scope):
            return
        value = self.value(stmt.value, scope)
        if stmt.op:
            current = self.value(stmt.targets[0], scope)
            value = concat((current, value)) if stmt.op == "+" else either((current, value))
        for target in stmt.targets:
            self.bind(target, value, scope)

    def bind(self, target: s.Expr, value: Value, scope: Scope) -> None:
        """Assign a value to a name, a field, an item, or the parts of a pattern."""
        match target:
            case s.Name():
                scope.names[target.id] = value
            case s.Attribute():
                self._set_member(target, value, scope)
            case s.Subscript():
                self._set_item(target, value, scope)
            case s.Mapping():
                for key, inner in zip(target.keys, target.values, strict=True):
                    name = str(key.value) if isinstance(key, s.Constant) else ""
                    self.bind(inner, self._taken(value, name) if name else value, scope)
            case s.Sequence():
                for index, inner in enumerate(target.items):
                    self.bind(inner, self.item(value, None, str(index)) if isinstance(value, Arr) else HOLE, scope)
            case s.Other() if target.kind == "default" and len(target.children) == 2:
                default = self.value(target.children[1], scope)
                absent = is_absent(value) or (isinstance(value, Hole) and default != Text(()))  # an empty text is there until somebody gives one
                self.bind(target.children[0], default if absent else value, scope)
            case s.Other() if target.children:
                self.bind(target.children[0], HOLE, scope)
            case _:
                pass

    def _taken(self, value: Value, name: str) -> Value:
        """A field taken out of an object; a client by its name, wherever it comes from."""
        found = self.member(value, name)
        return External(name) if name in _KNOWN_CLIENTS and not isinstance(found, Fn | Instance | Obj | Cls) else found

    def _set_member(self, target: s.Attribute, value: Value, scope: Scope) -> None:
        holder_name = target.value.id if isinstance(target.value, s.Name) else ""
        module = scope.module
        if module is not None and (f"{holder_name}.{target.attr}" == "module.exports"):
            module.exported = value
            return
        if (module is not None and holder_name == "exports") or spells(target.value, "module.exports"):
            self._export_field(module, target.attr, value)
            return
        if holder_name in _GLOBALS and scope.find(holder_name) is None:
            self.shared[target.attr] = value
            return
        if target.attr in ("action", "formAction") and looks_like_path(value):
            self.record(Sent(HOLE, value, "form.action"), s.Call(target, (), (), target.line, -1), scope)
        if ((target.attr == "href" and holder_name in ("location", "")) or target.attr == "location") and isinstance(value, Text) and looks_like_path(value):
            self.record(Sent(text("GET"), value, "location"), s.Call(target, (), (), target.line, -1), scope)
        holder = self.value(target.value, scope)
        if isinstance(holder, Obj):
            holder.set(target.attr, value)
        elif isinstance(holder, Instance):
            holder.fields[target.attr] = value
        elif isinstance(holder, Fn):
            self._hang(holder, target.attr, value)
        elif isinstance(holder, Cls):
            holder.statics[target.attr] = value
        if isinstance(value, Fn):
            maker = self.value(target.value.value, scope) if isinstance(target.value, s.Attribute) and target.value.attr == "prototype" else None
            self.root(value, Instance(maker, None) if isinstance(maker, Fn) else value.this)

    @staticmethod
    def _hang(fn: Fn, name: str, value: Value) -> None:
        """`F.prototype = { ... }` and `F.member = value`."""
        if name == "prototype" and isinstance(value, Obj):
            fn.prototype.update(value.known())
        else:
            fn.members[name] = value

    @staticmethod
    def _export_field(module: ModuleScope | None, name: str, value: Value) -> None:
        if module is None:
            return
        if not isinstance(module.exported, Obj):
            module.exported = Obj([{}])
        module.exported.set(name, value)

    def _set_item(self, target: s.Subscript, value: Value, scope: Scope) -> None:
        """`a[key] = b[key]` in a loop copies the fields of one object to another."""
        key = fixed(self.value(target.index, scope))
        holder = self.value(target.value, scope)
        if not isinstance(holder, Obj):
            if isinstance(holder, Instance) and key is not None:
                holder.fields[key] = value
            return
        if key is not None:
            holder.set(key, value)

    def _copied(self, stmt: s.Assign, scope: Scope) -> bool:
        """Whether an assignment copies fields under a key that is not known; it is carried out when so."""
        target, source = stmt.targets[0], stmt.value
        if not (isinstance(target, s.Subscript) and isinstance(source, s.Subscript)) or spoken(target.index) != spoken(source.index):
            return False
        holder = self.value(target.value, scope)
        if isinstance(holder, Obj):
            holder.merge(self.value(source.value, scope))
        return True

    def _import(self, stmt: s.Import, scope: Scope) -> None:
        path = scope.module.path if scope.module is not None else ""
        for name in stmt.names:
            if name.name == "*" and isinstance(scope, ModuleScope):
                found = self.index.resolve(path, stmt.module)
                scope.stars.extend([found] if found else [])
            else:
                scope.names[name.alias or name.name] = self.imported(path, stmt.module, name.name)
        if stmt.alias:
            scope.names[stmt.alias] = self.imported(path, stmt.module, "*")


def spells(expr: s.Expr, words: str) -> bool:
    """Whether an expression is this dotted name."""
    head, _, last = words.rpartition(".")
    if not head:
        return isinstance(expr, s.Name) and expr.id == last
    return isinstance(expr, s.Attribute) and expr.attr == last and spells(expr.value, head)
