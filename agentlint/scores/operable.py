"""Whether an agent can carry out an operation with what machine-callable operations themselves tell: identifiers to be had, no browser."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.ir.contracts import Identifier, Tool
from agentlint.ir.operations import Operation

_MACHINE_SURFACES = frozenset({"api", "graphql", "rpc", "mcp"})
_NO_AGENT_HOLDS = frozenset({"signature", "internal"})
_KEYS = frozenset({"token", "api-key", "basic", "oauth", "mutual-tls"})
_UNKNOWN_PREFIX = re.compile(r"^/(\{\}/?)+")
"""A site's prefix that configuration sets: nothing that a caller has to come by."""


def agent_may_call(operation: Operation) -> bool:
    """True when a program can hold what the operation asks for: a vendor's signature or a component's internal key it cannot."""
    kinds = set(operation.auth)
    return operation.surface in _MACHINE_SURFACES and (not kinds & _NO_AGENT_HOLDS or bool(kinds & _KEYS))


class Operable:
    """What the machine-callable operations of a system tell their callers."""

    def __init__(self, operations: Sequence[Operation], identifiers: Sequence[Identifier], tools: Sequence[Tool] = ()) -> None:
        self._usable = {t.operation: t.usable for t in tools}
        machine = [o for o in operations if o.surface in _MACHINE_SURFACES]
        reading = [o for o in machine if o.method in ("GET", "ANY") or o.action.split(" ")[0] in ("list", "read")]
        making = [o for o in machine if o.method == "POST" or o.action.split(" ")[0] == "create"]
        self._readable = {_shape(o.path) for o in reading}
        self._collections = self._readable | {_shape(o.path) for o in making}
        self._things = {o.resource.lower() for o in reading} | {e.target.lower() for o in making for e in o.effects if e.operation == "create"}
        required = [i for i in identifiers if not i.optional]
        self._judged = {i.operation for i in required}
        self._stuck = {i.operation for i in required if i.status == "unreachable" or (i.location == "path" and not i.found)}

    def ease(self, operation: Operation) -> float:
        """0..1: how much of what a caller needs the API tells of an operation; 1 where no description is there to tell."""
        return self._usable.get(f"{operation.method} {operation.path}", 1.0) if self.by_agents(operation) else 0.0

    def by_agents(self, operation: Operation) -> bool:
        """True unless a browser is needed, or an identifier that no other operation tells.

        What a description shows of an identifier counts; else a read of the item, a read or a creation at the path before it, or one of the same thing.
        """
        name = f"{operation.method} {operation.path}"
        if operation.browser_only or name in self._stuck:
            return False
        if name in self._judged or operation.surface != "api" or "{" not in _UNKNOWN_PREFIX.sub("/", operation.path):
            return True
        holes = [m.start() for m in re.finditer(r"\{", operation.path)]
        item = _shape(operation.path[: operation.path.index("}", holes[-1]) + 1])
        things = {operation.resource.lower(), *(e.target.lower() for e in operation.effects)} - {""}
        return item in self._readable or bool({_shape(operation.path[:at]) for at in holes} & self._collections or things & self._things)


def _shape(path: str) -> str:
    """A path with its holes unnamed and no slash at the end."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
