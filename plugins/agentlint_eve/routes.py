"""Endpoints that Eve makes of a resource: a list and its items, what they write, who may call, and the hooks that run around.

Eve documentation, "Features" (Event Hooks) and "Authentication and Authorization".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import AuthKind, ClassInfo, Context, Effect, EffectOperation, Guard, Route, Value, once, syntax, walk
from agentlint_eve.domain import Domain, Resource

_WRITES: dict[tuple[str, bool], EffectOperation] = {
    ("POST", False): "create", ("DELETE", False): "delete", ("PATCH", True): "update", ("PUT", True): "update", ("DELETE", True): "delete",
}
"""What a verb does, to the list and to one item."""
_APIS = {"create": "pymongo.collection.Collection.insert_one()", "update": "pymongo.collection.Collection.update_one()"}
_KINDS: tuple[tuple[str, AuthKind], ...] = (("eve.auth.TokenAuth", "token"), ("eve.auth.HMACAuth", "signature"), ("eve.auth.BasicAuth", "basic"))
_EVENTS = {"POST": ("insert", "inserted"), "PATCH": ("update", "updated"), "PUT": ("replace", "replaced"), "DELETE": ("delete", "deleted")}
_HOOK = re.compile(r"^on_(pre|post)_([A-Z]+)(?:_(\w+))?$|^on_([a-z]+?)(?:_(?:item|resource))?(?:_(\w+))?$")


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    domain, hooks = Domain(context), tuple(_hooks(context))
    base = "".join(f"/{part}" for name in ("URL_PREFIX", "API_VERSION") if isinstance(part := domain.setting(name, ""), str) and part)
    resources = list(domain.resources())
    for app in domain.apps if not resources else ():
        context.gap(app.file, app.line, "the resources of this application are not known")
    for resource in resources:
        path = resource.settings.get("url", resource.name)
        for verb, item in _verbs(resource, domain):
            operation = _WRITES.get((verb, item))
            around = [f for word, named, f in hooks if named in ("", resource.name) and (word == verb or word in _EVENTS.get(verb, ()))]
            yield Route(
                framework="eve", method=verb, path=f"{base}/{_holes(path)}{'/{_id}' if item else ''}", handler="", symbol=resource.name, file=resource.file,
                line=resource.line, surface="api", renders="json", name=resource.name, action=operation or "", resource=resource.name,
                table_file=resource.file, table_line=resource.line, guards=tuple(_guards(resource, verb, item, domain, context)),
                effects=(_effect(resource, operation),) if operation else (), extra_handlers=tuple(dict.fromkeys(around)),
            )


def _verbs(resource: Resource, domain: Domain) -> Iterator[tuple[str, bool]]:
    """The verbs of the list and of an item: of the resource, else of the application, else reading alone."""
    for key, default, item in (("resource_methods", "RESOURCE_METHODS", False), ("item_methods", "ITEM_METHODS", True)):
        told = resource.settings.get(key, domain.setting(default, ["GET"]))
        yield from ((verb, item) for verb in told if isinstance(verb, str) and verb not in ("HEAD", "OPTIONS")) if isinstance(told, list | tuple) else ()


def _effect(resource: Resource, operation: EffectOperation) -> Effect:
    schema = resource.settings.get("schema")
    known = schema.items() if isinstance(schema, dict) and operation != "delete" else ()
    fields = tuple(sorted(n for n, rules in known if isinstance(n, str) and not (isinstance(rules, dict) and rules.get("readonly") is True)))
    api = _APIS.get(operation, "pymongo.collection.Collection.delete_one()")
    return Effect("orm-write", operation, resource.name, resource.file, resource.line, "", fields=fields, api=api, registered=True)


def _guards(resource: Resource, verb: str, item: bool, domain: Domain, context: Context) -> Iterator[Guard]:
    """The class that checks callers: of the resource, else of the application; methods that are public ask nobody."""
    public = "public_item_methods" if item else "public_methods"
    open_to_all = resource.settings.get(public, domain.setting(public.upper(), []))
    if isinstance(open_to_all, list | tuple) and verb in open_to_all:
        return
    told = [resource.settings["authentication"]] if "authentication" in resource.settings else [m.keywords.get("auth") for m in domain.apps]
    for value in told:
        name = _class(value)
        info = context.program.classes.get(name)
        kind = next((k for base, k in _KINDS if name == base or (info is not None and context.program.inherits(name, base))), None)
        if kind is not None:
            tells = _tells(info, context) if info is not None else ()
            for one in tells or (kind,):
                yield Guard(one, name.rpartition(".")[2], *((info.module.path, info.node.line) if info is not None else (resource.file, resource.line)))


def _tells(info: ClassInfo, context: Context) -> tuple[AuthKind, ...]:
    """A class on basic credentials that reads a token out of them: what is sent as the name is no name."""
    method = context.program.method(info.id, "check_auth")
    named = {p.name for p in method.node.params[:2]} if method is not None else set()
    return ("token",) if any("token" in n for n in named) else ()


def _class(value: Value) -> str:
    callee = getattr(value, "callee", value)
    return getattr(callee, "name", "")


def _hooks(context: Context) -> Iterator[tuple[str, str, str]]:
    """`app.on_insert_people += f`: the event or verb, the resource (empty for every one), and the function."""
    scopes = [(m, m.body) for m in context.program.modules.values()] + [(f, f.node.body) for f in context.program.functions.values()]
    for scope, body in scopes:
        for stmt in walk.statements(body):
            target = stmt.targets[0] if isinstance(stmt, syntax.Assign) and stmt.op == "+" else None
            found = _HOOK.match(target.attr) if isinstance(target, syntax.Attribute) else None
            name = context.program.resolve(stmt.value, scope) if found and isinstance(stmt, syntax.Assign) else ""
            if found and name in context.program.functions:
                yield found[2] or found[4], found[3] or found[5] or "", name


def _holes(path: Value) -> str:
    """`people/<regex("[a-f0-9]{24}"):who>/orders` with plain holes."""
    return re.sub(r"<(?:[^<>:]*(?:\([^()]*\))?:)?(\w+)>", r"{\1}", path.strip("/")) if isinstance(path, str) else "{}"
