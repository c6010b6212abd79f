"""Path templates taken apart: nouns, holes, the verb at the end, and the shape that two spellings share."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from agentlint.analysis.contracts.vocabulary import ACTION_VERBS, noun_words
from agentlint.analysis.wording import words

_HOLE = re.compile(r"\{([^{}]+)\}")
_VERSION = re.compile(r"^(v?\d+([._-]\d+)*([a-z]+\d*)?|api|rest|apis|latest|beta|v\d+\w*|public|internal|private|external|services?(?=$))$", re.IGNORECASE)
_NUMBER = re.compile(r"^v?\d+([._-]\d+)*([a-z]+\d*)?$", re.IGNORECASE)
"""The number of a version, which is no thing where it stands alone (`/v1/{name}`)."""
_SUFFIX = re.compile(r"\.(json|xml|ya?ml|php|aspx?|do|html)$", re.IGNORECASE)
ASKING = frozenset({"describe", "fetch", "retrieve"})
"""Verbs that start the names of calls which only ask: `DescribeCluster`."""
_FORMATS = frozenset({"json", "xml", "yaml"})
"""Last parts that only say in which form the thing before them is given: `/containers/json`."""
_CUSTOM = re.compile(r"^(?P<head>\{[^{}]+\}|[\w-]+)?:(?P<verb>[A-Za-z][\w-]*)$")
_NAMED = tuple([name] for name in ("id", "uuid", "guid", "slug", "name", "key", "uid"))
_ODATA = re.compile(r"^(?P<noun>[\w.-]+)\((?P<holes>[^)]*)\)$")


class Segment(msgspec.Struct, frozen=True):
    """One part of a path: a fixed word, or a hole with its parameters' names."""

    text: str
    holes: tuple[str, ...] = ()

    @property
    def hole(self) -> bool:
        """True for a part that a parameter fills."""
        return bool(self.holes)


class Path(msgspec.Struct, frozen=True):
    """A path in parts. `verb` is a custom method after a colon (`:cancel`)."""

    segments: tuple[Segment, ...]
    verb: str = ""
    shape_text: str = ""
    """The shape where it is known already; use `shape`."""

    @property
    def ends_with_hole(self) -> bool:
        """True when the last part is a parameter."""
        return bool(self.segments) and self.segments[-1].hole

    @property
    def shape(self) -> str:
        """The path with its holes unnamed."""
        return self.shape_text or "/" + "/".join("{}" if s.hole else s.text.lower() for s in self.segments)

    def shape_before(self, name: str) -> str:
        """The shape down to the hole of a parameter, that hole included; empty when no part has it."""
        at = next((i for i, s in enumerate(self.segments) if name in s.holes), None)
        return "" if at is None else Path(self.segments[: at + 1]).shape

    def base(self) -> tuple[Segment, ...]:
        """The parts up to the last fixed word."""
        last = max((i for i, s in enumerate(self.segments) if not s.hole), default=-1)
        return self.segments[: last + 1]

    def trailing_holes(self) -> int:
        """How many holes follow the last fixed word."""
        return len(self.segments) - len(self.base())


@lru_cache(maxsize=20_000)
def parse_path(path: str) -> Path:
    """A path template in parts."""
    found: list[Segment] = []
    verb = ""
    for raw in _parts(path):
        if not raw:
            continue
        if len(raw) > 1 and raw[0] == ":" and "/" in path.strip("/") and words(raw[1:])[-1:] in _NAMED:
            raw = "{" + raw[1:] + "}"  # a hole in another notation: `/groups/:id`
        custom = _CUSTOM.match(raw)
        if custom:
            verb = custom["verb"]
            raw = custom["head"] or ""
            if not raw:
                continue
        odata = _ODATA.match(raw)
        if odata:
            found.append(Segment(odata["noun"]))
            raw = "".join("{" + h + "}" for h in _HOLE.findall(odata["holes"])) or raw
            if raw == odata.group(0):
                continue
        holes = tuple(h.strip("+*?") for h in _HOLE.findall(raw))
        found.append(Segment(raw if holes else _SUFFIX.sub("", raw), holes))
    if len(found) > 1 and found[-1].text.lower() in _FORMATS:
        found.pop()
    first, segments = _verb_first(tuple(found))
    made = Path(segments, verb or first)
    return msgspec.structs.replace(made, shape_text=made.shape)


