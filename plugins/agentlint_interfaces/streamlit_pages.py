"""Streamlit: scripts that run from top to bottom at each click; a button is a condition in them.

Streamlit documentation, "Button behavior and examples" and "Multipage apps". A page that acts in its own code is one operation, however many buttons
it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import Context, Route, Scope, syntax
from agentlint_interfaces.handling import all_calls

_ASKING = frozenset({"button", "form_submit_button", "chat_input", "feedback"})
"""Widgets that are true, or hold something, only in the run that a person starts with them."""


def streamlit_routes(context: Context) -> Iterator[Route]:
    """Functions and scripts that hold such a widget."""
    found: dict[str, tuple[Scope, syntax.Call]] = {}
    for call, scope in all_calls(context, "streamlit"):
        if isinstance(call.func, syntax.Attribute) and call.func.attr in _ASKING and not any(k.name == "on_click" for k in call.keywords):
            found.setdefault(context.program.id_of(scope), (scope, call))
    for id_, (scope, call) in sorted(found.items()):
        module = scope if isinstance(scope, syntax.Module) else scope.module
        is_script = isinstance(scope, syntax.Module)
        yield Route(
            framework="streamlit", method="CALL", path=_page(module.path), handler=f"{id_}.<module>" if is_script else id_,
            symbol="<module>" if isinstance(scope, syntax.Module) else scope.node.qualname, file=module.path,
            line=call.line if isinstance(scope, syntax.Module) else scope.node.line, surface="gui", renders="html", table_file=module.path,
            table_line=call.line,
        )


def _page(path: str) -> str:
    """The address of a page: `pages/1_Users.py` is `/Users`, any other script the application itself."""
    folder, _, name = path.rpartition("/")
    stem = re.sub(r"^[\d_ -]*", "", name.removesuffix(".py"))
    return f"/{stem}" if folder.rpartition("/")[2] == "pages" else "/"
