"""Follows set-up code the way an import would run it: both sides of undecided branches, loops over known things, calls into the project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from agentlint.analysis.setup.calls import Caller
from agentlint.analysis.setup.expressions import Evaluator
from agentlint.analysis.setup.values import UNKNOWN, Frame, Given, Made, Member, Ref, Value, is_known, joined, truth
from agentlint.ir import syntax as s
from agentlint.ir.walk import statements

if TYPE_CHECKING:
    from agentlint.analysis.program import Program, Scope

_MOST_STEPS = 3_000_000
"""Expressions evaluated in a run before the rest is unknown: ten times what large systems need."""
_MOST_TURNS = 3_000
_RETURN, _JUMP = "return", "jump"


class SetupCode:
    """What names hold after set-up. One per program: objects keep what was done to them."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.caller = Caller(self)
        self.evaluator = Evaluator(self)
        self.taught: dict[str, Callable[[Value, str], Value]] = {}
        self.made: list[Made] = []
        """Everything that calls into libraries and classes of the project gave so far, in the order of the calls."""
        self._modules: dict[str, Frame] = {}
        self._steps = 0
        self._started = False

    def teach(self, name: str, answer: Callable[[Value, str], Value]) -> None:
        """Lets a framework answer for attributes that it adds (owner and attribute to a value, None when it has none); once under each name."""
        self.taught[name] = answer

    # ------------------------------------------------------------- questions

    def value(self, expr: s.Expr | None, scope: Scope) -> Value:
        """What an expression is where it stands; names of functions that have not been called are unknown."""
        return self.evaluate(expr, self.frame_of(scope))

    def variable(self, module: str, name: str) -> Value:
        """What a variable of a module holds after its import."""
        return self.run_module(module).names.get(name, UNKNOWN)

    def run_module(self, name: str) -> Frame:
        """Runs the code of a module once, what it imports first: what those modules register is there afterwards. A module under way is given as it is."""
        if name not in self._modules:
            for each in self._order(name):
                if each not in self._modules:
                    module = self.program.modules[each]
                    frame = self._modules[each] = Frame(module, {})
                    self.run(module.body, frame)
        return self._modules[name]

    def run_programs(self) -> None:
        """Runs what modules do when they are started as programs (`if __name__ == "__main__":`), once, after all modules have been imported."""
        started, self._started = self._started, True
        for module in () if started else self.program.modules.values():
            for stmt in module.body:
                if isinstance(stmt, s.If) and _asks_for_program(stmt.test):
                    self.run(stmt.body, self.run_module(module.name))

    def _order(self, name: str) -> list[str]:
        """The modules that importing one runs, itself last; without recursion, since import chains are long."""
        order: list[str] = []
        seen = {name}
        stack = [(name, iter(self._imports(name)))]
        while stack:
            current, rest = stack[-1]
            following = next((m for m in rest if m not in seen and m not in self._modules), None)
            if following is None:
                order.append(current)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(self._imports(following))))
        return order

    def _imports(self, name: str) -> list[str]:
        module = self.program.modules[name]
        return [m for stmt in statements(module.body) if isinstance(stmt, s.Import) for m in self.program.names.imported(stmt, module)]

    def frame_of(self, scope: Scope) -> Frame:
        """A frame for code of a scope: its module's names, for classes and functions an empty frame above."""
        if isinstance(scope, s.Module):
            return self.run_module(scope.name)
        return Frame(scope, {}, self.run_module(scope.module.name), owner=getattr(scope, "owner", ""))

    # ------------------------------------------------------------ statements

    def evaluate(self, expr: s.Expr | None, frame: Frame) -> Value:
        """The value of an expression in a frame."""
        self._steps += 1
        if expr is None or self._steps > _MOST_STEPS:
            return UNKNOWN
        return self.evaluator.evaluate(expr, frame)

    def run(self, body: Iterable[s.Stmt], frame: Frame) -> str:
        """Runs a block; `return` or `jump` when it certainly leaves early."""
        for stmt in body:
            handler = _STATEMENTS.get(type(stmt))
            left = handler(self, stmt, frame) if handler is not None else ""
            if left or self._steps > _MOST_STEPS:
                return left
        return ""

    def _expression(self, stmt: s.Expression, frame: Frame) -> str:
        self.evaluate(stmt.value, frame)
        return ""

    def _assign(self, stmt: s.Assign, frame: Frame) -> str:
        if stmt.value is None:
            return ""
        value = self.evaluate(stmt.value, frame)
        if stmt.op:
            value = self._augmented(stmt, value, frame)
        for target in stmt.targets:
            self.bind(target, value, frame)
        return ""

    def _augmented(self, stmt: s.Assign, value: Value, frame: Frame) -> Value:
        old = self.evaluate(stmt.targets[0], frame)
        if isinstance(old, Member):  # `router.registry += other.registry`: the object keeps what was done
            return self.caller.call(Member(old, "extend"), Given([value], {}, stmt.line, frame))
        if isinstance(old, list) and stmt.op == "+":
            old.extend(value if isinstance(value, list | tuple) else [value] if is_known(value) else [])
            return old
        return self.evaluator.add([old, value]) if stmt.op == "+" else self.evaluator.operate(stmt.op, [old, value])

    def bind(self, target: s.Expr, value: Value, frame: Frame) -> None:
        """Assigns to a name, an attribute, an item, or several of them."""
        if isinstance(target, s.Name):
            frame.names[target.id] = value
        elif isinstance(target, s.Sequence):
            parts = list(value) if isinstance(value, list | tuple) and len(value) == len(target.items) else [UNKNOWN] * len(target.items)
            for item, part in zip(target.items, parts, strict=True):
                self.bind(item, part, frame)
        elif isinstance(target, s.Attribute):
            owner = self.evaluate(target.value, frame)
            if isinstance(owner, Made) and not isinstance(value, Member):
                owner.attributes[target.attr] = value
        elif isinstance(target, s.Subscript):
            owner, key = self.evaluate(target.value, frame), self.evaluate(target.index, frame)
            items = owner.items if isinstance(owner, Made) else owner
            if isinstance(items, dict) and isinstance(key, str | int | Ref | tuple) and _hashable(key):
                items[key] = value

    def _if(self, stmt: s.If, frame: Frame) -> str:
        held = truth(self.evaluate(stmt.test, frame))
        if held and isinstance(frame.scope, s.Module) and stmt.body and isinstance(stmt.body[-1], s.Raise):
            held = False  # a system that runs was imported: what it refuses to start with is not so
        if held is not None:
            return self.run(stmt.body if held else stmt.orelse, frame)
        return self._either([stmt.body, stmt.orelse], frame)

    def _either(self, bodies: list[tuple[s.Stmt, ...]], frame: Frame) -> str:
        """Runs alternatives from the same start and unites what they leave."""
        before, outcomes, lefts = dict(frame.names), [], []
        for body in bodies:
            frame.names = dict(before)
            lefts.append(self.run(body, frame))
            outcomes.append(frame.names)
        going_on = [o for o, left in zip(outcomes, lefts, strict=True) if not left] or outcomes
        frame.names = {}
        for name in dict.fromkeys(n for o in going_on for n in o):
            frame.names[name] = _merged([o[name] for o in going_on if name in o])
        return lefts[0] if all(lefts) else ""

    def _loop(self, stmt: s.Loop, frame: Frame) -> str:
        for item in self.turns(self.evaluate(stmt.iterable, frame)) if stmt.iterable is not None else [UNKNOWN]:
            if stmt.target is not None:
                self.bind(stmt.target, item, frame)
            if self.run(stmt.body, frame) == _RETURN:
                return _RETURN
        return self.run(stmt.orelse, frame)

    def turns(self, value: Value) -> list[Value]:
        """The items that a loop sees; one unknown item when it runs over something unknown."""
        if isinstance(value, Made) and value.items is not None:
            value = value.items
        if isinstance(value, dict | list | tuple):
            return list(value)[:_MOST_TURNS]
        return [UNKNOWN]

    def _try(self, stmt: s.Try, frame: Frame) -> str:
        left = self.run(stmt.body, frame)
        for handler in stmt.handlers:
            kept = dict(frame.names)
            self.run(handler.body, frame)
            frame.names = {**frame.names, **{k: v for k, v in kept.items() if is_known(v)}}
        return left or self.run(stmt.orelse, frame) or self.run(stmt.final, frame)

    def _with(self, stmt: s.With, frame: Frame) -> str:
        for item in stmt.items:
            value = self.evaluate(item.value, frame)
            if item.target is not None:
                self.bind(item.target, value, frame)
        return self.run(stmt.body, frame)

    def _match(self, stmt: s.Match, frame: Frame) -> str:
        return self._either([*(c.body for c in stmt.cases), ()], frame)

    def _return(self, stmt: s.Return, frame: Frame) -> str:
        frame.returns.append(self.evaluate(stmt.value, frame) if stmt.value is not None else None)
        return _RETURN

    def _import(self, stmt: s.Import, frame: Frame) -> str:
        if not isinstance(frame.scope, s.Module):  # those of a module ran before it
            for name in self.program.names.imported(stmt, frame.scope.module):
                self.run_module(name)
        return ""

    def _define(self, stmt: s.Define, frame: Frame) -> str:
        name = stmt.definition.name
        defined = self.caller.definition(stmt.definition, frame)
        frame.names[name] = self._imported_as(name, frame) or defined  # `@register(Order) class Order(Admin)` names what was imported
        if not self.program.is_class(frame.scope):
            for decorator in reversed(stmt.definition.decorators):
                self.caller.call(self.evaluate(decorator, frame), Given([defined], {}, decorator.line, frame))
        frame.names[name] = defined
        return ""

    def _imported_as(self, name: str, frame: Frame) -> Value:
        """What an import gave a name that a definition takes afterwards; None where there was none."""
        table = self.program.names.tables.get(self.program.id_of(frame.scope))
        bound = next((b for b in table.names.get(name, ()) if b.kind == "from"), None) if table is not None else None
        return self.evaluator.named(f"{bound.module}.{bound.name}") if bound is not None else None


