"""Lowering of Python imports."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.python.grammar import kind
from agentlint.frontends.python.source import Source, parts
from agentlint.frontends.python.statements import STATEMENTS
from agentlint.ir import syntax as s

_ALIASED = kind("aliased_import")
_RELATIVE = kind("relative_import")
_WILDCARD = kind("wildcard_import")
_PREFIX = kind("import_prefix")


def _dotted(source: Source, node: Node) -> str:
    return "".join(source.slice(node).split())


def _aliased(source: Source, node: Node) -> tuple[str, str | None]:
    if node.kind_id != _ALIASED:
        return _dotted(source, node), None
    named = parts(node)
    return _dotted(source, named[0]), source.slice(named[-1])


@STATEMENTS("import_statement")
def _import(source: Source, node: Node, out: list[s.Stmt]) -> None:
    line = source.line(node)
    for child in parts(node):
        module, alias = _aliased(source, child)
        out.append(s.Import(module, (), 0, line, alias))


@STATEMENTS("import_from_statement")
def _import_from(source: Source, node: Node, out: list[s.Stmt]) -> None:
    origin, *wanted = parts(node)
    level, module = 0, ""
    if origin.kind_id == _RELATIVE:
        for child in parts(origin):
            if child.kind_id == _PREFIX:
                level = source.slice(child).count(".")
            else:
                module = _dotted(source, child)
    else:
        module = _dotted(source, origin)
    out.append(s.Import(module, _names(source, wanted), level, source.line(node)))


@STATEMENTS("future_import_statement")
def _future(source: Source, node: Node, out: list[s.Stmt]) -> None:
    out.append(s.Import("__future__", _names(source, parts(node)), 0, source.line(node)))


def _names(source: Source, nodes: list[Node]) -> tuple[s.ImportedName, ...]:
    return tuple([s.ImportedName("*") if n.kind_id == _WILDCARD else s.ImportedName(*_aliased(source, n)) for n in nodes])
