"""The frozen shapes of the JSON report, version 1. Fields may be added at the end; none is ever renamed, removed or given another meaning."""

from __future__ import annotations

import msgspec


class PluginV1(msgspec.Struct, frozen=True):
    """A plugin that took part."""

    name: str
    version: str


class ToolV1(msgspec.Struct, frozen=True):
    """Who made the report."""

    name: str
    version: str
    plugins: list[PluginV1]


class ReasonV1(msgspec.Struct, frozen=True):
    """A place that could not be read or resolved, and why."""

    file: str
    line: int
    reason: str


class InventoryV1(msgspec.Struct, frozen=True):
    """What the answer rests on."""

    files: int
    lines: int
    languages: dict[str, int]
    frameworks: list[str]
    specs: list[str]
    unreadable: list[ReasonV1]
    unresolved: int
    unresolved_at: list[ReasonV1]
    routes_resolved: list[int]
    """`[resolved, seen]`."""
    calls_resolved: list[int]
    set_aside: dict[str, int]
    """Files left out on purpose, by reason."""


class PartV1(msgspec.Struct, frozen=True):
    """A share of counted things."""

    score: float | None
    weight: float
    earned: float
    possible: float
    basis: str


class GateV1(msgspec.Struct, frozen=True):
    """What holds the level down."""

    level: str
    reason: str


class QuestionV1(msgspec.Struct, frozen=True):
    """One question, answered."""

    question: str
    score: float | None
    level: str
    parts: dict[str, PartV1]
    gate: GateV1 | None
    confidence: str
    confidence_reason: str


class ScoresV1(msgspec.Struct, frozen=True):
    """Both answers."""

    agent_ready: QuestionV1
    auditable: QuestionV1


class RelatedV1(msgspec.Struct, frozen=True):
    """Another place that belongs to a finding."""

    file: str
    line: int
    message: str


class SuppressedV1(msgspec.Struct, frozen=True):
    """Who silenced a finding, and why."""

    by: str
    reason: str


class FindingV1(msgspec.Struct, frozen=True):
    """One flaw at one place."""

    rule: str
    severity: str
    message: str
    file: str
    line: int
    column: int
    end_line: int
    fingerprint: str
    help: str
    symbol: str
    confidence: str
    related: list[RelatedV1]
    operation: str | msgspec.UnsetType = msgspec.UNSET
    decision: str | msgspec.UnsetType = msgspec.UNSET
    suppressed: SuppressedV1 | msgspec.UnsetType = msgspec.UNSET


class OperationEffectV1(msgspec.Struct, frozen=True):
    """What an operation changes."""

    kind: str
    target: str
    operation: str
    file: str
    line: int
    fields: list[str]


class OperationV1(msgspec.Struct, frozen=True):
    """One thing an actor can start."""

    id: str
    surface: str
    method: str
    path: str
    file: str
    line: int
    symbol: str
    action: str
    resource: str
    changes_state: bool
    effects: list[OperationEffectV1]
    auth: list[str]
    status: str | None
    browser_only: bool | None
    automation: str | None
    counterparts: list[str]
    evidence: list[str]
    confidence: str


class EffectV1(msgspec.Struct, frozen=True):
    """The effect that a decision leads to."""

    kind: str
    target: str
    file: str
    line: int
    operation: str
    fields: list[str]


class RecordsV1(msgspec.Struct, frozen=True):
    """What the record holds."""

    who: bool
    what: bool
    why: bool


class RecordSiteV1(msgspec.Struct, frozen=True):
    """A place that makes a record."""

    file: str
    line: int
    mechanism: str


class StepV1(msgspec.Struct, frozen=True):
    """One step of a witness."""

    file: str
    line: int
    text: str


class DecisionV1(msgspec.Struct, frozen=True):
    """One decision path."""

    id: str
    file: str
    line: int
    symbol: str
    decision: str
    effect: EffectV1
    source: str
    status: str
    records: RecordsV1
    audit: list[RecordSiteV1]
    path: list[StepV1]
    operations: list[str]
    confidence: str
    inner: bool
    """A step inside other decisions, whose effect is judged at their entries as well: scores do not count it again."""


