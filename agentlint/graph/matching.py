"""Which machine-callable operation does what a person does on a page: by effect first, by shared code next, by names last."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from agentlint.analysis.asking import asks_to_act
from agentlint.analysis.callers.own_rows import is_person, names_person
from agentlint.analysis.effects.tables import column
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import only_rights, singular, stems, words
from agentlint.graph.atom import Atom, Background
from agentlint.graph.atoms import atoms_of, rarities
from agentlint.graph.by_words import SaidEndpoints
from agentlint.graph.deeds import CHANNELS, asks_alike, does_something_else, has_a_deed
from agentlint.graph.general_lines import called_by_many, general_functions, general_lines
from agentlint.graph.handed_over import HandedOver
from agentlint.graph.modes import changes_one, fields_beyond, is_on_the_way, is_untold, said_of, without_lines
from agentlint.graph.shared_code import SharedCode
from agentlint.ir.operations import Operation, Status

__all__ = ["Background", "Matcher", "match_operations"]

_COVERED, _UNCOVERED = 0.85, 0.15
"""Shares of an operation's weighted effects: at or over the first it is agent-accessible, under the second gui-only."""
_PART = 0.2
"""Share of a form's fields that is a part of the form which somebody may ask for; less is what the two have in common by chance."""
_TELLING = 0.5
"""Rarity under which a file, queue or host says nothing of what an operation is for."""
_SOME_FIELDS = 0.5
"""Share of a form over all fields that an endpoint with a list of fields answers for."""
_ADMINISTRATORS_ONLY = 0.5
"""Share of a page's action that an endpoint for administrators answers for, where the page is open to others."""
_DELETED = re.compile(r"^(is_|was_|date_|soft_)?deleted(_at|_on|_by|_date|_time)?$|^deletion_(date|time)$")
"""Fields that mark a row as deleted."""
_EDITS = frozenset({"PUT", "PATCH", "MUTATION", "CALL"})
"""Methods under which somebody changes what is there: other endpoints that save it again on the way do not let a caller say what to change."""
_MOST_COUNTERPARTS = 5
_OF_WHAT_IS_THERE = ("DELETE", "PATCH")
_PROCEDURE = "CALL"
"""Method of procedures, which have none of HTTP's: one handler is the same thing whichever way it is called."""


class _Answer(msgspec.Struct, frozen=True):
    share: float
    entry: Entry | None
    text: str
    guessed: bool = False
    """True where the words of an endpoint say so, and nothing else."""


