"""Runs the set-up code of programs that build their application in functions: factories, and what nobody seems to call because the framework does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentlint.analysis.setup.code import SetupCode, setup_code
from agentlint.analysis.setup.values import Closure, Made, Ref, Value
from agentlint.ir import syntax as s
from agentlint.ir.walk import calls, statements

if TYPE_CHECKING:
    from agentlint.analysis.program import FunctionInfo, Program


class Factories:
    """Runs every module, then functions that set something up and were called by nobody."""

    def __init__(self, program: Program, verbs: frozenset[str], decorating: frozenset[str]) -> None:
        """`verbs` are methods whose call sets something up, `decorating` those that do it as decorators of inner functions."""
        self.setup: SetupCode = setup_code(program)
        self._program = program
        self._verbs = verbs
        self._decorating = decorating
        self._stand_ins: dict[str, Made] = {}

    def run(self, makers: frozenset[str], stand_ins: Mapping[str, str]) -> None:
        """What a module does when it is started goes first. Then functions that call one of the `makers` (classes of applications): they call the others
        with what they made. Then, of the rest, those that none of the others calls.

        `stand_ins` gives the class of an object that stands for a parameter of a certain name or annotation which no caller fills in.
        """
        for name, module in self._program.modules.items():
            if module.language == "python":
                self.setup.run_module(name)
        self.setup.run_programs()
        functions = [f for f in self._program.functions.values() if f.module.language == "python"]
        making = [f for f in functions if any(self._makes(c, f, makers) for c in calls(f.node.body))]
        setting_up = [f for f in functions if self._sets_up(f)]
        called = {self._program.resolve(c.func, f) for f in setting_up for c in calls(f.node.body)}
        for chosen in (self._callers(making, functions), making, [f for f in setting_up if f.id not in called], setting_up):
            for info in chosen:
                if info.id not in self.setup.caller.ran and not self._within(info):
                    self._run(info, stand_ins)

    def _callers(self, making: list[FunctionInfo], functions: list[FunctionInfo]) -> list[FunctionInfo]:
        """Functions that call a maker which cannot do without arguments: they know what to give it. So does what a program starts with, `main`."""
        asking = {_called_as(f) for f in making if any(_is_required(p) for p in f.node.params)}
        any_maker = {_called_as(f) for f in making}
        chosen = [(f, any_maker if f.node.name == "main" and not f.owner else asking) for f in functions]
        return [f for f, wanted in chosen if wanted and any(self._program.resolve(c.func, f) in wanted for c in calls(f.node.body))]

    def _makes(self, call: s.Call, info: FunctionInfo, makers: frozenset[str]) -> bool:
        name = self._program.resolve(call.func, info)
        return name in makers or (name in self._program.classes and self._program.inherits(name, *sorted(makers)))

    def _sets_up(self, info: FunctionInfo) -> bool:
        """True for a function whose body calls a verb of set-up or hands it on to be called, or decorates inner functions with one."""
        inner = (d for stmt in statements(info.node.body) if isinstance(stmt, s.Define) for d in stmt.definition.decorators)
        decorates = any(isinstance(f := getattr(d, "func", d), s.Attribute) and f.attr in self._decorating for d in inner)
        called = (f for c in calls(info.node.body) for f in (c.func, *c.args[:1]))  # itself, or a partial of it
        return decorates or any(isinstance(f, s.Attribute) and f.attr in self._verbs for f in called)

    def _within(self, info: FunctionInfo) -> bool:
        """True for functions inside of others: they run where they are called."""
        return bool(info.parent) and info.parent in self._program.functions

    def _run(self, info: FunctionInfo, stand_ins: Mapping[str, str]) -> None:
        keywords: dict[str, Value] = {}
        kinds = {d.id for d in info.node.decorators if isinstance(d, s.Name)}
        receiver: Value = self._stand_in(info.owner, info) if info.owner and "staticmethod" not in kinds else None
        if "classmethod" in kinds:
            receiver = Ref(info.owner)
        for parameter in info.node.params:
            annotation = self._program.resolve(parameter.annotation, info) if parameter.annotation is not None else ""
            told = stand_ins.get(annotation) or (stand_ins.get(parameter.name) if not annotation else None)
            if told:
                keywords[parameter.name] = self._stand_in(told, info)
        self.setup.caller.run_function(Closure(info, None, receiver), [], keywords)

    def _stand_in(self, class_id: str, info: FunctionInfo) -> Made:
        if class_id not in self._stand_ins:
            made = Made(Ref(class_id), [], {}, info.module.path, info.node.line)
            self._stand_ins[class_id] = made
            self.setup.made.append(made)
            maker = self._program.method(class_id, "__init__")
            if maker is not None and maker.id not in self.setup.caller.ran:
                self._start(maker, made)
        return self._stand_ins[class_id]

    def _start(self, maker: FunctionInfo, made: Made) -> None:
        self.setup.caller.run_function(Closure(maker, None, made), [], {})


def _called_as(info: FunctionInfo) -> str:
    return info.owner if info.node.name == "__init__" else info.id


def _is_required(parameter: s.Parameter) -> bool:
    return parameter.default is None and parameter.kind == "positional" and parameter.name not in ("self", "cls")
