"""The neutral syntax tree that every language frontend lowers to: modules, classes, functions, statements, expressions.

Small on purpose: enough for route tables, call graphs, effects, decisions and path questions in any language. A node is added only when two
languages need it. Every node carries the line it starts on (from 1). Values are frozen and are also the wire format between worker processes.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, Union

import msgspec

from agentlint.ir.notes import Note
from agentlint.ir.source import Gap


class _Node(msgspec.Struct, frozen=True, gc=False, tag=True, array_like=True):
    """Base of all syntax nodes: immutable, compared by value, cheap to ship."""


# ---------------------------------------------------------------- expressions


class Name(_Node, frozen=True, gc=False):
    """A bare identifier, e.g. `request`."""

    id: str
    line: int


class Attribute(_Node, frozen=True, gc=False):
    """`value.attr`."""

    value: Expr
    attr: str
    line: int


class Keyword(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A named argument `name=value`; a `name` of None is a mapping spread `**value`."""

    name: str | None
    value: Expr


class Call(_Node, frozen=True, gc=False):
    """`func(*args, **keywords)`. `new X()` of other languages is a call of X. Positional spreads are `Other("star", (x,))`."""

    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    line: int
    site: int
    """Number of this call within its module, unique there: with the module's name it identifies the call site."""
    column: int = 0


class Constant(_Node, frozen=True, gc=False):
    """A literal: text, number, truth value or None. Bytes are lowered to their text form; `...` to None."""

    value: str | int | float | bool | None
    line: int


class Template(_Node, frozen=True, gc=False):
    """Interpolated text (f-string, template literal): constants and expressions in order."""

    parts: tuple[Expr, ...]
    line: int


class Sequence(_Node, frozen=True, gc=False):
    """A list, tuple or set display."""

    kind: Literal["list", "tuple", "set"]
    items: tuple[Expr, ...]
    line: int


class Mapping(_Node, frozen=True, gc=False):
    """A dict or object display; a key of None is a spread."""

    keys: tuple[Expr | None, ...]
    values: tuple[Expr, ...]
    line: int


class Subscript(_Node, frozen=True, gc=False):
    """`value[index]`."""

    value: Expr
    index: Expr
    line: int


class Apply(_Node, frozen=True, gc=False):
    """An operator on operands: arithmetic and string `+ - * / % | &`, comparisons `== != < <= > >= in "not in" is "is not"`,
    `and or not`, the conditional `?:` as (test, then, else), and the named assignment `:=` as (target, value)."""

    op: str
    operands: tuple[Expr, ...]
    line: int


class Clause(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One `for target in iterable if conditions` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]


class Comprehension(_Node, frozen=True, gc=False):
    """A list, set, dict or generator comprehension; `elements` holds one expression, or key and value."""

    kind: Literal["list", "set", "dict", "generator"]
    elements: tuple[Expr, ...]
    clauses: tuple[Clause, ...]
    line: int


class Lambda(_Node, frozen=True, gc=False):
    """An anonymous function as a value."""

    function: Function
    line: int


class Other(_Node, frozen=True, gc=False):
    """Anything else, with its sub-expressions: `star`, `double-star`, `yield`, `slice`, `del`, `assert`,
    `global` (the names a function assigns in its module), `property` (of a component, with its default), `unknown`. `await x` is lowered to x."""

    kind: str
    children: tuple[Expr, ...]
    line: int


Expr: TypeAlias = Union[
    Name, Attribute, Call, Constant, Template, Sequence, Mapping, Subscript, Apply, Comprehension, Lambda, Other
]

# ----------------------------------------------------------------- statements


class Expression(_Node, frozen=True, gc=False):
    """An expression evaluated for its effect. `del x` and `assert x` are `Other` expressions."""

    value: Expr
    line: int


class Assign(_Node, frozen=True, gc=False):
    """`targets = value` (several for `a = b = v`; tuple targets are `Sequence`); `value` is None for a bare annotation.
    `op` is the operator of an augmented assignment (`+` for `+=`)."""

    targets: tuple[Expr, ...]
    value: Expr | None
    line: int
    annotation: Expr | None = None
    op: str = ""


