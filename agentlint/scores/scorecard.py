"""Both answers together, and how far to trust them."""

from __future__ import annotations

import msgspec

from agentlint.findings.scorecard import Scorecard
from agentlint.ir.contracts import Identifier, Lifecycle, Tool
from agentlint.ir.decisions import Decision
from agentlint.ir.effects import Confidence
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.scores.agent_ready import Described, agent_ready
from agentlint.scores.auditable import auditable

_ROUTES_GOOD, _ROUTES_FAIR = 0.9, 0.7
_CALLS_GOOD, _CALLS_FAIR = 0.6, 0.4
_UNREADABLE_GOOD, _UNREADABLE_FAIR = 0.02, 0.1


class Counted(msgspec.Struct, frozen=True):
    """What the scores count."""

    inventory: Inventory
    operations: tuple[Operation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    tools: tuple[Tool, ...] = ()


def scorecard(counted: Counted) -> Scorecard:
    """The two questions, answered from what one run found."""
    trust = trust_in(counted.inventory)
    described = Described(counted.lifecycles, counted.identifiers, counted.tools)
    return Scorecard(agent_ready=agent_ready(counted.operations, described, trust), auditable=auditable(counted.decisions, trust))


def trust_in(inventory: Inventory) -> tuple[Confidence, str]:
    """How far the answers can be trusted, by what could be read and resolved: the worst of three shares decides."""
    unreadable = len({g.file for g in inventory.gaps if g.kind == "unreadable"})
    shares = (
        (_resolved(inventory.routes), _ROUTES_GOOD, _ROUTES_FAIR, f"handlers of {inventory.routes[0]} of {inventory.routes[1]} routes are known"),
        (_resolved(inventory.calls), _CALLS_GOOD, _CALLS_FAIR, f"{inventory.calls[0]} of {inventory.calls[1]} calls are resolved"),
        (1 - unreadable / inventory.files if inventory.files else 1.0, 1 - _UNREADABLE_GOOD, 1 - _UNREADABLE_FAIR,
         f"{unreadable} of {inventory.files} files could not be read in full"),
    )
    low = [g.reason for g in inventory.gaps if g.kind == "unread"] + [text for value, _, fair, text in shares if value < fair]
    if low:
        return "low", "; ".join(low)
    medium = [text for value, good, _, text in shares if value < good]
    return ("medium", "; ".join(medium)) if medium else ("high", "nearly everything was read and resolved")


def _resolved(pair: tuple[int, int]) -> float:
    done, seen = pair
    return done / seen if seen else 1.0
