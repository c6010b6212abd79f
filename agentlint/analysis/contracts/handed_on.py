"""What a description itself says on where identifiers come from: links of answers, and steps of Arazzo workflows that hand outputs on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agentlint.ir.description import DescribedOperation, Description, Node, Problem

_BODY = re.compile(r"^\$response\.body#(/.*)$")
_OUTPUT = re.compile(r"^\$steps\.([\w.-]+?)\.outputs\.([\w-]+)$")
Source = tuple[str, str, str]
"""Operation whose answer holds it (`METHOD /path`), place in the answer, what says so."""
HandedOn = Mapping[tuple[str, str], Source]
"""By operation that asks and name of the parameter."""


def linked(description: Description) -> dict[tuple[str, str], Source]:
    """What links of answers hand to other operations."""
    names = _names([description])
    found: dict[tuple[str, str], Source] = {}
    for operation in description.operations:
        for response in operation.responses:
            for link in response.links:
                asking = names.get(link.operation)
                for parameter, expression in link.parameters.items() if asking else ():
                    place = _BODY.match(expression)
                    if place and asking:
                        name = parameter.split(".", 1)[-1] if parameter.split(".")[0] in ("path", "query", "header") else parameter
                        found.setdefault((asking.name, name), (operation.name, _where(place[1]), f"the link {link.name}"))
    return found


def worked(workflows: Iterable[Description], descriptions: Sequence[Description]) -> tuple[dict[tuple[str, str], Source], tuple[Problem, ...]]:
    """What steps of workflows hand on, and steps that name an operation which no description here has."""
    names = _names(descriptions)
    found: dict[tuple[str, str], Source] = {}
    problems: list[Problem] = []
    for document in workflows:
        for workflow in document.workflows:
            told = f"the workflow {workflow.name or document.title}"
            steps = [document.index.follow(step) for _, step in workflow.node.child("steps").children()]
            problems += _unknown(steps, document, names)
            found.update((key, (operation, place, told)) for key, operation, place in _handed(steps, names) if key not in found)
    return found, tuple(problems)


def _handed(steps: Sequence[Node], names: Mapping[str, DescribedOperation]) -> Iterator[tuple[tuple[str, str], str, str]]:
    outputs: dict[tuple[str, str], tuple[str, str]] = {}
    for step in steps:
        operation = names.get(_named(step))
        if operation is None:
            continue
        for _, parameter in step.child("parameters").children():
            value = parameter.value.get("value") if isinstance(parameter.value, dict) else None
            match = _OUTPUT.match(value) if isinstance(value, str) else None
            source = outputs.get((match[1], match[2])) if match else None
            if source is not None:
                yield (operation.name, str(parameter.value.get("name"))), *source
        for key, output in step.child("outputs").children():
            place = _BODY.match(output.value) if isinstance(output.value, str) else None
            if place:
                outputs[(str(step.child("stepId").value), str(key))] = (operation.name, _where(place[1]))


def _unknown(steps: Sequence[Node], document: Description, names: Mapping[str, DescribedOperation]) -> Iterator[Problem]:
    for step in steps:
        named = _named(step)
        if names and named and named not in names:
            key = "operationId" if step.child("operationId").value else "operationPath"
            where = document.index.locate(step.child(key))
            pointer = "/".join(["", *(str(p).replace("~", "~0").replace("/", "~1") for p in (*step.pointer, key))])
            yield Problem(where.file, where.line, where.column, f"the step calls {named}, which no description here has", pointer, "references")


def _names(descriptions: Iterable[Description]) -> dict[str, DescribedOperation]:
    """Operations by id and by `METHOD /path`."""
    return {name: o for d in descriptions for o in d.operations for name in (o.operation_id, o.name) if name}


def _named(step: Node) -> str:
    if not isinstance(step.value, dict):
        return ""
    identified = step.value.get("operationId")
    if isinstance(identified, str) and identified:
        return identified.rsplit(".", 1)[-1] if identified.startswith("$sourceDescriptions.") else identified
    parts = str(step.value.get("operationPath") or "").partition("#/paths/")[2].split("/")
    return f"{parts[1].upper()} {parts[0].replace('~1', '/').replace('~0', '~')}" if len(parts) == 2 else ""


def _where(pointer: str) -> str:
    """`/items/0/id` -> `items[].id`."""
    return ".".join(pointer.strip("/").split("/")).replace(".0", "[]")
