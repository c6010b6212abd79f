"""What stands around a call of a model: limits of time, number and cost, retries, and what is kept of its answer and of what it used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect

_VALIDATING = re.compile(r"^(from_json|\w*(parse|validate|decode|load)\w*)$")
_VALIDATORS = ("pydantic.BaseModel", "pydantic.main.BaseModel", "msgspec.Struct", "marshmallow.Schema")
_STORED = re.compile(r"(prompt|response|answer|output|completion|input|request|messages?|model|tokens?|usage|cost)")
_USAGE = frozenset({
    "usage", "usage_metadata", "token_usage", "total_tokens", "prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "get_usage",
})
_LIMITS = re.compile(r"(rate_?limit|throttl|quota|budget|usage_limit|max_cost|spend|limiter|credits?)", re.IGNORECASE)
_RETRIES: Mapping[str, frozenset[str] | None] = {
    "tenacity.retry": frozenset({"stop"}), "tenacity.Retrying": frozenset({"stop"}), "tenacity.AsyncRetrying": frozenset({"stop"}),
    "backoff.on_exception": frozenset({"max_tries", "max_time"}), "backoff.on_predicate": frozenset({"max_tries", "max_time"}),
    "retrying.retry": frozenset({"stop_max_attempt_number", "stop_max_delay", "stop"}), "retry.retry": frozenset({"tries"}),
    "stamina.retry": None, "stamina.retry_context": None, "stamina.RetryingCaller": None,
}
"""What repeats a call to the keywords that end it; None where it ends by itself. Without such a keyword tenacity, backoff, retrying and retry go on
for ever (tenacity, `stop_never`; backoff, "max_tries"; retrying, README; retry, `tries=-1`); stamina stops after ten attempts."""
_WAITS = frozenset({"wait_for"})
_CLOCKS = re.compile(r"^(asyncio\.(timeout|timeout_at)|async_timeout\.timeout|anyio\.(fail_after|move_on_after)|trio\.(fail_after|move_on_after))$")
"""Blocks that end what takes too long. Python documentation, `asyncio.timeout`; anyio, "Cancellation and timeouts"."""


class Around:
    """Reads the functions between a call and the library's own call."""

    def __init__(self, program: Program, calls: Calls, effects: Mapping[str, tuple[Effect, ...]]) -> None:
        self._program, self._calls, self._effects = program, calls, effects

    def retries(self, functions: Iterable[FunctionInfo]) -> bool | None:
        """Whether what repeats the call ends; None where nothing is seen to repeat it."""
        told = [ends for info in functions for call in self._repeating(info) if (ends := self._ends(call, info)) is not None]
        return all(told) if told else None

    def _repeating(self, info: FunctionInfo) -> Iterator[s.Expr]:
        yield from info.node.decorators
        for stmt in walk.statements(info.node.body):
            if isinstance(stmt, s.Loop) and isinstance(stmt.iterable, s.Call):
                yield stmt.iterable  # `async for attempt in AsyncRetrying(...)`

    def _ends(self, expr: s.Expr, info: FunctionInfo) -> bool | None:
        name = self._program.resolve(expr.func if isinstance(expr, s.Call) else expr, info.module)
        if name not in _RETRIES:
            return None
        ending = _RETRIES[name]
        return ending is None or (isinstance(expr, s.Call) and any(k.name in ending or k.name is None for k in expr.keywords))

    def is_timed(self, site: CallSite) -> bool:
        """True when the program itself gives up on the call after a time: `wait_for(call, 30)`, `async with timeout(30):`."""
        info = self._program.functions.get(site.caller)
        if info is None or not any(_WAITS.intersection(walk.dotted(c.func).split(".")) for c in walk.calls(info.node.body)) and not self._clocks(info):
            return False
        for call in walk.calls(info.node.body):
            if walk.dotted(call.func).rpartition(".")[2] in _WAITS and any(_holds(argument, site.call) for argument in call.args[:1]):
                return True
        return any(c.site == site.call.site for block in self._clocks(info) for c in walk.calls(block.body))

    def _clocks(self, info: FunctionInfo) -> list[s.With]:
        blocks = (stmt for stmt in walk.statements(info.node.body) if isinstance(stmt, s.With))
        return [b for b in blocks if any(isinstance(i.value, s.Call) and _CLOCKS.match(self._program.resolve(i.value.func, info)) for i in b.items)]

    def is_limited(self, info: FunctionInfo) -> bool:
        """True when something around the function, in its parameters or called by it speaks of a limit."""
        told = (e for p in info.node.params for e in (p.default, p.annotation) if e is not None)
        roots = (*info.node.decorators, *told)
        names = [walk.dotted(e) for root in roots for e in walk.expressions(root) if isinstance(e, (s.Name, s.Attribute))]
        names += [walk.dotted(c.func) for c in walk.calls(info.node.body)]
        return any(_LIMITS.search(name) for name in names)

    def keeps_usage(self, info: FunctionInfo) -> bool:
        """True when counts of tokens are read where something durable is written, or handed to a function of the program that writes."""
        if not any(map(_reads_usage, walk.body_expressions(info.node.body))):
            return False
        if self._writes(info.id):
            return True
        held = _holding_usage(info)
        for site in self._calls.sites(info.id):
            given = (*site.call.args, *(k.value for k in site.call.keywords))
            if any(_reads_usage(e) or (isinstance(e, s.Name) and e.id in held) for one in given for e in walk.expressions(one)):
                for target in site.targets:
                    below = {target.function, *(t.function for inner in self._calls.sites(target.function) for t in inner.targets if t.confidence != "low")}
                    if target.confidence != "low" and any(map(self._writes, sorted(below))):
                        return True
        return False

    def _writes(self, function: str) -> bool:
        return any(e.kind in ("orm-write", "raw-sql") for e in self._effects.get(function, ()))

    def is_recorded(self, functions: Iterable[FunctionInfo]) -> bool:
        """True when one of the functions keeps a row of what was asked and answered."""
        return any(
            e.kind == "orm-write" and e.operation in ("create", "write") and sum(bool(_STORED.search(f)) for f in e.fields) >= 2
            for info in functions for e in self._effects.get(info.id, ())
        )

    def validates(self, site: CallSite) -> bool:
        """The function around the call has a model class of a validation library read the answer."""
        for other in self._calls.sites(site.caller):
            owners = {t.name for t in other.receiver} | {t.function.rpartition(".")[0] for t in other.targets}
            if _VALIDATING.match(other.name) and any(o in self._program.classes and self._program.inherits(o, *_VALIDATORS) for o in owners):
                return True
        return False


def _holds(expr: s.Expr, call: s.Call) -> bool:
    return any(isinstance(e, s.Call) and e.site == call.site for e in walk.expressions(expr))


def _holding_usage(info: FunctionInfo) -> frozenset[str]:
    """Variables that are given counts of tokens."""
    assigned = (stmt for stmt in walk.statements(info.node.body) if isinstance(stmt, s.Assign) and stmt.value is not None)
    return frozenset(
        t.id for stmt in assigned if stmt.value is not None and any(map(_reads_usage, walk.expressions(stmt.value)))
        for t in stmt.targets if isinstance(t, s.Name)
    )


def _reads_usage(expr: s.Expr) -> bool:
    """`response.usage`, `getattr(response, "usage", None)`, `response["usage"]`, `response.get("usage")`."""
    if isinstance(expr, s.Attribute):
        return expr.attr in _USAGE
    key = expr.index if isinstance(expr, s.Subscript) else None
    called = walk.dotted(expr.func).rpartition(".")[2] if isinstance(expr, s.Call) else ""
    if isinstance(expr, s.Call) and called in ("getattr", "get"):
        key = next((a for a in expr.args if isinstance(a, s.Constant)), None)
    return isinstance(key, s.Constant) and key.value in _USAGE
