"""What a function decides over: its effects by branch and by the thing they act on, without what only accompanies them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from agentlint.analysis.decisions.arms import Arm, deciding
from agentlint.analysis.decisions.judge import Judged
from agentlint.analysis.program import Program
from agentlint.analysis.records.coverage import is_relation
from agentlint.analysis.wording import CLEARING, RIGHTS, singular, words
from agentlint.ir.effects import Effect

_MAIN = frozenset({"orm-write", "raw-sql", "permission", "payment", "process", "authentication"})
_SENDING = frozenset({"mail", "outbound-http", "message", "queue"})
_SENDING_WORDS = frozenset({
    "send", "notify", "notification", "mail", "email", "sms", "push", "trigger", "webhook", "alert", "invite", "invitation", "remind", "reminder", "notice",
    "warn", "deliver",
})
_ACCOMPANYING = frozenset({
    "note", "comment", "notification", "alert", "message", "attachment", "tag", "reminder", "cache", "session", "bucket", "email", "mail", "sms",
})
"""Last words of models whose rows usually go along with what was decided."""
_MOST_GROUPS = 4
"""Different things that one arm of a function is said to decide over."""
_FURTHER = 1
"""Calls beyond the nearest effect within which another effect still belongs to the same decision, when no name tells."""
_AWAY = 4
"""What it moves a thing away when it only accompanies."""
_FARTHEST = 6
"""Calls within which a function that names the thing decides over it."""

_STORED = frozenset({"model", "entity", "orm", "table", "db", "base", "row", "dto", "schema"})

Thing = tuple[str, str]


class Things:
    """Sorts judged effects into decisions."""

    def __init__(self, program: Program, trails: Iterable[str]) -> None:
        self._program = program
        self._trails = frozenset(trails)
        self._general: dict[tuple[str, str], bool] = {}

    def by_arm(self, judged: Iterable[Judged], names: Sequence[str]) -> Iterator[tuple[Arm | None, list[Judged]]]:
        """Groups of effects that make one decision each, with the branch that leads to them."""
        said = frozenset(singular(w) for name in names for w in words(name))
        arms: dict[Arm | None, list[Judged]] = defaultdict(list)
        for one in _without_details([j for j in judged if not self._is_general(j.effect)], said):
            arms[deciding(one.place.arms)].append(one)
        if any(_is_main(one) for group in arms.values() for one in group) and not _says_sending(said):
            arms = {arm: group for arm, group in arms.items() if not all(map(_tells_others, group))}
        for arm in sorted(arms, key=lambda a: (a is not None, a.line if a else 0, a.text if a else "")):
            for group in self._chosen(arms[arm], said):
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

    def _chosen(self, judged: Sequence[Judged], said: frozenset[str]) -> list[list[Judged]]:
        grouped: dict[Thing, list[Judged]] = defaultdict(list)
        for one in judged:
            grouped[thing_of(one.effect)].append(one)
        _complete(grouped)
        main = {thing: group for thing, group in grouped.items() if group[0].effect.kind in _MAIN}
        others = {thing: group for thing, group in grouped.items() if thing not in main}
        known = {thing: group for thing, group in main.items() if not group[0].effect.open_model}
        kept = self._main_things(known or main, said) if main else []
        sending = [group for group in others.values() if group[0].effect.kind in _SENDING]
        if not kept or _says_sending(said):
            kept += sending
        if not kept:
            kept = list(others.values())
        nearest = sorted(kept, key=lambda group: (self._rank(group, said), _order(group)))[:_MOST_GROUPS]
        return sorted(nearest, key=_order)

    def _main_things(self, main: dict[Thing, list[Judged]], said: frozenset[str]) -> list[list[Judged]]:
        """What stands nearest, with things that the function's name says moved nearer, and what only goes along moved away."""
        ranked = [(self._rank(group, said), group) for group in main.values() if _distance(group) <= _FARTHEST]
        best = min((rank for rank, _ in ranked), default=0)
        return [group for rank, group in ranked if rank <= best + _FURTHER or (_distance(group) == 0 and rank < _AWAY)]

    def _rank(self, group: Sequence[Judged], said: frozenset[str]) -> int:
        effect = group[0].effect
        rank = _distance(group)
        nouns, head = _nouns(effect), _head(effect)
        if nouns and nouns <= said:
            rank -= 2
        elif head in said:
            rank -= 1
        if head in _ACCOMPANYING and not (nouns and nouns <= said):
            rank += _AWAY
        if effect.operation == "delete" and effect.model in self._trails and not said & CLEARING:
            rank += _AWAY  # old rows of a trail dropped in passing
        return rank + 1 if is_relation(effect) and effect.kind == "orm-write" else rank


