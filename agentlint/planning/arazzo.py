"""An Arazzo 1.0 skeleton of the calls that lead to one operation: what each takes from earlier answers, and what the caller has to bring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec
import yaml

from agentlint.ir.contracts import Call, Chain, Identifier

_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_ANY_KEY = re.compile(r"\{[^}]*\}")


class _Source(msgspec.Struct, frozen=True):
    """An output of an earlier step."""

    step: str
    output: str


def arazzo(chain: Chain, identifiers: Sequence[Identifier]) -> bytes:
    """The workflow as YAML."""
    return yaml.safe_dump(_Workflow(chain, identifiers).document(), sort_keys=False, allow_unicode=True, width=150).encode()


class _Workflow:
    def __init__(self, chain: Chain, identifiers: Sequence[Identifier]) -> None:
        self._chain = chain
        wanted = {call.operation for call in chain.calls}
        self._asked: dict[str, list[Identifier]] = {name: [] for name in wanted}
        for row in identifiers:
            if row.operation in wanted and not row.optional:
                self._asked[row.operation].append(row)
        self._steps = _distinct([call.name or call.operation for call in chain.calls], [call.operation for call in chain.calls])
        self._outputs: dict[str, dict[str, str]] = {name: {} for name in wanted}
        """By operation: name of an output and the runtime expression that gives it."""
        self._inputs: dict[str, dict[str, str]] = {}
        self._sources = {(call.operation, key): source for call in chain.calls for key, source in self._taken(call)}

    def document(self) -> dict[str, Any]:
        chain = self._chain
        steps = [self._step(call) for call in chain.calls]
        workflow: dict[str, Any] = {"workflowId": _plain(chain.name or chain.operation), "summary": f"The shortest known calls to {chain.operation}"}
        if self._inputs:
            workflow["inputs"] = {"type": "object", "required": list(self._inputs), "properties": self._inputs}
        workflow["steps"] = steps
        return {
            "arazzo": "1.0.1", "info": {"title": f"Calls to {chain.operation}", "version": "1.0.0"},
            "sourceDescriptions": [{"name": "api", "url": f"./{PurePosixPath(chain.file).name}", "type": "openapi"}], "workflows": [workflow],
        }

    def _taken(self, call: Call) -> Iterator[tuple[tuple[str, str], _Source]]:
        """What a call takes from outputs of earlier steps; a place below a key that nobody can name beforehand is left to the caller."""
        for given in call.takes:
            if given.operation in self._steps and not _ANY_KEY.search(given.place):
                outputs, expression = self._outputs[given.operation], f"$response.body#{_pointer(given.place)}"
                name = next((n for n, e in outputs.items() if e == expression), "") or _free(_plain(given.parameter), outputs)
                outputs[name] = expression
                yield (given.parameter, given.location), _Source(self._steps[given.operation], name)

    def _step(self, call: Call) -> dict[str, Any]:
        step: dict[str, Any] = {"stepId": self._steps[call.operation]}
        if call.name:
            step["operationId"] = call.name
        else:
            method, _, path = call.operation.partition(" ")
            step["operationPath"] = "{$sourceDescriptions.api.url}#/paths/" + path.replace("~", "~0").replace("/", "~1") + "/" + method.lower()
        rows = self._asked[call.operation]
        parameters = [{"name": r.parameter, "in": r.location, "value": self._value(call, r)} for r in rows if r.location != "body"]
        payload = {r.parameter: self._value(call, r) for r in rows if r.location == "body"}
        if parameters:
            step["parameters"] = parameters
        if payload:
            step["requestBody"] = {"contentType": "application/json", "payload": payload}
        step["successCriteria"] = [{"condition": "$statusCode >= 200 && $statusCode < 300"}]
        if self._outputs[call.operation]:
            step["outputs"] = self._outputs[call.operation]
        return step

    def _value(self, call: Call, row: Identifier) -> str:
        source = self._sources.get((call.operation, (row.parameter, row.location)))
        if source is not None:
            return f"$steps.{source.step}.outputs.{source.output}"
        name = _plain(row.parameter)
        self._inputs.setdefault(name, {"description": f"for {call.operation}: {row.evidence}"})
        return f"$inputs.{name}"


def _distinct(names: Sequence[str], operations: Sequence[str]) -> Mapping[str, str]:
    """A step's id for each operation, no two alike."""
    found: dict[str, str] = {}
    for name, operation in zip(names, operations, strict=True):
        found[operation] = _free(_plain(name), found.values())
    return found


def _free(name: str, taken: Any) -> str:
    number = 2
    wanted = name
    while wanted in taken:
        wanted, number = f"{name}-{number}", number + 1
    return wanted


def _plain(text: str) -> str:
    """`GET /books/{id}` -> `GET-books-id`: what ids and names of Arazzo may hold."""
    return _NAME.sub("-", text).strip("-") or "call"


def _pointer(place: str) -> str:
    """`items[].owner.id` -> `/items/0/owner/id`; of a list the first."""
    parts = [part for part in place.replace("[]", ".0").split(".") if part]
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)
