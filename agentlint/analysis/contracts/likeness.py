"""Things that look alike in paths: two kinds that share a name, and a list that a thing is taken off without being deleted."""

from __future__ import annotations

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import names_one
from agentlint.analysis.contracts.resources import Resource, holder, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

_IDENTITY = frozenset("id uuid guid gid sid key slug name code number handle uid uri reference".split())

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


def says_which(operation: DescribedOperation) -> bool:
    """True when a call takes something by which one of several is meant; `GET /user` only ever shows the caller."""
    if operation.method != "GET" or "{" in operation.path:
        return True
    asked = (p for p in operation.parameters if p.location == "query")
    return any(p.required or set(v.field_words(p.name)[-1:]) & _IDENTITY for p in asked)


def reads_another(read: Role, resource: Resource, other: Resource) -> bool:
    """True for a read of another kind by its schema, or by holders of its own (`/schedules/{id}/runs/{run}` reads no run of `/pipelines/{id}/runs`)."""
    mine, theirs = undressed(resource.schema), undressed(other.schema)
    if not resource.schema or not other.schema or mine == theirs:
        return False
    if set(mine.split(" ")) - set(theirs.split(" ")) and set(theirs.split(" ")) - set(mine.split(" ")):
        return True
    if not any(s.hole for s in read.base):
        return False
    above = "/".join(read.path.shape.split("/")[:-1])
    return not any(base.startswith(above) for base in resource.bases)


def _can_be_one(role: Role, resource: Resource) -> bool:
    """True for a list that takes the identifier of one: `GET /positions?id=`."""
    return any(p.location == "query" and names_one(p.name, resource.noun) for p in role.operation.parameters)


def single_reads(resource: Resource) -> list[Role]:
    """Operations on it that read one; of several, those that can be told which."""
    several = bool(resource.of("list"))
    own = {role.path.shape for role in resource.roles if role.operation.method in ("PUT", "PATCH") and role.path.ends_with_hole}
    read = [role for role in resource.of("read") if not (several and role.place == "single" and not says_which(role.operation))]
    listed = [role for role in resource.of("list") if role.operation.method == "GET"]
    return read or [role for role in listed if role.path.shape in own or _can_be_one(role, resource)]  # a file or a folder, by one address
