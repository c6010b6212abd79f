"""Path operations of FastAPI and Starlette: routers, includes and mounts, decorated functions and route objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.api import Context, FunctionInfo, Guard, MountTree, Route, Scope, join_paths, setup_code, syntax, table_key, walk
from agentlint_fastapi.answers import Answers, Renders
from agentlint_fastapi.dependencies import Dependencies, split
from agentlint_fastapi.kept import Kept
from agentlint_fastapi.middleware import Middleware
from agentlint_fastapi.ready_routers import ReadyRouters
from agentlint_fastapi.starlette import plain, starlette_routes
from agentlint_fastapi.wrapped import LISTS, VERBS, Wrapped

_TABLES = ("fastapi.FastAPI", "fastapi.APIRouter", "starlette.applications.Starlette", "starlette.routing.Router", "fastapi.routing.APIRouter")
_APPS = ("fastapi.FastAPI", "starlette.applications.Starlette")
_SOCKETS = frozenset({"websocket", "websocket_route"})
"""What arrives over a connection that stays open asks for things by name: such operations are calls."""
_READY_MADE = ("nicegui.app",)
"""Applications that a library holds ready."""


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes of the program; tables that no application mounts are listed too, at their own prefix."""
    reader = _Reader(context)
    for scope, body in _scopes(context):
        reader.read_tables(scope, body)
    for scope, body in _scopes(context):
        reader.read_mounts(scope, body)
        reader.middleware.read_calls(scope, body)
    reader.mount_found()
    for info in context.program.functions.values():
        reader.middleware.read_function(info)
    for info in context.program.functions.values():
        yield from reader.decorated(info)
    for scope, body in _scopes(context):
        yield from reader.listed(scope, body)
    yield from reader.starlette()
    yield from reader.ready_made()


