"""The verb that an operation's own words start with, in its plain form."""

from __future__ import annotations

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

_MACHINE_WORDS = frozenset("get post put patch delete head options api v1 v2 v3 by id for the a an of to with and".split())


def spoken_verb(operation: DescribedOperation) -> str:
    """The verb that the summary or the operation's id starts with, in its plain form."""
    for text in (operation.summary, operation.description[:80] if not operation.summary else ""):
        first = words(text.strip())[:3]
        for word in first[:1] if first and first[0] not in ("bulk", "batch", "force") else first[1:2]:
            plain = plain_verb(word)
            if plain:
                return plain
    said = list(words(operation.operation_id))
    if len(said) > 1 and said[0] in _MACHINE_WORDS and said[0] not in ("get", "delete"):
        said = said[1:]
    leading = plain_verb(said[0]) if said else ""
    if leading and leading not in _MACHINE_WORDS:
        return leading
    last = said[-1] if said else ""
    return last if last in _KNOWN and last not in v.NOUN_VERBS and last not in _MACHINE_WORDS else ""


_KNOWN = v.ACTION_VERBS | v.CREATE_VERBS | v.READ_VERBS | v.UPDATE_VERBS | v.DELETE_VERBS | v.HARMLESS_VERBS | v.SENDING_VERBS | v.FINAL_VERBS


def plain_verb(word: str) -> str:
    """`Creates`, `create` -> `create`; empty for words that are no known verbs."""
    if word in _KNOWN:
        return word
    for ending, instead in (("ies", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ing", "e"), ("ing", "")):
        if word.endswith(ending) and word[: -len(ending)] + instead in _KNOWN:
            return word[: -len(ending)] + instead
    return ""
