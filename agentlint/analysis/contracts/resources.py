"""Resources: the things that an API keeps, gathered from paths, schemas and nouns, with every operation on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import Path, is_plural, noun_of
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.phrases import of_text
from agentlint.analysis.contracts.roles import Kind, Role
from agentlint.analysis.wording import words
from agentlint.ir.description import Node

_DRESS = frozenset(
    "in out input output base read write create update created updated request response summary detail details full short simple minimal mini list item "
    "dto model schema resource object entity data new public private partial patch post put get api v1 v2 v3 view info db pagination paginated page result "
    "overview lite body payload spec with and compact extended expanded basic brief option options params form input args command deleted".split()
)
"""Words that dress up a schema's name without changing what it is of."""


_SIGN_IN = frozenset("auth oauth oauth2 authorization authorizations login sso saml oidc".split())


_KEPT_IN_ROWS = frozenset("config configuration media".split())
"""Technical words that stand for things where there are several, each with an address of its own."""

_NOT_REAL = frozenset("test test_helpers testing tests sandbox debug simulate simulation mock internal".split())


class Resource(msgspec.Struct, frozen=True, eq=False):
    """One kind of thing."""

    noun: str
    schema: str
    """Name of the schema that shows one, empty when it has none."""
    entity: Node | None
    roles: tuple[Role, ...]
    bases: tuple[str, ...]
    """Shapes of the paths it lives at."""

    def of(self, *kinds: Kind) -> tuple[Role, ...]:
        """Its operations of some kinds."""
        return tuple(r for r in self.roles if r.kind in kinds)

    @property
    def writable(self) -> bool:
        """True when some operation changes it."""
        return any(r.writes for r in self.roles)

    @property
    def kept(self) -> bool:
        """True when other operations than the one that creates it know it: it is listed, or stands at an address of its own."""
        return any(r.kind in ("list", "read", "update", "delete") and r.place != "single" for r in self.roles) or any(map(on_one, self.roles))

    @property
    def issued(self) -> bool:
        """True for tokens, keys and codes, which nobody edits."""
        return bool({self.noun.split(" ")[-1], undressed(self.schema).split(" ")[-1]} & v.ISSUED)

    @property
    def archival(self) -> bool:
        """True for logs, reports and the like, which keep what was."""
        return bool({self.noun.split(" ")[-1], undressed(self.schema).split(" ")[-1].replace("status", "")} & v.KEPT)

    @property
    def setting(self) -> bool:
        """True for preferences and the like, known by name: they are set, not made and removed."""
        return self.noun.split(" ")[-1] in v.SETTINGS

    @property
    def tie(self) -> bool:
        """True for ties between two things, which are made and removed."""
        return bool({self.noun.split(" ")[-1], undressed(self.schema).split(" ")[-1]} & v.TIES)

    @property
    def _at_addresses(self) -> bool:
        """True for several things with an address each (`DELETE /auth/groups/{id}`), or listed and with one."""
        if self.of("list") and any(r.path.ends_with_hole and r.place == "item" and r.writes for r in self.roles):
            return True
        return any(r.path.ends_with_hole and r.place == "item" and not r.base[-1].hole and is_plural(r.base[-1].text) for r in self.roles)

    @property
    def technical(self) -> bool:
        """True for health checks, searches, sign-in and the like."""
        said = self.noun.split(" ")
        if all((_signs_in(base) and not self._at_addresses) or set(base.split("/")) & _NOT_REAL for base in self.bases):
            return True
        if said[0] in ("available", "suggested"):
            return True  # what could be made, not what is
        made = any(r.kind == "create" and r.place == "collection" for r in self.roles)
        return (not said or said[-1] in v.TECHNICAL) and not made and not (self._at_addresses and said[-1] in _KEPT_IN_ROWS)


def on_one(role: Role) -> bool:
    """True for an action at the address of one thing: `POST /tokens/{id}/revoke`."""
    after = role.path.segments[len(role.base) :]
    return role.kind == "action" and role.operation.method != "GET" and bool(after) and after[0].hole


def _signs_in(base: str) -> bool:
    """True for paths that begin with signing in: `/auth/...`, `/oauth2/...`, not `/oauth_applications`."""
    return any(said and said <= _SIGN_IN | {"token"} and said & _SIGN_IN for said in (set(words(part)) for part in base.split("{")[0].split("/")[:4]))


class _Group:
    def __init__(self) -> None:
        self.roles: list[Role] = []
        self.names: list[str] = []


def build_resources(roles: Sequence[Role], payloads: Payloads) -> tuple[Resource, ...]:
    """All resources, in the order of their first operation."""
    by_base: dict[str, _Group] = {}
    for role in roles:
        shape = Path(role.base).shape
        by_base.setdefault(shape, _Group()).roles.append(role)
    groups = [(shape, group) for shape, group in by_base.items() if group.roles[0].noun]
    merged = _united(groups, payloads)
    return tuple(_resource(bases, group, payloads) for bases, group in merged)


