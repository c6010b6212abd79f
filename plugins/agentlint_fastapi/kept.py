"""Tables that objects keep: `self.router = APIRouter()` in one method, path operations and mounts in others, in subclasses and from outside."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, MountTree, Scope, syntax, table_key


class Kept:
    """Answers which table an expression names, also where it is an attribute of an object. Each subclass has a table of its own."""

    def __init__(self, context: Context, tree: MountTree, providers: dict[str, tuple[str, ...]]) -> None:
        self._context = context
        self._program = context.program
        self._tree = tree
        self._providers = providers
        self._attributes: dict[str, list[str]] = {}
        """Classes to the names of the attributes in which they keep tables."""

    def target(self, expr: syntax.Expr, scope: Scope) -> str:
        """The key of what an assignment makes a table."""
        owner = self._owner(expr, scope)
        if owner and isinstance(expr, syntax.Attribute):
            self._attributes.setdefault(owner, []).append(expr.attr)
            return _key(owner, expr.attr)
        return table_key(expr, scope, self._program)

    def key(self, expr: syntax.Expr, scope: Scope) -> str:
        """The key of the table that an expression names; one that nothing declared where it names none."""
        owner = self._owner(expr, scope)
        if owner and isinstance(expr, syntax.Attribute):
            found = self._of_class(owner, expr.attr)
            if found:
                return found
        plain = table_key(expr, scope, self._program)
        if self._tree.known(plain) or not self._attributes:
            return plain
        if isinstance(expr, syntax.Name):
            return self._alias(expr, scope) or plain
        return next(self._of_object(expr, scope), plain)

    def children(self, expr: syntax.Expr, scope: Scope) -> tuple[str, ...]:
        """The tables of an object of the project that a mount is given: the one that a method of it returns, or all that it keeps."""
        if not self._attributes:
            return ()
        found = tuple(self._returned(expr, scope)) if isinstance(expr, syntax.Call) else ()
        return found or tuple(
            self._of_class(kind, attr)
            for kind in self._classes(expr, scope) for base in self._program.mro(kind) for attr in sorted(set(self._attributes.get(base, ())))
        )

    def method(self, expr: syntax.Expr, scope: Scope) -> FunctionInfo | None:
        """The method that `self.health` names."""
        owner = self._owner(expr, scope)
        return self._program.method(owner, expr.attr) if owner and isinstance(expr, syntax.Attribute) else None

    def _alias(self, name: syntax.Name, scope: Scope) -> str:
        """`router = self.router` in the same function."""
        assigned = (stmt for stmt in scope.node.body if isinstance(stmt, syntax.Assign)) if isinstance(scope, FunctionInfo) else ()
        values = (stmt.value for stmt in assigned if any(isinstance(t, syntax.Name) and t.id == name.id for t in stmt.targets))
        return next((self.key(v, scope) for v in values if isinstance(v, syntax.Attribute)), "")

    def _of_object(self, expr: syntax.Expr, scope: Scope) -> Iterator[str]:
        """`server.app` of an object that the project makes."""
        for kind in self._classes(expr.value, scope) if isinstance(expr, syntax.Attribute) else ():
            found = self._of_class(kind, expr.attr) if isinstance(expr, syntax.Attribute) else ""
            if found:
                yield found

    def _returned(self, call: syntax.Call, scope: Scope) -> Iterator[str]:
        """`orders.get_router()`, where the method returns a table that the object keeps."""
        func = call.func
        for kind in self._classes(func.value, scope) if isinstance(func, syntax.Attribute) else ():
            method = self._program.method(kind, func.attr) if isinstance(func, syntax.Attribute) else None
            for told in self._program.returned(method) if method is not None else ():
                kept = self._of_class(kind, told.attr) if isinstance(told, syntax.Attribute) and self._owner(told, method or scope) else ""
                if kept or (method is not None and self._tree.known(table_key(told, method, self._program))):
                    yield kept or table_key(told, method, self._program)

    def _classes(self, expr: syntax.Expr, scope: Scope) -> Iterator[str]:
        home = f"{scope.name}.<module>" if isinstance(scope, syntax.Module) else scope.id
        return (kind.name for kind in self._context.types.of(expr, home) if kind.name in self._program.classes)

    def _of_class(self, owner: str, attr: str) -> str:
        """The table that objects of a class keep in an attribute."""
        for base in self._program.mro(owner):
            key = _key(base, attr)
            if self._tree.known(key):
                own = _key(owner, attr)
                if own != key and not self._tree.known(own):
                    self._tree.declare_like(own, key)
                    self._providers[own] = self._providers.get(key, ())
                return own
        return ""

    def _owner(self, expr: syntax.Expr, scope: Scope) -> str:
        """The class whose object an attribute belongs to: `self.router` in a method, or in a function inside one."""
        if not isinstance(expr, syntax.Attribute) or not isinstance(expr.value, syntax.Name):
            return ""
        around = scope if isinstance(scope, FunctionInfo) else None
        while around is not None and not around.owner:
            around = self._program.functions.get(around.parent)
        first = around.node.params[:1] if around is not None else ()
        return around.owner if around is not None and first and first[0].name == expr.value.id else ""


def _key(owner: str, attr: str) -> str:
    return f"{owner}.self.{attr}"
