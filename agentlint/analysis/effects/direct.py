"""Direct effects: what each function does to the world at lines of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.effects.executors import Executors
from agentlint.analysis.effects.fields import InMemory
from agentlint.analysis.effects.idioms import Idioms
from agentlint.analysis.effects.models import Models
from agentlint.analysis.effects.orm import OrmWrites
from agentlint.analysis.effects.outside import outside_effect
from agentlint.analysis.effects.places import Places
from agentlint.analysis.effects.sql import SqlWrites, made_where_missing
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.inference import Type, Types
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect
from agentlint.ir.walk import calls, dotted, statements
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import EffectRow

CallEffects = Callable[[CallSite], Iterable[Effect]]
"""A framework's answer for one call site (`Framework.call_effects` with its context bound); when it has one, it wins."""

_QUEUEING = frozenset({
    "delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send", "send_with_options", "enqueue", "enqueue_in", "enqueue_at", "kiq", "defer",
    "schedule", "async_task",
})


def direct_effects(
    program: Program, types: Types, calls: Calls, library: LibraryFacts, frameworks: Iterable[CallEffects] = ()
) -> dict[str, tuple[Effect, ...]]:
    """Function id to its own effects, sorted by line; functions without any are left out. Module-level code is `module.<module>`."""
    return EffectFinder(program, types, calls, library, tuple(frameworks)).all()


_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_VALUES = frozenset({"dict", "list", "set", "frozenset", "tuple", "str", "bytes", "bytearray", "int", "float", "bool"})
"""Values that live in memory alone, whatever their names say."""


