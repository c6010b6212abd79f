"""Things that look alike in paths: two kinds that share a name, and a list that a thing is taken off without being deleted."""

from __future__ import annotations

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.resources import Resource, holder, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words

_TAKING = (["remove"], ["removes"], ["unassign"], ["detach"])


def apart(one: Resource, other: Resource) -> bool:
    """True for two kinds of things of one name: each is made below a holder of its own and shown by a schema of its own
    (`POST /services/{id}/integrations`, `POST /orchestrations/{id}/integrations`)."""
    if one is other or one.noun.split(" ")[-1] != other.noun.split(" ")[-1]:
        return False
    if not one.schema or not other.schema or not (one.of("create") and other.of("create")):
        return False
    mine, theirs = set(undressed(one.schema).split(" ")), set(undressed(other.schema).split(" "))
    if mine == theirs or holder(one.roles[0]) == holder(other.roles[0]):
        return False
    ways = {word for resource in (one, other) for base in resource.bases for part in base.split("/") for word in v.noun_words(part)}
    return mine ^ theirs <= ways or not (mine <= theirs or theirs <= mine)


def takes_off(role: Role, resource: Resource) -> bool:
    """True for "Remove accounts from a list" (`DELETE /lists/{id}/accounts`, `POST /accounts/{id}/remove_from_followers`) where an account is read at
    `/accounts/{id}`."""
    told, last = words(role.operation.summary), words(role.path.segments[-1].text) if role.path.segments else []
    if last[:2] == ["remove", "from"] and len(last) > 2:
        return True
    nested = any(s.hole for s in role.base) and any(r.path.ends_with_hole and not any(s.hole for s in r.base) for r in resource.of("read"))
    return nested and told[:1] in _TAKING and "from" in told
