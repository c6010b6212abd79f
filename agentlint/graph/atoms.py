"""What an operation does, one thing at a time: its effects by subject, with what they write and whether it is there for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import log

import msgspec

from agentlint.analysis.decisions.consequence import is_consequential, is_kept_by_itself
from agentlint.analysis.effects.summaries import AROUND, SIGNALLED
from agentlint.analysis.effects.tables import column
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import nouns, singular, stems, words
from agentlint.graph.atom import Atom, Background
from agentlint.graph.deeds import CHANNELS, sends, without_asides
from agentlint.ir.effects import Effect, ReachedEffect

ROWS = frozenset({"orm-write", "raw-sql", "permission"})
"""Kinds of effects on rows of a database."""
_BESIDE_ROWS = frozenset({"payment", "process"})
"""Effects that count even where rows are written: money and machines are never a side effect of keeping a row."""
_RELATION = ".ManyRelatedManager."
_PRIMARY_SHARE = 0.34
"""An effect whose weight is below this share of the heaviest one is a side effect."""
_STEP_DOWN, _DEEPEST = 0.7, 0.1
"""What one more call between the handler and an effect leaves of its weight, counted from the nearest effect; and the least that is left."""
_NEAR = 1
"""Calls that an effect may lie below the nearest one and still be what its operation is there for."""
_SENT_WITHIN = 2
"""Calls between a handler that says it sends something and the line that does."""
_NOT_FAR = 2
"""The same for rights: those that an operation gives far below the rest of what it does go with the thing, and nobody asks it for them."""
_UPSERTS = ("update_or_create()", "bulk_create()")
"""Calls that make rows, or fill in those that are there with the values they are handed."""
_LOOK_UPS = "get_or_create()"
_STATEMENTS = ("QuerySet.update()", "QuerySet.aupdate()", "Manager.update()", "Manager.aupdate()")
"""Calls that become one UPDATE statement. Django documentation, `QuerySet.update()`."""
_UNKNOWN_MODEL = 0.3
"""Weight of a row write whose model could not be told."""


def atoms_of(entry: Entry, rarity: dict[str, float], background: Background, with_parts: bool = False) -> list[Atom]:
    """The primary effects of an entry, heaviest first; side effects that hang on many operations or lie deep are dropped.

    `with_parts` keeps relations of what the operation itself makes and the rights that it grants: they count in what it offers, not in what it is for.
    """
    effects = _without_failures([r for r in entry.reached if is_consequential(r.effect)], background, with_parts)
    spoken = spoken_of(entry)
    effects = [r for r in effects if r.effect.model not in background.records or _is_named_in_full(r.effect.model, spoken)] or effects
    rows = [r for r in effects if r.effect.kind in ROWS]
    if rows:
        sending = sends(entry.operation)
        effects = [
            r for r in effects
            if r.effect.kind in ROWS or r.effect.kind in _BESIDE_ROWS or (sending and r.effect.kind in CHANNELS and len(r.chain) <= _SENT_WITHIN)
        ]
    effects = _without_insides(_without_makings(effects, background, spoken if with_parts else frozenset()), background)
    about = any(is_named(subject_of(r.effect, background), spoken) for r in effects if not r.chain)
    meant = [r for r in effects if with_parts or not _in_passing(r, spoken, background, about)]
    effects = meant if meant or entry.domain else effects
    grouped: dict[tuple[str, str, str], list[ReachedEffect]] = defaultdict(list)
    for reached in effects:
        effect = reached.effect
        grouped[(_kind(effect), _operation(effect), subject_of(effect, background))].append(reached)
    nearest = min((len(r.chain) for group in grouped.values() for r in group), default=0)
    rights = frozenset(subject_of(r.effect, background) for r in effects if r.effect.kind == "permission")
    changed = frozenset(_short(subject) for _, _, subject in grouped)
    made = [_atom(key, group, rarity, spoken, nearest, background) for key, group in sorted(grouped.items())]
    if rows:  # what is sent beside them is what the operation says it is for, however many others send something
        made = [msgspec.structs.replace(a, weight=max(a.weight, 1.0)) if a.kind in CHANNELS else a for a in made]
    made = _named_best(made, spoken, _segments(entry))
    made = [msgspec.structs.replace(a, follows=_follows(grouped[a.kind, a.operation, a.subject], changed - {_short(a.subject)})) for a in made]
    atoms = _with_purpose(_without_savings(made if with_parts else _with_later_writes(made)), rights, with_parts)
    atoms = without_asides(atoms, entry.operation)
    atoms = [a for a in atoms if a.ends or a in _without_parts(atoms)] if with_parts else _without_parts(atoms)
    if not atoms:
        return []
    heaviest = max(a.weight for a in atoms)
    kept = [a for a in atoms if a.weight >= _PRIMARY_SHARE * heaviest or (with_parts and (a.subject in rights or a.kind in _BESIDE_ROWS or _is_own(a)))]
    if with_parts:
        kept += [msgspec.structs.replace(a, faint=True) for a in atoms if not a.purpose and a not in kept]
    return sorted(kept, key=lambda a: (-a.weight, a.key))


def _is_own(atom: Atom) -> bool:
    """True for fields that the handler itself sets: whoever calls it may do so for their sake, however many others set them."""
    return atom.depth == 0 and atom.operation == "update" and bool(atom.fields) and atom.purpose


def spoken_of(entry: Entry) -> frozenset[str]:
    """Nouns of an operation's route and handler; words that paths write together count as one."""
    texts = [entry.operation.symbol, *(r.path for r in entry.routes), *(r.resource for r in entry.routes)]
    return nouns(texts)


