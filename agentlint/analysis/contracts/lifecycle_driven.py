"""Steps that nobody could take, because the system alone takes them: lines of a log, figures, states that work goes through by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.states import settable
from agentlint.analysis.contracts.steps import Step
from agentlint.ir.description import Node

_TOLD = frozenset(
    "log event audit history metric statistic stat measurement reading sample trace usage consumption activity view click impression delivery attempt "
    "heartbeat summary overview vulnerability".split()
)
"""What a system tells of what happened: nobody writes it."""
_STEPS = ("create", "update", "delete")
_LEAST_STATES = 2


class Driven:
    """Answers for one description."""

    def __init__(self, payloads: Payloads) -> None:
        self._payloads = payloads

    def steps(self, resource: Resource, known: Sequence[Step]) -> Iterator[Step]:
        """Steps that are not applicable; what is there, or known to be missing, is none of them."""
        said = {step.transition.split(" ")[0] for step in known}
        for name, why in self._plain(resource):
            if name not in said:
                yield Step(name, None, why, resource.roles[0].operation.node, "driven")
        for name, node in self._states(resource):
            states = self._payloads.schemas.shape(node).choices
            told = f"{name} ({', '.join(states[:6])}{', ...' if len(states) > 6 else ''}) is what the system reports of it"
            yield Step(f"set {name}", None, told, node, "driven")

    def _plain(self, resource: Resource) -> Iterator[tuple[str, str]]:
        """Plain steps, each with the reason."""
        last = {resource.noun.split(" ")[-1], *undressed(resource.schema).split(" ")[-1:]}
        if not resource.of("list", "read"):
            return
        if last & _TOLD and not resource.of("create", "update"):
            yield from ((name, "the system tells of what happened; nobody writes it") for name in _STEPS)
        elif resource.of("update"):
            return
        elif resource.issued and resource.of("create", "delete"):
            yield "update", "it is issued and revoked, not edited"
        elif resource.archival and resource.of("create", "delete"):
            yield "update", "it keeps what was"

    def _states(self, resource: Resource) -> Iterator[tuple[str, Node]]:
        """Fields whose values only work itself goes through, and that no call sets."""
        given = settable(resource.roles, self._payloads)
        for name, node in self._payloads.schemas.shape(resource.entity).properties.items():
            field = self._payloads.schemas.shape(node)
            states = {v.state_word(choice) for choice in field.choices}
            if len(states) >= _LEAST_STATES and v.STATE_FIELD.match(v.state_word(name)) and states <= v.JOB_STATES and v.state_word(name) not in given:
                yield name, node


def driven_steps(resources: Sequence[Resource], payloads: Payloads, found: Sequence[tuple[Resource, Step]]) -> tuple[tuple[Resource, Step], ...]:
    """Steps of all resources that are not applicable; `found` are those that are there or missing."""
    known: dict[int, list[Step]] = {}
    for resource, step in found:
        known.setdefault(id(resource), []).append(step)
    driven = Driven(payloads)
    return tuple((resource, step) for resource in resources for step in driven.steps(resource, known.get(id(resource), ())))
