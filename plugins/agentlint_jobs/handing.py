"""Work handed over by a text: `async_task("desk.tasks.close")`, `app.send_task("close")`, `queue.enqueue("desk.tasks.close")`."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, FunctionInfo, Program, Target, syntax

_CALLS = frozenset({
    "async_task", "async_iter", "schedule", "send_task", "signature", "enqueue", "enqueue_call", "enqueue_in", "enqueue_at", "add_job", "enqueue_job",
})
_PLACES = {"enqueue_in": 1, "enqueue_at": 1}
"""Position of the function's name where it is not the first argument."""
_KEYWORDS = ("func", "f", "name", "function")


def named_edges(context: Context) -> Iterator[tuple[str, Target]]:
    """Caller and job of each call that names a function of the project, or the name that a task was given."""
    names = _Names(context.program)
    for info in context.program.functions.values():
        for call in context.program.calls_in(info):
            called = call.func.attr if isinstance(call.func, syntax.Attribute) else call.func.id if isinstance(call.func, syntax.Name) else ""
            if called in _CALLS:
                text = _text(call, called, info, context.program)
                job = names.find(text) if text else None
                if job is not None:
                    yield info.id, Target(job.id, "high", "deferred")


def _text(call: syntax.Call, called: str, info: FunctionInfo, program: Program) -> str:
    position = _PLACES.get(called, 0)
    placed = call.args[position] if len(call.args) > position else None
    for expr in (placed, *(k.value for k in call.keywords if k.name in _KEYWORDS)):
        if isinstance(expr, syntax.Constant | syntax.Name | syntax.Attribute):
            value = program.fold(expr, info)
            if isinstance(value, str) and "{}" not in value:
                return value
    return ""


class _Names:
    """Jobs by the name that their decorator gives, and functions by their dotted name."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._told: dict[str, FunctionInfo] = {}
        for info in program.functions.values():
            for decorator in info.node.decorators:
                for keyword in decorator.keywords if isinstance(decorator, syntax.Call) else ():
                    if keyword.name in ("name", "actor_name") and isinstance(keyword.value, syntax.Constant) and isinstance(keyword.value.value, str):
                        self._told.setdefault(keyword.value.value, info)

    def find(self, text: str) -> FunctionInfo | None:
        """The function that a text names."""
        named = self._program.lookup(text) if "." in text else None
        return named if isinstance(named, FunctionInfo) else self._told.get(text)