class Matcher:
    """Answers for each GUI entry which machine-callable entries do the same."""

    def __init__(self, entries: Sequence[Entry], background: Background) -> None:
        background = msgspec.structs.replace(background, general=general_lines(entries, background))
        self._background = background
        self._rarity = rarities(entries, background)
        self._offers: dict[tuple[str, str], list[tuple[Entry, Atom]]] = defaultdict(list)
        self._sites: dict[tuple[tuple[str, str], tuple[str, int]], list[tuple[Entry, Atom]]] = defaultdict(list)
        self._handlers: dict[tuple[str, str, str], Entry] = {}
        self._callers: dict[str, list[Entry]] = defaultdict(list)
        self._plumbing = called_by_many(entries) | general_functions(entries, background.general)
        self._shared = SharedCode(background)
        self._handed = HandedOver(entries, background)
        self._said = SaidEndpoints()
        for entry in entries:
            if not entry.machine_callable:
                continue
            self._handlers.setdefault((entry.operation.file, entry.operation.symbol, entry.operation.method), entry)
            if not entry.operation.changes_state or (entry.operation.method in ("GET", "HEAD") and not asks_to_act(entry.routes)):
                continue  # what a look-up writes in passing is nothing that a caller asks for
            self._shared.add(entry)
            self._said.add(entry)
            for function in dict.fromkeys((*(f for f, _ in self._domain(entry)), *(r.handler for r in entry.routes if r.handler))):
                self._callers[function].append(entry)
            for atom in atoms_of(entry, self._rarity, background, with_parts=True):
                for operation in _answers_for(atom.operation, entry.operation.method):
                    self._offers[atom.subject, operation].append((entry, atom))
                for site in atom.sites:
                    self._sites[atom.key, site].append((entry, atom))

    def judge(self, entry: Entry) -> Operation:
        """The entry's operation with status, counterparts and evidence."""
        operation = entry.operation
        if operation.surface != "gui" or not operation.changes_state or operation.status == "human-by-design":
            return operation
        same = self._handlers.get((operation.file, operation.symbol, operation.method)) or self._handlers.get((operation.file, operation.symbol, _PROCEDURE))
        if same is not None:
            return _judged(operation, "agent-accessible", [same], ["the same handler takes a token"], "high")
        if entry.sends:
            return _by_requests(entry)
        atoms = _without_remains(atoms_of(entry, self._rarity, self._background))
        if self._domain(entry) and not any(a.kind == "rows" for a in atoms):
            return self._by_domain(entry)
        if not atoms:
            return self._by_words(entry)
        indirect = all(a.follows and not a.registered for a in atoms)  # what the operation itself writes is not known
        meant = {(atom.kind, atom.key): self._answer(atom, entry, indirect) for atom in atoms if atom.purpose}
        doing = frozenset(a.entry.operation.id for a in meant.values() if a.entry is not None)
        answers = self._with_accompaniments([(atom, meant.get((atom.kind, atom.key)) or self._answer(atom, entry, indirect, doing)) for atom in atoms])
        total = sum(a.weight for a, _ in answers)
        share = sum(a.weight * answer.share for a, answer in answers) / total
        lacks = any(a.registered and answer.share < _COVERED for a, answer in answers)  # people can do each of them there
        little = share < _UNCOVERED and not _some_of_its_own(answers)
        status: Status = "agent-accessible" if share >= _COVERED and not lacks else "gui-only" if little or _only_follows(answers) else "partial"
        if status != "agent-accessible" and (running := self._running_all_of(entry) or self._handing_over_the_same(entry)) is not None:
            return running
        found = [answer.entry for _, answer in answers if answer.entry is not None] if status != "gui-only" else []
        told = [answer.text for _, answer in answers if status != "gui-only" or answer.share == 0] or [answer.text for _, answer in answers]
        sure = "low" if any(answer.guessed for _, answer in answers) else "high" if share in (0.0, 1.0) else "medium"
        return _judged(operation, status, found, told, sure)

    def _running_all_of(self, entry: Entry) -> Operation | None:
        """The judgement where an endpoint calls the function that the page hands all of its work to, whatever that does below."""
        function, callers = self._shared.doing_all_of(entry)
        found = [e for e in callers if entry.administrators or not e.administrators]
        nearest = min(found, key=lambda e: (_distance(entry, e), e.operation.id), default=None)
        if nearest is None:
            return None
        return _judged(entry.operation, "agent-accessible", [nearest], [f"{_where(nearest)} calls {_short(function)} too, which does all of it"], "medium")

    def _handing_over_the_same(self, entry: Entry) -> Operation | None:
        """The judgement where an endpoint hands over the same task, and does itself all else that the page does itself."""
        task, found = self._handed.alike(entry)
        nearest = min((e for e in found if entry.administrators or not e.administrators), key=lambda e: (_distance(entry, e), e.operation.id), default=None)
        if nearest is None:
            return None
        return _judged(entry.operation, "agent-accessible", [nearest], [f"{_where(nearest)} hands over to {task} too"], "medium")

    def _by_domain(self, entry: Entry) -> Operation:
        """The judgement where no row is known to be written: by the functions that a page and an endpoint both call to get it done."""
        found = [(f, self._calling(entry, f, inner)) for f, inner in self._domain(entry)]
        others = [caller for _, caller in found if caller is not None]
        modes = self._background.modes
        different = {f: d for f, e in found if e is not None and modes is not None and (d := modes.calling(entry.routes, e.routes, f)) is not None}
        status: Status = "gui-only" if not others else "agent-accessible" if len(others) == len(found) and not different else "partial"
        texts = [
            f"no machine-callable operation calls {_short(f)}" if e is None
            else f"{_where(e)} {said_of(different[f])}" if f in different
            else f"{_where(e)} {'runs' if any(r.handler == f for r in e.routes) else 'calls'} {_short(f)} too"
            for f, e in found
        ]
        return _judged(entry.operation, status, others, texts, "medium")

    def _by_words(self, entry: Entry) -> Operation:
        """The judgement where nothing is known of what an operation does: an endpoint that says the same of itself may well do it."""
        said = (e for e in self._said.for_page(entry) if not (_is_for_another(entry, e) and is_person(e.operation.path.rpartition("/")[2])))
        nearest = min(said, key=lambda e: (_distance(entry, e), e.operation.id), default=None)
        if nearest is None:
            return _judged(entry.operation, "gui-only", [], ["no machine-callable operation has its effect"], "low")
        return _judged(entry.operation, "agent-accessible", [nearest], [f"{_where(nearest)} says the same of itself; what either writes is not known"], "low")

    def _domain(self, entry: Entry) -> list[tuple[str, tuple[str, ...]]]:
        """The functions that get an operation done, without those that too many others call to be what it is for."""
        return [(f, inner) for f, inner in entry.domain if f not in self._plumbing]

    def _calling(self, entry: Entry, function: str, inner: Sequence[str]) -> Entry | None:
        """The nearest endpoint that calls a function, or all that the function itself calls to get it done."""
        callers = self._callers.get(function)
        if callers is None and inner and all(f in self._callers for f in inner):
            callers = self._callers[inner[0]]
        modes = self._background.modes
        return min(
            callers, key=lambda e: (modes is not None and modes.calling(entry.routes, e.routes, function) is not None, _distance(entry, e), e.operation.id),
        ) if callers else None

    def _answer(self, atom: Atom, entry: Entry, same_line: bool, doing: frozenset[str] = frozenset()) -> _Answer:
        """The best offer for one effect; where its line has to be the same, no other counts. Things go along with endpoints that are `doing` the rest."""
        best = _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
        one = changes_one(atom, entry)
        for other, offer in self._candidates(atom, doing):
            if one and offer.operation == "create":
                continue
            if is_person(atom.subject) and atom.operation != "create" and _is_for_another(entry, other):
                continue
            apart = not (atom.sites & offer.sites) - self._background.general
            if apart and not asks_alike(atom.kind, entry.operation, other.operation):
                continue
            if same_line and apart:
                continue
            other_deed = atom.operation in ("update", "write") and does_something_else(entry.operation, other.operation)
            if other_deed and not atom.fields and not atom.sites & offer.sites:
                continue
            if other_deed and offer.open_fields:
                offer = msgspec.structs.replace(offer, open_fields=False)  # its address says what it writes them for: those that are known are all there are
            answer = _for_rank(self._in_this_way(_compare(atom, other, offer, self._background.general), atom, offer, entry), entry)
            untold = atom.operation in ("update", "write") and not atom.fields and not atom.sites & offer.sites
            if untold and has_a_deed(entry.operation, other.operation):  # what the page writes is not known, and it says more than to edit
                answer = msgspec.structs.replace(answer, share=answer.share * _SOME_FIELDS)
            if (answer.share, -_distance(entry, other)) > (best.share, -_distance(entry, best.entry)) and answer.share > 0:
                best = answer
        if best.share == 0 and atom.kind == "rows" and atom.subject and (said := self._saying(atom, entry)):
            nearest = min(said, key=lambda e: (_distance(entry, e), e.operation.id))
            share = 1.0 if atom.operation != "update" or self._said.is_plain_edit(entry) else _SOME_FIELDS
            best = _for_rank(_Answer(share, nearest, f"{_where(nearest)} says so by its method and address; what it writes is not known", guessed=True), entry)
        return best

    def _in_this_way(self, answer: _Answer, atom: Atom, offer: Atom, entry: Entry) -> _Answer:
        """The answer as it counts where both reach one line, and the endpoint has the work done in another way than the page, or on its way to another deed."""
        common = (atom.sites & offer.sites) - self._background.general
        if not common or answer.entry is None or self._background.modes is None:
            return answer
        passing = is_on_the_way(atom, offer, common) and does_something_else(entry.operation, answer.entry.operation)
        if passing and answer.entry not in self._shared.doing_all_of(entry)[1]:
            return msgspec.structs.replace(answer, share=answer.share * _SOME_FIELDS, text=f"{answer.text} on its way to something else")
        different = self._background.modes.difference(entry.routes, answer.entry.routes, common)
        if different is None:
            return answer
        if (beside := without_lines(offer, common)).sites and (other := _compare(atom, answer.entry, beside, self._background.general)).share > 0:
            return other
        share = 0.0 if different.constant and atom.operation == "update" else _SOME_FIELDS
        return _Answer(share, answer.entry if share else None, f"{_where(answer.entry)} {said_of(different)}")

    def _saying(self, atom: Atom, entry: Entry) -> list[Entry]:
        """Endpoints that say of themselves that they do this, and not to their caller only where the page does it to somebody else."""
        found = self._said.for_rows(atom.operation, atom.subject, atom.fields) if not atom.ends else []
        return [e for e in found if not (is_person(atom.subject) and atom.operation != "create" and _is_for_another(entry, e))]

    def _with_accompaniments(self, answers: list[tuple[Atom, _Answer]]) -> list[tuple[Atom, _Answer]]:
        """Answers where an endpoint that does what stands nearer to the handler goes on, by the same lines, to what follows from it below."""
        doing = [(atom, answer.entry) for atom, answer in answers if answer.share >= _COVERED and answer.entry is not None]

        def follows(atom: Atom, answer: _Answer) -> _Answer:
            for nearer, other in doing if answer.share < _COVERED and not atom.registered else ():
                if nearer.depth < atom.depth and (line := self._line_in_common(atom, other)) is not None:
                    return _Answer(1.0, other, f"{_where(other)} reaches the same line {line[0]}:{line[1]} on its way")
            return answer

        return [(atom, follows(atom, answer)) for atom, answer in answers]

    def _line_in_common(self, atom: Atom, other: Entry) -> tuple[str, int] | None:
        """A line of an effect that an endpoint reaches too, and does not write other constants by."""
        reached = [r for r in other.reached if (r.effect.file, r.effect.line) in atom.sites - self._background.general]
        same = [r for r in reached if not _contradict(atom.values, self._background.values(r))]
        return min(((r.effect.file, r.effect.line) for r in same), default=None)

    def _covers(self, offer: Atom, end: tuple[str, str], atom: Atom) -> bool:
        """True when an update of one end's model can write the relation."""
        others = {model for model, _ in atom.ends} - {end[0]} or {end[0]}
        if (offer.open_fields and not offer.columns) or column(end[1]) in offer.fields:
            return True
        return any((r := self._background.relation(end[0], f)) is not None and r[0] in others for f in offer.fields)

    def _candidates(self, atom: Atom, doing: frozenset[str]) -> list[tuple[Entry, Atom]]:
        direct = self._offers.get(atom.key, []) if atom.subject or atom.kind in CHANNELS else []  # two writes of nobody knows what have nothing in common
        if atom.ends:  # the API may write the relation as a field of either model
            direct = [*direct, *(o for end in atom.ends for o in self._offers.get((end[0], "update"), ()) if self._covers(o[1], end, atom))]
        for model, field in self._background.links(atom.subject):
            updates = self._offers.get((model, "update"), ())
            direct = [*direct, *((e, msgspec.structs.replace(o, fields=atom.fields)) for e, o in updates if column(field) in o.fields)]
        if _is_soft_deletion(atom):
            direct = [*direct, *self._offers.get((atom.subject, "delete"), [])]
        elif atom.operation == "delete":
            direct = [*direct, *(o for o in self._offers.get((atom.subject, "update"), ()) if _is_soft_deletion(o[1]))]
        if atom.kind != "rows" and self._rarity.get(atom.subject, 1.0) < _TELLING:
            return []  # how everything is kept here, and no thing of its own
        shared = [offer for site in sorted(atom.sites - self._background.general) for offer in self._sites.get((atom.key, site), ())]
        return [(e, o) for e, o in (*direct, *shared) if o.purpose or (not atom.purpose and (not o.faint or e.operation.id in doing))]


