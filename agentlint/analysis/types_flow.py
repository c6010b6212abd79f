"""One walk over a scope's statements: which binding reaches which name, calls, attribute writes, returns, and the request methods of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from agentlint.analysis.types_bindings import Binding, Flow, Write
from agentlint.analysis.types_requests import Methods, both, either, in_case, when
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted

_GROWING = {"append": "append", "add": "append", "appendleft": "append", "insert": "append", "extend": "extend", "update": "extend", "setdefault": "append"}
_Env = dict[str, Binding]


class Walker:
    """Walks one scope. Branches copy the environment and join it afterwards."""

    def __init__(self, define: Callable[[s.Function | s.Class], str]) -> None:
        self.flow = Flow()
        self.env: _Env = {}
        self.methods: Methods = None
        self._define = define
        self._paths: set[str] = set()
        self._statements = {
            s.Expression: self._expression, s.Assign: self._assign, s.Return: self._return, s.Raise: self._raise, s.If: self._if, s.Loop: self._loop,
            s.Try: self._try, s.With: self._with, s.Match: self._match, s.Jump: self._jump, s.Define: self._definition, s.Import: self._import,
        }

    def run(self, body: Iterable[s.Stmt], parameters: Iterable[s.Parameter] = ()) -> Flow:
        """Walk a body whose parameters are given."""
        for parameter in parameters:
            self._bind(parameter.name, Binding("parameter", parameter))
        self.block(body)
        self.flow.final = self.env
        if all(m is None for _, m in self.flow.contexts):
            self.flow.contexts = []
        return self.flow

    # ---------------------------------------------------------- statements

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
            self._grow(value.func.value, _GROWING[value.func.attr], value.args[-1])

    def _grow(self, holder: s.Expr, kind: str, value: s.Expr) -> None:
        """A collection is given an item: remember it at the binding that holds the collection."""
        found = self.flow.reaching.get(id(holder))
        while found is not None and found.kind in ("narrowed", "changed") and found.more:
            found = found.more[0]
        for binding in (found.more if found is not None and found.kind == "joined" else (found,)):
            if binding is not None:
                if binding.added is None:
                    binding.added = []
                binding.added.append((kind, value))

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
                self._bind(target.id, binding)
            else:
                self.target(target, binding, stmt.line, stmt.annotation)

    def _augmented(self, target: s.Expr, value: s.Expr | None, stmt: s.Assign) -> None:
        self.expr(target)
        if type(target) is s.Name:
            known = self.env.get(target.id)
            if known is not None:
                self._bind(target.id, Binding("changed", value, (), (known,)))
                if value is not None:
                    self._grow(target, "extend", value)
        elif type(target) is s.Attribute:
            self.flow.writes.append(Write(target, Binding("changed", value), stmt.line, self.methods, None))

    def target(self, target: s.Expr, binding: Binding, line: int, annotation: s.Expr | None = None) -> None:
        """Bind whatever stands on the left of an assignment."""
        kind = type(target)
        if kind is s.Name:
            self._bind(target.id, binding)  # type: ignore[union-attr]
        elif kind is s.Attribute:
            self.expr(target.value)  # type: ignore[union-attr]
            self.flow.writes.append(Write(target, binding, line, self.methods, annotation))  # type: ignore[arg-type]
            path = dotted(target)
            if path:
                self._paths.add(target.attr)  # type: ignore[union-attr]
                self.env[path] = binding
        elif kind is s.Sequence:
            for position, item in enumerate(target.items):  # type: ignore[union-attr]
                if type(item) is s.Other and item.kind == "star":
                    self.target(item.children[0], Binding("starred", binding.expr, binding.path, (binding,)), line)
                else:
                    self.target(item, Binding(binding.kind, binding.expr, (*binding.path, position), binding.more), line)
        elif kind is s.Subscript:
            self.expr(target)
            if binding.kind == "value":
                self._grow(target.value, "item", binding.expr)  # type: ignore[union-attr]
        else:
            self.expr(target)

    def _bind(self, name: str, binding: Binding) -> None:
        self.env[name] = binding
        self.flow.bindings.setdefault(name, []).append(binding)
        if self._paths:
            start = name + "."
            for path in [p for p in self.env if p.startswith(start)]:
                del self.env[path]

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
        self._bind(node.name, Binding("definition", self._define(node)))

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
                self._bind(handler.name, Binding("caught", handler.type))
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
        ends: list[tuple[_Env, Methods]] = [] if any(not c.patterns for c in stmt.cases) else [(before, outer)]
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
            self._narrowed(name, found)
        for pattern in patterns:
            self._captured(pattern)

    def _captured(self, pattern: s.Expr) -> None:
        if type(pattern) is s.Name:
            self._bind(pattern.id, Binding("opaque"))
        elif type(pattern) is s.Call:
            for inner in (*pattern.args, *(k.value for k in pattern.keywords)):
                self._captured(inner)
        elif type(pattern) is s.Sequence:
            for inner in pattern.items:
                self._captured(inner)
        elif type(pattern) is s.Mapping:
            for inner in pattern.values:
                self._captured(inner)

    # --------------------------------------------------------- expressions

    def expr(self, expr: s.Expr) -> None:
        """Walk an expression: names get their bindings, calls are collected."""
        kind = type(expr)
        if kind is s.Name:
            binding = self.env.get(expr.id)  # type: ignore[union-attr]
            if binding is not None:
                self.flow.reaching[id(expr)] = binding
        elif kind is s.Constant:
            return
        elif kind is s.Attribute:
            if expr.attr in self._paths:  # type: ignore[union-attr]
                binding = self.env.get(dotted(expr))
                if binding is not None:
                    self.flow.reaching[id(expr)] = binding
            self.expr(expr.value)  # type: ignore[union-attr]
        elif kind is s.Call:
            self.expr(expr.func)  # type: ignore[union-attr]
            for arg in expr.args:  # type: ignore[union-attr]
                self.expr(arg)
            for keyword in expr.keywords:  # type: ignore[union-attr]
                self.expr(keyword.value)
            self.flow.calls.append((expr, self.methods))  # type: ignore[arg-type]
        else:
            self._composed(expr, kind)

    def _composed(self, expr: s.Expr, kind: type) -> None:
        if kind is s.Apply:
            self._operator(expr)  # type: ignore[arg-type]
        elif kind is s.Comprehension:
            self._comprehension(expr)  # type: ignore[arg-type]
        elif kind is s.Lambda:
            self._lambda(expr)  # type: ignore[arg-type]
        elif kind is s.Other:
            if expr.kind == "yield":  # type: ignore[union-attr]
                self.flow.yields.extend(expr.children)  # type: ignore[union-attr]
            for child in expr.children:  # type: ignore[union-attr]
                self.expr(child)
        elif kind is s.Mapping:
            for key in expr.keys:  # type: ignore[union-attr]
                if key is not None:
                    self.expr(key)
            for value in expr.values:  # type: ignore[union-attr]
                self.expr(value)
        elif kind is s.Subscript:
            self.expr(expr.value)  # type: ignore[union-attr]
            self.expr(expr.index)  # type: ignore[union-attr]
        else:
            for child in expr.parts if kind is s.Template else expr.items:  # type: ignore[union-attr]
                self.expr(child)

    def _operator(self, expr: s.Apply) -> None:
        if expr.op == ":=":
            self.expr(expr.operands[1])
            self.target(expr.operands[0], Binding("value", expr.operands[1]), expr.line)
            return
        if expr.op not in ("and", "or", "?:"):
            for operand in expr.operands:
                self.expr(operand)
            return
        before, outer = self.env, self.methods
        self.env = dict(before)
        for position, operand in enumerate(expr.operands):
            self.expr(operand)
            if position == 0 or expr.op != "?:":
                yes, no = when(operand)
                self.narrow(operand, expr.op != "or")
                self.methods = both(self.methods, no if expr.op == "or" else yes)
            elif position == 1:
                self.env, self.methods = dict(before), both(outer, when(expr.operands[0])[1])
        for operand in expr.operands:  # names bound by `:=` stay
            for name in _named(operand):
                if name in self.env:
                    before[name] = self.env[name]
        self.env, self.methods = before, outer

    def _comprehension(self, expr: s.Comprehension) -> None:
        before = self.env
        self.env = dict(before)
        for clause in expr.clauses:
            self.expr(clause.iterable)
            self._local(clause.target, Binding("element", clause.iterable))
            for condition in clause.conditions:
                self.expr(condition)
                self.narrow(condition, True)
        for element in expr.elements:
            self.expr(element)
        self.env = before

    def _local(self, target: s.Expr, binding: Binding) -> None:
        """Bind the target of a comprehension, which the rest of the scope does not see."""
        if type(target) is s.Name:
            self.env[target.id] = binding
        elif type(target) is s.Sequence:
            for position, item in enumerate(target.items):
                self._local(item, Binding(binding.kind, binding.expr, (*binding.path, position)))
        elif type(target) is s.Other:
            for child in target.children:
                self._local(child, Binding("opaque"))

    def _lambda(self, expr: s.Lambda) -> None:
        before = self.env
        self.env = dict(before)
        for parameter in expr.function.params:
            if parameter.default is not None:
                self.expr(parameter.default)
                self.env[parameter.name] = Binding("value", parameter.default)
            else:
                self.env[parameter.name] = Binding("opaque")
        for stmt in expr.function.body:
            if isinstance(stmt, s.Return) and stmt.value is not None:
                self.expr(stmt.value)
        self.env = before

    # ------------------------------------------------------------ narrowing

    def narrow(self, test: s.Expr, truth: bool) -> None:
        """Take what a test says about the class of a name into the environment."""
        kind = type(test)
        if kind is s.Apply:
            if test.op == "not":  # type: ignore[union-attr]
                self.narrow(test.operands[0], not truth)  # type: ignore[union-attr]
            elif test.op == ("and" if truth else "or"):  # type: ignore[union-attr]
                for operand in test.operands:  # type: ignore[union-attr]
                    self.narrow(operand, truth)
            return
        if kind is s.Call and truth and len(test.args) == 2 and type(test.func) is s.Name and test.func.id in ("isinstance", "issubclass"):  # type: ignore[union-attr]
            name = dotted(test.args[0])  # type: ignore[union-attr]
            if name:
                known = self.env.get(name)
                kind_of = "narrowed" if test.func.id == "isinstance" else "narrowed-class"  # type: ignore[union-attr]
                self._narrowed(name, Binding(kind_of, test.args[1], (), (known,) if known else ()))  # type: ignore[union-attr]

    def _narrowed(self, name: str, binding: Binding) -> None:
        self.env[name] = binding
        if "." in name:
            self._paths.add(name.rpartition(".")[2])

    def join(self, left: _Env, right: _Env) -> _Env:
        """The environment after two branches."""
        if left is right:
            return left
        joined = dict(left)
        for name, binding in right.items():
            known = joined.get(name)
            if known is None:
                joined[name] = binding
            elif known is not binding:
                if "." in name and (name not in left or name not in right):
                    del joined[name]
                else:
                    parts = [p for b in (known, binding) for p in (b.more if b.kind == "joined" else (b,))]
                    joined[name] = Binding("joined", None, (), list({id(p): p for p in parts}.values()))
        for name in [n for n in joined if "." in n and (n not in left or n not in right)]:
            del joined[name]
        return joined


def _named(expr: s.Expr) -> Iterable[str]:
    if isinstance(expr, s.Apply):
        if expr.op == ":=":
            yield dotted(expr.operands[0])
        for operand in expr.operands:
            yield from _named(operand)


def assigned(body: Iterable[s.Stmt]) -> set[str]:
    """Names that statements of a loop's body assign."""
    found: set[str] = set()
    stack = list(body)
    while stack:
        stmt = stack.pop()
        kind = type(stmt)
        if kind is s.Assign:
            for target in stmt.targets:  # type: ignore[union-attr]
                if type(target) is s.Name:
                    found.add(target.id)
                elif type(target) is s.Sequence:
                    found.update(t.id for t in target.items if type(t) is s.Name)
        elif kind is s.If:
            stack.extend(stmt.body)  # type: ignore[union-attr]
            stack.extend(stmt.orelse)  # type: ignore[union-attr]
        elif kind is s.Try:
            stack.extend((*stmt.body, *stmt.orelse, *stmt.final, *(st for h in stmt.handlers for st in h.body)))  # type: ignore[union-attr]
        elif kind is s.With or kind is s.Loop:
            stack.extend(stmt.body)  # type: ignore[union-attr]
    return found
