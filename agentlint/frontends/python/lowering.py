"""Lowers one Python file to a module of the neutral syntax tree; never fails, what cannot be read is a gap."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from agentlint.frontends.python import definitions, expressions, imports, literals, matching
from agentlint.frontends.python.decoding import to_utf8
from agentlint.frontends.python.definitions import split_docstring
from agentlint.frontends.python.errors import agentlint_comments, syntax_gaps
from agentlint.frontends.python.grammar import parse
from agentlint.frontends.python.source import Source
from agentlint.frontends.python.statements import block
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap

_CONSTRUCTS = (definitions, expressions, imports, literals, matching)
"""Importing a construct's module registers how it is lowered."""

_ROOM = 640
"""Python frames one file may nest: deeper trees could not be walked or shipped either. Counted from the caller, so that it does not matter
from how deep we are called."""


def lower(source: bytes, path: str, name: str, is_package: bool = False) -> s.Module:
    """The module that the source of `path` defines under the dotted `name`."""
    data, problem = to_utf8(source)
    root = parse(data)
    state = Source(data, path)
    with _frames(_ROOM):
        body = block(state, root)
    body, _ = split_docstring(body)
    gaps = [*state.gaps, *syntax_gaps(root, state)]
    if problem:
        gaps.append(Gap(path, 1, problem))
    if state.old_python:
        gaps.append(Gap(path, state.old_python, "Python 2 syntax, read as far as possible"))
    return s.Module(
        name=name, path=path, language="python", body=body, lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        gaps=tuple(sorted(set(gaps))), is_package=is_package, comments=agentlint_comments(root, data),
    )  # fmt: skip


@contextmanager
def _frames(room: int) -> Iterator[None]:
    """Let the code below nest exactly `room` frames deep, whatever the depth of the caller."""
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back  # type: ignore[assignment]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + room)
    try:
        yield
    finally:
        sys.setrecursionlimit(max(limit, depth + 10))
