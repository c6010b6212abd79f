"""Plain words out of identifiers and routes: the verb and the noun that a person would use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PLACEHOLDER = re.compile(r"\{[^}]*\}|<[^>]*>")
_NOISE = frozenset(
    "view views viewset handler api controller resource endpoint the a an of to for in by on with and or page form ajax json html base admin list detail "
    "get post put patch generic model serializer v1 v2 v3 index".split()
)
VERBS = {
    "create": "create", "add": "create", "new": "create", "insert": "create", "register": "create", "make": "create",
    "update": "update", "edit": "update", "change": "update", "modify": "update", "set": "update", "save": "update", "patch": "update", "replace": "update",
    "delete": "delete", "remove": "delete", "destroy": "delete", "drop": "delete", "purge": "delete", "clear": "delete", "erase": "delete",
    "list": "list", "read": "read", "get": "read", "show": "read", "fetch": "read", "retrieve": "read",
}
"""Words for the five plain operations, folded onto one each."""
DEEDS = frozenset(word for word, verb in VERBS.items() if verb in ("create", "update", "delete")) | frozenset(
    "accept acknowledge activate approve archive assign authorize ban block cancel charge claim clean clone close complete confirm connect copy "
    "deactivate decline deny deploy detach disable disconnect dismiss enable enqueue enroll escalate execute exchange expire finish flush follow grant "
    "impersonate import install invite join kick kill leave link lock login logout logoff mark merge migrate move mute notify order pause pay "
    "pin promote publish rebuild reactivate reject release rename renew reopen reorder reset resend restart restore resume retire retry revoke "
    "rotate run schedule send setup share shutdown sign signin signout signup spawn start stop submit subscribe suspend swap switch sync "
    "terminate toggle transfer trigger unarchive unassign unblock unfollow unlink unlock unmute unpin unpublish unsubscribe upgrade upload "
    "verify void vote withdraw".split()
)
"""Verbs of doing: a person who asks for one wants something to be different afterwards."""
LOOKUPS = frozenset(
    "search query filter find lookup preview validate check estimate calculate compute compare diff simulate render markdown hypertext parse suggest "
    "suggestions autocomplete complete report reports schema introspect describe inspect list count export download analyze analyse detect match "
    "translate whoami csp graphql stats statistics summary latest last counts".split()
)
"""Verbs and nouns of asking: what is sent only says what one wants to know."""

CLEARING = frozenset({"delete", "prune", "purge", "clear", "remove", "clean", "cleanup", "erase", "flush", "drop", "expire", "trim"})
"""Verbs of throwing old or whole lots of things away."""
RIGHTS = frozenset({
    "user", "member", "owner", "admin", "role", "permission", "group", "team", "staff", "participant", "assignee", "reviewer", "approver", "moderator",
    "collaborator", "editor", "viewer", "manager", "scope", "authorized", "allowed", "blocked",
})
"""Words of relations that say who may do or has to do something."""


def words(name: str) -> list[str]:
    """Lower-case words of an identifier or path; holes `{x}` and punctuation are dropped."""
    return list(_words(name)) if len(name) < _SHORT else _read_words(name)


_SHORT = 200
"""Identifiers and paths come again and again, whole texts do not."""


def _read_words(name: str) -> list[str]:
    return [w.lower() for w in _WORD.findall(_PLACEHOLDER.sub(" ", name))]


@cache
def _words(name: str) -> tuple[str, ...]:
    return tuple(_read_words(name))


_WITH_E = frozenset("caches axes niches aches".split())
_WITHOUT_E = frozenset("aliases biases gases canvases atlases focuses circuses".split())
"""Words on -es whose singular does not follow the letters before it."""


@cache
def singular(word: str) -> str:
    """A cautious English singular: `policies` -> `policy`, `boxes` -> `box`, `responses` -> `response`, `statuses` -> `status`, `status` stays."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("xes", "ches", "shes", "sses", "zzes")) and word not in _WITH_E:
        return word[:-2]
    if len(word) > 4 and word.endswith(("uses", "ases")) and (word in _WITHOUT_E or (word.endswith("uses") and word[-5] not in "aoc")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def stems(names: Iterable[str]) -> frozenset[str]:
    """Singular content words of several names, verbs folded, noise dropped: what two names must share to mean the same."""
    found = (singular(w) for name in names for w in words(name))
    return frozenset(VERBS.get(w, w) for w in found if w not in _NOISE and not w.isdigit())


def nouns(names: Iterable[str]) -> frozenset[str]:
    """Like `stems`, without the plain verbs."""
    return stems(names) - frozenset(VERBS.values())


def spoken(name: str) -> str:
    """`remove_check` -> `remove check`, `ChecksAdmin.disable` -> `disable`."""
    return " ".join(words(name.rsplit(".", 1)[-1]))


HTTP_NAMES = ("post", "put", "patch", "index")
_HOOKS = frozenset({"form_valid", "forms_valid", "formset_valid", "done", "dispatch", "execute_action", "process_form", "process_deletion", "handle"})
"""Methods that frameworks call on every page of a kind: the class says what the page is for."""


def naming(symbol: str, is_known: bool) -> str:
    """The part of a handler's name that says what it does; the class for methods that are called alike everywhere, also those of HTTP unless it `is_known`
    by its effect."""
    holder, _, last = symbol.rpartition(".")
    alike = last in _HOOKS or (last in HTTP_NAMES and not is_known)
    return holder.rsplit(".", 1)[-1].removesuffix("View") or last if holder and alike else last


def only_rights(fields: Collection[str]) -> bool:
    """True when every one of some fields says who may do what: an endpoint that takes whatever it is sent seldom means those."""
    return bool(fields) and all(RIGHTS.intersection(map(singular, words(field))) for field in fields)
