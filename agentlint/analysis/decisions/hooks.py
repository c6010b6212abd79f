"""Where in the project's own code an effect of a framework happens: calls that hand on to the framework's method, from the hooks that it runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from agentlint.analysis.audit.paths import AuditPaths
from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect
from agentlint.ir.operations import Route
from agentlint.ir.walk import dotted

_BESIDE = ("on_", "after_", "before_")
"""How frameworks call the methods that they run beside a write of theirs."""
_MOST_LEVELS = 6
"""Classes of the project that may stand between a view and its framework."""
_SAVING = {"create": ("save",), "update": ("save",), "write": ("save",), "delete": ("delete",)}
"""Methods of a model that a framework calls for an operation."""
_SAVED = frozenset({"save", "asave", "create", "update"})
"""Methods of a form or serializer that a framework runs to write what was submitted."""
_SAVING_HOOKS = frozenset({"form_valid", "post", "save_model", "save_form", "perform_create", "perform_update", "create", "update", "partial_update"})
"""Methods of a view in which, or in whose base, the form or serializer is saved."""


class Hooks:
    """Finds the calls by which hooks let the framework do its part."""

    def __init__(self, program: Program, summaries: Summaries, paths: AuditPaths) -> None:
        self._program, self._summaries, self._paths = program, summaries, paths

    def around(self, effect: Effect, owner: str, nodes: Iterable[Node]) -> Iterator[tuple[Node, int]]:
        """Functions with the number of the call in which the effect happens, each once: hooks of the view, and the model's own method."""
        seen: set[tuple[Node, int]] = set()
        models = (m for name in _SAVING.get(effect.operation, ()) if (m := self._program.method(effect.model, name)) is not None)
        starts = [*nodes, *(self._summaries.node(m.id) for m in models)]
        if effect.function:
            starts.append(self._summaries.node(effect.function, owner))
        for start in starts:
            for found in self._handing_on(start, effect, _MOST_LEVELS):
                if found not in seen:
                    seen.add(found)
                    yield found

    def runs_beside(self, node: Node) -> bool:
        """True for what a framework runs before or after it writes, whatever becomes of it: functions registered for it, and methods named for that moment."""
        info = self._program.functions.get(node[0])
        return info is not None and (not info.owner or info.node.name.startswith(_BESIDE))

    def callers_by_framework(self, routes: Iterable[Route]) -> dict[Node, list[tuple[Node, int]]]:
        """For the `save()` of a form and for what writes in a serializer, the calls of hooks in which the framework runs it: `super().form_valid(form)`,
        `serializer.save()`. One that some view saves without such a hook is left out."""
        found: dict[Node, list[tuple[Node, int]]] = {}
        bare: set[Node] = set()
        for route in routes:
            hooks = [f for f in (route.handler, *route.extra_handlers) if f in self._program.functions]
            saves = [f for f in hooks if f.rpartition(".")[2] in _SAVED and not self._is_of_view(f, route.owner)]
            around = [place for f in hooks if f not in saves for place in self._hands_on_at(f, route.owner)] if saves else []
            concrete = [self._summaries.node(f, route.owner, *route.runs_on) for f in saves]
            for save in dict.fromkeys((*concrete, *((f, None) for f in saves))):  # a method as it stands runs on whichever class the framework makes
                bare.update(() if around else (save,))
                found.setdefault(save, []).extend(place for place in around if place not in found.get(save, ()))
        return {save: places for save, places in found.items() if save not in bare}

    def _is_of_view(self, function: str, owner: str) -> bool:
        info = self._program.functions[function]
        return bool(info.owner) and owner in self._program.classes and info.owner in self._program.mro(owner)

    def _hands_on_at(self, function: str, owner: str) -> Iterator[tuple[Node, int]]:
        node, name = self._summaries.node(function, owner), function.rpartition(".")[2]
        if name in _SAVING_HOOKS:
            given = {p.name for p in self._program.functions[function].node.params[1:]}
            for site in self._paths.sites(node):
                if site.call.site >= 0 and (_calls_base(site, name) or _saves(site, given)):
                    yield node, site.call.site

    def _handing_on(self, node: Node, effect: Effect, depth: int) -> Iterator[tuple[Node, int]]:
        info = self._program.functions.get(node[0])
        if info is None or depth < 0:
            return
        for site in self._paths.sites(node):
            if site.call.site < 0:
                continue
            if _calls_base(site, info.node.name):
                yield node, site.call.site
                for target in site.targets:
                    if target.kind == "call" and target.confidence != "low":
                        yield from self._handing_on((target.function, node[1]), effect, depth - 1)
            elif (site.line == effect.line) if node[0] == effect.function else _performs(site, effect, info):
                yield node, site.call.site


def _saves(site: CallSite, given: AbstractSet[str]) -> bool:
    """True for `serializer.save(...)` of what the hook is handed."""
    func = site.call.func
    return isinstance(func, s.Attribute) and func.attr == "save" and dotted(func.value) in given


def _calls_base(site: CallSite, name: str) -> bool:
    """True for `super().name(...)`."""
    func = site.call.func
    if not (isinstance(func, s.Attribute) and func.attr == name and isinstance(func.value, s.Call)):
        return False
    return isinstance(func.value.func, s.Name) and func.value.func.id == "super"


def _performs(site: CallSite, effect: Effect, info: FunctionInfo) -> bool:
    """True for `serializer.save()` and `instance.delete()` in a method: what the framework hands in, and the object of the view."""
    func = site.call.func
    if not info.owner or not isinstance(func, s.Attribute) or func.attr not in _SAVING.get(effect.operation, ()):
        return False
    return dotted(func.value) in {"self.object", *(p.name for p in info.node.params[1:] if p.kind == "positional")}
