"""One walk over a scope's statements: which binding reaches which name, calls, attribute writes, returns, and the request methods of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agentlint.analysis.types.bindings import Binding, Flow, Write
from agentlint.analysis.types.flow_expressions import Environment, ExpressionWalker
from agentlint.analysis.types.requests import Methods, both, either, in_case, when
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_GROWING = {"append": "append", "add": "append", "appendleft": "append", "insert": "append", "extend": "extend", "update": "extend", "setdefault": "append"}


class Walker(ExpressionWalker):
    """Walks one scope. Branches copy the environment and join it afterwards."""

    def __init__(self, define: Callable[[s.Function | s.Class], str]) -> None:
        super().__init__()
        self._define = define
        self._statements: dict[type, Callable[..., bool | None]] = {
            s.Expression: self._expression, s.Assign: self._assign, s.Return: self._return, s.Raise: self._raise, s.If: self._if, s.Loop: self._loop,
            s.Try: self._try, s.With: self._with, s.Match: self._match, s.Jump: self._jump, s.Define: self._definition, s.Import: self._import,
        }  # fmt: skip

    def run(self, body: Iterable[s.Stmt], parameters: Iterable[s.Parameter] = ()) -> Flow:
        """Walk a body whose parameters are given."""
        for parameter in parameters:
            self.bind(parameter.name, Binding("parameter", parameter))
        self.block(body)
        self.flow.final = self.env
        if all(m is None for _, m in self.flow.contexts):
            self.flow.contexts = []
        return self.flow

    def block(self, body: Iterable[s.Stmt]) -> bool:
        """Walk statements; True when control does not leave at the end."""
        contexts = self.flow.contexts
        falls = True
        for stmt in body:
            contexts.append((stmt.line, self.methods))
            if self._statements[type(stmt)](stmt) is False:
                falls = False
        return falls

    def _expression(self, stmt: s.Expression) -> None:
        value = stmt.value
        if type(value) is s.Other and value.kind == "global":
            self.flow.globals.update(dotted(c) for c in value.children)
            return
        self.expr(value)
        if type(value) is s.Call and type(value.func) is s.Attribute and value.args and value.func.attr in _GROWING:
            self.grow(value.func.value, _GROWING[value.func.attr], value.args[-1])

    def _assign(self, stmt: s.Assign) -> None:
        value = stmt.value
        if value is not None:
            self.expr(value)
        if stmt.annotation is not None:
            binding = Binding("declared", stmt.annotation, (), () if value is None else (Binding("value", value),))
        elif value is None:
            return
        else:
            binding = Binding("value", value)
        for target in stmt.targets:
            if stmt.op:
                self._augmented(target, value, stmt)
            elif type(target) is s.Name and not (stmt.annotation is not None and value is None and target.id in self.env):
                self.bind(target.id, binding)
            else:
                self.target(target, binding, stmt.line, stmt.annotation)

    def _augmented(self, target: s.Expr, value: s.Expr | None, stmt: s.Assign) -> None:
        self.expr(target)
        if type(target) is s.Name:
            known = self.env.get(target.id)
            if known is not None:
                self.bind(target.id, Binding("changed", value, (), (known,)))
                if value is not None:
                    self.grow(target, "extend", value)
        elif type(target) is s.Attribute:
            self.flow.writes.append(Write(target, Binding("changed", value), stmt.line, self.methods, None))

    def _return(self, stmt: s.Return) -> bool:
        if stmt.value is not None:
            self.expr(stmt.value)
            self.flow.returns.append(stmt.value)
        return False

    def _raise(self, stmt: s.Raise) -> bool:
        if stmt.value is not None:
            self.expr(stmt.value)
        return False

    def _jump(self, stmt: s.Jump) -> bool:
        return False

    def _import(self, stmt: s.Import) -> None:
        for one in stmt.names:
            self.env.pop(one.alias or one.name, None)
        if not stmt.names:
            self.env.pop(stmt.alias or stmt.module.split(".")[0], None)

    def _definition(self, stmt: s.Define) -> None:
        node = stmt.definition
        for decorator in node.decorators:
            self.expr(decorator)
        if isinstance(node, s.Function):
            for parameter in node.params:
                if parameter.default is not None:
                    self.expr(parameter.default)
                if parameter.annotation is not None:
                    self.expr(parameter.annotation)
        else:
            for base in node.bases:
                self.expr(base)
            for keyword in node.keywords:
                self.expr(keyword.value)
        self.flow.definitions.append(node)
        self.bind(node.name, Binding("definition", self._define(node)))

    def _if(self, stmt: s.If) -> bool:
        self.expr(stmt.test)
        yes, no = when(stmt.test)
        before, outer = self.env, self.methods
        self.env, self.methods = dict(before), both(outer, yes)
        self.narrow(stmt.test, True)
        falls = self.block(stmt.body)
        taken, taken_methods = self.env, self.methods
        self.env, self.methods = before if not stmt.orelse else dict(before), both(outer, no)
        self.narrow(stmt.test, False)
        falls_else = self.block(stmt.orelse)
        other, other_methods = self.env, self.methods
        if falls and falls_else:
            self.env = self.join(taken, other)
            self.methods = either(taken_methods, other_methods) if outer is not None or (taken_methods and other_methods) else None
        else:
            self.env, self.methods = (taken, taken_methods) if falls else (other, other_methods) if falls_else else (other, outer)
        return falls or falls_else

    def _loop(self, stmt: s.Loop) -> None:
        if stmt.iterable is not None:
            self.expr(stmt.iterable)
        before = self.env
        self.env = dict(before)
        joins = {name: Binding("joined", None, (), [before[name]]) for name in assigned(stmt.body) if name in before}
        self.env.update(joins)
        outer = self.methods
        if stmt.target is not None:
            self.target(stmt.target, Binding("element", stmt.iterable), stmt.line)
        if stmt.test is not None:
            self.expr(stmt.test)
            self.narrow(stmt.test, True)
        self.block(stmt.body)
        self.methods = outer
        for name, join in joins.items():
            last = self.env.get(name)
            if last is not None and last is not join:
                join.more.append(last)  # type: ignore[union-attr]
        self.env = self.join(before, self.env)
        self.block(stmt.orelse)

    def _try(self, stmt: s.Try) -> bool:
        before, outer = dict(self.env), self.methods
        falls = self.block(stmt.body)
        after = self.env
        thrown = self.join(before, after)
        if falls:
            falls = self.block(stmt.orelse)
            after = self.env
        ends = [(after, self.methods)] if falls else []
        for handler in stmt.handlers:
            self.env, self.methods = dict(thrown), outer
            if handler.type is not None:
                self.expr(handler.type)
            if handler.name:
                self.bind(handler.name, Binding("caught", handler.type))
            if self.block(handler.body):
                ends.append((self.env, self.methods))
        self.env, self.methods = ends[0] if ends else (thrown, outer)
        for env, methods in ends[1:]:
            self.env, self.methods = self.join(self.env, env), either(self.methods, methods)
        left = self.block(stmt.final)
        return bool(ends) and left

    def _with(self, stmt: s.With) -> bool:
        for item in stmt.items:
            self.expr(item.value)
            if item.target is not None:
                self.target(item.target, Binding("entered", item.value), stmt.line)
        return self.block(stmt.body)

    def _match(self, stmt: s.Match) -> bool:
        self.expr(stmt.subject)
        before, outer = self.env, self.methods
        ends: list[tuple[Environment, Methods]] = [] if any(not c.patterns for c in stmt.cases) else [(before, outer)]
        for case in stmt.cases:
            self.env, self.methods = dict(before), both(outer, in_case(stmt.subject, case.patterns))
            self._patterns(stmt.subject, case.patterns)
            if case.guard is not None:
                self.expr(case.guard)
                self.narrow(case.guard, True)
            if self.block(case.body):
                ends.append((self.env, self.methods))
        self.env, self.methods = ends[0] if ends else (before, outer)
        for env, _ in ends[1:]:
            self.env = self.join(self.env, env)
        self.methods = outer
        return bool(ends)

    def _patterns(self, subject: s.Expr, patterns: tuple[s.Expr, ...]) -> None:
        classes = [p.func for p in patterns if isinstance(p, s.Call)]
        name = dotted(subject)
        known = self.env.get(name)
        if name and classes and len(classes) == len(patterns):
            found = Binding("narrowed", classes[0] if len(classes) == 1 else s.Sequence("tuple", tuple(classes), subject.line), (), (known,) if known else ())
            self.narrowed(name, found)
        for pattern in patterns:
            self._captured(pattern)

    def _captured(self, pattern: s.Expr) -> None:
        if type(pattern) is s.Name:
            self.bind(pattern.id, Binding("opaque"))
        elif type(pattern) is s.Call:
            for inner in (*pattern.args, *(k.value for k in pattern.keywords)):
                self._captured(inner)
        elif type(pattern) is s.Sequence:
            for inner in pattern.items:
                self._captured(inner)
        elif type(pattern) is s.Mapping:
            for inner in pattern.values:
                self._captured(inner)

    # ------------------------------------------------------------ narrowing


def assigned(body: Iterable[s.Stmt]) -> set[str]:
    """Names that statements of a loop's body assign."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        stmt = stack.pop()
        if type(stmt) is s.Assign:
            for target in stmt.targets:
                if type(target) is s.Name:
                    found.add(target.id)
                elif type(target) is s.Sequence:
                    found.update(t.id for t in target.items if type(t) is s.Name)
        elif type(stmt) is s.If:
            stack.extend((*stmt.body, *stmt.orelse))
        elif type(stmt) is s.Try:
            stack.extend((*stmt.body, *stmt.orelse, *stmt.final, *(st for h in stmt.handlers for st in h.body)))
        elif type(stmt) is s.With or type(stmt) is s.Loop:
            stack.extend(stmt.body)
    return found
