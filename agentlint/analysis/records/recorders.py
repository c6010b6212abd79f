"""What counts as a durable audit record: calls of audit libraries, and rows of the project's own event tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.cascades import erasers, erasing_columns
from agentlint.analysis.records.loose import loose_tables
from agentlint.analysis.records.shapes import Shapes, Table, is_result_field, says_what
from agentlint.analysis.types.inference import Types
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import RecordContent
from agentlint.ir.effects import Effect
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import RecordRow

_MAKING = ("create", "write")
_CLOSE, _FARTHEST = 2, 4
"""Calls between a change and the making of a record that tells of it: close, or farther where the table keeps who did what to which object."""
_MANY = 10
"""Functions that change something else and add to a table, for each place that corrects its rows: it is written once and by many, whatever it is called."""
_FEW = 3
"""Tables that one function may drop rows of without being the reset of everything."""
_SAYS_KIND = frozenset({"action", "event", "audit", "log", "record", "change", "changed", "update", "updated", "schema", "yaml", "json", "activity"})
_ACTOR_WORDS = ("user", "actor", "author", "admin", "username")


class RecordSite(msgspec.Struct, frozen=True):
    """One place that makes a record."""

    function: str
    file: str
    line: int
    name: str
    """Plain words for the report."""
    content: RecordContent
    table: Table | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    """(`who` or `why`, parameter of the function) where a caller decides whether the record holds it."""
    about: tuple[str, ...] = ()
    """Words of the thing that the record's kind names; empty when it names none."""
    block: bool = False
    """True for the opening of a block inside which a library records what it watches."""
    told: bool = False
    """True when a parameter of the function says what happened: the record is its caller's."""
    spared: frozenset[str] = frozenset()
    """Models whose deletion takes rows of the trail along, but not this one: it was made without the key that ties it to them."""
    ties: tuple[tuple[str, str], ...] = ()
    """(parameter of the function, model): what a caller leaves out ties the row to no row of the model."""
    only: tuple[str, ...] = ()
    """Models of which alone the record tells, for the callers of the function that makes it of its own effects; empty when it tells of any."""
    opened: Effect | None = None
    """The write that is this record where a caller hands in a row of a trail, and none where it does not."""


class Written(msgspec.Struct, frozen=True):
    """How a table gets its rows beside changes of something else."""

    nearest: int
    """Calls between such a change and the making of a row, at the least."""
    places: int
    """Functions that do both."""


