"""Suppressions: what a comment says, which findings it silences, and what is wrong with the suppression itself."""

from __future__ import annotations

import datetime
import difflib
import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

import msgspec
import pathspec

from agentlint.findings.finding import Finding, Suppressed
from agentlint.ir.notes import Note, Suppression, SuppressionFlaw

_FORM = re.compile(r"agentlint:\s*(?P<verb>ignore(?:-file)?)\s*\[(?P<inside>[^\]]*)\]\s*(?:[-:]\s*)?(?P<reason>.*)$", re.DOTALL)
_SHOWN = "agentlint: ignore[rule-name] the reason"
OperationsOf = Callable[[Finding], tuple[str, ...]]
"""The operations that a finding concerns, by id."""


class Silenced(msgspec.Struct, frozen=True):
    """The findings, some now suppressed, and what is wrong with the suppressions."""

    findings: tuple[Finding, ...]
    flaws: tuple[SuppressionFlaw, ...] = ()


def read_note(note: Note, rules: tuple[str, ...]) -> Suppression | SuppressionFlaw:
    """The suppression that a note states, or why it states none. `rules` are the known names."""
    match = _FORM.match(note.text)
    if match is None:
        return _invalid(note, "", "it is not understood", f"Write `{_SHOWN}`.")
    names, until = _inside(match["inside"])
    shown = ", ".join(names)
    if not names:
        return _invalid(note, "", "it names no rule", f"Write `{_SHOWN}`; `agentlint rules` lists the names.")
    unknown = next((n for n in names if n not in rules), None)
    if unknown is not None:
        near = difflib.get_close_matches(unknown, rules, 1)
        return _invalid(note, shown, f"there is no rule {unknown}" + (f"; did you mean {near[0]}?" if near else ""), "`agentlint rules` lists the names.")
    if not match["reason"].strip():
        return _invalid(note, shown, "it gives no reason", "Say after the bracket why the finding is meant to stay; without a reason it silences nothing.")
    if until and not is_date(until):
        return _invalid(note, shown, f"until={until} is no day", "Write the last day as until=YYYY-MM-DD.")
    whole = match["verb"] == "ignore-file"
    reason = " ".join(match["reason"].split())
    return Suppression(names, reason, "comment", note.file, note.line, 1 if whole else note.first, 0 if whole else note.last, until=until)


def is_date(text: str) -> bool:
    """True for a day of the calendar as `YYYY-MM-DD`."""
    try:
        return len(text) == 10 and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def silence(
    findings: Iterable[Finding], suppressions: Iterable[Suppression], ran: frozenset[str], operations_of: OperationsOf, today: datetime.date | None
) -> Silenced:
    """Marks what is suppressed. `ran` are the rules that were run: of others nobody knows whether a suppression is used. Without a day nothing expires."""
    day = today.isoformat() if today is not None else ""
    valid = [s for s in suppressions if not (day and s.until and s.until < day)]
    ended = [s for s in suppressions if day and s.until and s.until < day]
    lookup = _Lookup(valid, operations_of)
    marked = tuple(lookup.mark(f) for f in findings)
    return Silenced(marked, tuple(sorted({*map(_ended, ended), *lookup.unused(ran)})))


class _Lookup:
    """Which suppression fits a finding, and which were ever used."""

    def __init__(self, suppressions: list[Suppression], operations_of: OperationsOf) -> None:
        self._all = suppressions
        self._operations_of = operations_of
        self._used: set[tuple[int, str]] = set()
        self._here: dict[str, list[int]] = defaultdict(list)
        self._anywhere: list[int] = []
        self._files: dict[int, pathspec.GitIgnoreSpec] = {}
        for number, suppression in enumerate(suppressions):
            if suppression.by == "comment":
                self._here[suppression.file].append(number)
            else:
                self._anywhere.append(number)
                if suppression.paths:
                    self._files[number] = pathspec.GitIgnoreSpec.from_lines(suppression.paths)

    def mark(self, finding: Finding) -> Finding:
        """The finding, suppressed by the first that fits; all that fit count as used."""
        fitting = [n for n in self._here.get(finding.file, ()) if self._covers(self._all[n], finding)]
        fitting += [n for n in self._anywhere if self._matches(n, finding)]
        self._used.update((n, finding.rule) for n in fitting)
        if not fitting:
            return finding
        first = self._all[fitting[0]]
        return msgspec.structs.replace(finding, suppressed=Suppressed(first.by, first.reason))

    def unused(self, ran: frozenset[str]) -> Iterator[SuppressionFlaw]:
        """The suppressions, or single rules of them, that fitted nothing."""
        used = {number for number, _ in self._used}
        for number, suppression in enumerate(self._all):
            if suppression.rules:
                idle = [r for r in suppression.rules if r in ran and (number, r) not in self._used]
            else:
                idle = [] if number in used else ["every rule"]
            for name in idle:
                yield SuppressionFlaw(
                    "unused", suppression.file, suppression.line, f"The suppression of {name} silences nothing", "Remove it; what it was for is gone.", name
                )

    @staticmethod
    def _covers(suppression: Suppression, finding: Finding) -> bool:
        inside = suppression.first <= finding.line and (not suppression.last or finding.line <= suppression.last)
        return inside and finding.rule in suppression.rules

    def _matches(self, number: int, finding: Finding) -> bool:
        suppression = self._all[number]
        if suppression.rules and finding.rule not in suppression.rules:
            return False
        if number in self._files and not self._files[number].match_file(suppression.below + finding.file):
            return False
        if not suppression.operations:
            return True
        names = {name for identity in self._operations_of(finding) for name in (identity, identity.partition(":")[2])}
        return any(fnmatch.fnmatchcase(name, pattern) for name in names for pattern in suppression.operations)


def _inside(text: str) -> tuple[tuple[str, ...], str]:
    """Rule names and the last day from between the brackets."""
    parts = [p.strip() for p in text.split(",") if p.strip()]
    until = next((p.partition("=")[2].strip() for p in parts if p.startswith("until")), "")
    return tuple(p.removeprefix("agentlint/") for p in parts if not p.startswith("until")), until


def _invalid(note: Note, names: str, why: str, help: str) -> SuppressionFlaw:
    return SuppressionFlaw("invalid", note.file, note.line, f"The suppression does not hold: {why}", help, names)


def _ended(suppression: Suppression) -> SuppressionFlaw:
    names = ", ".join(suppression.rules)
    message = f"The suppression of {names or 'every rule'} ended on {suppression.until} (its reason was: {suppression.reason})"
    help = "Mend what it silenced, or set a later day with a reason that still holds."
    return SuppressionFlaw("invalid", suppression.file, suppression.line, message, help, names)
