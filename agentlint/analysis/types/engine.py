"""The state of type inference over one program: walked scopes, frames in which expressions are read, and guards against endless questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.analysis.program import ClassInfo, Element, FunctionInfo, Program, Scope
from agentlint.analysis.types.annotations import Annotations
from agentlint.analysis.types.bindings import Binding, Flow, Write, module_code
from agentlint.analysis.types.evaluation import Evaluator
from agentlint.analysis.types.flow import Walker
from agentlint.analysis.types.generics import Environment, Generics
from agentlint.analysis.types.handed_keywords import HandedKeywords
from agentlint.analysis.types.independence import Independence
from agentlint.analysis.types.library import LibraryTypes
from agentlint.analysis.types.lookups import find_lookups
from agentlint.analysis.types.members import Members
from agentlint.analysis.types.memory import CALLERS, Limits, Memory
from agentlint.analysis.types.parameters import Parameters
from agentlint.analysis.types.results import Results
from agentlint.analysis.types.values import Type, Types_
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts

Arguments = tuple[tuple[str, Types_], ...]
"""Parameter names with the types that a call passes."""


class Frame:
    """A scope in which expressions are read, for methods on one class."""

    __slots__ = ("bound", "flow", "given", "id", "memo", "outer", "plain", "scope", "self_type", "shared", "variables")

    def __init__(self, id: str, scope: Scope, flow: Flow, outer: Frame | None, self_type: Type | None, limits: Limits, given: Arguments) -> None:
        self.id = id
        self.scope = scope
        self.flow = flow
        self.outer = outer
        self.self_type = self_type
        self.given = dict(given)
        """What one call passes for parameters whose types are not declared."""
        self.memo = Memory(limits)
        self.bound = Memory(limits)
        self.variables: dict[str, Type] | None = None
        """What the type variables of the scope's class mean; None until asked."""
        self.plain: Frame | None = None
        """The same scope read for no class in particular: it answers for the expressions in `shared`."""
        self.shared: frozenset[int] = frozenset()


class Engine:
    """Joins the parts of type inference."""

    def __init__(self, program: Program, library: LibraryFacts, extra: Mapping[str, Mapping[str, Type | Element]]) -> None:
        self.program, self.library, self.extra = program, library, extra
        self.flows: dict[str, Flow] = {}
        self.limits = Limits(CALLERS)
        self.annotations = Annotations(program, self.limits)
        self.generics = Generics(program, self._read_annotation)
        self.annotations.generics = self.generics
        self.known = LibraryTypes(library, self)
        self.evaluator = Evaluator(self)
        self.members = Members(self)
        self.results = Results(self)
        self.parameters = Parameters(self)
        self.keywords = HandedKeywords(program)
        self.independence = Independence(self)
        self.lookups = find_lookups(program)
        self._frames: dict[tuple[str, Type | None, Arguments], Frame] = {}
        self._ids: dict[int, str] = {id(f.node): f.id for f in program.functions.values()}
        self._ids.update((id(c.node), c.id) for c in program.classes.values())
        self._walk_all()

    def _read_annotation(self, expr: s.Expr, scope: str) -> Types_:
        return self.annotations.read(expr, self.program.scope_of(scope))

    # ---------------------------------------------------------------- scopes

    def _walk_all(self) -> None:
        for module in self.program.modules.values():
            self.flows[module_code(module)] = self._walked(module.body)
        for class_id, info in self.program.classes.items():
            self.flows[class_id] = self._walked(info.node.body)
        for function_id, function in self.program.functions.items():
            self.flows[function_id] = self._walked(function.node.body, function.node.params)

    def _walked(self, body: tuple[s.Stmt, ...], parameters: tuple[s.Parameter, ...] = ()) -> Flow:
        return Walker(self._id_of).run(body, parameters)

    def _id_of(self, node: s.Function | s.Class) -> str:
        return self._ids.get(id(node), "")

    def frame(self, id: str, self_type: Type | None = None, given: Arguments = ()) -> Frame:
        """The frame of a function, class or module code; `self_type` is the concrete type a method runs on, `given` what a call passes."""
        key = (id, self_type, given)
        known = self._frames.get(key)
        if known is None:
            scope = self.program.scope_of(id)
            known = self._frames[key] = Frame(id, scope, self.flows[id], self._outer(scope, self_type), self_type, self.limits, given)
            if self_type is not None:
                known.shared = self.independence.of(id)
                known.plain = self.frame(id, None, given) if known.shared else None
        return known

    def _outer(self, scope: Scope, self_type: Type | None) -> Frame | None:
        outer = self.program.outer(scope)
        while isinstance(outer, ClassInfo) and isinstance(scope, FunctionInfo):
            outer = self.program.outer(outer)
        if outer is None:
            return None
        return self.frame(module_code(outer) if isinstance(outer, s.Module) else outer.id, self_type if isinstance(outer, FunctionInfo) else None)

    def class_of(self, frame: Frame) -> str:
        """The class whose method a frame belongs to, also for functions nested in the method."""
        here: Scope | None = frame.scope
        while here is not None:
            if isinstance(here, ClassInfo):
                return here.id
            if isinstance(here, FunctionInfo) and here.owner:
                return here.owner
            here = self.program.outer(here)
        return ""

    def method_frames(self, class_id: str) -> Iterator[str]:
        """Ids of the functions in a class's body, nested ones included."""
        yield from self.program.classes[class_id].methods.values()

    # ------------------------------------------------------------- questions

    def eval(self, expr: s.Expr | None, frame: Frame) -> Types_:
        """The types of an expression in a frame."""
        return self.evaluator.eval(expr, frame)

    def binding(self, binding: Binding, frame: Frame) -> Types_:
        """The types of what a binding holds."""
        return self.evaluator.binding(binding, frame)

    def annotated(self, expr: s.Expr | None, frame: Frame) -> Types_:
        """The types an annotation allows in a frame, the class's type variables replaced by what they mean there."""
        return self.members.annotated(expr, frame)

    def attribute(self, type: Type, name: str) -> Types_:
        """What an attribute of a value of a type is."""
        return self.members.attribute(type, name)

    def item(self, type: Type) -> Types_:
        """What iterating over a value of a type gives; for a class object its instance."""
        return self.members.item(type)

    def environment(self, type: Type) -> Environment:
        """Meaning of the type variables of a project class and its bases."""
        return self.generics.environment(type.name, type.args)

    def self_writes(self, class_id: str) -> dict[str, list[tuple[Write, str]]]:
        """Assignments to attributes of `self` in the methods of one class, by attribute."""
        return self.members.self_writes(class_id)


__all__ = ["Arguments", "Engine", "Frame", "module_code"]
