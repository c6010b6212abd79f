"""Messages that say by name what they ask for: `HANDLERS[message["type"]](message)`, `getattr(self, "do_" + method)(params)`, in what answers a request."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.extension.own_layers.lines import CALL, Line
from agentlint.extension.own_layers.named_functions import NamedFunctions
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, statements

_FIELDS = frozenset(
    "type action method command cmd op operation event kind func function msg_type message_type msgtype event_type action_name method_name".split()
)
"""Fields of a message that say what it asks for (JSON-RPC 2.0, section 4: `method`)."""
_CONNECTIONS = frozenset({"ws", "websocket", "websockets", "sock", "socket", "connection"})
"""Parameters that stand for an open connection."""
_FEWEST = 2


def dispatched(program: Program, served: Collection[str]) -> Iterator[Line]:
    """A line for each function that a message may name, where the function that looks it up answers requests or messages."""
    tables = NamedFunctions(program)
    found = [(info, lookup) for info in program.functions.values() if info.module.language == "python" for lookup in _lookups(info, program)]
    answering = _answering(program, served) if found else frozenset()
    for info, lookup in found:
        if info.id not in answering and not _is_connected(info):
            continue
        entries = tables.of(lookup, info)
        for name, handler in sorted(entries.items()) if len(entries) >= _FEWEST else ():
            if handler.id != info.id:
                yield Line(name, (CALL,), handler, info.module.path, lookup.line, checks=(info.id,), within=info.id)


def _lookups(info: FunctionInfo, program: Program) -> Iterator[s.Expr]:
    """What a body looks up by a field of a message and then calls."""
    calls = [c.func for c in program.calls_in(info)]
    called = {func.id for func in calls if isinstance(func, s.Name)}
    direct = [func for func in calls if isinstance(func, s.Subscript | s.Call)]
    if not called and not direct:
        return
    given = [(t.id, stmt.value) for stmt in statements(info.node.body) if isinstance(stmt, s.Assign) for t in stmt.targets if isinstance(t, s.Name)]
    held = [value for name, value in given if name in called and isinstance(value, s.Subscript | s.Call)]
    if held or direct:
        keys = {name for name, value in given if _names(value)}
        yield from (one for one in (*held, *direct) if _is_lookup(one, keys))


def _is_lookup(expr: s.Expr, keys: Collection[str]) -> bool:
    """True for `TABLE[key]`, `TABLE.get(key)` and `getattr(object, "prefix" + key)` with a key that a message brings."""
    if isinstance(expr, s.Subscript):
        return _asks(expr.index, keys)
    if not isinstance(expr, s.Call) or not expr.args:
        return False
    if dotted(expr.func) == "getattr" and len(expr.args) > 1:
        built = expr.args[1]
        parts = built.operands if isinstance(built, s.Apply) and built.op in ("+", "%") else built.parts if isinstance(built, s.Template) else ()
        return any(_asks(part, keys) for part in parts)
    return isinstance(expr.func, s.Attribute) and expr.func.attr == "get" and _asks(expr.args[0], keys)


def _asks(expr: s.Expr, keys: Collection[str]) -> bool:
    return _names(expr) or (isinstance(expr, s.Name) and (expr.id in keys or expr.id in _FIELDS))


def _names(expr: s.Expr | None) -> bool:
    """True for the field of a message that says what it asks for."""
    if isinstance(expr, s.Subscript):
        return isinstance(expr.index, s.Constant) and expr.index.value in _FIELDS
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in ("get", "pop") and expr.args:
        return isinstance(expr.args[0], s.Constant) and expr.args[0].value in _FIELDS
    return isinstance(expr, s.Attribute) and expr.attr in _FIELDS and dotted(expr) != f"request.{expr.attr}"


def _is_connected(info: FunctionInfo) -> bool:
    """True for a function that is handed an open connection."""
    return any(p.name in _CONNECTIONS for p in info.node.params)


def _answering(program: Program, served: Collection[str]) -> frozenset[str]:
    """Handlers, those that are handed connections, and what they call directly."""
    first = {f for f in program.functions if f in served or _is_connected(program.functions[f])}
    found = set(first)
    for _ in range(2):
        found |= {name for f in sorted(found) for name in _called(program.functions[f], program)}
    return frozenset(found)


def _called(info: FunctionInfo, program: Program) -> Iterator[str]:
    """Functions that a body calls by a name that tells which is meant."""
    for call in program.calls_in(info):
        name = program.resolve(call.func, info)
        method = None
        if isinstance(call.func, s.Attribute) and dotted(call.func.value) in ("self", "cls") and info.owner:
            method = program.method(info.owner, call.func.attr)
        if method is not None or name in program.functions:
            yield method.id if method is not None else name
