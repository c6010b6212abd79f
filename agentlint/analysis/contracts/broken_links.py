"""Links of answers and steps of workflows held against what is described: operations, parameters, places in answers, outputs that are not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from agentlint.analysis.contracts.handed_on import BODY, OUTPUT, called, operation_of, operations_by_name, sources
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.schemas import Schemas
from agentlint.ir.description import DescribedOperation, Description, Node, Problem, Response
from agentlint.ir.source import Gap

_LONGEST_WAY = 40


class _Documents:
    """Operations of several descriptions, each with what reads its answers."""

    def __init__(self, descriptions: Sequence[Description]) -> None:
        self.names = operations_by_name(descriptions)
        self._payloads = {id(o): payloads for d in descriptions for payloads in (Payloads(Schemas(d.index)),) for o in d.operations}

    def answers(self, operation: DescribedOperation, pointer: str, response: Response | None = None) -> bool:
        """False when the described answer surely has nothing at a place."""
        payloads = self._payloads[id(operation)]
        schema = payloads.schemas.answer(response.content) if response is not None else payloads.answer_schema(operation)
        return schema is None or _stands(payloads, schema, pointer.strip("/").split("/") if pointer.strip("/") else [])


def broken_links(description: Description) -> Iterator[Problem]:
    """Links to operations that are not there, with parameters these do not take, from places that the answer does not have."""
    documents = _Documents([description])
    for operation in description.operations:
        for response in operation.responses:
            for link in response.links:
                target = documents.names.get(link.operation)
                if target is None:
                    key = next((k for k in ("operationId", "operationRef") if link.node.child(k).value), "operationId")
                    reference = link.node.child(key)
                    if link.operation and (key == "operationId" or str(reference.value).startswith("#")):
                        yield _problem(description, reference, f"the link {link.name} leads to {link.operation}, which is not described here")
                    continue
                for name, expression in link.parameters.items():
                    place = link.node.child("parameters").child(name)
                    if not _takes(target, name):
                        yield _problem(description, place, f"the link {link.name} gives {target.name} a parameter {name}, which it does not take")
                    found = BODY.match(expression)
                    if found and not documents.answers(operation, found[1], response):
                        yield _problem(description, place, f"the link {link.name} takes {found[1]} from an answer that does not hold it")


def broken_steps(workflows: Sequence[Description], descriptions: Sequence[Description], gap: Callable[[Gap], None]) -> Iterator[Problem]:
    """Steps that call what no description here has, give parameters that are not taken, or use outputs that are not there.
    Where a description that a workflow builds on is not here, that is a gap, and its operations are not missed."""
    documents = _Documents(descriptions)
    files = {d.file for d in descriptions}
    for document in workflows:
        absent = [name for name, file in sources(document) if file not in files]
        if absent or not documents.names:
            gap(Gap(document.file, 1, f"{', '.join(absent) or 'what the workflows build on'} is not here: steps were held against the rest", "unresolved"))
        for workflow in document.workflows:
            steps = [document.index.follow(step) for _, step in workflow.node.child("steps").children()]
            outputs: dict[str, set[str]] = {}
            for step in (s for s in steps if isinstance(s.value, dict)):
                yield from _step(document, step, documents, outputs, bool(absent))
                outputs[str(step.child("stepId").value)] = {str(name) for name, _ in step.child("outputs").children()}


def _step(document: Description, step: Node, documents: _Documents, outputs: Mapping[str, set[str]], lenient: bool) -> Iterator[Problem]:
    named = operation_of(step)
    operation = called(step, document, documents.names)
    if operation is None:
        key = "operationId" if step.child("operationId").value else "operationPath"
        if named and not lenient:
            yield _problem(document, step.child(key), f"the step calls {named}, which no description here has")
        return
    for _, reference in step.child("parameters").children():
        parameter = document.index.follow(reference)
        if not isinstance(parameter.value, dict):
            continue
        name, value = parameter.value.get("name"), parameter.value.get("value")
        if isinstance(name, str) and parameter.value.get("in") != "header" and not _takes(operation, name):
            yield _problem(document, parameter.child("name"), f"the step gives {operation.name} a parameter {name}, which it does not take")
        found = OUTPUT.match(value) if isinstance(value, str) else None
        if found and found[2] not in outputs.get(found[1], ()):
            yield _problem(document, parameter.child("value"), f"no earlier step {found[1]} has an output {found[2]}")
    for said, output in step.child("outputs").children():
        place = BODY.match(output.value) if isinstance(output.value, str) else None
        if place and not documents.answers(operation, place[1]):
            yield _problem(document, output, f"the output {said} takes {place[1]} from an answer of {operation.name} that does not hold it")


def _takes(operation: DescribedOperation, name: str) -> bool:
    plain = name.split(".", 1)[-1] if name.split(".")[0] in ("path", "query", "header", "cookie") else name
    return any(p.name == plain for p in operation.parameters)


def _stands(payloads: Payloads, schema: Node, parts: Sequence[str]) -> bool:
    """True unless a closed way through described objects and lists ends before the place is reached."""
    node: Node | None = schema
    for part in parts[:_LONGEST_WAY]:
        shape = payloads.schemas.shape(node)
        if shape.kind == "array":
            if not part.isdigit():
                return False
            node = shape.items
        elif shape.properties or shape.values is not None:
            node = shape.properties.get(part.replace("~1", "/").replace("~0", "~"), shape.values)
            if node is None:
                return False
        else:
            return shape.kind in ("", "object")
        if node is None:
            return True
    return True


def _problem(document: Description, node: Node, message: str) -> Problem:
    where = document.index.locate(node)
    pointer = "/".join(["", *(str(p).replace("~", "~0").replace("/", "~1") for p in node.pointer)])
    return Problem(where.file, where.line, where.column, message, pointer, "references")
