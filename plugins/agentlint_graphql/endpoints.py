"""Who may call: the views that serve the schema, middleware before them, what hands a context to resolvers, and sign-in among the mutations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Guard, Program, Ref, imports, syntax, walk
from agentlint_django.guarding import Guarding
from agentlint_django.project import settings_of
from agentlint_django.targets import view_of
from agentlint_django.urlconf import UrlEntry, url_table
from agentlint_graphql.fields import Field

_VIEWS = ("GraphQLView", "AsyncGraphQLView", "GraphQLAsyncView", "GraphQLHTTPConsumer", "GraphQLRouter", "GraphQLApp", "GraphQL", "GraphQLHTTP")
_PACKAGES = (
    "graphene_django.", "strawberry.", "strawberry_django.", "ariadne.", "ariadne_django.", "flask_graphql.", "graphene.", "starlette_graphene",
    "graphql_server.",
)
_CONTEXT = ("context_getter", "context_value", "get_context", "context", "root_value_getter")
_EXECUTE = ("graphql", "graphql_sync", "subscribe")
_MACHINE = frozenset({"token", "api-key", "basic", "oauth"})
_SIGN_IN = frozenset({"django.contrib.auth.login", "django.contrib.auth.alogin", "graphql_jwt.shortcuts.get_token"})
_SESSIONS = ("SessionMiddleware", "AuthenticationMiddleware")
_DEEPEST = 3


class Endpoints:
    """The guards that all fields share."""

    def __init__(self, context: Context, fields: Iterable[Field]) -> None:
        self._context = context
        self._program: Program = context.program
        self._fields = tuple(fields)
        self._guards: dict[Guard, None] = {}
        self._checks: dict[str, None] = {}
        self._exempt = not imports(context.program, "django")
        self._read()
        self.checks: tuple[str, ...] = tuple(self._checks)
        """Functions that look who calls."""
        self.guards: tuple[Guard, ...] = tuple(self._guards)

    def _read(self) -> None:
        self._servers()
        if imports(self._program, "django"):
            self._of_django()
        place = self._sign_in()
        if place is not None and self._exempt:
            self._guards[Guard("token", "a mutation takes credentials and hands out the session", *place)] = None

    # ---------------------------------------------------------------- django

    def _of_django(self) -> None:
        served = [e for e in url_table(self._program).entries if self._serves(e)]
        guarding = Guarding(self._context)
        for entry in served:
            view = view_of(entry.view, self._program)
            if isinstance(view.target, ClassInfo):
                self._class(view.target)
                self._add(guarding.of_class(view.target))
            guards, checks = guarding.of_wrappers([*view.wrappers, *_decorators(view.target, self._program)], entry)
            self._add(guards)
            self._checks.update(dict.fromkeys(checks))
            if any(g.kind == "csrf-exempt" for g in guards) or self._switched_off(view.target):
                self._exempt = True
            else:
                self._add(g for g in guarding.of_site(entry) if g.kind == "csrf")
        middleware = self._middleware()
        if self._asks_who() and (not middleware or any(m.endswith(_SESSIONS) or "{}" in m for m in middleware)):
            self._guards[Guard("session", "the user of the request", *((served[0].file, served[0].line) if served else ("", 0)))] = None

    def _serves(self, entry: UrlEntry) -> bool:
        view = view_of(entry.view, self._program)
        if isinstance(view.target, FunctionInfo):
            return any(walk.dotted(c.func).rpartition(".")[2] in _EXECUTE or self._calls_view(c, view.target) for c in walk.calls(view.target.node.body))
        name = view.target.id if isinstance(view.target, ClassInfo) else view.name
        return self._is_view(name) or "schema" in view.options

    def _calls_view(self, call: syntax.Call, info: FunctionInfo) -> bool:
        """True for `GraphQLView.as_view(...)(request)`, also through a variable of the module."""
        made = self._program.lookup(self._program.resolve(call.func, info)) if not isinstance(call.func, syntax.Call) else call.func
        return isinstance(made, syntax.Call) and self._is_view(self._program.resolve(made.func, info.module).removesuffix(".as_view"))

    def _is_view(self, name: str) -> bool:
        bases = self._program.mro(name) if name in self._program.classes else (name,)
        outside = [b for b in bases if b not in self._program.classes]
        return any(b.rpartition(".")[2] in _VIEWS and b.startswith(_PACKAGES) for b in outside)

    def _switched_off(self, target: FunctionInfo | ClassInfo | None) -> bool:
        """True for `view.csrf_exempt = True` beside the view."""
        name = target.node.name if target is not None else ""
        return target is not None and any(
            isinstance(stmt, syntax.Assign) and any(walk.dotted(t) == f"{name}.csrf_exempt" for t in stmt.targets)
            for stmt in walk.statements(target.module.body)
        )

    def _middleware(self) -> list[str]:
        """Follows what runs before every view; gives the names in the settings."""
        settings = settings_of(self._program)
        names = [m for setting in ("MIDDLEWARE", "MIDDLEWARE_CLASSES") for m in settings.texts(setting)]
        listed = settings.mapping("GRAPHENE").get("MIDDLEWARE")
        names += [m if isinstance(m, str) else m.name if isinstance(m, Ref) else "" for m in listed] if isinstance(listed, list | tuple) else []
        for name in names:
            self._named(name)
        return names

    def _named(self, name: str) -> None:
        """A middleware or extension: a library's by what is known of it, the project's own by what its methods read."""
        kind = self._context.library.guard(name) if name else None
        if kind is not None:
            self._guards[Guard(kind, name)] = None
        info = self._program.lookup(name)
        if isinstance(info, ClassInfo):
            self._class(info)
        elif isinstance(info, FunctionInfo):
            self._checks[info.id] = None

    def _class(self, info: ClassInfo) -> None:
        for base in self._program.mro(info.id):
            held = self._program.classes.get(base)
            self._checks.update(dict.fromkeys(held.methods.values() if held is not None else ()))

    def _asks_who(self) -> bool:
        """True when a resolver or its checks look at the request's user."""
        ids = {f for field in self._fields for f in (field.handler, *field.extra, *field.checks) if f}
        owners = {self._program.functions[i].owner for i in ids if i in self._program.functions} | {f.owner for f in self._fields}
        ids |= {m for o in owners if o for b in self._program.mro(o) if b in self._program.classes for m in self._program.classes[b].methods.values()}
        return any(info is not None and _looks_at_user(info) for info in (self._program.functions.get(i) for i in sorted(ids)))

    # ----------------------------------------------------- servers elsewhere

    def _servers(self) -> None:
        """Views and applications made by a call, and functions that run documents themselves."""
        scopes: list[tuple[FunctionInfo | syntax.Module, tuple[syntax.Stmt, ...]]] = [(m, m.body) for m in self._program.modules.values()]
        scopes += [(f, f.node.body) for f in self._program.functions.values()]
        for info, body in scopes:
            for call in walk.calls(body):
                name = self._program.resolve(call.func, info)
                if name and self._is_view(name.removesuffix(".as_view")):
                    self._given(call, info)
                    if name in self._program.classes:
                        self._class(self._program.classes[name])
                elif isinstance(info, FunctionInfo) and name.startswith("ariadne.") and name.rpartition(".")[2] in _EXECUTE:
                    self._checks[info.id] = None
                elif name.endswith(".Schema") and name.startswith("strawberry."):
                    self._extensions(call, info)

    def _given(self, call: syntax.Call, scope: FunctionInfo | syntax.Module) -> None:
        """Functions that make the context, and what they depend on."""
        for keyword in call.keywords:
            if keyword.name in _CONTEXT:
                named = self._program.lookup(self._program.resolve(keyword.value, scope))
                for check in self._dependencies(named, 0):
                    self._checks[check] = None
            elif keyword.name == "dependencies":
                for expr in walk.expressions(keyword.value):
                    named = self._program.lookup(self._program.resolve(expr, scope)) if isinstance(expr, syntax.Name | syntax.Attribute) else None
                    for check in self._dependencies(named, 0):
                        self._checks[check] = None

    def _dependencies(self, named: object, depth: int) -> Iterator[str]:
        if not isinstance(named, FunctionInfo) or depth > _DEEPEST:
            return
        yield named.id
        for parameter in named.node.params:
            for expr in (e for root in (parameter.default, parameter.annotation) if root is not None for e in walk.expressions(root)):
                if isinstance(expr, syntax.Call):
                    for argument in expr.args:
                        name = self._program.resolve(argument, named) if isinstance(argument, syntax.Name | syntax.Attribute) else ""
                        self._scheme(name, named.module.path, expr.line)
                        yield from self._dependencies(self._program.lookup(name), depth + 1)

    def _scheme(self, name: str, file: str, line: int) -> None:
        made = self._program.lookup(name)
        home = self._program.modules.get(name.rpartition(".")[0])
        called = self._program.resolve(made.func, home) if isinstance(made, syntax.Call) and home is not None else name
        kind = self._context.library.guard(called) if called else None
        if kind is not None:
            self._guards[Guard(kind, called, file, line)] = None

    def _extensions(self, call: syntax.Call, scope: FunctionInfo | syntax.Module) -> None:
        for keyword in call.keywords:
            if keyword.name == "extensions" and isinstance(keyword.value, syntax.Sequence):
                for item in keyword.value.items:
                    self._named(self._program.resolve(item.func if isinstance(item, syntax.Call) else item, scope))

    # --------------------------------------------------------------- sign-in

    def _sign_in(self) -> tuple[str, int] | None:
        """The place of a mutation that signs its caller in by credentials that it is given."""
        for field in self._fields:
            if field.kind == "mutation":
                if any(e.kind == "authentication" and e.operation == "login" for e in field.effects):
                    return field.table_file, field.table_line
                if any(self._signs_in(f, 0, set()) for f in (field.handler, *field.extra) if f):
                    return field.file, field.line
        return None

    def _signs_in(self, function: str, depth: int, seen: set[str]) -> bool:
        if function in seen or depth > _DEEPEST:
            return False
        seen.add(function)
        for site in self._context.calls.sites(function):
            if site.library in _SIGN_IN:
                return True
            if any(t.confidence != "low" and t.kind == "call" and self._signs_in(t.function, depth + 1, seen) for t in site.targets):
                return True
        return False

    def _add(self, guards: Iterable[Guard]) -> None:
        self._guards.update(dict.fromkeys(guards))


def _decorators(target: FunctionInfo | ClassInfo | None, program: Program) -> Iterator[str]:
    for decorator in target.node.decorators if target is not None else ():
        name = program.resolve(decorator.func if isinstance(decorator, syntax.Call) else decorator, target.module)  # type: ignore[union-attr]
        if name:
            yield name


def _looks_at_user(info: FunctionInfo) -> bool:
    """True for `info.context.user` and its kin, and for decorators that demand a login or a permission."""
    for decorator in info.node.decorators:
        name = walk.dotted(decorator.func if isinstance(decorator, syntax.Call) else decorator).rpartition(".")[2]
        if "login" in name or "permission" in name or "authenticated" in name or name.endswith("_required"):
            return True
    return any(
        isinstance(e, syntax.Attribute) and (e.attr in ("is_authenticated", "current_user") or (e.attr == "user" and _is_request(e.value)))
        for e in walk.body_expressions(info.node.body)
    )


def _is_request(expr: syntax.Expr) -> bool:
    if isinstance(expr, syntax.Subscript):
        return True
    return walk.dotted(expr).rpartition(".")[2] in ("context", "request", "req")


