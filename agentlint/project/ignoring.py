"""Patterns in the form of `.gitignore`, asked about thousands of paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pathspec


def ignored_by(lines: Iterable[str]) -> Callable[[str], bool]:
    """Tells whether a path below the root (folders with a slash at their end) is ignored."""
    rules = pathspec.GitIgnoreSpec.from_lines(lines)
    texts = [str(p.regex.pattern) for p in rules.patterns if p.include and p.regex is not None]
    if not texts:
        return lambda _: False
    if not all(text.startswith("^") for text in texts):
        return rules.match_file
    # most paths match nothing: one pass over all patterns says so, and only the others need the rule that wins
    perhaps = re.compile("|".join(re.sub(r"\(\?P<\w+>", "(?:", text) for text in texts)).match
    return lambda path: perhaps(path) is not None and rules.match_file(path)
