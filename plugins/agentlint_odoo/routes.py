"""What people start on Odoo's pages, what programs start through its external API, and what the clock starts.

The external API calls every public method of every model, with the caller's rights: Odoo documentation, "External API", "Calling methods".
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Effect, EffectOperation, FunctionInfo, Guard, Program, Route, syntax, walk
from agentlint_odoo.declared import Declared
from agentlint_odoo.registry import Model, Registry, outside

_WRITES: dict[EffectOperation, str] = {"create": "create", "update": "write", "delete": "unlink"}
_CLOSED = frozenset(f"odoo.api.{name}" for name in ("private", "depends", "depends_context", "onchange", "constrains", "ondelete"))
"""Decorators of what no caller calls: kept from callers, or run by the framework as fields change."""
_APIS = {name: f"odoo.models.BaseModel.{name}()" for name in _WRITES.values()}
_NEVER = frozenset({"init", *_WRITES.values()})
_WINDOWS = frozenset({"ir.actions.act_window", "ir.actions.act_url", "ir.actions.client", "ir.actions.report", "ir.actions.act_window_close"})
_OPENERS = frozenset({
    "_for_xml_id", "for_xml_id", "get_formview_action", "read", "_get_records_action", "report_action", "_get_action_view_picking", "get_access_action",
})
"""Methods whose result is an action."""
_HELPERS = 2
"""Methods that may stand between a button's and the one that makes the action."""
_SESSION = (Guard("session", "the web client", "", 0),)


def page_routes(registry: Registry, declared: Declared) -> Iterator[Route]:
    """Buttons, actions and forms of views, and scheduled jobs."""
    seen = set()
    for button in declared.buttons:
        model = _meant(button.model, registry)
        if model is None or registry.method(model, button.method) is None:
            model = registry.only_with(button.method)  # in the view of a field that another package declares
        if model is None or button.method.startswith("_") or (model.name, button.method) in seen:
            continue
        seen.add((model.name, button.method))
        method = registry.method(model, button.method)
        if method is not None:
            yield _page(f"/web/dataset/call_button/{model.name}/{button.method}", method, model, button.file, button.line, registry)
    yield from _codes(registry, declared, seen)
    written: dict[tuple[str, EffectOperation], tuple[str, int]] = {}
    for view in declared.views:
        for operation in view.operations:
            written.setdefault((view.model, operation), (view.file, view.line))  # type: ignore[arg-type]
    for (name, operation), (file, line) in sorted(written.items()):
        model = registry.models.get(name)
        if model is not None and model.own and registry.kind(model) == "Model" and declared.allows(name, operation):
            yield from _crud(model, operation, registry, file, line, "gui")


def _codes(registry: Registry, declared: Declared, seen: set[tuple[str, str]]) -> Iterator[Route]:
    by_identifier = {name.replace(".", "_"): model for name, model in registry.models.items()}
    for code in declared.codes:
        model = registry.models.get(code.model) or by_identifier.get(code.model)
        method = registry.method(model, code.method) if model is not None else None
        if model is None or method is None or (not code.scheduled and (model.name, code.method) in seen):
            continue
        if code.scheduled:
            yield _of_method(method, model, "RUN", code.name, registry, surface="job", table_file=code.file, table_line=code.line)
        else:
            seen.add((model.name, code.method))
            yield _page(f"/web/action/run/{model.name}/{code.method}", method, model, code.file, code.line, registry)


def external_routes(registry: Registry, declared: Declared, context: Context) -> Iterator[Route]:
    """Public methods of models, and what the framework itself lets callers write."""
    for model in registry.models.values():
        if registry.kind(model) == "AbstractModel" and (model.own or not registry.methods(model)):
            continue
        for name, method in sorted(_public(model, registry).items()):
            yield _of_method(method, model, "CALL", f"{model.name}/{name}", registry, surface="rpc", guards=_key(method))
        for operation in _WRITES if registry.kind(model) == "Model" else ():
            if declared.allows(model.name, operation) or not model.own:
                yield from _crud(model, operation, registry, model.first.module.path, model.first.node.line, "rpc")
    yield from _of_other_packages(registry, context)


def _public(model: Model, registry: Registry) -> dict[str, FunctionInfo]:
    """The methods that a caller may name: of the model, and of mixins of the program."""
    found: dict[str, FunctionInfo] = {}
    for name in (*reversed(registry.ancestors(model)), model.name):
        held = registry.models.get(name)
        if held is not None and (name == model.name or registry.kind(held) == "AbstractModel"):
            found.update(registry.methods(held))
    return {n: m for n, m in found.items() if not n.startswith("_") and n not in _NEVER and not _is_closed(m, registry)}


def _is_closed(method: FunctionInfo, registry: Registry) -> bool:
    """True for what is no method of records, or kept from callers."""
    resolved = {registry.program.resolve(d.func if isinstance(d, syntax.Call) else d, method.module) for d in method.node.decorators}
    plain = {walk.dotted(d) for d in method.node.decorators}
    return bool(resolved & _CLOSED) or bool(plain & {"property", "staticmethod", "classmethod"}) or not method.node.params


