"""Routes as texts: converters and groups of regular expressions become named holes."""

from __future__ import annotations

import re

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})[?+]?")
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]|\\[dwsDWS]|\.")
_NAMED = re.compile(r"\(\?P<(\w+)>")


def holes(route: str, regex: bool) -> str:
    """A route with `{name}` for each part that a caller fills in."""
    return _expression(route) if regex else _CONVERTER.sub(r"{\1}", route)


class _Reader:
    """Reads one regular expression from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._unnamed = 0

    def branch(self) -> str:
        """The first alternative of a group, or of all."""
        found: list[str] = []
        skipping = False
        while self._at < len(self._text) and self._text[self._at] != ")":
            if self._text[self._at] == "|":
                skipping = True
                self._at += 1
                continue
            part = self._part()
            if not skipping:
                found.append(part)
        return "".join(found)

    def _part(self) -> str:
        text, start = self._text, self._at
        if text.startswith("{}", start):  # a hole that set-up code left
            self._at += 2
            return "{}"
        if text[start] == "(":
            return self._group()
        if text[start] in "^$":
            self._at += 1
            return ""
        match = _CLASS.match(text, start)
        if match is not None:
            self._at = match.end()
            self._quantifier()
            return "{}" if match[0] != "." or text[start + 1 : start + 2] in ("*", "+") else "."
        if text[start] == "\\":
            self._at += 2
            literal = text[start + 1 : start + 2]
            return "" if literal in "AZzbB" else self._literal(literal)
        self._at += 1
        return self._literal(text[start])

    def _literal(self, letter: str) -> str:
        """A letter; one that may be absent counts as present only when it ends a path segment."""
        quantifier = self._quantifier()
        return "" if quantifier.startswith(("*",)) else letter

    def _quantifier(self) -> str:
        if self._text.startswith("{}", self._at):
            return ""
        match = _QUANTIFIER.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _group(self) -> str:
        text = self._text
        named = _NAMED.match(text, self._at)
        opening = text[self._at : self._at + 3]
        self._at = named.end() if named else self._at + (3 if opening.startswith("(?") else 1)
        number, quiet = self._unnamed, opening.startswith("(?") and not named
        self._unnamed += not quiet and not named
        inner = self.branch()
        self._at += 1
        quantifier = self._quantifier()
        if named:
            return f"{{{named[1]}}}"
        if opening in ("(?=", "(?!", "(?<"):
            return ""
        if quiet:
            return "" if quantifier.startswith(("?", "*")) else inner
        return f"{{{number}}}"


def _expression(pattern: str) -> str:
    reader = _Reader(pattern)
    found = reader.branch()
    return re.sub(r"(?:\{\}){2,}", "{}", found)
