"""Pages of admin views: what the framework's forms write, what files its file views touch, actions and exposed methods."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import Context, Effect, FunctionInfo, Made, Ref, Route, Value, join_paths, syntax, walk
from agentlint_flaskadmin.registered import FILE_VIEW, MODEL_VIEW, Registered, Registrations

_PAGES = {
    "create": ("/new/", "create_view", "can_create", "create", "create_model", ("create_model", "on_model_change", "after_model_change", "_on_model_change")),
    "edit": ("/edit/", "edit_view", "can_edit", "update", "update_model", ("update_model", "on_model_change", "after_model_change", "_on_model_change")),
    "delete": ("/delete/", "delete_view", "can_delete", "delete", "delete_model", ("delete_model", "on_model_delete", "after_model_delete")),
}
"""Action: address, page method, flag, what it writes, the method that writes, and the methods that run around it."""
_FILES = {
    "upload": ("/upload/", "can_upload", "create"), "delete": ("/delete/", "can_delete", "delete"), "rename": ("/rename/", "can_rename", "update"),
    "mkdir": ("/mkdir/", "can_mkdir", "create"),
}
_EXPOSE, _ACTION = ("flask_admin.expose", "flask_admin.base.expose"), "flask_admin.actions.action"
_DISPATCHERS = ("action_view", "ajax_update", "handle_action")
_APIS = {"create": "sqlalchemy.orm.Session.add()", "update": "sqlalchemy.orm.Session.merge()", "delete": "sqlalchemy.orm.Session.delete()"}


def admin_routes(context: Context) -> Iterator[Route]:
    """Routes of all registered views."""
    registrations = Registrations(context.program)
    for view in registrations.all():
        yield from _Pages(view, registrations, context).routes()


class _Pages:
    """The pages of one view."""

    def __init__(self, view: Registered, registrations: Registrations, context: Context) -> None:
        self._view = view
        self._registrations = registrations
        self._program = context.program

    def routes(self) -> Iterator[Route]:
        """Pages of the framework that the view leaves open, then the project's own methods."""
        if self._registrations.is_a(self._view, MODEL_VIEW):
            yield from self._model_pages()
        if self._registrations.is_a(self._view, FILE_VIEW):
            yield from self._file_pages()
        yield from self._own_pages()

    def _method(self, name: str) -> FunctionInfo | None:
        return self._program.method(self._view.info.id, name) if self._view.info is not None else None

    def _allowed(self, flag: str) -> bool:
        """True unless the flag is switched off for good; a property that asks who is there leaves the page open."""
        default = flag != "can_edit" or self._registrations.is_a(self._view, MODEL_VIEW)
        value = self._registrations.attribute(self._view, flag)
        return value if isinstance(value, bool) else default

    # ---------------------------------------------------------- model pages

    def _model_pages(self) -> Iterator[Route]:
        for action, (path, page, flag, operation, writer, hooks) in _PAGES.items():
            if not self._allowed(flag) or self._method(page) is not None:
                continue
            effects = [] if self._replaced(writer) else [self._effect(operation, self._view.model, self._fields())]
            if operation != "delete":
                effects += self._inlines()
            extra = tuple(m.id for name in hooks if (m := self._method(name)) is not None)
            yield self._page(action, path, tuple(effects), extra)

    def _replaced(self, writer: str) -> bool:
        """True when the project's own method writes without the framework's."""
        method = self._method(writer)
        if method is None:
            return False
        return not any(isinstance(c.func, syntax.Attribute) and c.func.attr == writer for c in walk.calls(method.node.body))

    def _fields(self) -> tuple[str, ...]:
        """Columns of the form; empty for all of them."""
        listed = self._registrations.attribute(self._view, "form_columns")
        closed = self._registrations.attribute(self._view, "form_excluded_columns")
        texts = {f for f in listed if isinstance(f, str)} if isinstance(listed, list | tuple) else set()
        return tuple(sorted(texts - {f for f in closed if isinstance(f, str)} if isinstance(closed, list | tuple) else texts))

    def _inlines(self) -> Iterator[Effect]:
        """Rows of other models that the form edits in place."""
        inlines = self._registrations.attribute(self._view, "inline_models")
        for inline in inlines if isinstance(inlines, list | tuple) else ():
            model = self._inline_model(inline)
            for operation in ("create", "update", "delete") if model else ():
                yield self._effect(operation, model, ())

    def _inline_model(self, value: Value) -> str:
        if isinstance(value, tuple | list):
            value = value[0] if value else None
        if isinstance(value, Made):
            inits = [c for c in value.calls if c.method == "__init__"]
            value = next((a for c in (*inits, value) for a in c.args[:1] if isinstance(a, Ref)), None)
        return value.name if isinstance(value, Ref) else ""

    # ----------------------------------------------------------- file pages

    def _file_pages(self) -> Iterator[Route]:
        for action, (path, flag, operation) in _FILES.items():
            if self._allowed(flag):
                place = self._place()
                yield self._page(action, path, (Effect("file", operation, "", *place, "", registered=True),), ())  # type: ignore[arg-type]

    # ------------------------------------------------------------ own pages

    def _own_pages(self) -> Iterator[Route]:
        info = self._view.info
        names = dict.fromkeys(m for b in self._program.mro(info.id) if b in self._program.classes for m in self._program.classes[b].methods) if info else ()
        for name in names:
            method = self._method(name)
            for call in method.node.decorators if method is not None and name not in _DISPATCHERS else ():
                known = self._program.resolve(call.func, method.module) if method is not None and isinstance(call, syntax.Call) else ""
                if method is None or not isinstance(call, syntax.Call):
                    continue
                if known in _EXPOSE:
                    path, verbs = self._address(call, method)
                    for verb in verbs:
                        yield self._own(method, verb, path)
                elif known == _ACTION:
                    yield self._own(method, "POST", f"/action/?action={self._text(call.args[0], method) if call.args else name}")

    def _address(self, call: syntax.Call, method: FunctionInfo) -> tuple[str, tuple[str, ...]]:
        given = dict(zip(("url", "methods"), call.args, strict=False)) | {k.name: k.value for k in call.keywords if k.name}
        methods = self._program.fold(given["methods"], method.module) if "methods" in given else ("GET",)
        verbs = tuple(str(m).upper() for m in methods) if isinstance(methods, list | tuple) else ("GET",)
        return self._text(given["url"], method) if "url" in given else "/", verbs

    def _text(self, expr: syntax.Expr, method: FunctionInfo) -> str:
        folded = self._program.fold(expr, method.module)
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", folded) if isinstance(folded, str) else "{}"

    def _own(self, method: FunctionInfo, verb: str, path: str) -> Route:
        view = self._view
        mine = view.info is None or method.owner == view.info.id
        symbol = method.node.qualname if mine or view.info is None else f"{view.info.node.qualname}.{method.node.name}"
        return Route(
            framework="flaskadmin", method=verb, path=join_paths(view.path, path), handler=method.id, symbol=symbol, file=method.module.path,
            line=method.node.line, owner=view.info.id if view.info is not None else "", surface="gui", renders="html", name=method.node.name,
            resource=view.model.rpartition(".")[2], table_file=view.file, table_line=view.line, guard_handlers=self._access(),
        )

    # --------------------------------------------------------------- shared

    def _place(self) -> tuple[str, int]:
        info = self._view.info
        return (info.module.path, info.node.line) if info is not None else (self._view.file, self._view.line)

    def _page(self, action: str, path: str, effects: tuple[Effect, ...], extra: tuple[str, ...]) -> Route:
        view = self._view
        file, line = self._place()
        short = view.model.rpartition(".")[2]
        return Route(
            framework="flaskadmin", method="POST", path=join_paths(view.path, path), handler="",
            symbol=view.info.node.qualname if view.info is not None else short or view.kind.rpartition(".")[2], file=file, line=line,
            owner=view.info.id if view.info is not None else "", surface="gui", effects=effects, renders="html", action=action, resource=short,
            table_file=view.file, table_line=view.line, extra_handlers=extra, guard_handlers=self._access(),
        )

    def _access(self) -> tuple[str, ...]:
        method = self._method("is_accessible")
        return (method.id,) if method is not None else ()

    def _effect(self, operation: str, model: str, fields: tuple[str, ...]) -> Effect:
        return Effect(
            "orm-write", operation, model.rpartition(".")[2], *self._place(), "", model=model, fields=() if operation == "delete" else fields,  # type: ignore[arg-type]
            api=_APIS[operation], registered=True,
        )
