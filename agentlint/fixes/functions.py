"""A Python file taken apart for a fix: its functions by their qualified names, their statements with lines, the names that are bound where."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from agentlint.fixes.base import Sources

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


class Parsed:
    """One file; lines are those of its text."""

    def __init__(self, source: bytes) -> None:
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        self.module = wrapper.module
        self._places = wrapper.resolve(PositionProvider)

    def lines(self, node: cst.CSTNode) -> tuple[int, int]:
        """First and last line of a node."""
        place = self._places[node]
        return place.start.line, place.end.line

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        return self.module.code_for_node(node)

    def function(self, symbol: str) -> cst.FunctionDef | None:
        """`function` or `Class.method`; None when there is none, or more than one."""
        body: list[cst.BaseStatement] = list(self.module.body)
        found = None
        for depth, name in enumerate(parts := symbol.split(".")):
            hits = [s for s in body if isinstance(s, (cst.ClassDef, cst.FunctionDef)) and s.name.value == name]
            if len(hits) != 1:
                return None
            found = hits[0]
            body = [s for s in found.body.body if isinstance(s, cst.BaseStatement)] if depth + 1 < len(parts) else []
        return found if isinstance(found, cst.FunctionDef) else None

    def around(self, line: int) -> cst.FunctionDef | None:
        """The innermost function that holds a line."""
        finder = _Around(self, line)
        self.module.visit(finder)
        return finder.found

    def at(self, function: cst.FunctionDef, line: int) -> Statement | None:
        """The innermost statement of a function that holds a line; nested functions aside."""
        holding = [s for s in statements(function) if self.lines(s)[0] <= line <= self.lines(s)[1]]
        return holding[-1] if holding else None


class Files:
    """Files, each parsed once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._parsed: dict[str, Parsed | None] = {}

    def parsed(self, file: str) -> Parsed | None:
        """None for a file that is no Python that can be read."""
        if file not in self._parsed:
            self._parsed[file] = parsed(self._sources.read(file)) if file.endswith(".py") else None
        return self._parsed[file]


def parsed(source: bytes) -> Parsed | None:
    """A file by its text; None when it cannot be read."""
    try:
        return Parsed(source) if source else None
    except (cst.ParserSyntaxError, UnicodeDecodeError):
        return None


def statements(node: cst.CSTNode) -> Iterator[Statement]:
    """The statements within a node in the order of the text, outer ones before inner ones; not those of nested functions and classes."""
    for child in node.children:
        if isinstance(child, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            continue
        if isinstance(child, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
            yield child
        yield from statements(child)


def parameters(function: cst.FunctionDef) -> set[str]:
    """Names of all parameters."""
    told = function.params
    starred = [p for p in (told.star_arg, told.star_kwarg) if isinstance(p, cst.Param)]
    return {p.name.value for p in (*told.posonly_params, *told.params, *told.kwonly_params, *starred)}


def bound_before(place: Parsed, function: cst.FunctionDef, line: int) -> set[str]:
    """Names that a function has on every way to a line: its parameters, and what its outermost statements above the line bind."""
    names = parameters(function)
    for statement in function.body.body:
        if place.lines(statement)[1] < line and isinstance(statement, cst.SimpleStatementLine):
            names |= targets(statement)
    inner = [s for s in statements(function) if place.lines(s)[0] < line]
    holding = [s for s in inner if place.lines(s)[1] >= line]
    for block in holding:  # blocks that the line stands in bind their own earlier statements
        for statement in statements(block):
            if isinstance(statement, cst.SimpleStatementLine) and place.lines(statement)[1] < line and _in_block_of(block, statement):
                names |= targets(statement)
    return names


def _in_block_of(block: Statement, statement: cst.SimpleStatementLine) -> bool:
    body = getattr(block, "body", None)
    return isinstance(body, cst.IndentedBlock) and any(s is statement for s in body.body)


def targets(statement: cst.SimpleStatementLine) -> set[str]:
    """Names that a statement assigns."""
    found: set[str] = set()
    for small in statement.body:
        if isinstance(small, cst.Assign):
            for target in small.targets:
                elements = target.target.elements if isinstance(target.target, cst.Tuple) else ()
                found |= {n.value for n in (target.target, *(e.value for e in elements)) if isinstance(n, cst.Name)}
        elif isinstance(small, cst.AnnAssign) and small.value is not None and isinstance(small.target, cst.Name):
            found.add(small.target.value)
    return found


def root(node: cst.CSTNode) -> str | None:
    """The first name of a dotted or called path: `order` of `order.customer.name`."""
    while isinstance(node, (cst.Attribute, cst.Call, cst.Subscript)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else None


def last(node: cst.CSTNode) -> str:
    """The last name of a path: `record` of `audit.record`."""
    return node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""


def names_in(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Every name in a node, attributes too."""
    if isinstance(node, cst.Name):
        yield node
    for child in node.children:
        yield from names_in(child)


class _Around(cst.CSTVisitor):
    def __init__(self, place: Parsed, line: int) -> None:
        self._place, self._line = place, line
        self.found: cst.FunctionDef | None = None

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        first, end = self._place.lines(node)
        if first <= self._line <= end:
            self.found = node
