"""A service function as one more handler beside a function that serves the API (FastAPI, Flask): the same decorators, dependencies and way of loading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import libcst as cst
import msgspec

from agentlint.fixes.functions import Parsed, last, names_in, targets
from agentlint.fixes.record_calls import is_person
from agentlint.fixes.registrations import top_names
from agentlint.fixes.services import Argument, Service
from agentlint.ir.operations import Operation

_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_HOLE = re.compile(r"[{<](?:\w+:)?(\w+)(?::\w+)?[}>]")
_KEPT = ("dependencies", "response_model", "tags")
"""Arguments of a route that hold for a sibling too."""


class Handler(msgspec.Struct, frozen=True):
    """A handler's code, with what its file has to import for it."""

    code: str
    imports: tuple[tuple[str, str], ...] = ()


class _Sibling(msgspec.Struct, frozen=True):
    """An API handler that loads the same kind of object by its path."""

    function: cst.FunctionDef
    place: Parsed
    route: cst.Decorator
    path: str
    hole: str
    loading: tuple[cst.SimpleStatementLine, ...]
    injected: tuple[cst.Param, ...]
    """Parameters that the framework fills, of all handlers of the file."""
    person: str
    """How handlers of the file name the caller, when that is no parameter."""


def handler_for(service: Service, operation: Operation, place: Parsed) -> Handler | None:
    """The handler's code; None when the operation is no function with a route that loads the same model by one hole of its path."""
    sibling = _sibling(service, operation, place)
    if sibling is None:
        return None
    form = "fastapi" if any(_is_injected(p, place) for p in _all_parameters(place)) or _imports_fastapi(place) else "flask"
    used: dict[str, cst.Param] = {}
    inputs: list[Argument] = []
    values = [_value(a, sibling, service, form, used, inputs) for a in service.arguments]
    name = f"{service.name}_{service.object_name}"
    if any(v is None for v in values) or name in top_names(place.module.body) or (service.awaited and sibling.function.asynchronous is None):
        return None
    for parameter in sibling.injected:  # what loading needs, and who the sibling lets in
        if parameter.name.value in {n.value for s in sibling.loading for n in names_in(s)} or parameter in sibling.function.params.params:
            used.setdefault(parameter.name.value, parameter)
    arguments = ", ".join(f"{a.keyword}={v}" if a.keyword else str(v) for a, v in zip(service.arguments, values))
    body = [place.code(s).strip() for s in sibling.loading]
    body += ["body = request.get_json()"] if form == "flask" and inputs else []
    body += [f"{'await ' if service.awaited else ''}{service.callee}({arguments})", _answer(sibling, service, form)]
    head = [f"# TODO(review): who may call this, what it accepts and answers; until now only {service.page} did it", *_decorators(sibling, service)]
    told = ", ".join(_parameters(sibling, form, used, inputs))
    start = f"{'async ' if sibling.function.asynchronous else ''}def {name}({told}){_returns(sibling)}:"
    needed = (("fastapi", "Body"),) if form == "fastapi" and inputs else (("flask", "request"),) if inputs else ()
    return Handler("\n".join([*head, start, *(f"    {line}" for text in body for line in text.splitlines())]) + "\n", needed)


# ---------------------------------------------------------------------- the sibling


def _sibling(service: Service, operation: Operation, place: Parsed) -> _Sibling | None:
    function = place.function(operation.symbol)
    if function is None or "." in operation.symbol:
        return None
    routes = [d for d in function.decorators if isinstance(d.decorator, cst.Call) and last(d.decorator.func) in (*_VERBS, "route") and d.decorator.args]
    first = routes[0].decorator.args[0].value if len(routes) == 1 and isinstance(routes[0].decorator, cst.Call) else None
    path = str(first.evaluated_value) if isinstance(first, cst.SimpleString) else ""
    holes = _HOLE.findall(path)
    if len(holes) != 1:
        return None
    loading = tuple(_loading(function, service.object_name, holes[0]))
    if not loading:
        return None
    injected = {p.name.value: p for p in reversed(_all_parameters(place)) if _is_injected(p, place)}
    return _Sibling(function, place, routes[0], path, holes[0], loading, tuple(injected[n] for n in sorted(injected)), _person(place))


def _loading(function: cst.FunctionDef, name: str, hole: str) -> Iterator[cst.SimpleStatementLine]:
    """The statement that binds the object from the path."""
    for statement in function.body.body:
        if isinstance(statement, cst.SimpleStatementLine) and name in targets(statement) and hole in {n.value for n in names_in(statement)}:
            yield statement.with_changes(leading_lines=())
            return


def _all_parameters(place: Parsed) -> list[cst.Param]:
    functions = [s for s in place.module.body if isinstance(s, cst.FunctionDef)]
    routed = [f for f in functions if any(isinstance(d.decorator, cst.Call) and last(d.decorator.func) in (*_VERBS, "route") for d in f.decorators)]
    return [p for f in routed for p in (*f.params.params, *f.params.kwonly_params)]


def _is_injected(parameter: cst.Param, place: Parsed) -> bool:
    annotation = place.code(parameter.annotation.annotation) if parameter.annotation is not None else ""
    default = parameter.default
    by_default = isinstance(default, cst.Call) and last(default.func) in ("Depends", "Security")
    return by_default or "Depends(" in annotation or "Security(" in annotation


