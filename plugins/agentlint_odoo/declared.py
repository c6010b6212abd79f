"""What XML and CSV files of add-ons declare: buttons and views of models, scheduled jobs, actions, and access rights.

Odoo documentation, "View architectures", "Actions" and "Security in Odoo".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import Context, Documents, XmlElement

_EDITING = frozenset({"form", "tree", "list", "kanban", "calendar", "activity", "gantt"})
_SWITCHES = {"create": "create", "edit": "update", "delete": "delete"}
_INNER = re.compile(r"field\[@name=['\"](\w+)['\"]\]//?(?:\w+/)*(?:form|tree|list|kanban)\b")
"""Fields into whose own view an `xpath` leads."""
_CODE = re.compile(r"\b(?:model|records?|env\[['\"]([\w.]+)['\"]\])(?:\.\w+\([^()]*\))*?\.(\w+)\(")
_RIGHTS = {"perm_write": "update", "perm_create": "create", "perm_unlink": "delete"}
_TRUE = frozenset({"1", "true", "True"})


class Button(msgspec.Struct, frozen=True, order=True):
    """A button that calls a method of a model."""

    model: str
    method: str
    file: str
    line: int


class View(msgspec.Struct, frozen=True, order=True):
    """A view with which people make, change and delete rows of a model, as far as it allows."""

    model: str
    operations: tuple[str, ...]
    file: str
    line: int


class Code(msgspec.Struct, frozen=True, order=True):
    """A method that a scheduled job or an action calls."""

    model: str
    method: str
    file: str
    line: int
    name: str
    scheduled: bool


class Declared(msgspec.Struct, frozen=True):
    """Everything declared beside the code."""

    buttons: tuple[Button, ...]
    views: tuple[View, ...]
    codes: tuple[Code, ...]
    rights: dict[str, frozenset[str]]
    """Model by its identifier (`sale_order`) to what somebody may do with its rows."""

    def allows(self, model: str, operation: str) -> bool:
        """False when the add-ons list rights for a model and nobody has this one."""
        listed = self.rights.get(model.replace(".", "_"))
        return listed is None or operation in listed


def declared_in(context: Context) -> Declared:
    """All declarations of a project, sorted."""
    documents = context.documents
    buttons: set[Button] = set()
    views: set[View] = set()
    codes: set[Code] = set()
    for path in documents.paths:
        if not path.endswith(".xml") or not _is_data(documents.bytes_of(path)):
            continue
        root = documents.xml(path)
        for record in _records(root) if root is not None else ():
            kind = record.attributes.get("model")
            if kind == "ir.ui.view":
                _view(record, path, buttons, views)
            elif kind in ("ir.cron", "ir.actions.server"):
                codes.update(_codes(record, path, kind == "ir.cron"))
    return Declared(tuple(sorted(buttons)), tuple(sorted(views)), tuple(sorted(codes)), _rights(documents))


def _is_data(text: bytes) -> bool:
    head = text[:4096]
    return b"<odoo" in head or b"<openerp" in head


def _records(root: XmlElement) -> Iterator[XmlElement]:
    return (e for e in root.walk() if e.tag == "record")


def _field(record: XmlElement, name: str) -> XmlElement | None:
    return next((c for c in record.children if c.tag == "field" and c.attributes.get("name") == name), None)


def _view(record: XmlElement, path: str, buttons: set[Button], views: set[View]) -> None:
    model, arch = _field(record, "model"), _field(record, "arch")
    if model is None or arch is None:
        return
    _buttons(arch, model.text, path, buttons)
    if _field(record, "inherit_id") is not None:
        return
    for top in arch.children:
        if top.tag in _EDITING and (top.tag not in ("tree", "list") or "editable" in top.attributes):
            off = {done for switch, done in _SWITCHES.items() if top.attributes.get(switch) in ("0", "false", "False")}
            if top.tag in ("kanban", "calendar", "activity", "gantt"):
                continue  # they open the form to change a row
            views.add(View(model.text, tuple(o for o in ("create", "update", "delete") if o not in off), path, top.line))


def _buttons(element: XmlElement, model: str, path: str, found: set[Button]) -> None:
    """Buttons of a view; those below a field's own view belong to what the field holds, by the name that `@` stands before."""
    for child in element.children:
        if child.tag in ("button", "a", "i", "div", "span") and child.attributes.get("type") in ("object",) and child.attributes.get("name"):
            found.add(Button(model, child.attributes["name"], path, child.line))
        inner = [child.attributes.get("name", "")] if child.tag == "field" and any(c.tag in _EDITING for c in child.children) else []
        if child.tag == "xpath":
            inner = _INNER.findall(child.attributes.get("expr", ""))
        _buttons(child, "@".join((model, *inner)), path, found)


def _codes(record: XmlElement, path: str, scheduled: bool) -> Iterator[Code]:
    held = _field(record, "model_id")
    reference = (held.attributes.get("ref") or held.attributes.get("eval", "")) if held is not None else ""
    name, code = _field(record, "name"), _field(record, "code")
    title = name.text if name is not None else record.attributes.get("id", "")
    for match in _CODE.finditer(code.text) if code is not None else ():
        yield Code(match[1] or reference.rpartition(".")[2].removeprefix("model_"), match[2], path, record.line, title, scheduled)
    method = _field(record, "function")
    if method is not None:
        yield Code(getattr(_field(record, "model"), "text", ""), method.text, path, record.line, title, scheduled)


def _rights(documents: Documents) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for path in documents.paths:
        if not path.rpartition("/")[2].startswith("ir.model.access"):
            continue
        for row in documents.table(path) if path.endswith(".csv") else ():
            model = (row.get("model_id:id") or row.get("model_id/id") or "").rpartition(".")[2].removeprefix("model_")
            granted = {done for right, done in _RIGHTS.items() if row.get(right, "").strip() in _TRUE}
            found.setdefault(model, set()).update(granted)
    return {model: frozenset(granted) for model, granted in found.items()}
