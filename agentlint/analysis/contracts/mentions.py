"""Operations by the things that they speak of: what lists, ends or changes a thing although its path stands elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.likeness import apart, reads_another, says_which, takes_off
from agentlint.analysis.contracts.phrases import Phrase, after_of, phrases, speaks_of_several, without_pale
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.verbs import spoken_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

_OWN_ID = frozenset("id uuid guid gid sid key name slug code number handle uid uri ref reference identifier".split())
_PREFIXES = frozenset({"api", "rest", "v1", "v2", "v3", "v4"})
_FILES = frozenset({"path", "file", "filename", "filepath", "asset", "page", "any", "all", "rest"})
"""Holes at the root that take the address of a page or a file."""
_WHOLE = frozenset("detail details info information full summary show view get json data metadata profile status".split())
"""Names below a thing at which the thing itself is shown."""
_MEMBERS = frozenset({"item", "entry", "record"})
"""What a thing is made of, where it stands at an address of its own: `DELETE /dataset-items/{id}` deletes no dataset."""
ENDS = (
    "cancel", "revoke", "close", "archive", "deactivate", "disable", "terminate", "void", "withdraw", "remove", "delete", "expire", "end", "detach", "leave",
    "unsubscribe", "refund", "reverse", "dismiss", "complete", "abort", "stop", "uninstall", "return", "disconnect", "unlink", "unassign", "invalidate",
    "deregister", "unregister", "disassociate", "decommission", "trash", "discard", "destroy", "purge", "clear", "erase", "wipe",
)
"""Verbs with which the life of a thing ends."""
SWITCHES = frozenset({"deactivate", "disable"})
"""Those that put a thing out of use and leave it there."""


class Mentions:
    """Operations of one description by the last word of what they speak of."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource] = ()) -> None:
        self._roles = tuple(roles)
        self._of = {id(role): one for one in resources for role in one.roles}
        self._said: dict[int, tuple[Phrase, ...]] = {}
        self._by_head: dict[str, list[tuple[Phrase, Role]]] = defaultdict(list)
        self._of_parts: dict[Phrase, list[Role]] = defaultdict(list)
        """Changes of a part, by the whole: `UpdatePullRequestTitle`, "Updates the title of a pull request"."""
        self._read_at = {role.path.shape for role in self._roles if role.operation.method == "GET"}
        self._any_item: set[str] = set()
        """Methods of addresses that are nothing but a hole: `DELETE /v1/{name}` takes the full name of anything."""
        for role in self._roles:
            said = self._said[id(role)] = phrases(role.operation, role.path)
            for phrase in said:
                self._by_head[phrase[-1]].append((phrase, role))
            if role.writes:
                for whole in {*(phrase[:-1] for phrase in said if len(phrase) > 1), after_of(role.operation.summary)}:
                    self._of_parts[whole].append(role)
            if not role.noun and role.path.ends_with_hole and not _FILES & set(words(role.path.segments[-1].holes[-1])):
                self._any_item.add(role.operation.method)

    def lists(self, resource: Resource) -> DescribedOperation | None:
        """An operation at some other address by which one finds them, all or those of a holder."""
        for role in self._about(resource):
            if role.writes or role.kind == "action":
                continue
            if role.kind == "list" or role.answer.many:
                return role.operation
            if role.path.ends_with_hole and any(own.writes and own.path.shape == role.path.shape for own in resource.roles):
                continue  # its own address
            if self._through_another(role, resource) if role.path.ends_with_hole else speaks_of_several(role.operation, role.path):
                return role.operation
        return None

    def reads(self, resource: Resource, several: bool = False) -> DescribedOperation | None:
        """An operation at some other address that shows one; where there are `several`, one that can be told which."""
        if "GET" in self._any_item:
            return next(r.operation for r in self._roles if not r.noun and r.operation.method == "GET")
        about = [role for role in self._about(resource) if role.kind == "read" and not (several and not says_which(role.operation))]
        about = [role for role in about if (owner := self._of.get(id(role))) is None or owner is resource or not reads_another(role, resource, owner)]
        return next((role.operation for role in about if self._shows(role, resource) and not _of_a_part(role, resource)), None)

    def _shows(self, role: Role, resource: Resource) -> bool:
        """True unless a call only goes by GET (`GET /servers/{id}/push`), or shows something that is made for itself (a coupon is no applied coupon)."""
        owner, verb = self._of.get(id(role)), spoken_verb(role.operation)
        if len(words(role.path.verb)) > 1:
            return False  # `/webhooks/{id}:getSigningSecret` shows a part
        own = owner is None or owner is resource or owner.noun.split(" ")[-1:] == resource.noun.split(" ") or not owner.of("create")
        return own and (not verb or verb in v.READ_VERBS | v.NOUN_VERBS - {"push"})

    def ends(self, resource: Resource, firmly: bool = False) -> bool:
        """True when some operation deletes, cancels or revokes such a thing; `firmly` leaves out what only switches it off."""
        verbs = [verb for verb in ENDS if not firmly or verb not in SWITCHES]
        if "DELETE" in self._any_item or any(_ends(role, verbs) and not (firmly and takes_off(role, resource)) for role in self._about(resource)):
            return True
        return any(_changes(role) and {"status", "state"} & set(words(role.operation.name)) for role in self._parts(resource))

    def changes(self, resource: Resource) -> bool:
        """True when some operation changes such a thing."""
        whole = bool({"PUT", "PATCH"} & self._any_item) or any(_changes(role) for role in self._about(resource))
        return whole or any(_changes(role) and not self._read_apart(role) for role in self._parts(resource))

    def makes(self, resource: Resource) -> bool:
        """True when some operation makes, invites or takes in such a thing, or puts one where the caller says."""
        for role in self._about(resource):
            puts = role.operation.method == "PUT" and role.path.ends_with_hole and _PUTS & {*words(role.operation.summary), *_answers(role)}
            if puts or (role.writes and (role.kind == "create" or _does(role, _MAKES))):
                return True
        return False

    def does(self, resource: Resource, verb: str) -> bool:
        """True when some operation at another address says that it does this to such a thing or to a part of it."""
        return any(role.writes and role.operation.method != "GET" and _does(role, (verb,)) for role in (*self._about(resource), *self._parts(resource)))

    def _read_apart(self, role: Role) -> bool:
        """True for a change of something that has an address of its own below the thing, where it is read too (`/groups/{id}/acl`)."""
        return role.path.shape in self._read_at and not role.path.ends_with_hole

    def _parts(self, resource: Resource) -> Iterator[Role]:
        for name in dict.fromkeys(without_pale(name) for name in self._names(resource)):
            yield from self._of_parts.get(name, ())

    def _about(self, resource: Resource) -> Iterator[Role]:
        """Operations that speak of the resource, whatever resource their path makes them belong to."""
        above = {word for base in resource.bases for part in base.split("/") if part not in _PREFIXES for word in v.noun_words(part)}
        seen: set[int] = set()
        for name in dict.fromkeys(without_pale(name) for name in self._names(resource)):
            around, near = above | set(name), (above | set(name[:-1])) - {name[-1]} - _PREFIXES
            for phrase, role in self._by_head.get(name[-1], ()):
                owner = self._of.get(id(role))
                if owner is not None and apart(owner, resource):
                    continue
                enough = len(phrase) > 1 or len(name) == 1 or near & set(v.noun_words(role.operation.path)) or role.base != role.path.base()
                if enough and id(role) not in seen and set(phrase) <= around and not _of_a_member(role, resource):
                    seen.add(id(role))
                    yield role

    def _names(self, resource: Resource) -> Iterator[Phrase]:
        """What the resource is called: by its path, its schema, and the calls that make it."""
        last = next((s.text for s in reversed(resource.roles[0].base) if not s.hole), "")
        own = v.noun_words(last) or tuple(resource.noun.split(" "))
        yield own
        schema = tuple(undressed(resource.schema).split(" "))
        if resource.schema and (schema[-1] == own[-1] or own[-1] not in schema):
            yield schema
        for role in resource.of("create"):
            said = self._said[id(role)][1:]
            known = any(phrase[-1] == own[-1] for phrase in said)
            makes = spoken_verb(role.operation) not in v.SENDING_VERBS - v.CREATE_VERBS  # "Share a project via link" makes no project
            yield from (phrase for phrase in said if phrase[-1] == own[-1] or (makes and not known))

    @staticmethod
    def _through_another(role: Role, resource: Resource) -> bool:
        """True for `GET /selfies/{registrationId}`: found through what it belongs to."""
        own = {*resource.noun.split(" "), *undressed(resource.schema).split(" ")}
        said = [w for w in v.noun_words(role.path.segments[-1].holes[-1]) if w not in _OWN_ID]
        return bool(said) and not set(said) & own


