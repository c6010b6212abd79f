"""Verbs and things in the parts of paths that are names of calls: `/events/view/{id}`, `/events/addTag/{id}`, `/kill-switches`."""

from __future__ import annotations

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import ASKING, Path, Segment, is_plural
from agentlint.analysis.contracts.verbs import plain_verb, spoken_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

PLAIN = frozenset({"create", "add", "get", "list", "find", "delete", "remove", "update", "edit", "set", "bulk", "batch", *ASKING})
"""Verbs of the plain steps of a life."""
_STEPS = frozenset("create add new list get read retrieve show view update edit delete remove".split())
_GOES_ON = frozenset("by for from of in to with if on as".split())
_SHOWS = {"view": "get", "show": "get", "read": "get", "get": "get", "fetch": "get", "index": "list", "list": "list", "search": "list"}
"""Names of calls that show one or all of the thing before them."""
_WAYS = frozenset("all many multiple several bulk batch new list by id ids it them one selected".split())
"""Words of a call's name that say how, not what."""


def shows(operation: DescribedOperation, path: Path, base: tuple[Segment, ...]) -> str:
    """The verb by which a GET shows what stands before its last fixed part: `get` for `/events/view/{id}`, `list` for `/events/index`; else empty."""
    last = base[-1].text.lower()
    said = words(last)
    if operation.method == "GET" and len(base) < len(path.segments) and len(said) > 1 and "by" in said[:2] and said[0] in ("by", "get", "find"):
        return "get" if len(base) > 1 and not base[-2].hole else ""  # `/users/get-by-uuid/{uuid}`
    verb = _SHOWS.get(last, "") if operation.method == "GET" and len(base) > 1 and not base[-2].hole else ""
    holes = {word for segment in path.segments[len(base) :] for hole in segment.holes for word in words(hole)}
    if not verb or last in holes or (verb == "get") != bool(holes):
        return "list" if verb == "list" and last not in holes and is_plural(base[-2].text) else ""
    return verb if verb == "get" or is_plural(base[-2].text) else ""


def is_compound(operation: DescribedOperation, last: Segment, verb: str, has_items: bool) -> bool:
    """True for things whose names begin with a word that is a verb elsewhere (`/kill-switches/{id}`), unless the call is spoken of by that verb."""
    return has_items and len(words(last.text)) > 1 and is_plural(last.text) and verb not in PLAIN and spoken_verb(operation) != verb


def named_as_thing(operation: DescribedOperation, verb: str) -> bool:
    """True when the summary makes a thing of the word: "Create Calendar Block" at `/calendars/{id}/block`."""
    said = words(operation.summary)[:8]
    end = next((at for at, word in enumerate(said) if at > 1 and word in _GOES_ON), len(said))
    return len(said) > 1 and plain_verb(said[0]) in _STEPS and plain_verb(said[0]) != verb and v.noun_words(said[end - 1]) == (verb,)


def called_thing(last: Segment, verb: str, rest: tuple[Segment, ...]) -> Segment | None:
    """The thing in the name of a call, where the path before it is none to which the verb belongs (`/intent/addMedia`, `/CreatePad`), or another one, in one
    word of two cases (`/events/addTag/{id}`)."""
    said = words(last.text)
    if verb not in PLAIN or said[:1] != [verb] or len(said) < 2:
        return None
    before = rest[-1] if rest and not rest[-1].hole else None
    if before is not None and "-" in last.text:
        return None
    end = next((at for at, word in enumerate(said) if at > 0 and word in _GOES_ON), len(said))
    named = [w for w in v.noun_words("-".join(said[1:end])) if w not in _WAYS]
    if before is not None and is_plural(before.text) and (not named or "_" in last.text or named[-1] in v.noun_words(before.text)):
        return None
    return Segment("-".join(named)) if named else None
