"""How safely a program can call an operation by itself: what a repeat does, what can be taken back, what can be followed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import Path
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation
from agentlint.ir.operations import Automation

_IDEMPOTENCY = re.compile(r"idempoten|dedup|client[-_]?request[-_]?id|request[-_]?token", re.IGNORECASE)
_DRY_RUN = re.compile(r"^(dry[-_]?run|validate[-_]?only|simulate|preview|confirm(ation)?)$", re.IGNORECASE)
_FINAL = frozenset(
    "merge purge clean cleanup wipe erase restore shutdown terminate kill reset flush empty truncate prune rotate rollback overwrite finalize void redact "
    "deprovision decommission uninstall factory".split()
)
_SETS = frozenset(
    "tag categorize label assign attach detach add link unlink pin unpin enable disable activate deactivate suspend resume lock unlock archive star".split()
)
_REPEATABLE = frozenset("sync synchronize refresh reload heartbeat activity touch ping validate verify check".split())
_SIGN_IN = re.compile(r"(^|/)(oauth2?/)?(token|login|logout|signin|signout|refresh|session)s?/?$", re.IGNORECASE)
_SIGN_IN_HOME = re.compile(r"(^|/)(auth|oauth2?|oidc|sso|session|login)(/|$)", re.IGNORECASE)


class Automations:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads) -> None:
        self._payloads = payloads
        self._resource = {id(role): resource for resource in resources for role in resource.roles}
        self._by_shape: dict[str, set[str]] = {}
        for role in roles:
            self._by_shape.setdefault(role.path.shape, set()).add(role.operation.method)

    def judge(self, role: Role) -> tuple[Automation, str]:
        """The kind of an operation, and why."""
        operation = role.operation
        if operation.method in ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY"):
            return "safe", "it only reads"
        said = set(words(operation.path.rsplit("/", 1)[-1])) | {role.verb, *([] if role.kind in ("create", "update", "delete") else words(operation.summary))}
        if _guarded(operation):
            return "undoable", "it can be tried first, or repeated under an idempotency key"
        if self._untrackable(role):
            return "async-untrackable", "it answers 202 and shows nothing by which the outcome could be followed"
        if said & _FINAL or "purge" in words(operation.path):
            return "irreversible", "nothing described brings back what it changes"
        if operation.method == "DELETE" or role.kind == "delete":
            return self._deletion(role)
        if said & _REPEATABLE:
            return "safe", "repeating it changes nothing more"
        if role.kind == "list" or (said & v.HARMLESS_VERBS and role.kind == "action" and not said & v.SENDING_VERBS):
            return "safe", "it only looks something up"
        if _SIGN_IN.search(operation.path) and _SIGN_IN_HOME.search(operation.path):
            return "safe", "it gives or ends a session of the caller's own"
        if operation.method in ("PUT", "PATCH") or role.kind == "update":
            return self._update(role)
        if said & _SETS or self._reversed_here(role):
            return "undoable", "it sets a state that another call sets back, and a repeat changes nothing more"
        if self._chosen_by_caller(role):
            return "undoable", "the caller names the thing, so that a repeat meets the same one, and it can be removed"
        if role.kind == "action" and said & v.FINAL_VERBS and not said & v.SENDING_VERBS:
            return "irreversible", "nothing described brings back the state before"
        return "duplicate-prone", "a repeat after a lost answer does it twice: nothing names the attempt"

    def _untrackable(self, role: Role) -> bool:
        accepted = [r for r in role.operation.responses if r.status == "202"]
        if not accepted or any("location" in h.lower() or "retry" in h.lower() for r in accepted for h in r.headers):
            return False
        if any(r.links for r in accepted) or self._payloads.answer(role.operation).described:
            return False
        return not self._readable(role) and (role.kind == "action" or role.bulk)

    def _readable(self, role: Role) -> bool:
        """True when the state that the call leads to can be read at its own address or that of its thing."""
        if "GET" in self._by_shape.get(role.path.shape, ()):
            return True
        resource = self._resource.get(id(role))
        return resource is not None and role.kind != "action" and any(r.kind in ("read", "list") for r in resource.roles)

    def _deletion(self, role: Role) -> tuple[Automation, str]:
        resource = self._resource.get(id(role))
        if not role.path.ends_with_hole and role.operation.body is not None and "POST" in self._by_shape.get(role.path.shape, ()):
            return "undoable", "posting to the same place puts it back"
        if resource is not None and any(r.kind == "action" and r.verb in ("restore", "undelete", "recover", "unarchive") for r in resource.roles):
            return "undoable", "another operation restores it"
        return "irreversible", "what is deleted does not come back with its identity and everything that hangs on it"

    def _update(self, role: Role) -> tuple[Automation, str]:
        resource = self._resource.get(id(role))
        readable = (
            "GET" in self._by_shape.get(role.path.shape, ())
            or self._part_of_read(role)
            or (resource is not None and any(r.kind in ("read", "list") for r in resource.roles))
        )
        if readable and not (resource is not None and resource.technical and not self._readable(role)):
            return "undoable", "the values before can be read, and set again"
        return "irreversible", "the values before cannot be read, so nobody can set them again"

    def _part_of_read(self, role: Role) -> bool:
        """True for a part of a thing (`/groups/{name}/properties`) that can itself be read."""
        segments = role.path.segments
        return len(segments) > 1 and not segments[-1].hole and "GET" in self._by_shape.get(Path(segments[:-1]).shape, ())

    def _reversed_here(self, role: Role) -> bool:
        """True for a POST whose own address also takes a DELETE, or that starts what another address stops."""
        return role.kind != "create" and "DELETE" in self._by_shape.get(role.path.shape, ())

    def _chosen_by_caller(self, role: Role) -> bool:
        """True when the caller gives the identifier of what is made, and it can be removed."""
        resource = self._resource.get(id(role))
        if resource is not None and resource.issued:
            return False
        removable = "DELETE" in self._by_shape.get(role.path.shape, ()) or (resource is not None and bool(resource.of("delete")))
        if role.path.ends_with_hole:
            return removable or role.operation.method == "PUT"
        body = self._payloads.body_schema(role.operation.body)
        holes = {h.lower() for r in (resource.roles if resource is not None else ()) if r.path.ends_with_hole for h in r.path.segments[-1].holes}
        fields = {f.name.lower() for f in self._payloads.fields(body) if f.depth == 0} if body is not None else set()
        given = {h for h in holes - {"id", "uuid"} if any(f.endswith((h, f"{h}s")) for f in fields)}
        return removable and bool(given)


def _guarded(operation: DescribedOperation) -> bool:
    names = [p.name for p in operation.parameters if p.location in ("header", "query")]
    return any(_IDEMPOTENCY.search(n) or _DRY_RUN.match(n) for n in names)