class Ownership:
    """Which resource a schema belongs to: others that answer with it are views of it (members, forks, subtasks)."""

    def __init__(self, resources: Sequence[Resource]) -> None:
        self._of: dict[str, Resource] = {}
        self._sharing: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            if resource.schema:
                self._sharing[undressed(resource.schema)].append(resource)
        for schema, sharing in self._sharing.items():
            self._of[schema] = max(sharing, key=lambda r: _claim(r, schema))

    def owns(self, resource: Resource) -> bool:
        """True when the resource's schema is its own, or it has none."""
        return not resource.schema or self._of[undressed(resource.schema)] is resource

    def sharing(self, resource: Resource) -> tuple[Role, ...]:
        """Operations of all resources that show the same schema."""
        if not resource.schema:
            return resource.roles
        return tuple(role for other in self._sharing[undressed(resource.schema)] for role in other.roles)

    def owner(self, schema: str) -> Resource | None:
        """The resource that a schema belongs to."""
        return self._of.get(undressed(schema)) if schema else None


def _claim(resource: Resource, schema: str) -> tuple[bool, bool, int, int]:
    named = set(resource.noun.split(" ")[-1:]) <= set(schema.split(" "))
    writes = sum(r.kind in ("create", "update", "delete") and r.place != "single" for r in resource.roles)
    return named, resource.kept, writes, -min(b.count("/") for b in resource.bases)


def _united(groups: list[tuple[str, _Group]], payloads: Payloads) -> list[tuple[tuple[str, ...], list[Role]]]:
    """Places of one noun whose schemas do not contradict each other are one resource."""
    by_noun: dict[str, list[tuple[set[str], list[str], list[Role]]]] = defaultdict(list)
    for shape, group in groups:
        stems = _schema_words(group.roles, payloads)
        noun, parent = group.roles[0].noun, holder(group.roles[0])
        single = all(r.place == "single" for r in group.roles)
        key = noun.split(" ")[-1]
        for known, bases, roles in by_noun[key]:
            same_name = noun == roles[0].noun and (not known or not stems) and parent == holder(roles[0])
            if (known & stems and not single) or same_name:
                known |= stems
                bases.append(shape)
                roles.extend(group.roles)
                break
        else:
            by_noun[key].append((set(stems), [shape], list(group.roles)))
    found = [(tuple(bases), roles) for entries in by_noun.values() for _, bases, roles in entries]
    order = {id(r): i for i, (_, g) in enumerate(groups) for r in g.roles}
    return sorted(found, key=lambda one: order[id(one[1][0])])


def holder(role: Role) -> str:
    """The thing that the path goes through before the last noun."""
    holes = [i for i, s in enumerate(role.base) if s.hole]
    return noun_of(role.base[: holes[-1]]) if holes else ""


def _schema_words(roles: Iterable[Role], payloads: Payloads) -> set[str]:
    """Names, undressed, of the schemas that the operations answer with."""
    found = set()
    for role in roles:
        if role.answer.entity is not None and role.kind in ("list", "read", "create", "update"):
            name = payloads.schemas.name(role.answer.entity)
            if name:
                found.add(undressed(name))
    return found


def undressed(name: str) -> str:
    """`ReadCookBook`, `CookBook-Output` -> `cook book`."""
    said = v.noun_words(name)
    if said[-1:] == ("page",):  # a page of a site; pages of answers have been taken out of their envelopes
        said = (*(w for w in said[:-1] if w not in _DRESS), "page")
    return " ".join([w for w in said if w not in _DRESS or w == said[-1] == "page"] or words(name))


def _resource(bases: tuple[str, ...], roles: list[Role], payloads: Payloads) -> Resource:
    entity = _entity(roles)
    schema = payloads.schemas.name(entity) if entity is not None else ""
    nouns = sorted({r.noun for r in roles}, key=lambda n: (-sum(r.noun == n for r in roles), len(n), n))
    return Resource(_spoken(roles) or nouns[0], schema, entity, tuple(roles), bases)


def _spoken(roles: list[Role]) -> str:
    """What a thing is called where its path has no plural for it: `/forwarding/{data_forwarder_id}`, "Create a data forwarder"; empty where the path says."""
    base = roles[0].base
    if not base or base[-1].hole or is_plural(base[-1].text):
        return ""
    holes = [h for r in roles if r.place == "item" and r.path.ends_with_hole for h in r.path.segments[-1].holes]
    called = {tuple(w for w in v.noun_words(h) if w not in _IDS) for h in holes}
    told = [of_text(r.operation.summary) for r in roles if r.kind == "create"]
    said = next((phrase for phrase in told if phrase), ())
    alike = said and all(hole and hole[-1] == said[-1] for hole in called)
    return " ".join(said) if called and alike and said[-1] not in roles[0].noun.split(" ") else ""


_IDS = frozenset("id uuid guid gid sid key slug name or".split())


def _entity(roles: Iterable[Role]) -> Node | None:
    """The schema that shows one thing best: of a read, of a list, of a create, of an update."""
    for kind in ("read", "list", "create", "update"):
        for role in roles:
            if role.kind == kind and role.answer.entity is not None and role.place != "single":
                return role.answer.entity
    return next((r.answer.entity for r in roles if r.answer.entity is not None), None)