class EffectFinder:
    """Finds the effects of one function at a time."""

    def __init__(self, program: Program, types: Types, calls: Calls, library: LibraryFacts, frameworks: tuple[CallEffects, ...] = ()) -> None:
        self._program, self._calls, self._library, self._frameworks = program, calls, library, frameworks
        self.places = Places(program, types, library)
        self.models = Models(program, library)
        memory = InMemory(self.places, calls)
        self._orm = OrmWrites(self.places, self.models, memory)
        self.origins = self._orm.origins
        self._sql = SqlWrites(self.places, self.models)
        self._executors = Executors(self.places, calls)
        self._idioms = Idioms(self.places, self.models, self._orm, self._sql, memory)
        self._overridden: dict[tuple[str, str], str] = {}
        self._told: dict[int, tuple[Effect, ...]] = {}
        self._alike: dict[int, tuple[Effect, ...]] = {}
        """By the identity of a call site: what frameworks say of it, and its effects where they are the same on every class."""

    def all(self) -> dict[str, tuple[Effect, ...]]:
        """Function id to its own effects; functions without any are left out."""
        callers = [*self._program.functions, *(f"{name}.<module>" for name in self._program.modules)]
        found = {caller: self.of(caller) for caller in sorted(callers)}
        return {caller: effects for caller, effects in found.items() if effects}

    def of(self, function: str) -> tuple[Effect, ...]:
        """The function's own effects in the order of its lines, without repetition."""
        return self._collect(function, self._calls.sites(function))

    def on_class(self, function: str, concrete: Type) -> tuple[Effect, ...]:
        """The same when the function, perhaps inherited, runs on an instance of a concrete class with its type arguments."""
        self.places.concrete = concrete
        try:
            return self._collect(function, tuple(self._calls.site_for(site, concrete.name, concrete.args) for site in self._calls.sites(function)))
        finally:
            self.places.concrete = None

    def _collect(self, function: str, sites: Iterable[CallSite]) -> tuple[Effect, ...]:
        found = list(made_where_missing(effect for site in sites for effect in self.at(site)))
        info = self._program.functions.get(function)
        if info is not None:
            found.extend(self._orm.assignments(info))
            found.extend(self._session_items(info))
        return tuple(sorted(dict.fromkeys(found), key=lambda e: (e.line, e.kind, e.operation, e.target, e.model, e.fields, e.api)))

    def at(self, site: CallSite) -> tuple[Effect, ...]:
        """The effects of one call."""
        known = self._alike.get(id(site))
        if known is not None:
            return known
        told = self._told.get(id(site))
        if told is None:
            told = self._told[id(site)] = next((said for framework in self._frameworks if (said := tuple(framework(site)))), ())
        if told:
            return told
        self.places.relied = False
        found = tuple(self._at(site))
        if not self.places.relied:
            self._alike[id(site)] = found
        return found

    def _at(self, site: CallSite) -> Iterable[Effect]:
        path = self._path(site)
        row = self._library.effect(path) if path else None
        if row is not None:
            return tuple(self._of_row(site, row, self._library.effect_path(path)))
        statement = self._executors.statement(site)
        handed = tuple(self._sql.of_statement(statement, site, "sql.execute()")) if statement is not None else ()
        if handed:
            return handed
        queued = self._queued(site)
        if queued:
            return queued
        changed = tuple(self._orm.through_attributes(site))
        if changed or any(t.confidence != "low" and not self._is_promise(t.function) for t in site.targets) or self._is_known(site):
            return changed
        return tuple(self._idioms.at(site))

    def _is_promise(self, function: str) -> bool:
        """True for a method of a protocol, which says what some object outside can do and does nothing itself. PEP 544."""
        info = self._program.functions.get(function)
        return info is not None and info.owner in self._program.classes and bool(_PROTOCOLS.intersection(self._program.mro(info.owner)))

    def _is_known(self, site: CallSite) -> bool:
        """True when the receiver is an object of a class that is known, or of a named library class, so that nothing is left to guess."""
        for type_ in site.receiver:
            if type_.name in self._program.classes:
                if not self._is_half_known(type_.name):
                    return True
            elif type_.name in _VALUES or self._library.is_class(type_.name) or type_.name.rpartition(".")[2].lstrip("_")[:1].isupper():
                return True
        return bool(site.library) and not site.receiver

    def _is_half_known(self, class_id: str) -> bool:
        """True when a base of a project class is a library class that knowledge does not describe."""
        outside = (name for name in self._program.mro(class_id) if name not in self._program.classes and name != "object")
        return any(not self._library.is_class(name) for name in outside)

    def _path(self, site: CallSite) -> str:
        """The library path of a call, also where a class of the program overrides the library's method."""
        if site.library and self._library.effect(site.library) is not None:
            return site.library
        if not self._library.has_effect_named(site.name):
            return ""
        for type_ in site.receiver:
            path = self._inherited(type_.name, site.name)
            if path:
                return path
        return ""

    def _inherited(self, name: str, method: str) -> str:
        key = (name, method)
        if key not in self._overridden:
            names = self._program.mro(name) if name in self._program.classes and not self._means_another(name, method) else (name,)
            paths = (f"{base}.{method}" for base in names if base not in self._program.classes)
            self._overridden[key] = next((path for path in paths if self._library.effect(path) is not None), "")
        return self._overridden[key]

    def _means_another(self, class_id: str, method: str) -> bool:
        """True when the class's own method only shares the library's name: it must be told something and never calls it (`settings.delete("theme")`)."""
        own = self._program.method(class_id, method)
        if own is None or not any(p.kind == "positional" and p.default is None for p in own.node.params[1:]):
            return False
        return not any(isinstance(c.func, s.Attribute) and c.func.attr == method and not _is_self(c.func.value) for c in calls(own.node.body))

    def _of_row(self, site: CallSite, row: EffectRow, api: str) -> Iterator[Effect]:
        if row.pending or not self.places.holds(site, row.when):
            return
        if row.sql:
            yield from self._sql.at(site, row.sql, api)
        elif row.model:
            yield from self._orm.from_row(site, row, api)
        else:
            found = outside_effect(site, row, api, self.places)
            model = self.models.of_word(found.target) if row.kind == "orm-write" and found.target else None
            yield found if model is None else msgspec.structs.replace(found, model=model.name, target=model.target)

    def _queued(self, site: CallSite) -> tuple[Effect, ...]:
        """Handing a function of the program to a queue whose client is not known."""
        targets = [t for t in site.targets if t.kind == "deferred"]
        if site.name not in _QUEUEING or not targets:
            return ()
        return tuple(
            Effect(kind="queue", operation="send", target=t.function.rpartition(".")[2], file=site.file, line=site.line, function=site.caller,
                   api=site.library, methods=site.methods, confidence=t.confidence)
            for t in targets[:1]
        )

    def _session_items(self, info: FunctionInfo) -> Iterator[Effect]:
        """`request.session["x"] = y` and `del request.session["x"]`."""
        for stmt in statements(info.node.body):
            for target in _changed_items(stmt):
                name = dotted(target.value)
                if name.rpartition(".")[2].lower().endswith("session") and self._is_session(target.value, name, info):
                    signs = isinstance(stmt, s.Assign) and not isinstance(stmt.value, s.Constant) and bool(_WHO.fullmatch(_key(target.index)))
                    yield Effect(kind="authentication" if signs else "session", operation="login" if signs else "write", target=_key(target.index),
                                 file=info.module.path, line=target.line, function=info.id, api="session.__setitem__()",
                                 methods=self.places.types.method_context(info.id, target.line))

    def _is_session(self, expr: s.Expr, name: str, info: FunctionInfo) -> bool:
        if name.endswith("request.session"):
            return True
        resolved = self._program.resolve(expr, info)
        types = self.places.typed(expr, info.id)
        return any(self._kind(f"{path}.__setitem__") == "session" for path in (resolved, *(t.name for t in types)) if path)

    def _kind(self, path: str) -> str:
        row = self._library.effect(path)
        return row.kind if row is not None else ""


_WHO = re.compile(r"_*(auth_)?(user|account|member|person|customer|login)_?(id|uid|pk)|_*uid|_*logged_?in_?(user|as)?")
"""Keys under which a project of its own keeps who is signed in: setting one signs a person in, whatever function does it."""


def _changed_items(stmt: s.Stmt) -> Iterator[s.Subscript]:
    if isinstance(stmt, s.Assign):
        yield from (t for t in stmt.targets if isinstance(t, s.Subscript))
    elif isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Other) and stmt.value.kind == "del":
        yield from (t for t in stmt.value.children if isinstance(t, s.Subscript))


def _key(index: s.Expr) -> str:
    return index.value if isinstance(index, s.Constant) and isinstance(index.value, str) else ""


def _is_self(expr: s.Expr) -> bool:
    return isinstance(expr, s.Name) and expr.id == "self"
