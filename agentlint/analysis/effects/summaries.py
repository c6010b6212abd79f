"""What each function reaches: its own effects and those of everything it calls, with the shortest chain to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from agentlint.analysis.calls.sites import Calls, CallSite, Target
from agentlint.analysis.effects.binding import Binding
from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.effects.summary_entries import Entry, Reached, joined_methods
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.inference import Type
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence, Effect, ReachedEffect, Step
from agentlint.ir.source import Gap
from agentlint.ir.walk import dotted

Node = tuple[str, Type | None]
"""A function, and the concrete class it runs on where that differs from the class that defines it."""
Edge = tuple[CallSite, Target, Node]

_ROUNDS = 12
"""Rounds until a group of functions that call each other is taken as settled."""
_RANK: dict[Confidence, int] = {"high": 0, "medium": 1, "low": 2}
AROUND = "runs inside"
"""How the text of a step begins that leads from a function to a wrapper of its decorators."""
SIGNALLED = "triggers"
"""The same of a step from a signal to one of its receivers."""
_WORDS = {"deferred": "hands over to", "signal": SIGNALLED, "reference": "passes on", "decorates": AROUND, "property": "reads"}


_WRITING_ITSELF = frozenset({"save", "delete", "asave", "adelete"})


class Summaries:
    """Reached effects of functions, computed when asked for and remembered."""

    def __init__(
        self, program: Program, calls: Calls, effects: Mapping[str, tuple[Effect, ...]], binding: Binding,
        on_class: Callable[[str, Type], tuple[Effect, ...]] | None = None,
    ) -> None:
        self._program, self._calls, self._effects, self._binding = program, calls, effects, binding
        self._on_class = on_class
        self._done: dict[Node, Reached] = {}
        self._does: dict[Node, tuple[Effect, ...]] = {}
        self._calls_of: dict[Node, tuple[Edge, ...]] = {}
        self._contexts = 0
        self._limit_told = False
        self._most_contexts = 10 * len(program.functions) + 500
        self.gaps: list[Gap] = []

    def reached(self, function: str) -> tuple[ReachedEffect, ...]:
        """Everything a function reaches, nearest first."""
        return self._answer((function, None))

    def reached_for(self, function: str, class_id: str, *others: str) -> tuple[ReachedEffect, ...]:
        """The same when the function, perhaps inherited, runs on an instance of a concrete class, or else of one of the others."""
        node = self.node(function, *others) if others and self.node(function, class_id)[1] is None else (function, None)
        return self._answer(node if node[1] is not None else (function, Type(class_id) if class_id in self._program.classes else None))

    def reaches(self, function: str, wanted: Callable[[Effect], bool], class_id: str = "") -> bool:
        """True when the function reaches an effect that the predicate accepts."""
        node = (function, Type(class_id) if class_id in self._program.classes else None)
        return any(wanted(entry.effect) for entry in self._reached(node))

    def nodes(self) -> tuple[Node, ...]:
        """Every function visited so far, on every class it was told apart for: callees before callers."""
        return tuple(self._done)

    def entries(self, node: Node) -> Reached:
        """What a function on a class reaches, without its chains."""
        return self._reached(node)

    def own(self, node: Node) -> tuple[Effect, ...]:
        """What a function on a class does itself."""
        known = self._does.get(node)
        if known is None:
            known = self._does[node] = self._own(*node)
        return known

    def is_wrapper(self, function: str) -> bool:
        """True for a function within another that hands on whatever arguments it gets."""
        info = self._program.functions.get(function)
        return info is not None and bool(info.parent) and {"star", "double-star"} <= {p.kind for p in info.node.params}

    def edges(self, node: Node) -> tuple[Edge, ...]:
        """Whom a function on a class calls; every pass is told the same, also about classes beyond the bound on combinations."""
        known = self._calls_of.get(node)
        if known is None:
            known = self._calls_of[node] = tuple(self._edges(node))
        return known

    def chain(self, entry: Entry) -> tuple[Step, ...]:
        """The calls that lead to a reached effect."""
        return self._chain(entry)

    def node(self, function: str, *class_ids: str) -> Node:
        """A function, told apart for the first of some concrete classes that the program knows and that the function may run on."""
        info = self._program.functions.get(function)
        for class_id in class_ids:
            if class_id in self._program.classes and (info is None or not info.owner or info.owner in self._binding.ancestors(class_id)):
                return (function, Type(class_id))
        return (function, None)

    def _answer(self, node: Node) -> tuple[ReachedEffect, ...]:
        found = sorted(self._reached(node), key=Entry.order)
        return tuple(ReachedEffect(e.effect, self._chain(e), e.methods, e.confidence) for e in found)

    def _chain(self, entry: Entry) -> tuple[Step, ...]:
        steps = []
        while entry.via is not None and entry.rest is not None:
            site, target = entry.via
            steps.append(Step(site.file, site.line, f"{_WORDS.get(target.kind, 'calls')} {_short(target.function)}"))
            entry = entry.rest
        return tuple(steps)

    # ------------------------------------------------------------ strongly connected components, callees first

    def _reached(self, start: Node) -> Reached:
        if start not in self._done:
            self._visit(start)
        return self._done[start]

    def _visit(self, start: Node) -> None:
        """Tarjan's algorithm without recursion; each component is summed as soon as it is complete."""
        index: dict[Node, int] = {}
        low: dict[Node, int] = {}
        stack: list[Node] = []
        work: list[tuple[Node, Iterator[Edge]]] = []

        def enter(node: Node) -> None:
            index[node] = low[node] = len(index)
            stack.append(node)
            work.append((node, iter(self.edges(node))))

        enter(start)
        while work:
            node, rest = work[-1]
            following = next((edge[2] for edge in rest if edge[2] not in self._done), None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    self._settle(_pop_until(stack, node))
            elif following in index:
                low[node] = min(low[node], index[following])
            else:
                enter(following)

    def _settle(self, members: list[Node]) -> None:
        for node in members:
            self._contexts += node[1] is not None
            self._done[node] = Reached(Entry(e, 0, e.methods, e.confidence, None, None) for e in self.own(node))
        merged: dict[tuple[Node, int], int] = {}
        for _ in range(_ROUNDS if len(members) > 1 else 1):
            changed = [self._merge(node, self.edges(node), merged) for node in members]
            if not any(changed):
                break
        else:
            if len(members) > 1:
                self._cut(members[0][0], f"{len(members)} functions that call one another were not followed to the end")
        for node in members:
            if self._done[node].overflow:
                self._cut(node[0], "reaches more different effects than are kept")

    def _merge(self, node: Node, edges: tuple[Edge, ...], merged: dict[tuple[Node, int], int]) -> bool:
        """Takes over what callees reach; those that did not change since the last time are passed over."""
        mine, changed = self._done[node], False
        for number, (site, target, callee) in enumerate(edges):
            theirs = self._done[callee]
            if callee == node or merged.get((node, number)) == theirs.version:
                continue
            merged[node, number] = theirs.version
            for entry in theirs:
                methods = joined_methods(site.methods, entry.methods)
                if methods is not None and not (target.kind == "constructor" and self._of_new(entry.effect, target)) \
                        and not self.is_said(entry.effect, site, target):
                    confidence = max(entry.confidence, target.confidence, key=_RANK.__getitem__)
                    effect = self.as_called(entry.effect, site, target, node[1])
                    if effect is not None:
                        changed |= mine.add(Entry(effect, entry.distance + 1, methods, confidence, (site, target), entry))
        return changed

    def as_called(self, effect: Effect, site: CallSite, target: Target, concrete: Type | None) -> Effect | None:
        """A callee's effect with what this call fills in; None when the call leaves it out. What is handed in may be of the class on which the caller runs."""
        callee = self._program.functions[target.function]
        if effect.open_model.startswith("parameter "):
            effect = self._binding.bind_argument(effect, site, callee)
            effect = self._binding.bind_mixed_in(effect, concrete)
        return self._binding.bind_fields(effect, site, callee) if effect.open_fields else effect

    def _of_new(self, effect: Effect, constructor: Target) -> bool:
        """True for assignments to the instance that a constructor is making: nothing that exists is changed."""
        owner = self._program.functions[constructor.function].owner
        model = effect.model or effect.open_model.removeprefix("abstract ")
        return effect.api == "attribute" and (model in self._binding.ancestors(owner) or owner in self._binding.ancestors(model))

    def is_said(self, effect: Effect, site: CallSite, override: Target) -> bool:
        """True for the write that a subclass's own `save` or `delete` hands on: the call says already that rows of the base are written."""
        if override.kind != "override":
            return False
        owner = self._program.functions[override.function].owner
        if effect.function != override.function or effect.model != owner or override.function.rpartition(".")[2] not in _WRITING_ITSELF:
            return False
        return any(t.name in self._binding.ancestors(owner) and self._binding.is_model(t.name) for t in site.receiver)

    def _cut(self, function: str, reason: str) -> None:
        info = self._program.functions.get(function)
        if info is not None:
            self.gaps.append(Gap(info.module.path, info.node.line, f"{info.node.qualname}: {reason}", "unresolved"))

    # ------------------------------------------------------------ what a node does and whom it calls

    def _own(self, function: str, concrete: Type | None) -> tuple[Effect, ...]:
        if concrete is None:
            return self._effects.get(function, ())
        own = self._on_class(function, concrete) if self._on_class is not None else self._effects.get(function, ())
        return tuple(self._binding.bind(effect, concrete) for effect in own)

    def _edges(self, node: Node) -> Iterator[Edge]:
        function, concrete = node
        for site in self._calls.sites(function):
            if not site.targets and concrete is None:
                continue
            seen = self._calls.site_for(site, concrete.name, concrete.args) if concrete is not None else site
            for target in seen.targets:
                if target.confidence != "low" and target.function in self._program.functions and not is_made_once(self._program.functions[target.function]):
                    yield seen, target, (target.function, self._context(seen, target, node))

    def _context(self, site: CallSite, target: Target, node: Node) -> Type | None:
        """The concrete class the callee runs on: the caller's own for calls on itself, else the receiver's when the method is inherited."""
        function, concrete = node
        callee = self._program.functions[target.function]
        if concrete is not None and (callee.parent == function or (callee.owner in self._binding.ancestors(concrete.name) and _on_self(site, target))):
            return concrete
        if target.kind == "decorates":
            if target.on:
                return self._limited(Type(target.on))
            caller = self._program.functions.get(function)
            return concrete or (self._limited(Type(caller.owner)) if caller is not None and caller.owner else None)
        if not callee.owner:
            return None
        if target.on:
            return self._limited(Type(target.on))
        if _on_self(site, target):
            return self._last_class(function, callee.owner)
        for type_ in site.receiver:
            inherited = type_.args or type_.name != callee.owner
            if inherited and callee.owner in self._binding.ancestors(type_.name):
                return self._limited(Type(type_.name, type_.args))
        return None

    def _last_class(self, function: str, inherited_from: str) -> Type | None:
        """The class of a method that calls what it inherits, when no class descends from it: then it is the class that runs."""
        info = self._program.functions.get(function)
        owner = info.owner if info is not None else ""
        if not owner or owner == inherited_from or inherited_from not in self._binding.ancestors(owner) or self._program.subclasses(owner):
            return None
        return self._limited(Type(owner))

    def _limited(self, concrete: Type) -> Type | None:
        if self._contexts < self._most_contexts:
            return concrete
        if not self._limit_told:
            self._limit_told = True
            self.gaps.append(Gap("", 0, f"inherited methods are told apart for {self._most_contexts} combinations only", "unresolved"))
        return None


def summarise(program: Program, calls: Calls, finder: EffectFinder, effects: Mapping[str, tuple[Effect, ...]]) -> Summaries:
    """Summaries of a program whose direct effects are known."""
    return Summaries(program, calls, effects, Binding(program, finder.models, finder.places, finder.origins), finder.on_class)


def _on_self(site: CallSite, target: Target) -> bool:
    if target.kind in ("reference", "deferred", "property"):
        return True
    value = site.call.func.value if isinstance(site.call.func, s.Attribute) else None
    if isinstance(value, s.Call) and isinstance(value.func, s.Name):
        return value.func.id == "super"
    return isinstance(value, s.Name) and value.id in ("self", "cls")


def _pop_until(stack: list[Node], last: Node) -> list[Node]:
    members = []
    while True:
        members.append(stack.pop())
        if members[-1] == last:
            return sorted(members, key=lambda n: (n[0], n[1] is not None, n[1] or Type("")))


@cache
def _short(function: str) -> str:
    parts = function.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-2][:1].isupper() else parts[-1]


def is_made_once(info: FunctionInfo) -> bool:
    """True for a function without parameters whose result a cache keeps for the life of the process: what it does belongs to the start, to no caller.

    Python documentation, `functools.cache`.
    """
    if info.node.params:
        return False
    names = (dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] for d in info.node.decorators)
    return any(name in ("lru_cache", "cache") for name in names)
