"""Which machine-callable operation does what a person does on a page: by effect first, by shared code next, by names last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import log

import msgspec

from agentlint.analysis.decisions.consequence import is_consequential
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import nouns, stems
from agentlint.ir.effects import Effect, ReachedEffect
from agentlint.ir.operations import Operation, Status

_ROWS = frozenset({"orm-write", "raw-sql", "permission"})
_BESIDE_ROWS = frozenset({"payment", "process"})
"""Effects that count even where rows are written: money and machines are never a side effect of keeping a row."""
_RELATION = ".ManyRelatedManager."
_PRIMARY_SHARE = 0.34
"""An effect whose weight is below this share of the heaviest one is a side effect."""
_COVERED, _UNCOVERED = 0.85, 0.15
"""Shares of an operation's weighted effects: at or over the first it is agent-accessible, under the second gui-only."""
_SOME_FIELDS = 0.5
"""Share of a form over all fields that an endpoint with a list of fields answers for."""
_ADMINISTRATORS_ONLY = 0.5
"""Share of a page's action that an endpoint for administrators answers for, where the page is open to others."""
_MOST_COUNTERPARTS = 5
_STEP_DOWN, _DEEPEST = 0.7, 0.1
"""What one more call between the handler and an effect leaves of its weight, counted from the nearest effect; and the least that is left."""
_UNKNOWN_MODEL = 0.3
"""Weight of a row write whose model could not be told."""


class Atom(msgspec.Struct, frozen=True):
    """What an operation does to one thing: an operation on a model or target, with the fields it is known to write."""

    kind: str
    operation: str
    subject: str
    fields: frozenset[str]
    open_fields: bool
    """True when some write names no fields: it may reach all of them."""
    weight: float
    sites: frozenset[tuple[str, int]]
    """Lines that perform it."""
    ends: tuple[tuple[str, str], ...] = ()
    """For a relation between two models: each model with its own name of the relation, empty when unknown."""
    values: dict[str, frozenset[str]] = {}
    """Constants that fields are set to, where that is all that is known to be written to them."""
    whole_form: bool = False
    """True when a framework's own form lets a person edit every field."""

    @property
    def key(self) -> tuple[str, str]:
        """What offers are looked up by."""
        return (self.subject, self.operation)


class Background(msgspec.Struct, frozen=True):
    """What matching knows of the whole program."""

    records: frozenset[str] = frozenset()
    """Models whose rows are records of what happened: no part of what an operation is for."""
    relation: Callable[[str, str], tuple[str, str] | None] = lambda model, field: None
    """A many-to-many relation's other model and its name there."""
    values: Callable[[Effect], dict[str, frozenset[str]]] = lambda effect: {}
    """Constants that an effect writes."""
    table: Callable[[str], str] = lambda model: model
    """The model that owns a model's table: a proxy writes its base's rows."""


def atoms_of(entry: Entry, rarity: dict[str, float], background: Background, with_parts: bool = False) -> list[Atom]:
    """The primary effects of an entry, heaviest first; side effects that hang on many operations or lie deep are dropped.

    `with_parts` keeps relations of what the operation itself makes and the rights that it grants: they count in what it offers, not in what it is for.
    """
    effects = [r for r in entry.reached if is_consequential(r.effect)]
    effects = [r for r in effects if r.effect.model not in background.records] or effects
    rows = [r for r in effects if r.effect.kind in _ROWS]
    if rows:
        effects = [r for r in effects if r.effect.kind in _ROWS or r.effect.kind in _BESIDE_ROWS]
    effects = _without_insides(effects, background)
    spoken = nouns([entry.operation.symbol, *(r.path for r in entry.routes), *(r.resource for r in entry.routes)])
    grouped: dict[tuple[str, str, str], list[ReachedEffect]] = defaultdict(list)
    for reached in effects:
        effect = reached.effect
        grouped[(_kind(effect), _operation(effect), _subject(effect, background))].append(reached)
    nearest = min((len(r.chain) for group in grouped.values() for r in group), default=0)
    atoms = [_atom(key, group, rarity, spoken, nearest, background) for key, group in sorted(grouped.items())]
    atoms = [a for a in atoms if a.ends or a in _without_parts(atoms)] if with_parts else _without_parts(atoms)
    if not atoms:
        return []
    heaviest = max(a.weight for a in atoms)
    rights = {_subject(r.effect, background) for r in effects if r.effect.kind == "permission"} if with_parts else set()
    return sorted((a for a in atoms if a.weight >= _PRIMARY_SHARE * heaviest or a.subject in rights), key=lambda a: (-a.weight, a.key))


