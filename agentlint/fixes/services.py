"""What a page calls to do its work: the service function, and what each of its arguments is, so that an endpoint can call it with the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import libcst as cst
import msgspec

from agentlint.fixes.action_words import words
from agentlint.fixes.functions import Files, Parsed, last, names_in, parameters, root, statements
from agentlint.fixes.record_calls import is_person
from agentlint.fixes.registrations import imported
from agentlint.ir.operations import Operation

Role = Literal["object", "person", "input", "injected", "literal"]


class Argument(msgspec.Struct, frozen=True):
    """One argument of the call."""

    role: Role
    keyword: str
    """Empty for one by position."""
    name: str
    """Of an input the field, of something injected the parameter."""
    text: str
    """As the page writes it."""
    type: str = ""
    """Annotation, where the page gives one."""
    default: str = ""
    """Of an input, where the page gives one."""


class Service(msgspec.Struct, frozen=True):
    """A function that a page calls, and that programs cannot."""

    callee: str
    """As the page calls it: `services.cancel`."""
    name: str
    import_from: str
    import_name: str
    model: str
    """Class name of what it acts on."""
    object_name: str
    """What it is called: the model's name in small letters."""
    arguments: tuple[Argument, ...]
    awaited: bool
    page: str
    """The operation as people know it: `POST /orders/{pk}/cancel/`."""
    segment: str
    """Last fixed part of the page's path, a name for the endpoint."""


def service_of(operation: Operation, files: Files) -> Service | None:
    """The one function that a page hands its work to; None when the page does the work itself, or hands over what an endpoint does not have."""
    place = files.parsed(operation.file)
    function = place.function(operation.symbol) if place is not None else None
    effects = [e for e in operation.effects if e.kind == "orm-write" and e.target]
    if place is None or function is None or not effects or any(e.file == operation.file and place.around(e.line) is function for e in effects):
        return None
    names = {d.name.value for e in effects[:1] if (p := files.parsed(e.file)) is not None and (d := p.around(e.line)) is not None}
    calls = [(c, awaited) for c, awaited in _calls(function) if last(c.func) in names]
    if len(calls) != 1:
        return None
    call, awaited = calls[0]
    told = imported(place.module, root(call.func) or "")
    object_name = "_".join(words(effects[0].target))
    arguments = [_argument(a, function, place, object_name) for a in call.args]
    if told is None or any(a is None for a in arguments) or sum(a is not None and a.role == "object" for a in arguments) > 1:
        return None
    fixed = [part for part in operation.path.split("/") if part and not part.startswith(("{", "<", "?"))]
    return Service(
        place.code(call.func), last(call.func), *told, effects[0].target, object_name, tuple(a for a in arguments if a is not None), awaited,
        f"{operation.method} {operation.path}".removeprefix("ANY ").strip(), fixed[-1] if fixed else "",
    )


def _calls(function: cst.FunctionDef) -> Iterator[tuple[cst.Call, bool]]:
    """Calls in a function, with whether they are awaited."""

    def within(node: cst.CSTNode, awaited: bool) -> Iterator[tuple[cst.Call, bool]]:
        if isinstance(node, cst.Call):
            yield node, awaited
        for child in node.children:
            if not isinstance(child, (cst.FunctionDef, cst.Lambda)):
                yield from within(child, isinstance(node, cst.Await))

    return within(function.body, False)


def _argument(argument: cst.Arg, function: cst.FunctionDef, place: Parsed, object_name: str) -> Argument | None:
    if argument.star:
        return None
    keyword = argument.keyword.value if argument.keyword is not None else ""
    value = argument.value
    text = place.code(value)
    given = next((p for p in (*function.params.params, *function.params.kwonly_params) if isinstance(value, cst.Name) and p.name.value == value.value), None)
    if isinstance(value, (cst.SimpleString, cst.Integer)) or text in ("True", "False", "None"):
        return Argument("literal", keyword, "", text)
    if given is not None:
        return _parameter(given, keyword, text, place)
    if is_person(value) or text in ("self.request.user", "request.user"):
        return Argument("person", keyword, "", text)
    if (isinstance(value, cst.Name) and value.value == object_name) or _loaded(value, function):
        return Argument("object", keyword, "", text)
    field = _field(value) or (_field(bound) if isinstance(value, cst.Name) and (bound := _bound(function, value.value)) is not None else "")
    return Argument("input", keyword, field, text) if field else None


def _parameter(given: cst.Param, keyword: str, text: str, place: Parsed) -> Argument | None:
    """An argument that is a parameter of the page: what the framework injects, or what the form sends."""
    annotation = place.code(given.annotation.annotation) if given.annotation is not None else ""
    default = given.default
    if "Depends(" in annotation or "Security(" in annotation or (isinstance(default, cst.Call) and last(default.func) in ("Depends", "Security")):
        return Argument("injected", keyword, text, text, annotation)
    if isinstance(default, cst.Call) and last(default.func) == "Form":
        first = default.args[0] if default.args and default.args[0].keyword is None else None
        return Argument("input", keyword, text, text, annotation, place.code(first.value) if first is not None else "")
    return None


def _loaded(value: cst.BaseExpression, function: cst.FunctionDef) -> bool:
    """True for a call that loads something by a parameter: `get_object_or_404(Order, pk=pk)`, `load(session, order_id)`."""
    return isinstance(value, cst.Call) and bool({n.value for n in names_in(value)} & (parameters(function) - {"request", "self", "session", "db"}))


def _field(value: cst.BaseExpression) -> str:
    """The field of `request.POST["x"]`, `request.form.get("x")` or `form.cleaned_data["x"]`; empty for anything else."""
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute) and last(value.func) == "get" and value.args:
        holder, key = value.func.value, value.args[0].value
    elif isinstance(value, cst.Subscript) and len(value.slice) == 1 and isinstance(value.slice[0].slice, cst.Index):
        holder, key = value.value, value.slice[0].slice.value
    else:
        return ""
    sent = isinstance(holder, cst.Attribute) and last(holder) in ("POST", "form", "cleaned_data", "data", "json")
    return str(key.evaluated_value) if sent and isinstance(key, cst.SimpleString) else ""


def _bound(function: cst.FunctionDef, name: str) -> cst.BaseExpression | None:
    """What a local name was assigned, when that is told once."""
    found = [
        small.value
        for s in statements(function) if isinstance(s, cst.SimpleStatementLine)
        for small in s.body if isinstance(small, cst.Assign) and any(isinstance(t.target, cst.Name) and t.target.value == name for t in small.targets)
    ]
    return found[0] if len(found) == 1 else None
