"""What a function decides over: its effects by branch and by the thing they act on, without what only accompanies them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from agentlint.analysis.decision_arms import Arm, deciding
from agentlint.analysis.decision_judge import Judged
from agentlint.analysis.mechanisms import is_relation
from agentlint.analysis.program import Program
from agentlint.analysis.wording import singular, words
from agentlint.ir.effects import Effect

_MAIN = frozenset({"orm-write", "raw-sql", "permission", "payment", "process", "authentication"})
_SENDING = frozenset({"mail", "outbound-http", "message", "queue"})
_SENDING_WORDS = frozenset({
    "send", "notify", "notification", "mail", "email", "sms", "push", "trigger", "webhook", "alert", "invite", "invitation", "sync", "publish", "report", "remind",
    "reminder", "notice", "warn", "deliver", "dispatch", "call", "request", "post", "fire", "export",
})
_ACCOMPANYING = frozenset({"note", "comment", "notification", "alert", "message", "attachment", "tag", "reminder", "cache", "session", "token", "bucket"})
"""Last words of models whose rows usually go along with what was decided."""
_MOST_GROUPS = 4
"""Different things that one arm of a function is said to decide over."""
_FURTHER = 1
"""Calls beyond the nearest effect within which another effect still belongs to the same decision, when no name tells."""
_FARTHEST = 6
"""Calls within which a function that names the thing decides over it."""

Thing = tuple[str, str]


class Things:
    """Sorts judged effects into decisions."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._general: dict[tuple[str, str], bool] = {}

    def by_arm(self, judged: Iterable[Judged], names: Sequence[str]) -> Iterator[tuple[Arm | None, list[Judged]]]:
        """Groups of effects that make one decision each, with the branch that leads to them."""
        said = frozenset(singular(w) for name in names for w in words(name))
        arms: dict[Arm | None, list[Judged]] = defaultdict(list)
        for one in judged:
            if not self._is_general(one.effect):
                arms[deciding(one.place.arms)].append(one)
        for arm in sorted(arms, key=lambda a: (a is not None, a.line if a else 0, a.text if a else "")):
            for group in _chosen(arms[arm], said):
                yield arm, group

    def _is_general(self, effect: Effect) -> bool:
        """True for the write of a base class's own method: the classes below it are what is written."""
        key = (effect.model, effect.function)
        if key not in self._general:
            info = self._program.functions.get(effect.function)
            self._general[key] = bool(
                effect.model and info is not None and info.owner == effect.model and self._program.subclasses(effect.model)
                and info.node.name in ("save", "delete", "asave", "adelete", "__init__", "update", "create")
            )
        return self._general[key]


def _chosen(judged: Sequence[Judged], said: frozenset[str]) -> list[list[Judged]]:
    grouped: dict[Thing, list[Judged]] = defaultdict(list)
    for one in judged:
        grouped[thing_of(one.effect)].append(one)
    main = {thing: group for thing, group in grouped.items() if group[0].effect.kind in _MAIN}
    others = {thing: group for thing, group in grouped.items() if thing not in main}
    kept = _main_things(main, said) if main else []
    sending = [group for group in others.values() if group[0].effect.kind in _SENDING]
    if not kept or (said & _SENDING_WORDS):
        kept += sending
    if not kept:
        kept = list(others.values())
    return sorted(kept, key=_order)[:_MOST_GROUPS]


def _main_things(main: dict[Thing, list[Judged]], said: frozenset[str]) -> list[list[Judged]]:
    groups = list(main.values())
    named = [g for g in groups if _nouns(g[0].effect) and _nouns(g[0].effect) <= said] or [g for g in groups if _head(g[0].effect) in said]
    named = [g for g in named if _distance(g) <= _FARTHEST]
    telling = [g for g in groups if _head(g[0].effect) not in _ACCOMPANYING] or groups
    nearest = min(map(_distance, telling))
    if named:
        return named + [g for g in telling if g not in named and _distance(g) == 0]
    return [g for g in telling if _distance(g) <= nearest + _FURTHER]


def _nouns(effect: Effect) -> frozenset[str]:
    return frozenset(singular(w) for w in words(effect.target)) if not is_relation(effect) else frozenset()


def _head(effect: Effect) -> str:
    found = words(effect.target)
    if is_relation(effect) and effect.fields:
        found = words(effect.fields[0])
    return singular(found[-1]) if found else ""


def _distance(group: Sequence[Judged]) -> int:
    return min(j.distance for j in group)


def _order(group: Sequence[Judged]) -> tuple[int, int, Thing]:
    return (_distance(group), min(j.line for j in group), thing_of(group[0].effect))


def thing_of(effect: Effect) -> Thing:
    """What makes two effects one decision: the same model changed, its rows created, its rows deleted, one relation of it; anything sent."""
    if effect.kind in _SENDING:
        return ("sending", "")
    if is_relation(effect):
        return (effect.model or effect.target, f"relation {' '.join(effect.fields)}")
    operation = effect.operation if effect.operation in ("create", "delete") else "change"
    return (effect.model or f"{effect.kind} {effect.target}", operation if effect.kind == "orm-write" else "")
