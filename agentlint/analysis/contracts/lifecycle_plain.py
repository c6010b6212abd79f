"""The plain steps of a life: create, read one, list, update, delete; what is there and what is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.births import Births
from agentlint.analysis.contracts.containment import Containment
from agentlint.analysis.contracts.lifecycle_unread import IDENTITY, Unread
from agentlint.analysis.contracts.likeness import apart, single_reads, takes_off
from agentlint.analysis.contracts.mentions import ENDS, SWITCHES, Mentions
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Ownership, Resource, on_one, undressed
from agentlint.analysis.contracts.roles import PROVING, Kind, Role
from agentlint.analysis.contracts.shapes import Shapes
from agentlint.analysis.contracts.states import doing, generic, settable, takes_actions, takes_anything
from agentlint.analysis.contracts.steps import Step, leads_to
from agentlint.analysis.contracts.verbs import plain_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Node

_STEPS: tuple[tuple[Kind, str], ...] = (("create", "create"), ("read", "read one"), ("list", "list"), ("update", "update"), ("delete", "delete"))
_OFF_WORDS = frozenset("archived deleted active enabled disabled cancelled canceled inactive".split())
_SWITCHED = frozenset("active enabled disabled inactive".split())
_STAMP = re.compile(
    r"(_at|_by|_on|At|By|On|[cC]ount|[sS]ize|[sS]pace|[aA]ccessible|[aA]vailable)$|^(un[mM]apped|used|free|total)|^(type|kind|object|(is_?|Is)?[aA]ctive|guid|uuid|links|_links)$|^(created|updated|modified|last_?([uU]pdated|[mM]odified))"
)
"""Fields that the system fills in, or that say what a thing is."""
_COMPLETES = frozenset({"complete", "commit", "finish", "finalize"})
_BEGINNING = frozenset({"start", "run", "launch", "trigger", "execute"})
_STOPPING = frozenset({"stop", "cancel", "abort", "terminate", "kill"})
_HASHES = frozenset({"sha", "sha1", "sha256", "digest", "hash", "checksum"})
_PLACES = frozenset("city zip postal postcode country county".split())


class Plain:
    """Plain steps of the resources of one description."""

    def __init__(
        self, roles: Sequence[Role], resources: Sequence[Resource], shapes: Shapes, payloads: Payloads, mentions: Mentions, births: Births
    ) -> None:
        self._resources = tuple(resources)
        self._shapes = shapes
        self._payloads = payloads
        self._containment = Containment(roles, payloads)
        self._known = {(r.noun, base.count("{}")) for r in resources if r.kept and r.of("create", "list") for base in r.bases}
        self._owners = {undressed(r.schema) for r in resources if r.kept and r.schema}
        self._ownership = Ownership(resources)
        self._births = births
        self._mentions = mentions
        self._unread = Unread(roles, resources, payloads, self._containment, mentions)
        self._lists = {_fixed(r.path.shape): r.operation for r in reversed(roles) if r.kind == "list" and not r.path.ends_with_hole}
        self._deletes = {_fixed(r.path.shape) for r in roles if r.operation.method == "DELETE"}
        """By the fixed parts of their addresses."""

    def present(self, resource: Resource) -> Iterator[Step]:
        """Steps and actions that have an operation."""
        if any(r.place != "single" for r in resource.roles):
            for kind, name in _STEPS:
                able = single_reads(resource) if kind == "read" else resource.of(kind)
                best = _best([r for r in able if kind != "delete" or not takes_off(r, resource)], kind)
                if best is not None:
                    yield _there(name, best)
        for role in resource.of("action"):
            if role.verb and role.verb not in v.HARMLESS_VERBS:
                yield _there(leads_to(role.verb), role)

    def missing(self, resource: Resource) -> Iterator[Step]:
        """Plain steps that something created, and kept, should have."""
        made = self.made(resource)
        if resource.technical or resource.noun.split(" ")[-1] in _BETWEEN:
            return
        if not made:
            if self._ownership.owns(resource):
                yield from self._unread.found(resource)
            return
        if not self._lives(resource, made) or not self._ownership.owns(resource) or self._is_edge(resource, made[0]):
            yield from self._swallowed(resource, made[0])
            return
        if self._is_held(resource, made[0]):
            yield from self._swallowed(resource, made[0])
        elif not self._alone(resource) and not self._comes_as_another(resource, made[0]):
            yield from self._lacks(resource, made)

    def made(self, resource: Resource) -> list[Role]:
        """Operations that surely make one."""
        return [r for r in resource.of("create") if r.place != "single" and not r.bulk and self._births.sure(r)]

    def slight(self, resource: Resource, made: Sequence[Role]) -> bool:
        """True for what has no life of its own: a tie, a step of something larger, an answer, a thing of which there is one."""
        if not self._lives(resource, made) or self._is_edge(resource, made[0]) or self._alone(resource) or self._comes_as_another(resource, made[0]):
            return True
        return self._is_held(resource, made[0]) and not resource.of("update")

    def read_elsewhere(self, resource: Resource) -> DescribedOperation | None:
        """An operation of another resource that reads a single one."""
        return self._unread.elsewhere(resource)

    def has_identity(self, resource: Resource) -> bool:
        """True when what is shown of it holds something by which it is known."""
        return self._unread.has_identity(resource)

    def listed_elsewhere(self, resource: Resource, at: Role) -> DescribedOperation | None:
        """An operation of another resource that shows several."""
        return self._containment.lists(resource) or self._mentions.lists(resource) or self._listed_elsewhere(at, resource)

    def written_elsewhere(self, resource: Resource) -> bool:
        """True when an update of what holds them changes them."""
        return self._containment.writes(resource) is not None

    @staticmethod
    def _comes_as_another(resource: Resource, made: Role) -> bool:
        """True for what is something else afterwards (an import, an upload that is completed or aborted), and for entries of a list that is changed as a
        whole, which have no identity of their own."""
        if {"import", "imports"} & {w for s in made.path.segments if not s.hole for w in words(s.text)}:
            return True
        acts = resource.of("delete", "action")
        sent = "upload" in resource.noun.split(" ") and any(set(words(r.operation.path.rsplit("/", 1)[-1])) & _COMPLETES for r in acts)
        if sent or any(words(r.operation.summary or r.operation.operation_id)[:1] == ["abort"] for r in acts):
            return True  # a step of something larger, such as an upload in parts: over when that is complete
        whole = any(r.operation.method == "DELETE" and r.place != "item" for r in resource.roles)
        return whole and not any(r.path.ends_with_hole for r in resource.roles)

    @staticmethod
    def by_content(resource: Resource) -> bool:
        """True for things that are known by what they hold (`/blobs/{file_sha}`): another content is another thing, and none goes."""
        holes = (h for r in resource.roles if r.place == "item" and r.path.ends_with_hole for h in r.path.segments[-1].holes)
        return any(set(words(h)[-1:]) & _HASHES for h in holes)

    def _lacks(self, resource: Resource, made: Sequence[Role]) -> Iterator[Step]:
        born, place = made[0].operation.name, made[0].operation.node
        inside = self._containment.writes(resource)
        if not self._is_value(resource, made[0]):
            yield from self._unread.made(resource, made[0])
        named_by_caller = all(r.operation.method == "PUT" and r.path.ends_with_hole for r in made) and bool(resource.of("read"))
        if not resource.of("list") and not resource.tie and not named_by_caller and not (resource.issued and not resource.of("delete", "update")):
            shown = self._containment.lists(resource) or self._listed_elsewhere(made[0], resource) or self._mentions.lists(resource)
            told = f"{shown.name} shows them" if shown is not None else f"{born} creates one, no operation lists them"
            yield Step("list", shown.name if shown is not None else None, told, place, "plain")
        value = resource.noun.split(" ")[-1] in v.VALUES or self.by_content(resource)
        if not self._stays(resource, made[0]) and not self._ends(resource):
            told = f"{inside.name} replaces them" if inside is not None else f"{born} creates one, nothing deletes, cancels or revokes it"
            yield Step("delete", inside.name if inside is not None else None, told, place, "plain")
        if not resource.of("update") and not resource.archival and not resource.issued and not resource.tie and not value and not self._changes(resource):
            fields = self.frozen(resource, made)
            puts = next((r.operation for r in made if puts_whole(r)), None)
            if inside is not None or puts is not None:
                told = inside.name if inside is not None else puts.name if puts is not None else ""
                yield Step("update", told, f"{told} replaces them", place, "plain")
            elif len(fields) > 1:
                yield Step("update", None, f"{born} sets {', '.join(fields[:4])}; nothing changes them afterwards", place, "plain")

    def _stays(self, resource: Resource, made: Role, firmly: bool = False) -> bool:
        """True for what is deleted, and for what is meant to stay or goes by itself."""
        deleted = any(not (firmly and takes_off(r, resource)) for r in resource.of("delete"))
        if deleted or self._deleted_elsewhere(resource, made) or self._mentions.ends(resource, firmly) or self.by_content(resource):
            return True
        fleeting = resource.issued and not resource.of("list", "update")
        return resource.archival or resource.setting or fleeting or made.verb in v.INVERSES or self._is_work(resource)

    def only_switched_off(self, resource: Resource, made: Role) -> bool:
        """True when it can be put out of use, or taken off a list, and not be removed."""
        return not self._stays(resource, made, firmly=True) and not self._ends(resource, firmly=True)

    def _alone(self, resource: Resource) -> bool:
        """True for a thing of which there is one, by a call that reads it and wants to know nothing: `DescribeOrganization`."""
        asked = (r for r in resource.of("read") if r.base != r.path.base() and r.verb not in PROVING)
        return not resource.of("list") and any(self._asks_nothing(r.operation) for r in asked)

    def _asks_nothing(self, operation: DescribedOperation) -> bool:
        shape = self._payloads.schemas.shape(self._payloads.body_schema(operation.body))
        asked = any(p.required and p.location in ("path", "query") for p in operation.parameters)
        return not asked and not shape.required and not any(set(v.field_words(name)[-1:]) & IDENTITY for name in shape.properties)

    def _swallowed(self, resource: Resource, made: Role) -> Iterator[Step]:
        """Files that are put below a thing and that no operation gives back."""
        uploaded = made.place == "collection" and any(s.hole for s in made.base) and self._payloads.sends_file(made.operation.body)
        if uploaded and self._containment.lists(resource) is not None:
            given = any(r.operation.method == "GET" for r in self._shapes.beginning_with(made.path.shape))
            if not given:
                yield Step("read one", None, f"{made.operation.name} uploads one, no operation gives it back", made.operation.node, "plain")

    def _deleted_elsewhere(self, resource: Resource, made: Role) -> bool:
        """True when things of the noun, made below a holder, are deleted at an address of their own (`POST /orgs/{org}/apps`, `DELETE /apps/{app}`), at the
        same one through another holder, or together with what holds them, where that says so (`DELETE /comments/{id}`: a comment or reply)."""
        if _fixed(made.path.shape) in self._deletes:
            return True
        if not any(s.hole for s in made.base):
            return False
        parts = made.path.shape.split("/")
        above = (role for at in range(2, len(parts)) for role in self._shapes.at("/".join(parts[:at])) if role.operation.method == "DELETE")
        if any(resource.noun.split(" ")[-1] in v.noun_words(role.operation.summary) for role in above):
            return True
        return any(self._namesake(other, resource) and other.of("delete") for other in self._resources)

    @staticmethod
    def _namesake(other: Resource, resource: Resource) -> bool:
        """True for another place of what bears the same name."""
        return other is not resource and other.noun == resource.noun and not apart(other, resource)

    def _listed_elsewhere(self, made: Role, resource: Resource) -> DescribedOperation | None:
        """A list at the same address through another holder (`/carts/mine/cards`, `/carts/{id}/cards`), or one that wants a filter in its path
        (`GET /ratings/{type}/{rating}`, `GET /comments/recent/{type}`)."""
        same = self._lists.get(_fixed(made.path.shape))
        if same is None and not any(s.hole for s in made.base):
            others = (r.operation for other in self._resources if self._namesake(other, resource) for r in other.of("list"))
            same = next(others, None)
        if same is not None:
            return same
        if made.path.ends_with_hole:
            above = next((r.operation for r in self._shapes.at(made.path.shape.rpartition("/")[0]) if r.operation.method == "GET"), None)
            if above is not None:
                return above
        base, noun = made.path.shape + "/", resource.noun.split(" ")[-1]
        for role in self._shapes.beginning_with(base):
            if role.operation.method != "GET":
                continue
            rest = role.path.shape[len(base) :].split("/")
            holes = all(part == "{}" for part in rest)
            said = words(role.operation.summary or role.operation.operation_id)
            plural = any(word != noun and v.noun_words(word) == (noun,) for word in said)
            alone = not any(r.operation.method in ("PUT", "PATCH", "DELETE") for r in self._shapes.at(role.path.shape))
            kinds = any(len(self._payloads.schemas.shape(p.schema).choices) > 1 for p in role.operation.parameters if p.location == "path")
            if (holes and alone and (role.answer.many or len(rest) > 1 or plural or kinds)) or (rest[0] != "{}" and (plural or self._holds(role, resource))):
                return role.operation
        return None

    def _holds(self, role: Role, resource: Resource) -> bool:
        name = self._payloads.schemas.name(role.answer.entity) if role.answer.many and role.answer.entity is not None else ""
        return bool(name) and undressed(name) == undressed(resource.schema)

    def _is_held(self, resource: Resource, made: Role) -> bool:
        """True for what is only put on a thing and taken off it by name: reading the thing shows it, as far as is described."""
        if not any(s.hole for s in made.base) or any(r.kind not in ("create", "update", "delete") for r in resource.roles) or not resource.of("delete"):
            return False
        holder = made.path.shape.rpartition("/")[0]
        return any(r.operation.method == "GET" for r in self._shapes.at(holder))

    def _is_value(self, resource: Resource, made: Role) -> bool:
        """True for small things that are what they were given: a reaction, an address."""
        given = self._payloads.given(made.operation)
        shown = self._payloads.schemas.shape(resource.entity).properties if resource.entity is not None else {}
        return len(given) == 1 and len(shown) <= 4 and bool(resource.of("list"))

    def _lives(self, resource: Resource, made: Sequence[Role]) -> bool:
        """True for things that stay: known to other operations, or answered with an identity of their own."""
        if any(r.kind in ("list", "read", "delete") or (r.kind == "update" and r.place == "item") for r in resource.roles if r.place != "single"):
            return True
        if any(on_one(r) and not any(s.hole for s in r.base) for r in resource.roles):
            return True
        if resource.schema and undressed(resource.schema) in self._owners:
            return False
        shape = self._payloads.schemas.shape(made[0].answer.entity)
        own = any(set(v.field_words(name)[-1:]) & IDENTITY and len(v.field_words(name)) <= 2 for name in shape.properties if name)
        nested = any(s.hole for s in made[0].base)  # a POST alone below an item is an action on it
        alone = made[0].place == "collection" and own and self._containment.shows(resource) is None
        several = not nested and is_plural(made[0].base[-1].text)
        return alone and (several or self._births.told(made[0], undressed(resource.schema)))

    def _is_edge(self, resource: Resource, made: Role) -> bool:
        """True for a tie between two things: added by the path alone, or named like a thing that lives elsewhere."""
        if made.place == "item" and made.operation.body is None and any(s.hole for s in made.base):
            return True
        nested = made.path.shape.count("{}")
        elsewhere = any(noun == resource.noun and depth < nested for noun, depth in self._known)
        return elsewhere and made.verb in ("add", "assign", "attach", "link", "invite", "share", "grant", "")

    def _ends(self, resource: Resource, firmly: bool = False) -> bool:
        """True when something ends it; `firmly` leaves out what only switches it off."""
        acts = resource.of("action", "update")
        ends, off = (set(ENDS) - SWITCHES, _OFF_WORDS - _SWITCHED) if firmly else (set(ENDS), _OFF_WORDS)
        rooms = [r for r in self._shapes.beginning_with(*(f"{b}/" for b in resource.bases)) if r.writes and takes_actions(r)]
        if any(doing(verb, acts) or (rooms and generic(verb, rooms, self._payloads)) for verb in ENDS if verb in ends) or self._undone_below(resource):
            return True
        if any("deleted" in words(self._payloads.schemas.name(r.answer.entity)) for r in acts if r.answer.entity is not None):
            return True  # a call that answers with a deleted one
        fields = settable(acts, self._payloads)
        if any(takes_anything(role, self._payloads) for role in resource.of("update")) and self._shows_an_end(resource):
            return True
        own = {"is", "has", "been", "status", "state", *resource.noun.split(" ")}  # `greeting_enabled` switches a part
        if any(said & off and said <= off | own for said in (set(name.split("_")) for name in fields)):
            return True
        placed = any(_PLACES & set(name.split("_")) for name in fields)  # a state of a federation stands beside a city
        states = [choices for name, (_, choices) in fields.items() if v.STATE_FIELD.match(name) and not (placed and name.endswith("state"))]
        return any(not choices or {v.DECISIONS.get(c, "") for c in choices} & {*ends, "resolve"} for choices in states)

    def _shows_an_end(self, resource: Resource) -> bool:
        """True when it has a state or a flag by which it may be put away."""
        shown = map(v.state_word, self._payloads.schemas.shape(resource.entity).properties)
        return any(set(name.split("_")) & _OFF_WORDS or v.STATE_FIELD.match(name) for name in shown)

    def _is_work(self, resource: Resource) -> bool:
        """True for work that is set off and ends by itself, or leaves a result (`GET /tasks/{id}/result`): it keeps what was."""
        if not resource.of("update") and (self._ends_by_itself(resource) or is_run(resource)):
            return True
        below = self._shapes.beginning_with(*(f"{base}/{{}}/" for base in resource.bases))
        return any(not r.writes and {"result", "results", "output", "progress"} & set(words(r.operation.path.rsplit("/", 1)[-1])) for r in below)

    def _ends_by_itself(self, resource: Resource) -> bool:
        """True when its states are those of a run, from its start to its end."""
        for name, node in self._payloads.schemas.shape(resource.entity).properties.items():
            values = {v.state_word(c) for c in self._payloads.schemas.shape(node).choices} if v.STATE_FIELD.match(v.state_word(name)) else set()
            if values and values <= v.JOB_STATES and len(values & v.ENDED_STATES) > 1:
                return True
        return False

    def _undone_below(self, resource: Resource) -> bool:
        """True when a collection below an item holds what undoes it (refunds, reversals, cancellations), or a call there sets its state."""
        below = tuple(f"{b}/{{}}/" for b in resource.bases)
        beside = self._shapes.beginning_with(*(f"{b.rpartition('/')[0]}/un" for b in resource.bases))  # `subscribers`, `unsubscribe`
        if any(r.writes and v.same_verb(r.path.segments[-1].text.lower()[2:], resource.noun.split(" ")[-1]) for r in beside):
            return True
        if any(r.writes and r.operation.path.lower().rstrip("/").endswith(("status", "state")) for r in self._shapes.beginning_with(*below)):
            return True
        inside = (self._resources[number] for number in self._shapes.by_resource(below))
        nouns = {o.noun.split(" ")[-1] for o in inside if o.of("create")}
        return bool(nouns & {"refund", "reversal", "cancellation", "return", "revocation", "termination", "withdrawal", "closure", "void"})

    def _changes(self, resource: Resource) -> bool:
        """True when an action, or something put below an item, changes it."""
        if resource.of("action") or any(takes_anything(r, self._payloads) for r in resource.of("update")):
            return True
        if self._mentions.changes(resource) or any(self._namesake(other, resource) and other.of("update") for other in self._resources):
            return True  # made below a holder, changed at an address of its own
        below = tuple(f"{b}/{{}}" for b in resource.bases)
        return any(r.writes and not any(r is own for own in resource.roles) and not self._is_another(r) for r in self._shapes.beginning_with(*below))

    def _is_another(self, role: Role) -> bool:
        """True for what makes, changes or removes a thing of its own below an item (`POST /queues/{id}/assignments`): the item stays as it was."""
        return role.kind in ("create", "update", "delete") and role.place != "single" and is_plural(role.base[-1].text)

    def _refers(self, node: Node) -> bool:
        """True for an object that only says which thing is meant."""
        shape = self._payloads.schemas.shape(node)
        return shape.kind == "object" and 0 < len(shape.properties) <= 2 and any(set(v.field_words(n)[-1:]) & IDENTITY for n in shape.properties)

    def frozen(self, resource: Resource, made: Sequence[Role]) -> list[str]:
        """Fields given at creation that stay readable, so that one could want to change them."""
        given = self._payloads.given(made[0].operation)
        shown = self._payloads.schemas.shape(resource.entity).properties if resource.entity is not None else {}
        own = resource.noun.replace(" ", "_")
        kept = (n for n in given if n in shown and not _STAMP.search(n))
        kept = (n for n in kept if not self._refers(given[n]))
        return [n for n in kept if v.state_word(n) != own and v.field_words(n)[-1:] not in (("id",), ("ids",))]


def _fixed(shape: str) -> str:
    """The fixed parts of an address, without words that stand for an identifier (`/carts/mine/cards`: `carts/cards`)."""
    return "/".join(part for part in shape.split("/") if part and part != "{}" and part not in _ONESELF)


def is_run(resource: Resource) -> bool:
    """True for what is started and can be stopped, and does not change: `POST /tasks`, "Start a task"; `POST /tasks/{id}/stop`."""
    begun = any(plain_verb(next(iter(words(r.operation.summary)), "")) in _BEGINNING for r in resource.of("create"))
    return begun and not resource.of("update") and any(r.verb in _STOPPING for r in resource.of("action"))


def puts_whole(role: Role) -> bool:
    """True for a PUT of a whole thing at its own address, which makes it or puts it in the place of what is there: nothing speaks of a conflict."""
    answers = {r.status for r in role.operation.responses}
    if role.operation.method != "PUT" or not role.path.ends_with_hole or role.operation.body is None:
        return False
    return bool({"update", "updates", "replace", "replaces", "upsert"} & set(words(role.operation.summary))) or ("409" not in answers and answers != {"201"})


_BETWEEN = frozenset("for by of in on with to from".split())
"""Words between things (`/views/for/{class}`), never a thing."""
_ONESELF = frozenset({"me", "mine", "my", "self", "current"})


def _there(name: str, role: Role) -> Step:
    return Step(name, role.operation.name, f"{role.operation.name} does it", role.operation.node, "plain")


def _best(roles: Sequence[Role], kind: str) -> Role | None:
    """The operation to name for a plain step: on an item or collection rather than in bulk."""

    def rank(role: Role) -> tuple[bool, bool, bool, bool, int]:
        operation = role.operation
        return role.place == "single", role.bulk, operation.deprecated, kind == "update" and operation.method != "PATCH", len(operation.path)

    return min(roles, key=rank, default=None)
