"""Middleware that says who calls before any path operation runs."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FunctionInfo, Scope, syntax, walk

_AUTHENTICATION = ("starlette.middleware.authentication.AuthenticationMiddleware", "fastapi.middleware.authentication.AuthenticationMiddleware")
_ASKS = frozenset({"starlette.authentication.requires", "starlette.authentication.has_required_scope"})
_GRANTED = ("request.user", "request.auth")
"""Where a request keeps what an authentication backend grants."""
_ADDS = ("add_middleware", "Middleware")
_RUNS = ("dispatch", "__call__")


class Middleware:
    """The functions that middleware runs before path operations."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._backends: list[str] = []
        self._everywhere: list[str] = []

    def read_calls(self, scope: Scope, body: Iterable[syntax.Stmt]) -> None:
        """`app.add_middleware(Kind, backend=Backend())` and `Middleware(Kind, ...)` of a block."""
        for call in walk.calls(tuple(body)):
            name = walk.dotted(call.func).rpartition(".")[2]
            if name not in _ADDS or not call.args:
                continue
            kind = self._program.resolve(call.args[0], scope)
            if kind in _AUTHENTICATION:
                backend = next((k.value for k in call.keywords if k.name == "backend"), None)
                self._add(self._backends, self._class_of(backend, scope), ("authenticate",))
            else:
                self._add(self._everywhere, kind, _RUNS)

    def read_function(self, info: FunctionInfo) -> None:
        """`@app.middleware("http")` on a function."""
        for decorator in info.node.decorators:
            if isinstance(decorator, syntax.Call) and isinstance(decorator.func, syntax.Attribute) and decorator.func.attr == "middleware" and decorator.args:
                self._everywhere.append(info.id)

    def of(self, info: FunctionInfo, around: Iterable[str] = ()) -> tuple[str, ...]:
        """Ids of the functions that check callers of a path operation: an authentication backend counts where the operation asks for what it grants.

        `around` are the functions that stand before the operation.
        """
        before = (f for name in around if (f := self._program.functions.get(name)) is not None)
        asks = any(map(self._asks, (info, *before))) if self._backends else False
        return tuple(dict.fromkeys((*self._everywhere, *(self._backends if asks else ()))))

    def _asks(self, info: FunctionInfo) -> bool:
        """True for a function that demands scopes or reads who calls."""
        if any(self._program.resolve(d.func if isinstance(d, syntax.Call) else d, info.module) in _ASKS for d in info.node.decorators):
            return True
        for expr in walk.body_expressions(info.node.body):
            if isinstance(expr, syntax.Attribute) and walk.dotted(expr).startswith(_GRANTED):
                return True
            if isinstance(expr, syntax.Call) and self._program.resolve(expr.func, info) in _ASKS:
                return True
        return False

    def _class_of(self, expr: syntax.Expr | None, scope: Scope) -> str:
        if isinstance(expr, syntax.Name | syntax.Attribute):
            held = self._program.lookup(self._program.resolve(expr, scope))
            expr = held if isinstance(held, syntax.Call) else expr
        return self._program.resolve(expr.func if isinstance(expr, syntax.Call) else expr, scope) if expr is not None else ""

    def _add(self, found: list[str], class_id: str, methods: tuple[str, ...]) -> None:
        for method in methods if class_id in self._program.classes else ():
            info = self._program.method(class_id, method)
            if info is not None:
                found.append(info.id)
