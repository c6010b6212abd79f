"""Gives HTTP routes that code declares a name and a summary: agents' tools are called by the one and chosen by the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst
import msgspec

from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.fixes.functions import Files, Parsed, last, parsed
from agentlint.fixes.registrations import imported
from agentlint.ir.description import Description
from agentlint.ir.operations import Operation

NAME = "describe-routes"
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "api_route"})
_NOTE = "clients that are generated from the description will call these operations by their new names"


class _Gain(msgspec.Struct, frozen=True):
    """What one handler's declaration gains, by keyword."""

    symbol: str
    values: tuple[tuple[str, str], ...]


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One fix per file whose routes lack a name or, having a docstring, a summary."""
    del descriptions
    handlers: dict[str, dict[str, Operation]] = defaultdict(dict)
    for operation in report.operations:
        if operation.surface == "api" and operation.origin == "code" and operation.file.endswith(".py"):
            handlers[operation.file][operation.symbol] = operation
    files = Files(sources)
    declared = {file: list(_declared(place, handlers[file])) for file in sorted(handlers) if (place := files.parsed(file)) is not None}
    ids = _Ids(declared, sources)
    for file, functions in declared.items():
        gains = tuple(gain for symbol, function, call in functions if (gain := _gain(file, symbol, function, call, ids)).values)
        if gains:
            named = sum(any(name == "operation_id" for name, _ in gain.values) for gain in gains)
            told = " and ".join(filter(None, (f"name {named}" if named else "", "say in a line what they do" if _summaries(gains) else "")))
            yield Fix(NAME, f"{told}: routes of {file}", file, 0, {file: _change(gains)}, note=_NOTE if named else "")


def _summaries(gains: Sequence[_Gain]) -> bool:
    return any(name == "summary" for gain in gains for name, _ in gain.values)


def _declared(place: Parsed, handlers: Mapping[str, Operation]) -> Iterator[tuple[str, cst.FunctionDef, cst.Call]]:
    """Handlers with the call that declares or documents them: a route decorator of FastAPI, or `extend_schema` of drf-spectacular."""
    for symbol in sorted(handlers):
        function = place.function(symbol)
        if function is not None:
            call = _declaration(place.module, function)
            if call is not None:
                yield symbol, function, call


def _declaration(module: cst.Module, function: cst.FunctionDef) -> cst.Call | None:
    calls = [d.decorator for d in function.decorators if isinstance(d.decorator, cst.Call)]
    schema = [c for c in calls if last(c.func) == "extend_schema" and isinstance(c.func, cst.Name)]
    if schema:
        return schema[0] if len(schema) == 1 else None
    if not any("fastapi" in (told or ("",))[0].split(".") or (told or ("", ""))[1] == "fastapi" for told in _imports(module)):
        return None
    routes = [c for c in calls if isinstance(c.func, cst.Attribute) and last(c.func) in _METHODS]
    hidden = any(a.keyword is not None and a.keyword.value == "include_in_schema" for c in routes for a in c.args)
    return routes[0] if len(routes) == 1 and not hidden else None


def _imports(module: cst.Module) -> Iterator[tuple[str, str] | None]:
    for name in ("APIRouter", "FastAPI", "fastapi", "Depends"):
        yield imported(module, name)


class _Ids:
    """Names of operations: which are taken, which are told apart by the function's name alone."""

    def __init__(self, declared: Mapping[str, list[tuple[str, cst.FunctionDef, cst.Call]]], sources: Sources) -> None:
        every = [(file, *row) for file, rows in declared.items() for row in rows]
        self._times = Counter(function.name.value for _, _, function, _ in every)
        self._stems = Counter(_longer(file, function.name.value) for file, _, function, _ in every)
        self._taken = {str(given["operation_id"].evaluated_value) for _, _, _, call in every if (given := _texts(call)).get("operation_id")}
        self._made_elsewhere = any(b"generate_unique_id_function" in sources.read(file) for file in sources.python)

    def of(self, file: str, function: str) -> str | None:
        """The name for a handler; None when the system makes its names itself, or none is free."""
        if self._made_elsewhere:
            return None
        wanted = function if self._times[function] == 1 else _longer(file, function)
        free = wanted not in self._taken and (wanted == function or self._stems[wanted] == 1)
        return wanted if free else None


