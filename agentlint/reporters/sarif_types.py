"""The part of the SARIF 2.1.0 object model that agentlint writes; field names are the standard's, in camel case on the wire."""

from __future__ import annotations

from typing import Literal

import msgspec


class _Sarif(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Base of all objects: what has its default value is not written."""


class Text(_Sarif, frozen=True, kw_only=True):
    """`multiformatMessageString` and `message`."""

    text: str
    markdown: str | None = None


class ArtifactLocation(_Sarif, frozen=True, kw_only=True):
    """A file, relative to the analysed root."""

    uri: str
    uri_base_id: str | None = None


class Region(_Sarif, frozen=True, kw_only=True):
    """Lines of a file, from 1."""

    start_line: int
    start_column: int | None = None
    end_line: int | None = None


class PhysicalLocation(_Sarif, frozen=True, kw_only=True):
    """A place in a file."""

    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(_Sarif, frozen=True, kw_only=True):
    """A symbol."""

    fully_qualified_name: str
    kind: str | None = None


class Location(_Sarif, frozen=True, kw_only=True):
    """A place, with what there is to say of it."""

    id: int | None = None
    physical_location: PhysicalLocation
    logical_locations: list[LogicalLocation] = []
    message: Text | None = None


class ThreadFlowLocation(_Sarif, frozen=True, kw_only=True):
    """One step of a path."""

    location: Location
    execution_order: int
    importance: str | None = None


class ThreadFlow(_Sarif, frozen=True, kw_only=True):
    """One path."""

    locations: list[ThreadFlowLocation]


class CodeFlow(_Sarif, frozen=True, kw_only=True):
    """A witness."""

    message: Text
    thread_flows: list[ThreadFlow]


class Suppression(_Sarif, frozen=True, kw_only=True):
    """Why a result does not count."""

    kind: str
    status: str
    justification: str


class ResultProperties(_Sarif, frozen=True, kw_only=True):
    """What the standard has no field for."""

    confidence: str
    help: str
    weight: int
    operation: str | None = None
    decision: str | None = None


class Result(_Sarif, frozen=True, kw_only=True):
    """One finding."""

    rule_id: str
    rule_index: int
    level: str
    message: Text
    locations: list[Location]
    related_locations: list[Location] = []
    code_flows: list[CodeFlow] = []
    partial_fingerprints: dict[str, str]
    suppressions: list[Suppression] = []
    rank: float
    baseline_state: Literal["new", "unchanged"] | None = None
    """Told of every result or of none."""
    properties: ResultProperties


class Configuration(_Sarif, frozen=True, kw_only=True):
    """How severe a rule is unless a result says otherwise. `level` is always written, although `warning` is the standard's default."""

    level: str


class DescriptorProperties(_Sarif, frozen=True, kw_only=True):
    """What code-scanning services read beside the standard."""

    tags: list[str]
    precision: str
    problem_severity: str = msgspec.field(name="problem.severity")


class ToolReference(_Sarif, frozen=True, kw_only=True):
    """A tool component by its name and its place in the run. The place is always written, also 0: the standard's default is -1."""

    name: str
    index: int


class TaxonReference(_Sarif, frozen=True, kw_only=True):
    """A clause by its id and its place in its taxonomy."""

    id: str
    index: int
    tool_component: ToolReference


class Relationship(_Sarif, frozen=True, kw_only=True):
    """What a rule has to do with a clause."""

    target: TaxonReference
    kinds: list[str]


class Taxon(_Sarif, frozen=True, kw_only=True):
    """One clause of a law, standard or catalogue."""

    id: str
    short_description: Text


class Taxonomy(_Sarif, frozen=True, kw_only=True):
    """A law, standard or catalogue, as far as rules bear on it."""

    name: str
    version: str
    information_uri: str
    taxa: list[Taxon]


class Descriptor(_Sarif, frozen=True, kw_only=True):
    """One rule."""

    id: str
    name: str
    short_description: Text
    full_description: Text
    help: Text
    help_uri: str
    default_configuration: Configuration
    relationships: list[Relationship] = []
    properties: DescriptorProperties


class Component(_Sarif, frozen=True, kw_only=True):
    """The tool, or a plugin of it."""

    name: str
    version: str
    semantic_version: str | None = None
    information_uri: str | None = None
    rules: list[Descriptor] = []
    supported_taxonomies: list[ToolReference] = []


class Tool(_Sarif, frozen=True, kw_only=True):
    """Who made the log."""

    driver: Component
    extensions: list[Component] = []


class Notification(_Sarif, frozen=True, kw_only=True):
    """Something that could not be read or followed."""

    level: str
    message: Text
    locations: list[Location]


class Invocation(_Sarif, frozen=True, kw_only=True):
    """The run."""

    execution_successful: bool
    tool_execution_notifications: list[Notification] = []


class Score(_Sarif, frozen=True, kw_only=True):
    """One answer, with what was counted."""

    question: str
    score: float | None
    level: str
    basis: dict[str, str]


class RunProperties(_Sarif, frozen=True, kw_only=True):
    """The two answers."""

    agent_ready: Score
    auditable: Score
    remarks: list[str] = []
    """What the results leave out."""


class BaseDescription(_Sarif, frozen=True, kw_only=True):
    """What a base id stands for, without an absolute address of this machine."""

    description: Text


class AutomationDetails(_Sarif, frozen=True, kw_only=True):
    """Which kind of run this is, so that services keep those of several tools apart."""

    id: str


class Run(_Sarif, frozen=True, kw_only=True):
    """One run."""

    tool: Tool
    automation_details: AutomationDetails
    invocations: list[Invocation]
    column_kind: str
    original_uri_base_ids: dict[str, BaseDescription]
    results: list[Result]
    """Always written: an empty list says that nothing was found."""
    taxonomies: list[Taxonomy] = []
    properties: RunProperties


class Log(_Sarif, frozen=True, kw_only=True):
    """The whole file."""

    schema: str = msgspec.field(name="$schema")
    version: str
    runs: list[Run]