def _without_insides(effects: Sequence[ReachedEffect], background: Background) -> list[ReachedEffect]:
    """Effects without what a model's own `save` does to the same row: the line that calls it says which fields were meant."""
    saving = [r.effect for r in effects if r.effect.fields and r.effect.operation in ("update", "write", "create")]
    told = {(_subject(e, background), e.file, e.line) for e in saving}
    return [
        r for r in effects
        if r.effect.operation not in ("update", "write") or not any((_subject(r.effect, background), step.file, step.line) in told for step in r.chain)
    ]


def _without_parts(atoms: Sequence[Atom]) -> list[Atom]:
    """Atoms without updates of what the operation itself makes or removes: filling in a new row, or clearing an old one, is part of that."""
    whole = {a.subject for a in atoms if a.operation in ("create", "delete")}
    saved = whole | {a.subject for a in atoms if a.operation == "write"}
    return [a for a in atoms if not (a.operation in ("update", "write") and a.subject in whole) and not any(model in saved for model, _ in a.ends)]


def _atom(
    key: tuple[str, str, str], group: Sequence[ReachedEffect], rarity: dict[str, float], spoken: frozenset[str], nearest: int, background: Background
) -> Atom:
    kind, operation, subject = key
    depth = min(len(r.chain) for r in group) - nearest
    fields = frozenset(f for r in group for f in r.effect.fields)
    named = 2.0 if stems([subject.rsplit(".", 1)[-1]]) & spoken else 1.0
    known = 1.0 if any(r.effect.model for r in group) or kind != "rows" else _UNKNOWN_MODEL
    weight = rarity.get(subject, 1.0) * named * known * max(_DEEPEST, _STEP_DOWN**depth)
    sites = frozenset((r.effect.file, r.effect.line) for r in group)
    open_fields = any(not r.effect.fields for r in group)
    values = _merged([(r.effect, background.values(r.effect)) for r in group]) if operation in ("update", "write") and not open_fields else {}
    return Atom(
        kind,
        operation,
        subject,
        fields,
        open_fields,
        weight,
        sites,
        _ends(group[0].effect, background),
        values,
        open_fields and any(r.effect.registered for r in group),
    )


def _merged(known: Sequence[tuple[Effect, dict[str, frozenset[str]]]]) -> dict[str, frozenset[str]]:
    """Constants by field over several writes; a field that one of them sets to something else is left out."""
    fields = {field for _, values in known for field in values}
    return {
        field: frozenset().union(*(values.get(field, frozenset()) for _, values in known))
        for field in sorted(fields)
        if all(field in values for effect, values in known if field in effect.fields)
    }


def _ends(effect: Effect, background: Background) -> tuple[tuple[str, str], ...]:
    if _RELATION not in effect.api or len(effect.fields) != 1 or not effect.model:
        return ()
    other = background.relation(effect.model, effect.fields[0])
    return ((effect.model, effect.fields[0]), *((other,) if other is not None else ()))


def _kind(effect: Effect) -> str:
    return "rows" if effect.kind in _ROWS else effect.kind


def _operation(effect: Effect) -> str:
    return {"grant": "update", "revoke": "update"}.get(effect.operation, effect.operation)


def _subject(effect: Effect, background: Background) -> str:
    """What an effect acts on: a model, a relation between two, or the name of something outside."""
    ends = _ends(effect, background)
    return " and ".join(sorted(model for model, _ in ends)) if len(ends) == 2 else background.table(effect.model) or effect.target


