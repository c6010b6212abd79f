"""Messages over connections that stay open: events of Socket.IO, consumers of Django Channels, servers of `websockets`; each an operation called by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_sockets.consumers import consumer_routes
from agentlint_sockets.events import event_routes
from agentlint_sockets.servers import server_routes


class Sockets(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "sockets"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports a library of connections that stay open."""
        return imports(program, "flask_socketio", "socketio", "channels", "websockets")

    def routes(self, context: Context) -> Iterable[Route]:
        """Every event that a client may send, and every consumer that takes messages."""
        return _all(context)


def _all(context: Context) -> Iterator[Route]:
    yield from event_routes(context)
    yield from consumer_routes(context)
    yield from server_routes(context)


plugin = Sockets()
