"""Interfaces written in Python whose handlers are functions: Streamlit, Gradio, Dash, NiceGUI, Flet, Panel, Reflex; windows and terminals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_interfaces.dash_callbacks import dash_routes
from agentlint_interfaces.desktop import PACKAGES as TOOLKITS
from agentlint_interfaces.desktop import desktop_routes
from agentlint_interfaces.gradio_events import gradio_routes
from agentlint_interfaces.keyword_handlers import PACKAGES, keyword_routes
from agentlint_interfaces.streamlit_pages import streamlit_routes


class Interfaces(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "interfaces"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports one of the toolkits."""
        return imports(program, "streamlit", "gradio", "dash", *PACKAGES, *TOOLKITS)

    def routes(self, context: Context) -> Iterable[Route]:
        """One operation for each function that something on a page runs, as often as it stands there."""
        seen: set[tuple[str, str, str, str]] = set()
        for route in _all(context):
            key = (route.surface or "", route.handler or route.symbol, route.file, route.path if route.surface == "api" else "")
            if key not in seen:
                seen.add(key)
                yield route


def _all(context: Context) -> Iterator[Route]:
    program = context.program
    if imports(program, "streamlit"):
        yield from streamlit_routes(context)
    if imports(program, "gradio"):
        yield from gradio_routes(context)
    if imports(program, "dash"):
        yield from dash_routes(context)
    if imports(program, *PACKAGES, "streamlit"):
        yield from keyword_routes(context)
    yield from desktop_routes(context)


plugin = Interfaces()
