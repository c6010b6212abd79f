"""Which effects matter: consequential changes of the world against bookkeeping that nobody decides."""

from __future__ import annotations

import re

from agentlint.analysis.wording import singular, words
from agentlint.ir.effects import Effect

_PERSON_KINDS = frozenset({"session", "authentication"})
_READING_VERBS = frozenset({"GET", "HEAD", "OPTIONS"})
_SILENT_KINDS = frozenset({"cache", "model-call"})
_BOOKKEEPING = re.compile(
    r"^(last_\w+|latest_\w+|\w*last_(seen|login|used|active|access(ed)?|activity|visit(ed)?|sync(ed)?|check(ed)?|run|poll(ed)?|fetch(ed)?)(_\w+)?"
    r"|updated(_at|_on|_by)?|modified(_at|_on|_by)?|update_at"
    r"|date_(updated|modified)|accessed(_at)?|(n|num|nb)_\w+|\w+_counts?|\w*counter|views|hits|visits|login_attempts?"
    r"|(\w+_)?(notified|reminded|(notification|e?mail|reminder)_sent)(_at|_on)?|etag|version_id"
    r"|heartbeat(_\w+)?|\w*file_?size|\w*checksum|\w*(file_storage|used|size)_bytes)$"
)
_DISPLAY = re.compile(
    r"^(theme|dark_mode|color_?scheme|appearance|sort(_\w+)?|ordering|order_by|layout|columns?|density|locale|language|lang|view_mode|display(_\w+)?"
    r"|(\w+_)?theme|(ui|view|display|search|sort|list|table|grid|editor)_(preferences?|settings|options|mode|state)"
    r"|show_\w+|hide_\w+|collapsed?|sidebar\w*|per_page|page_size|tour\w*|dismissed\w*|onboarding\w*)$"
)
_SEEN = re.compile(r"^(is_|was_)?(read|unread|seen|viewed|opened)(_(at|on|by|date|time))?$")
_READ = frozenset({"notification", "message", "mail", "announcement", "alert", "news", "thread", "conversation", "inbox", "digest", "topic", "notice"})
"""Words of rows that somebody reads: whether it has been read changes nothing. Where rights are kept, `read` is one."""
_PASSING_FIRST = frozenset({"temp", "temporary", "tmp", "transient", "ephemeral", "scratch"})
_MADE_TO_LOOK_AT = frozenset({"export", "preview", "thumbnail"})
_CACHE = frozenset({"cache", "cached", "precomputed", "memoized"})
_TOLD = re.compile(r"^(\w+_)?(notified|reminded|(notification|e?mail|reminder)_sent)(_at|_on)?$")
_PERSONAL = frozenset({
    "user", "person", "profile", "account", "member", "preference", "setting", "option", "customer", "employee", "session", "tour", "view", "config",
    "configuration", "dismissal", "userprofile", "dashboard",
})
"""Rows that a person keeps for itself."""


def is_bookkeeping(effect: Effect) -> bool:
    """True when every field that the effect writes only counts or stamps: `last_seen`, `updated_at`, `n_views`."""
    return _rewrites(effect) and all(map(is_kept_by_itself, effect.fields))


def is_told_mark(effect: Effect) -> bool:
    """True when every field that the effect writes stamps, one at least that somebody has been told: asked for by a person it stands for the telling."""
    return is_bookkeeping(effect) and any(map(_TOLD.match, effect.fields))


def is_cache(effect: Effect) -> bool:
    """True for rows that only keep what can be worked out again, by what their model or all written fields are called: `CachedPage`, `cached_total`."""
    if effect.kind != "orm-write":
        return False
    said = words(effect.target)
    return bool(said) and (said[0] in _CACHE or said[-1] == "cache") or (_rewrites(effect) and all(words(f)[:1] == ["cached"] for f in effect.fields))


def is_seen_mark(effect: Effect) -> bool:
    """True when every field that the effect writes says whether somebody has read a message or a notice."""
    told = {singular(w) for w in words(effect.target)}
    return _rewrites(effect) and bool(_READ & told) and all(map(_SEEN.match, effect.fields))


def passes(effect: Effect) -> bool:
    """True for rows that are kept until what is done with them is done, and for what is made of other rows to be looked at: `TemporaryUpload`,
    `UserExport`. Throwing one away is another matter, and so is changing what an export is of."""
    if effect.kind != "orm-write" or effect.operation == "delete":
        return False
    said = words(effect.target)
    return len(said) > 1 and bool(_PASSING_FIRST.intersection(said[:1])) or said[:2] == ["chunked", "upload"] or (
        effect.operation == "create" and bool(_MADE_TO_LOOK_AT.intersection(said[-1:]))
    )


def is_kept_by_itself(field: str) -> bool:
    """True for the name of a field that counts or stamps: nobody sets it for its own sake."""
    return bool(_BOOKKEEPING.match(field))


def is_display_preference(effect: Effect) -> bool:
    """True when every field that the effect writes only steers how pages look to one person: the order of an article's pictures is no preference."""
    kept = not effect.target or any(singular(w) in _PERSONAL or w.startswith(("dismiss", "user")) for w in words(effect.target))
    return _rewrites(effect) and kept and all(map(_DISPLAY.match, effect.fields))


def _rewrites(effect: Effect) -> bool:
    return effect.kind in ("orm-write", "raw-sql") and effect.operation in ("update", "write") and bool(effect.fields)


def concerns_session(effect: Effect) -> bool:
    """True for effects on the browser's session or login itself."""
    return effect.kind in _PERSON_KINDS


def changes_state(effect: Effect) -> bool:
    """True when somebody could later notice the difference: data, mail, payments, jobs, processes. Reads, caches and bookkeeping do not count."""
    if effect.kind in _SILENT_KINDS or effect.incidental or is_bookkeeping(effect) or is_cache(effect) or effect.confidence == "low":
        return False
    if effect.kind == "outbound-http":
        return effect.verb not in _READING_VERBS and (bool(effect.verb) or effect.operation != "call")
    return effect.kind != "message" or effect.operation == "send"


def is_consequential(effect: Effect) -> bool:
    """A change of state beyond the caller's own session."""
    return changes_state(effect) and not concerns_session(effect)
