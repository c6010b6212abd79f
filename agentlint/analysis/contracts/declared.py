"""Steps that the description itself promises in words: texts of scopes and tags that list verbs for a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.states import doing
from agentlint.analysis.contracts.steps import Step
from agentlint.analysis.contracts.verbs import plain_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import Description, Node

_LIST = re.compile(
    r"^((?:[A-Za-z]+(?:,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|/))+[A-Za-z]+)\s+(?:an?\s+|the\s+|all\s+|any\s+|your\s+)?([a-z][\w -]*)", re.IGNORECASE,
)
_AFTER = frozenset("in of for on from to that which with by at via using through including such as when if".split())
"""Words after which a text says more about a thing that it has named."""
_STEPS = {"create": "create", "add": "create", "update": "update", "edit": "update", "modify": "update", "delete": "delete", "remove": "delete"}


def declared_steps(description: Description, resources: Sequence[Resource]) -> dict[int, list[Step]]:
    """By resource: the missing steps that a scope's or tag's text promises."""
    found: dict[int, list[Step]] = {}
    for text, node, what in _texts(description):
        match = _LIST.match(text.strip().splitlines()[0]) if text.strip() else None
        if match is None:
            continue
        verbs = [plain_verb(w) for w in words(match[1])]
        resource = _named(match[2], resources)
        if resource is None or sum(bool(verb) for verb in verbs) < 2:
            continue
        for verb in verbs:
            step = _STEPS.get(verb, "")
            namesakes = [r for r in resources if r.noun == resource.noun]
            if step == "create" and any(r.operation.method == "PUT" and r.place == "item" for r in resource.roles):
                continue  # putting one where there is none makes it
            if step == "update" and doing("apply", resource.roles) is not None:
                continue  # the state that is wanted is sent whole
            if step and not any(r.of(step) for r in namesakes) and doing(verb, resource.roles) is None:  # type: ignore[arg-type]
                told = f'{what} promises "{match[0].strip()[:80]}", no operation does it'
                found.setdefault(id(resource), []).append(Step(step, None, told, node, "declared"))
    return found


def _texts(description: Description) -> Iterator[tuple[str, Node, str]]:
    for scheme in description.security_schemes:
        for flow in scheme.flows:
            for name, text in flow.scopes.items():
                yield text, _scope_node(scheme.node, name), f"the scope {name}"
    for tag in description.tags:
        yield tag.description, tag.node, f"the tag {tag.name}"


def _scope_node(scheme: Node, name: str) -> Node:
    """Where a scope stands: below one of the flows, or below the scheme itself in 2.0."""
    for _, flow in (*scheme.child("flows").children(), ("", scheme)):
        scopes = flow.child("scopes")
        if isinstance(scopes.value, dict) and name in scopes.value:
            return scopes.child(name)
    return scheme


def _named(text: str, resources: Sequence[Resource]) -> Resource | None:
    said = v.noun_words(text)
    for length in (3, 2, 1):
        noun = " ".join(said[:length])
        if len(said) > length and words(text)[length] not in _AFTER:
            continue  # `permission schemes` are no permissions, `system and custom avatars` no systems
        for resource in resources:
            if resource.noun.replace(" ", "") == noun.replace(" ", "") and any(r.place != "single" for r in resource.roles):
                return resource
    return None