def _with_purpose(atoms: Sequence[Atom], rights: frozenset[str], offered: bool) -> list[Atom]:
    """Atoms with whether the operation is there for them.

    What creates or deletes the thing that its route names is there for that: the rest is done to the new thing, or with the old one, and nobody can ask
    for it alone. Elsewhere an operation is there for what it names, for the parts of what it changes, for rights, and for what it does near its handler;
    what lies deep follows from that.
    """
    makes = any(a.named and a.operation in ("create", "delete") and not a.looked_up for a in atoms)
    nearest = min((a.depth for a in atoms), default=0)
    changed = {_short(a.subject) for a in atoms if a.named and a.operation in ("update", "write")}

    def means(atom: Atom) -> bool:
        if atom.named or (atom.subject in rights and not atom.follows and atom.depth <= nearest + _NOT_FAR):
            return True
        if atom.follows or (atom.looked_up and offered):
            return False  # what is only made where it is missing, beside what an endpoint is about, nobody calls it for
        if changed and atom.operation == "delete" and not any(_short(atom.subject).startswith(whole) for whole in changed):
            return False  # what changes one thing and takes another away with it is no way to remove that
        return not makes and (atom.depth <= nearest + _NEAR or any(_short(atom.subject).startswith(whole) for whole in changed))

    return [msgspec.structs.replace(a, purpose=means(a)) for a in atoms]


def is_named(subject: str, spoken: frozenset[str]) -> bool:
    """True when the last word of a subject's name, or all of them written together, is among the nouns."""
    said = _said(subject)
    return bool(said) and (said[-1] in spoken or "".join(said) in spoken)


def _is_named_in_full(subject: str, spoken: frozenset[str]) -> bool:
    """True when every word of a subject's name, or all of them written together, is among the nouns: the operation is about that thing and no other."""
    said = _said(subject)
    return bool(said) and (set(said) <= spoken or "".join(said) in spoken)


def _segments(entry: Entry) -> frozenset[tuple[str, ...]]:
    """Parts of an operation's addresses, as singular words."""
    return frozenset(tuple(singular(w) for w in words(part)) for r in entry.routes for part in r.path.split("/"))


def _named_best(atoms: Sequence[Atom], spoken: frozenset[str], segments: frozenset[tuple[str, ...]]) -> list[Atom]:
    """Atoms without the names of things that share their last word with one that is named in full: `/books/{id}` is about Book, not SyncedBook.

    Of two that are named in full, the longer name is meant: `/order_notes/{id}` is about OrderNote, not Note.
    """
    full: dict[str, int] = {}
    for said in (_said(a.subject) for a in atoms if a.named):
        if said and set(said) <= spoken:
            full[said[-1]] = max(full.get(said[-1], 0), len(said))

    def is_lesser(atom: Atom) -> bool:
        said = _said(atom.subject)
        if not atom.named or atom.registered or said[-1] not in full or tuple(said) in segments:
            return False
        return len(said) < full[said[-1]] or not _is_named_in_full(atom.subject, spoken)

    return [msgspec.structs.replace(a, named=False) if is_lesser(a) else a for a in atoms]


def _said(subject: str) -> list[str]:
    return [singular(w) for w in words(_short(subject))]


def _short(subject: str) -> str:
    return subject.rsplit(".", 1)[-1]


