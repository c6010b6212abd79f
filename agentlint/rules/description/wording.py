"""Words that findings on descriptions share."""

from __future__ import annotations


def an(noun: str, capital: bool = False) -> str:
    """`an invite`, `a project`; with a capital letter at the start of a sentence."""
    article = "an" if noun[:1].lower() in tuple("aeio") else "a"
    return f"{article.capitalize() if capital else article} {noun}"