def _asks_for_program(test: s.Expr) -> bool:
    """True for `__name__ == "__main__"`."""
    parts = test.operands if isinstance(test, s.Apply) and test.op == "==" else ()
    return any(isinstance(p, s.Name) and p.id == "__name__" for p in parts) and any(isinstance(p, s.Constant) and p.value == "__main__" for p in parts)


def _merged(values: list[Value]) -> Value:
    first = values[0]
    if all(v is first for v in values):
        return first
    if any(isinstance(v, list) for v in values):
        return joined([v for v in values if isinstance(v, list)])
    return joined(values)


def _hashable(key: Value) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


_STATEMENTS: dict[type, Callable[..., str]] = {
    s.Expression: SetupCode._expression, s.Assign: SetupCode._assign, s.If: SetupCode._if, s.Loop: SetupCode._loop, s.Try: SetupCode._try,
    s.With: SetupCode._with, s.Match: SetupCode._match, s.Return: SetupCode._return, s.Define: SetupCode._define, s.Raise: lambda *_: _RETURN,
    s.Jump: lambda *_: _JUMP, s.Import: SetupCode._import,
}


@lru_cache(maxsize=2)
def setup_code(program: Program) -> SetupCode:
    """The set-up code of a program, shared by all who ask."""
    return SetupCode(program)
