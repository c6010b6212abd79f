"""Route tables of small frameworks: objects whose methods declare routes, as decorators or as calls, and that hang below one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.setup.factories import Factories
from agentlint.analysis.setup.mounts import MountTree, join_paths
from agentlint.analysis.setup.values import Closure, Made, Member, Ref, Value
from agentlint.extension.answers import Answer
from agentlint.ir.operations import Route

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_HOLES = re.compile(r"<(\w+)(:[^<>]*)?>|\{(\w+):[^{}]*\}")
_WRAPPERS = 6


class TableWords(msgspec.Struct, frozen=True):
    """How one framework writes its route tables."""

    apps: tuple[str, ...]
    """Classes of applications; a class of the project below one counts too."""
    tables: tuple[str, ...] = ()
    """Classes of tables that an application takes."""
    prefix: str = "prefix"
    """Keyword of a table's own prefix, and of one given where it is mounted."""
    decorators: tuple[str, ...] = (*VERBS, "route", "websocket")
    """Methods that decorate a handler: a verb of HTTP by its name, others name theirs; what messages over an open connection ask for is a call."""
    methods: str = "methods"
    """Keyword that names the verbs."""
    adds: Mapping[str, tuple[int, int]] = {}
    """Methods that are given both: the positions of path and handler."""
    handler: str = "handler"
    """Keyword of the handler in those, and in decorators that are called with it."""
    mounts: Mapping[str, tuple[int, int]] = {}
    """Methods that hang a table below: the positions of the table and of the prefix, -1 for none."""
    functions: str = ""
    """Module of the library whose own functions stand for an application that is always there."""
    stand_ins: Mapping[str, str] = {}
    """Names of parameters to the class of what stands for them where no caller fills them in."""


class TableEntry(msgspec.Struct, frozen=True, eq=False):
    """One line of a table: its verbs (empty where none is named), a path, a handler, and the table it stands in."""

    key: str
    methods: tuple[str, ...]
    path: str
    handler: Value
    call: Made


class Responder(msgspec.Struct, frozen=True, eq=False):
    """A function that answers a verb; the concrete class that it runs on, when a class stands in the table."""

    verb: str
    info: FunctionInfo
    owner: ClassInfo | None = None


class DecoratedTables:
    """All tables of a program in one framework's words."""

    def __init__(self, program: Program, words: TableWords) -> None:
        self._program, self._words = program, words
        self.tree = MountTree()
        factories = Factories(program, frozenset({*words.adds, *words.mounts}), frozenset(words.decorators))
        factories.run(frozenset(words.apps), {**{name: name for name in (*words.apps, *words.tables)}, **words.stand_ins})
        self.calls = tuple(factories.setup.made)
        self._keys: dict[int, str] = {}
        if words.functions:
            self.tree.declare(words.functions, root=True)
        for number, made in enumerate(self.calls):
            root = self.is_a(made, *words.apps)
            if root or self.is_a(made, *words.tables):
                self._keys[id(made)] = str(number)
                self.tree.declare(str(number), _text(made.keywords.get(words.prefix), ""), root=root)
        for made in self.calls:
            self._mount(made)

    def is_a(self, made: Made, *wanted: str) -> bool:
        """True for an object of one of the classes, or of a project class below it."""
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return bool(name) and (name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted)))

    def key(self, value: Value) -> str:
        """What tells one table from another; empty for what is none."""
        return self._keys.get(id(value), "") if isinstance(value, Made) else ""

    def called_on(self, made: Made) -> tuple[str, str]:
        """The table on which a call was made and the name of its method; two empty texts for other calls."""
        callee = made.callee
        if isinstance(callee, Member):
            return self.key(callee.owner), callee.attr
        functions = self._words.functions
        if functions and isinstance(callee, Ref) and callee.name.startswith(f"{functions}."):
            return functions, callee.name.removeprefix(f"{functions}.")
        return "", ""

    def entries(self) -> Iterator[TableEntry]:
        """Every line of every table."""
        for made in self.calls:
            key, attr = self.called_on(made)
            if not key:
                continue
            if attr in self._words.adds:
                at, handler = self._words.adds[attr]
                yield TableEntry(key, self._verbs(made, attr), _text(_given(made, "", at)), _given(made, self._words.handler, handler), made)
            elif attr in self._words.decorators:
                handlers = made.applied or ([made.keywords[self._words.handler]] if self._words.handler in made.keywords else [])
                for one in handlers:
                    for path in _paths(_given(made, "path", 0)):
                        yield TableEntry(key, self._verbs(made, attr), path, one, made)

    def routes(self, framework: str, entry: TableEntry, responder: Responder, renders: Answer, checks: Iterable[str] = ()) -> Iterator[Route]:
        """A responder of a line at every place of its table."""
        info, owner = responder.info, responder.owner
        for place in self.tree.places(entry.key):
            yield Route(
                framework=framework, method=responder.verb, path=_rooted(_HOLES.sub(_hole, join_paths(place.prefix, entry.path))), handler=info.id,
                symbol=f"{owner.node.qualname}.{info.node.name}" if owner is not None else info.node.qualname, file=info.module.path, line=info.node.line,
                owner=owner.id if owner is not None else info.owner, renders=renders, name=info.node.name, table_file=entry.call.file,
                table_line=entry.call.line, guard_handlers=tuple(dict.fromkeys(checks)),
            )

    def _verbs(self, made: Made, attr: str) -> tuple[str, ...]:
        if attr in VERBS:
            return (attr.upper(),)
        if attr == "websocket":
            return ("CALL",)
        told = made.keywords.get(self._words.methods)
        listed = told if isinstance(told, list | tuple | set | frozenset) else [told]
        return tuple(sorted(v.upper() for v in listed if isinstance(v, str)))

    def _mount(self, made: Made) -> None:
        parent, attr = self.called_on(made)
        positions = self._words.mounts.get(attr)
        if not parent or positions is None:
            return
        given = _given(made, "", positions[0])
        prefix = made.keywords.get(self._words.prefix, _given(made, "", positions[1]) if positions[1] >= 0 else "")
        for child in given if isinstance(given, list | tuple) else [given]:
            key = self.key(child)
            if key and key != parent:
                self.tree.mount(parent, key, _text(prefix, ""))


