"""What a view expression comes down to: the function or class that answers, and every wrapper around it."""

from __future__ import annotations

import msgspec

from agentlint.api import Anonymous, ClassInfo, Closure, FunctionInfo, Made, Member, Program, Ref, Value, walk
from agentlint_django.project import settings_of

_MOST_LAYERS = 12
_HANDS_ON = frozenset({"functools.partial", "django.utils.functional.lazy"})
_ANSWERS = frozenset({"redirect", "reverse", "reverse_lazy", "render", "JsonResponse", "format", "str", "dict", "quote", "urlencode"})


class View(msgspec.Struct, frozen=True, eq=False):
    """The thing behind a view expression."""

    target: FunctionInfo | ClassInfo | None
    name: str = ""
    """Dotted name of a library's view."""
    options: dict[str, Value] = {}
    """Keyword arguments of `as_view`, which stand above class attributes."""
    actions: Value = None
    """The mapping of methods to actions that a viewset's `as_view` takes."""
    wrappers: tuple[str, ...] = ()
    """Dotted names of decorators around it, outermost first."""


def view_of(value: Value, program: Program) -> View:
    """Takes off decorators, partial applications and `as_view()`."""
    wrappers: list[str] = []
    options: dict[str, Value] = {}
    actions: Value = None
    for _ in range(_MOST_LAYERS):
        if isinstance(value, str):
            value = settings_of(program).setup.evaluator.named(value)
        elif isinstance(value, Made) and is_as_view(value):
            options, actions = value.keywords, value.args[0] if value.args else None
            value = value.callee.owner if isinstance(value.callee, Member) else Ref(value.callee.name.rpartition(".")[0])
        elif isinstance(value, Made):
            following = _inside(value, program)
            if following is None:
                break
            if not _is_class(following, value):
                wrappers.extend(_names(value))
            value = following
        else:
            break
    return View(_target(value, program), value.name if isinstance(value, Ref) else "", options, actions, tuple(wrappers))


def is_as_view(made: Made) -> bool:
    """True for `X.as_view(...)`."""
    callee = made.callee
    return (isinstance(callee, Member) and callee.attr == "as_view") or (isinstance(callee, Ref) and callee.name.endswith(".as_view"))


def only_answers(value: Value) -> bool:
    """True for a lambda that calls nothing but what makes an answer: `lambda request: redirect("index")`."""
    if not isinstance(value, Anonymous):
        return False
    called = [walk.dotted(call.func).rpartition(".")[2] for call in walk.calls(value.node.body)]
    return all(name.startswith("HttpResponse") or name in _ANSWERS for name in called)


def _is_class(following: Value, made: Made) -> bool:
    return following is made.callee


def _inside(made: Made, program: Program) -> Value:
    """The view that a call wraps; the class of a callable object; the base of a class made on the fly."""
    callee = made.callee
    if isinstance(callee, Ref) and callee.name in program.classes:
        return callee
    if isinstance(callee, Ref) and callee.name == "type" and len(made.args) > 1 and isinstance(made.args[1], tuple):
        return made.args[1][0] if made.args[1] else None
    for argument in (*made.args, *made.keywords.values()):
        if isinstance(argument, Ref | Closure | Made) and _may_be_view(argument, program):
            return argument
    return None


def _may_be_view(value: Value, program: Program) -> bool:
    return not isinstance(value, Ref) or value.name in program.functions or value.name in program.classes or "." in value.name


def _names(made: Made) -> list[str]:
    """Names of a decorator: its own, and those that `method_decorator(...)` or a list of decorators hands through."""
    callee = made.callee
    found = []
    if isinstance(callee, Made):
        found += _names(callee) or [a.name for a in callee.args if isinstance(a, Ref)]
        callee = callee.callee
    if isinstance(callee, Ref) and callee.name not in _HANDS_ON:
        found.append(callee.name)
    elif isinstance(callee, Member):
        owner = callee.owner
        found.append(f"{owner.name}.{callee.attr}" if isinstance(owner, Ref) else callee.attr)
    return list(dict.fromkeys(found))


def _target(value: Value, program: Program) -> FunctionInfo | ClassInfo | None:
    if isinstance(value, Closure):
        return value.info
    if isinstance(value, Ref):
        return program.functions.get(value.name) or program.classes.get(value.name)
    return None
