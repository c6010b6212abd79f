"""Writes that a view hands to its data interface (`self.datamodel.delete(item)`) or to the framework's own handler (`super().post()`)."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import CallSite, Context, Effect, Made, Program, Ref, Type, setup_code, syntax, walk

VIEWS = ("flask_appbuilder.BaseView", "flask_appbuilder.BaseApi")
INTERFACE = "flask_appbuilder.models.sqla.interface.SQLAInterface"
_INTERFACE = {"add": "create", "edit": "update", "delete": "delete", "delete_all": "delete"}
_OWN = {
    "_add": "create", "_edit": "update", "_delete": "delete", "post_headless": "create", "put_headless": "update", "delete_headless": "delete",
}
_ABOVE = {
    "add": "create", "edit": "update", "delete": "delete", "post": "create", "put": "update", "api_create": "create", "api_update": "update",
    "api_delete": "delete",
}
_API = {"create": "sqlalchemy.orm.Session.add()", "update": "sqlalchemy.orm.Session.merge()", "delete": "sqlalchemy.orm.Session.delete()"}
"""What the SQLAlchemy interface calls."""


def api_of(operation: str) -> str:
    """The library call by which the framework writes."""
    return _API[operation]


def interface_effects(site: CallSite, context: Context) -> Iterator[Effect]:
    """The write of a call, its model left open to the concrete view."""
    operation = _written(site)
    info = context.program.functions.get(site.caller)
    if not operation or info is None or not info.owner or not _is_view(info.owner, context.program):
        return
    if any(t.confidence != "low" and not _hands_on(t.function, context.program) for t in site.targets):
        return  # a method of the project: its own lines tell
    yield Effect(
        "orm-write", operation, "", site.file, site.line, site.caller, api=_API[operation], methods=site.methods, open_model="attribute datamodel",  # type: ignore[arg-type]
    )


def _hands_on(function: str, program: Program) -> bool:
    """True for a method that does the framework's own beside what it adds: it calls the same of its base."""
    info = program.functions.get(function)
    above = (c.func for c in walk.calls(info.node.body) if isinstance(c.func, syntax.Attribute) and isinstance(c.func.value, syntax.Call)) if info else ()
    return info is not None and any(f.attr == info.node.name and walk.dotted(f.value.func) == "super" for f in above if isinstance(f.value, syntax.Call))


def _is_view(class_id: str, program: Program) -> bool:
    """True for views and for what is mixed into them."""
    return program.inherits(class_id, *VIEWS) or any(program.inherits(below, *VIEWS) for below in program.subclasses(class_id))


def interface_types(program: Program) -> dict[str, dict[str, Type]]:
    """The data interface of each view class that names one, and of the framework's classes."""
    evaluator = setup_code(program).evaluator
    found = {base: {"datamodel": Type(INTERFACE)} for base in VIEWS}
    for base in VIEWS:
        for class_id in program.subclasses(base):
            info = program.classes[class_id]
            held = evaluator.class_attribute(class_id, "datamodel") if "datamodel" in info.attributes else None
            if isinstance(held, Made) and isinstance(held.callee, Ref):
                found[class_id] = {"datamodel": Type(held.callee.name)}
    return found


def _written(site: CallSite) -> str:
    func = site.call.func
    if not isinstance(func, syntax.Attribute):
        return ""
    if walk.dotted(func.value) == "self.datamodel":
        return _INTERFACE.get(func.attr, "")
    if walk.dotted(func.value) == "self":
        return _OWN.get(func.attr, "")
    above = isinstance(func.value, syntax.Call) and walk.dotted(func.value.func) == "super"
    return ({**_ABOVE, **_OWN}).get(func.attr, "") if above else ""