def _rooted(path: str) -> str:
    """A path from the root: prefixes may be written without their first slash."""
    return path if path.startswith(("/", "{")) else f"/{path}"


def handler_of(value: Value, program: Program) -> tuple[FunctionInfo | ClassInfo | None, tuple[str, ...]]:
    """The function or class that answers, and the functions of the project that are wrapped around it."""
    wrappers: list[str] = []
    for _ in range(_WRAPPERS):
        if isinstance(value, Closure):
            return value.info, tuple(wrappers)
        if isinstance(value, Ref):
            return program.functions.get(value.name) or program.classes.get(value.name), tuple(wrappers)
        if isinstance(value, Member) and value.attr == "as_view":
            value = value.owner
            continue
        if not isinstance(value, Made):
            return None, tuple(wrappers)
        if isinstance(value.callee, Member) and value.callee.attr == "as_view":  # the class, whatever its view is called with
            value = value.callee.owner
            continue
        if isinstance(value.callee, Closure):
            wrappers.append(value.callee.info.id)
        elif isinstance(value.callee, Ref) and value.callee.name in program.functions:
            wrappers.append(value.callee.name)
        if isinstance(value.callee, Ref) and value.callee.name in program.classes:
            return program.classes[value.callee.name], tuple(wrappers)
        if not value.args:
            return None, tuple(wrappers)
        value = value.args[0]
    return None, tuple(wrappers)


def once(routes: Iterable[Route]) -> Iterator[Route]:
    """Routes without repetition: what a factory declares when it runs for itself, too."""
    seen: set[tuple[str, str, str]] = set()
    for route in routes:
        key = (route.method, route.path, route.handler)
        if key not in seen:
            seen.add(key)
            yield route


def _given(made: Made, name: str, position: int) -> Value:
    return made.keywords.get(name) if name in made.keywords else made.args[position] if 0 <= position < len(made.args) else None


def _hole(found: re.Match[str]) -> str:
    return f"{{{found[1] or found[3]}}}"


def _paths(value: Value) -> list[str]:
    return [_text(v) for v in value] if isinstance(value, list | tuple) else [_text(value)]


def _text(value: Value, unknown: str = "{}") -> str:
    return value if isinstance(value, str) else "" if value is None else unknown
