"""An internal error costs the piece of code that it is about, never the run: the piece is left out, a gap names it, and the passes start anew.

Passes ask one another on demand, so that nothing can be left out in the midst of them without leaving half answers behind; a program without the piece has
none. The piece is told by what the frames of the traceback hold: the innermost one that holds a part of somebody's code.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TypeVar

import msgspec

from agentlint.errors import TRACEBACK, AgentlintError
from agentlint.ir import syntax as s
from agentlint.ir.source import Gap

_TRIES = 8
"""Pieces that are left out before the run gives up: each costs another run of the passes."""
_NEAR = 3
"""Frames further out in which a function is a better answer than the class or file that the inner frame holds."""
_R = TypeVar("_R")


class _Piece(msgspec.Struct, frozen=True, eq=False):
    """What can be left out: a function, a statement of a class or module, a class, or, without a statement, all that a file holds."""

    module: s.Module
    statement: s.Stmt | None = None

    @property
    def fine(self) -> bool:
        """True when it is less than a class."""
        return self.statement is not None and not (isinstance(self.statement, s.Define) and isinstance(self.statement.definition, s.Class))


def isolated(modules: tuple[s.Module, ...], work: Callable[[tuple[s.Module, ...], bool], _R], gaps: list[Gap]) -> _R:
    """The work's result over the modules, or over what is left of them; what the work adds to `gaps` before it fails is taken back.

    The work is told whether this is the last time that it is tried: what it raises then, and what is no internal error, is raised from here.
    """
    before, left_out = len(gaps), list[Gap]()
    for _ in range(_TRIES):
        try:
            return work(modules, False)
        except (AgentlintError, MemoryError):
            raise
        except Exception as error:
            if os.environ.get(TRACEBACK):
                raise
            piece = _blamed(error.__traceback__, _Index(modules))
            said = f"{type(error).__name__}: {error}"
        if piece is not None:
            left_out.append(_gap(piece, said))
            modules = tuple(_without(module, piece) for module in modules)
        gaps[before:] = left_out
        gc.collect()  # the collector rests during a run, and the program that failed is as large as the next
        if piece is None:
            break
    return work(modules, True)


def _gap(piece: _Piece, said: str) -> Gap:
    stmt = piece.statement
    what = "this file" if stmt is None else f"`{stmt.definition.qualname}`" if isinstance(stmt, s.Define) else "this statement"
    return Gap(piece.module.path, stmt.line if stmt is not None else 0, f"left out {what}: a bug of agentlint in reading it ({said})", "unresolved")


class _Index:
    """The piece that each part of the modules belongs to, by identity, and functions by id."""

    def __init__(self, modules: Iterable[s.Module]) -> None:
        self.parts: dict[int, _Piece] = {}
        self.names: dict[str, _Piece] = {}
        for module in modules:
            self.parts[id(module)] = _Piece(module)
            self._enter(module, module.body)

    def _enter(self, module: s.Module, body: Iterable[s.Stmt]) -> None:
        for stmt in body:
            piece = _Piece(module, stmt)
            node = stmt.definition if isinstance(stmt, s.Define) else None
            inner = node.body if isinstance(node, s.Class) else ()
            self.parts.update((id(part), piece) for part in _parts(stmt, frozenset(map(id, inner))))
            if node is not None:
                self.names[f"{module.name}.{node.qualname}"] = piece
            self._enter(module, inner)

    def among(self, values: Iterable[object]) -> _Piece | None:
        """The smallest piece that one of the values is a part of, holds directly, or is the id of."""
        found: _Piece | None = None
        for value in values:
            held = (value,) if not isinstance(value, msgspec.Struct) else (value, *(getattr(value, name, None) for name in value.__struct_fields__))
            for one in held:
                piece = self.parts.get(id(one)) or (self.names.get(one) if isinstance(one, str) else None)
                if piece is not None and (found is None or piece.fine > found.fine):
                    found = piece
        return found


def _parts(node: object, beyond: frozenset[int]) -> Iterator[object]:
    """A node and all below it, but for those beyond it."""
    rest = [node]
    while rest:
        one = rest.pop()
        if isinstance(one, tuple):
            rest += one
        elif isinstance(one, msgspec.Struct) and id(one) not in beyond:
            yield one
            rest += [getattr(one, name) for name in one.__struct_fields__]


def _blamed(traceback: TracebackType | None, index: _Index) -> _Piece | None:
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    coarse: _Piece | None = None
    since = 0
    for frame in reversed(frames):
        piece = index.among(list(frame.f_locals.values()))
        if piece is not None and piece.fine:
            return piece
        coarse = coarse or piece
        since += coarse is not None
        if since > _NEAR:
            break
    return coarse


def _without(module: s.Module, piece: _Piece) -> s.Module:
    if module is not piece.module:
        return module
    return msgspec.structs.replace(module, body=tuple(_kept(module.body, piece.statement)) if piece.statement is not None else ())


def _kept(body: Iterable[s.Stmt], gone: s.Stmt) -> Iterator[s.Stmt]:
    """The statements without one of them; of a function the name stays, and goes when it is blamed again."""
    for stmt in body:
        node = stmt.definition if isinstance(stmt, s.Define) else None
        if stmt is gone:
            if isinstance(node, s.Function) and node.body:
                yield s.Define(msgspec.structs.replace(node, body=()), stmt.line)
        elif isinstance(node, s.Class) and (inside := tuple(_kept(node.body, gone))) != node.body:
            yield s.Define(msgspec.structs.replace(node, body=inside), stmt.line)
        else:
            yield stmt
