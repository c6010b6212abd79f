"""What operations speak of: the things that their paths, ids and summaries name, so that a step is found wherever its path stands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import Path, is_plural, without_prefix
from agentlint.analysis.contracts.verbs import plain_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

Phrase = tuple[str, ...]
"""Singular words that name a thing, the most general one last: `(bank, account)`."""

_ENDS_PHRASE = frozenset(
    "of in for on from to that which with by at via using through including such as when if where against associated based belonging currently available "
    "has have is are was were be can will into within under over without per after before and or".split()
)
"""Words with which a text goes on to something else."""
_PALE = frozenset(
    "a an the all any each every one single multiple many several new existing specific specified particular given your my our own their its current user's "
    "custom list lists collection set bulk batch paged paginated page pages filtered full detailed details detail information info data object objects "
    "entity record records item items resource resources s by id v1 v2 v3 latest recent active available summary summaries entry entries".split()
)
"""Words that say nothing of which thing is meant."""
_ARTICLES = frozenset("a an the all any your each".split())
_FILLERS = frozenset(
    "search list all query find summary export recent latest current filter bulk batch count by paged index details detail data info json mine me my".split()
)
"""Last parts of paths that say how things are given, not which."""
_FIRST = re.compile(r"[.,;:()]")
_MOST = 5
"""Words of a phrase; what is longer is a sentence."""


def phrases(operation: DescribedOperation, path: Path) -> tuple[Phrase, ...]:
    """The names of what an operation is about, by its path, its id and its summary."""
    told = operation.summary or operation.description[:120]
    found = (of_path(path), of_id(operation.operation_id), of_text(told), *_alternatives(told))
    return tuple(dict.fromkeys(phrase for phrase in found if phrase))


def speaks_of_several(operation: DescribedOperation, path: Path) -> bool:
    """True when the path's last fixed part, the id or the summary names the thing in the plural."""
    last = next((s.text for s in reversed(path.segments) if not s.hole and s.text.lower() not in _FILLERS), "")
    if is_plural(last) and not path.ends_with_hole:
        return True
    for said in (words(_FIRST.split(operation.summary.strip(), maxsplit=1)[0])[:8], words(operation.operation_id)):
        named = list(_named(said))
        if named and v.noun_words(named[-1]) != (named[-1],):
            return True
    return False


def of_path(path: Path) -> Phrase:
    """`/v1/bank-accounts/{id}/search` -> (bank, account); a verb is left out: `createPad` -> (pad), but before an item: `/forwarding/{id}`."""
    below = False
    for segment in reversed(without_prefix(path.segments)):
        if segment.hole or segment.text.lower() in _FILLERS:
            below = segment.hole
            continue
        said = list(v.noun_words(segment.text.rsplit(".", 1)[0]))
        if len(said) > 1 and plain_verb(said[0]) and said[0] not in v.NOUN_VERBS:
            said = said[1:]
        elif len(said) == 1 and not below and plain_verb(said[0]) and said[0] not in v.NOUN_VERBS and not _is_thing(segment.text):
            continue
        return tuple(_until(said))
    return ()


def _is_thing(text: str) -> bool:
    """True for words of verbs that name things: `issues`, `forwarding`."""
    return is_plural(text) or text.endswith("ing")


def of_id(name: str) -> Phrase:
    """`apps.gateways.delete` -> (gateway), `post-createAccountHolder` -> (account, holder)."""
    parts = [part for part in name.replace("/", ".").split(".") if part]
    if len(parts) > 1:
        last = words(parts[-1])
        return tuple(_until(v.noun_words(parts[-2]))) if len(last) == 1 and plain_verb(last[0]) else of_id(parts[-1])
    said = words(name)
    if len(said) > 1 and said[0] in ("post", "get", "put", "patch", "delete") and plain_verb(said[1]):
        said = said[1:]
    return _singular(_named(said))


def of_text(text: str) -> Phrase:
    """`Creates a new bank account for the user` -> (bank, account)."""
    return _singular(_named(words(_FIRST.split(text.strip(), maxsplit=1)[0])[:14])) if text else ()


def _alternatives(text: str) -> Iterator[Phrase]:
    """`Delete a comment or a reply` -> (reply)."""
    said = words(_FIRST.split(text.strip(), maxsplit=1)[0])[:14]
    for at, word in enumerate(said):
        if word in ("or", "and") and at < len(said) - 1:
            yield _singular(_named(["get", *said[at + 1 :]]))


def after_of(text: str) -> Phrase:
    """`Updates the title of a pull request` -> (pull, request)."""
    said = words(_FIRST.split(text.strip(), maxsplit=1)[0])[:14]
    at = next((i for i, word in enumerate(said) if i > 1 and word in ("of", "for", "on")), len(said))
    return _singular(_named(["get", *said[at + 1 :]]))


def _named(said: list[str]) -> Iterator[str]:
    """The words that name a thing, after a verb and before whatever else is told."""
    if not said or not plain_verb(said[0]):
        return
    taken = 0
    for word in said[2 if said[1:2] == ["for"] else 1 :]:
        if word in _ENDS_PHRASE or (taken and word in _ARTICLES):
            return
        if word not in _PALE:
            taken += 1
            yield word


def without_pale(name: Phrase) -> Phrase:
    """A name without the pale words that texts leave out as well: `(shield, information, barrier)` -> `(shield, barrier)`."""
    return tuple(word for word in name if word not in _PALE) or name


def _singular(said: Iterator[str]) -> Phrase:
    found = tuple(v.noun_words(" ".join(said)))
    return found if len(found) <= _MOST else ()


def _until(said: tuple[str, ...] | list[str]) -> Iterator[str]:
    taken = False
    for word in said:
        if taken and word in ("by", "for", "from", "of", "in", "to", "with"):
            return
        if word not in _PALE or len(said) == 1:
            taken = True
            yield word
