"""Parts of a resource that are set but never taken off: an uploaded image, a member that was added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.shapes import Shapes
from agentlint.analysis.contracts.states import settable
from agentlint.analysis.contracts.steps import Step
from agentlint.analysis.wording import words


def parts_of(resource: Resource, resources: Sequence[Resource], shapes: Shapes, payloads: Payloads) -> Iterator[Step]:
    """Missing steps of the parts that hang below an item of the resource."""
    roots = tuple(f"{base}/{{}}/" for base in resource.bases)
    deepest = max((root.count("/") for root in roots), default=0) + 1
    for number, below in sorted(shapes.by_resource(roots).items()):
        other = resources[number]
        inside = [r for r in below if r.path.shape.count("/") <= deepest]
        if not inside:
            continue
        uploads = [r for r in inside if r.operation.method in ("PUT", "POST") and payloads.sends_file(r.operation.body)]
        single = [r for r in uploads if r.place == "single"]
        if single and not other.technical and not any(_takes_off(r) for r in inside) and not _can_be_emptied(resource, other.noun, payloads):
            role = single[0]
            yield Step(f"clear {other.noun}", None, f"{role.operation.name} sets it, nothing takes it off", role.operation.node, "part")
        edges = [r for r in inside if r.operation.method in ("PUT", "POST") and r.path.ends_with_hole and _adds(r)]
        if edges and other is not resource and not any(_takes_off(r) for r in _around(edges[0], shapes)):
            role = edges[0]
            yield Step(f"remove {other.noun}", None, f"{role.operation.name} adds one, nothing takes it off", role.operation.node, "part")


def _can_be_emptied(resource: Resource, noun: str, payloads: Payloads) -> bool:
    """True when an update of the resource takes the part as a field."""
    fields = settable(resource.of("update"), payloads)
    return any(noun.split(" ")[-1] in name.split("_") for name in fields)


def _takes_off(role: Role) -> bool:
    return role.operation.method == "DELETE" or bool(set(words(role.operation.path.rsplit("/", 1)[-1])) & (v.DELETE_VERBS | {"unassign", "detach", "unlink"}))


def _adds(role: Role) -> bool:
    return role.verb in ("add", "assign", "attach", "link", "connect", "join", "enroll", "grant", "subscribe", "follow", "star", "favorite", "favourite")


def _around(edge: Role, shapes: Shapes) -> tuple[Role, ...]:
    shape = edge.path.shape
    return (*shapes.at(shape), *shapes.beginning_with(shape + "/"), *shapes.at(shape.rsplit("/", 1)[0]))
