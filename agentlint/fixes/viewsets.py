"""A service function as an extra action of a Django REST framework viewset: the viewset's own authentication and permissions hold for it."""

from __future__ import annotations

import libcst as cst

from agentlint.fixes.functions import Parsed, last
from agentlint.fixes.services import Argument, Service
from agentlint.ir.operations import Operation


def action_for(service: Service, operation: Operation, place: Parsed) -> str | None:
    """The action's code; None when the operation is not that of a viewset of the same model."""
    target = next((s for s in place.module.body if isinstance(s, cst.ClassDef) and s.name.value == operation.symbol.partition(".")[0]), None)
    if target is None or not _is_viewset(target) or not _works_on(target, service.model, place) or service.name in _names(target):
        return None
    values = [_value(a) for a in service.arguments]
    if any(v is None for v in values) or service.awaited:
        return None
    has_object = any(a.role == "object" for a in service.arguments)
    arguments = ", ".join(f"{a.keyword}={v}" if a.keyword else str(v) for a, v in zip(service.arguments, values))
    arguments = arguments.replace("{object}", service.object_name)
    lines = [f'@action(detail={has_object}, methods=["post"])', f"def {service.name}(self, request{', pk=None' if has_object else ''}):"]
    lines += [f"    {service.object_name} = self.get_object()"] if has_object else []
    lines += [f"    {service.callee}({arguments})"]
    lines += [f"    return Response(self.get_serializer({service.object_name}).data)" if has_object else "    return Response(status=204)"]
    return f"# TODO(review): who may call this, what it accepts and answers; until now only {service.page} did it\n" + "\n".join(lines) + "\n"


def _value(argument: Argument) -> str | None:
    if argument.role == "object":
        return "{object}"
    if argument.role == "person":
        return "request.user"
    if argument.role == "input":
        return f'request.data["{argument.name}"]'
    return argument.text if argument.role == "literal" else None


def _is_viewset(target: cst.ClassDef) -> bool:
    return any("ViewSet" in last(base.value) for base in target.bases)


def _works_on(target: cst.ClassDef, model: str, place: Parsed) -> bool:
    """True when the class's queryset starts with the model."""
    for statement in target.body.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Assign) and any(last(t.target) == "queryset" for t in small.targets):
                return place.code(small.value).split(".")[0] == model
    return False


def _names(target: cst.ClassDef) -> set[str]:
    return {s.name.value for s in target.body.body if isinstance(s, (cst.FunctionDef, cst.ClassDef))}
