"""The life of each resource: which steps have an operation, and which ones are missing although the description itself shows that they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from agentlint.analysis.contracts.births import Births
from agentlint.analysis.contracts.declared import declared_steps
from agentlint.analysis.contracts.lifecycle_actions import Actions
from agentlint.analysis.contracts.lifecycle_holes import Holes
from agentlint.analysis.contracts.lifecycle_links import Links
from agentlint.analysis.contracts.lifecycle_parts import parts_of
from agentlint.analysis.contracts.lifecycle_plain import Plain
from agentlint.analysis.contracts.mentions import Mentions
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.schemas import named_by_file
from agentlint.analysis.contracts.shapes import Shapes
from agentlint.analysis.contracts.steps import Step
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.description import Description, Node, Pointer


class Lifecycles:
    """Steps of all resources of one description."""

    def __init__(self, description: Description, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads, births: Births) -> None:
        self._description = description
        self._resources = tuple(resources)
        self._payloads = payloads
        self._shapes = Shapes(self._resources)
        mentions = Mentions(roles, resources)
        self._plain = Plain(roles, resources, self._shapes, payloads, mentions, births)
        self._actions = Actions(resources, self._shapes, payloads, mentions)
        self._links = Links(description, resources, payloads)
        self._holes = Holes(self._plain, resources, payloads, mentions)
        self._declared = declared_steps(description, resources)

    def all(self) -> tuple[tuple[Resource, Step], ...]:
        """Every step of every resource that has a life."""
        found = []
        for resource in self._resources:
            seen: set[str] = set()
            for step in self._steps(resource):
                name = step.transition if step.operation or step.thought != "job" else step.transition.split(" ")[0]
                if name not in seen and step.transition not in seen:
                    seen |= {step.transition, step.transition.split(" ")[0] if step.thought == "state" else step.transition}
                    found.append((resource, step))
        return tuple(found)

    def _steps(self, resource: Resource) -> Iterator[Step]:
        yield from self._plain.present(resource)
        yield from self._plain.missing(resource)
        yield from self._declared.get(id(resource), ())
        yield from self._actions.states(resource)
        yield from self._actions.inverses(resource)
        yield from parts_of(resource, self._resources, self._shapes, self._payloads)
        yield from self._links.steps(resource)
        yield from self._actions.jobs(resource)
        yield from self._holes.steps(resource)


def _schema_at(pointer: Pointer) -> str:
    """The schema that a pointer leads into, empty for evidence that stands elsewhere."""
    for at, part in enumerate(pointer[:-1]):
        if part in ("schemas", "definitions") and at < 2:
            return str(pointer[at + 1])
    return ""


def _schema_of(node: Node) -> str:
    """The schema that a place in another file belongs to: `properties` and what follows stand inside it."""
    at = node.pointer.index("properties") if "properties" in node.pointer else len(node.pointer)
    return named_by_file(Node(None, node.file, node.pointer[:at])) if at < 2 else ""


def lifecycle_rows(steps: Sequence[tuple[Resource, Step]], description: Description) -> tuple[Lifecycle, ...]:
    """The steps in the report's form, in the order of the document."""
    made = []
    for resource, step in steps:
        where = description.index.locate(step.node)
        pointer = "/".join(["", *(str(p).replace("~", "~0").replace("/", "~1") for p in step.node.pointer)])
        status: Literal["present", "missing", "not-applicable"] = "present" if step.operation else "not-applicable" if step.thought == "driven" else "missing"
        foreign = step.node.file != description.file and (step.thought in ("state", "driven") or "properties" in step.node.pointer)
        schema = _schema_at(step.node.pointer) or (_schema_of(step.node) if foreign else "")
        place = (where.file, where.line, step.thought, description.file)
        made.append(Lifecycle(resource.noun, schema, pointer, step.transition, status, step.operation, step.evidence, *place))
    return tuple(made)