def _is_main(one: Judged) -> bool:
    return one.effect.kind in _MAIN


def _tells_others(one: Judged) -> bool:
    """True for what a callee sends: where rows change in other branches, it tells of them (`if done: publish_event(...)`)."""
    return one.effect.kind in _SENDING and one.distance > 0


def _says_sending(said: frozenset[str]) -> bool:
    return bool(said & _SENDING_WORDS) or any(word.startswith(("send", "notify", "mail")) for word in said)


def _without_details(judged: Sequence[Judged], said: frozenset[str]) -> Iterator[Judged]:
    """Without relations of a row that the same function writes anyway, unless they are what it is about, and without jobs handed to the
    system's own workers where something else is done."""
    written: dict[str, int] = {}
    for one in judged:
        if one.effect.kind == "orm-write" and not is_relation(one.effect):
            written[one.effect.model] = min(one.distance, written.get(one.effect.model, one.distance))
    busy = any(one.effect.kind != "queue" for one in judged)
    written_by_name = {one.effect.operation for one in judged if one.effect.kind == "orm-write" and one.effect.model}
    for one in judged:
        effect = one.effect
        if is_relation(effect) and effect.kind == "orm-write" and written.get(effect.model, _FARTHEST) <= one.distance + _FURTHER:
            words = {w for field in effect.fields for w in _bare(field)}
            if not words & RIGHTS and not (words and words <= said):
                continue
        if effect.kind == "queue" and effect.operation == "send" and busy:
            continue
        if effect.kind == "orm-write" and not (effect.model or effect.target) and effect.operation in written_by_name:
            continue  # a shared base's own call for a model that stands beside it by name
        yield one


def _complete(grouped: dict[Thing, list[Judged]]) -> None:
    """Changes of rows that the same branch creates or deletes belong to their creation or deletion."""
    created = {_nouns(group[0].effect) for (_, operation), group in grouped.items() if operation == "create"}
    for model, operation in list(grouped):
        if operation.startswith("relation") and frozenset(_bare(operation.partition(" ")[2])) in created:
            del grouped[model, operation]  # what was created is put in its place
            continue
        if operation == "change" or operation.startswith("relation"):
            whole = next((grouped[model, o] for o in ("create", "delete") if (model, o) in grouped), None)
            if any(j.effect.registered for j in grouped[model, operation]):
                continue  # operations of their own
            if whole is not None and _distance(whole) <= _distance(grouped[model, operation]) + 1 and not _is_worse(grouped[model, operation], whole):
                del grouped[model, operation]


def _is_worse(changed: Sequence[Judged], whole: Sequence[Judged]) -> bool:
    """True for changes that leave less of a record than the creation or deletion beside them: of other rows than those, by another branch."""
    return all(j.status == "audited" for j in whole) and any(j.status != "audited" for j in changed)


def _nouns(effect: Effect) -> frozenset[str]:
    return frozenset(_bare(effect.target)) if not is_relation(effect) else frozenset()


def _head(effect: Effect) -> str:
    found = _bare(effect.fields[0] if is_relation(effect) and effect.fields else effect.target)
    return found[-1] if found else ""


def _bare(name: str) -> list[str]:
    """The words of a name, singular, without those that only say that it is stored."""
    found = [singular(w) for w in words(name)]
    return [w for w in found if w not in _STORED] or found


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
