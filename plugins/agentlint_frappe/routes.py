"""Forms and REST resources of DocTypes, whitelisted functions and methods, scheduled functions.

Frappe documentation, "REST API": every DocType has a resource, every whitelisted function an address, and both take an API key and secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.api import Effect, EffectOperation, FunctionInfo, Guard, Route, syntax
from agentlint_frappe.doctypes import DOCUMENT, DocType, DocTypes
from agentlint_frappe.events import handlers_at

_WHITELIST = ("frappe.whitelist", "frappe.whitelist()")
_DEEDS: dict[str, tuple[EffectOperation, str, str, str, str]] = {
    "create": ("create", "insert", "create", "POST", ""),
    "update": ("update", "save", "write", "PUT", "/{name}"),
    "delete": ("delete", "delete", "delete", "DELETE", "/{name}"),
    "submit": ("update", "submit", "submit", "POST", "/{name}/method/submit"),
    "cancel": ("update", "cancel", "cancel", "POST", "/{name}/method/cancel"),
}
"""Action: what it writes, the document's method, the right it needs, HTTP method and address of the API."""


def document_routes(doctypes: DocTypes) -> Iterator[Route]:
    """The form of each DocType, and the resource that does the same."""
    for one in doctypes.own.values():
        if one.table:
            continue
        for action in ("update",) if one.single else _DEEDS:
            _, _, right, verb, address = _DEEDS[action]
            if right not in one.rights or (action in ("submit", "cancel") and not one.submittable):
                continue
            base = "/api/v2/document" if "/method/" in address else "/api/resource"
            yield _of_document(one, action, doctypes, "POST", f"/app/{one.name.lower().replace(' ', '-')}", "gui")
            yield _of_document(one, action, doctypes, verb, f"{base}/{one.name}{address}", "api")


def _of_document(one: DocType, action: str, doctypes: DocTypes, verb: str, path: str, surface: str) -> Route:
    operation, method, *_ = _DEEDS[action]
    file, line = (one.info.module.path, one.info.node.line) if one.info is not None else (one.file, 1)
    effect = Effect(
        "orm-write", operation, one.class_id.rpartition(".")[2], file, line, "", model=one.class_id, api=f"{DOCUMENT}.{method}()", registered=True,
        fields=("docstatus",) if action in ("submit", "cancel") else (),
    )
    guards = (Guard("session", "the desk", file, line),) if surface == "gui" else (Guard("api-key", "API key and secret", file, line),)
    return Route(
        framework="frappe", method=verb, path=path, handler="", symbol=one.info.node.qualname if one.info is not None else one.name, file=file, line=line,
        owner=one.info.id if one.info is not None else "", surface=surface, guards=guards, effects=(effect,),  # type: ignore[arg-type]
        renders="html" if surface == "gui" else "json", action=action, resource=one.name, table_file=one.file, table_line=1,
        extra_handlers=handlers_at(doctypes, one.name, one.class_id, method),
    )


def method_routes(doctypes: DocTypes) -> Iterator[Route]:
    """Whitelisted functions at their dotted name, and whitelisted methods of documents."""
    program = doctypes.program
    names = {one.class_id: one.name for one in doctypes.own.values()}
    for info in program.functions.values():
        for decorator in info.node.decorators:
            call = decorator if isinstance(decorator, syntax.Call) else None
            if program.resolve(call.func if call is not None else decorator, info.module) not in _WHITELIST:
                continue
            told = {k.name: program.fold(k.value, info.module) for k in call.keywords if k.name} if call is not None else {}
            yield from _published(info, told, names, doctypes)


def _published(info: FunctionInfo, told: Mapping[str, object], names: dict[str, str], doctypes: DocTypes) -> Iterator[Route]:
    methods = told.get("methods")
    verbs = [str(m) for m in methods] if isinstance(methods, list | tuple) else ["ANY"]
    owner = names.get(info.owner, info.owner.rpartition(".")[2])
    path = f"/api/v2/document/{owner}/{{name}}/method/{info.node.name}" if info.owner else f"/api/method/{info.id}"
    place = (info.module.path, info.node.line)
    open_ = bool(told.get("allow_guest"))
    guards = (Guard("anonymous", "allow_guest", *place),) if open_ else (Guard("api-key", "API key and secret", *place), Guard("session", "", *place))
    for verb in verbs:
        yield Route(
            framework="frappe", method=verb, path=path, handler=info.id, symbol=info.node.qualname, file=place[0], line=place[1], owner=info.owner,
            surface="api", guards=guards, renders="json", name=info.id, table_file=place[0], table_line=place[1],
        )


def job_routes(doctypes: DocTypes) -> Iterator[Route]:
    """Functions that `scheduler_events` names."""
    for when, dotted, file, line in doctypes.hooks.scheduled:
        info = doctypes.program.functions.get(doctypes.program.canonical(dotted))
        if info is not None:
            yield Route(
                framework="frappe", method="RUN", path=f"{dotted} ({when})", handler=info.id, symbol=info.node.qualname, file=info.module.path,
                line=info.node.line, surface="job", table_file=file, table_line=line,
            )
