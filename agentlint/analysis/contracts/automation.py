"""How safely a program can call an operation by itself: what a repeat does, what can be taken back, what can be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.births import Births
from agentlint.analysis.contracts.counterparts import Counterparts
from agentlint.analysis.contracts.paths import Path, is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.verbs import spoken_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Node
from agentlint.ir.operations import Automation

_SENT = frozenset("message event notification topic mail email post".split())
_TRIES = frozenset({"simulate", "estimate", "calculate", "validate"})
_IDEMPOTENCY = re.compile(r"idempoten|dedup|client[-_]?request[-_]?id|request[-_]?token", re.IGNORECASE)
_DRY_RUN = re.compile(r"^(dry[-_]?run|validate[-_]?only|simulate|preview|confirm(ation)?)$", re.IGNORECASE)
_UPSERT = re.compile(r"^(is_?)?(up[-_]?sert|overwrite|exist[-_]?ok|replace_?(existing|if_?exists)?)$", re.IGNORECASE)
"""Options with which a call that makes a thing meets the one of the same name: the caller names it."""
_FINAL = frozenset(
    "merge purge clean cleanup wipe erase restore shutdown terminate kill reset flush empty truncate prune rotate rollback overwrite finalize void redact "
    "deprovision decommission uninstall factory".split()
)
_BINS = frozenset("deleted trash trashed bin archived recycle".split())
"""Where deleted things lie until they are restored."""
_SETS = frozenset(
    "tag categorize label rename move resize reorder "
    "assign attach detach add link unlink pin unpin enable disable activate deactivate suspend resume lock unlock archive star".split()
)
_CONTENTS = frozenset({"text", "message", "mail", "email", "post"})
"""Verbs that mostly name what is sent."""
_REPEATABLE = frozenset("sync synchronize refresh reload heartbeat activity touch ping validate verify check".split())
_MAILS = frozenset("send resend remind".split())
_SIGN_IN = re.compile(r"(^|/)(oauth2?/)?(token|login|logout|signin|signout|refresh|session)s?/?$", re.IGNORECASE)
_TAKEN_IN = frozenset({"member", "collaborator", "teammate", "assignee", "participant"})
_NAMED_VALUES = frozenset("metadata property attribute variable annotation setting preference".split())
_ANEW = frozenset({"regenerate", "rotate", "revoke", "reset", "renew"})
"""First words of flags that ask for a new secret in the place of the one before."""
_OWN_SESSION = re.compile(r"/(session|log_?-?in|log_?-?out|sign_?-?in|sign_?-?out)/?$", re.IGNORECASE)
"""Where a DELETE signs the caller out; a session of somebody is one of `sessions`."""
_SIGN_IN_HOME = re.compile(r"(^|/)(auth|oauth2?|oidc|sso|session|login)(/|$)", re.IGNORECASE)


_NAMES = frozenset("name key slug login username email title code handle uri url path domain hostname".split())
"""Fields by which a caller names what is made."""
_OF_OTHERS = ("previous", "parent", "source", "original", "base", "from", "origin", "related", "target", "last", "next")
"""How fields start that name another thing of the same kind."""
_OWN = frozenset("name title content text subject description body".split())
"""Words of fields that say what a thing is to be."""
_REFERRING = frozenset("id ids key user username login email".split())
_SECRETS = frozenset("password passwd passphrase secret pin".split())


def _is_secret(said: list[str]) -> bool:
    return bool(set(said) & _SECRETS)


class Automations:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads, births: Births) -> None:
        self._payloads = payloads
        self._counterparts = Counterparts(roles, payloads)
        self._births = births
        self._resource = {id(role): resource for resource in resources for role in resource.roles}
        self._by_shape: dict[str, set[str]] = {}
        self._homes: dict[str, int] = {}
        """By noun: under how few holes one of them is made and deleted by itself."""
        for role in roles:
            if role.kind == "delete" and role.path.ends_with_hole:
                self._homes[role.noun] = min(role.path.shape.count("{}"), self._homes.get(role.noun, 99))
        self._set_here = {r.path.shape for r in roles if r.operation.method in ("POST", "PUT") and r.operation.body is None}
        self._put_here = {r.path.shape for r in roles if r.operation.method == "PUT" and r.operation.body is None and r.operation.path.count("{") > 1}
        """Where a PUT without any content ties what its address names."""
        self._lists = {r.path.shape: r.answer.entity for r in roles if r.kind == "list" and r.operation.method == "GET"}
        self._reads = {r.path.shape: r.answer.entity for r in roles if r.kind == "read" and r.operation.method == "GET"}
        for role in roles:
            self._by_shape.setdefault(role.path.shape, set()).add(role.operation.method)

    def judge(self, role: Role) -> tuple[Automation, str]:
        """The kind of an operation, and why."""
        operation = role.operation
        if operation.method in ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY"):
            return "safe", "it only reads"
        said = self._said(role)
        if self._guarded(operation):
            reads = spoken_verb(operation) in v.READ_VERBS | _TRIES and not said & (v.SENDING_VERBS | v.FINAL_VERBS)
            if role.kind == "list" or reads:
                return "safe", "it only looks something up"
            return "undoable", "it can be tried first, or repeated under an idempotency key"
        if self._untrackable(role):
            return "async-untrackable", "it answers 202 and shows nothing by which the outcome could be followed"
        final = self._final(role, said)
        if final is not None:
            return final
        if operation.method == "DELETE" or role.kind == "delete":
            return self._deletion(role)
        if said & _REPEATABLE and not said & _MAILS:
            return "safe", "repeating it changes nothing more"
        if self._looks_up(role, said):
            return "safe", "it only looks something up"
        signs_in = words(operation.summary)[:2] in (["sign", "in"], ["log", "in"])
        if _SIGN_IN_HOME.search(operation.path) and (signs_in or _SIGN_IN.search(operation.path)):
            return "safe", "it gives or ends a session of the caller's own"
        several = role.bulk and role.kind == "action" and spoken_verb(operation) in ("update", "edit", "modify", "change")
        makes = role.kind == "create" and not role.path.ends_with_hole and (role.verb != "add" or role.path.shape in self._lists)
        sets = operation.method in ("PUT", "PATCH") and not makes
        if sets or role.kind == "update" or several:
            return self._update(role)
        anew = (said & _SETS and not said & _MAILS) or self._sets_anew(role)
        if anew or self._reversed_here(role) or self._taken_back(role) or self._sets_single(role) or self._counterparts.taken_back(role):
            return "undoable", "it sets a state that another call sets back, and a repeat changes nothing more"
        if self._chosen_by_caller(role):
            return "undoable", "the caller names the thing, so that a repeat meets the same one, and it can be removed"
        ends = (said & v.FINAL_VERBS and not said & v.SENDING_VERBS) or role.verb in v.FINAL_VERBS - v.SENDING_VERBS or _shows_it(role)
        if role.kind == "action" and ends:
            return "irreversible", "nothing described brings back the state before"
        return "duplicate-prone", "a repeat after a lost answer does it twice: nothing names the attempt"

    def _guarded(self, operation: DescribedOperation) -> bool:
        """True when a call takes a key that names the attempt, or can be tried first."""
        names = [p.name for p in operation.parameters if p.location in ("header", "query")]
        body = self._payloads.schemas.shape(self._payloads.body_schema(operation.body)).properties if operation.body is not None else {}
        return any(_IDEMPOTENCY.search(n) or _DRY_RUN.match(n) for n in names) or any("idempoten" in n.lower() for n in body)

    def _said(self, role: Role) -> set[str]:
        """Words for what the operation does; those for the thing itself (`run`, `report`) say nothing on that."""
        noun = set(role.noun.split(" "))
        told = set() if role.kind in ("create", "update", "delete") else set(words(role.operation.summary)) - noun
        nested = any(s.hole for s in role.base)
        makes = role.kind == "create" and role.verb == "add" and not (nested and self._refers(role))  # one more, no tie to another thing
        last = set(words(role.operation.path.rsplit("/", 1)[-1]))
        own = noun if role.kind == "create" and role.place == "collection" and role.base == role.path.base() else set()
        merges = {"merge"} if role.operation.method == "PATCH" else set()  # fields into what is there
        return ({*(last - own), *told, *(() if makes else (role.verb,))}) - merges

    def _refers(self, role: Role) -> bool:
        """True unless the body gives a thing a name or content of its own: then it says which one is added."""
        body = self._payloads.body_schema(role.operation.body)
        given = self._payloads.schemas.shape(body).properties if body is not None and role.noun.split(" ")[-1] not in v.SLIGHT else {}
        return not any(set(v.field_words(name)) & _OWN and not set(v.field_words(name)) & _REFERRING for name in given)

    def _sets_anew(self, role: Role) -> bool:
        """True for a POST that puts a value or a content in the place of another: a mark, a toggle that is told where to go, an upload to a thing itself."""
        if role.verb == "mark":
            return True
        if role.path.ends_with_hole and role.operation.method == "POST" and self._payloads.sends_file(role.operation.body):
            return True
        toggled = "toggle" in words(role.operation.path.rsplit("/", 1)[-1])[:1] and role.operation.body is not None
        return role.kind == "action" and role.place == "item" and (toggled or (role.verb == "upload" and self._part_of_read(role)))

    def _looks_up(self, role: Role, said: set[str]) -> bool:
        """True for a search, a check, a trial: nothing stays behind. What is only accepted, or makes a thing, is none."""
        answers = {r.status for r in role.operation.responses} & {"201", "202"}
        if self._births.asks_by_name(role):
            answers -= {"201"}  # some frameworks answer so to every POST
        if answers or any(s.text.lower() == "create" for s in role.path.segments):
            return False
        tried = role.verb == "test" and role.place != "item"
        first = words(role.operation.summary or role.operation.operation_id)[:1]
        done = {role.verb} | {word for word in said if word not in _CONTENTS or [word] == first}  # "Get feeds from a text" sends no text
        if role.operation.method == "POST" and self._births.asks(role) and not done & (v.SENDING_VERBS | v.FINAL_VERBS):
            return True
        return role.kind == "list" or tried or (bool(said & v.HARMLESS_VERBS) and role.kind == "action" and not said & v.SENDING_VERBS)

    def _taken_back(self, role: Role) -> bool:
        """True for an action on a thing that another action on it takes back: start and stop, connect and disconnect."""
        resource = self._resource.get(id(role))
        if resource is None or role.kind != "action" or role.place != "item":
            return False
        others = [r for r in resource.roles if r.kind == "action" and r is not role]
        back = {*v.INVERSES.get(role.verb, ()), *(one for one, backs in v.INVERSES.items() if role.verb in backs)}
        return any(r.verb in back for r in others)

    def _sets_single(self, role: Role) -> bool:
        """True for a POST to a thing of which there is one, which can be read and set again, or taken off, at its own address."""
        methods = self._by_shape.get(role.path.shape, set())
        taken_off = "DELETE" in methods and any(s.hole for s in role.base) and not is_plural(role.base[-1].text)
        return role.place == "single" and not role.path.ends_with_hole and ({"GET", "PUT"} <= methods or taken_off)

    def _untrackable(self, role: Role) -> bool:
        accepted = [r for r in role.operation.responses if r.status == "202"]
        if not accepted or any("location" in h.lower() or "retry" in h.lower() for r in accepted for h in r.headers):
            return False
        if any(r.links for r in accepted) or self._payloads.answer(role.operation).described:
            return False
        return not self._readable(role) and (role.kind == "action" or role.bulk)

    def _readable(self, role: Role) -> bool:
        """True when the state that the call leads to can be read at its own address or that of its thing."""
        methods = self._by_shape.get(role.path.shape, set())
        if "GET" in methods or ("DELETE" in methods and self._part_of_read(role)):
            return True
        resource = self._resource.get(id(role))
        return resource is not None and role.kind != "action" and any(r.kind in ("read", "list") for r in resource.roles)

    def _deletion(self, role: Role) -> tuple[Automation, str]:
        if role.operation.method == "DELETE" and _OWN_SESSION.search(role.operation.path):
            return "safe", "it ends a session of the caller's own"
        resource = self._resource.get(id(role))
        by_body = role.operation.method == "DELETE" and not role.path.ends_with_hole and role.operation.body is not None
        beside = self._by_shape.get(role.path.shape, set())
        if by_body and ("POST" in beside or ("PUT" in beside and any(s.hole for s in role.base))):
            return "undoable", "sending them to the same place again puts them back"
        slight = resource is not None and resource.noun.split(" ")[-1] in v.SLIGHT and bool(resource.of("create"))
        tied = any(s.hole for s in role.base) and resource is not None and not resource.of("update")
        if (slight and (role.operation.method == "POST" or tied)) or self._takes_out(role):
            return "undoable", "it is made again as it was"
        if self._named_value(role, resource):
            return "undoable", "its value can be read before, and set again under its name"
        if role.path.shape in (self._set_here if role.place == "single" else self._put_here):
            return "undoable", "it switches off what a call without any content switches on at the same place"
        within = role.base[-1:] and role.base[-1] not in role.path.segments  # `/events/removeTag`: the call's name holds the thing
        if self._counterparts.taken_back(role) or within and resource is not None and any(r.verb == "add" and r.base == role.base for r in resource.roles):
            return "undoable", "it takes off what a call beside it adds"
        if self._unties(role) or self._counterparts.unties(role) or self._counterparts.switches(role):
            return "undoable", "it takes a thing off another one, and adding it again puts it back"
        actions = resource.of("action") if resource is not None and not resource.archival else ()
        if any(r.verb in ("restore", "undelete", "recover", "unarchive") for r in actions):
            return "undoable", "another operation restores it"
        return "irreversible", "what is deleted does not come back with its identity and everything that hangs on it"

    def _takes_out(self, role: Role) -> bool:
        """True for a DELETE of somebody's membership, who is taken in again beside it."""
        among = role.path.ends_with_hole and any(s.hole for s in role.base) and role.noun.split(" ")[-1] in _TAKEN_IN
        return among and "POST" in self._by_shape.get(role.path.shape.rsplit("/", 1)[0], ())

    def _named_value(self, role: Role, resource: Resource | None) -> bool:
        """True for a value under a name of the caller's (`/projects/{id}/metadata/{key}`), which is read and set there too."""
        if resource is None or not role.path.ends_with_hole or resource.noun.split(" ")[-1] not in _NAMED_VALUES:
            return False
        named = set(words(role.path.segments[-1].holes[-1])[-1:]) & {"key", "name"}
        return bool(named) and bool(resource.of("read", "list")) and bool(resource.of("create", "update"))

    def _unties(self, role: Role) -> bool:
        """True for a DELETE that takes off a thing which lives elsewhere: the same call's neighbour puts it on again."""
        if not role.path.ends_with_hole or not any(s.hole for s in role.base):
            return False
        shape = role.path.shape
        added = "POST" in self._by_shape.get(shape.rsplit("/", 1)[0], ()) or bool({"POST", "PUT"} & self._by_shape.get(shape, set()))
        return added and self._homes.get(role.noun, 99) < shape.count("{}")

    def _brings_back(self, role: Role) -> bool:
        """True for what restores a deleted thing (`POST /users/{id}/restore`), not for what puts a copy of it over what is there."""
        resource = self._resource.get(id(role))
        return resource is not None and not resource.archival and role.kind == "action" and role.place == "item" and bool(resource.of("delete"))

    def _final(self, role: Role, said: set[str]) -> tuple[Automation, str] | None:
        """What words say that nothing brings back; a bin is the exception."""
        path = set(words(role.operation.path))
        if "restore" in said and (path & _BINS or self._brings_back(role)):
            return "undoable", "what comes back can be deleted again"
        if said & _FINAL or "purge" in path:
            return "irreversible", "nothing described brings back what it changes"
        return None

    def _update(self, role: Role) -> tuple[Automation, str]:
        if self._counterparts.attached(role):
            return "undoable", "the DELETE at the same address takes off what it attaches"
        if role.kind == "action" and role.verb in v.FINAL_VERBS and not (self._taken_back(role) or self._reversed_here(role)):
            return "irreversible", "nothing described brings back the state before"
        resource = self._resource.get(id(role))
        readable = (
            "GET" in self._by_shape.get(role.path.shape, ())
            or self._part_of_read(role)
            or self._shown_by_holder(role)
            or (resource is not None and any(r.kind in ("read", "list") for r in resource.roles))
        )
        if self._only_secrets(role) or self._asks_anew(role):
            return "irreversible", "the secret before cannot be read, so nobody can set it again"
        if readable and (resource is None or not resource.technical or self._readable(role) or self._field_of_read(role)):
            return "undoable", "the values before can be read, and set again"
        return "irreversible", "the values before cannot be read, so nobody can set them again"

    def _only_secrets(self, role: Role) -> bool:
        """True when all that a call sets is a password or another secret."""
        body = self._payloads.body_schema(role.operation.body)
        given = [f.name for f in self._payloads.fields(body) if f.depth == 0 and f.name] if body is not None else []
        last = words(role.operation.path.rsplit("/", 1)[-1])
        aimed = len(given) > 1 or _is_secret(last) or not role.path.ends_with_hole
        return bool(given) and aimed and all(_is_secret(words(name)) for name in given)

    def _asks_anew(self, role: Role) -> bool:
        """True when all that a call takes is a flag such as `regenerateToken`."""
        given = self._payloads.schemas.shape(self._payloads.body_schema(role.operation.body)).properties if role.operation.body is not None else {}
        flags = (self._payloads.schemas.shape(node).kind == "boolean" for node in given.values())
        return bool(given) and all(flags) and all(set(v.field_words(name)[:1]) & _ANEW for name in given)

    def _part_of_read(self, role: Role) -> bool:
        """True for a part of a thing (`/groups/{name}/properties`) that can itself be read, or is listed."""
        segments = role.path.segments
        if len(segments) < 2 or segments[-1].hole:
            return False
        above = Path(segments[:-1]).shape
        return "GET" in self._by_shape.get(above, ()) or (segments[-2].hole and above.rpartition("/")[0] in self._lists)

    def _shown_by_holder(self, role: Role) -> bool:
        """True for a tie between two things (`PUT /members/{id}/teams/{team}`) of which a read of the first tells."""
        segments = role.path.segments
        if len(segments) < 3 or not role.path.ends_with_hole or segments[-2].hole or not segments[-3].hole:
            return False
        noun = role.noun.split(" ")[-1]
        return any(noun in v.noun_words(name) for name in self._payloads.schemas.shape(self._reads.get(Path(segments[:-2]).shape)).properties)

    def _field_of_read(self, role: Role) -> bool:
        """True for a part that is a field of the thing, as a list of such things shows it: `PATCH /users/{id}/status`."""
        segments = role.path.segments
        above = Path(segments[:-1]).shape.rpartition("/")[0] if len(segments) > 1 and segments[-2].hole and not segments[-1].hole else ""
        shown = self._payloads.schemas.shape(self._lists.get(above)).properties
        return any(v.state_word(name) == v.state_word(segments[-1].text) for name in shown)

    def _reversed_here(self, role: Role) -> bool:
        """True for a POST whose own address also takes a DELETE, unless that deletes the thing on which it acts."""
        methods = self._by_shape.get(role.path.shape, set())
        on_a_thing = role.path.ends_with_hole and "GET" in methods and role.verb not in v.INVERSES
        return role.kind != "create" and "DELETE" in methods and not on_a_thing

    def _chosen_by_caller(self, role: Role) -> bool:
        """True when the caller gives the identifier of what is made, and it can be removed."""
        resource = self._resource.get(id(role))
        if role.kind == "action" or (resource is not None and resource.issued):
            return False
        removable = "DELETE" in self._by_shape.get(role.path.shape, ()) or (resource is not None and bool(resource.of("delete")))
        if role.path.ends_with_hole:
            return removable or role.operation.method == "PUT"
        body = self._payloads.body_schema(role.operation.body)
        holes = {h.lower() for r in (resource.roles if resource is not None else ()) if r.path.ends_with_hole for h in r.path.segments[-1].holes}
        fields = {f.name.lower() for f in self._payloads.fields(body) if f.depth == 0} if body is not None else set()
        given = {h for h in holes - {"id", "uuid"} if any(f.endswith((h, f"{h}s")) and not f.startswith(_OF_OTHERS) for f in fields)}
        own = set(role.noun.split(" ")) | set(undressed(resource.schema).split(" ") if resource is not None else ())
        given |= {h for h in holes if (said := v.noun_words(h))[-1:] and said[-1] in _NAMES & fields and set(said[:-1]) <= own}
        if self._gives_id(role, body):
            return removable
        options = (*fields, *(p.name for p in role.operation.parameters if p.location == "query"))
        if "upsert" in words(role.operation.operation_id) or any(map(_UPSERT.match, options)):
            return removable
        refused = any(r.status == "409" for r in role.operation.responses) and bool(fields & _NAMES)
        return removable and (bool(given) or refused)


    def _gives_id(self, role: Role, body: Node | None) -> bool:
        """True when what is sent must have an `id`, in a schema of its own: no echo of what the system gives out."""
        if body is None or role.answer.entity is None:
            return False
        sent, shown = self._payloads.schemas.shape(body), self._payloads.schemas.shape(role.answer.entity)
        return "id" in sent.properties and "id" in sent.required and bool(sent.name) and sent.name != shown.name


def _shows_it(role: Role) -> bool:
    """True for publishing a thing that was kept back: once it is public, it is; what is sent goes out each time."""
    return role.verb == "publish" and role.place == "item" and role.noun.split(" ")[-1] not in _SENT
