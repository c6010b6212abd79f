"""Exposes a function that only a page calls as an endpoint beside the API's others, behind the same authentication, marked for review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst
import msgspec
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.fixes.functions import Files, Parsed, parsed
from agentlint.fixes.handlers import Handler, handler_for
from agentlint.fixes.registrations import imported, top_names
from agentlint.fixes.services import Service, service_of
from agentlint.fixes.viewsets import action_for
from agentlint.ir.description import Description
from agentlint.ir.operations import Operation

NAME = "expose-service"
_MENDS = ("gui-only-operation", "missing-action-endpoint")
_TOKENS = frozenset({"token", "api-key", "oauth", "basic", "mutual-tls"})
_NOTE = "decide who may call it, what it accepts and what it answers"


class Stub(msgspec.Struct, frozen=True):
    """Code to be added to a file of the API."""

    code: str
    owner: str
    """The class that gains it, or the function after which it stands."""
    in_class: bool
    imports: tuple[tuple[str, str], ...]


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One fix per page whose work a single function does."""
    del descriptions
    files = Files(sources)
    operations = {o.id: o for o in report.operations}
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.rule in _MENDS and finding.suppressed is None and finding.operation in operations:
            found[finding.operation or ""].append(finding)
    siblings = [o for o in report.operations if o.surface == "api" and o.origin == "code" and _TOKENS & set(o.auth)]
    for identity, findings in sorted(found.items(), key=lambda item: (operations[item[0]].file, operations[item[0]].line)):
        operation = operations[identity]
        service = service_of(operation, files) if operation.surface == "gui" else None
        placed = _placed(service, siblings, files) if service is not None else None
        if service is not None and placed is not None:
            file, stub = placed
            title = f"expose `{service.callee}`, which only {service.page} calls, {'in' if stub.in_class else 'beside'} {stub.owner}"
            yield Fix(NAME, title, file, 0, {file: _change(stub)}, tuple(f.fingerprint for f in findings), note=_NOTE)


def _placed(service: Service, siblings: Sequence[Operation], files: Files) -> tuple[str, Stub] | None:
    """The first operation of the API, those on the same resource before others, beside which the function can be exposed."""
    near = sorted(siblings, key=lambda o: (o.resource.replace(" ", "_") != service.object_name, not o.changes_state, o.file, o.line, o.method))
    for operation in near:
        place = files.parsed(operation.file)
        if place is None:
            continue
        stub = _action(service, operation, place) or _handler(service, operation, place)
        if stub is not None and all(_free(place, *one) for one in stub.imports):
            return operation.file, stub
    return None


def _free(place: Parsed, module: str, name: str) -> bool:
    """True when a name is not bound in a file, or bound by the same import."""
    return name not in top_names(place.module.body) or imported(place.module, name) == (module, name)


def _action(service: Service, operation: Operation, place: Parsed) -> Stub | None:
    code = action_for(service, operation, place)
    name = operation.symbol.partition(".")[0]
    needed = (("rest_framework.decorators", "action"), ("rest_framework.response", "Response"), (service.import_from, service.import_name))
    return None if code is None else Stub(code, name, True, needed)


def _handler(service: Service, operation: Operation, place: Parsed) -> Stub | None:
    made: Handler | None = handler_for(service, operation, place)
    if made is None:
        return None
    return Stub(made.code, operation.symbol, False, (*made.imports, (service.import_from, service.import_name)))


# ------------------------------------------------------------------------- making it


def _change(stub: Stub) -> Change:
    def apply(source: bytes) -> bytes:
        place = parsed(source)
        if place is None or stub.code in source.decode("utf-8", "replace"):
            return source
        changed = _with_method(place, stub) if stub.in_class else _with_function(place, stub)
        if changed is None:
            return source
        context = CodemodContext()
        for module, name in stub.imports:
            if name not in top_names(changed.body):
                AddImportsVisitor.add_needed_import(context, module or name, name if module else None)
        return AddImportsVisitor(context).transform_module(changed).bytes

    return apply


def _with_method(place: Parsed, stub: Stub) -> cst.Module | None:
    body = list(place.module.body)
    at = next((n for n, s in enumerate(body) if isinstance(s, cst.ClassDef) and s.name.value == stub.owner), None)
    target = body[at] if at is not None else None
    if at is None or not isinstance(target, cst.ClassDef) or not isinstance(target.body, cst.IndentedBlock):
        return None
    method = _spaced(stub.code, 1)
    body[at] = target.with_changes(body=target.body.with_changes(body=[*target.body.body, method]))
    return place.module.with_changes(body=body)


def _with_function(place: Parsed, stub: Stub) -> cst.Module | None:
    body = list(place.module.body)
    at = next((n for n, s in enumerate(body) if isinstance(s, cst.FunctionDef) and s.name.value == stub.owner), None)
    if at is None:
        return None
    return place.module.with_changes(body=[*body[: at + 1], _spaced(stub.code, 2), *body[at + 1 :]])


def _spaced(code: str, blank: int) -> cst.BaseStatement:
    """A definition with its comment, below some blank lines."""
    module = cst.parse_module(code)
    statement = module.body[0]
    assert isinstance(statement, cst.FunctionDef)
    lines = [*(cst.EmptyLine(indent=False) for _ in range(blank)), *module.header, *statement.leading_lines]
    return statement.with_changes(leading_lines=lines)
