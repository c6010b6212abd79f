"""The call graph: for every call, the project functions it may run and the library path it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from agentlint.analysis.calls.targets import Resolver
from agentlint.analysis.calls.values import CallSite, Target, TargetKind
from agentlint.analysis.program import ClassInfo, Program
from agentlint.analysis.types.engine import module_code
from agentlint.analysis.types.inference import Types
from agentlint.analysis.types.requests import Methods
from agentlint.analysis.types.values import Type
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts

__all__ = ["CallSite", "Calls", "Target", "TargetKind", "resolve_calls"]


class Calls:
    """All call sites of the program."""

    def __init__(self, program: Program, types: Types, library: LibraryFacts, extra: Iterable[tuple[str, Target]]) -> None:
        self._program, self._engine = program, types.engine
        self._resolver = Resolver(program, types.engine, library)
        self._sites: dict[str, list[CallSite]] = defaultdict(list)
        self._at: dict[tuple[str, int], CallSite] = {}
        self._methods: dict[int, Methods] = {}
        self._callers: dict[str, list[CallSite]] = defaultdict(list)
        self._concrete: dict[tuple[int, Type], CallSite] = {}
        self._resolve_all()
        for caller, target in extra:
            self._add(caller, target)
        self._index()
        self._by_function = {function: tuple(sites) for function, sites in self._sites.items()}
        self._to_function = {function: tuple(sites) for function, sites in self._callers.items()}

    def _resolve_all(self) -> None:
        for scope_id in sorted(self._engine.flows):
            frame = self._engine.frame(scope_id)
            caller = self._caller(scope_id)
            for call, methods in self._engine.flows[scope_id].calls:
                self._sites[caller].append(self._resolver.site(call, frame, caller, methods))
                self._methods[id(call)] = methods
        for function_id, info in self._program.functions.items():
            if info.node.decorators:
                self._sites[function_id][:0] = self._resolver.wrappers(info)

    def _caller(self, scope_id: str) -> str:
        """The code that runs a class body: the function or module around it."""
        info = self._program.classes.get(scope_id)
        while info is not None:
            outer = self._program.outer(info)
            if not isinstance(outer, ClassInfo):
                return module_code(outer) if isinstance(outer, s.Module) else outer.id if outer is not None else scope_id
            info = outer
        return scope_id

    def _add(self, caller: str, target: Target) -> None:
        """An edge that no call in the source makes: signal receivers, hooks that a framework calls."""
        info = self._program.functions.get(caller)
        if info is None:
            return
        call = s.Call(s.Name(target.function.rpartition(".")[2], info.node.line), (), (), info.node.line, -1)
        self._sites[caller].append(CallSite(caller, call, info.module.path, info.node.line, (target,), "", (), (), target.function.rpartition(".")[2]))

    def _index(self) -> None:
        total = resolved = 0
        for caller in sorted(self._sites):
            module = self._program.scope_of(caller)
            name = module.name if isinstance(module, s.Module) else module.module.name
            for site in self._sites[caller]:
                if site.call.site >= 0 and not (site.targets and site.targets[0].kind == "decorates"):
                    self._at[name, site.call.site] = site
                    total += 1
                    resolved += bool(site.library) or any(t.confidence != "low" for t in site.targets) or any(
                        t.name in self._program.classes for t in site.receiver)
                for target in site.targets:
                    self._callers[target.function].append(site)
        self.resolved: tuple[int, int] = (resolved, total)
        """Calls resolved to project code or a library, of all calls."""

    def sites(self, function_id: str) -> tuple[CallSite, ...]:
        """Calls in a function's own body, lambdas included, in source order; wrappers of its decorators first."""
        return self._by_function.get(function_id, ())

    def at(self, module: str, site: int) -> CallSite | None:
        """The call with a site number of a module."""
        return self._at.get((module, site))

    def callers(self, function_id: str) -> tuple[CallSite, ...]:
        """Call sites that may run a function."""
        return self._to_function.get(function_id, ())

    def targets_for(self, site: CallSite, class_id: str) -> tuple[Target, ...]:
        """The targets of a call when the function that holds it runs on a concrete class: `self.` dispatch and attribute types re-resolved."""
        return self.site_for(site, class_id).targets

    def site_for(self, site: CallSite, class_id: str, args: tuple[Type, ...] = ()) -> CallSite:
        """The whole site re-resolved for a concrete class, with its type arguments if it has any: targets, library path and receiver."""
        if not class_id or site.scope or site.call.site < 0 or site.caller not in self._program.functions or id(site.call) not in self._methods:
            return site
        if id(site.call) in self._engine.independence.of(site.caller) or (site.targets and site.targets[0].kind == "decorates"):
            return site
        key = (id(site.call), Type(class_id, args))
        known = self._concrete.get(key)
        if known is None:
            owner = self._engine.class_of(self._engine.frame(site.caller))
            if not owner or owner not in self._program.mro(class_id):
                known = site
            else:
                frame = self._engine.frame(site.caller, None if owner == class_id and not args else Type(class_id, args))
                known = self._resolver.site(site.call, frame, site.caller, self._methods[id(site.call)], exact=True)
            if known.targets == site.targets and known.library == site.library and known.receiver == site.receiver:
                known = site
            self._concrete[key] = known
        return known


def resolve_calls(program: Program, types: Types, library: LibraryFacts, extra: Iterable[tuple[str, Target]] = ()) -> Calls:
    """`extra` are edges that plugins know (signal receivers): caller id and target."""
    return Calls(program, types, library, extra)


