"""Writes that name a DocType and go past its documents: `frappe.db.set_value("Leave Application", ...)`, `frappe.delete_doc(...)`, the query builder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import CallSite, Effect, EffectOperation, syntax, walk
from agentlint_frappe.doctypes import DocTypes

_CALLS: dict[str, tuple[EffectOperation, int]] = {
    "frappe.db.set_value": ("update", 2), "frappe.db.set_single_value": ("update", 1), "frappe.db.delete": ("delete", -1), "frappe.db.truncate": ("delete", -1),
    "frappe.db.bulk_insert": ("create", -1), "frappe.db.bulk_update": ("update", -1), "frappe.delete_doc": ("delete", -1),
    "frappe.delete_doc_if_exists": ("delete", -1), "frappe.rename_doc": ("update", -1), "frappe.client.set_value": ("update", 2),
    "frappe.client.delete": ("delete", -1),
}
"""Function to what it does and the position of the fields."""
_SQL = re.compile(r"^\s*(update|delete\s+from|delete|insert\s+into|insert\s+ignore\s+into|replace\s+into)\s+`?tab([^`]+)`?", re.IGNORECASE)
_VERBS: dict[str, EffectOperation] = {"update": "update", "delete": "delete", "insert": "create", "replace": "write"}
_BUILDER: dict[str, EffectOperation] = {"frappe.qb.update": "update", "frappe.qb.into": "create", "frappe.qb.from_": "delete"}


def database_effects(site: CallSite, doctypes: DocTypes) -> Iterator[Effect]:
    """The effect of one call, when it is one of these."""
    known = _CALLS.get(site.library)
    if known is not None:
        operation, position = known
        fields = _fields(site.call.args[position]) if 0 <= position < len(site.call.args) else ()
        yield _effect(site, operation, _doctype(site), fields, doctypes)
    elif site.library == "frappe.db.sql" and site.call.args:
        yield from _spoken(site, doctypes)
    elif site.name == "run" and isinstance(site.call.func, syntax.Attribute):
        yield from _built(site, doctypes)


def _spoken(site: CallSite, doctypes: DocTypes) -> Iterator[Effect]:
    """SQL that writes: the table of a DocType is its name after `tab`."""
    scope = doctypes.program.functions.get(site.caller)
    text = doctypes.program.fold(site.call.args[0], scope) if scope is not None else None
    found = _SQL.search(text) if isinstance(text, str) else None
    if found is not None:
        model = doctypes.class_of(found[2].strip())
        yield Effect(
            "raw-sql", _VERBS[found[1].lower().split()[0]], model.rpartition(".")[2], site.file, site.line, site.caller, model=model, api="frappe.db.sql()",
            methods=site.methods,
        )


def _built(site: CallSite, doctypes: DocTypes) -> Iterator[Effect]:
    """`frappe.qb.update(table).set(table.status, "Open").run()`: the chain that ends in `run`."""
    step: syntax.Expr = site.call.func
    called: list[str] = []
    fields: list[str] = []
    while True:
        if isinstance(step, syntax.Attribute):
            step = step.value
        elif isinstance(step, syntax.Call):
            called.append(walk.dotted(step.func))
            if isinstance(step.func, syntax.Attribute) and step.func.attr == "set" and step.args:
                fields += _fields(step.args[0])
            operation = _BUILDER.get(called[-1])
            if operation is not None:
                is_delete = any(isinstance(c, str) and c.endswith(".delete") for c in called) or _deletes(site.call.func)
                if operation != "delete" or is_delete:
                    yield _effect(site, operation, _table(step, site, doctypes), tuple(sorted(set(fields))), doctypes, called[-1])
                return
            step = step.func
        else:
            return


def _deletes(expr: syntax.Expr) -> bool:
    while isinstance(expr, syntax.Attribute | syntax.Call):
        if isinstance(expr, syntax.Attribute):
            if expr.attr == "delete":
                return True
            expr = expr.value
        else:
            expr = expr.func
    return False


def _table(call: syntax.Call, site: CallSite, doctypes: DocTypes) -> str:
    """The DocType of a table: named, or a variable that `frappe.qb.DocType(...)` was given to."""
    first = call.args[0] if call.args else None
    if isinstance(first, syntax.Name):
        info = doctypes.program.functions.get(site.caller)
        for stmt in walk.statements(info.node.body) if info is not None else ():
            if isinstance(stmt, syntax.Assign) and any(walk.dotted(t) == first.id for t in stmt.targets) and isinstance(stmt.value, syntax.Call):
                first = stmt.value.args[0] if stmt.value.args else None
                break
    elif isinstance(first, syntax.Call):
        first = first.args[0] if first.args else None
    return first.value if isinstance(first, syntax.Constant) and isinstance(first.value, str) else ""


def _doctype(site: CallSite) -> str:
    first = site.call.args[0] if site.call.args else next((k.value for k in site.call.keywords if k.name in ("doctype", "dt")), None)
    return first.value if isinstance(first, syntax.Constant) and isinstance(first.value, str) else ""


def _fields(expr: syntax.Expr) -> tuple[str, ...]:
    if isinstance(expr, syntax.Constant) and isinstance(expr.value, str):
        return (expr.value,)
    if isinstance(expr, syntax.Mapping):
        return tuple(sorted(str(k.value) for k in expr.keys if isinstance(k, syntax.Constant)))
    return (expr.attr,) if isinstance(expr, syntax.Attribute) else ()


def _effect(site: CallSite, operation: EffectOperation, doctype: str, fields: tuple[str, ...], doctypes: DocTypes, api: str = "") -> Effect:
    model = doctypes.class_of(doctype) if doctype else ""
    return Effect(
        "orm-write", operation, model.rpartition(".")[2], site.file, site.line, site.caller, model=model, fields=fields, api=f"{api or site.library}()",
        methods=site.methods, confidence="high" if model else "medium",
    )
