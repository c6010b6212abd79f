"""Names of identifiers: which thing a parameter asks for, and which field of an answer can be it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from agentlint.analysis.contracts.paths import Path, noun_of
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.vocabulary import noun_words

IDENTIFYING = (
    "id", "ids", "uuid", "guid", "key", "slug", "name", "number", "code", "sid", "gid", "uid", "login", "handle", "ref", "identifier", "username", "path",
    "sha", "hash",
)
"""Last words of names that identify a thing."""
LOGINS = frozenset({"login", "username", "handle"})
"""Words for the name by which a person signs in."""
_PEOPLE = frozenset({"owner", "author", "assignee", "creator", "member", "recipient", "username", "login", "account", "user"})
"""Words for a person in a part that the person plays."""


_SAME_KIND = frozenset(
    "item entity object resource record parent child root source target previous next other related from to old new original base copy start end before after "
    "first last my own this external client unique".split()
)
"""Words before `id` that say nothing of a kind, or of the same one."""


_SHORT = 4
"""Letters of `uuid` and the like, which name nothing before `id`."""


def shared(resource: Resource, role: Role) -> int:
    """How many parts at the start of its path an operation shares with a resource."""
    asked = _split(role.path.shape)
    return max((same_start(asked, _split(base)) for base in resource.bases), default=0)


@lru_cache(maxsize=20_000)
def _split(shape: str) -> tuple[str, ...]:
    return tuple(shape.split("/"))


def same_start(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts two paths start with in common."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def people(name: str) -> tuple[str, ...]:
    """The things that hold people, where a name means a person by the part played."""
    said = noun_words(name)
    return ("user", "account", "member", "person", "people") if said and (said[0] in _PEOPLE or said[-1] in _PEOPLE) else ()


def nouns_of(name: str) -> tuple[str, ...]:
    """The thing that an identifier's own name says: `task_gid` -> `task`, `recipeSlug` -> `recipe`, `userId` -> `user`."""
    said = noun_words(name)
    if len(said) > 1 and said[-1] in IDENTIFYING:
        return (" ".join(said[:-1]), said[-2])
    if len(said) == 1 and said[0].endswith("id") and len(said[0]) > _SHORT:
        return (said[0][:-2], said[0])  # `nodeid`
    return (" ".join(said), said[-1]) if said and said[-1] not in IDENTIFYING else ()


def of_another(name: str, resource: Resource) -> bool:
    """True for the identifier of something else (`workspaceId` among tags): a plain `id` of the resource is none."""
    said = noun_words(name)
    if len(said) < 2 or said[-1] not in ("id", "ids", "uuid", "guid"):
        return False
    own, schema = resource.noun.split(" "), noun_words(resource.schema)
    short = {"".join(word[:1] for word in own), "".join(word[:1] for word in schema)}  # `pat_ids` of personal access tokens
    return not set(said[:-1]) & {*_SAME_KIND, *own, *schema, *short}


def noun_before(path: Path, name: str) -> str:
    """The thing named by the fixed part before the hole of a parameter."""
    for index, segment in enumerate(path.segments):
        if name in segment.holes:
            return noun_of(tuple(s for s in path.segments[:index] if not s.hole))
    return ""


@lru_cache(maxsize=100_000)
def fits(field: str, name: str) -> bool:
    """True when a field of a thing can be what a parameter asks for: the same name, the same last word, or a plain identifier for one."""
    own, wanted = noun_words(field), noun_words(name)
    if not own:
        return False
    if own == wanted or field.lower() == name.lower():
        return True
    if own[-1] not in IDENTIFYING:
        return False
    if own[-1] in LOGINS and wanted[-1:] and wanted[-1] in LOGINS:
        return True
    last = wanted[-1] if wanted else name.lower()
    if last not in IDENTIFYING and len(own) == 1:
        return True
    if len(own) > 1 and wanted[-len(own) :] == own:
        return True
    return (own[-1] == last and (len(own) == 1 or own[:-1] == wanted[:-1])) or (len(own) == 1 and (last not in IDENTIFYING or last == "id" or own[0] == "id"))
