"""Recording mechanisms: where they are registered and what they watch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from agentlint.analysis.calls.listeners import Listening, find_listeners
from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.records.attended import only_for_requests
from agentlint.analysis.records.compared import watched_fields
from agentlint.analysis.records.created import recorded_saves
from agentlint.analysis.records.mechanism_places import Registrations, argument_at, settings_texts
from agentlint.analysis.records.mechanism_settings import left_out, settings_told
from agentlint.analysis.types.inference import Types
from agentlint.ir import syntax as s
from agentlint.ir.decisions import Mechanism, RecordContent
from agentlint.ir.walk import dotted, statements
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import MechanismRow

_RELATION = "relation"
_ANY_TABLE = ("create", "update", "delete")


def _is_session(name: str) -> bool:
    """True for what stands for all models where a library asks what to listen to: a session, what makes sessions, the mapper, `object`."""
    last = name.rpartition(".")[2].lower().strip("_")
    return not last or last.endswith(("session", "sessionmaker", "session_factory", "mapper", "mapped", "engine", "object"))


def _is_after(hook: str) -> bool:
    """True for an event that tells of what was written: by then every row has its key."""
    return hook.rpartition(".")[2].startswith(("post_", "after_"))


def _last(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""


def find_mechanisms(
    program: Program, types: Types, calls: Calls, library: LibraryFacts, makes_record: Makers,
    told: Iterable[Mechanism] = (),
) -> tuple[Mechanism, ...]:
    """Every registered mechanism, sorted by place. `told` are those that framework plugins know of."""
    finder = _Finder(program, types, calls, library, makes_record)
    found = [*map(finder.completed, told), *finder.views(), *finder.bases(), *finder.classes(), *finder.sites(), *finder.functions(), *finder.settings()]
    return tuple(sorted(dict.fromkeys(found), key=lambda m: (m.file, m.line, m.model, m.name, m.operations)))


class Makers(Protocol):
    """Which functions make a record, themselves or a few calls below."""

    def __call__(self, function: str) -> RecordContent | None:
        """What the record of a function holds; None when it makes none."""

    def lines(self, function: str) -> frozenset[int]:
        """Lines of the function at which it is made."""

    def tells(self, function: str, model: str) -> bool:
        """True when a record of the function can be about a row of the model that it was called for."""


class _Finder:
    def __init__(
        self, program: Program, types: Types, calls: Calls, library: LibraryFacts, makes_record: Makers,
    ) -> None:
        self._program, self._calls, self._library, self._makes = program, calls, library, makes_record
        self._places = Registrations(program, types, calls)
        attributes = ((path.rpartition(".")[2], path, row) for path, row in library.mechanism_rows("attribute"))
        self._attributes: dict[str, list[tuple[str, MechanismRow]]] = {}
        for name, path, row in attributes:
            if name.startswith("__"):
                self._attributes.setdefault(name, []).append((path, row))

    def completed(self, told: Mechanism) -> Mechanism:
        """One that a plugin tells of, with what the program uses of its library."""
        row = self._library.mechanism(told.library)
        if row is None or not row.blocks or told.scope:
            return told
        always = any(map(self._places.used, row.always))
        content = RecordContent(who=row.who or any(map(self._places.used, row.actor)), what=row.what, why=row.why)
        return msgspec.structs.replace(told, content=content, inside=not always, asked=always)

    # views whose base class records what the framework does in them

    def views(self) -> Iterator[Mechanism]:
        for path, row in self._library.mechanism_rows("view"):
            content = RecordContent(who=row.who, what=row.what, why=row.why)
            for name in sorted(self._program.subclasses(path)):
                info = self._program.classes[name]
                yield Mechanism(row.name, path, "", info.module.path, info.node.line, content, operations=row.operations, scope=name)

    # models below a base class of a library, or of the copy of it that a project carries

    def bases(self) -> Iterator[Mechanism]:
        for path, row in self._library.mechanism_rows("base"):
            if not row.needs or any(self._places.used(need) for need in row.needs):
                yield from self._below(path, path, row)
            for copy in (name for name in self._program.classes if row.copies and f".{name}".endswith(f".{row.copies}")):
                home = copy.rpartition(".")[0]
                if all(self._calls.callers(f"{home}.{need.rpartition('.')[2]}") for need in row.needs):
                    yield from self._below(copy, path, row)

    def _below(self, base: str, path: str, row: MechanismRow) -> Iterator[Mechanism]:
        for name in self._program.subclasses(base):
            info = self._program.classes[name]
            yield self._mechanism(row, path, name, info.module.path, info.node.line, operations=row.operations)

    # classes that carry an attribute or a decorator

    def classes(self) -> Iterator[Mechanism]:
        for name, info in self._program.classes.items():
            for decorator in info.node.decorators:
                call = decorator if isinstance(decorator, s.Call) else None
                path, row = self._known(call.func if call else decorator, info)
                if row is None and call is not None and path in self._program.functions:
                    path, row, call = self._handed_back(self._program.functions[path])
                if row is not None and row.how in ("call", "decorator"):
                    yield from self._made(row, path, call, info, [name], info.module.path, info.node.line)
            for attr, expr in info.attributes.items():
                yield from self._attribute(name, info, attr, expr)

    def _attribute(self, name: str, info: ClassInfo, attr: str, expr: s.Expr) -> Iterator[Mechanism]:
        if attr in self._attributes:
            for path, row in self._attributes[attr]:
                yield from self._made(row, path, None, info, [name], info.module.path, expr.line)
        elif isinstance(expr, s.Call):
            path, found = self._known(expr.func, info)
            if found is not None and found.how == "attribute":
                yield from self._made(found, path, expr, info, [name], info.module.path, expr.line)

    def _known(self, expr: s.Expr, scope: ClassInfo | FunctionInfo) -> tuple[str, MechanismRow | None]:
        """The library's registration that an expression names, also by a class of the project derived from it or a `partial` of it."""
        path = self._program.resolve(expr, scope)
        held = self._program.lookup(path) if path and path not in self._program.classes else None
        if isinstance(held, s.Call) and _last(held.func) == "partial" and held.args:
            home = self._program.modules.get(path.rpartition(".")[0])
            path = self._program.resolve(held.args[0], home) if home is not None else path
        for name in self._program.mro(path) if path in self._program.classes else (path,):
            row = self._library.mechanism(name) if name else None
            if row is not None:
                return name, row
        return path, None

    def _handed_back(self, wrapper: FunctionInfo) -> tuple[str, MechanismRow | None, s.Call | None]:
        """The library's decorator that a function of the project makes with arguments of its own and returns."""
        for stmt in statements(wrapper.node.body):
            if isinstance(stmt, s.Return) and isinstance(stmt.value, s.Call):
                path, row = self._known(stmt.value.func, wrapper)
                if row is not None:
                    return path, row, stmt.value
        return "", None, None

    # calls that register a model or a function

    def sites(self) -> Iterator[Mechanism]:
        callers = [*self._program.functions, *(f"{name}.<module>" for name in self._program.modules)]
        for caller in callers:
            for site in self._calls.sites(caller):
                yield from self._at(site)

    def _at(self, site: CallSite) -> Iterator[Mechanism]:
        scope = self._program.functions.get(site.caller) or self._program.modules.get(site.caller.removesuffix(".<module>"))
        if scope is None:
            return
        if isinstance(site.call.func, s.Call):  # track(...)(Model)
            path = self._program.resolve(site.call.func.func, scope)
            row = self._library.mechanism(path) if path else None
            if row is not None and row.how == "call" and site.call.args:
                yield from self._models_at(row, path, site.call.func, site.call.args[0], site)
            return
        row = self._library.mechanism(site.library) if site.library else None
        if row is not None and row.how == "call":
            model = argument_at(site.call, row.model)
            if model is not None:
                yield from self._models_at(row, site.library, site.call, model, site)

    def _models_at(self, row: MechanismRow, path: str, call: s.Call, model: s.Expr, site: CallSite) -> Iterator[Mechanism]:
        relation = self._places.through(model, site.caller)
        if relation is not None:
            owner, attr = relation
            yield self._mechanism(row, path, owner, site.file, site.line, fields=(attr,), operations=(_RELATION,))
            return
        names = self._places.models(model, site.caller)
        scope = self._program.functions.get(site.caller) or self._program.modules[site.caller.removesuffix(".<module>")]
        yield from self._made(row, path, call, scope, names, site.file, site.line)

    def _made(
        self, row: MechanismRow, path: str, call: s.Call | None, scope: ClassInfo | FunctionInfo | s.Module, names: Iterable[str], file: str, line: int,
    ) -> Iterator[Mechanism]:
        if row.needs and not any(self._places.used(need) for need in row.needs):
            return
        told = [self._program.fold(argument_at(call, place), scope) if call else None for place in (row.fields, row.excluded, row.relations)]
        fields, excluded, relations = (tuple(str(i) for i in t) if isinstance(t, (list, tuple)) else () for t in told)
        operations = self._places.operations(call, row) if call is not None else row.operations
        exact = self._is_exact(row.heirs, call) and (call is None or self._program.resolve(call.func, scope) not in self._program.classes)
        for name in names:
            through = self._places.through_class(name)
            if through is not None:
                yield self._mechanism(row, path, through[0], file, line, fields=(through[1],), operations=(_RELATION,))
                continue
            yield self._mechanism(row, path, name, file, line, fields=fields, excluded=excluded, operations=operations, exact=exact)
            if relations:
                yield self._mechanism(row, path, name, file, line, fields=relations, operations=(_RELATION,))

    def _mechanism(
        self, row: MechanismRow, path: str, model: str, file: str, line: int, *,
        fields: tuple[str, ...] = (), excluded: tuple[str, ...] = (), operations: tuple[str, ...] = _ANY_TABLE, exact: bool = False,
    ) -> Mechanism:
        who = row.who or any(self._places.used(actor) for actor in row.actor)
        name = f"{row.name} on {model.rpartition('.')[2]}" if model else row.name
        if operations == (_RELATION,):
            name += "." + ",".join(fields)
        always = any(self._places.used(path) for path in row.always)
        inside, asked = bool(row.blocks) and not always, bool(row.blocks) and always
        content = RecordContent(who=who, what=row.what, why=row.why)
        besides, exact = left_out(row, self._program) if not model else (), exact or (row.heirs == "never" and bool(model))
        return Mechanism(
            name, path, model, file, line, content, fields, excluded, operations, inside=inside, asked=asked, besides=besides, exact=exact,
        )

    # functions that listen to events and make records

    def functions(self) -> Iterator[Mechanism]:
        for one in find_listeners(self._program, self._calls, self._library):
            yield from self._listening(one)

    def _listening(self, one: Listening) -> Iterator[Mechanism]:
        row, call, scope = one.row, one.call, one.scope
        content = self._makes(one.function)
        if content is None:
            return
        event = call.func if row.event == "call" else argument_at(call, row.event)
        if row.event == "receiver" and isinstance(call.func, s.Attribute):
            event = call.func.value
        model = argument_at(call, row.model)
        caller = scope.id if isinstance(scope, FunctionInfo) else f"{scope.name}.<module>"
        models = self._places.models(model, caller) if model is not None else []
        if not models:
            models = self._places.subjects(one.function, row.subject)
            if model is not None and models == [""] and not (dotted(model) and _is_session(dotted(model))):
                return  # it listens to something that is not known, which is not everything
        for item in event.items if isinstance(event, s.Sequence) else (event,):
            hook = f"{row.prefix}.{item.value}" if isinstance(item, s.Constant) else self._program.resolve(item, scope)
            found = self._library.mechanism(hook) if hook else None
            if found is not None and found.how == "event":
                operations = self._recorded(one.function, found.operations, "" if _is_after(hook) else row.subject)
                exact = model is not None and self._is_exact(row.heirs, call)
                node = self._program.functions[one.function].node
                asked, fields = only_for_requests(node), watched_fields(node.body, self._makes.lines(one.function))
                for name in (m for m in models if operations and self._makes.tells(one.function, m)):
                    words = f"{found.name} {one.function.rpartition('.')[2]}"
                    listened = self._listened(name)
                    yield Mechanism(words, hook, listened, one.file, one.line, content, fields, (), operations, asked=asked, exact=exact and bool(listened))

    def _recorded(self, function: str, operations: tuple[str, ...], row: str) -> tuple[str, ...]:
        """The operations of a hook of which a function makes a record: at every save it may go on with new rows alone, which the key of a `row` may tell."""
        if not {"create", "update"} <= set(operations):
            return operations
        told = recorded_saves(self._program.functions[function].node.body, self._makes.lines(function), row)
        return tuple(o for o in operations if o in told or o not in ("create", "update")) if told else operations

    @staticmethod
    def _is_exact(heirs: str, call: s.Call | None) -> bool:
        """True when writes of subclasses are not seen: the library says so, or the argument that would change it is not given."""
        if not heirs or heirs == "never" or call is None:
            return heirs == "never"
        given = argument_at(call, heirs)
        if given is None:
            return all(k.name for k in call.keywords)
        return isinstance(given, s.Constant) and given.value is False

    def _listened(self, name: str) -> str:
        """A session, its factory or the mapper as the target means every model. A class of the project is one when it derives from a library's: a model
        of people's sessions or of search engines is a model like any other."""
        if name not in self._program.classes:
            return "" if _is_session(name) else name
        foreign = (base for base in self._program.mro(name) if base not in self._program.classes and "." in base)
        return "" if any(map(_is_session, foreign)) else name

    # names and entries in settings

    def settings(self) -> Iterator[Mechanism]:
        for path, row in self._library.mechanism_rows("setting"):
            for told in settings_told(row, path, self._program):
                if told.models is None:
                    yield self._mechanism(row, path, "", told.file, told.line)
                for one in told.models or ():
                    yield self._mechanism(row, path, one.model, told.file, told.line, fields=one.fields, excluded=one.excluded)
                    if one.relations:
                        yield self._mechanism(row, path, one.model, told.file, told.line, fields=one.relations, operations=(_RELATION,))
        apps = self._library.mechanism_rows("app")
        if apps:
            for text, (file, line) in settings_texts(self._program).items():
                for path, row in apps:
                    if text == path or text.startswith(path + "."):
                        yield from self._installed(row, path, file, line)

    def _installed(self, row: MechanismRow, path: str, file: str, line: int) -> Iterator[Mechanism]:
        if not row.declared:
            yield self._mechanism(row, path, "", file, line, operations=row.operations)
        for name, info in self._program.classes.items() if row.declared else ():
            for attr, expr in info.attributes.items():
                if isinstance(expr, s.Call) and self._program.resolve(expr.func, info) in row.declared:
                    yield self._mechanism(row, path, name, file, line, fields=(attr,), operations=row.operations)
