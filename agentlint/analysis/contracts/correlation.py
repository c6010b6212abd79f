"""Whether a call can be found again in the system's own records: an identifier of the call that goes in or comes back."""

from __future__ import annotations

import re

from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.schemas import Shape
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Description, Parameter, Response

_NAMED = re.compile(
    r"\b(traceparent|b3|x-b3-traceid|x-cloud-trace-context|x-amzn-trace-id|(x-)?([a-z]+-){0,3}?(request|correlation|trace|transaction)-?id)\b", re.IGNORECASE
)
"""Headers named in texts."""
_HEADERS = (("traceparent",), ("trace", "parent"), ("x", "cloud", "trace", "context"), ("b", "3"))
_CALL = frozenset({"request", "correlation", "trace", "tracking", "transaction", "activity", "call", "diagnostic"})
"""What, before `id` in a header, stands for one call."""
_REPEATED = re.compile("idempoten", re.IGNORECASE)
"""What a retry repeats on purpose names no single call."""
_FIELD = frozenset({("request", "id"), ("correlation", "id"), ("trace", "id"), ("log", "id"), ("x", "request", "id"), ("api", "request", "id")})
"""Fields of answers that stand for the call. `instance` of RFC 9457 names one occurrence of a problem, and only when the call failed."""


class Correlation:
    """Answers for one description."""

    def __init__(self, description: Description, payloads: Payloads) -> None:
        self._payloads = payloads
        self._known: dict[int, bool] = {}
        """What a shape's own fields say, by its identity: the same stands in many answers."""
        self._things = {" ".join(words(part)) for o in description.operations for part in o.path.split("/") if part and "{" not in part}
        self.common = bool(_NAMED.search(description.text))
        """True when the document says so for all operations."""

    def of(self, operation: DescribedOperation) -> bool:
        """True when a call of the operation carries an identifier of itself, in or out."""
        if self.common or any(_sent(p) for p in operation.parameters):
            return True
        return any(any(map(_header, response.headers)) or self._answered(response) for response in operation.responses)

    def _answered(self, response: Response) -> bool:
        schema = self._payloads.schemas.answer(response.content)
        shape = self._payloads.schemas.shape(schema)
        return self._names_call(shape) or any(self._names_call(self._payloads.schemas.shape(inner)) for inner in shape.properties.values())

    def _names_call(self, shape: Shape) -> bool:
        known = self._known.get(id(shape))
        if known is None:
            known = self._known[id(shape)] = any("id" in name.lower() and self._stands_for_call(tuple(words(name))) for name in shape.properties)
        return known

    def _stands_for_call(self, said: tuple[str, ...]) -> bool:
        """True for `request_id`, unless requests are things of this API."""
        return said in _FIELD and not self._things & {said[0], f"{said[0]}s"}


def _sent(parameter: Parameter) -> bool:
    return parameter.location == "header" and _header(parameter.name) and not _REPEATED.search(f"{parameter.name} {parameter.description}")


def _header(name: str) -> bool:
    said = tuple(words(name))
    return said in _HEADERS or (said[-1:] == ("id",) and bool(_CALL & set(said[-2:-1])))
