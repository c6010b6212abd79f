"""The workflows of an Arazzo document, as evidence on the order of calls."""

from __future__ import annotations

from agentlint.frontends.openapi.document import Document
from agentlint.frontends.openapi.parts import items, text_of
from agentlint.ir.description import Node, Workflow


def workflows_of(root: Node, document: Document) -> tuple[Workflow, ...]:
    """Each workflow with the operations that its steps name."""
    found = []
    for workflow in items(root.child("workflows")):
        if isinstance(workflow.value, dict):
            steps = [document.follow(s) for s in items(workflow.child("steps"))]
            found.append(Workflow(text_of(workflow.child("workflowId")), tuple(filter(None, map(_operation, steps))), workflow))
    return tuple(found)


def _operation(step: Node) -> str:
    """`operationId`, or `METHOD /path`."""
    if not isinstance(step.value, dict):
        return ""
    named = text_of(step.child("operationId"))
    if named:
        return named.rsplit(".", 1)[-1]
    parts = text_of(step.child("operationPath")).partition("#/paths/")[2].split("/")
    return f"{parts[1].upper()} {parts[0].replace('~1', '/').replace('~0', '~')}" if len(parts) == 2 else ""
