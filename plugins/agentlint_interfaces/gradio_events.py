"""Gradio: event listeners of components. Each is an API endpoint too, unless it is kept private.

Gradio documentation, "View API Page": `api_name=False`, since version 6 `api_visibility="private"`, closes an endpoint; `show_api=False` only leaves it out of
the page that lists them. With `launch(auth=...)` a client gives user and password ("Getting Started with the Gradio Python client").
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Guard, Route, Scope, syntax, walk
from agentlint_interfaces.handling import all_calls, functions_of, page_route

_EVENTS = frozenset(
    "click submit change input select upload release clear edit like undo retry stop double_click key_up blur focus delete apply play pause end stream then "
    "start_recording stop_recording success failure option_select example_select copy download expand collapse".split()
)
_WHOLE = {"gradio.Interface": "predict", "gradio.ChatInterface": "chat", "gradio.interface.Interface": "predict", "gradio.chat_interface.ChatInterface": "chat"}
_LISTENERS = ("gradio.on", "gradio.api", "gradio.events.on")


def gradio_routes(context: Context) -> Iterator[Route]:
    """The listener on its page, and its endpoint."""
    closed = _signs_in(context)
    for call, scope in all_calls(context, "gradio"):
        place, name, only_api = _listener(call, scope, context)
        if place is None:
            continue
        functions = functions_of(place, scope, context)
        if not functions:
            continue
        if not only_api:
            yield page_route("gradio", functions, call, scope)
        told = {k.name: context.program.fold(k.value, scope) for k in call.keywords if k.name in ("api_name", "api_visibility")}
        if told.get("api_name") is False or told.get("api_visibility") == "private":
            continue
        given = told.get("api_name")
        file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        guard = Guard("basic" if closed else "anonymous", "launch(auth=...)" if closed else "", file, call.line)
        yield page_route(
            "gradio", functions, call, scope, surface="api", guards=(guard,),
            path=f"/gradio_api/call/{given if isinstance(given, str) else name or functions[0].node.name}".replace("call//", "call/"),
        )


def _listener(call: syntax.Call, scope: Scope, context: Context) -> tuple[syntax.Expr | None, str, bool]:
    """The function that an event runs, the endpoint's usual name where it is not the function's, and whether there is nothing but the endpoint."""
    name = context.program.resolve(call.func, scope)
    given = next((k.value for k in call.keywords if k.name == "fn"), None)
    if name in _WHOLE:
        return given or (call.args[0] if call.args else None), _WHOLE[name], False
    if name in _LISTENERS:
        position = 0 if name == "gradio.api" else 1
        return given or (call.args[position] if len(call.args) > position else None), "", name == "gradio.api"
    if isinstance(call.func, syntax.Attribute) and call.func.attr in _EVENTS and not _is_foreign(call, scope, context):
        return given or (call.args[0] if call.args else None), "", False
    return None, "", False


def _is_foreign(call: syntax.Call, scope: Scope, context: Context) -> bool:
    """True for a method of something else that is called like an event: `executor.submit(work)`."""
    site = context.calls.at((scope if isinstance(scope, syntax.Module) else scope.module).name, call.site)
    return site is not None and (bool(site.library) and not site.library.startswith("gradio") or any(t.name in context.program.classes for t in site.receiver))


def _signs_in(context: Context) -> bool:
    """True when the application is launched, or mounted, with a check of user and password."""
    for call, _ in all_calls(context, "gradio"):
        if walk.dotted(call.func).rpartition(".")[2] in ("launch", "mount_gradio_app"):
            for keyword in call.keywords:
                if keyword.name in ("auth", "auth_dependency") and not (isinstance(keyword.value, syntax.Constant) and keyword.value.value is None):
                    return True
    return False
