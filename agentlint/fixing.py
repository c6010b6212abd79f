"""Offers fixes that hold: each is made on the side, the whole system is analysed again, and only what ends its finding and brings no other is kept."""

from __future__ import annotations

import difflib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from agentlint.app import answer
from agentlint.describing import load_descriptions
from agentlint.errors import BadPath, BrokenOverlay, OutputFailed
from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.fixes import Fix, Sources, propose
from agentlint.fixes.base import Change
from agentlint.fixes.operation_ids import parsed
from agentlint.fixes.overlay import Update, applied, overlay_text
from agentlint.fixes.proposals import proposed
from agentlint.ir.source import Gap
from agentlint.options import Options
from agentlint.project.files import Found, find_files, standing_in
from agentlint.warm import run


class Offer(msgspec.Struct, frozen=True):
    """What can be mended: fixes that hold, those that do not with the reason, and the files as they would be."""

    fixes: tuple[Fix, ...]
    refused: tuple[tuple[Fix, str], ...]
    files: tuple[tuple[str, bytes, bytes], ...]
    """Path, old and new bytes."""


def offer(options: Options, names: Sequence[str] = ()) -> Offer:
    """The fixes of some kinds (all, when none is named) that a new analysis confirms. Raises errors of `agentlint.errors`."""
    report, settings = run(options)
    base = options.path if options.path.is_dir() else options.path.parent
    found = find_files(options.path, settings.exclude, settings.below)
    where = {f.path: Path(f.absolute) for f in found.files}
    sources = Sources(tuple(f.path for f in found.files if f.role == "python"), lambda file: _bytes(where.get(file, base / file)))
    described = load_descriptions(found.root, [f for f in found.files if f.role == "data"], _no_gap, _not_asked)
    fixes, refused = propose(report, sources, described, names), []
    for last in (False, False, True):
        wrong = _wrong(fixes, report, _analysed_with(options, found, fixes, sources)) if fixes else {}
        if not wrong:
            break
        if last:
            wrong = {(fix.name, fix.title): "what it brings could not be told from what other fixes bring" for fix in fixes}
        refused += [(fix, wrong[fix.name, fix.title]) for fix in fixes if (fix.name, fix.title) in wrong]
        fixes = [fix for fix in fixes if (fix.name, fix.title) not in wrong]
    return Offer(tuple(fixes), tuple(refused), tuple(_changed([f.changes for f in fixes], sources)))


class Overlaid(msgspec.Struct, frozen=True):
    """An overlay for one description, and what it is worth."""

    text: bytes
    counts: tuple[tuple[str, int], ...]
    """Updates by kind."""
    refused: tuple[tuple[str, str], ...]
    """Kinds that would bring a new finding, with its rule and place."""
    before: Report
    after: Report
    """Reports on the description as it is, and with the overlay applied."""


def overlay(options: Options, target: Path) -> Overlaid:
    """What can be derived for the one API description of a path, as an Overlay to be written to a file. Raises errors of `agentlint.errors`."""
    before, settings = run(options)
    found = find_files(options.path, settings.exclude, settings.below)
    described = [d for d in load_descriptions(found.root, [f for f in found.files if f.role == "data"], _no_gap, _not_asked) if d.kind == "openapi"]
    if len(described) != 1:
        told = ", ".join(d.file for d in described[:5])
        raise BadPath(f"{options.path} holds {len(described)} API descriptions{': ' + told if told else ''}", "an overlay extends one: give its file as PATH")
    base = options.path if options.path.is_dir() else options.path.parent
    file, source = described[0].file, _bytes(base / described[0].file)
    kinds = proposed(before, described[0], parsed(source))
    after, refused = _tried(options, found, (file, source), kinds, before)
    kept = {kind: updates for kind, updates in kinds.items() if updates and kind not in dict(refused)}
    lies = os.path.relpath(base.resolve() / file, target.resolve().parent)
    text = overlay_text(lies, f"What agentlint derives for {file}", [u for updates in kept.values() for u in updates], lies)
    return Overlaid(text, tuple((kind, len(updates)) for kind, updates in kept.items()), refused, before, after)