def _imports_fastapi(place: Parsed) -> bool:
    return any("fastapi" in place.code(s) for s in place.module.body if isinstance(s, cst.SimpleStatementLine))


def _person(place: Parsed) -> str:
    """`g.caller`, `current_user`: the one expression by which the file's functions call who is there."""
    finder = _People(place)
    place.module.visit(finder)
    return min(finder.found) if len(finder.found) == 1 else ""


class _People(cst.CSTVisitor):
    def __init__(self, place: Parsed) -> None:
        self._place = place
        self.found: set[str] = set()

    def visit_Arg(self, node: cst.Arg) -> None:
        text = self._place.code(node.value)
        if text == "current_user" or (text.startswith("g.") and is_person(node.value)):
            self.found.add(text)


# ------------------------------------------------------------------------ the new one


def _value(
    argument: Argument, sibling: _Sibling, service: Service, form: str, used: dict[str, cst.Param], inputs: list[Argument]
) -> str | None:
    if argument.role == "object":
        return service.object_name
    if argument.role == "literal":
        return argument.text
    if argument.role == "input":
        if form == "fastapi" and not argument.type:
            return None
        inputs.append(argument)
        return argument.name if form == "fastapi" else f'body["{argument.name}"]'
    if argument.role == "injected":
        fitting = [p for p in sibling.injected if _type(p, sibling.place) == _bare(argument.type)]
        chosen = next((p for p in fitting if p.name.value == argument.name), fitting[0] if len(fitting) == 1 else None)
        if chosen is not None:
            used[chosen.name.value] = chosen
        return None if chosen is None else chosen.name.value
    people = [p for p in sibling.injected if is_person(p.name)]
    if form == "fastapi":
        if len(people) == 1:
            used[people[0].name.value] = people[0]
        return people[0].name.value if len(people) == 1 else None
    return sibling.person or None


def _type(parameter: cst.Param, place: Parsed) -> str:
    return _bare(place.code(parameter.annotation.annotation)) if parameter.annotation is not None else ""


def _bare(annotation: str) -> str:
    """The type of `Annotated[Type, ...]`."""
    return annotation.removeprefix("Annotated[").partition(",")[0] if annotation.startswith("Annotated[") else annotation


def _decorators(sibling: _Sibling, service: Service) -> Iterator[str]:
    place = sibling.place
    segment = service.segment or service.name.replace("_", "-")
    for decorator in sibling.function.decorators:
        if decorator is not sibling.route:
            yield place.code(decorator).strip()
            continue
        call = decorator.decorator
        assert isinstance(call, cst.Call)
        path = f"{sibling.path.rstrip('/') if sibling.path.count(_hole(sibling)) else sibling.path}"
        path = path[: path.index(_hole(sibling)) + len(_hole(sibling))] + f"/{segment}" + ("/" if sibling.path.endswith("/") else "")
        owner = place.code(call.func.value) if isinstance(call.func, cst.Attribute) else ""
        kept = [f", {place.code(a).strip().rstrip(',')}" for a in call.args if a.keyword is not None and a.keyword.value in _KEPT]
        if last(call.func) == "route":
            yield f'@{owner}.route("{path}", methods=["POST"]{"".join(kept)})'
        else:
            yield f'@{owner}.post("{path}"{"".join(kept)})'


def _hole(sibling: _Sibling) -> str:
    found = _HOLE.search(sibling.path)
    assert found is not None
    return found[0]


def _parameters(sibling: _Sibling, form: str, used: dict[str, cst.Param], inputs: Sequence[Argument]) -> Iterator[str]:
    own = next((p for p in sibling.function.params.params if p.name.value == sibling.hole), None)
    yield _written(sibling.place, own) if own is not None else sibling.hole
    if form != "fastapi":
        return
    texts = {name: _written(sibling.place, p) for name, p in used.items()}
    yield from (texts[name] for name in sorted(texts) if used[name].default is None)
    for argument in inputs:
        yield f"{argument.name}: {argument.type} = Body({argument.default + ', ' if argument.default else ''}embed=True)"
    yield from (texts[name] for name in sorted(texts) if used[name].default is not None)


def _written(place: Parsed, parameter: cst.Param) -> str:
    return place.code(cst.Parameters(params=[parameter.with_changes(comma=cst.MaybeSentinel.DEFAULT)])).strip()


def _answer(sibling: _Sibling, service: Service, form: str) -> str:
    """The sibling's answer when it speaks of the object alone."""
    last_one = sibling.function.body.body[-1]
    if isinstance(last_one, cst.SimpleStatementLine) and isinstance(last_one.body[-1], cst.Return) and last_one.body[-1].value is not None:
        local = {n for s in sibling.function.body.body if isinstance(s, cst.SimpleStatementLine) for n in targets(s)} | {"body", "request"}
        if not {n.value for n in names_in(last_one.body[-1].value)} & (local - {service.object_name}):
            return sibling.place.code(last_one.body[-1]).strip()
    return "return None" if form == "fastapi" else 'return "", 204'


def _returns(sibling: _Sibling) -> str:
    returns = sibling.function.returns
    return f" -> {sibling.place.code(returns.annotation)}" if returns is not None else ""