def _only_follows(answers: Sequence[tuple[Atom, _Answer]]) -> bool:
    """True when all that an endpoint answers for lies below what none does: that it follows from the operation is no part that somebody could ask for."""
    answered = [atom for atom, answer in answers if answer.share > 0]
    refused = [atom for atom, answer in answers if answer.share == 0]
    if any(r.purpose for r in refused) and not any(a.purpose for a in answered):
        return True
    return bool(refused) and not any(a.named for a in answered) and all(a.depth > min(r.depth for r in refused) for a in answered)


def _some_of_its_own(answers: Sequence[tuple[Atom, _Answer]]) -> bool:
    """True when an endpoint writes some of the fields of the very thing that a form is about: a part that somebody may well ask for, however small."""
    return any(a.named and a.operation == "update" and a.fields and not a.ends and answer.share >= _PART for a, answer in answers)


def _by_requests(entry: Entry) -> Operation:
    """The judgement of what sends requests to endpoints of the project: what they take, a program can send as well."""
    open_ = [other for other in entry.sends if other.machine_callable]
    status: Status = "gui-only" if not open_ else "agent-accessible" if len(open_) == len(entry.sends) else "partial"
    texts = [
        f"it sends {o.method} {o.path} ({o.symbol}, {o.file}:{o.line}){'' if other in open_ else ', which takes no credentials of a program'}"
        for other in entry.sends for o in (other.operation,)
    ]
    return _judged(entry.operation, status, open_, texts, "high" if len(open_) in (0, len(entry.sends)) else "medium")