def _tried(
    options: Options, found: Found, described: tuple[str, bytes], kinds: Mapping[str, list[Update]], before: Report
) -> tuple[Report, tuple[tuple[str, str], ...]]:
    """The report with all kinds of updates that bring no new finding; each is tried alone only when all together bring one."""
    after = _with_updates(options, found, described, [u for updates in kinds.values() for u in updates])
    if not _news(before, after):
        return after, ()
    refused = []
    for kind, updates in kinds.items():
        new = _news(before, _with_updates(options, found, described, updates)) if updates else ()
        if new:
            refused.append((kind, f"{new[0].rule} would come ({new[0].message})"))
    kept = [u for kind, updates in kinds.items() if kind not in dict(refused) for u in updates]
    return _with_updates(options, found, described, kept), tuple(refused)


def _news(before: Report, after: Report) -> tuple[Finding, ...]:
    known = {f.fingerprint for f in before.findings}
    return tuple(f for f in after.findings if f.suppressed is None and f.fingerprint not in known)


def _with_updates(options: Options, found: Found, described: tuple[str, bytes], updates: Sequence[Update]) -> Report:
    file, source = described
    document = parsed(source)
    if applied(document, updates) != len(updates):
        raise BrokenOverlay(f"an update of {file} names a place that is not there", "this is a bug of agentlint")
    with tempfile.TemporaryDirectory() as folder:
        instead = Path(folder) / "description.json"
        instead.write_text(json.dumps(document, default=str), encoding="utf-8")
        return answer(options, standing_in(found, {file: instead})).report


def diff(offered: Offer) -> str:
    """Every change as a unified diff that `git apply` and `patch -p1` read."""
    return "".join(_diff(file, old.decode("utf-8", "replace"), new.decode("utf-8", "replace")) for file, old, new in offered.files)


def write(offered: Offer, root: Path) -> None:
    """Makes the changes. Raises OutputFailed when a file has changed since it was read, or cannot be written."""
    base = root if root.is_dir() else root.parent
    for file, old, _ in offered.files:
        if _bytes(base / file) != old:
            raise OutputFailed(f"{base / file} has changed since it was read", "run the command again")
    for file, _, new in offered.files:
        try:
            (base / file).write_bytes(new)
        except OSError as error:
            raise OutputFailed(f"cannot write {base / file}: {error.strerror or error}", "make the file writable, or apply the diff by hand") from error


# ---------------------------------------------------------------------- judging


def _analysed_with(options: Options, found: Found, fixes: Sequence[Fix], sources: Sources) -> Report:
    """The report on the system as it would be."""
    with tempfile.TemporaryDirectory() as folder:
        instead = {}
        for number, (file, _, new) in enumerate(_changed([f.trial or f.changes for f in fixes], sources)):
            instead[file] = Path(folder) / f"{number}{Path(file).suffix}"
            instead[file].write_bytes(new)
        return answer(options, standing_in(found, instead)).report


def _wrong(fixes: Sequence[Fix], before: Report, after: Report) -> dict[tuple[str, str], str]:
    """The fixes that do not hold, by name and title, and why."""
    left = {f.fingerprint for f in after.findings if f.suppressed is None}
    known = {f.fingerprint for f in before.findings}
    wrong = {(f.name, f.title): "its finding would stay" for f in fixes if f.findings and all(one in left for one in f.findings)}
    new = [f for f in after.findings if f.suppressed is None and f.fingerprint not in known]
    unread = {(g.file, g.reason) for g in after.inventory.gaps} - {(g.file, g.reason) for g in before.inventory.gaps}
    troubled = {f.file for f in new} | {r.file for f in new for r in f.related} | {file for file, _ in unread}
    if new or unread:
        why = f"another finding would come: {new[0].rule} in {new[0].file}" if new else "the file could not be read in full afterwards"
        near = [f for f in fixes if troubled & {f.file, *f.changes, *(f.trial or {})}]
        wrong |= {(f.name, f.title): why for f in near or fixes if (f.name, f.title) not in wrong}
    return wrong


def _changed(changes: Iterable[Mapping[str, Change]], sources: Sources) -> list[tuple[str, bytes, bytes]]:
    """Files that come out different when all changes are made, in the order of their paths."""
    old: dict[str, bytes] = {}
    new: dict[str, bytes] = {}
    for one in changes:
        for file, change in sorted(one.items()):
            if file not in old:
                old[file] = new[file] = sources.read(file)
            new[file] = change(new[file])
    return [(file, old[file], new[file]) for file in sorted(old) if old[file] != new[file]]


def _diff(file: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{file}" if old else "/dev/null", f"b/{file}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _not_asked(path: str, data: bytes | None) -> None:
    """Which further files a description asks for was noted by the run."""


def _no_gap(gap: Gap) -> None:
    """What cannot be read was told by the run."""


