"""Reads the control sets: which clauses of which law or standard each rule bears on, as data with edition and source."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from agentlint.ir.controls import Control
from agentlint.knowledge.problems import KnowledgeError, Problem

FOLDER = Path(__file__).parent / "control_sets"
"""One file per law, standard or catalogue."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KINDS = ("law", "standard", "catalogue")


class ControlRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One clause of a set."""

    id: str
    says: str
    rules: tuple[str, ...]
    applies: str = ""
    """From when, where it differs from the rest of the document."""


class ControlSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: a document, where it stands, when it was read, and its clauses in the document's order."""

    standard: str
    kind: Literal["law", "standard", "catalogue"]
    edition: str
    source: str
    checked: str
    """The month in which the clauses were last held against the source."""
    controls: tuple[ControlRow, ...]
    about: Literal["", "models"] = ""
    """`models` for documents on artificial intelligence alone: they say nothing about a system that has none."""
    applies: str = ""
    """From when the clauses bind, and whom; laws only."""


@functools.cache
def control_sets() -> tuple[ControlSet, ...]:
    """All sets: laws, then standards, then catalogues, each by name. Raises `KnowledgeError` when a file has not the form of a set."""
    return tuple(sorted((_read(path) for path in sorted(FOLDER.glob("*.yaml"))), key=lambda s: (_KINDS.index(s.kind), s.standard)))


def load_controls() -> tuple[Control, ...]:
    """Every clause of every set."""
    return tuple(
        Control(row.id, s.standard, s.edition, row.says, row.rules, s.source, row.applies or s.applies, s.about == "models")
        for s in control_sets() for row in s.controls
    )


def _read(path: Path) -> ControlSet:
    try:
        return msgspec.convert(yaml.load(path.read_bytes(), _LOADER), ControlSet)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise KnowledgeError((Problem(str(path), 0, str(error)),)) from error