def _scopes(context: Context) -> Iterable[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for module in context.program.modules.values():
        if module.language == "python":
            yield module, module.body
    for info in context.program.functions.values():
        yield info, info.node.body


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._dependencies = Dependencies(context)
        self._answers = Answers(context)
        self._ready = ReadyRouters(context)
        self.middleware = Middleware(context)
        self._tree = MountTree()
        self._providers: dict[str, tuple[str, ...]] = {}
        self._kept = Kept(context, self._tree, self._providers)
        self._classes: dict[str, str] = {}
        """Classes of the project behind tables."""
        self._wrapped = Wrapped(self._program, self._dependencies, self._tree, self._classes)
        self._open: list[tuple[str, str, tuple[Guard, ...]]] = []
        """Tables that include whatever a search at run time finds, with the prefix and the guards of that."""
        self._pages: set[str] = set()
        """Tables whose path operations answer with pages unless they say otherwise: `default_response_class=HTMLResponse`."""
        for name in _READY_MADE:
            self._tree.declare(name, "", (), root=True)

    # ---------------------------------------------------------------- tables

    def read_tables(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        """Routers and applications that a block creates."""
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call):
                for target in stmt.targets:
                    self._declare(self._kept.target(target, scope), stmt.value, scope)
        if isinstance(scope, FunctionInfo):
            for parameter in scope.node.params:
                annotation = parameter.annotation and self._program.resolve(parameter.annotation, scope)
                if annotation and self._is_table(annotation):
                    self._tree.declare(f"{scope.id}.{parameter.name}")

    def _declare(self, key: str, call: syntax.Call, scope: Scope) -> None:
        name = self._made_class(self._program.resolve(call.func, scope))
        if not key or not name or not self._is_table(name):
            return
        prefix = self._text(_keyword(call, "prefix"), scope)
        guards, providers = split(self._dependencies.of_expression(_keyword(call, "dependencies"), scope))
        if name in self._program.classes:
            self._classes[key] = name
        init = self._program.method(name, "__init__") if name in self._program.classes else None
        if init is not None:  # a project's own router class passes dependencies and prefix on to its base
            for inner in walk.calls(init.node.body):
                if isinstance(inner.func, syntax.Attribute) and inner.func.attr == "__init__":
                    own, more = split(self._dependencies.of_expression(_keyword(inner, "dependencies"), init))
                    guards, providers = (*guards, *own), (*providers, *more)
                    prefix = prefix or self._text(_keyword(inner, "prefix"), init)
        self._providers[key] = providers
        default = _keyword(call, "default_response_class")
        if default is not None and self._answers.named(default, scope) == "html":
            self._pages.add(key)
        self._tree.declare(key, prefix, guards, root=name in _APPS or self._program.inherits(name, *_APPS))

    def _made_class(self, name: str) -> str:
        """The class behind a name that a function gave a class to: `Router = router_class(route)`, where the function returns a class of its own."""
        held = self._program.lookup(name) if name and name not in self._program.classes else None
        home = self._program.modules.get(name.rpartition(".")[0])
        maker = self._program.lookup(self._program.resolve(held.func, home)) if isinstance(held, syntax.Call) and home is not None else None
        if isinstance(maker, FunctionInfo):
            made = (f"{maker.id}.{r.id}" for r in self._program.returned(maker) if isinstance(r, syntax.Name))
            return next((c for c in made if c in self._program.classes), name)
        return name

    def _is_table(self, name: str) -> bool:
        return name in _TABLES or (name in self._program.classes and self._program.inherits(name, *_TABLES))

    # ---------------------------------------------------------------- mounts

    def read_mounts(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> None:
        """Includes and mounts between tables, also in loops over tables and through functions that take a table."""
        loops: dict[str, tuple[syntax.Expr, ...]] = {}
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.Loop) and isinstance(stmt.target, syntax.Name) and stmt.iterable is not None:
                items = stmt.iterable if isinstance(stmt.iterable, syntax.Sequence) else self._program.lookup(self._program.resolve(stmt.iterable, scope))
                loops[stmt.target.id] = items.items if isinstance(items, syntax.Sequence) else ()
            elif isinstance(stmt, syntax.Loop) and isinstance(stmt.target, syntax.Sequence):
                loops |= {t.id: () for t in stmt.target.items if isinstance(t, syntax.Name)}
            for root in walk.own_expressions(stmt):
                for expr in walk.expressions(root):
                    if isinstance(expr, syntax.Call):
                        self._mount(expr, scope, loops)

    def _mount(self, call: syntax.Call, scope: Scope, loops: dict[str, tuple[syntax.Expr, ...]]) -> None:
        func = call.func
        if isinstance(func, syntax.Attribute) and func.attr in ("include_router", "mount"):
            parent = self._kept.key(func.value, scope)
            at_first = func.attr == "include_router"
            children = call.args[:1] if at_first else call.args[1:2]
            named = _keyword(call, "router" if at_first else "app")
            prefix = self._text(_keyword(call, "prefix") if at_first else call.args[0] if call.args else _keyword(call, "path"), scope)
            guards, providers = split(self._dependencies.of_expression(_keyword(call, "dependencies"), scope))
            for child in (*children, *((named,) if named is not None else ())):
                if at_first and isinstance(child, syntax.Name) and loops.get(child.id) == () and not any(map(self._tree.known, self._child_keys(child, scope))):
                    self._open.append((parent, prefix or ("/{prefix}" if _keyword(call, "prefix") is not None else ""), guards))
                for one in (loops.get(child.id) or (child,)) if isinstance(child, syntax.Name) else (child,):
                    for key in self._child_keys(one, scope):
                        self._link(parent, key, prefix, guards, providers)
            return
        target = self._program.lookup(self._program.resolve(func, scope))
        if isinstance(target, FunctionInfo):  # `register(app)`: the parameter is the argument's table
            names = [p.name for p in target.node.params]
            for name, argument in zip(names, call.args, strict=False):
                key = table_key(argument, scope, self._program)
                if key and self._tree.known(key) and self._tree.known(f"{target.id}.{name}"):
                    self._tree.mount(key, f"{target.id}.{name}")

    def mount_found(self) -> None:
        """Includes what a search at run time finds, `for router in discover(): app.include_router(router)`: every table that nothing includes by name."""
        for parent, prefix, guards in self._open:
            if self._tree.is_mounted(parent):
                self._tree.mount_rest(parent, prefix, guards)

    def _link(self, parent: str, child: str, prefix: str, guards: tuple[Guard, ...], providers: tuple[str, ...]) -> None:
        if parent and child:
            self._tree.mount(parent, child, prefix, guards)
            self._providers[child] = (*self._providers.get(child, ()), *providers)

    def _child_keys(self, expr: syntax.Expr, scope: Scope) -> tuple[str, ...]:
        key = self._child_key(expr, scope)
        return (key,) if self._tree.known(key) else self._kept.children(expr, scope) or (key,)

    def _child_key(self, expr: syntax.Expr, scope: Scope) -> str:
        ready = self._ready.key(expr, scope)
        if ready:
            return ready
        if isinstance(expr, syntax.Call):  # a factory: the table that it returns
            target = self._program.lookup(self._program.resolve(expr.func, scope))
            if isinstance(target, FunctionInfo):
                for stmt in walk.statements(target.node.body):
                    if isinstance(stmt, syntax.Return) and stmt.value is not None:
                        return table_key(stmt.value, target, self._program)
        return self._kept.key(expr, scope)

    def ready_made(self) -> Iterator[Route]:
        """Routes of routers that libraries make whole."""
        return self._ready.routes(self._tree)

    # ---------------------------------------------------------------- routes

    def decorated(self, info: FunctionInfo) -> Iterator[Route]:
        """Routes that a function's decorators declare."""
        scope: Scope = self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module
        for decorator in info.node.decorators:
            if not isinstance(decorator, syntax.Call):
                continue
            verb = decorator.func.attr if isinstance(decorator.func, syntax.Attribute) else ""
            if isinstance(decorator.func, syntax.Attribute) and verb in VERBS | LISTS | _SOCKETS:
                key = self._kept.key(decorator.func.value, scope)
                if self._tree.known(key) or (key and self._tree.is_mounted(key)):
                    path = self._text(decorator.args[0] if decorator.args else _keyword(decorator, "path"), scope)
                    methods = (verb.upper(),) if verb in VERBS else ("CALL",) if verb in _SOCKETS else self._methods(decorator, scope)
                    yield from self._routes(key, path, methods, info, decorator, scope)
                continue
            for found in self._wrapped.of(decorator, scope):
                yield from self._routes(found.key, found.path, found.methods, info, decorator, scope, found.found)

    def listed(self, scope: Scope, body: tuple[syntax.Stmt, ...]) -> Iterator[Route]:
        """Routes added by calls: `add_api_route`, and Starlette's `Route("/x", endpoint, methods=[...])` objects."""
        for call in walk.calls(body):
            if isinstance(call.func, syntax.Call):
                yield from self._applied(call, call.func, scope)
                continue
            if isinstance(call.func, syntax.Attribute) and call.func.attr in ("add_api_route", "add_route"):
                key = self._kept.key(call.func.value, scope)
                if not self._tree.known(key):
                    continue
            elif self._program.resolve(call.func, scope) == "fastapi.routing.APIRoute":
                key = ""
            else:
                continue
            endpoint = call.args[1] if len(call.args) > 1 else _keyword(call, "endpoint")
            target = self._program.lookup(self._program.resolve(endpoint, scope)) if endpoint is not None else None
            target = target or (self._kept.method(endpoint, scope) if endpoint is not None else None)
            if isinstance(target, FunctionInfo):
                yield from self._routes(
                    key, self._text(call.args[0] if call.args else _keyword(call, "path"), scope), self._methods(call, scope), target, call, scope
                )

    def _applied(self, call: syntax.Call, decorator: syntax.Call, scope: Scope) -> Iterator[Route]:
        """`router.post("/orders")(place)`: a decorator that is called like a function."""
        verb = decorator.func.attr if isinstance(decorator.func, syntax.Attribute) else ""
        target = self._program.lookup(self._program.resolve(call.args[0], scope)) if verb in VERBS | LISTS and call.args else None
        if not isinstance(decorator.func, syntax.Attribute) or not isinstance(target, FunctionInfo):
            return
        key = self._kept.key(decorator.func.value, scope)
        if self._tree.known(key):
            path = self._text(decorator.args[0] if decorator.args else _keyword(decorator, "path"), scope)
            yield from self._routes(key, path, (verb.upper(),) if verb in VERBS else self._methods(decorator, scope), target, decorator, scope)

    def _routes(
        self, key: str, path: str, methods: tuple[str, ...], info: FunctionInfo, call: syntax.Call, scope: Scope, around: tuple[Guard | str, ...] = ()
    ) -> Iterator[Route]:
        found = [*self._dependencies.of_function(info), *self._dependencies.of_expression(_keyword(call, "dependencies"), scope), *around]
        if info.owner:
            found += self._dependencies.of_class(info.owner)
        guards, providers = split(iter(found))
        file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        renders = self._renders(info, call, scope, key)
        checks = (*self._inherited(key), *providers, *(self.middleware.of(info, providers) if renders == "json" else ()))
        for place in self._tree.places(key) or ():
            for method in methods:
                yield Route(
                    framework="fastapi",
                    method=method,
                    path=plain(join_paths(place.prefix, path)) or "/",
                    handler=info.id,
                    symbol=info.node.qualname,
                    file=info.module.path,
                    line=info.node.line,
                    owner=info.owner,
                    guards=tuple(dict.fromkeys((*place.guards, *guards))),
                    renders=renders,
                    name=self._text(_keyword(call, "name"), scope) or info.node.name,
                    table_file=file,
                    table_line=call.line,
                    guard_handlers=tuple(dict.fromkeys(checks)),
                )

    def _inherited(self, key: str) -> tuple[str, ...]:
        """Providers that a table and all tables above it depend on."""
        return tuple(p for table in self._tree.above(key) for p in self._providers.get(table, ()))

    def starlette(self) -> Iterator[Route]:
        """Routes of Starlette's route objects."""
        for found in starlette_routes(self._context):
            info, owner = found.handler, found.owner
            checks = (*self.middleware.of(info, found.wrappers), *found.wrappers)
            yield Route(
                framework="fastapi", method=found.method, path=found.path, handler=info.id,
                symbol=f"{owner.node.qualname}.{info.node.name}" if owner is not None else info.node.qualname, file=info.module.path, line=info.node.line,
                owner=owner.id if owner is not None else info.owner, renders=self._answers.of(info),
                name=str(found.call.keywords.get("name") or info.node.name),
                table_file=found.call.file, table_line=found.call.line, guard_handlers=tuple(dict.fromkeys(checks)),
            )

    def _methods(self, call: syntax.Call, scope: Scope) -> tuple[str, ...]:
        folded = self._program.fold(_keyword(call, "methods"), scope) if _keyword(call, "methods") is not None else None
        return tuple(str(m).upper() for m in folded) if isinstance(folded, (list, tuple, set)) else ("GET",)

    def _renders(self, info: FunctionInfo, call: syntax.Call, scope: Scope, key: str) -> Renders:
        declared = _keyword(call, "response_class")
        said = self._answers.named(declared, scope) if declared is not None else "json"
        said = said if said != "json" else self._answers.of(info)
        paged = said != "html" and declared is None and not self._pages.isdisjoint((key, *self._tree.above(key)))
        return "html" if paged else said

    def _text(self, expr: syntax.Expr | None, scope: Scope) -> str:
        folded = self._program.fold(expr, scope) if expr is not None else ""
        if expr is not None and (not isinstance(folded, str) or folded == "{}"):  # `settings.prefix` of an object that the project makes
            folded = setup_code(self._program).value(expr, scope)
        return folded if isinstance(folded, str) else ""


def _keyword(call: syntax.Call, name: str) -> syntax.Expr | None:
    return next((k.value for k in call.keywords if k.name == name), None)
