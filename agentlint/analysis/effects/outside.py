"""Effects outside the database (mail, HTTP, queues, files, processes, payments): what they act on and whether they matter."""

from __future__ import annotations

import re

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.effects.arguments import handed_to, parameter_names
from agentlint.analysis.effects.places import Places
from agentlint.analysis.excerpts import excerpt
from agentlint.ir import syntax as s
from agentlint.ir.effects import Effect
from agentlint.ir.walk import dotted, expressions
from agentlint.knowledge.paths import places as alternatives
from agentlint.knowledge.schema import DecisionRow, EffectRow

_HOST = re.compile(r"^\w+://([^/{}?#]+)")
_TEMPORARY = re.compile(r"(^|_|\b)(te?mp|tmpdir|temporary|scratch)", re.IGNORECASE)
_STARTING = frozenset({"Popen", "create_subprocess_exec", "create_subprocess_shell"})
_CHANNELS = frozenset({"outbound-http", "message", "mail"})
"""Kinds of effects that say where something goes, and not what."""
_BODY = frozenset({"data", "json", "body", "content", "files"})


def outside_effect(site: CallSite, row: EffectRow, api: str, places: Places) -> Effect:
    """The effect of a call that a knowledge row describes as something else than a database write."""
    verb = _verb(site, row, places)
    asked = _asked_model(site, row, places) if row.kind == "outbound-http" and verb in ("", "POST") else None
    if asked is not None:
        at, model = asked
        return Effect(
            kind="model-call", operation="call", target=model.provider, file=site.file, line=site.line, function=site.caller, api=at, methods=site.methods,
        )
    return Effect(
        kind=row.kind, operation=row.operation, target=_target(site, row, places), file=site.file, line=site.line, function=site.caller,
        api=api, methods=site.methods, verb=verb,
        incidental=row.incidental or (row.kind == "file" and _is_temporary(site, row, places)) or _ends_own_child(site, row, places),
        open_model=_open_verb(site, row, places) if row.verb and not verb else "",
        untold=row.kind in _CHANNELS and _hands_on(site, places),
    )


def _hands_on(site: CallSite, places: Places) -> bool:
    """True when what is sent is what the function is handed, as it is or wrapped up by a call, and nothing says what that is: `send(dumps(message))`."""
    known = parameter_names(places.program.functions.get(site.caller))
    given = (*site.call.args, *(k.value for k in site.call.keywords))
    if not any(isinstance(e, s.Name) and e.id in known for one in given for e in (one, *(one.args[:1] if isinstance(one, s.Call) else ()))):
        return False
    said = (places.constant(part, site.caller) for one in given for part in expressions(one))
    return not any(isinstance(text, str) and any(c.isalpha() for c in text) for text in said)


def _asked_model(site: CallSite, row: EffectRow, places: Places) -> tuple[str, DecisionRow] | None:
    """The model whose service a request goes to, told by the end of its address."""
    expr = places.expression(site, row.target) if row.target else None
    if expr is None:
        return None
    values = places.assigned(site.caller, expr.id) if isinstance(expr, s.Name) else ()
    for one in (expr, *values):
        address = places.constant(one, site.caller)
        if isinstance(address, str) and "/" in address:
            found = places.library.endpoint(address, " ".join((address, *(excerpt(e, 200) for e in (expr, *values)))))
            if found is not None:
                return found
    return None


def _target(site: CallSite, row: EffectRow, places: Places) -> str:
    if row.target.startswith("'"):
        return row.target.strip("'")
    expr = places.expression(site, row.target) if row.target else None
    if expr is None:
        return ""
    command = row.kind == "process" and row.operation == "run"
    if command and isinstance(expr, s.Name):
        expr = next((v for v in places.assigned(site.caller, expr.id) if isinstance(v, s.Sequence) and v.items), expr)
    if isinstance(expr, s.Sequence) and expr.items:
        expr = expr.items[0]
    value = places.constant(expr, site.caller)
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    if isinstance(value, str) and value.strip("{}/"):
        return _shorten(value)
    return "" if command and isinstance(expr, s.Name) else dotted(expr).rpartition(".")[2]  # what a command is kept in says nothing of what it does


def _shorten(text: str) -> str:
    host = _HOST.match(text)
    if host is not None:
        return host.group(1)
    first = text.strip().split("\n")[0]
    return first if len(first) <= 60 else first[:57] + "..."


def _verb(site: CallSite, row: EffectRow, places: Places) -> str:
    if not row.verb:
        return ""
    if row.verb == "name":
        return (site.library.rpartition(".")[2] or site.name).upper()  # the call may go by another name: `fetch = limited(requests.get)`
    request = _request_call(site, places)
    if row.verb.startswith("'"):
        named = _keyword_text(request, "method", site, places) if request is not None else ""
        verb = named or row.verb.strip("'")
    else:
        expr = places.expression(site, row.verb)
        if expr is None and request is not None:
            expr = next((k.value for k in request.keywords if k.name == "method"), None)
        if expr is None:
            verb = "GET" if all(p.startswith("kwarg") for p in alternatives(row.verb)) else ""
        else:
            value = places.constant(expr, site.caller)
            verb = value.upper() if isinstance(value, str) else ""
    carries = any(k.name in _BODY for call in (site.call, request) if call is not None for k in call.keywords)
    return "POST" if verb == "GET" and carries else verb


def _open_verb(site: CallSite, row: EffectRow, places: Places) -> str:
    """What decides the method of a request when the function is handed it: `def send(self, method, path)`."""
    expr = places.expression(site, row.verb)
    if isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in ("upper", "lower"):
        expr = expr.func.value
    handed_in = handed_to(expr, places.program.functions.get(site.caller), places.program) if expr is not None else ""
    return f"parameter {handed_in}" if handed_in else ""


def _ends_own_child(site: CallSite, row: EffectRow, places: Places) -> bool:
    """True for the end of a program that the same function started: how it cleans up behind itself."""
    if row.kind != "process" or row.operation != "delete" or not isinstance(site.call.func, s.Attribute):
        return False
    holder = site.call.func.value
    made = places.assigned(site.caller, holder.id) if isinstance(holder, s.Name) else ()
    calls = (e for value in made for e in expressions(value) if isinstance(e, s.Call))
    return any(dotted(call.func).rpartition(".")[2] in _STARTING for call in calls)


def _request_call(site: CallSite, places: Places) -> s.Call | None:
    """The call that builds the request object passed first, if one is."""
    first = site.call.args[0] if site.call.args else None
    if isinstance(first, s.Name):
        first = next((v for v in places.assigned(site.caller, first.id) if isinstance(v, s.Call)), None)
    return first if isinstance(first, s.Call) else None


def _keyword_text(call: s.Call, name: str, site: CallSite, places: Places) -> str:
    value = next((places.constant(k.value, site.caller) for k in call.keywords if k.name == name), None)
    return value.upper() if isinstance(value, str) else ""


def _is_temporary(site: CallSite, row: EffectRow, places: Places) -> bool:
    expr = places.expression(site, row.target) if row.target else None
    if expr is None:
        return False
    value = places.constant(expr, site.caller)
    if isinstance(value, str) and (value.startswith("/tmp") or _TEMPORARY.search(value)):
        return True
    return any(_TEMPORARY.search(name) for part in expressions(expr) if (name := _identifier(part)))


def _identifier(expr: s.Expr) -> str:
    if isinstance(expr, s.Name):
        return expr.id
    return expr.attr if isinstance(expr, s.Attribute) else ""
