"""Lowers one script to a module of the neutral syntax tree; never fails, what cannot be read is a gap."""

from __future__ import annotations

from agentlint.frontends.javascript import definitions, expressions, literals, modules
from agentlint.frontends.javascript.comments import notes_of
from agentlint.frontends.javascript.components import is_component, script_of
from agentlint.frontends.javascript.generated import says_generated
from agentlint.frontends.javascript.grammar import dialect_of, parse
from agentlint.frontends.javascript.source import Source
from agentlint.frontends.javascript.statements import block
from agentlint.frontends.recovery import bounded_nesting, syntax_gaps
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap

_CONSTRUCTS = (definitions, expressions, literals, modules)
"""Importing a construct's module registers how it is lowered."""


def lower(source: bytes, path: str, name: str, line_offset: int = 0) -> s.Module:
    """The module that the source of `path` defines; `line_offset` counts the lines before a script that stands inside a page."""
    data, problem = _utf8(source)
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    dialect = dialect_of(path)
    if is_component(path):
        data, dialect = script_of(data)
    root = parse(data, dialect)
    state = Source(data, path, line_offset + 1)
    with bounded_nesting():
        body = block(state, root)
    gaps = [*state.gaps, *syntax_gaps(root, path, state.line, state.slice)]
    if problem:
        gaps.append(Gap(path, 1, problem))
    language = "javascript" if dialect == "javascript" else "typescript"
    return s.Module(
        name=name, path=path, language=language, body=body, lines=lines, gaps=tuple(sorted(set(gaps))), comments=notes_of(root, state),
        is_generated=says_generated(source, path),
    )  # fmt: skip


def _utf8(source: bytes) -> tuple[bytes, str]:
    """Scripts are UTF-8; a byte order mark may say UTF-16."""
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return source.decode("utf-16", "replace").encode("utf-8", "replace"), ""
    source = source.removeprefix(b"\xef\xbb\xbf")
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return source.decode("utf-8", "replace").encode(), "bytes that are not utf-8"
    return source, ""
