"""How this system registers its models with a history: read from the places where registrations stand, whatever the library."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Literal

import libcst as cst
import msgspec
from libcst.metadata import MetadataWrapper, PositionProvider

from agentlint.findings.report import Report
from agentlint.fixes.base import Sources

_ENOUGH = 2
"""Models that must be registered alike before it counts as the system's way."""
_FIELD = re.compile(rb"(    |\t)\w+ = [\w.]+\(")


class Way(msgspec.Struct, frozen=True, order=True):
    """One way of registering: the text, and what its first name is imported by."""

    form: Literal["field", "decorator", "call"]
    """`history = X()` in the class, `@x(...)` above it, or `x.register(Model)` below it."""
    attribute: str
    """Name of the field; empty for the other forms."""
    code: str
    """`HistoricalRecords()`, `pghistory.track(...)`, or the function called with the model: `auditlog.register`."""
    import_from: str
    """Module of `from module import name`; empty for `import name`."""
    import_name: str


class Registered(msgspec.Struct, frozen=True):
    """A way with the models that have it, by qualified name."""

    way: Way
    models: frozenset[str]


def way_of(report: Report, sources: Sources) -> Registered | None:
    """The one way in which this system registers models, when there is exactly one and it is a habit."""
    found: dict[str, set[Way]] = {}
    modules = _Modules(sources)
    for decision in report.decisions:
        if decision.effect.kind == "orm-write" and decision.effect.model:
            for site in decision.audit:
                way = modules.way_at(site.file, site.line, decision.effect.model.rpartition(".")[2])
                if way is not None:
                    found.setdefault(decision.effect.model, set()).add(way)
    counts = Counter(way for ways in found.values() for way in ways)
    if len(counts) != 1:
        return None
    way, times = next(iter(counts.items()))
    return Registered(way, frozenset(found)) if times >= _ENOUGH else None


class _Modules:
    """Files that hold registrations, each parsed once, and only when the line could be one."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._lines: dict[str, list[bytes]] = {}
        self._parsed: dict[str, MetadataWrapper | None] = {}
        self._found: dict[tuple[str, int, str], Way | None] = {}

    def way_at(self, file: str, line: int, model: str) -> Way | None:
        """The registration of a model at a line, when there is one that can be repeated as it stands."""
        key = (file, line, model)
        if key not in self._found:
            self._found[key] = self._look(file, line, model)
        return self._found[key]

    def _look(self, file: str, line: int, model: str) -> Way | None:
        if not file.endswith(".py") or not self._could_be(file, line, model.encode()):
            return None
        wrapper = self._wrapper(file)
        if wrapper is None:
            return None
        finder = _Finder(line, model)
        wrapper.visit(finder)
        return _way(wrapper.module, finder, finder.call) if finder.call is not None else None

    def _could_be(self, file: str, line: int, model: bytes) -> bool:
        """By the look of the line: a decorator, the model's class, a field of it, or a call that names it."""
        if file not in self._lines:
            self._lines[file] = self._sources.read(file).splitlines()
        lines = self._lines[file]
        text = lines[line - 1] if 0 < line <= len(lines) else b""
        return text.startswith((b"@", b"class " + model)) or bool(_FIELD.match(text)) or (not text.startswith(b" ") and model in text)

    def _wrapper(self, file: str) -> MetadataWrapper | None:
        if file not in self._parsed:
            try:
                self._parsed[file] = MetadataWrapper(cst.parse_module(self._sources.read(file)), unsafe_skip_copy=True)
            except cst.ParserSyntaxError:
                self._parsed[file] = None
        return self._parsed[file]


def _way(module: cst.Module, finder: _Finder, call: cst.Call) -> Way | None:
    arguments = call.args[1:] if finder.form == "call" else call.args
    root = _root(call.func)
    if root is None or not all(_repeatable(a.value, root) for a in arguments) or (finder.form == "call" and arguments):
        return None
    told = imported(module, root)
    if told is None:
        return None
    code = module.code_for_node(call.func if finder.form == "call" else call)
    return Way(finder.form, finder.attribute, code, *told)


class _Finder(cst.CSTVisitor):
    """Finds the registration of one model at one line."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, line: int, model: str) -> None:
        self._line, self._model = line, model
        self.form: Literal["field", "decorator", "call"] = "field"
        self.attribute = ""
        self.call: cst.Call | None = None

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        if node.name.value != self._model:
            return False
        calls = [d.decorator for d in node.decorators if isinstance(d.decorator, cst.Call)]
        if len(calls) == 1 and (self._here(node.name) or any(map(self._here, node.decorators))):  # told at the class: one decorator leaves no doubt
            self.form, self.call = "decorator", calls[0]
        for statement in node.body.body:
            for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
                if self._here(statement) and isinstance(small, cst.Assign) and isinstance(small.value, cst.Call) and len(small.targets) == 1:
                    target = small.targets[0].target
                    if isinstance(target, cst.Name):
                        self.form, self.attribute, self.call = "field", target.value, small.value
        return False

    def visit_Expr(self, node: cst.Expr) -> None:
        call = node.value
        if isinstance(call, cst.Call) and self._here(node) and call.args and _last(call.args[0].value) == self._model:
            self.form, self.call = "call", call

    def _here(self, node: cst.CSTNode) -> bool:
        place = self.get_metadata(PositionProvider, node)
        return bool(place.start.line <= self._line <= place.end.line)


def imported(module: cst.Module, name: str) -> tuple[str, str] | None:
    """`(module, name)` of `from module import name`, `("", name)` of `import name`; None when the name comes from elsewhere or under another name."""
    for statement in module.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.ImportFrom) and small.module is not None and not small.relative and not isinstance(small.names, cst.ImportStar):
                if any(alias.asname is None and alias.name.value == name for alias in small.names):
                    return module.code_for_node(small.module), name
            elif isinstance(small, cst.Import) and any(alias.asname is None and alias.name.value == name for alias in small.names):
                return "", name
    return None


def top_names(statements: Iterable[cst.BaseStatement]) -> set[str]:
    """Names that the statements of a block bind by assignment, definition or import."""
    names: set[str] = set()
    for statement in statements:
        if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
            names.add(statement.name.value)
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            targets = [t.target for t in small.targets] if isinstance(small, cst.Assign) else [small.target] if isinstance(small, cst.AnnAssign) else []
            names |= {t.value for t in targets if isinstance(t, cst.Name)}
            if isinstance(small, (cst.Import, cst.ImportFrom)) and not isinstance(small.names, cst.ImportStar):
                names |= {str(alias.evaluated_alias or alias.evaluated_name).split(".")[0] for alias in small.names}
    return names


def _root(node: cst.BaseExpression) -> str | None:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else None


def _last(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""


def _repeatable(node: cst.BaseExpression, root: str) -> bool:
    """True for literals, and for what hangs on the same import as the registration itself: such arguments mean the same in any file."""
    if isinstance(node, cst.Call):
        return _root(node.func) == root and all(_repeatable(a.value, root) for a in node.args)
    if isinstance(node, (cst.List, cst.Tuple)):
        return all(_repeatable(e.value, root) for e in node.elements)
    if isinstance(node, cst.Attribute):
        return _root(node) == root
    return isinstance(node, (cst.SimpleString, cst.Integer)) or (isinstance(node, cst.Name) and node.value in ("True", "False", "None"))
