"""Dependencies that authenticate: what `Depends` and `Security` demand of the caller, followed through providers of providers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import AuthKind, ClassInfo, Context, FunctionInfo, Guard, Scope, syntax, walk
from agentlint_fastapi.ready_routers import ReadyRouters
from agentlint_fastapi.refusals import refuses_without

_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "fastapi.params.Security"})
_PLACES = ("fastapi.Cookie", "fastapi.Header", "fastapi.params.Cookie", "fastapi.params.Header")
_SECRET = re.compile(r"session|token|auth|jwt|sid$|user", re.IGNORECASE)
_KEY = re.compile(r"api[-_]?key|access[-_]?key|token|secret", re.IGNORECASE)
_NONE = re.compile(r"csrf|xsrf|user[-_]?agent|idempotency", re.IGNORECASE)
_DEPTH = 8


class Dependencies:
    """Answers which guards and provider functions a dependency brings."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._ready = ReadyRouters(context)

    def of_expression(self, expr: syntax.Expr | None, scope: Scope, depth: int = 0) -> Iterator[Guard | str]:
        """Guards, and ids of provider functions, that an expression such as `Depends(get_user)` or `[Depends(a), Depends(b)]` brings."""
        if expr is None or depth > _DEPTH:
            return
        if isinstance(expr, syntax.Sequence):
            for item in expr.items:
                yield from self.of_expression(item, scope, depth)
        elif isinstance(expr, syntax.Subscript) and self._program.resolve(expr.value, scope) in ("typing.Annotated", "typing_extensions.Annotated"):
            yield from self.of_expression(expr.index, scope, depth)
        elif isinstance(expr, (syntax.Name, syntax.Attribute)):
            known = self._program.lookup(self._program.resolve(expr, scope))
            # `CurrentUser = Annotated[User, Depends(get_user)]`, `Signed = Depends(get_user)`
            if isinstance(known, (syntax.Subscript, syntax.Sequence, syntax.Call)):
                yield from self.of_expression(known, self._home(expr, scope), depth + 1)
        elif isinstance(expr, syntax.Call) and self._program.resolve(expr.func, scope) in _DEPENDS:
            provider = expr.args[0] if expr.args else next((k.value for k in expr.keywords if k.name == "dependency"), None)
            if provider is not None:
                yield from self._of_provider(provider, scope, depth + 1)

    def of_function(self, info: FunctionInfo, depth: int = 0) -> Iterator[Guard | str]:
        """What the parameters of a path operation or provider bring.

        A credential that may be absent becomes a demand in the provider that refuses to go on without it.
        """
        scope: Scope = info
        for parameter in info.node.params:
            found = [
                *self.of_expression(parameter.default, scope, depth), *self.of_expression(parameter.annotation, scope, depth),
                *self._of_parameter(parameter, scope),
            ]
            optional = any(isinstance(g, Guard) and g.optional for g in found)
            demanded = optional and depth > 0 and refuses_without(parameter.name, info, self._program)
            yield from (msgspec.structs.replace(g, optional=False) if demanded and isinstance(g, Guard) else g for g in found)

    def _of_parameter(self, parameter: syntax.Parameter, scope: Scope) -> Iterator[Guard]:
        """`session_id: str = Cookie()`, `x_api_key: Annotated[str, Header()]`: a credential that the parameter takes out of the request by its name."""
        marks = [parameter.default] if parameter.default is not None else []
        if isinstance(parameter.annotation, syntax.Subscript):
            index = parameter.annotation.index
            marks += index.items if isinstance(index, syntax.Sequence) else [index]
        for mark in marks:
            place = self._program.resolve(mark.func, scope) if isinstance(mark, syntax.Call) else ""
            kind = _credential(place, self._alias(mark, scope) or parameter.name) if place in _PLACES else None  # type: ignore[arg-type]
            if kind is not None:
                empty = parameter.default if parameter.default is not mark else _first(mark)
                optional = isinstance(empty, syntax.Constant) and empty.value is None
                yield Guard(kind, parameter.name, self._path(scope), mark.line, optional)

    def _alias(self, mark: syntax.Call, scope: Scope) -> str:
        told = next((k.value for k in mark.keywords if k.name == "alias"), None)
        folded = self._program.fold(told, scope) if told is not None else ""
        return folded if isinstance(folded, str) else ""

    def of_class(self, class_id: str) -> Iterator[Guard | str]:
        """What the attributes of a class-based router bring: `user: User = Depends(get_user)`."""
        for name in self._program.mro(class_id):
            info = self._program.classes.get(name)
            if info is not None:
                for value in info.attributes.values():
                    yield from self.of_expression(value, info)
                for stmt in info.node.body:
                    if isinstance(stmt, syntax.Assign) and stmt.annotation is not None:
                        yield from self.of_expression(stmt.annotation, info)

    def _of_provider(self, provider: syntax.Expr, scope: Scope, depth: int) -> Iterator[Guard | str]:
        ready = self._ready.demanded(provider, scope)
        if ready:
            yield from ready
            return
        called = provider.func if isinstance(provider, syntax.Call) else provider
        name = self._program.resolve(called, scope)
        kind = self._context.library.guard(name) if name else None
        if kind is not None:
            yield Guard(kind, name, self._path(scope), called.line, _goes_on_without(provider))
            return
        target = self._program.lookup(name) if name else None
        if isinstance(target, FunctionInfo):
            yield target.id
            yield from self.of_function(target, depth)
            for stmt in target.node.body:  # a factory: the returned inner function is the provider
                if isinstance(stmt, syntax.Define) and isinstance(stmt.definition, syntax.Function):
                    inner = self._program.functions.get(f"{target.id}.{stmt.definition.name}")
                    if inner is not None and depth < _DEPTH:
                        yield inner.id
                        yield from self.of_function(inner, depth + 1)
        elif isinstance(target, ClassInfo):
            yield from self._of_class_provider(target, provider, scope, depth)
        elif isinstance(target, syntax.Call) and depth < _DEPTH:  # `scheme = OAuth2PasswordBearer(...)`
            yield from self._of_provider(target, self._home(called, scope), depth + 1)
        elif isinstance(called, syntax.Attribute) and depth < _DEPTH:
            yield from self._of_member(called, scope, depth + 1)

    def _of_member(self, provider: syntax.Attribute, scope: Scope, depth: int) -> Iterator[Guard | str]:
        """A method of an object that the project made (`auth.current_user`), and a scheme that a class keeps (`ByKey.scheme`)."""
        home = f"{scope.name}.<module>" if isinstance(scope, syntax.Module) else scope.id
        for kind in self._context.types.of(provider.value, home):
            method, held = self._program.method(kind.name, provider.attr), self._program.attribute(kind.name, provider.attr)
            if method is not None:
                yield method.id
                yield from self.of_function(method, depth)
            elif held is not None:
                yield from self._of_provider(held[0], held[1], depth)
            elif (asked := self._context.library.guard(f"{kind.name}.{provider.attr}")) is not None:  # a method of a package's object
                yield Guard(asked, f"{kind.name}.{provider.attr}", self._path(scope), provider.line)

    def _of_class_provider(self, info: ClassInfo, provider: syntax.Expr, scope: Scope, depth: int) -> Iterator[Guard | str]:
        called = self._program.method(info.id, "__call__")
        if called is None or not _reads_cookies_alone(called):  # a scheme that only looks like one of tokens takes them from the browser's cookie
            for base in self._program.mro(info.id):
                kind = self._context.library.guard(base)
                if kind is not None:
                    yield Guard(kind, base, self._path(scope), provider.line, _goes_on_without(provider))
        for name in ("__init__", "__call__"):
            method = self._program.method(info.id, name)
            if method is not None:
                yield method.id
                yield from self.of_function(method, depth)

    def _home(self, expr: syntax.Expr, scope: Scope) -> Scope:
        """The module that defines what a name means: where its own names must be resolved."""
        owner = self._program.resolve(expr, scope).rpartition(".")[0]
        return self._program.modules.get(owner) or self._program.classes.get(owner) or scope

    @staticmethod
    def _path(scope: Scope) -> str:
        return scope.path if isinstance(scope, syntax.Module) else scope.module.path


