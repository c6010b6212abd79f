"""The form of a knowledge file: its sections, the fields of a row, and the closed vocabularies.

An access path names a place in a library as a program reaches it: `package.module.Class.method()` is the result of a call, the same without `()` the
thing itself, and `{a,b}` stands for alternatives. A place names a value at a call site: `receiver` (its type), `T` (the first type argument of the
receiver), `arg 0`, `kwarg name`, `args` (all without a name), `attribute name` and `result name` (an attribute of the receiver, what its method gives),
each optionally preceded by `item of` (the instance of a class, the element of a collection, manager or queryset),
and alternatives joined by ` or `.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from agentlint.ir.effects import EffectKind, EffectOperation
from agentlint.ir.operations import AuthKind


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What every row has: where it applies, and which of the file's sources says so."""

    at: str
    source: str


class TypeRow(_Row, frozen=True, kw_only=True, gc=False):
    """What a library call (`at` ends in `()`) or attribute gives, and what leaving or iterating it gives."""

    returns: str
    """Alternatives separated by ` | `: a dotted class with arguments in brackets (`pkg.QuerySet[T]`), `type[...]` for a class object, or a place."""
    built: Literal["always", "of a mapping", ""] = ""
    """A row that the call makes and that is not saved yet: always, or when its first argument is a mapping of values."""


class EffectRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that changes the world."""

    kind: EffectKind
    operation: EffectOperation
    model: str = ""
    """Place that holds the model or its instance."""
    target: str = ""
    """Place that holds the text to show (a host, a queue), or that text in single quotes."""
    fields: tuple[str, ...] = ()
    """`keywords` (the call's own keyword names), or places that hold a mapping or a list of field names; a text in single quotes is a field itself."""
    verb: str = ""
    """HTTP method of an outbound call: the place that holds it, a quoted text, or `name` when the called name is the method."""
    sql: str = ""
    """Place that holds SQL text; without a writing statement there is no effect."""
    when: str = ""
    """`PLACE matches REGEX`, `PLACE not matches REGEX` or `PLACE is given`: the effect exists only then; a value that is not constant matches nothing."""
    pending: bool = False
    """True when the call only changes the object in memory: its `fields` belong to the next save of the same receiver."""
    incidental: bool = False
    """True for what never is a reason to act: temporary files, flash messages, session bookkeeping."""
    final: bool = False
    """True for what cannot be taken back or costs something to take back: money that moves."""


class CallbackRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that runs one of its arguments: now (`reference`) or later (`deferred`)."""

    function: str
    """Place that holds the function; `receiver` for `task.delay()`; `method NAME of PLACE` for a method that the library calls in turn, where PLACE is
    `receiver`, `T` or `attribute NAME`. All alternatives count."""
    kind: Literal["deferred", "reference"] = "deferred"
    unless: str = ""
    """Keyword whose false value switches the call back off, e.g. `commit`."""


class ModelRow(_Row, frozen=True, kw_only=True, gc=False):
    """A base class whose subclasses are persistent."""

    writes: Literal["attribute", "save"]
    """`attribute`: assigning to a loaded instance is a write by itself; `save`: only a later call writes."""
    derived: tuple[str, ...] = ()
    """Access paths of decorators whose methods only work columns out from others: what they assign is nobody's action."""
    derived_by: tuple[str, ...] = ()
    """Keywords of a column's call that name such a method."""
    derived_names: tuple[str, ...] = ()
    """Beginnings of names that a framework's guidelines reserve for such methods: of those that override a library's."""


class RecordRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that makes a durable audit record."""

    name: str = ""
    model: str = ""
    """Place that holds the object the record is about."""
    who: bool = False
    what: bool = True
    why: bool = False
    who_from: str = ""
    """Place whose presence makes `who` true."""
    why_from: str = ""
    """Place whose presence makes `why` true."""
    keywords: tuple[str, ...] = ()
    """Keyword names by which the call is known when its receiver is not, in a program that imports the library."""


class MechanismRow(_Row, frozen=True, kw_only=True, gc=False):
    """A registration after which writes of a model are recorded by themselves, and which writes it does not see."""

    name: str
    how: Literal["call", "decorator", "attribute", "base", "setting", "app", "event", "view"]
    """`call` also stands for the same call as a class decorator, and for a call that returns one; `app` and `setting` are entries and names in settings;
    `event` is a signal or listener hook that runs a function of the program; `view` is a base class of views that records what the framework does in them."""
    model: str = ""
    """Place that holds the model; `class` for the class that carries the attribute, base or decorator; empty for every model."""
    skips: tuple[str, ...] = ()
    """Access paths of writes it does not see; `relation` stands for many-to-many changes."""
    fields: str = ""
    """Place of the list of watched fields."""
    excluded: str = ""
    """Place of the list of fields left out."""
    relations: str = ""
    """Place of the list of many-to-many fields that are watched too."""
    operations: tuple[str, ...] = ("create", "update", "delete")
    events: dict[str, str] = {}
    """Last name of an argument's call to the operation it stands for; when any is given, only those operations are watched."""
    actor: tuple[str, ...] = ()
    """Access paths whose use anywhere in the program (a middleware, a context) makes `who` true."""
    who: bool = False
    what: bool = True
    why: bool = False
    needs: tuple[str, ...] = ()
    """Access paths of what must also be there (a middleware, a block) before it records at all."""
    copies: str = ""
    """Module and class under which projects keep a copy of a base class that is published as an example: `history_meta.Versioned`."""
    blocks: tuple[str, ...] = ()
    """Access paths of what opens a block (a context, a decorator, a base class of views) outside of which it records nothing; empty when it always does."""
    always: tuple[str, ...] = ()
    """Access paths whose use opens such a block around everything: a middleware."""
    reasons: tuple[str, ...] = ()
    """Access paths whose use inside a block makes `why` true."""
    declared: tuple[str, ...] = ()
    """Access paths of field types: only models with such a field are watched, and of them only that field."""
    besides: str = ""
    """Name of a setting that lists the models left out by one that watches every model."""
    heirs: str = ""
    """Whether writes of subclasses are seen: empty when they are, `never`, or the place of the argument that asks for it."""
    admins: tuple[str, ...] = ()
    """Base classes of admin pages that register the model that they show, and those of their inline rows."""


class ListenerRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that has a function of the program run at events: `receiver(post_save, sender=Order)`, `event.listen(Order, "after_update", f)`."""

    event: str
    """Place of the event: a dotted thing, or a text that names one below `prefix`; `receiver` and `call` for what the call itself names."""
    model: str = ""
    """Place of the model it listens to; without it, every model."""
    function: str = "decorated"
    """Place of the function that runs; `decorated` when the call is its decorator."""
    subject: str = ""
    """Parameter of the function that gets the object: where no model is named, its type says which are meant."""
    prefix: str = ""
    """Access path before the event's text."""
    heirs: str = ""
    """Whether it hears of subclasses of the model: empty when it does, `never`, or the place of the argument that asks for it."""


class SinkRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that has entries of a log handed to code of the program, which may keep them as rows."""

    sink: str
    """Place of the handler or function."""
    chosen: Literal["name", "mark", "queue"]
    """`name`: entries of the logger whose method it is; `mark`: those of loggers bound to what the filter asks for; `queue`: those of loggers
    that have a handler which puts them in the queue given first, and every handler that follows gets them."""
    queued: str = ""
    """The handler that puts entries in a queue, the queue being its first argument."""
    filter: str = ""
    """Place of the filter."""
    methods: tuple[str, ...] = ()
    """Methods of a handler that get the entry."""


class DecisionRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call whose answer decides: a language model, another learned model, a rule engine, a feature flag, an approval step."""

    kind: Literal["language-model", "learned-model", "rule-engine", "policy", "flag", "approval", "state-machine", "embedding"]
    provider: str = ""
    model: str = ""
    """Place of the model's name."""
    options: dict[str, str] = {}
    """Meaning to place: `bounded_output: kwarg max_tokens`; several places joined by ` or `."""
    client: dict[str, str] = {}
    """Meaning to keyword of the client's constructor: `timeout: timeout`."""
    clients: tuple[str, ...] = ()
    """Access paths of the constructors of the client."""
    history: str = ""
    """Place of the messages or prompt."""
    wrapped: dict[str, str] = {}
    """Meaning to the method whose result is asked then: `bounded_retry: with_retry`."""
    observers: str = ""
    """Place of functions that are told of every call, and may keep what it used."""
    keywords: tuple[str, ...] = ()
    """Keyword names by which the call is known when its receiver is not, in a program that imports the library."""
    endpoints: tuple[str, ...] = ()
    """For `$endpoint.NAME`: ends of the addresses of a model's service, asked over plain HTTP. A word before the end must occur in the address as
    the program writes it: `ollama /api/generate`. An end on `/` may stand anywhere."""
    where: Literal["here", "around"] = "here"
    """For an approval step: `around` when it holds for all tools of the agent that is made with it."""
    needs: str = ""
    """For an approval step: place that has to hold something; without it every call asks a person."""


class ToolRow(_Row, frozen=True, kw_only=True, gc=False):
    """A decorator, call or base class that hands functions of the program to a model, which runs them when it wants."""

    functions: str = "decorated"
    """Place of the function or of the list that holds it; `decorated` for a decorator; `method NAME` for a method of classes that derive from it."""
    approved: str = ""
    """Place that, when it holds something, makes a person be asked before the function runs."""
    served: bool = False
    """True when agents outside the program run it: who calls is not known to be a model."""


class MachineRow(_Row, frozen=True, kw_only=True, gc=False):
    """A state machine: how a class comes to have events, and which of its methods run when one of them is sent."""

    style: Literal["declared", "driven", "decorated"]
    """`declared`: classes below `at` declare events as attributes; `driven`: the call `at` puts events on the class that hands itself over;
    `decorated`: an attribute made by the call `at` has decorators by which methods become events."""
    states: str = ""
    """For `declared`: access path of what makes a state; other attributes are events."""
    transitions: str = ""
    """For `driven`: place of the list of transitions, each a mapping with `trigger`, a list that begins with it, or a call of one of `events`."""
    events: tuple[str, ...] = ()
    """For `driven`: methods that add one transition; for `decorated`: the decorators of events."""
    hooks: tuple[str, ...] = ()
    """Names of methods that run, with `{event}` and `{state}` for names; for `decorated`: decorators of methods that run at every event."""
    callbacks: tuple[str, ...] = ()
    """Keywords of a transition that name functions to run; in a list their order after trigger, source and target."""
    senders: tuple[str, ...] = ()
    """Methods that send the event whose name they are given."""


class EndingRow(_Row, frozen=True, kw_only=True, gc=False):
    """A call that ends the path it stands on, or what the path did so far."""

    how: Literal["leaves", "undoes", "settles"]
    """`leaves`: it never returns to its caller; `undoes`: changes of rows that nothing settled are taken back; `settles`: they are kept for good."""


class GuardRow(_Row, frozen=True, kw_only=True, gc=False):
    """A decorator, class or call that demands something of the caller."""

    kind: AuthKind
    detail: str = ""


class InertRow(_Row, frozen=True, gc=False):
    """Reviewed and harmless, which is not the same as unknown."""


class KnowledgeFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: one library or a family that belongs together."""

    library: str
    language: Literal["python", "javascript", "typescript"]
    packages: dict[str, str]
    """Distribution to the versions that the rows were checked against; `stdlib` for the language's own library."""
    checked: str
    sources: dict[str, str]
    aliases: dict[str, str] = {}
    """Name as imported to its canonical name; also applies to everything below it."""
    classes: dict[str, tuple[str, ...]] = {}
    """Canonical class to its bases."""
    members: dict[str, str] = {}
    """Package to a class: calls into it in a class body (`name = models.CharField()`) show what a class with a base that nothing tells is."""
    namespaces: tuple[str, ...] = ()
    """Objects on which a program keeps what it likes: an attribute that nothing tells is the program's own, not the library's."""
    models: tuple[ModelRow, ...] = ()
    types: tuple[TypeRow, ...] = ()
    effects: tuple[EffectRow, ...] = ()
    callbacks: tuple[CallbackRow, ...] = ()
    records: tuple[RecordRow, ...] = ()
    mechanisms: tuple[MechanismRow, ...] = ()
    listeners: tuple[ListenerRow, ...] = ()
    sinks: tuple[SinkRow, ...] = ()
    decisions: tuple[DecisionRow, ...] = ()
    tools: tuple[ToolRow, ...] = ()
    machines: tuple[MachineRow, ...] = ()
    endings: tuple[EndingRow, ...] = ()
    guards: tuple[GuardRow, ...] = ()
    inert: tuple[InertRow, ...] = ()


SECTIONS: dict[str, type[_Row]] = {
    "models": ModelRow, "types": TypeRow, "effects": EffectRow, "callbacks": CallbackRow, "records": RecordRow,
    "mechanisms": MechanismRow, "listeners": ListenerRow, "sinks": SinkRow, "decisions": DecisionRow, "tools": ToolRow,
    "machines": MachineRow, "endings": EndingRow, "guards": GuardRow, "inert": InertRow,
}
"""Sections that hold rows, with the row's type."""
