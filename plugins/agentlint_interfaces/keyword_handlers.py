"""Toolkits whose elements take their handlers as `on_click=...`, `on_change=...`, or by methods of the element: NiceGUI, Flet, Panel, Reflex, Streamlit.

NiceGUI documentation, "Events"; Flet, "Controls"; Panel, "Declare UIs with declarative API" and `on_click`; Reflex, "Event handlers"; Streamlit, "Callbacks".
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Route, Scope, syntax
from agentlint_interfaces.handling import all_calls, functions_of, page_route

PACKAGES = ("nicegui", "flet", "panel", "reflex")
_ADDING = {"on_click": 0, "on_change": 0, "on_value_change": 0, "on_submit": 0, "on_upload": 0, "on": 1}
"""Method of an element to the position of the handler."""
_QUIET = frozenset({"on_load", "on_mount", "on_unmount", "on_connect", "on_disconnect", "on_startup", "on_shutdown", "on_exception", "on_page_load"})
"""Nothing that a person does."""


def keyword_routes(context: Context) -> Iterator[Route]:
    """Handlers of all elements."""
    for package in (*PACKAGES, "streamlit"):
        for call, scope in all_calls(context, package):
            for handler in _handlers(call):
                functions = functions_of(handler, scope, context)
                if functions:
                    yield page_route(package, functions, call, scope)
        if package == "flet":
            yield from _assigned(context)


def _handlers(call: syntax.Call) -> Iterator[syntax.Expr]:
    for keyword in call.keywords:
        if keyword.name is not None and keyword.name.startswith("on_") and keyword.name not in _QUIET:
            yield keyword.value
    if isinstance(call.func, syntax.Attribute) and call.func.attr in _ADDING:
        position = _ADDING[call.func.attr]
        if position < len(call.args):
            yield call.args[position]


def _assigned(context: Context) -> Iterator[Route]:
    """`button.on_click = save`."""
    program = context.program
    scopes: list[Scope] = [*program.modules.values(), *program.functions.values()]
    for scope in scopes:
        for write in context.types.writes(program.id_of(scope)) if not isinstance(scope, syntax.Module) else ():
            if write.attr.startswith("on_") and write.attr not in _QUIET and write.value is not None:
                functions = functions_of(write.value, scope, context)
                if functions:
                    yield page_route("flet", functions, syntax.Call(write.value, (), (), write.line, -1), scope)
