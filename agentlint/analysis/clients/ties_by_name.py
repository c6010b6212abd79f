"""Ties page scripts to procedures and GraphQL fields that they name: `rpc("Ticket.close")`, `api.Ticket.close()`, `mutation { close }`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from agentlint.analysis.clients.ties import handler_key, seen_from_page
from agentlint.analysis.operations import Entry
from agentlint.ir import syntax as s
from agentlint.ir.pages import PageAction
from agentlint.ir.walk import dotted, expressions, own_expressions, statements

_DOCUMENT = re.compile(r"\b(mutation|query|subscription)\b[^{}]*\{", re.IGNORECASE)
_FIELD = re.compile(r"(?:\w+\s*:\s*)?(\w+)\s*(\((?:[^()]|\([^()]*\))*\))?")
_METHODS = {"mutation": "MUTATION", "query": "QUERY", "subscription": "SUBSCRIPTION"}


def tie_names(entries: Sequence[Entry], scripts: Iterable[s.Module]) -> list[Entry]:
    """GUI entries for procedures and fields that scripts of pages call by name."""
    procedures: dict[str, list[Entry]] = defaultdict(list)
    beside: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    """Methods by folder and bare name: a script names those of the class beside it so."""
    for entry in entries:
        if entry.operation.surface in ("rpc", "graphql"):
            procedures[entry.operation.path].append(entry)
        elif entry.operation.surface == "api" and entry.routes[0].name == entry.operation.handler:  # published at its own dotted name
            procedures[entry.operation.handler].append(entry)
            if entry.routes[0].owner:
                beside[entry.operation.file.rpartition("/")[0], entry.operation.symbol.rpartition(".")[2]].append(entry)
    if not procedures:
        return []
    known = {handler_key(e) for e in entries if e.operation.surface == "gui"}
    called: dict[str, tuple[Entry, PageAction]] = {}
    for module in sorted(scripts, key=lambda m: (m.path, m.name)):
        for method, name, line, caller in _named(module):
            for entry in procedures.get(name, ()) or beside.get((module.path.rpartition("/")[0], name), ()):
                if entry.operation.method in (method, "ANY", "POST") and handler_key(entry) not in known:
                    called.setdefault(entry.operation.id, (entry, PageAction("script", method, name, file=module.path, line=line, caller=caller)))
    return [seen_from_page(entry, action) for _, (entry, action) in sorted(called.items())]


def _named(module: s.Module) -> Iterator[tuple[str, str, int, str]]:
    """Method, name, line and caller of everything that a script may call by name."""
    for expr in _all(module.body):
        if isinstance(expr, s.Call):
            first = expr.args[0] if expr.args else None
            called = dotted(expr.func) or "call"
            if isinstance(first, s.Constant) and isinstance(first.value, str) and ("." in first.value or called.endswith(".call")):
                yield "CALL", first.value, expr.line, called
            for name in _mirrored(called):
                yield "CALL", name, expr.line, called
        elif isinstance(expr, s.Mapping):
            yield from _request(expr)
        elif isinstance(expr, s.Constant | s.Template):
            for method, name in _fields(_text(expr)):
                yield method, name, expr.line, "a GraphQL document"


def _mirrored(called: str) -> Iterator[str]:
    """Procedures that a client may have methods for: `api.records.add()` stands for `records.add`."""
    parts = called.split(".")
    return (".".join(parts[start:]) for start in range(1, len(parts) - 1))


def _request(expr: s.Mapping) -> Iterator[tuple[str, str, int, str]]:
    """The method of a JSON-RPC request object."""
    keys = {k.value: v for k, v in zip(expr.keys, expr.values, strict=True) if isinstance(k, s.Constant) and isinstance(k.value, str)}
    method = keys.get("method")
    if isinstance(method, s.Constant) and isinstance(method.value, str) and ("jsonrpc" in keys or "params" in keys):
        yield "CALL", method.value, expr.line, "JSON-RPC"
        return
    for key in ("method", "url"):
        named = keys.get(key)
        if isinstance(named, s.Constant) and isinstance(named.value, str) and named.value.replace(".", "").replace("_", "").isalnum():
            yield "CALL", named.value, expr.line, f"a request by {key}"


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Root fields of the operations in a GraphQL document."""
    for found in _DOCUMENT.finditer(text):
        depth, position = 1, found.end()
        while position < len(text) and depth:
            letter = text[position]
            field = _FIELD.match(text, position) if depth == 1 and (letter.isalpha() or letter == "_") else None
            if field is not None:
                yield _METHODS[found.group(1).lower()], field.group(1)
                position = field.end()
                continue
            depth += {"{": 1, "}": -1}.get(letter, 0)
            position += 1


def _text(expr: s.Constant | s.Template) -> str:
    if isinstance(expr, s.Template):
        return "".join(p.value if isinstance(p, s.Constant) and isinstance(p.value, str) else " " for p in expr.parts)
    return expr.value if isinstance(expr.value, str) else ""


def _all(body: tuple[s.Stmt, ...]) -> Iterator[s.Expr]:
    """Every expression of a script, those of its functions and classes included."""
    bodies = [body]
    while bodies:
        for stmt in statements(bodies.pop()):
            if isinstance(stmt, s.Define):
                bodies.append(stmt.definition.body)
            for expr in (e for root in own_expressions(stmt) for e in expressions(root)):
                if isinstance(expr, s.Lambda):
                    bodies.append(expr.function.body)
                yield expr