class LifecycleV1(msgspec.Struct, frozen=True):
    """One transition of one described resource."""

    resource: str
    schema: str
    pointer: str
    transition: str
    status: str
    operation: str | None
    evidence: str
    file: str
    line: int


class IdentifierV1(msgspec.Struct, frozen=True, kw_only=True):
    """Where a caller gets what an operation requires."""

    operation: str
    parameter: str
    location: str = msgspec.field(name="in")
    status: str
    producer: str | None
    evidence: str


class ToolRowV1(msgspec.Struct, frozen=True):
    """A described operation as a tool for a language model."""

    operation: str
    name: str
    tokens: int
    """Estimated, as the vocabulary o200k_base counts the compact definition with its references put in."""
    read_only: bool
    destructive: bool
    idempotent: bool
    evidence: str
    usable: float
    """0..1: the share of what a model needs that the description gives."""
    lacks: list[str]


class ClauseV1(msgspec.Struct, frozen=True):
    """One thing that callers, or those who look later, need to be told: of how many it is told."""

    name: str
    """`errors`, `pages`, `pace`, `reason`, `actor`, `correlation` or `history`."""
    told: int
    of: int
    what: str
    """What is counted, in words."""
    lacking: list[str]
    """The first few that lack it."""


class ContractV1(msgspec.Struct, frozen=True):
    """What one API description tells on the whole."""

    file: str
    clauses: list[ClauseV1]


class TakenV1(msgspec.Struct, frozen=True, kw_only=True):
    """What a call takes from an earlier answer."""

    parameter: str
    location: str = msgspec.field(name="in")
    producer: str
    """`METHOD /path -> place`, as in `identifiers`."""


class CallV1(msgspec.Struct, frozen=True):
    """One call of a chain."""

    operation: str
    takes: list[TakenV1]


class ChainV1(msgspec.Struct, frozen=True):
    """The shortest calls from credentials alone to one described operation, itself the last."""

    operation: str
    calls: list[CallV1]
    """Empty when it is out of reach."""
    known: list[str]
    """Required parameters that the caller chooses or knows by itself."""
    missing: list[str]
    """What keeps it out of reach."""


class ControlV1(msgspec.Struct, frozen=True):
    """A clause of a law, standard or catalogue, and whether this system gave anything to hold against it."""

    standard: str
    edition: str
    id: str
    says: str
    applies: str
    rules: list[str]
    findings: int
    """Findings of its rules that are not suppressed; evidence, not a verdict."""
    not_applicable: str
    """Why there was nothing to judge; empty when there was."""


class ModelCallV1(msgspec.Struct, frozen=True):
    """A call of a model, with what the code tells of its bounds and its record."""

    file: str
    line: int
    symbol: str
    call: str
    provider: str
    model: str
    bounded_output: bool | None
    timeout: bool | None
    bounded_retry: bool | None
    prompt_cached: bool | None
    bounded_history: bool | None
    usage_recorded: bool | None
    budget: bool | None
    output_schema: bool | None
    recorded: bool | None
    kind: str


class ReportV1(msgspec.Struct, frozen=True):
    """The whole report."""

    schema: str
    tool: ToolV1
    root: str
    duration_s: float
    inventory: InventoryV1
    scores: ScoresV1
    findings: list[FindingV1]
    operations: list[OperationV1]
    decisions: list[DecisionV1]
    lifecycles: list[LifecycleV1]
    identifiers: list[IdentifierV1]
    model_calls: list[ModelCallV1]
    tools: list[ToolRowV1] = []
    """Described operations as tools."""
    contracts: list[ContractV1] = []
    """What each API description tells on the whole."""
    chains: list[ChainV1] = []
    """Calls that an agent needs before each described operation."""
    not_applicable: list[LifecycleV1] = []
    """Steps of described lives that the system alone takes, so that no operation for them is missing; their status is `not-applicable`."""
    controls: list[ControlV1] = []
    remarks: list[str] = []
    """What the findings leave out."""
    settings: str | None = None
    """File of the settings as seen from the root; null for defaults."""


