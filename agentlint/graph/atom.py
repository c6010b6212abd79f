"""One thing that an operation does, and what is known of the whole program when two of them are compared."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from agentlint.analysis.given_modes import GivenModes
from agentlint.analysis.handing_on import HandingOn
from agentlint.ir.effects import ReachedEffect


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
    depth: int = 0
    """Calls between the handler and the nearest line that performs it."""
    registered: bool = False
    """True when a framework performs it for the route itself."""
    named: bool = False
    """True when the route is about the subject: its words name it, or a framework performs the effect for the route."""
    columns: bool = False
    """True when all writes that name no fields go to the database as one statement, which writes columns and no relation to many."""
    handed_on: bool = False
    """True when all writes that name no fields write whatever they are handed, as their lines or calls do: which fields they are for is not known."""
    follows: bool = False
    """True for what only a signal, or saving another thing that the operation changes, brings about."""
    looked_up: bool = False
    """True for rows that code below the handler only makes where it does not find them."""
    purpose: bool = True
    """False for what only accompanies the rest: the operation cannot be used to do just that."""

    faint: bool = False
    """True for what goes along with the rest and lies deep below, or is done by nearly all: nobody calls an endpoint for that who does not call it anyway."""

    writes: dict[tuple[str, int], tuple[int, frozenset[str]]] = {}
    """Its lines that name fields: how many calls lie above each, and the fields."""

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
    values: Callable[[ReachedEffect], dict[str, frozenset[str]]] = lambda reached: {}
    """Constants that an effect writes, on the way by which it is reached."""
    table: Callable[[str], str] = lambda model: model
    """The model that owns a model's table: a proxy writes its base's rows."""
    missing: Callable[[ReachedEffect], bool] = lambda reached: False
    """True for what is reached, below the handler, only because a row was not there yet."""
    missing_here: Callable[[ReachedEffect], bool] = lambda reached: False
    """The same in the handler itself."""
    failing: Callable[[ReachedEffect], bool] = lambda reached: False
    """True for what is reached only because something went wrong."""
    handing: HandingOn | None = None
    """What handlers hand their work to; None where nothing is known of calls."""
    modes: GivenModes | None = None
    """What two operations give to code that both run; None where nothing is known of calls."""
    links: Callable[[str], tuple[tuple[str, str], ...]] = lambda model: ()
    """The relations whose rows are those of a model, each as a model and its name of the relation."""
    general: frozenset[tuple[str, int]] = frozenset()
    """Lines that write whatever they are handed, of several things or other fields from call to call: to reach the same one proves nothing."""
