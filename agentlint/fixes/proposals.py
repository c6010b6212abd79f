"""What can be derived for an API description and put into an overlay: names, hints for tools, answers on errors, pages, links, stubs for missing actions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agentlint.findings.report import Report
from agentlint.fixes.operation_ids import named, spelled, style_of
from agentlint.fixes.overlay import Update
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.description import DescribedOperation, Description, Response

KINDS = ("names", "hints", "errors", "pages", "links", "stubs")
"""What an overlay can hold, in the order in which it is applied."""
PROPOSAL = "x-agentlint-proposal"
_HINTS = "x-mcp"
_ASSUMED = "x-agentlint-assumed"
_PAGE = re.compile(r"^(page|per_?page|page_?(size|token)|limit|offset|cursor|after|before|skip|top)$", re.IGNORECASE)
_PLAIN = {"create": ("post", 0), "list": ("get", 0), "read one": ("get", 1), "update": ("patch", 1), "delete": ("delete", 1)}
"""Method of a plain step, and whether it stands at the item."""


def proposed(report: Report, description: Description, document: dict[str, Any]) -> dict[str, list[Update]]:
    """Updates by kind. `document` is the description as plain values; only what stands in it directly is a target."""
    return _Proposals(report, description, document).all()


class _Proposals:
    def __init__(self, report: Report, description: Description, document: dict[str, Any]) -> None:
        self._report = report
        self._description = description
        self._document = document
        self._old = description.version == "2.0"
        self._own = [o for o in description.operations if o.node.file == description.file and isinstance(self._at(o), dict)]
        self._names = {o.name: o.operation_id for o in self._own if o.operation_id}

    def all(self) -> dict[str, list[Update]]:
        makers = {"names": self._name, "hints": self._hint, "errors": self._errors, "pages": self._pages, "links": self._links, "stubs": self._stubs}
        return {kind: list(makers[kind]()) for kind in KINDS}

    def _at(self, operation: DescribedOperation) -> Any:
        paths = self._document.get("paths")
        item = paths.get(operation.path) if isinstance(paths, dict) else None
        return item.get(operation.method.lower()) if isinstance(item, dict) else None

    @staticmethod
    def _update(operation: DescribedOperation, gains: dict[str, Any]) -> Update:
        return Update.of_operation(operation.path, operation.method.lower(), gains)

    # ---------------------------------------------------------------- names, hints

    def _name(self) -> Iterator[Update]:
        known = {(o.method, o.path): o for o in self._report.operations if o.surface != "gui"}
        nameless = [o for o in self._own if not o.operation_id]
        for update in named(nameless, set(self._names.values()), known):
            self._names[f"{update.keys[2].upper()} {update.keys[1]}"] = update.gains["operationId"]
            yield update

    def _hint(self) -> Iterator[Update]:
        tools = {tool.operation: tool for tool in self._report.tools}
        for operation in self._own:
            tool = tools.get(operation.name)
            if tool is not None and not any("mcp" in key or "annotation" in key for key in operation.extensions):
                hints = {"readOnlyHint": tool.read_only, "destructiveHint": tool.destructive, "idempotentHint": tool.idempotent}
                yield self._update(operation, {_HINTS: {"annotations": hints}})

    # ---------------------------------------------------------------- what the document has already

    def _errors(self) -> Iterator[Update]:
        """The commonest answer on errors, for operations that say nothing on them."""
        common: Counter[str] = Counter()
        for operation in self._own:
            for status, answer in self._answers(operation).items():
                if _failed(status) and isinstance(answer, dict) and isinstance(answer.get("$ref"), str):
                    common[answer["$ref"]] += 1
        if not common:
            return
        chosen = min(common, key=lambda ref: (-common[ref], ref))
        for operation in self._own:
            answers = self._answers(operation)
            if answers and not any(_failed(status) for status in answers):
                yield self._update(operation, {"responses": {"default": {"$ref": chosen}}})

    def _answers(self, operation: DescribedOperation) -> dict[str, Any]:
        found = self._at(operation).get("responses")
        return {str(k): v for k, v in found.items()} if isinstance(found, dict) else {}

    def _pages(self) -> Iterator[Update]:
        """The parameters by which other lists are paged, for those that take none; whether the server takes them is for a person to say."""
        shared: Counter[str] = Counter()
        for operation in self._own:
            for parameter in self._at(operation).get("parameters") or ():
                reference = parameter.get("$ref") if isinstance(parameter, dict) else None
                if isinstance(reference, str) and _PAGE.match(self._named_by(reference)):
                    shared[reference] += 1
        if not shared:
            return
        most = max(shared.values())
        wanted = [{"$ref": reference} for reference in sorted(shared) if shared[reference] * 2 > most]
        unpaged = {tool.operation for tool in self._report.tools if "pages" in tool.lacks}
        for operation in self._own:
            if operation.name in unpaged:
                yield self._update(operation, {"parameters": wanted, _ASSUMED: "that it takes the parameters by which other lists are paged"})

    def _named_by(self, reference: str) -> str:
        place: Any = self._document
        for key in reference.removeprefix("#/").split("/"):
            place = place.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(place, dict) else None
        return str(place.get("name", "")) if isinstance(place, dict) and place.get("in") == "query" else ""

    # ---------------------------------------------------------------- links

    def _links(self) -> Iterator[Update]:
        """From an answer that is one thing to the operations that take its identifier."""
        if self._old:
            return
        by_name = {o.name: o for o in self._own}
        before = {chain.operation: {call.operation for call in chain.calls} for chain in self._report.chains}
        for row in self._report.identifiers:
            if row.status != "produced" or row.optional or row.location not in ("path", "query") or row.operation not in self._names:
                continue
            ways = (text.partition(" -> ")[::2] for text in (row.producer or "", *row.others))
            producer, place = next(((p, w) for p, w in ways if w and not set("[{") & set(w) and p in by_name), ("", ""))
            status = self._success(by_name[producer]) if producer else ""
            if status and row.operation not in before.get(producer, {row.operation}):
                link = {"operationId": self._names[row.operation], "parameters": {row.parameter: f"$response.body#/{place.replace('.', '/')}"}}
                yield self._update(by_name[producer], {"responses": {status: {"links": {_link_name(self._names[row.operation]): link}}}})

    def _success(self, operation: DescribedOperation) -> str:
        """The success that is written out in the operation itself and has no links yet."""
        answers = self._answers(operation)
        good: list[Response] = [r for r in operation.responses if r.success and not r.links]
        return next((r.status for r in good if isinstance(answers.get(r.status), dict) and "$ref" not in answers[r.status]), "")

    # ---------------------------------------------------------------- stubs

    def _stubs(self) -> Iterator[Update]:
        """Operations that are missing, marked as proposals: they change no verdict before somebody builds them and takes the mark away."""
        rows = [row for row in self._report.lifecycles if (row.document or row.file) == self._description.file]
        homes = _homes(rows)
        style = style_of(set(self._names.values()))
        taken = set(self._names.values())
        for row in rows:
            home = homes.get(row.resource) if row.status == "missing" and row.thought != "hole" else None
            if home is None:
                continue
            verb = row.transition.partition(" (")[0]
            method, at_item = _PLAIN.get(verb, ("post", 1))
            path = (home[1] or f"{home[0]}/{{id}}") if at_item else home[0]
            path = path if verb in _PLAIN else f"{path}/{verb.replace(' ', '-')}"
            item = (self._document.get("paths") or {}).get(path)
            name = spelled([*verb.split(" ")[:1], *row.resource.split(" ")], style)
            if not path or (isinstance(item, dict) and method in item) or name in taken:
                continue
            taken.add(name)
            stub = self._stub(name, row, path, item)
            yield Update(("paths", path), {method: stub}) if isinstance(item, dict) else Update(("paths",), {path: {method: stub}})

    def _stub(self, name: str, row: Lifecycle, path: str, item: object) -> dict[str, Any]:
        stub: dict[str, Any] = {"operationId": name, "summary": f"{row.transition.partition(' (')[0].capitalize()} {row.resource}", PROPOSAL: row.evidence}
        given = item.get("parameters") if isinstance(item, dict) else None
        if not given:
            kind: dict[str, Any] = {"type": "string"} if self._old else {"schema": {"type": "string"}}
            holes = re.findall(r"\{([^}]*)\}", path)
            if holes:
                stub["parameters"] = [{"name": hole, "in": "path", "required": True, **kind} for hole in holes]
        stub["responses"] = {"200": {"description": "done"}}
        return stub


def _homes(rows: Sequence[Lifecycle]) -> Mapping[str, tuple[str, str]]:
    """By resource: the paths of all of them and of one, as far as present operations show them."""
    found: dict[str, tuple[str, str]] = {}
    for row in rows:
        if row.status == "present" and row.operation and row.transition in _PLAIN:
            path = row.operation.partition(" ")[2]
            many, one = found.get(row.resource, ("", ""))
            found[row.resource] = (many, one or path) if path.endswith("}") else (many or path, one)
    return {name: (many or one.rpartition("/")[0], one) for name, (many, one) in found.items()}


def _failed(status: str) -> bool:
    return status[:1] in ("4", "5") or status == "default"


def _link_name(operation_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", operation_id)