def rarities(entries: Iterable[Entry], background: Background) -> dict[str, float]:
    """How telling a model is: 1 for one that few operations write, towards 0 for one that nearly all do (logs, counters, alerts)."""
    writers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    everyone: set[tuple[str, str]] = set()
    for entry in entries:
        who = (entry.operation.file, entry.operation.symbol)
        subjects = {_subject(r.effect, background) for r in entry.reached if is_consequential(r.effect)}
        if subjects:
            everyone.add(who)
        for subject in subjects:
            writers[subject].add(who)
    total = len(everyone) + 1
    return {subject: max(0.05, log(total / (1 + len(who))) / log(total)) if total > 8 else 1.0 for subject, who in sorted(writers.items())}


class _Answer(msgspec.Struct, frozen=True):
    share: float
    entry: Entry | None
    text: str


class Matcher:
    """Answers for each GUI entry which machine-callable entries do the same."""

    def __init__(self, entries: Sequence[Entry], background: Background) -> None:
        self._background = background
        self._rarity = rarities(entries, background)
        self._offers: dict[tuple[str, str], list[tuple[Entry, Atom]]] = defaultdict(list)
        self._sites: dict[tuple[tuple[str, str], tuple[str, int]], list[Entry]] = defaultdict(list)
        self._handlers: dict[tuple[str, str, str], Entry] = {}
        for entry in entries:
            if not entry.machine_callable:
                continue
            self._handlers.setdefault((entry.operation.file, entry.operation.symbol, entry.operation.method), entry)
            if not entry.operation.changes_state:
                continue  # what a look-up writes in passing is nothing that a caller asks for
            for atom in atoms_of(entry, self._rarity, background, with_parts=True):
                # a write saves a row that may be new or not: it offers both, and either answers for it
                for operation in ("create", "update", "write") if atom.operation == "write" else (atom.operation, "write"):
                    self._offers[atom.subject, operation].append((entry, atom))
                for site in atom.sites:
                    self._sites[atom.key, site].append(entry)

    def judge(self, entry: Entry) -> Operation:
        """The entry's operation with status, counterparts and evidence."""
        operation = entry.operation
        if operation.surface != "gui" or not operation.changes_state or operation.status == "human-by-design":
            return operation
        same = self._handlers.get((operation.file, operation.symbol, operation.method))
        if same is not None:
            return _judged(operation, "agent-accessible", [same], ["the same handler takes a token"], "high")
        atoms = atoms_of(entry, self._rarity, self._background)
        if not atoms:
            return _judged(operation, "gui-only", [], ["no machine-callable operation has its effect"], "low")
        answers = [(atom, self._answer(atom, entry)) for atom in atoms]
        total = sum(a.weight for a, _ in answers)
        share = sum(a.weight * answer.share for a, answer in answers) / total
        status: Status = "agent-accessible" if share >= _COVERED else "gui-only" if share < _UNCOVERED else "partial"
        found = [answer.entry for _, answer in answers if answer.entry is not None] if status != "gui-only" else []
        return _judged(operation, status, found, [answer.text for _, answer in answers], "high" if share in (0.0, 1.0) else "medium")

    def _answer(self, atom: Atom, entry: Entry) -> _Answer:
        """The best offer for one effect."""
        best = _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
        for other, offer in self._candidates(atom):
            answer = _for_rank(_compare(atom, other, offer), entry)
            if (answer.share, -_distance(entry, other)) > (best.share, -_distance(entry, best.entry)) and answer.share > 0:
                best = answer
        return best

    def _covers(self, offer: Atom, end: tuple[str, str], atom: Atom) -> bool:
        """True when an update of one end's model can write the relation."""
        others = {model for model, _ in atom.ends} - {end[0]} or {end[0]}
        return (
            offer.open_fields or end[1] in offer.fields or any((r := self._background.relation(end[0], f)) is not None and r[0] in others for f in offer.fields)
        )

    def _candidates(self, atom: Atom) -> list[tuple[Entry, Atom]]:
        direct = self._offers.get(atom.key, [])
        if atom.ends:  # the API may write the relation as a field of either model
            direct = [*direct, *(o for end in atom.ends for o in self._offers.get((end[0], "update"), ()) if self._covers(o[1], end, atom))]
        shared = [(e, msgspec.structs.replace(atom, sites=atom.sites)) for site in sorted(atom.sites) for e in self._sites.get((atom.key, site), ())]
        return [*direct, *shared]


