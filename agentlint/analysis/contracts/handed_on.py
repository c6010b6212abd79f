"""What a description itself says on where identifiers come from: links of answers, and steps of Arazzo workflows that hand outputs on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from agentlint.ir.description import DescribedOperation, Description, Node

BODY = re.compile(r"^\$response\.body#(/.*)$")
"""A runtime expression for a place in an answer."""
OUTPUT = re.compile(r"^\$steps\.([\w.-]+?)\.outputs\.([\w-]+)$")
"""A runtime expression for an output of an earlier step."""
Source = tuple[str, str, str]
"""Operation whose answer holds it (`METHOD /path`), place in the answer, what says so."""
HandedOn = Mapping[tuple[str, str], Source]
"""By operation that asks and name of the parameter."""


def linked(description: Description) -> dict[tuple[str, str], Source]:
    """What links of answers hand to other operations."""
    names = operations_by_name([description])
    found: dict[tuple[str, str], Source] = {}
    for operation in description.operations:
        for response in operation.responses:
            for link in response.links:
                asking = names.get(link.operation)
                for parameter, expression in link.parameters.items() if asking else ():
                    place = BODY.match(expression)
                    if place and asking:
                        name = parameter.split(".", 1)[-1] if parameter.split(".")[0] in ("path", "query", "header") else parameter
                        found.setdefault((asking.name, name), (operation.name, _where(place[1]), f"the link {link.name}"))
    return found


def worked(workflows: Iterable[Description], descriptions: Sequence[Description]) -> dict[tuple[str, str], Source]:
    """What steps of workflows hand on."""
    names = operations_by_name(descriptions)
    found: dict[tuple[str, str], Source] = {}
    for document in workflows:
        for workflow in document.workflows:
            told = f"the workflow {workflow.name or document.title}"
            steps = [document.index.follow(step) for _, step in workflow.node.child("steps").children()]
            found.update((key, (operation, place, told)) for key, operation, place in _handed(steps, document, names) if key not in found)
    return found


def _handed(steps: Sequence[Node], document: Description, names: Mapping[str, DescribedOperation]) -> Iterator[tuple[tuple[str, str], str, str]]:
    outputs: dict[tuple[str, str], tuple[str, str]] = {}
    for step in steps:
        operation = called(step, document, names)
        if operation is None:
            continue
        for _, parameter in step.child("parameters").children():
            value = parameter.value.get("value") if isinstance(parameter.value, dict) else None
            match = OUTPUT.match(value) if isinstance(value, str) else None
            source = outputs.get((match[1], match[2])) if match else None
            if source is not None:
                yield (operation.name, str(parameter.value.get("name"))), *source
        for key, output in step.child("outputs").children():
            place = BODY.match(output.value) if isinstance(output.value, str) else None
            if place:
                outputs[(str(step.child("stepId").value), str(key))] = (operation.name, _where(place[1]))


def operations_by_name(descriptions: Iterable[Description]) -> dict[str, DescribedOperation]:
    """Operations by id and by `METHOD /path`."""
    return {name: o for d in descriptions for o in d.operations for name in (o.operation_id, o.name) if name}


def operation_of(step: Node) -> str:
    """What a step calls: an id, or `METHOD /path`; empty when it calls no operation."""
    if not isinstance(step.value, dict):
        return ""
    identified = step.value.get("operationId")
    if isinstance(identified, str) and identified:
        return identified.rsplit(".", 1)[-1] if identified.startswith("$sourceDescriptions.") else identified
    parts = str(step.value.get("operationPath") or "").partition("#/paths/")[2].split("/")
    return f"{parts[1].upper()} {parts[0].replace('~1', '/').replace('~0', '~')}" if len(parts) == 2 else ""


def called(step: Node, document: Description, names: Mapping[str, DescribedOperation]) -> DescribedOperation | None:
    """The operation that a step calls, also where its id has the name of its source before it."""
    named = operation_of(step)
    source, _, rest = named.partition(".")
    known = names.get(named)
    return known or (names.get(rest) if source in {name for name, _ in sources(document)} else None)


def sources(document: Description) -> list[tuple[str, str]]:
    """Name and file of each API description that a workflow document builds on; the file as reports name files, empty when it lies elsewhere."""
    found = []
    for _, source in document.index.root.child("sourceDescriptions").children():
        if isinstance(source.value, dict) and source.value.get("type", "openapi") == "openapi":
            url = str(source.value.get("url", ""))
            file = "" if "://" in url else posixpath.normpath(posixpath.join(posixpath.dirname(document.file), url))
            found.append((str(source.value.get("name")), file))
    return found


def _where(pointer: str) -> str:
    """`/items/0/id` -> `items[].id`."""
    return ".".join(pointer.strip("/").split("/")).replace(".0", "[]")
