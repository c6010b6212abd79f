"""Short source-like text of expressions, for witnesses and for comparing tests."""

from __future__ import annotations

from agentlint.ir import syntax as s

_UNARY = frozenset({"not", "-", "+", "~"})


def excerpt(expr: s.Expr | None, limit: int = 60) -> str:
    """The expression as a person would write it, cut at `limit` characters. Equal text means equal meaning only when nothing was cut."""
    text = _text(expr, 8)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _text(expr: s.Expr | None, depth: int) -> str:
    if expr is None:
        return ""
    if depth == 0:
        return "…"
    match expr:
        case s.Name():
            return expr.id
        case s.Attribute():
            return f"{_text(expr.value, depth - 1)}.{expr.attr}"
        case s.Call():
            return f"{_text(expr.func, depth - 1)}({_arguments(expr, depth - 1)})"
        case s.Constant():
            return repr(expr.value)
        case s.Subscript():
            return f"{_text(expr.value, depth - 1)}[{_text(expr.index, depth - 1)}]"
        case s.Apply():
            return _operation(expr, depth - 1)
        case s.Sequence():
            return _bracketed(expr, depth - 1)
        case s.Mapping():
            return "{…}" if expr.keys else "{}"
        case s.Template():
            return "'" + "".join(str(p.value) if isinstance(p, s.Constant) else f"{{{_text(p, depth - 1)}}}" for p in expr.parts) + "'"
        case s.Lambda():
            return "lambda: …"
        case s.Other():
            return f"{expr.kind} " + ", ".join(_text(c, depth - 1) for c in expr.children)
        case _:
            return "…"


def _arguments(call: s.Call, depth: int) -> str:
    named = (f"{k.name}={_text(k.value, depth)}" if k.name else f"**{_text(k.value, depth)}" for k in call.keywords)
    return ", ".join((*(_text(a, depth) for a in call.args), *named))


def _operation(expr: s.Apply, depth: int) -> str:
    parts = [_text(o, depth) for o in expr.operands]
    if len(parts) == 1:
        return f"{expr.op} {parts[0]}" if expr.op in _UNARY else f"{expr.op}{parts[0]}"
    if expr.op == "?:" and len(parts) == 3:
        return f"{parts[1]} if {parts[0]} else {parts[2]}"
    return f" {expr.op} ".join(parts)


def _bracketed(expr: s.Sequence, depth: int) -> str:
    inside = ", ".join(_text(i, depth) for i in expr.items)
    return {"list": f"[{inside}]", "tuple": f"({inside})", "set": f"{{{inside}}}"}[expr.kind]