def _in_passing(reached: ReachedEffect, spoken: frozenset[str], background: Background, about: bool) -> bool:
    """True for a row that is made when it is missing, or that a decorator keeps, of a thing that the route does not name: nobody asks for it.

    In the handler itself that holds beside what it does to the thing that the route is `about`.
    """
    if is_named(subject_of(reached.effect, background), spoken):
        return False
    if not reached.chain:
        return about and background.missing_here(reached)
    return reached.effect.api.endswith(_LOOK_UPS) or reached.chain[0].text.startswith(AROUND) or background.missing(reached)


def _without_failures(effects: Sequence[ReachedEffect], background: Background, offered: bool) -> Sequence[ReachedEffect]:
    """Effects without what only happens when something goes wrong, where there are others; an endpoint does not offer what happens then far below it."""
    meant = [r for r in effects if not background.failing(r)]
    return meant or ([r for r in effects if not r.chain] if offered else effects)


def _without_makings(effects: Sequence[ReachedEffect], background: Background, offered: frozenset[str]) -> list[ReachedEffect]:
    """Effects without the making of a row that was missing, where the operation does something to the same thing anyway.

    What an endpoint is named for may also be `offered` so: a caller that sends something new gets it made.
    """
    missing = [background.missing(r) and not is_named(subject_of(r.effect, background), offered) for r in effects]
    meant = {subject_of(r.effect, background) for r, made in zip(effects, missing, strict=True) if not made}
    return [r for r, made in zip(effects, missing, strict=True) if not made or subject_of(r.effect, background) not in meant]


def _without_insides(effects: Sequence[ReachedEffect], background: Background) -> list[ReachedEffect]:
    """Effects without what a model's own `save` does to the same row: the line that calls it says which fields were meant."""
    saving = [
        r.effect for r in effects
        if (r.effect.fields or r.effect.api.endswith(_UPSERTS)) and r.effect.operation in ("update", "write", "create")
    ]
    told = {(subject_of(e, background), e.file, e.line) for e in saving}
    return [
        r for r in effects
        if r.effect.operation not in ("update", "write") or not any((subject_of(r.effect, background), step.file, step.line) in told for step in r.chain)
    ]


def _without_savings(atoms: Sequence[Atom]) -> list[Atom]:
    """Atoms without the saving of what was changed before: where the fields are known, handing the row to a session writes no others."""
    changed = {a.subject for a in atoms if a.operation == "update" and a.fields and not a.open_fields}
    return [a for a in atoms if a.operation != "write" or a.fields or a.subject not in changed]


def _with_later_writes(atoms: Sequence[Atom]) -> list[Atom]:
    """Atoms with what code below writes to a row joined to the update that the operation makes of it nearer to itself: it is there by then."""
    updates = {a.subject: a for a in atoms if a.operation == "update" and a.fields}
    later = [a for a in atoms if a.operation == "write" and a.fields and a.subject in updates and a.depth > updates[a.subject].depth]
    for write in later:
        known = updates[write.subject]
        values = {f: v for f, v in (known.values | write.values).items() if f not in known.fields & write.fields}
        updates[write.subject] = msgspec.structs.replace(
            known, fields=known.fields | write.fields, sites=known.sites | write.sites, values=values, writes=write.writes | known.writes,
        )
    return [updates.get(a.subject, a) if a.operation == "update" else a for a in atoms if a not in later]


def _without_parts(atoms: Sequence[Atom]) -> list[Atom]:
    """Atoms without updates of what the operation itself makes or removes: filling in a new row, or clearing an old one, is part of that.

    What a framework performs stays: its pages let people add, change and delete in turn.
    """
    made = {a.subject for a in atoms if a.operation == "create" and not a.looked_up}
    removed = {a.subject: a for a in atoms if a.operation == "delete"}
    whole = {*made, *removed}
    saved = whole | {a.subject for a in atoms if a.operation == "write"}
    formed = {a.subject for a in atoms if a.registered and a.operation == "update"}

    def is_part(atom: Atom) -> bool:
        if atom.registered or atom.operation not in ("update", "write"):
            return any(model in saved for model, _ in atom.ends)
        clears = atom.subject in removed and not _stands_alone(atom, removed[atom.subject])
        return atom.subject in made or clears or (atom.operation == "write" and atom.subject in formed) or any(model in saved for model, _ in atom.ends)

    return [a for a in atoms if not is_part(a)]


def _stands_alone(update: Atom, delete: Atom) -> bool:
    """True for an update that is no step of the removal: the handler does it nearer to itself, or on lines below, where the row would be gone."""
    last = max(delete.sites)
    return update.depth < delete.depth or any(file == last[0] and line > last[1] for file, line in update.sites)


