"""What `relationship()` gives: one object or a collection, by its own words or by the foreign keys of the tables; and the reverse side of `backref`."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Program, Type, syntax, walk

_RELATIONSHIPS = frozenset({"relationship", "relation", "dynamic_loader"})
_QUERY = "sqlalchemy.orm.Query"


def relations(program: Program) -> dict[str, dict[str, Type]]:
    """Class id to attribute to type."""
    reader = _Reader(program)
    found: dict[str, dict[str, Type]] = {}
    for class_id, info in program.classes.items():
        for name, call in reader.declared(info):
            reader.add(class_id, name, call, info, found)
    return found


class _Reader:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._tables: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        for class_id, info in program.classes.items():
            self._by_name.setdefault(info.node.name, []).append(class_id)
            table = program.fold(info.attributes.get("__tablename__"), info)
            if isinstance(table, str):
                self._tables.setdefault(table, class_id)

    def declared(self, info: ClassInfo) -> Iterator[tuple[str, syntax.Call]]:
        """Relationships in a class body, also those that a `declared_attr` method returns."""
        for name, value in info.attributes.items():
            if isinstance(value, syntax.Call) and _called(value) in _RELATIONSHIPS:
                yield name, value
        for name, value in self._shared(info):
            if isinstance(value, syntax.Call) and _called(value) in _RELATIONSHIPS:
                yield name, value

    def add(self, class_id: str, name: str, call: syntax.Call, info: ClassInfo, found: dict[str, dict[str, Type]]) -> None:
        """Both sides of one relationship."""
        target = self._target(call, info)
        if not target:
            return
        many = self._is_many(call, info, target)
        if info.annotations.get(name) is None:
            found.setdefault(class_id, {})[name] = self._side(call, info, target, many)
        back = _keyword(call, "backref")
        if back is None:
            return
        options = back if isinstance(back, syntax.Call) else None
        reverse = self._program.fold(options.args[0] if options is not None and options.args else back, info)
        if isinstance(reverse, str):
            asked = self._flag(options, "uselist", info) if options is not None else None
            back_many = asked if asked is not None else not many or _keyword(call, "secondary") is not None
            found.setdefault(target, {}).setdefault(reverse, self._side(options, info, class_id, back_many))

    def _side(self, call: syntax.Call | None, info: ClassInfo, target: str, many: bool) -> Type:
        if not many:
            return Type(target)
        lazy = self._program.fold(_keyword(call, "lazy"), info) if call is not None else None
        if lazy in ("dynamic", "write_only") or (call is not None and _called(call) == "dynamic_loader"):
            return Type(_QUERY, (Type(target),))
        if call is not None and "dict" in _text(_keyword(call, "collection_class")).lower():
            return Type("dict", (Type("str"), Type(target)))
        return Type("list", (Type(target),))

    def _is_many(self, call: syntax.Call, info: ClassInfo, target: str) -> bool:
        asked = self._flag(call, "uselist", info)
        if asked is not None:
            return asked
        if _keyword(call, "secondary") is not None or _keyword(call, "collection_class") is not None:
            return True
        own = target in self._referred(info.id)
        remote = _keyword(call, "remote_side") is not None  # a tree's way up
        return not (own and (target != info.id or remote))

    def _flag(self, call: syntax.Call, name: str, info: ClassInfo) -> bool | None:
        value = self._program.fold(_keyword(call, name), info)
        return value if isinstance(value, bool) else None

    def _referred(self, class_id: str) -> set[str]:
        """Classes whose tables the foreign keys of a class point at."""
        found: set[str] = set()
        for base in self._program.mro(class_id):
            info = self._program.classes.get(base)
            if info is None:
                continue
            for value in (*info.attributes.values(), *(returned for _, returned in self._shared(info))):
                for expr in walk.expressions(value):
                    if isinstance(expr, syntax.Call) and _called(expr) == "ForeignKey" and expr.args:
                        found |= self._column_owner(expr.args[0], info)
        return found

    def _shared(self, info: ClassInfo) -> Iterator[tuple[str, syntax.Expr]]:
        """What the `declared_attr` methods of a mixin give each of its classes."""
        for name, function_id in info.methods.items():
            function = self._program.functions[function_id]
            if any(walk.dotted(d).rpartition(".")[2] == "declared_attr" for d in function.node.decorators):
                yield from ((name, value) for value in self._program.returned(function))

    def _column_owner(self, column: syntax.Expr, info: ClassInfo) -> set[str]:
        text = self._program.fold(column, info)
        if isinstance(text, str):
            return {self._tables.get(text.split(".")[-2] if "." in text else text, "")}
        owner = self._program.resolve(column.value, info) if isinstance(column, syntax.Attribute) else ""
        return {owner}

    def _target(self, call: syntax.Call, info: ClassInfo) -> str:
        given = call.args[0] if call.args else _keyword(call, "argument")
        if isinstance(given, syntax.Lambda):
            given = next((st.value for st in given.function.body if isinstance(st, syntax.Return)), None)
        if given is None:
            return ""
        if isinstance(given, syntax.Constant) and isinstance(given.value, str):
            return self._named(given.value, info)
        name = self._program.resolve(given, info)
        return name if name in self._program.classes else ""

    def _named(self, text: str, info: ClassInfo) -> str:
        """A class by its registry name: beside this class, or the only mapped one of the name, preferably one with a table."""
        last = text.rpartition(".")[2]
        beside = f"{info.module.name}.{last}"
        if beside in self._program.classes:
            return beside
        known = [c for c in self._by_name.get(last, ()) if c in self._tables.values()] or self._by_name.get(last, [])
        return known[0] if len(known) == 1 else next((c for c in known if c.endswith(f".{text}")), "")


def _called(call: syntax.Call) -> str:
    return walk.dotted(call.func).rpartition(".")[2]


def _keyword(call: syntax.Call | None, name: str) -> syntax.Expr | None:
    return next((k.value for k in call.keywords if k.name == name), None) if call is not None else None


def _text(expr: syntax.Expr | None) -> str:
    if isinstance(expr, syntax.Call):
        return walk.dotted(expr.func)
    return walk.dotted(expr)
