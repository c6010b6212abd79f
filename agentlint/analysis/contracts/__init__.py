"""What an API description shows an agent: operations, the life of resources, where identifiers come from, what is safe to automate."""

from __future__ import annotations

import msgspec

from agentlint.analysis.contracts.accountability import Accountability
from agentlint.analysis.contracts.authentication import no_machine_authentication
from agentlint.analysis.contracts.automation import Automations
from agentlint.analysis.contracts.births import Births
from agentlint.analysis.contracts.broken_links import broken_links
from agentlint.analysis.contracts.browser_only import GRANT
from agentlint.analysis.contracts.chains import Callable, chains
from agentlint.analysis.contracts.described import described_operations
from agentlint.analysis.contracts.handed_on import HandedOn, linked
from agentlint.analysis.contracts.identifiers import Identifiers
from agentlint.analysis.contracts.lifecycle_driven import driven_steps
from agentlint.analysis.contracts.lifecycles import Lifecycles, lifecycle_rows
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import build_resources
from agentlint.analysis.contracts.roles import RoleFinder
from agentlint.analysis.contracts.schemas import Schemas
from agentlint.analysis.contracts.tools import Tools
from agentlint.ir.contracts import Chain, Contract, Identifier, Lifecycle, Shortcoming, Tool
from agentlint.ir.description import Description, Problem
from agentlint.ir.operations import Operation


class ContractFacts(msgspec.Struct, frozen=True):
    """What one description yields."""

    operations: tuple[Operation, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    shortcomings: tuple[Shortcoming, ...] = ()
    tools: tuple[Tool, ...] = ()
    chains: tuple[Chain, ...] = ()
    contract: Contract | None = None
    problems: tuple[Problem, ...] = ()
    """Links that lead nowhere."""
    not_applicable: tuple[Lifecycle, ...] = ()
    """Steps that the system alone takes."""


def judge(description: Description, handed: HandedOn | None = None) -> ContractFacts:
    """Facts of one description; Arazzo and Overlay documents yield none of their own. `handed` is what workflows say on where identifiers come from."""
    if description.kind != "openapi":
        return ContractFacts()
    payloads = Payloads(Schemas(description.index))
    roles = RoleFinder(description.operations, payloads).all()
    resources = build_resources(roles, payloads)
    births = Births(roles, resources, payloads)
    steps = Lifecycles(description, roles, resources, payloads, births).all()
    driven = driven_steps(resources, payloads, steps)
    operations = described_operations(description, roles, Automations(roles, resources, payloads, births))
    tools = Tools(description, roles, payloads, operations)
    account = Accountability(description, resources, payloads)
    lacks = (*no_machine_authentication(description), *account.shortcomings(), *tools.shortcomings())
    contract = Contract(description.file, tuple(c for c in (*tools.clauses(), *account.clauses()) if c.of))
    identifiers = tuple(Identifiers(roles, resources, payloads, {**linked(description), **(handed or {})}).all())
    shut = [bool(o.browser_only) and o.evidence[:1] != (GRANT,) for o in operations]  # a token that a person was granted is a credential
    callable_ones = [Callable(d.name, d.operation_id, description.file, closed) for d, closed in zip(description.operations, shut)]
    found, identifiers = chains(callable_ones, identifiers)
    return ContractFacts(
        operations, lifecycle_rows(steps, description), identifiers, lacks, tools.all(), found, contract, tuple(broken_links(description)),
        lifecycle_rows(driven, description),
    )
