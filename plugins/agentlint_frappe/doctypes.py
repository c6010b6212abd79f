"""The DocTypes of a project: what their JSON files declare, the class beside each, and those of other apps that code names.

Frappe documentation, "DocType" and "Controllers".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from agentlint.api import ClassInfo, Context, Documents, Element, Lineage, Program, Type, syntax, walk

DOCUMENT = "frappe.model.document.Document"
_GIVERS = ("get_doc", "new_doc", "get_cached_doc", "get_last_doc", "get_single")
_PLACE = re.compile(r"(?:^|/)doctype/([^/]+)/\1\.json$")
_NAMING = frozenset({*_GIVERS, "set_value", "get_value", "delete_doc", "set_single_value", "delete", "get_all", "rename_doc", "exists"})
_RIGHTS = ("create", "write", "delete", "submit", "cancel")


class DocType(msgspec.Struct, frozen=True, eq=False):
    """One DocType."""

    name: str
    file: str
    """Its JSON file."""
    class_id: str
    """The class beside it; one that stands for it where there is none."""
    info: ClassInfo | None = None
    table: bool = False
    """True for rows of another document."""
    single: bool = False
    submittable: bool = False
    tracked: bool = False
    rights: frozenset[str] = frozenset()
    """What some role may do; of `create`, `write`, `delete`, `submit`, `cancel`."""
    tables: tuple[tuple[str, str], ...] = ()
    """Table fields with the DocType of their rows."""


class DocTypes:
    """All DocTypes of a project, by name, and the hooks of its apps."""

    def __init__(self, program: Program, documents: Documents) -> None:
        self.program = program
        self.documents = documents
        self.hooks = _Hooks(program)
        self.own = {one.name: one for path in documents.paths if _PLACE.search(path) for one in self._declared(path)}
        self.outside = tuple(sorted(set(_named(program)) - set(self.own)))

    def _declared(self, path: str) -> Iterator[DocType]:
        told = self.documents.json(path)
        name = told.get("name") if told is not None else None
        if told is None or told.get("doctype") != "DocType" or not isinstance(name, str):
            return
        info = self._class(path.removesuffix(".json") + ".py", name)
        rows = told.get("permissions")
        listed = [p for p in rows if isinstance(p, dict)] if isinstance(rows, list) else []
        rights = frozenset(r for r in _RIGHTS for p in listed if p.get(r))
        columns = told.get("fields")
        tables = tuple(
            (str(f.get("fieldname")), str(f.get("options"))) for f in (columns if isinstance(columns, list) else ())
            if isinstance(f, dict) and f.get("fieldtype") in ("Table", "Table MultiSelect")
        )
        yield DocType(
            name, path, info.id if info is not None else standing_for(name), info, bool(told.get("istable")), bool(told.get("issingle")),
            bool(told.get("is_submittable")), bool(told.get("track_changes")), rights, tables,
        )

    def _class(self, path: str, name: str) -> ClassInfo | None:
        module = self.program.module_of(path)
        replaced = self.program.canonical(self.hooks.classes.get(name, ""))
        wanted = f"{module.name}.{_class_name(name)}" if module is not None else ""
        return self.program.classes.get(replaced) or self.program.classes.get(wanted)

    def class_of(self, name: str) -> str:
        """The class whose instances the documents of a DocType are."""
        if name in self.own:
            return self.own[name].class_id
        replaced = self.program.canonical(self.hooks.classes.get(name, ""))
        return replaced if replaced in self.program.classes else standing_for(name)

    def lineages(self) -> dict[str, Lineage]:
        """DocTypes without a class in the program."""
        found = {standing_for(name): Lineage((DOCUMENT,), elsewhere=True) for name in self.outside}
        found.update({d.class_id: Lineage((DOCUMENT,)) for d in self.own.values() if d.info is None})
        return found

    def types(self) -> dict[str, dict[str, Type | Element]]:
        """What the framework's functions give for the name of a DocType, also within `{"doctype": name}`."""
        given: dict[str, Type | Element] = {}
        for name in (*self.own, *self.outside):
            given[name] = given[f"doctype={name}"] = Type(self.class_of(name))
        found = {f"frappe.{giver}()": given for giver in _GIVERS}
        for one in self.own.values():
            if one.info is not None and one.tables:
                found[one.info.id] = {field: Type("list", (Type(self.class_of(held)),)) for field, held in one.tables}
        return found


class _Hooks:
    """What `hooks.py` of the apps says: event functions, classes put in place of others, scheduled functions."""

    def __init__(self, program: Program) -> None:
        self.events: list[tuple[str, str, str]] = []
        """DocType (`*` for all), event, dotted function."""
        self.classes: dict[str, str] = {}
        self.scheduled: list[tuple[str, str, str, int]] = []
        """When, dotted function, file and line."""
        for name, module in program.modules.items():
            if name.rpartition(".")[2] == "hooks":
                for stmt in module.body:
                    if isinstance(stmt, syntax.Assign) and len(stmt.targets) == 1:
                        self._take(walk.dotted(stmt.targets[0]), program.fold(stmt.value, module), module.path, stmt.line)

    def _take(self, name: str, value: object, file: str, line: int) -> None:
        if not isinstance(value, Mapping):
            return
        if name == "override_doctype_class":
            self.classes.update({str(k): str(v) for k, v in value.items() if isinstance(v, str)})
        elif name == "doc_events":
            for doctype, events in value.items():
                for event, functions in events.items() if isinstance(events, Mapping) else ():
                    for one in (doctype if isinstance(doctype, tuple) else (doctype,)):
                        self.events += [(str(one), str(event), f) for f in _texts(functions)]
        elif name == "scheduler_events":
            for when, functions in value.items():
                inner = [f for held in functions.values() for f in _texts(held)] if isinstance(functions, Mapping) else _texts(functions)
                self.scheduled += [(str(when), f, file, line) for f in inner]


def _texts(value: object) -> list[str]:
    return [v for v in value if isinstance(v, str)] if isinstance(value, list | tuple) else [value] if isinstance(value, str) else []


@lru_cache(maxsize=1)
def _read(program: Program, documents: Documents) -> DocTypes:
    return DocTypes(program, documents)


def doctypes_of(context: Context) -> DocTypes:
    """The DocTypes of a project, read once."""
    return _read(context.program, context.documents)


def standing_for(name: str) -> str:
    """The class that stands for a DocType whose class is not in the program."""
    return f"frappe.doctype.{_class_name(name)}"


def _class_name(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z_]", "", name)


def _named(program: Program) -> Iterator[str]:
    """DocTypes that calls of the framework name."""
    for info in program.functions.values():
        for call in program.calls_in(info):
            func = call.func
            if not isinstance(func, syntax.Attribute) or func.attr not in _NAMING or not walk.dotted(func.value).startswith("frappe"):
                continue
            first = call.args[0] if call.args else None
            if isinstance(first, syntax.Constant) and isinstance(first.value, str):
                yield first.value
        for expr in walk.body_expressions(info.node.body):
            if isinstance(expr, syntax.Mapping):
                yield from (
                    v.value for k, v in zip(expr.keys, expr.values)
                    if isinstance(k, syntax.Constant) and k.value == "doctype" and isinstance(v, syntax.Constant) and isinstance(v.value, str)
                )
            elif isinstance(expr, syntax.Call):
                given = (k.value for k in expr.keywords if k.name == "doctype")
                yield from (v.value for v in given if isinstance(v, syntax.Constant) and isinstance(v.value, str))
