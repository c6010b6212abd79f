"""Changes of state: decisions that no operation makes, actions that nothing takes back, work that nothing stops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.mentions import Mentions
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Ownership, Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.shapes import Shapes
from agentlint.analysis.contracts.states import Transition, doing, generic, manages, sets_properties, settable, taken, takes_actions, transitions
from agentlint.analysis.contracts.steps import Step, leads_to
from agentlint.analysis.contracts.verbs import spoken_verb
from agentlint.analysis.wording import words

_STOPS = ("cancel", "stop", "abort", "terminate", "kill", "halt", "pause")
_ACCOUNTS = ("status", "data", "event", "log", "history")
"""Ends of names of what only tells of something."""
_PROOFS = frozenset("token key code confirmation otp hash".split())
_PUT_AWAY = ("archive", "deactivate", "disable", "suspend")
"""What some DELETEs say that they do."""
_MONEY = frozenset({"payment", "refund", "payout", "transfer", "charge"})
"""What banks and providers carry out."""
_SWITCHES = frozenset("enabled active status state disabled".split())


class Actions:
    """Changes of state of the resources of one description."""

    def __init__(self, resources: Sequence[Resource], shapes: Shapes, payloads: Payloads, mentions: Mentions) -> None:
        self._mentions = mentions
        self._resources = tuple(resources)
        self._shapes = shapes
        self._beside: dict[str, frozenset[str]] = {}
        self._payloads = payloads
        self._roles = tuple(role for resource in resources for role in resource.roles)
        self._ownership = Ownership(resources)
        self._resources = tuple(resources)
        self._things = {r.noun.split(" ")[-1] for r in resources if r.of("create", "delete")}
        """What is made or deleted, by its last word."""
        self._deleted = {r.path.shape for r in self._roles if r.operation.method == "DELETE"}
        self._starters: dict[str, Role] = {}
        self._answering: dict[str, list[Role]] = {}
        for role in self._roles:
            if role.writes and role.answer.entity is not None and not role.answer.many:
                self._answering.setdefault(undressed(payloads.schemas.name(role.answer.entity)), []).append(role)
            if role.kind in ("create", "action") and role.answer.entity is not None:
                name = payloads.schemas.name(role.answer.entity)
                if name:
                    self._starters.setdefault(undressed(name), role)

    def states(self, resource: Resource) -> Iterator[Step]:
        """Decisions that the states ask for. Things that nothing writes, or only the system does, are left alone."""
        if resource.technical or resource.entity is None or not self._ownership.owns(resource):
            return
        shared = (*self._ownership.sharing(resource), *(self._answering.get(undressed(resource.schema), ()) if resource.schema else ()))
        roles = tuple({id(role): role for role in shared}.values())
        if not any(r.writes and r.place != "single" and r.verb not in v.HARMLESS_VERBS for r in roles) or all(r.kind in ("create", "action") for r in roles):
            return  # what no operation shows again, changes or ends has no life to look after
        if all(r.kind in ("list", "read", "delete") for r in roles):
            return  # what is only listed and taken off the list comes from elsewhere, and is decided on there
        for one in transitions(resource, (*roles, *self._rooms(resource)), self._payloads):
            if one.verb == "accept" and resource.issued:
                continue  # using a token is what accepts it
            if one.role is None and (self._done_beside(one, resource) or self._mentions.does(resource, one.verb.split(" ")[0])):
                continue
            yield Step(leads_to(one.verb), one.role.operation.name if one.role else None, one.how, one.node, "state")

    def _rooms(self, resource: Resource) -> tuple[Role, ...]:
        """Calls below an item or beside them that take the action to do: `POST /transfers/{id}/actions`, `POST /cards/activities`."""
        below = self._shapes.beginning_with(*(f"{base}/" for base in resource.bases))
        return tuple(r for r in below if r.operation.method != "GET" and (takes_actions(r) or manages(r) or sets_properties(r)))

    def _done_beside(self, one: Transition, resource: Resource) -> bool:
        """True when something of its own is changed that stands for the state: `PUT /orders/{id}/status`, `DELETE /comments/{id}/resolved`, `POST /locks`."""
        verbs = {one.verb, one.verb.removeprefix("un"), *words(one.how.split(" ")[0])}
        if any(v.has_verb(verb, self._things) for verb in verbs):
            return True
        bases = {base for other in self._resources if other.noun == resource.noun for base in other.bases}
        for role in self._shapes.beginning_with(*(f"{base}/{{}}/" for base in bases)):
            last = next((words(s.text) for s in reversed(role.path.segments) if not s.hole), [])
            if role.writes and ({"status", "state"} & set(last[-1:]) or any(v.has_verb(verb, last) for verb in verbs)):
                return True
        return False

    def inverses(self, resource: Resource) -> Iterator[Step]:
        """Actions that are meant to be taken back and cannot be."""
        fields = settable(resource.roles, self._payloads)
        for role in resource.of("action", "create", "delete"):
            said = ("grant", "share", "assign", "enroll") if role.kind == "create" else _PUT_AWAY
            back = v.INVERSES.get(role.verb) if role.kind == "action" or role.verb in said else None
            if back is None or role.bulk or role.operation.method == "GET" or self._taken_back(role, back, resource):
                continue
            if (role.verb in ("activate", "enable", "enroll", "join") and self._proves(role)) or resource.noun in v.ACTION_VERBS - v.NOUN_VERBS:
                continue  # nor does a link at `/join/link/{hash}` link anything
            if role.verb == "publish" and resource.noun.split(" ")[-1] in ("message", "event", "notification", "topic"):
                continue  # sent, not shown
            last = words(role.operation.path.rsplit("/", 1)[-1])
            if role.verb == "assign" and len(last) > 1 and not is_plural(last[-1]):
                continue  # another one is assigned in its place
            if role.verb == "archive" and {"zip", "tar", "download"} & set(words(role.operation.summary)):
                continue
            if role.verb == "enable" and self._disabled_by_itself(resource):
                continue
            if role.verb == "close" and not self._shows_open(resource):
                continue
            if role.kind == "action" and role.place != "item":
                continue  # on nothing in particular: what is published or connected there is no thing of the API
            if (role.verb == "start" and not self._runs(resource)) or (role.kind == "action" and not self._in_path(role)):
                continue
            flags = (f for f, (setter, _) in fields.items() if setter is not role or role.kind == "action")
            if any(v.same_verb(role.verb, w) or w in _SWITCHES for f in flags for w in f.split("_")):
                continue
            yield Step(leads_to(back[0]), None, f"{role.operation.name} does it, nothing takes it back", role.operation.node, "inverse")

    def _disabled_by_itself(self, resource: Resource) -> bool:
        """True for what the system switches off and a person on again: it shows `temporarily_disabled`."""
        shown = self._payloads.schemas.shape(resource.entity).properties
        return any({"temporarily", "automatically", "auto"} & set(said) and "disabled" in said for said in map(v.field_words, shown))

    def _proves(self, role: Role) -> bool:
        """True for an activation by which somebody shows that a mail or an invitation came: once and for all."""
        if {"invitation", "confirmation"} & set(words(f"{role.operation.summary} {role.operation.description[:400]}")):
            return True
        holes = (hole for segment in role.path.segments for hole in segment.holes)
        return any(set(words(name)) & _PROOFS for name in (*holes, *(name for name, _ in taken(role, self._payloads))))

    @staticmethod
    def _in_path(role: Role) -> bool:
        """True when the path itself names the action; a verb of the summary alone may only tell how the call works. Where the path's last part says more
        than the verb (`install_analytics`), the summary must not speak of something else."""
        spoken = spoken_verb(role.operation)
        if len(words(role.operation.path.rsplit("/", 1)[-1])) > 1 and spoken and not v.same_verb(spoken, role.verb):
            return False
        return bool(role.path.verb) or v.has_verb(role.verb, {w for s in role.path.segments[-2:] if not s.hole for w in words(s.text)})

    def _runs(self, resource: Resource) -> bool:
        """True when the resource shows whether it runs; what is only set off is not there to be stopped."""
        shape = self._payloads.schemas.shape(resource.entity)
        for name, node in shape.properties.items():
            if v.state_word(name) in ("running", "is_running", "started", "active", "ready", "pid"):
                return True
            if {v.state_word(c) for c in self._payloads.schemas.shape(node).choices} & v.RUNNING_STATES:
                return True
        return False

    def _shows_open(self, resource: Resource) -> bool:
        """True when the states say that a thing is open as long as it is not closed."""
        shape = self._payloads.schemas.shape(resource.entity)
        return any({v.state_word(c) for c in self._payloads.schemas.shape(node).choices} & {"open", "opened", "reopened"} for node in shape.properties.values())

    def _taken_back(self, role: Role, back: tuple[str, ...], resource: Resource) -> bool:
        sharing = self._ownership.sharing(resource)
        if any(doing(verb, sharing) or generic(verb, sharing, self._payloads) or self._mentions.does(resource, verb) for verb in back):
            return True
        if any(verb in fields for fields in (settable((*resource.of("update", "action"), role), self._payloads),) for verb in back):
            return True
        if role.kind == "delete":
            return role.verb != "archive" and bool(resource.of("create"))
        shape, parent = role.path.shape, role.path.shape.rsplit("/", 1)[0]
        near = (words(r.operation.path.rsplit("/", 1)[-1]) for r in self._shapes.beginning_with(parent.rsplit("/", 1)[0] + "/") if r.writes)
        if any(said[:1] and said[0] in ("stop", "end", "undo") and v.has_verb(role.verb, said[1:]) for said in near):
            return True
        if "remove" in back and self._mentions.ends(resource):
            return True
        if "remove" in back and not parent.endswith("}") and f"{parent}/{{}}" in self._deleted:
            return True
        if shape in self._deleted or any(r.operation.method == "DELETE" for r in self._shapes.beginning_with(shape + "/")):
            return True
        return any(v.has_verb(verb, self._said_below(parent)) for verb in back)

    def _said_below(self, parent: str) -> frozenset[str]:
        """Words at the ends of the writing operations' paths below a path."""
        if parent not in self._beside:
            below = (r for r in self._shapes.beginning_with(parent) if r.writes)
            self._beside[parent] = frozenset(w for r in below for w in words(r.operation.path.rsplit("/", 1)[-1]))
        return self._beside[parent]

    def jobs(self, resource: Resource) -> Iterator[Step]:
        """Work that an operation starts and none stops; what starts it may stand elsewhere, which is told in the table alone."""
        if resource.entity is None or resource.noun.endswith(_ACCOUNTS) or not resource.kept or resource.of("update"):
            return
        if resource.noun.split(" ")[-1] in _MONEY:
            return  # others see to it that money arrives
        starter, own = self._starter(resource), self._ownership.owns(resource)
        for name, node in self._payloads.schemas.shape(resource.entity).properties.items():
            values = {v.state_word(c) for c in self._payloads.schemas.shape(node).choices}
            if not v.STATE_FIELD.match(v.state_word(name)) or not values & v.RUNNING_STATES or not values & v.ENDED_STATES:
                continue
            if starter is not None and not self._stopped(resource, starter):
                told = f"{starter.operation.name} starts it and {name} shows it running; nothing stops it"
                yield Step("cancel (running -> cancelled)", None, told, node, "job")
            elif starter is None and own and _of_itself(name, resource) and not self._taken_away(resource) and not self._halted(resource):
                yield Step("cancel (running -> cancelled)", None, f"{name} shows it running; nothing stops it", node, "hole")

    def _starter(self, resource: Resource) -> Role | None:
        """The operation that starts the work, where it is sure that it is this work."""
        starter = self._starters.get(undressed(resource.schema)) if resource.schema else None
        if starter is None:
            return None
        if starter.kind != "create" and not set(resource.noun.split(" ")) & set(v.noun_words(starter.operation.path)):
            return None  # an action on another thing, which answers with this one
        if any(other is not resource and other.kept and any(role is starter for role in other.roles) for other in self._resources):
            return None  # the other is what was started
        return starter

    def _taken_away(self, resource: Resource) -> bool:
        """True when one can be deleted, at its own address or where the same is shown otherwise."""
        return any(role.kind == "delete" for role in (*resource.roles, *self._ownership.sharing(resource)))

    def _halted(self, resource: Resource) -> bool:
        """True when some operation stops such work, wherever it stands, or the whole that it is part of (`/runs/{id}/cancel` the jobs of a run)."""
        wholes = tuple(f"{base.rpartition('/')[0]}/" for base in resource.bases if base.rpartition("/")[0].endswith("{}"))
        ends = {shape.count("/") for shape in wholes}
        above = (r for r in self._shapes.beginning_with(*wholes) if r.writes and r.path.shape.count("/") in ends)
        if any(v.has_verb(verb, words(r.path.segments[-1].text)) for r in above for verb in _STOPS):
            return True
        return any(doing(verb, resource.roles) or self._mentions.does(resource, verb) for verb in _STOPS)

    def _stopped(self, resource: Resource, starter: Role) -> bool:
        roles = (*resource.roles, starter)
        ends = (choices for name, (_, choices) in settable(resource.of("update", "action"), self._payloads).items() if v.STATE_FIELD.match(name))
        if any(choices & (v.ENDED_STATES | set(v.DECISIONS)) for choices in ends):
            return True
        asked = settable(resource.of("update", "action"), self._payloads)
        if any(doing(verb, roles) or verb in asked for verb in _STOPS):
            return True
        told = {w for r in resource.of("delete") for w in words(f"{r.operation.summary} {r.operation.description[:400]}")}
        beside = self._said_below(starter.path.shape.rsplit("/", 1)[0])
        return any(v.has_verb(verb, told | beside) for verb in _STOPS)


def _of_itself(name: str, resource: Resource) -> bool:
    """True for `status` and `run_status` of a run; `migration_status` of a project is that of something else."""
    before = v.field_words(name)[:-1]
    return not before or set(before) <= {*resource.noun.split(" "), *undressed(resource.schema).split(" "), "current", "job", "task", "run", "execution"}
