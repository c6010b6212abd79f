"""Whether decisions that the API takes can be explained afterwards: a reason sent along, a history that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words
from agentlint.ir.contracts import Shortcoming
from agentlint.ir.description import Description

_HISTORY = frozenset(
    "audit auditlog audits log logs event events history histories activity activities timeline trail journal changelog changes revision revisions version "
    "versions action actions transition transitions".split()
)
_JUDGED = frozenset(
    "approve reject decline deny cancel suspend ban block void refund revoke "
    "dismiss waive escalate close override withdraw quarantine retire".split()
)
"""Decisions on which somebody will be asked for the reason."""
_REASONS = frozenset(
    "reason reasons comment comments note notes message justification explanation rationale remark remarks memo cause feedback description text "
    "body annotation".split()
)


_SIGN_IN = re.compile(r"(^|/)(oauth2?|oidc|sso|auth|sessions?|tokens?)(/|$)|_sessions$", re.IGNORECASE)


def unaccountable(description: Description, resources: Sequence[Resource], payloads: Payloads) -> Iterator[Shortcoming]:
    """Decisions without a reason, and resources that are decided on and show no history."""
    locate = description.index.locate
    common = any(_tells_history(role) and not _below_item(role) for resource in resources for role in resource.roles)
    told = {role.path.shape.rpartition("/{}/")[0] for resource in resources for role in resource.roles if _tells_history(role) and _below_item(role)}
    for resource in resources:
        decided = (r for r in resource.of("action") if r.verb in _JUDGED and r.operation.method != "GET")
        decisions = [r for r in decided if not _SIGN_IN.search(r.operation.path)]
        for role in decisions:
            if not _takes_reason(role, payloads):
                where = locate(role.operation.node)
                what = f"{role.verb} {'an' if resource.noun[:1] in 'aeio' else 'a'} {resource.noun}"
                yield Shortcoming("decision-without-reason", role.operation.name, where.file, where.line, what, role.operation.operation_id)
        if decisions and not common and not any(base in told for base in resource.bases) and not _shows_who(resource, payloads):
            where = locate(decisions[0].operation.node)
            verbs = ", ".join(dict.fromkeys(r.verb for r in decisions))
            yield Shortcoming("no-history", resource.noun, where.file, where.line, verbs, resource.noun)


def _tells_history(role: Role) -> bool:
    said = {*words(role.operation.path.rstrip("/").rsplit("/", 1)[-1]), *role.noun.split(" ")}
    return role.kind in ("list", "read") and bool(said & _HISTORY)


def _below_item(role: Role) -> bool:
    return any(s.hole for s in role.base)


def _takes_reason(role: Role, payloads: Payloads) -> bool:
    """True when a request has room for a reason, or when what it takes is not described."""
    if any(set(words(p.name)) & _REASONS for p in role.operation.parameters):
        return True
    body = role.operation.body
    if body is None:
        return False
    schema = payloads.body_schema(body)
    if schema is None:
        return True
    fields = payloads.fields(schema)
    shape = payloads.schemas.shape(schema)
    open_ended = not fields and shape.kind in ("", "object") and not shape.properties
    return open_ended or any(set(words(f.name)) & _REASONS for f in fields if f.depth <= 2)


def _shows_who(resource: Resource, payloads: Payloads) -> bool:
    """True when the thing itself shows who decided (`approved_by`), for each of the decisions that it knows."""
    if resource.entity is None:
        return False
    said = [set(words(name)) for name in payloads.schemas.shape(resource.entity).properties]
    verbs = {r.verb for r in resource.of("action") if r.verb in _JUDGED}
    return all(any("by" in name and v.has_verb(verb, name) for name in said) for verb in verbs)
