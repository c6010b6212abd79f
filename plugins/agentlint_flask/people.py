"""Who `current_user` is, and what a request's own namespace (`flask.g`) holds: objects of the project behind names of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import Element, FunctionInfo, Program, Scope, Type, called, kept_attributes, kept_items, syntax, walk

_LOADERS = ("user_loader", "request_loader", "header_loader", "user_lookup_loader", "user_loader_callback_loader")
_HOMES = ("flask_login", "flask_login.utils", "flask_security", "flask_jwt_extended", "flask_praetorian")
"""Modules from which `current_user` is imported."""
_MIXINS = ("flask_login.UserMixin", "flask_login.mixins.UserMixin", "flask_security.UserMixin", "flask_security.core.UserMixin")
_STORES = ("SQLAlchemyUserDatastore", "SQLAlchemySessionUserDatastore", "MongoEngineUserDatastore", "PeeweeUserDatastore", "PonyUserDatastore")
_SPACES = ("flask.g", "quart.g")
_APPLICATIONS = ("flask.current_app", "flask.Flask", "quart.current_app", "quart.Quart")
_OWN = frozenset({"config", "extensions", "name", "debug", "testing", "logger", "secret_key", "url_map", "view_functions", "jinja_env", "json", "cli"})
"""What the application has by itself."""
_PROXIES = ("werkzeug.local.LocalProxy", "werkzeug.LocalProxy")

Told = dict[str, dict[str, Type | Element]]


def people(program: Program) -> Mapping[str, Mapping[str, Type | Element]]:
    """Types of `current_user` and of what the project keeps on `g`."""
    found: Told = {space: {} for space in _SPACES}
    for scope, body in _scopes(program):
        for stmt in walk.statements(body):
            if isinstance(stmt, syntax.Assign) and stmt.value is not None and not stmt.op and not isinstance(stmt.value, syntax.Constant):
                for target, value in _pairs(stmt.targets, stmt.value):
                    space = program.resolve(target.value, scope) if isinstance(target, syntax.Attribute) else ""
                    if space in found and isinstance(target, syntax.Attribute):
                        found[space].setdefault(target.attr, Element(value, scope))
    user = _user(program)
    if user is not None:
        found.update({home: {"current_user": user} for home in (*_HOMES, *_own_homes(program))})
    return found


def _pairs(targets: tuple[syntax.Expr, ...], value: syntax.Expr) -> Iterator[tuple[syntax.Expr, syntax.Expr]]:
    """Each target with what it is given: `g.user, g.roles = known` gives the first and the second item."""
    for target in targets:
        if not isinstance(target, syntax.Sequence):
            yield target, value
            continue
        for number, one in enumerate(target.items):
            item = value.items[number] if isinstance(value, syntax.Sequence) and len(value.items) == len(target.items) else None
            yield one, item or syntax.Subscript(value, syntax.Constant(number, one.line), one.line)


def _own_homes(program: Program) -> Iterator[str]:
    """Modules of the project that make a `current_user` of their own: `current_user = LocalProxy(load)`."""
    for module in program.modules.values():
        for stmt in module.body:
            if isinstance(stmt, syntax.Assign) and isinstance(stmt.value, syntax.Call) and program.resolve(stmt.value.func, module) in _PROXIES:
                if any(isinstance(t, syntax.Name) and t.id == "current_user" for t in stmt.targets):
                    yield module.name


def given_to_resources(program: Program) -> Told:
    """What `add_resource(..., resource_class_kwargs={...})` hands to the initialisers of resources: parameters and keywords by name."""
    found: Told = {}
    for scope, body in _scopes(program):
        for call in walk.calls(body):
            given = next((k.value for k in call.keywords if k.name == "resource_class_kwargs"), None)
            if not isinstance(given, syntax.Mapping) or not call.args:
                continue
            owner = program.resolve(call.args[0], scope)
            method = program.method(owner, "__init__") if owner in program.classes else None
            for key, value in zip(given.keys, given.values, strict=True):
                if method is not None and isinstance(key, syntax.Constant) and isinstance(key.value, str):
                    found.setdefault(method.id, {}).setdefault(key.value, Element(value, scope))
    return found


def on_application(program: Program) -> Told:
    """What programs keep on the application, in its extensions and in its configuration, which handlers find on `current_app`."""
    found: Told = {}
    attributes = kept_attributes(program, called("app", "application", "current_app"))
    for owner in _APPLICATIONS:
        found[owner] = {name: value for name, value in attributes.items() if name not in _OWN}
        for place in ("extensions", "config"):
            found[f"{owner}.{place}"] = {**kept_items(program, called(place))}
    return found


def _scopes(program: Program) -> Iterator[tuple[Scope, tuple[syntax.Stmt, ...]]]:
    for module in program.modules.values():
        if module.language == "python":
            yield module, module.body
    for info in program.functions.values():
        yield info, info.node.body


def _user(program: Program) -> Type | Element | None:
    """What a loader gives; else the only class of users that there is."""
    for info in _loaders(program):
        for value in program.returned(info):
            if not isinstance(value, syntax.Constant):
                return Element(value, info)
    known = sorted({c for base in _MIXINS for c in program.subclasses(base) if not program.subclasses(c)} | set(_stored(program)))
    return Type(known[0]) if len(known) == 1 else None


def _loaders(program: Program) -> Iterator[FunctionInfo]:
    """Functions that Flask-Login and its kin ask for the user, those for the browser's session first."""
    named: dict[str, list[FunctionInfo]] = {verb: [] for verb in _LOADERS}
    for info in program.functions.values():
        for decorator in info.node.decorators:
            verb = getattr(getattr(decorator, "func", decorator), "attr", "")
            if verb in named:
                named[verb].append(info)
    for scope, body in _scopes(program):
        for call in walk.calls(body):
            verb = call.func.attr if isinstance(call.func, syntax.Attribute) else ""
            target = program.lookup(program.resolve(call.args[0], scope)) if verb in named and call.args else None
            if isinstance(target, FunctionInfo):
                named[verb].append(target)
    for verb in _LOADERS:
        yield from named[verb]


def _stored(program: Program) -> Iterator[str]:
    """User models given to a datastore: `SQLAlchemyUserDatastore(db, User, Role)`."""
    for scope, body in _scopes(program):
        for call in walk.calls(body):
            if walk.dotted(call.func).rpartition(".")[2] in _STORES and len(call.args) > 1:
                name = program.resolve(call.args[1], scope)
                if name in program.classes:
                    yield name