_MAKES = ("create", "add", "invite", "register", "import", "install", "connect", "provision", "clone", "copy", "duplicate", "generate", "sync", "join")
_PUTS = frozenset({"create", "creates", "add", "adds", "put", "set", "sets", "upsert", "201"})


def _answers(role: Role) -> Iterator[str]:
    return (r.status for r in role.operation.responses)


def _of_a_part(role: Role, resource: Resource) -> bool:
    """True for what stands below one of them at a name of its own (`/plugins/{id}/display`), where that name says nothing of the thing."""
    own, last = role.path.shape, v.noun_words(role.path.segments[-1].text) if role.path.segments else ()
    below = any(own.startswith(f"{base}/{{}}/") and own.count("/") == base.count("/") + 2 for base in resource.bases)
    return below and not role.path.ends_with_hole and not set(last) & {*resource.noun.split(" "), *_WHOLE}


def _of_a_member(role: Role, resource: Resource) -> bool:
    """True for a call on one entry of a thing, when the thing itself is asked for."""
    return role.path.ends_with_hole and role.noun.split(" ")[-1] in _MEMBERS and resource.noun.split(" ")[-1] not in _MEMBERS


def _ends(role: Role, verbs: Iterable[str]) -> bool:
    if not role.writes:
        return False
    return role.operation.method == "DELETE" or role.kind == "delete" or _does(role, verbs)


def _changes(role: Role) -> bool:
    puts = role.operation.method in ("PUT", "PATCH") and role.kind != "create"
    return role.writes and (role.kind == "update" or puts or _does(role, v.UPDATE_VERBS))


def _does(role: Role, verbs: Iterable[str]) -> bool:
    """True when the role's own verb, or the first word that it says, is one of the verbs."""
    operation = role.operation
    said = {role.verb, *words(operation.summary)[:1], *words(operation.operation_id)[:2], *words(operation.path.rsplit("/", 1)[-1])[:1]} - {""}
    return any(v.has_verb(verb, said) for verb in verbs)