def _longer(file: str, function: str) -> str:
    parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
    return f"{parts[-1]}_{function}"


def _texts(call: cst.Call) -> dict[str, cst.SimpleString]:
    return {a.keyword.value: a.value for a in call.args if a.keyword is not None and isinstance(a.value, cst.SimpleString)}


def _gain(file: str, symbol: str, function: cst.FunctionDef, call: cst.Call, ids: _Ids) -> _Gain:
    given = {a.keyword.value for a in call.args if a.keyword is not None}
    if any(a.star for a in call.args):
        return _Gain(symbol, ())
    values = []
    name = ids.of(file, function.name.value) if last(call.func) != "extend_schema" and "operation_id" not in given else None
    if name is not None:
        values.append(("operation_id", name))
    line = _first_line(function.get_docstring())
    if line and "summary" not in given:
        values.append(("summary", line))
    return _Gain(symbol, tuple(values))


def _first_line(docstring: str | None) -> str:
    """The first sentence line of a docstring as a title; empty when it would not be one line."""
    line = (docstring or "").strip().partition("\n")[0].strip().removesuffix(".")
    return line if 3 < len(line) <= 120 and not set(line) & set('"\\{') else ""


# ------------------------------------------------------------------------- making it


def _change(gains: tuple[_Gain, ...]) -> Change:
    def apply(source: bytes) -> bytes:
        place = parsed(source)
        if place is None:
            return source
        wanted: dict[cst.Call, tuple[tuple[str, str], ...]] = {}
        for gain in gains:
            function = place.function(gain.symbol)
            call = _declaration(place.module, function) if function is not None else None
            if call is not None:
                wanted[call] = gain.values
        return place.module.visit(_Widener(wanted)).bytes

    return apply


class _Widener(cst.CSTTransformer):
    """Adds keyword arguments to some calls, each on a line of its own where the others are."""

    def __init__(self, wanted: Mapping[cst.Call, tuple[tuple[str, str], ...]]) -> None:
        self._wanted = wanted

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        if original_node not in self._wanted:
            return updated_node
        arguments = list(updated_node.args)
        equal = next((a.equal for a in arguments if a.keyword is not None), cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")))
        between = _between(updated_node)
        for name, text in self._wanted[original_node]:
            ending = arguments[-1].comma if arguments else cst.MaybeSentinel.DEFAULT
            if arguments:
                arguments[-1] = arguments[-1].with_changes(comma=_joined(ending, between))
            arguments.append(cst.Arg(cst.SimpleString(f'"{text}"'), cst.Name(name), equal, comma=_bare(ending)))
        return updated_node.with_changes(args=arguments)


def _between(call: cst.Call) -> cst.Comma:
    """What stands between arguments: a line break when the first stands on a line of its own."""
    before = call.whitespace_before_args
    return cst.Comma(whitespace_after=_silent(before) if isinstance(before, cst.ParenthesizedWhitespace) else cst.SimpleWhitespace(" "))


def _joined(ending: cst.Comma | cst.MaybeSentinel, between: cst.Comma) -> cst.Comma:
    """The comma after an argument that was the last: a comment behind it stays behind it."""
    after, next_ = ending.whitespace_after if isinstance(ending, cst.Comma) else None, between.whitespace_after
    if isinstance(after, cst.ParenthesizedWhitespace) and isinstance(next_, cst.ParenthesizedWhitespace):
        return between.with_changes(whitespace_after=after.with_changes(indent=next_.indent, last_line=next_.last_line))
    return between


def _bare(ending: cst.Comma | cst.MaybeSentinel) -> cst.Comma | cst.MaybeSentinel:
    after = ending.whitespace_after if isinstance(ending, cst.Comma) else None
    return cst.Comma(whitespace_after=_silent(after)) if isinstance(after, cst.ParenthesizedWhitespace) else ending


def _silent(space: cst.ParenthesizedWhitespace) -> cst.ParenthesizedWhitespace:
    """The same line break without comments."""
    return cst.ParenthesizedWhitespace(cst.TrailingWhitespace(newline=space.first_line.newline), (), space.indent, space.last_line)
