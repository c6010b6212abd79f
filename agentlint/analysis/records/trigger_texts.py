"""SQL texts of a module in the order in which they run: those of migrations forwards only, f-strings in loops over constants written out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.ir import syntax as s
from agentlint.ir import walk

_REVERSE_KEYWORDS = frozenset({"reverse_sql", "reverse_code"})
_RUNNERS = frozenset({"RunSQL", "RunPython"})
_BACKWARDS = ("downgrade", "reverse", "backward", "rollback", "undo")
"""How functions begin that take a migration back."""
_MOST_TEXTS = 64

Known = Mapping[str, tuple[str, ...]]

_encode = msgspec.msgpack.Encoder().encode
_FILE = re.compile(r"[\w./ -]{1,200}\.sql")
"""A path: a longer one opens no file on most systems."""
_FUNCTION = re.compile(rb"create\s+(?:or\s+replace\s+)?function\b", re.IGNORECASE)


def may_speak_of_triggers(module: s.Module) -> bool:
    """False when nothing in a module can make a trigger or a function of a database. A look at its encoded facts costs a tenth of a walk over them."""
    said = _encode(module)
    return b"trigger" in said.lower() or _FUNCTION.search(said) is not None


def texts_of(module: s.Module) -> Iterator[tuple[int, str]]:
    """Every text of a module with its line."""
    yield from _texts(module.body, {}, frozenset())


def forward_texts(module: s.Module) -> Iterator[tuple[int, str]]:
    """The texts of a migration without those that take it back."""
    yield from _texts(module.body, _constants(module.body), frozenset(_reversing(module.body)))


def files_named(module: s.Module) -> Iterator[str]:
    """Files of SQL that a migration names on its way forwards: `execute(read("triggers_up.sql"))`."""
    if b".sql" in _encode(module):
        yield from dict.fromkeys(text for _, text in forward_texts(module) if _FILE.fullmatch(text))


def in_order(migrations: Iterable[s.Module]) -> list[s.Module]:
    """Migrations in the order in which they run: revisions after those that they follow, others by path."""
    modules = sorted(migrations, key=lambda m: m.path)
    named = {name: m for m in modules for name in _assigned(m, "revision")}
    depth: dict[str, int] = {}

    def deep(module: s.Module) -> int:
        if module.path not in depth:
            depth[module.path] = 0  # a ring of revisions ends here
            before = [named[n] for n in _assigned(module, "down_revision") if n in named and named[n] is not module]
            depth[module.path] = 1 + max((deep(b) for b in before), default=-1)
        return depth[module.path]

    return sorted(modules, key=lambda m: (deep(m), m.path))


def calls_of(module: s.Module) -> Iterator[s.Call]:
    """Every call of a module, those of functions and classes included."""
    for expr in _expressions(module.body, frozenset()):
        if isinstance(expr, s.Call):
            yield expr


def _texts(body: Iterable[s.Stmt], known: Known, without: frozenset[str]) -> Iterator[tuple[int, str]]:
    for stmt in body:
        if isinstance(stmt, s.Define) and isinstance(stmt.definition, (s.Function, s.Class)):
            if stmt.definition.name not in without and not stmt.definition.name.startswith(_BACKWARDS if without or known else ("downgrade",)):
                yield from _texts(stmt.definition.body, known, without)
            continue
        if isinstance(stmt, s.Assign) and any(isinstance(t, s.Name) and t.id in without for t in stmt.targets):
            continue
        for root in walk.own_expressions(stmt):
            for expr in _forwards(root):
                yield from ((expr.line, text) for text in _written(expr, known))
        inner = known
        if isinstance(stmt, s.Loop) and isinstance(stmt.target, s.Name) and stmt.iterable is not None:
            inner = {**known, stmt.target.id: _values(stmt.iterable, known)}
        for block in walk.blocks(stmt):
            yield from _texts(block, inner, without)


def _forwards(root: s.Expr) -> Iterator[s.Constant | s.Template]:
    """Texts of an expression without what a call says for the way back."""
    if isinstance(root, (s.Constant, s.Template)):
        yield root
        return
    children: Iterable[s.Expr] = walk.child_expressions(root)
    if isinstance(root, s.Call) and walk.dotted(root.func).rpartition(".")[2] in _RUNNERS:
        children = (*root.args[:1], *(k.value for k in root.keywords if k.name not in _REVERSE_KEYWORDS))
    for child in children:
        yield from _forwards(child)


def _written(expr: s.Constant | s.Template, known: Known) -> Iterator[str]:
    if isinstance(expr, s.Constant):
        if isinstance(expr.value, str):
            yield expr.value
        return
    parts = [_values(part, known) or ("",) for part in expr.parts]
    for chosen in itertools.islice(itertools.product(*parts), _MOST_TEXTS):
        yield "".join(chosen)


def _values(expr: s.Expr, known: Known) -> tuple[str, ...]:
    if isinstance(expr, s.Constant):
        return (expr.value,) if isinstance(expr.value, str) else ()
    if isinstance(expr, s.Name):
        return known.get(expr.id, ())
    return tuple(v for item in expr.items for v in _values(item, known)) if isinstance(expr, s.Sequence) else ()


def _constants(body: Iterable[s.Stmt]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for stmt in body:
        if isinstance(stmt, s.Assign) and stmt.value is not None:
            values = _values(stmt.value, found)
            found.update({t.id: values for t in stmt.targets if isinstance(t, s.Name) and values})
    return found


def _reversing(body: tuple[s.Stmt, ...]) -> Iterator[str]:
    """Names that a migration gives for the way back."""
    for expr in _expressions(body, frozenset()):
        if isinstance(expr, s.Call) and walk.dotted(expr.func).rpartition(".")[2] in _RUNNERS:
            back = (*expr.args[1:2], *(k.value for k in expr.keywords if k.name in _REVERSE_KEYWORDS))
            yield from (value.id for value in back if isinstance(value, s.Name))


def _assigned(module: s.Module, name: str) -> tuple[str, ...]:
    """Constant texts that a module gives to a name."""
    for stmt in module.body:
        if isinstance(stmt, s.Assign) and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets) and stmt.value is not None:
            return _values(stmt.value, {})
    return ()


def _expressions(body: Iterable[s.Stmt], without: frozenset[str]) -> Iterator[s.Expr]:
    yield from walk.body_expressions(body)
    for stmt in walk.statements(body):
        if isinstance(stmt, s.Define) and isinstance(stmt.definition, (s.Function, s.Class)) and stmt.definition.name not in without:
            yield from _expressions(stmt.definition.body, without)