def _without_remains(atoms: Sequence[Atom]) -> Sequence[Atom]:
    """Atoms without what goes with the thing that the operation deletes: nobody asks for that apart."""
    if not any(a.named and a.operation == "delete" for a in atoms):
        return atoms
    return [a for a in atoms if a.purpose or a.operation != "delete"]


def _is_soft_deletion(atom: Atom) -> bool:
    """True for rows that are marked as deleted and stay: to whoever asked they are gone all the same."""
    return atom.operation in ("update", "write") and bool(atom.fields) and not atom.open_fields and all(map(_DELETED.match, atom.fields))


def _answers_for(operation: str, method: str) -> tuple[str, ...]:
    """What an effect's operation can be used for: a write saves a row that may be new or not, so it offers both, and either answers for it.

    What is asked for with DELETE or PATCH is there: RFC 9110 section 9.3.5, RFC 5789.
    """
    if operation == "write":
        return ("update", "write") if method in _OF_WHAT_IS_THERE else ("create", "update", "write")
    return (operation, "write") if operation in ("create", "update") else (operation,)


def _is_for_another(entry: Entry, other: Entry) -> bool:
    """True when a page is about any person, and an endpoint about its caller only."""
    return other.own and not entry.own and (entry.administrators or names_person(entry.operation.path))


