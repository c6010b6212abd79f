"""Reads API descriptions and adds what they show to the facts of the code; a document that fails is a gap, never the end of the run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agentlint.analysis.facts import Facts
from agentlint.errors import BadPath
from agentlint.ir.description import Description, Problem
from agentlint.ir.source import Gap
from agentlint.project.files import SourceFile, read_within
from agentlint.project.roles import role_of

if TYPE_CHECKING:
    from agentlint.analysis.contracts.handed_on import HandedOn

Asked = Callable[[str, bytes | None], None]
"""Told of every further file that a document asked for, with what was found there."""


def load_descriptions(root: str, files: Sequence[SourceFile], gap: Callable[[Gap], None], asked: Asked) -> tuple[Description, ...]:
    """Every description among the files; parts that another document refers to are read with it and are none of their own, nor are those in folders of tests
    where others stand."""
    from agentlint.frontends.openapi import load

    def further(path: str) -> bytes | None:
        found = read_within(root, path)
        asked(path, found)
        return found

    documents: list[Description] = []
    for file in files:
        try:
            loaded = load(Path(file.absolute).read_bytes(), file.path, further)
        except Exception as error:
            gap(Gap(file.path, 0, f"could not be read as an API description ({type(error).__name__}: {error})"))
            continue
        if isinstance(loaded, Gap):
            gap(loaded)
        else:
            documents.append(loaded)
    parts = {path for document in documents for path in document.files[1:]}
    found = tuple(document for document in documents if document.file not in parts)
    return tuple(d for d in found if not _for_tests(d.file)) or found


def _for_tests(path: str) -> bool:
    """True for a document in a folder of tests: there it stands in for a service that the project calls."""
    return role_of(f"{path.rpartition('/')[0]}/beside.py") == "tests"


_WORTH_A_PROCESS = 150
"""Operations of a description whose validity is worth a process of its own."""


def describe(
    facts: Facts, root: str, files: Sequence[SourceFile], documents: Sequence[Description], gap: Callable[[Gap], None], workers: int = 1
) -> Facts:
    """The facts with those of every description, and with what the files say to agentlint."""
    facts = _noted(facts, root, {f.path: f.absolute for f in files}, documents)
    handed, problems = _beside(documents, gap)
    facts = msgspec.structs.replace(facts, problems=(*facts.problems, *problems))
    known: set[str] = set()
    for at, document in enumerate(documents):
        before = frozenset(file for earlier in documents[:at] for file in earlier.files)
        facts = _with(facts, document, handed, gap, _Judging(before, workers > 1 and len(document.operations) > _WORTH_A_PROCESS), known)
    mismatches = tuple(m for m in facts.mismatches if m.kind != "undocumented" or m.operation not in known)
    return msgspec.structs.replace(facts, mismatches=mismatches)


def with_sessions(facts: Facts, root: str, sessions: Sequence[Path], documents: Sequence[Description], gap: Callable[[Gap], None]) -> Facts:
    """The facts with what people's browsers did in recorded sessions. Raises BadPath for one that cannot be read."""
    if not sessions:
        return facts
    from agentlint.analysis.contracts.sessions import compare
    from agentlint.frontends.openapi.recorded import load_session

    described = [d for d in documents if d.kind == "openapi"]
    for path in sessions:
        try:
            session = load_session(path.read_bytes(), _shown(path, root))
        except OSError as error:
            raise BadPath(f"cannot read {path}: {error.strerror or error}", "give --har a file that a browser saved") from error
        if isinstance(session, Gap):
            raise BadPath(f"{session.file}:{session.line}: {session.reason}", "give --har a file that a browser saved (network panel, save all as HAR)")
        compared = compare(session, described, facts.operations)
        for one in compared.gaps:
            gap(one)
        facts = msgspec.structs.replace(facts, operations=(*facts.operations, *compared.operations))
    return facts


def _shown(path: Path, root: str) -> str:
    """A file as reports name it: from the root where it lies below it, else as it was given."""
    try:
        return path.resolve().relative_to(Path(root).resolve()).as_posix()
    except ValueError:
        return path.as_posix()


def _beside(documents: Sequence[Description], gap: Callable[[Gap], None]) -> tuple[HandedOn, tuple[Problem, ...]]:
    """What Arazzo and Overlay documents add: how identifiers are handed on, and what they name that no description has."""
    from agentlint.analysis.contracts.broken_links import broken_steps
    from agentlint.analysis.contracts.handed_on import worked
    from agentlint.frontends.openapi.overlays import unmatched

    described = {d.file: d for d in documents if d.kind == "openapi"}
    try:
        workflows = [d for d in documents if d.kind == "arazzo"]
        handed = worked(workflows, tuple(described.values()))
        problems = [*broken_steps(workflows, tuple(described.values()), gap)]
        problems += [p for d in documents if d.kind == "overlay" for p in unmatched(d, described, gap)]
    except Exception as error:
        gap(Gap(next((d.file for d in documents if d.kind != "openapi"), ""), 0, f"could not be judged ({type(error).__name__}: {error})"))
        return {}, ()
    return handed, tuple(sorted(set(problems)))


def _noted(facts: Facts, root: str, files: Mapping[str, str], documents: Sequence[Description]) -> Facts:
    """The facts with what the descriptions, and the files they refer to, say to agentlint."""
    from agentlint.frontends.openapi.notes import notes_of

    found = set(facts.notes)
    for path in sorted({*files, *(p for d in documents for p in d.files)}):
        try:
            data = Path(files[path]).read_bytes() if path in files else read_within(root, path)
        except OSError:  # told where the file itself is read
            continue
        found.update(notes_of(data or b"", path))
    return msgspec.structs.replace(facts, notes=tuple(sorted(found)))


class _Judging(msgspec.Struct, frozen=True):
    """How one description is judged."""

    before: frozenset[str]
    """Files of the descriptions judged before it."""
    apart: bool
    """True when its validity is worth a process of its own."""


def _with(facts: Facts, document: Description, handed: HandedOn, gap: Callable[[Gap], None], how: _Judging, known: set[str]) -> Facts:
    """The facts with those of one description; `known` gathers the operations of the code that some description knows."""
    from agentlint.analysis.contracts import judge
    from agentlint.analysis.contracts.agreement import agree
    from agentlint.frontends.openapi.validity import start

    for one in document.gaps:
        gap(one)
    judged = start(document, how.apart)
    try:
        found = judge(document, handed)
        problems = tuple(sorted({*judged(), *found.problems}))
    except Exception as error:
        gap(Gap(document.file, 0, f"could not be judged ({type(error).__name__}: {error})"))
        return facts
    agreement = agree(facts.operations, found.operations, document.file, how.before)
    known.update(agreement.described)
    return msgspec.structs.replace(
        facts, operations=agreement.operations, mismatches=(*facts.mismatches, *agreement.mismatches), problems=(*facts.problems, *problems),
        lifecycles=(*facts.lifecycles, *found.lifecycles), identifiers=(*facts.identifiers, *found.identifiers),
        shortcomings=(*facts.shortcomings, *found.shortcomings), tools=(*facts.tools, *found.tools),
        chains=(*facts.chains, *found.chains),
        not_applicable=(*facts.not_applicable, *found.not_applicable), contracts=(*facts.contracts, *([found.contract] if found.contract else ())),
    )
