"""Which functions of client code are worth following into: those that may send something, and small ones that build a value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions, statements

_SENDS = frozenset({
    "fetch", "$fetch", "useFetch", "useLazyFetch", "ofetch", "ajax", "getJSON", "sendBeacon", "open", "request", "post", "put", "patch", "delete", "get",
    "axios", "$axios", "ky", "got", "superagent", "$http", "del", "head", "send", "GET", "POST", "PUT", "PATCH", "DELETE",
})  # fmt: skip
_SMALL = 30
"""Statements of a function that may still be read for the value it returns."""


def deep_functions(body: Iterable[s.Stmt]) -> Iterator[s.Function]:
    """Every function below a block, however deep, lambdas and methods included."""
    stack: list[s.Stmt] = list(body)
    while stack:
        block = [stack.pop()]
        for stmt in statements(block):
            if isinstance(stmt, s.Define):
                if isinstance(stmt.definition, s.Function):
                    yield stmt.definition
                stack.extend(stmt.definition.body)
        for expr in body_expressions(block):
            if isinstance(expr, s.Lambda):
                yield expr.function
                stack.extend(expr.function.body)


def _directly_within(body: Iterable[s.Stmt]) -> Iterator[s.Function]:
    """The outermost functions of a block: of classes their methods, and lambdas."""
    body = tuple(body)
    for stmt in statements(body):
        if isinstance(stmt, s.Define):
            if isinstance(stmt.definition, s.Function):
                yield stmt.definition
            else:
                yield from _directly_within(stmt.definition.body)
    for expr in body_expressions(body):
        if isinstance(expr, s.Lambda):
            yield expr.function


class Relevance:
    """Answers by function, worked out once for all modules."""

    def __init__(self, modules: Iterable[s.Module]) -> None:
        functions = [f for m in modules for f in deep_functions(m.body)]
        self._values = {id(f) for f in functions if self._builds_value(f)}
        self._writers = {id(f) for f in functions if self._sets_field(f)}
        called: dict[int, set[str]] = {}
        for function in reversed(functions):  # those within come after the one that holds them
            called[id(function)] = self._called(function, called)
        callers: dict[str, list[s.Function]] = defaultdict(list)
        for function in functions:
            for name in called[id(function)]:
                callers[name].append(function)
        self._senders: set[int] = set()
        pending = sorted(_SENDS)
        seen = set(pending)
        while pending:
            for function in callers.get(pending.pop(), ()):
                self._senders.add(id(function))
                if function.name not in seen and function.name != "<lambda>":
                    seen.add(function.name)
                    pending.append(function.name)

    def sends(self, function: s.Function) -> bool:
        """Whether a call of it may end in a request."""
        return id(function) in self._senders

    def builds(self, function: s.Function) -> bool:
        """Whether its returned value is worth reading."""
        return id(function) in self._values

    def writes(self, function: s.Function) -> bool:
        """Whether it sets fields of objects."""
        return id(function) in self._writers

    def variadic(self, function: s.Function) -> bool:
        """Whether it takes any number of arguments."""
        if any(p.kind == "star" for p in function.params):
            return True
        return any(isinstance(e, s.Name) and e.id == "arguments" for e in body_expressions(function.body))

    @staticmethod
    def _sets_field(function: s.Function) -> bool:
        written = (t for stmt in statements(function.body) if isinstance(stmt, s.Assign) for t in stmt.targets)
        return any(isinstance(t, s.Subscript | s.Attribute) for t in written)

    @staticmethod
    def _builds_value(function: s.Function) -> bool:
        found = 0
        returns = False
        for stmt in statements(function.body):
            found += 1
            returns = returns or (isinstance(stmt, s.Return) and stmt.value is not None)
        return returns and found <= _SMALL

    @staticmethod
    def _called(function: s.Function, known: Mapping[int, set[str]]) -> set[str]:
        """Names called or handed over in it, also in the functions within, whose names are known."""
        names: set[str] = set()
        for expr in body_expressions(function.body):
            if isinstance(expr, s.Attribute):
                names.add(expr.attr)
            elif isinstance(expr, s.Name):
                names.add(expr.id)
        return names.union(*(known[id(inner)] for inner in _directly_within(function.body)))
