"""URLs in templates: what a value may become, branch by branch, with holes and the framework's route names."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

import msgspec

from agentlint.frontends.markup.templates import Tag

_QUOTED = r"""(?:'([^']+)'|"([^"]+)")"""
_URL_BLOCK = re.compile(r"^url\s+" + _QUOTED + r"(?:.*?\sas\s+(\w+)\s*$)?", re.DOTALL)
_URL_CALL = re.compile(r"(?:\b|\.)(?:url_for|url|reverse_url|reverse|route_url|route_path|path_for|route)\(\s*" + _QUOTED)
_SET_BLOCK = re.compile(r"^(?:set|with)\s+(\w+)\s*=\s*(.+)$", re.DOTALL)
_OWN_PAGE = re.compile(r"^(?:request\.(?:path|path_info|full_path|get_full_path|url|uri|build_absolute_uri)(?:\(\))?)\s*(?:\||$)")
_FILE = re.compile(r"^(?:static|static_v|media|asset|vite_asset|webpack_static|get_static_prefix)\b|\bstatic_url\(|url_for\(\s*['\"]static['\"]")
_FOREIGN_HOLE = re.compile(r"\$\{[^}]*\}|#\{[^}]*\}|\{\{.*?\}\}")
_LEADING_HOLE = re.compile(r"^\{\}(?=[A-Za-z0-9])")
_BRANCH = frozenset({"if", "ifequal", "ifnotequal", "unless"})
_OTHERWISE = frozenset({"elif", "else", "elseif", "elsif"})
_END = frozenset({"endif", "end", "endifequal", "endifnotequal", "endunless"})
_MOST = 8


class Url(msgspec.Struct, frozen=True, order=True):
    """One thing a URL may become. `file` is set when it names a static file rather than an operation."""

    target: str = ""
    route_name: str = ""
    file: bool = False

    def plus(self, other: Url) -> Url:
        """This URL followed by another piece."""
        return Url(self.target + other.target, self.route_name or other.route_name, self.file or other.file)


Names = Mapping[str, "tuple[Url, ...]"]
"""URLs that the template itself keeps in variables."""


def known_names(tags: Mapping[int, Tag]) -> dict[str, tuple[Url, ...]]:
    """Variables set from URL tags anywhere in the template (`{% url 'x' as v %}`, `{% set v = url_for('x') %}`)."""
    found: dict[str, tuple[Url, ...]] = {}
    for _, tag in sorted(tags.items()):
        name, url = "", Url()
        if tag.kind != "block":
            continue
        if tag.word == "url":
            match = _URL_BLOCK.match(tag.text)
            if match and match[3]:
                name, url = match[3], Url(route_name=match[1] or match[2])
        else:
            given = _SET_BLOCK.match(tag.text)
            if given and _URL_CALL.search(given[2]):
                name, url = given[1], _printed(given[2], {})[0]
        if name:
            found[name] = tuple(sorted({*found.get(name, ()), url}))
    return found


def urls(pieces: list[str | Tag], names: Names) -> tuple[Url, ...]:
    """Everything the value may become: its branches are followed, loops are taken once."""
    done, _ = _sequence(pieces, 0, names)
    return tuple(dict.fromkeys(_tidy(u) for u in done))


def _sequence(pieces: list[str | Tag], at: int, names: Names) -> tuple[list[Url], int]:
    """URLs of the pieces up to the end of the enclosing branch, and where that is."""
    found = [Url()]
    while at < len(pieces):
        piece = pieces[at]
        if isinstance(piece, Tag) and piece.kind == "block" and piece.word in _OTHERWISE | _END:
            break
        if isinstance(piece, Tag) and piece.kind == "block" and piece.word in _BRANCH:
            tails, at = _branches(pieces, at, names)
        else:
            tails = _piece(piece, names)
        found = [a.plus(b) for a in found for b in tails][:_MOST]
        at += 1
    return found, at


def _branches(pieces: list[str | Tag], at: int, names: Names) -> tuple[list[Url], int]:
    """All arms of an `if`; without an `else` it may also add nothing."""
    found: list[Url] = []
    complete = False
    while at < len(pieces):
        piece = pieces[at]
        word = piece.word if isinstance(piece, Tag) else ""
        if word in _END:
            break
        complete = complete or word == "else"
        arm, at = _sequence(pieces, at + 1, names)
        found.extend(arm)
    return (found if complete else [*found, Url()]), at


def _piece(piece: str | Tag, names: Names) -> list[Url]:
    if isinstance(piece, str):
        text = html.unescape(_FOREIGN_HOLE.sub("{}", piece)) if not _URL_CALL.search(piece) else ""
        return [Url(text)] if text else _printed(piece, names)
    if piece.kind == "block":
        match = _URL_BLOCK.match(piece.text)
        if match:
            return [Url()] if match[3] else [Url(route_name=match[1] or match[2])]
        if _FILE.match(piece.text):
            return [Url(file=True)]
        return [Url("{}")] if piece.word == "url" else [Url()]
    if piece.kind == "foreign":
        return [Url()]
    return _printed(piece.text, names)


def _printed(text: str, names: Names) -> list[Url]:
    """What `{{ text }}` prints."""
    text = text.strip()
    if _FILE.search(text):
        return [Url(file=True)]
    call = _URL_CALL.search(text)
    if call:
        return [Url(route_name=call[1] or call[2])]
    if _OWN_PAGE.match(text):
        return [Url()]
    bare = text.split("|")[0].strip()
    return list(names.get(bare, (Url("{}"),)))


def _tidy(url: Url) -> Url:
    """Blanks and fragment out; a leading hole glued to a word is a base that ends with a slash."""
    target = _LEADING_HOLE.sub("{}/", "".join(url.target.split("#")[0].split()))
    return Url(target, url.route_name, url.file)
