"""One walk over a scope, the expressions: which binding reaches which name, calls, what tests say of classes, how branches join."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.analysis.types.bindings import Binding, Flow, Write
from agentlint.analysis.types.requests import Methods, both, when
from agentlint.ir import syntax as s
from agentlint.ir.walk import child_expressions, dotted

Environment = dict[str, Binding]

_SAME, _OTHER = frozenset({"is", "=="}), frozenset({"is not", "!="})
"""How `type(x)` is held against a class."""


class ExpressionWalker:
    """Walks expressions in an environment of bindings."""

    def __init__(self) -> None:
        self.flow = Flow()
        self.env: Environment = {}
        self.methods: Methods = None
        self._paths: set[str] = set()
        """Last names of attributes whose value here is known from an assignment or test."""

    def expr(self, expr: s.Expr) -> None:
        """Walk an expression: names get their bindings, calls are collected."""
        if type(expr) is s.Name:
            binding = self.env.get(expr.id)
            if binding is not None:
                self.flow.reaching[id(expr)] = binding
        elif type(expr) is s.Attribute:
            if expr.attr in self._paths:
                binding = self.env.get(dotted(expr))
                if binding is not None:
                    self.flow.reaching[id(expr)] = binding
            self.expr(expr.value)
        elif type(expr) is s.Call:
            self.expr(expr.func)
            for arg in expr.args:
                self.expr(arg)
            for keyword in expr.keywords:
                self.expr(keyword.value)
            self.flow.calls.append((expr, self.methods))
        elif type(expr) is not s.Constant:
            self._composed(expr)

    def _composed(self, expr: s.Expr) -> None:
        if type(expr) is s.Apply:
            self._operator(expr)
        elif type(expr) is s.Comprehension:
            self._comprehension(expr)
        elif type(expr) is s.Lambda:
            self._lambda(expr)
        else:
            if type(expr) is s.Other and expr.kind == "yield":
                self.flow.yields.extend(expr.children)
            for child in child_expressions(expr):
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

    def target(self, target: s.Expr, binding: Binding, line: int, annotation: s.Expr | None = None) -> None:
        """Bind whatever stands on the left of an assignment."""
        if type(target) is s.Name:
            self.bind(target.id, binding)
        elif type(target) is s.Attribute:
            self.expr(target.value)
            self.flow.writes.append(Write(target, binding, line, self.methods, annotation))
            path = dotted(target)
            if path:
                self._paths.add(target.attr)
                self.env[path] = binding
        elif type(target) is s.Sequence:
            for position, item in enumerate(target.items):
                if type(item) is s.Other and item.kind == "star":
                    self.target(item.children[0], Binding("starred", binding.expr, binding.path, (binding,)), line)
                else:
                    self.target(item, Binding(binding.kind, binding.expr, (*binding.path, position), binding.more), line)
        elif type(target) is s.Subscript:
            self.expr(target)
            if binding.kind == "value":
                self.grow(target.value, "item", binding.expr)
        else:
            self.expr(target)

    def bind(self, name: str, binding: Binding) -> None:
        """Give a name a new binding; what was known of its attributes ends."""
        self.env[name] = binding
        self.flow.bindings.setdefault(name, []).append(binding)
        if self._paths:
            start = name + "."
            for path in [p for p in self.env if p.startswith(start)]:
                del self.env[path]

    def grow(self, holder: s.Expr, kind: str, value: s.Expr) -> None:
        """A collection is given an item: remember it at the binding that holds the collection."""
        found = self.flow.reaching.get(id(holder))
        if found is None and type(holder) is s.Name:
            self.flow.kept.append((holder.id, kind, value))
        while found is not None and found.kind in ("narrowed", "changed") and found.more:
            found = found.more[0]
        for binding in (found.more if found is not None and found.kind == "joined" else (found,)):
            if binding is not None:
                if binding.added is None:
                    binding.added = []
                binding.added.append((kind, value))

    def narrow(self, test: s.Expr, truth: bool) -> None:
        """Take what a test says about the class of a name into the environment."""
        if type(test) is s.Apply:
            if test.op == "not":
                self.narrow(test.operands[0], not truth)
            elif test.op == ("and" if truth else "or"):
                for operand in test.operands:
                    self.narrow(operand, truth)
            elif test.op in (_SAME if truth else _OTHER) and (name := _class_asked(test.operands[0])):
                known = self.env.get(name)
                self.narrowed(name, Binding("narrowed", test.operands[1], (), (known,) if known else ()))
        elif type(test) is s.Call and truth and len(test.args) == 2 and type(test.func) is s.Name and test.func.id in ("isinstance", "issubclass"):
            name = dotted(test.args[0])
            if name:
                known = self.env.get(name)
                kind = "narrowed" if test.func.id == "isinstance" else "narrowed-class"
                self.narrowed(name, Binding(kind, test.args[1], (), (known,) if known else ()))

    def narrowed(self, name: str, binding: Binding) -> None:
        """Take what a test said of a name or attribute path into the environment."""
        self.env[name] = binding
        if "." in name:
            self._paths.add(name.rpartition(".")[2])

    def join(self, left: Environment, right: Environment) -> Environment:
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


def _class_asked(expr: s.Expr) -> str:
    """The name or path in `type(name)`, else nothing."""
    asks = isinstance(expr, s.Call) and isinstance(expr.func, s.Name) and expr.func.id == "type" and len(expr.args) == 1
    return dotted(expr.args[0]) if isinstance(expr, s.Call) and asks else ""


def _named(expr: s.Expr) -> Iterable[str]:
    if isinstance(expr, s.Apply):
        if expr.op == ":=":
            yield dotted(expr.operands[0])
        for operand in expr.operands:
            yield from _named(operand)