def _parts(path: str) -> list[str]:
    """The parts between slashes. Where operations share one address and a name after it tells them apart (`/#Action=CreateQueue`), the name is the last."""
    address, _, told = path.partition("#")
    name = told.rpartition("=")[2].rpartition(".")[2].strip("/") if address.endswith("/") else ""
    return [*address.split("?")[0].strip("/").split("/"), *([name] if name else [])]


def _verb_first(segments: tuple[Segment, ...]) -> tuple[str, tuple[Segment, ...]]:
    """A verb that stands before the thing, and the parts without it: `/api/v1/add/alias`, `/get/domain/all`."""
    plain = without_prefix(segments)
    first = plain[0].text.lower() if plain else ""
    if len(plain) < 2 or first not in _BEFORE or plain[1].hole:
        return "", segments
    named = tuple(s for s in plain[1:] if s.text.lower() != "all") or plain[1:]
    return "list" if first == "get" and len(named) < len(plain) - 1 else first, (*segments[: len(segments) - len(plain)], *named)


_BEFORE = frozenset({"get", "add", "create", "delete", "remove", "edit", "update"})
"""Verbs that paths start with where the thing comes second."""


def without_prefix(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The parts without leading versions and words like `api`."""
    start = 0
    while start < len(segments) - 1 and not segments[start].hole and _VERSION.match(segments[start].text):
        start += 1
    return segments[start:]


@lru_cache(maxsize=50_000)
def noun_of(segments: tuple[Segment, ...]) -> str:
    """The thing that a path is about, in singular words: `/recipes/timeline/events` -> `timeline event`, `/users/{id}/api-tokens` -> `api token`."""
    nouns = [s for s in without_prefix(segments) if not s.hole]
    if not nouns or (len(nouns) == 1 and _NUMBER.match(nouns[0].text)):
        return ""
    last = _noun(nouns[-1].text)
    plain = without_prefix(segments)
    at = max(i for i, s in enumerate(plain) if not s.hole)
    before = plain[at - 1] if at else None
    if before is not None and not before.hole and not is_plural(before.text) and before.text.lower() not in _GROUPING and len(words(before.text)) == 1:
        return f"{_noun(before.text)} {last}"
    return last


_GROUPING = frozenset("auth iam admin api me self user current my public private internal explore manage management core app apps".split())


def _noun(text: str) -> str:
    return " ".join(noun_words(text.rsplit(".", 1)[0] if "." in text else text))


def is_plural(text: str) -> bool:
    """True when the last word of a name is a plural."""
    said = words(text)
    return bool(said) and noun_words(text)[-1] != said[-1]


def names_one(name: str, noun: str) -> bool:
    """True for a parameter beside the path by which one of the noun is meant: `id`, `tag_id` of a tag; `device_id` means no position."""
    said = words(name)
    return said[-1:] in (["id"], ["uuid"], ["guid"]) and set(noun_words("-".join(said[:-1]))) <= set(noun.split(" "))


def verb_in(segment: Segment) -> str:
    """The verb that a fixed part starts with (`bulk-delete`, `mark_as_read`, `cancelOrder`), empty for nouns."""
    if segment.hole:
        return ""
    said = words(segment.text)
    if not said:
        return ""
    if said[0] in ("bulk", "batch", "mass", "force", "mark") and len(said) > 1:
        return next((w for w in said[1:] if w in ACTION_VERBS or w in ("delete", "create")), said[0])
    if said[0].endswith("all") and said[0][:-3] in ACTION_VERBS:
        return said[0][:-3]
    known = said[0] in ACTION_VERBS or said[0] in ("delete", "create", "get", "list", "find", "add", "set")
    return said[0] if known or (len(said) > 1 and said[0] in ASKING) else ""
