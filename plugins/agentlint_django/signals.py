"""Signals: receivers connected by decorator or call, and edges from the places that send a project's own signal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from agentlint.api import Closure, Context, FunctionInfo, Made, Member, Program, Ref, Target, Value, syntax, walk
from agentlint_django.models import models_of
from agentlint_django.project import settings_of

_RECEIVER = "django.dispatch.receiver"
_ALL = 1 << 20
"""Statements on which a test bears that ends the function where it fails."""
_SENDS = frozenset({"send", "send_robust", "asend", "asend_robust"})


class Receiver(msgspec.Struct, frozen=True, eq=False):
    """A function connected to a signal."""

    signal: str
    function: FunctionInfo
    model: str = ""
    """Model whose signals it gets; empty for every sender."""


@lru_cache(maxsize=2)
def receivers(program: Program) -> tuple[Receiver, ...]:
    """Every connection that importing the project makes, by `@receiver`, `signal.connect(f)` or `@signal.connect`."""
    setup = settings_of(program).setup
    found: list[Receiver] = []
    for made in setup.made:
        name = made.callee.name if isinstance(made.callee, Ref) else made.callee.attr if isinstance(made.callee, Member) else ""
        if name == _RECEIVER and made.args:
            signals = made.args[0] if isinstance(made.args[0], list | tuple) else [made.args[0]]
            found += [r for s in signals for f in made.applied for r in _connected(s, f, made.keywords.get("sender"), program)]
        elif name.rpartition(".")[2] == "connect" and (made.args or made.applied):
            signal = Ref(name.rpartition(".")[0]) if isinstance(made.callee, Ref) else made.callee.owner
            handed = [*made.args[:1], *made.applied] if made.args or not made.keywords.get("receiver") else [made.keywords["receiver"]]
            found += [r for f in handed for r in _connected(signal, f, made.keywords.get("sender"), program)]
    return tuple(sorted(found, key=lambda r: (r.function.id, r.signal, r.model)))


def _connected(signal: Value, function: Value, sender: Value, program: Program) -> Iterator[Receiver]:
    info = function.info if isinstance(function, Closure) else program.functions.get(function.name) if isinstance(function, Ref) else None
    if info is None:
        return
    senders = sender if isinstance(sender, list | tuple) else [sender]
    for one in senders:
        yield Receiver(_signal_name(signal), info, models_of(program).named(one) if one is not None else "")


def _signal_name(signal: Value) -> str:
    if isinstance(signal, Ref):
        return signal.name
    return f"{signal.file}:{signal.line}" if isinstance(signal, Made) else ""


def subject_of(function: FunctionInfo, program: Program) -> str:
    """The class of the instances that a receiver for every sender goes on with: what it tests `instance` or `sender` for, by class or by an attribute
    that one class and its heirs define; empty when it takes all. Only a test on which most of what it does depends makes it one for a kind."""
    found: dict[str, int] = {}
    told: set[int] = set()
    whole = 0
    for stmt in walk.statements(function.node.body):
        whole += 1
        if isinstance(stmt, syntax.If):
            inside = sum(1 for _ in walk.statements(stmt.body))
            leaves = bool(stmt.body) and isinstance(stmt.body[-1], syntax.Return)
            whole -= (inside + 1) * leaves
            for call, holds in _asked(stmt.test, True):
                told.add(id(call))
                kind = _kind_tested(call, function, program)
                if holds != leaves:
                    found[kind] = max(found.get(kind, 0), _ALL if leaves else inside)
    for call in walk.calls(function.node.body):
        if id(call) not in told:  # kept in a variable, or asked where a value is chosen
            found.setdefault(_kind_tested(call, function, program), whole)
    return max((kind for kind, depends in found.items() if kind and 2 * depends >= whole), key=lambda kind: found[kind], default="")


def _asked(test: syntax.Expr, holds: bool) -> Iterator[tuple[syntax.Call, bool]]:
    """The calls of a test, each with the truth under which the branch is taken."""
    if isinstance(test, syntax.Apply) and test.op in ("not", "and", "or"):
        for operand in test.operands:
            yield from _asked(operand, holds != (test.op == "not"))
    elif isinstance(test, syntax.Call):
        yield test, holds


def _kind_tested(call: syntax.Call, function: FunctionInfo, program: Program) -> str:
    """The class that a test of a receiver's `instance` or `sender` lets through."""
    test, tested = walk.dotted(call.func), walk.dotted(call.args[0]) if len(call.args) == 2 else ""
    kind = ""
    if test == "hasattr" and tested == "instance" and isinstance(call.args[1], syntax.Constant):
        kind = _defining(str(call.args[1].value), program)
    elif (test, tested) in (("isinstance", "instance"), ("issubclass", "sender")):
        kind = program.resolve(call.args[1], function)
    return kind if kind in program.classes else ""


def _defining(name: str, program: Program) -> str:
    """The one class whose heirs alone define a name besides it."""
    holders = [c for c, info in program.classes.items() if name in info.methods or name in info.attributes]
    heads = [c for c in holders if not any(other in program.mro(c)[1:] for other in holders)]
    return heads[0] if len(heads) == 1 else ""


def signal_edges(context: Context) -> Iterator[tuple[str, Target]]:
    """Edges from functions that send a project's own signal to its receivers. Model signals are the effects' matter: they fire inside the library."""
    program = context.program
    setup = settings_of(program).setup
    connected: dict[str, list[str]] = {}
    for receiver in receivers(program):
        if receiver.signal:
            connected.setdefault(receiver.signal, []).append(receiver.function.id)
    if not connected:
        return
    for info in program.functions.values():
        for call in program.calls_in(info):
            if isinstance(call.func, syntax.Attribute) and call.func.attr in _SENDS:
                for function in connected.get(_signal_name(setup.value(call.func.value, info)), ()):
                    yield info.id, Target(function, "high", "signal")