class Records:
    """The project's trail tables and the library calls that make records."""

    def __init__(self, program: Program, library: LibraryFacts, tables: Mapping[str, Table], cascades: Mapping[str, frozenset[str]]) -> None:
        self._program, self._library = program, library
        self.tables = dict(tables)
        self.cascades = dict(cascades)
        """Trail table to the models whose deletion erases its rows."""
        self.keys: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
        """Trail table to the keys by which they are erased, each with the models that it names."""
        self.types: Types | None = None
        self._by_keywords = _keyword_rows(program, library)
        self.lists: Mapping[str, frozenset[str]] = {}
        self.tying: frozenset[tuple[str, str]] = frozenset()
        """Functions that add records to the list of a model, with the model."""
        self.parts: frozenset[str] = frozenset()
        """Models whose rows hang on a row of a trail and on nothing else: attachments of an entry, its deliveries."""
        self.logged: Mapping[int, RecordSite] = {}
        """Records that logging makes, or that are sent on, by the identity of the call."""
        self._of_calls: dict[int, tuple[CallSite, RecordSite | None]] = {}
        """By the identity of the call site, which is held so that no other gets it: every class that runs a function asks again."""

    def is_making(self, effect: Effect) -> bool:
        """True when the effect is itself the making of a record. A row of a trail that is saved whole is written down then, wherever it was built."""
        whole = effect.operation == "update" and not effect.fields and effect.api.rpartition(".")[2] == "save()"
        return effect.model in self.tables and (effect.operation in _MAKING or whole)

    def is_part(self, effect: Effect) -> bool:
        """True when the effect makes or completes what hangs on a record, or only ties records to what they are about (`order.entries.append(entry)`)."""
        if effect.operation == "delete":
            return False
        saved = effect.operation == "update" and not effect.fields and (effect.function, effect.model) in self.tying
        return effect.model in self.parts or saved or self._ties(effect)

    def _ties(self, effect: Effect) -> bool:
        return bool(effect.fields) and self.lists.get(effect.model, frozenset()).issuperset(effect.fields)

    def tie(self, lists: Mapping[str, frozenset[str]], effects: Iterable[Effect]) -> None:
        """`lists` are the attributes of models that list rows of trails. What is saved where a record was just added to its list did not change otherwise."""
        self.lists = lists
        self.tying = frozenset((e.function, e.model) for e in effects if self._ties(e))

    def is_completion(self, effect: Effect) -> bool:
        """True when the effect only fills in the outcome of a record that was made before."""
        return effect.model in self.tables and effect.operation == "update" and bool(effect.fields) and all(map(is_result_field, effect.fields))

    def of_effect(self, effect: Effect, call: s.Call | None = None, info: FunctionInfo | None = None) -> RecordSite:
        """The record that an effect on a trail table makes, as the call that makes it fills it in."""
        table = self.tables[effect.model]
        built = tuple(_building(effect.model.rpartition(".")[2], info)) if info is not None else ()
        if len(built) == 1:
            call = built[0]  # added to a session, it was filled in where it was made
        given = {k.name: k.value for k in call.keywords if k.name} if call is not None else {}
        known = set(effect.fields)
        who = bool(table.actors) and (not known or any(a in known and _is_given(given.get(a)) for a in table.actors))
        why = any(r in known and _is_given(given.get(r)) for r in table.reasons)
        parameters = tuple(
            (meaning, value.id) for meaning, columns in (("who", table.actors), ("why", table.reasons))
            for column in columns if isinstance(value := given.get(column), s.Name) and info is not None and _has_default(info, value.id)
        )
        name = f"row in {effect.target or effect.model.rpartition('.')[2]}"
        told = info is not None and any(_is_told(one, info) for one in built)
        content = RecordContent(who=who, what=True, why=why)
        spared = self._spared(effect, call) if call is not None else frozenset()
        ties = tuple(self._ties_of(effect.model, given, info)) if info is not None else ()
        return RecordSite(effect.function, effect.file, effect.line, name, content, table, parameters, told=told, spared=spared, ties=ties)

    def _ties_of(self, model: str, given: Mapping[str, s.Expr], info: FunctionInfo) -> Iterator[tuple[str, str]]:
        """The parameters that alone tie a row to another and may be left out."""
        keys = {key: models for key, models in self.keys.get(model, {}).items() if {key, f"{key}_id", key.removesuffix("_id")} & given.keys()}
        for key, models in keys.items():
            value = next((given[k] for k in (key, f"{key}_id", key.removesuffix("_id")) if k in given), None)
            others = {m for other, found in keys.items() if other != key for m in found}
            if isinstance(value, s.Name) and _has_default(info, value.id):
                yield from ((value.id, m) for m in models if m not in others)

    def _spared(self, effect: Effect, call: s.Call) -> frozenset[str]:
        """Models to which a row is not tied, as far as the call that builds it shows: what it leaves out stays empty."""
        keys, given = self.keys.get(effect.model, {}), {k.name for k in call.keywords}
        if not keys or not effect.fields or None in given or call.args:
            return frozenset()
        filled = {str(name).removesuffix("_id") for name in (*given, *effect.fields)}
        tied = {model for key, models in keys.items() if key.removesuffix("_id") in filled for model in models}
        owners = self._owners(call, effect)
        return frozenset(m for models in keys.values() for m in models) - tied - owners if owners is not None else frozenset()

    def _owners(self, call: s.Call, effect: Effect) -> frozenset[str] | None:
        """The row through whose relation one is made (`order.entries.create()`); None when it is not known."""
        func = call.func
        if not (isinstance(func, s.Attribute) and isinstance(func.value, s.Attribute)) or walk.dotted(func.value.value).endswith(effect.target):
            return frozenset()
        held = self.types.of(func.value.value, effect.function) if self.types is not None else ()
        found = frozenset(base for t in held for base in self._program.mro(t.name))
        return found or None

    def of_call(self, site: CallSite) -> RecordSite | None:
        """The record that a library call makes, None when it makes none."""
        if id(site.call) in self.logged:
            return self.logged[id(site.call)]
        known = self._of_calls.get(id(site))
        if known is None:
            known = self._of_calls[id(site)] = (site, self._asked(site))
        return known[1]

    def _access_paths(self, site: CallSite) -> Iterator[str]:
        """The call's own path, and those that name the model whose manager is asked, or one that it derives from: `LogEntry.objects.log_action`."""
        if site.library:
            yield site.library
        for held in site.receiver:
            if held.args and held.args[0].name not in self.tables and (site.library.rpartition(".")[0] or held.name).endswith(("Manager", "QuerySet")):
                yield from (f"{base}.objects.{site.name}" for base in self._program.mro(held.args[0].name))
            elif held.meta and held.name in self._program.classes and not site.targets:
                yield from (f"{base}.{site.name}" for base in self._program.mro(held.name) if base not in self._program.classes)

    def _asked(self, site: CallSite) -> RecordSite | None:
        row = next((row for row in map(self._library.record, self._access_paths(site)) if row is not None), None)
        if row is None and not site.targets:
            row = self._by_keywords.get((site.name, frozenset(k.name for k in site.call.keywords if k.name)))
        return None if row is None else _library_site(site, row)