class Return(_Node, frozen=True, gc=False):
    """`return value`."""

    value: Expr | None
    line: int


class Raise(_Node, frozen=True, gc=False):
    """`raise value`; None re-raises."""

    value: Expr | None
    line: int


class If(_Node, frozen=True, gc=False):
    """`if test: body else: orelse`; `elif` is a nested If in `orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int


class Loop(_Node, frozen=True, gc=False):
    """`for target in iterable` (test None) or `while test` (target and iterable None)."""

    target: Expr | None
    iterable: Expr | None
    test: Expr | None
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int


class Handler(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One `except type as name` / `catch (name)`; `type` None catches everything."""

    type: Expr | None
    name: str | None
    body: tuple[Stmt, ...]
    line: int


class Try(_Node, frozen=True, gc=False):
    """`try: body except handlers else: orelse finally: final`."""

    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    line: int


class WithItem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`value as target` of a with statement."""

    value: Expr
    target: Expr | None


class With(_Node, frozen=True, gc=False):
    """`with items: body`."""

    items: tuple[WithItem, ...]
    body: tuple[Stmt, ...]
    line: int


class Case(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One arm of a match or switch. `patterns` are expressions (constants, dotted names, class patterns as calls); empty means default."""

    patterns: tuple[Expr, ...]
    guard: Expr | None
    body: tuple[Stmt, ...]
    line: int


class Match(_Node, frozen=True, gc=False):
    """`match subject` / `switch (subject)`."""

    subject: Expr
    cases: tuple[Case, ...]
    line: int


class Jump(_Node, frozen=True, gc=False):
    """`break` or `continue`."""

    kind: Literal["break", "continue"]
    line: int


class ImportedName(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """`name as alias`; name `*` takes everything."""

    name: str
    alias: str | None = None


class Import(_Node, frozen=True, gc=False):
    """`import module as alias` (names empty) or `from module import names`. `level` counts the leading dots of a relative import.
    For JavaScript `module` is the specifier text and a default import has the name `default`."""

    module: str
    names: tuple[ImportedName, ...]
    level: int
    line: int
    alias: str | None = None


class Define(_Node, frozen=True, gc=False):
    """A nested or top-level function or class definition, at its place in the block."""

    definition: Function | Class
    line: int


Stmt: TypeAlias = Union[
    Expression, Assign, Return, Raise, If, Loop, Try, With, Match, Jump, Import, Define
]

# ---------------------------------------------------------------- definitions


class Parameter(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A parameter. `kind` is `positional`, `keyword` (keyword-only), `star` (`*args`) or `double-star` (`**kwargs`)."""

    name: str
    annotation: Expr | None = None
    default: Expr | None = None
    kind: Literal["positional", "keyword", "star", "double-star"] = "positional"


class Function(_Node, frozen=True, gc=False):
    """A function or method. `line` is where its `def` stands, decorators excluded; `qualname` is dotted within the module (`Class.method`, `outer.inner`)."""

    name: str
    qualname: str
    params: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Expr | None
    body: tuple[Stmt, ...]
    line: int
    end_line: int
    is_async: bool = False
    docstring: str = ""


class Class(_Node, frozen=True, gc=False):
    """A class. `line` is where its `class` stands, decorators excluded."""

    name: str
    qualname: str
    bases: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    line: int
    end_line: int
    docstring: str = ""


class Module(_Node, frozen=True, gc=False):
    """One source file. `name` is the dotted import name for Python, the path without suffix for others."""

    name: str
    path: str
    language: str
    body: tuple[Stmt, ...]
    lines: int
    gaps: tuple[Gap, ...] = ()
    is_package: bool = False
    """True for `__init__.py`, whose relative imports start at itself."""
    comments: tuple[Note, ...] = ()
    """Comments that address agentlint (suppressions), nothing else."""
    is_generated: bool = False
    """True when its first lines say that a program wrote it: what it offers is not what anybody uses."""
