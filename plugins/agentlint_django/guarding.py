"""Who may call a view, as far as mixins, decorators in the URLconf and middleware say so; decorators of the view itself are read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentlint.api import AuthKind, ClassInfo, Context, FunctionInfo, Guard, Program, syntax, walk
from agentlint_django.project import settings_of
from agentlint_django.urlconf import UrlEntry

_CSRF = "CsrfViewMiddleware"
_SESSION_MIXINS = (
    "LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin", "AccessMixin", "StaffuserRequiredMixin", "SuperuserRequiredMixin",
    "GroupRequiredMixin", "MultiplePermissionsRequiredMixin", "StaffRequiredMixin", "SuperUserRequiredMixin",
)
"""Endings of mixins that ask for a person's session, in Django and in packages that add to them."""
_HOOKS = ("__call__", "process_request", "process_view")


_OF_PROGRAMS = frozenset({"token", "oauth", "basic", "api-key"})
_HEADER = re.compile(r"^(HTTP_)?(X_)?(PROXY_)?(AUTHORIZATION|AUTH_TOKEN|API_?KEY|ACCESS_TOKEN)$", re.IGNORECASE)


class Guarding:
    """The guards that every view of a program shares, and those of single views."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        self._library = context.library
        middleware = [m for name in ("MIDDLEWARE", "MIDDLEWARE_CLASSES") for m in settings_of(context.program).texts(name)]
        self._checks_csrf = not middleware or any(m.endswith(_CSRF) or "{}" in m for m in middleware)
        self._csrf = next((m for m in middleware if m.endswith(_CSRF)), "")
        self._login = next((m for m in middleware if self._demands_login(m)), "")
        self._open_paths = tuple(sorted(self._spared(self._login)))
        self._standing = tuple(dict.fromkeys((kind, m) for m in middleware if (kind := self._takes(m)) is not None))
        """Credentials that middleware takes in place of the browser's session, each with the middleware."""

    def _takes(self, name: str) -> AuthKind | None:
        """The credential by which a middleware signs programs in: a library's, or one of the project that reads a header and sets the user by it."""
        kind = self._library.guard(name)
        if kind is not None:
            return kind if kind in _OF_PROGRAMS else None
        info = self._program.lookup(name)
        bodies = [m.node.body for b in self._program.mro(info.id) if b in self._program.classes for i in self._program.classes[b].methods.values()
                  if (m := self._program.functions.get(i)) is not None] if isinstance(info, ClassInfo) else []
        if isinstance(info, FunctionInfo):
            bodies = [info.node.body, *(f.node.body for f in self._program.inner(info.id))]
        return "token" if any(map(_signs_in, bodies)) and any(map(_reads_header, bodies)) else None

    def _demands_login(self, name: str) -> bool:
        """True for Django's own middleware, and for one of the project that sends strangers to the login page."""
        info = self._program.lookup(name)
        if isinstance(info, ClassInfo):
            return any((m := self._program.method(info.id, hook)) is not None and _turns_away(m) for hook in _HOOKS)
        if isinstance(info, FunctionInfo):
            return _turns_away(info)
        return name.rpartition(".")[2] in ("LoginRequiredMiddleware", "RequireLoginMiddleware", "LoginRequiredMiddlewareMixin")

    def _spared(self, name: str) -> Iterator[str]:
        """Beginnings of paths that a middleware of the project names: it compares them with the request's to let strangers pass."""
        info = self._program.lookup(name) if name else None
        hooks = [m for hook in _HOOKS if (m := self._program.method(info.id, hook)) is not None] if isinstance(info, ClassInfo) else []
        for hook in hooks or ([info] if isinstance(info, FunctionInfo) else []):
            for expr in walk.body_expressions(hook.node.body):
                if isinstance(expr, syntax.Constant) and isinstance(expr.value, str) and len(expr.value) > 1 and expr.value.startswith("/"):
                    yield expr.value

    def of_site(self, entry: UrlEntry, target: FunctionInfo | ClassInfo | None = None) -> tuple[Guard, ...]:
        """Guards that middleware puts on a view."""
        found = []
        if self._checks_csrf:
            found.append(Guard("csrf", self._csrf, entry.file, entry.line))
        if self._login and not (target is not None and _exempt(target)) and not f"/{entry.path.lstrip('/')}".startswith(self._open_paths):
            found.append(Guard("session", self._login, entry.file, entry.line))
        found += [Guard(kind, name, entry.file, entry.line, standing=True) for kind, name in self._standing]
        return tuple(found)

    def of_wrappers(self, names: Iterable[str], entry: UrlEntry) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        """Guards of decorators put around a view in the URLconf, and the project's own functions among them, to be judged by what they do."""
        guards, checks = [], []
        for name in names:
            kind = self._library.guard(name)
            if kind is not None:
                guards.append(Guard(kind, name, entry.file, entry.line))
            elif name in self._program.functions:
                checks.append(name)
        return tuple(guards), tuple(checks)

    def of_class(self, info: ClassInfo) -> tuple[Guard, ...]:
        """Guards of mixins and of decorators put on a class (`@method_decorator(login_required, name="dispatch")`)."""
        found: dict[Guard, None] = {}
        for base in self._program.mro(info.id):
            kind = self._library.guard(base)
            if kind is None and base not in self._program.classes and base.endswith(_SESSION_MIXINS):
                kind = "session"
            if kind is not None:
                found[Guard(kind, base, info.module.path, info.node.line)] = None
        for base in self._program.mro(info.id):
            held = self._program.classes.get(base)
            for decorator in held.node.decorators if held is not None else ():
                for guard in self._of_decorator(decorator, held):  # type: ignore[arg-type]
                    found[guard] = None
        return tuple(found)

    def _of_decorator(self, decorator: syntax.Expr, info: ClassInfo) -> Iterable[Guard]:
        for argument in decorator.args if isinstance(decorator, syntax.Call) else ():
            for one in argument.items if isinstance(argument, syntax.Sequence) else (argument,):
                head = one.func if isinstance(one, syntax.Call) else one
                kind = self._library.guard(self._program.resolve(head, info.module)) if isinstance(head, (syntax.Name, syntax.Attribute)) else None
                if kind is not None:
                    yield Guard(kind, walk.dotted(head), info.module.path, decorator.line)


