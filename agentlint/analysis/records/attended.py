"""Listeners that stop where no request is being handled: what jobs and commands change they do not record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentlint.ir import syntax as s
from agentlint.ir import walk

_CURRENT = re.compile(r"^_?(get_)?(the_)?(current|global|active|thread_?local|local|thread)?_?(http_?)?(request|user|actor)(_or_none)?$", re.IGNORECASE)
"""What a function or a context variable is called that gives the request of the moment or who sent it: `get_current_user()`, `current_request.get()`."""
_ABSENT = frozenset({"not", "is", "==", "or"})


def only_for_requests(function: s.Function) -> bool:
    """True when the function returns at once where nothing gives it a request or who sent one."""
    told: set[str] = set()
    for stmt in function.body:
        if isinstance(stmt, s.Assign) and stmt.value is not None and _asks(stmt.value):
            told.update(t.id for t in stmt.targets if isinstance(t, s.Name))
        elif isinstance(stmt, s.If) and not stmt.orelse and any(isinstance(inner, s.Return) for inner in stmt.body) and _is_absence(stmt.test, told):
            return True
    return False


def _is_absence(test: s.Expr, told: set[str]) -> bool:
    """True for `not request`, `request is None`, and for one of several such tests that are enough by themselves."""
    if not isinstance(test, s.Apply) or test.op not in _ABSENT:
        return False
    if test.op == "or":
        return any(_is_absence(part, told) for part in test.operands)
    if test.op in ("is", "==") and not (isinstance(test.operands[-1], s.Constant) and test.operands[-1].value is None):
        return False
    asked = test.operands[0]
    if isinstance(asked, s.Apply) and asked.op == ":=":
        asked = asked.operands[1]
    return (isinstance(asked, s.Name) and asked.id in told) or _asks(asked)


def _asks(expr: s.Expr) -> bool:
    return isinstance(expr, s.Call) and any(_CURRENT.match(name) for name in _names(expr))


def _names(call: s.Call) -> Iterator[str]:
    """Names that say what a call gives: its own, that of the variable whose `get` it is, the attribute that `getattr` looks for."""
    path = walk.dotted(call.func).split(".")
    if path[-1] == "get" and len(path) > 1 and not call.args:
        yield path[-2]
    elif path[-1] == "getattr":
        yield from _texts(call.args[1:2])
    elif len(path) == 1 or path[-1].startswith(("get_", "current_")):
        yield path[-1]


def _texts(exprs: Iterable[s.Expr]) -> Iterator[str]:
    yield from (e.value for e in exprs if isinstance(e, s.Constant) and isinstance(e.value, str))