def _for_rank(answer: _Answer, entry: Entry) -> _Answer:
    """The answer as it counts for the people who use the page: what only administrators may call is half an answer for everybody else."""
    if answer.entry is None or not answer.entry.administrators or entry.administrators:
        return answer
    return msgspec.structs.replace(answer, share=answer.share * _ADMINISTRATORS_ONLY, text=f"{answer.text}, but only administrators may call it")


def _contradict(mine: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]) -> bool:
    """True when both set one field to constants, and not to the same: cancelling is not approving."""
    return any(field in theirs and not values & theirs[field] for field, values in mine.items())


def _compare(atom: Atom, other: Entry, offer: Atom, general: frozenset[tuple[str, int]]) -> _Answer:
    where = _where(other)
    if _contradict(atom.values, offer.values):
        return _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
    common_sites = (atom.sites & offer.sites) - general
    if common_sites:
        file, line = min(common_sites)
        if lacking := fields_beyond(atom, offer, common_sites):
            share = 1.0 - len(lacking) / len(atom.fields)
            return _Answer(share, other if share else None, f"{where} reaches the line {file}:{line} too, but writes no {', '.join(sorted(lacking)[:6])}")
        return _Answer(1.0, other, f"{where} reaches the same line {file}:{line}")
    if atom.operation == "update" and atom.whole_form and offer.fields and not offer.open_fields:
        return _Answer(_SOME_FIELDS, other, f"{where} writes {', '.join(sorted(offer.fields))} of {_short(atom.subject)}, the form every field")
    both_forms = atom.operation == offer.operation == "create" and atom.registered and offer.registered and bool(atom.fields and offer.fields)
    by_fields = both_forms or (atom.operation in ("update", "write") and bool(atom.fields) and not atom.ends)
    if atom.registered and atom.operation == "update" and atom.fields and not offer.registered and is_untold(offer):
        return _Answer(_SOME_FIELDS, other, f"{where} can {_said(offer)} too; which fields it saves is not known, and the form has many")
    if not by_fields or (offer.open_fields and not offer.handed_on) or offer.operation == "delete":
        return _Answer(1.0, other, f"{where} can {_said(offer)} too")
    if offer.handed_on and not offer.fields and offer.named and other.operation.method in _EDITS and not only_rights(atom.fields):
        return _Answer(_SOME_FIELDS, other, f"{where} can {_said(offer)} through a shared line, which does not tell its fields")
    common = atom.fields & offer.fields
    if not offer.fields or not common:
        return _Answer(0.0, None, f"no machine-callable operation can {_said(atom)}")
    missing = sorted(atom.fields - offer.fields - _in_address(other.operation.path))
    if not missing:
        return _Answer(1.0, other, f"{where} writes the same fields of {_short(atom.subject)}: {', '.join(sorted(common))}")
    return _Answer(len(common) / len(atom.fields), other, f"{where} writes {', '.join(sorted(common))} of {_short(atom.subject)} but not {', '.join(missing)}")


def _in_address(path: str) -> frozenset[str]:
    """Fields that the address of a nested resource says: `/contests/{slug}/problems/{id}` says whose problem it is."""
    parts = [part for part in path.split("/") if part]
    return frozenset(singular(words(a)[-1]) for a, b in pairwise(parts[:-1]) if b.startswith("{") and not a.startswith("{") and words(a))


def _where(entry: Entry) -> str:
    operation = entry.operation
    return f"{operation.method} {operation.path} ({operation.symbol}, {operation.file}:{operation.line})"


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