def _is_given(value: s.Expr | None) -> bool:
    """True unless the column is given nothing; a column that is set elsewhere counts as given."""
    return not (isinstance(value, s.Constant) and value.value in (None, "")) and not (isinstance(value, s.Mapping) and not value.keys)


def _has_default(info: FunctionInfo, name: str) -> bool:
    parameter = next((p for p in info.node.params if p.name == name), None)
    return parameter is not None and isinstance(parameter.default, s.Constant) and parameter.default.value in (None, "")


def _building(name: str, info: FunctionInfo) -> Iterator[s.Call]:
    """Calls in a function that build a row: `Event(...)`, `models.Event(...)`, `Event.objects.create(...)`."""
    for expr in walk.body_expressions(info.node.body):
        if isinstance(expr, s.Call):
            path = walk.dotted(expr.func).split(".")
            if path[-1] == name or (name in path[:-1] and path[-1] in ("create", "acreate")):
                yield expr


def _is_told(call: s.Call, info: FunctionInfo) -> bool:
    """True when the kind or the text of what happened is a parameter of the function that builds the row."""
    own = {p.name for p in info.node.params}
    given = [*((k.name or "", k.value) for k in call.keywords), *(("", argument) for argument in call.args)]
    return any(isinstance(value, s.Name) and value.id in own and (says_what(name) or says_what(value.id)) for name, value in given)


def _library_site(site: CallSite, row: RecordRow) -> RecordSite:
    names = {k.name for k in site.call.keywords}
    who = row.who or any(part in names for part in _keywords(row.who_from))
    why = row.why or any(part in names for part in _keywords(row.why_from))
    data = next((k.value for k in site.call.keywords if k.name == "data"), None)
    who = who or any(word in _ACTOR_WORDS for word in _mapping_keys(data))
    content = RecordContent(who=who, what=row.what, why=why)
    return RecordSite(site.caller, site.file, site.line, row.name or "audit record", content, about=_named_by(site, row))


def _named_by(site: CallSite, row: RecordRow) -> tuple[str, ...]:
    """The words of the thing in `schema_id="https://example.org/events/server-action/v1"`."""
    text = next((k.value.value for k in site.call.keywords if k.name in row.keywords[:1] and isinstance(k.value, s.Constant)), None)
    parts = [p for p in re.split(r"[/:]", text) if p and not re.fullmatch(r"v?\d[\d.]*|latest", p)] if isinstance(text, str) else []
    return tuple(w for w in map(singular, words(parts[-1])) if w not in _SAYS_KIND) if parts else ()


def _keywords(place: str) -> Iterator[str]:
    for part in place.split(" or "):
        if part.startswith("kwarg "):
            yield part.removeprefix("kwarg ")


def _mapping_keys(expr: s.Expr | None) -> Iterator[str]:
    if isinstance(expr, s.Mapping):
        yield from (k.value for k in expr.keys if isinstance(k, s.Constant) and isinstance(k.value, str))


def _keyword_rows(program: Program, library: LibraryFacts) -> dict[tuple[str, frozenset[str]], RecordRow]:
    """Rows whose call is known by name and keywords alone, of libraries that the program imports."""
    imported = {stmt.module.partition(".")[0] for module in program.modules.values() for stmt in module.body if isinstance(stmt, s.Import)}
    return {
        (path.rpartition(".")[2], frozenset(row.keywords)): row
        for path, row in library.keyword_rows() if isinstance(row, RecordRow) and path.partition(".")[0] in imported
    }


def find_records(program: Program, library: LibraryFacts, shapes: Shapes, effects: Iterable[Effect], writers: Mapping[str, Written]) -> Records:
    """`effects` are all bound effects; `writers` says by table what changes something else and makes its rows."""
    effects = tuple(effects)
    candidates = {**shapes.tables(), **loose_tables(effects)}
    changed = _changed(effects, candidates)
    removed = {e.model for e in effects if e.operation == "delete" and not e.registered}
    rings = _rings(program, effects, candidates) | _latest_states(effects, candidates)
    seldom = {m for m in candidates if m in writers and changed.get(m, 0) * _MANY <= writers[m].places}
    written = {e.model for e in effects if e.operation in _MAKING and not e.function.startswith((f"{e.model}.save", f"{e.model}.asave"))}
    stable = {m for m, table in candidates.items() if (m in seldom and m in written if _says_nobody(table) else table.strong or m in seldom)}
    kept = {
        model: table for model, table in candidates.items()
        if model in writers and writers[model].nearest <= (_FARTHEST if table.actors and (table.open_object or table.strong) else _CLOSE) and model in stable
        and not (table.frail and model in removed) and model not in rings
    }
    kept |= dict(_of_libraries(program, library, effects))
    records = Records(program, library, kept, {model: erasers(program, shapes, model, table.subjects, trail=True) for model, table in kept.items()})
    records.keys = {model: erasing_columns(program, shapes, model) for model in kept}
    records.types = shapes.types
    records.tie(shapes.lists_of(kept), effects)
    records.parts = frozenset(_parts(shapes, {model for model, table in kept.items() if table.open_object and table.strong}))
    return records


