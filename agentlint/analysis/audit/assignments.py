"""State that is set under a branch and saved later: the branch decides over it, not the save."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from agentlint.analysis.decisions.arms import Place, deciding
from agentlint.analysis.types.inference import AttributeWrite
from agentlint.ir.effects import Effect

_STATE = re.compile(
    r"^(\w+_)?(status|state|stage|phase|role|active|enabled|disabled|approved|rejected|verified|locked|blocked|banned|suspended|owner|visibility|visible|public|private"
    r"|published|archived|deleted|closed|price|amount|balance|permissions?|admin|superuser|staff|plan|level|priority|severity)$|^is_\w+$"
)


def split_conditional(effects: Sequence[tuple[int, Effect]], writes: Iterable[AttributeWrite], places: Mapping[int, Place]) -> list[tuple[int, Effect]]:
    """Effects with their call sites, where a save of fields that only one branch sets is told apart from the assignments in that branch."""
    by_name: dict[str, list[AttributeWrite]] = {}
    for write in writes:
        if _STATE.match(write.attr):
            by_name.setdefault(write.attr, []).append(write)
    if not by_name:
        return list(effects)
    result: list[tuple[int, Effect]] = []
    for site, effect in effects:
        if effect.kind != "orm-write" or effect.operation not in ("update", "write") or not effect.fields or effect.api == "attribute":
            result.append((site, effect))
            continue
        result += _split(site, effect, by_name, places)
    return result


def _split(site: int, effect: Effect, by_name: Mapping[str, list[AttributeWrite]], places: Mapping[int, Place]) -> list[tuple[int, Effect]]:
    saved = places.get(site)
    if saved is None:
        return [(site, effect)]
    apart: list[tuple[int, Effect]] = []
    fields = list(effect.fields)
    for field in effect.fields:
        assigned = [w for w in by_name.get(field, ()) if w.line < effect.line]
        if not assigned:
            continue
        under = [places[-w.line] for w in assigned if -w.line in places]
        if len(under) == len(assigned) and all(_deeper(place, saved) for place in under):
            fields.remove(field)
            apart += [(-w.line, msgspec.structs.replace(effect, line=w.line, fields=(field,), api="assignment")) for w in assigned]
    left = [(site, msgspec.structs.replace(effect, fields=tuple(fields)))] if fields else []  # a save past all the branches changes nothing
    return [*left, *apart]


def _deeper(place: Place, saved: Place) -> bool:
    """True when the assignment stands under a deciding branch that the save does not stand under."""
    inner = place.arms[len(saved.arms):]
    return place.arms[: len(saved.arms)] == saved.arms and deciding(inner) is not None
