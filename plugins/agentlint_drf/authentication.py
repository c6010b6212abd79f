"""Who may call: authentication and permission classes of a view, of the settings, or the framework's defaults."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import AuthKind, ClassInfo, Context, Guard, Program, syntax

_KINDS: tuple[tuple[str, AuthKind], ...] = (
    ("SessionAuthentication", "session"), ("BasicAuthentication", "basic"), ("OAuth2Authentication", "oauth"), ("OAuthAuthentication", "oauth"),
    ("JWTAuthentication", "token"), ("JSONWebTokenAuthentication", "token"), ("TokenAuthentication", "token"), ("APIKeyAuthentication", "api-key"),
    ("RemoteUserAuthentication", "session"),
)
_BASE = ("rest_framework.authentication.BaseAuthentication",)
_DEFAULT = ("rest_framework.authentication.SessionAuthentication", "rest_framework.authentication.BasicAuthentication")


class Authentication:
    """Guards of views."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        self._default = self._from_settings() or _DEFAULT

    def of_class(self, info: ClassInfo) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """Guards, and functions that check the caller, of a view class."""
        held = self._program.attribute(info.id, "authentication_classes")
        names = self._names(held[0], held[1]) if held is not None else self._default
        guards, checks = self.of_names(names, info.module.path, info.node.line)
        for expr, scope in filter(None, (self._program.attribute(info.id, "permission_classes"),)):
            for name in self._names(expr, scope):
                if name in self._program.classes:
                    method = self._program.method(name, "has_permission")
                    checks = (*checks, *((method.id,) if method is not None else ()))
        return guards, checks

    def of_names(self, names: Iterable[str], file: str, line: int) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """Guards of authentication classes, the project's own ones judged by what they derive from and read."""
        guards: list[Guard] = []
        checks: list[str] = []
        listed = tuple(names)
        if not listed:
            guards.append(Guard("anonymous", "no authentication class", file, line))
        for name in listed:
            kind = self._kind(name)
            guards.append(Guard(kind, name, file, line))
            method = self._program.method(name, "authenticate") if name in self._program.classes else None
            if method is not None:
                checks.append(method.id)
        return tuple(guards), tuple(checks)

    @property
    def default(self) -> tuple[str, ...]:
        """Authentication classes of views that name none."""
        return tuple(self._default)

    def _kind(self, name: str) -> AuthKind:
        for base in self._program.mro(name) if name in self._program.classes else (name,):
            last = base.rpartition(".")[2]
            for ending, kind in _KINDS:
                if last.endswith(ending):
                    return kind
        return "token"  # an authentication class that is neither session nor a known one reads some credential of the caller's own

    def _names(self, expr: syntax.Expr, scope: object) -> tuple[str, ...]:
        items = expr.items if isinstance(expr, syntax.Sequence) else (expr,)
        return tuple(filter(None, (self._program.resolve(i, scope) for i in items if isinstance(i, (syntax.Name, syntax.Attribute)))))  # type: ignore[arg-type]

    def _from_settings(self) -> tuple[str, ...]:
        for module in self._program.modules.values():
            if self._program.lookup(f"{module.name}.REST_FRAMEWORK") is None:
                continue
            folded = self._program.fold(syntax.Name("REST_FRAMEWORK", 0), module)
            listed = folded.get("DEFAULT_AUTHENTICATION_CLASSES") if isinstance(folded, dict) else None
            if isinstance(listed, (list, tuple)) and listed:
                return tuple(self._program.canonical(str(n)) for n in listed)
        return ()