def _signs_in(body: tuple[syntax.Stmt, ...]) -> bool:
    """True for a body that sets the request's user: `request.user = owner`."""
    targets = (t for stmt in walk.statements(body) if isinstance(stmt, syntax.Assign) for t in stmt.targets)
    return any(isinstance(t, syntax.Attribute) and t.attr == "user" and walk.dotted(t.value).endswith("request") for t in targets)


def _reads_header(body: tuple[syntax.Stmt, ...]) -> bool:
    """True for a body that names the header in which programs send a credential."""
    texts = (e.value for e in walk.body_expressions(body) if isinstance(e, syntax.Constant) and isinstance(e.value, str))
    return any(_HEADER.match(text.replace("-", "_")) for text in texts)


def _turns_away(method: FunctionInfo) -> bool:
    """True when a method looks whether the user is signed in and sends others somewhere else."""
    asks = redirects = False
    for expr in walk.body_expressions(method.node.body):
        if isinstance(expr, syntax.Attribute):
            asks = asks or expr.attr == "is_authenticated"
            redirects = redirects or expr.attr == "LOGIN_URL"
        elif isinstance(expr, syntax.Call):
            name = walk.dotted(expr.func).rpartition(".")[2]
            redirects = redirects or name in ("redirect_to_login", "handle_no_permission", "HttpResponseRedirect", "redirect", "login_required")
    return asks and redirects


def _exempt(target: FunctionInfo | ClassInfo) -> bool:
    return any(walk.dotted(d.func if isinstance(d, syntax.Call) else d).endswith(("login_not_required", "login_exempt")) for d in target.node.decorators)
