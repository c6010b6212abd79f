"""Lowers one Python file to a module of the neutral syntax tree; never fails, what cannot be read is a gap."""

from __future__ import annotations

from agentlint.frontends.python import definitions, expressions, imports, literals, matching
from agentlint.frontends.python.comments import notes_of
from agentlint.frontends.python.decoding import to_utf8
from agentlint.frontends.python.definitions import split_docstring
from agentlint.frontends.python.grammar import parse
from agentlint.frontends.python.source import Source
from agentlint.frontends.python.statements import block
from agentlint.frontends.recovery import bounded_nesting, syntax_gaps
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap

_CONSTRUCTS = (definitions, expressions, imports, literals, matching)
"""Importing a construct's module registers how it is lowered."""


def lower(source: bytes, path: str, name: str, is_package: bool = False) -> s.Module:
    """The module that the source of `path` defines under the dotted `name`."""
    data, problem = to_utf8(source)
    root = parse(data)
    state = Source(data, path)
    with bounded_nesting():
        body = block(state, root)
    body, _ = split_docstring(body)
    # Defaults of type parameters (Python 3.13) are unknown to the grammar, and no error of the user's.
    gaps = [*state.gaps, *syntax_gaps(root, path, state.line, state.slice, harmless="type_parameter")]
    if problem:
        gaps.append(Gap(path, 1, problem))
    if state.old_python:
        gaps.append(Gap(path, state.old_python, "Python 2 syntax, read as far as possible"))
    return s.Module(
        name=name, path=path, language="python", body=body, lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        gaps=tuple(sorted(set(gaps))), is_package=is_package, comments=notes_of(root, data, path),
    )  # fmt: skip

