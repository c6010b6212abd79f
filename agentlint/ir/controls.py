"""Controls of laws, standards and catalogues that a flaw bears on: the noun; the rows are data of `knowledge`."""

from __future__ import annotations

import msgspec


class Control(msgspec.Struct, frozen=True):
    """One clause, in our own words, and the rules whose findings are evidence about it."""

    id: str
    """As its own text counts: `Article 12(1)`, `A.6.2.8`, `T8`."""
    standard: str
    """Short name of the document: `EU AI Act`."""
    edition: str
    """Which text was read: number, year or version."""
    says: str
    """What the clause asks for, in a few words of our own."""
    rules: tuple[str, ...]
    source: str
    """Where the text stands."""
    applies: str = ""
    """From when it binds, and whom; empty for what is no law."""
    on_models: bool = False
    """True where the document speaks of artificial intelligence alone."""
    not_applicable: str = ""
    """Why nothing can be said about the clause on this system, in words; empty when its rules had something to judge. Never a pass: what is not there to
    judge is not met."""