def _goes_on_without(scheme: syntax.Expr) -> bool:
    """True for `HTTPBearer(auto_error=False)`: the scheme hands on nothing where the request brings no credential."""
    told = next((k.value for k in scheme.keywords if k.name == "auto_error"), None) if isinstance(scheme, syntax.Call) else None
    return isinstance(told, syntax.Constant) and told.value is False


def _reads_cookies_alone(called: FunctionInfo) -> bool:
    """True when a scheme's own code looks into the cookies and neither into the headers nor to its base."""
    read = {e.attr for e in walk.body_expressions(called.node.body) if isinstance(e, syntax.Attribute)}
    return "cookies" in read and not read & {"headers", "__call__"}


def _first(mark: syntax.Expr) -> syntax.Expr | None:
    given = [k.value for k in mark.keywords if k.name == "default"] if isinstance(mark, syntax.Call) else []
    return mark.args[0] if isinstance(mark, syntax.Call) and mark.args else given[0] if given else None


def _credential(place: str, name: str) -> AuthKind | None:
    """What a cookie or header of a name proves about the caller."""
    if _NONE.search(name):
        return None
    if place.endswith("Cookie"):
        return "session" if _SECRET.search(name) else None
    return "token" if name.lower() == "authorization" else "api-key" if _KEY.search(name) else None


def split(found: Iterator[Guard | str]) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
    """Guards and provider ids apart, each without repetition, in order."""
    rows = list(dict.fromkeys(found))
    return tuple(r for r in rows if isinstance(r, Guard)), tuple(r for r in rows if isinstance(r, str))
