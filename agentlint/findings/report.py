"""The report: everything one run has to say, as frozen values that reporters turn into text."""

from __future__ import annotations

import msgspec

from agentlint.findings.finding import Finding
from agentlint.findings.plan import Plan
from agentlint.findings.rule_info import RuleInfo
from agentlint.findings.scorecard import Scorecard
from agentlint.ir.contracts import Chain, Contract, Identifier, Lifecycle
from agentlint.ir.contracts import Tool as DescribedTool
from agentlint.ir.controls import Control
from agentlint.ir.decisions import Decision, ModelCall
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.ir.source import Excerpt


class Plugin(msgspec.Struct, frozen=True, order=True):
    """A plugin that took part."""

    name: str
    version: str


class Tool(msgspec.Struct, frozen=True):
    """Who made the report."""

    name: str = "agentlint"
    version: str = "0.0.0"
    plugins: tuple[Plugin, ...] = ()


class Report(msgspec.Struct, frozen=True):
    """One run: findings in order, and what they rest on."""

    tool: Tool
    root: str
    duration_s: float
    inventory: Inventory
    scores: Scorecard
    findings: tuple[Finding, ...] = ()
    operations: tuple[Operation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    lifecycles: tuple[Lifecycle, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    model_calls: tuple[ModelCall, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    """Every rule that was run, also those with nothing to say."""
    tools: tuple[DescribedTool, ...] = ()
    """Described operations as tools for a language model."""
    contracts: tuple[Contract, ...] = ()
    """What each API description tells on the whole."""
    chains: tuple[Chain, ...] = ()
    """Calls that an agent needs before each described operation."""
    not_applicable: tuple[Lifecycle, ...] = ()
    """Steps of described lives that the system alone takes."""
    remarks: tuple[str, ...] = ()
    """Sentences on what the findings leave out, e.g. those that a change does not touch."""
    plan: Plan = Plan()
    controls: tuple[Control, ...] = ()
    """Clauses that the rules bear on, whether or not they have a finding."""
    settings: str = ""
    """File of the settings as seen from the root; empty for defaults."""
    excerpts: tuple[Excerpt, ...] = ()
    """Code behind the report, by file and line; empty unless a format asks for it."""