def _of_other_packages(registry: Registry, context: Context) -> Iterator[Route]:
    """Rows of other packages' models that the code writes: callers may write them too."""
    names = {outside(n): n for n in registry.named if n not in registry.models}
    found: dict[tuple[str, EffectOperation], tuple[str, int]] = {}
    operations: dict[str, EffectOperation] = {method: operation for operation, method in _WRITES.items()}
    for function in context.program.functions:
        for site in context.calls.sites(function):
            operation = operations.get(site.name)
            for type_ in site.receiver if operation is not None else ():
                if type_.name in names and operation is not None:
                    found.setdefault((type_.name, operation), (site.file, site.line))
    for (class_id, operation), (file, line) in sorted(found.items()):
        name = names[class_id]
        effect = Effect(
            "orm-write", operation, class_id.rpartition(".")[2], file, line, "", model=class_id, api=_APIS[_WRITES[operation]], registered=True,
        )
        yield Route(
            framework="odoo", method="CALL", path=f"{name}/{_WRITES[operation]}", handler="", symbol=name, file=file, line=line, surface="rpc",
            guards=(Guard("api-key", "the external API", file, line),), effects=(effect,), renders="json", action=_WRITES[operation], resource=name,
        )


def _meant(name: str, registry: Registry) -> Model | None:
    """The model of a button: `sale.order@order_line` is what that field holds."""
    model, *fields = name.split("@")
    for field in fields:
        model = registry.held_by(model, field)
    return registry.models.get(model)


def _crud(model: Model, operation: EffectOperation, registry: Registry, file: str, line: int, surface: str) -> Iterator[Route]:
    """One write that the framework offers for a model, through the model's own method where it has one."""
    name = _WRITES[operation]
    method = registry.methods(model).get(name)
    place = (model.first.module.path, model.first.node.line)
    effect = Effect("orm-write", operation, model.first.node.name, *place, "", model=model.first.id, api=_APIS[name], registered=True)
    path = f"{model.name}/{name}" if surface == "rpc" else f"/web/dataset/call_kw/{model.name}/{'web_save' if operation != 'delete' else 'unlink'}"
    yield Route(
        framework="odoo", method="CALL" if surface == "rpc" else "POST", path=path, handler=method.id if method is not None else "",
        symbol=method.node.qualname if method is not None else model.first.node.qualname, file=method.module.path if method is not None else place[0],
        line=method.node.line if method is not None else place[1], owner=model.last.id, surface=surface,  # type: ignore[arg-type]
        guards=_SESSION if surface == "gui" else _key(method) or (Guard("api-key", "the external API", *place),), effects=(effect,),
        renders="json" if surface == "rpc" else "html", action=operation, resource=model.name, table_file=file, table_line=line,
    )


def _key(method: FunctionInfo | None) -> tuple[Guard, ...]:
    return () if method is None else (Guard("api-key", "the external API", method.module.path, method.node.line),)


def _shows(method: FunctionInfo, owner: str, program: Program, depth: int = 0) -> bool:
    """True for a method that answers with an action, which opens a window: what it does beside that is what it is seen to do."""
    values = program.returned(method)
    assigned = {walk.dotted(t): s.value for s in walk.statements(method.node.body) if isinstance(s, syntax.Assign) for t in s.targets}
    meant = [assigned.get(v.id, v) if isinstance(v, syntax.Name) else v for v in values]
    return bool(meant) and all(_is_action(v) or depth < _HELPERS and _shown_by(v, owner, program, depth) for v in meant)


def _shown_by(value: syntax.Expr | None, owner: str, program: Program, depth: int) -> bool:
    """True for what another method of the same records gives, when that is an action."""
    if not isinstance(value, syntax.Call) or not isinstance(value.func, syntax.Attribute) or walk.dotted(value.func.value) != "self":
        return False
    helper = program.method(owner, value.func.attr)
    return helper is not None and _shows(helper, owner, program, depth + 1)


def _is_action(value: syntax.Expr | None) -> bool:
    if isinstance(value, syntax.Mapping):
        texts = [v.value for k, v in zip(value.keys, value.values) if isinstance(k, syntax.Constant) and k.value == "type" and isinstance(v, syntax.Constant)]
        return any(isinstance(t, str) and t in _WINDOWS for t in texts)
    if isinstance(value, syntax.Subscript):
        return _is_action(value.value)
    if isinstance(value, syntax.Constant):
        return value.value is None or value.value is False
    return isinstance(value, syntax.Call) and isinstance(value.func, syntax.Attribute) and value.func.attr in _OPENERS


def _page(path: str, method: FunctionInfo, model: Model, file: str, line: int, registry: Registry) -> Route:
    verb = "CALL" if _shows(method, model.last.id, registry.program) else "POST"
    return _of_method(method, model, verb, path, registry, surface="gui", table_file=file, table_line=line, guards=_SESSION, renders="html")


def _of_method(method: FunctionInfo, model: Model, verb: str, path: str, registry: Registry, **more: object) -> Route:
    return Route(
        framework="odoo", method=verb, path=path, handler=method.id, symbol=method.node.qualname, file=method.module.path, line=method.node.line,
        owner=model.last.id, resource=model.name, **{"renders": "json", **more},  # type: ignore[arg-type]
    )