def _for_rank(answer: _Answer, entry: Entry) -> _Answer:
    """The answer as it counts for the people who use the page: what only administrators may call is half an answer for everybody else."""
    if answer.entry is None or not answer.entry.administrators or entry.administrators:
        return answer
    return msgspec.structs.replace(answer, share=answer.share * _ADMINISTRATORS_ONLY, text=f"{answer.text}, but only administrators may call it")


def _contradict(mine: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]) -> bool:
    """True when both set one field to constants, and not to the same: cancelling is not approving."""
    return any(field in theirs and not values & theirs[field] for field, values in mine.items())


def _compare(atom: Atom, other: Entry, offer: Atom) -> _Answer:
    where = f"{other.operation.method} {other.operation.path} ({other.operation.symbol}, {other.operation.file}:{other.operation.line})"
    if atom.sites & offer.sites:
        file, line = min(atom.sites & offer.sites)
        return _Answer(1.0, other, f"{where} reaches the same line {file}:{line}")
    if _contradict(atom.values, offer.values):
        return _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
    if atom.operation == "update" and atom.whole_form and offer.fields and not offer.open_fields:
        return _Answer(_SOME_FIELDS, other, f"{where} writes {', '.join(sorted(offer.fields))} of {_short(atom.subject)}, the form every field")
    if atom.operation not in ("update", "write") or not atom.fields or offer.open_fields or atom.ends:
        return _Answer(1.0, other, f"{where} can {_said(offer)} too")
    common = atom.fields & offer.fields
    if not offer.fields or not common:
        return _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
    missing = sorted(atom.fields - offer.fields)
    if not missing:
        return _Answer(1.0, other, f"{where} writes the same fields of {_short(atom.subject)}: {', '.join(sorted(common))}")
    return _Answer(len(common) / len(atom.fields), other, f"{where} writes {', '.join(sorted(common))} of {_short(atom.subject)} but not {', '.join(missing)}")


def _distance(entry: Entry, other: Entry | None) -> float:
    """How far two operations are apart by their words, between 0 and 1: only breaks ties."""
    if other is None:
        return 1.0
    mine = stems([entry.operation.symbol, entry.operation.path])
    theirs = stems([other.operation.symbol, other.operation.path, other.operation.method])
    return 1.0 - len(mine & theirs) / max(1, len(mine | theirs))


def _judged(operation: Operation, status: Status, found: Sequence[Entry], texts: Sequence[str], confidence: str) -> Operation:
    ids = tuple(dict.fromkeys(e.operation.id for e in found))[:_MOST_COUNTERPARTS]
    evidence = tuple(dict.fromkeys((*operation.evidence, *texts)))
    return msgspec.structs.replace(operation, status=status, counterparts=ids, evidence=evidence, confidence=confidence)


def _said(atom: Atom) -> str:
    fields = f" ({', '.join(sorted(atom.fields)[:6])})" if atom.fields and atom.operation in ("update", "write") else ""
    return f"{'create or update' if atom.operation == 'write' else atom.operation} {_short(atom.subject) or atom.kind}{fields}"


def _short(subject: str) -> str:
    return subject.rsplit(".", 1)[-1]


def match_operations(entries: Sequence[Entry], background: Background | None = None) -> tuple[Operation, ...]:
    """All operations, GUI ones judged against the machine-callable ones; sorted by id."""
    matcher = Matcher(entries, background or Background())
    return tuple(sorted((matcher.judge(e) for e in entries), key=lambda o: o.id))
