"""Sessions that code demands: branches that turn away whoever's browser session lacks a value, whatever the key is called.

What is kept under a key has no fixed name, but what is done with it has a shape: the value is looked up, perhaps exchanged for a row, and without one
the function refuses to go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, expressions, statements

SESSION_COOKIE = re.compile(r"session|token|auth|jwt|^s?sid$|^log_?(ged_?)?in", re.IGNORECASE)
"""Names of cookies that keep who is signed in."""
WHO = re.compile(
    r"^_?(auth\w*|(current_?|logged_?in_?|login_?)?(user|account|member|admin|customer|person|officer|staff|employee|operator|clerk|owner|client)(_?(id|name|email|info))?|uid|id|e?mail|logged_?in|log_?in"
    r"|identity|principal|profile|is_(authenticated|logged_?in|admin))$",
    re.IGNORECASE,
)
"""Keys under which a session keeps who is signed in."""
NOT_CREDENTIAL = re.compile(r"csrf|xsrf|idempoten|page[-_]?token|continuation", re.IGNORECASE)
"""Values that look like credentials and prove nothing about who calls."""
_SESSION = re.compile(r"(^|\.)session$")
_REFUSALS = re.compile(r"redirect|abort|forbidden|unauthori[sz]ed|denied|login|sign_?in", re.IGNORECASE)
_REFUSING_CODES = frozenset({401, 403})
_SOMEBODY = re.compile(r"(^|\.)current_user\.is_(authenticated|active)$")
_NOBODY = re.compile(r"(^|\.)current_user\.is_anonymous$")
"""What a project asks of the person that a login manager loads from the browser's session, whoever wrote the manager."""


def demands_session(body: tuple[s.Stmt, ...]) -> tuple[int, str] | None:
    """Line and key of the branch that turns away whoever's session lacks a value; None when the code goes on without one.

    The key is empty where it cannot be told.
    """
    held: dict[str, str] = {}
    for stmt in statements(body):
        if isinstance(stmt, s.Assign) and stmt.value is not None and (key := _mentioned(stmt.value, held)) is not None:
            held |= {t.id: key for t in stmt.targets if isinstance(t, s.Name)}
        elif isinstance(stmt, s.If) and _is_absent(stmt.test, held) and _refuses(stmt.body):
            return stmt.line, _mentioned(stmt.test, held) or ""
    return None


def _mentioned(expr: s.Expr, held: dict[str, str]) -> str | None:
    """The key of the session whose value an expression looks at, itself or through a variable."""
    found = (key for e in expressions(expr) if (key := held.get(e.id) if isinstance(e, s.Name) else _read(e)) is not None)
    return next(found, None)


def _read(expr: s.Expr) -> str | None:
    """The key of `session["k"]`, `session.get("k")` and `"k" in session`: a constant one tells a browser's session from a database's."""
    match expr:
        case s.Subscript(value=source, index=s.Constant(value=str() as key)) if _is_session(source):
            return key
        case s.Call(func=s.Attribute(attr="get", value=source), args=(s.Constant(value=str() as key), *_)) if _is_session(source):
            return key
        case s.Apply(op="in" | "not in", operands=(s.Constant(value=str() as key), source)) if _is_session(source):
            return key
    return None


def _is_session(source: s.Expr) -> bool:
    """True for `request.session`, and for the session that a middleware of the server keeps in the environment: `env["beaker.session"]`."""
    if isinstance(source, s.Subscript) and isinstance(source.index, s.Constant):
        return bool(_SESSION.search(str(source.index.value)))
    return bool(_SESSION.search(dotted(source)))


def _is_absent(test: s.Expr, held: dict[str, str]) -> bool:
    """True for a test that holds where the value is missing or is another: `not x`, `x is None`, `"k" not in session`, `x != y`."""
    if not isinstance(test, s.Apply):
        return bool(_NOBODY.search(dotted(test)))
    if test.op in ("or", "and"):
        return any(_is_absent(part, held) for part in test.operands)
    if test.op == "not":
        return _mentioned(test.operands[0], held) is not None or bool(_SOMEBODY.search(dotted(test.operands[0])))
    if test.op in ("is", "=="):
        return any(isinstance(o, s.Constant) and not o.value for o in test.operands[1:]) and _mentioned(test.operands[0], held) is not None
    return test.op in ("not in", "!=") and _mentioned(test, held) is not None


def _refuses(body: tuple[s.Stmt, ...]) -> bool:
    """True when a branch ends by raising, or by answering with a refusal or a way to sign in."""
    last = body[-1] if body else None
    if isinstance(last, s.Raise):
        return True
    value = last.value if isinstance(last, s.Return | s.Expression) else None
    if isinstance(value, s.Sequence) and any(isinstance(i, s.Constant) and i.value in _REFUSING_CODES for i in value.items):
        return True
    return value is not None and any(_is_refusal(e) for e in expressions(value) if isinstance(e, s.Call))


def _is_refusal(call: s.Call) -> bool:
    given: Iterable[s.Expr] = (*call.args, *(k.value for k in call.keywords))
    return bool(_REFUSALS.search(dotted(call.func))) or any(isinstance(a, s.Constant) and a.value in _REFUSING_CODES for a in given)