def _follows(group: Sequence[ReachedEffect], others: frozenset[str]) -> bool:
    """True when each way to an effect leads through a signal, or through the `save` of one of the other models whose rows the operation changes."""
    saves = {f"{word} {model}.save" for word in ("calls", "passes on") for model in others}
    return all(any(step.text in saves or step.text.startswith(SIGNALLED) for step in r.chain) for r in group)


def _atom(
    key: tuple[str, str, str], group: Sequence[ReachedEffect], rarity: dict[str, float], spoken: frozenset[str], nearest: int, background: Background
) -> Atom:
    kind, operation, subject = key
    depth = min(len(r.chain) for r in group)
    written = frozenset(f for r in group for f in r.effect.fields)
    fields = frozenset(column(f) for f in written if not is_kept_by_itself(f)) or written
    named = 2.0 if stems([subject.rsplit(".", 1)[-1]]) & spoken else 1.0
    known = 1.0 if any(r.effect.model for r in group) or kind != "rows" else _UNKNOWN_MODEL
    weight = rarity.get(subject, 1.0) * named * known * max(_DEEPEST, _STEP_DOWN ** (depth - nearest))
    registered = any(r.effect.registered and not r.chain for r in group)
    sites = frozenset((r.effect.file, r.effect.line) for r in group)
    told = any(r.effect.registered and r.effect.fields for r in group)
    blank = [r for r in group if not r.effect.fields]
    open_fields = bool(blank) and not told and not (written and all(_hands_over(r.effect) for r in blank))
    values = _merged([(r.effect, background.values(r)) for r in group]) if operation in ("update", "write") and not open_fields else {}
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
        open_fields and registered,
        depth,
        registered,
        registered or is_named(subject, spoken),
        looked_up=all((r.chain and r.effect.api.endswith(_LOOK_UPS)) or background.missing(r) for r in group),
        columns=open_fields and all(r.effect.api.endswith(_STATEMENTS) for r in blank),
        writes={} if open_fields else _writes(group),
        handed_on=open_fields and all((r.effect.file, r.effect.line) in background.general or _is_handed(r.effect) for r in blank),
    )


def _writes(group: Sequence[ReachedEffect]) -> dict[tuple[str, int], tuple[int, frozenset[str]]]:
    """Lines that name fields, each with the calls above the nearest way to it, and the fields."""
    found: dict[tuple[str, int], tuple[int, frozenset[str]]] = {}
    for reached in group:
        line = (reached.effect.file, reached.effect.line)
        depth, fields = found.get(line, (len(reached.chain), frozenset()))
        named = frozenset(column(f) for f in reached.effect.fields if not is_kept_by_itself(f))
        if fields | named:
            found[line] = (min(depth, len(reached.chain)), fields | named)
    return found


def _is_handed(effect: Effect) -> bool:
    """True for what writes fields by names from elsewhere: mappings of values, `setattr(row, key, value)`."""
    return effect.api.endswith(_UPSERTS) or (effect.operation == "update" and effect.api == "attribute" and not effect.registered)


def _hands_over(effect: Effect) -> bool:
    """True for handing a row that was there to a session: what is written is what was set before, SQLAlchemy's unit of work."""
    return effect.operation == "update" and effect.api.endswith(("Session.add()", "Session.add_all()", "Session.merge()"))


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
    return "rows" if effect.kind in ROWS else effect.kind


def _operation(effect: Effect) -> str:
    return {"grant": "update", "revoke": "update"}.get(effect.operation, effect.operation)


def subject_of(effect: Effect, background: Background) -> str:
    """What an effect acts on: a model, a relation between two, or the name of something outside."""
    ends = _ends(effect, background)
    return " and ".join(sorted(model for model, _ in ends)) if len(ends) == 2 else background.table(effect.model) or effect.target


def rarities(entries: Iterable[Entry], background: Background) -> dict[str, float]:
    """How telling a model is: 1 for one that few operations write, towards 0 for one that nearly all do (logs, counters, alerts)."""
    writers: dict[str, set[tuple[str, str]]] = defaultdict(set)
    everyone: set[tuple[str, str]] = set()
    for entry in entries:
        who = (entry.operation.file, entry.operation.symbol)
        subjects = {subject_of(r.effect, background) for r in entry.reached if is_consequential(r.effect)}
        if subjects:
            everyone.add(who)
        for subject in subjects:
            writers[subject].add(who)
    total = len(everyone) + 1
    return {subject: max(0.05, log(total / (1 + len(who))) / log(total)) if total > 8 else 1.0 for subject, who in sorted(writers.items())}