def _of_libraries(program: Program, library: LibraryFacts, effects: Iterable[Effect]) -> Iterator[tuple[str, Table]]:
    """Models of a library's trail, and those of the program that derive from one, as far as rows of them are made."""
    for model in sorted({e.model for e in effects if e.model and e.operation == "create"}):
        rows = (library.record(f"{base}.objects.create") for base in (program.mro(model) if model in program.classes else (model,)))
        row = next((row for row in rows if row is not None), None)
        if row is not None:
            yield model, Table(model, "event", (), tuple(_keywords(row.who_from)), reasons=tuple(_keywords(row.why_from)), open_object=True, strong=True)


def _says_nobody(table: Table) -> bool:
    """True for rows that keep what happened to one kind of thing and not who did it: when much goes on changing them, or nothing but forms makes them,
    they are things themselves, whatever they are called."""
    return table.kind == "event" and not table.actors and not table.open_object


def _parts(shapes: Shapes, trails: set[str]) -> Iterator[str]:
    """Models that point to trails alone."""
    for model in shapes.models if trails else ():
        related = {r for column in shapes.columns(model) for r in column.relations if r != model}
        if related and related <= trails and model not in trails:
            yield model


def _rings(program: Program, effects: Iterable[Effect], candidates: Mapping[str, Table]) -> frozenset[str]:
    """Candidates of which whoever adds a row drops others at once: the last few are kept, and what happened before them is gone.
    What empties many tables and leaves a note of that keeps no last few, nor does what takes back one row by its key."""
    makers: dict[str, set[str]] = {}
    droppers: dict[str, set[str]] = {}
    emptied: dict[str, set[str]] = {}
    for effect in effects:
        if effect.operation == "delete" and effect.model:
            emptied.setdefault(effect.function, set()).add(effect.model)
        if effect.model in candidates and not effect.registered and effect.operation in (*_MAKING, "delete") and not _of_one_key(program, effect):
            (droppers if effect.operation == "delete" else makers).setdefault(effect.model, set()).add(effect.function)
    resets = {function for function, models in emptied.items() if len(models) > _FEW}
    return frozenset(model for model, functions in makers.items() if (functions & droppers.get(model, set())) - resets)


def _latest_states(effects: Iterable[Effect], candidates: Mapping[str, Table]) -> frozenset[str]:
    """Candidates of which most makers write over the row of a key where there is one (`update_or_create`): they keep what is, not what happened."""
    made: dict[str, list[bool]] = {}
    for effect in effects:
        if effect.model in candidates and effect.operation in _MAKING and not effect.registered:
            made.setdefault(effect.model, []).append(effect.api.endswith("update_or_create()"))
    return frozenset(model for model, over in made.items() if 2 * sum(over) > len(over))


def _of_one_key(program: Program, effect: Effect) -> bool:
    """True for the deletion of the row that has a key: `Entry.objects.filter(pk=replaced).delete()`."""
    info = program.functions.get(effect.function) if effect.operation == "delete" else None
    for call in walk.calls(info.node.body) if info is not None else ():
        func = call.func
        asked = func.value if isinstance(func, s.Attribute) and func.attr == "delete" and call.line == effect.line else None
        if isinstance(asked, s.Call) and not asked.args and {k.name for k in asked.keywords} in ({"pk"}, {"id"}):
            return True
    return False


def _changed(effects: Iterable[Effect], candidates: Mapping[str, Table]) -> dict[str, int]:
    """How many places change rows of a candidate after they were made, other than filling in the outcome."""
    made: set[tuple[str, str]] = set()
    changed: set[tuple[str, str, int]] = set()
    for effect in effects:
        if effect.model not in candidates or effect.registered:
            continue
        if effect.operation in _MAKING:
            made.add((effect.model, effect.function))
        elif effect.operation == "update" and not (effect.fields and all(map(is_result_field, effect.fields))):
            changed.add((effect.model, effect.function, effect.line))
    counts: dict[str, int] = {}
    for model, function, _ in changed:
        if (model, function) not in made:
            counts[model] = counts.get(model, 0) + 1
    return counts
