"""The facts that one run yields, as frozen values: what rules, scores and reports read."""

from __future__ import annotations

import msgspec

from agentlint.ir.contracts import Chain, Contract, Identifier, Lifecycle, Mismatch, Shortcoming, Tool
from agentlint.ir.decisions import Bypass, Decision, ModelCall, Unapproved
from agentlint.ir.description import Problem
from agentlint.ir.inventory import Inventory
from agentlint.ir.notes import Note
from agentlint.ir.operations import Operation

__all__ = ["Facts", "Inventory"]


class Facts(msgspec.Struct, frozen=True):
    """Everything rules may read."""

    inventory: Inventory = Inventory()
    operations: tuple[Operation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    model_calls: tuple[ModelCall, ...] = ()
    bypasses: tuple[Bypass, ...] = ()
    """Writes of models with a history that the history does not see."""
    unapproved: tuple[Unapproved, ...] = ()
    """Lasting effects that a model or an agent causes and nobody is asked about."""
    mismatches: tuple[Mismatch, ...] = ()
    """Where code and API description disagree on which operations exist."""
    problems: tuple[Problem, ...] = ()
    """What API descriptions say that their specification forbids."""
    shortcomings: tuple[Shortcoming, ...] = ()
    """What API descriptions lack for a program or an auditor."""
    tools: tuple[Tool, ...] = ()
    """Described operations as tools for a language model."""
    contracts: tuple[Contract, ...] = ()
    """What each description tells on the whole."""
    chains: tuple[Chain, ...] = ()
    """Calls that an agent needs before each described operation."""
    not_applicable: tuple[Lifecycle, ...] = ()
    """Steps of described lives that the system alone takes."""
    notes: tuple[Note, ...] = ()
    """What comments and descriptions say to agentlint."""
