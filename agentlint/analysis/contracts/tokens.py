"""How many tokens a text costs a language model, estimated: the pieces into which vocabularies cut texts before they look anything up."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r"[^\r\n\w]?_?(?:[A-ZÀ-ÖØ-Þ]{1,4}(?![a-z])|[A-ZÀ-ÖØ-Þ]?[a-zß-öø-ÿ]{1,12})"  # a word with the sign before it, `camelCase` in two, rare long words in two
    r"|[0-9]{1,3}| ?[^\s\w]+[\r\n/]*|_+|\s*[\r\n]+|\s+|[^\W\d_A-Za-zÀ-ÿ]{1,2}"
)
"""Byte-pair vocabularies cut a text into such pieces first; nearly all of them are one token. Letters of other scripts come to about two a token."""
_TIMES = 104
"""Tokens of o200k_base in a hundred pieces of tool definitions: rare words take two. `benchmarks/tokens.py` measures how far off that is."""


def pieces(text: str) -> int:
    """Pieces of a text."""
    return len(_PIECE.findall(text))


def tokens(count: int) -> int:
    """Estimated tokens in a number of pieces, rounded up."""
    return -(-count * _TIMES // 100)
