"""The names that plugin authors may rely on; nothing else of agentlint is public."""

from __future__ import annotations

from agentlint.analysis.calls.sites import Calls, CallSite, Target
from agentlint.analysis.facts import Facts
from agentlint.analysis.program import UNKNOWN, ClassInfo, Element, Folded, FunctionInfo, Lineage, Program, Scope, Unknown
from agentlint.analysis.setup.code import SetupCode, setup_code
from agentlint.analysis.setup.factories import Factories
from agentlint.analysis.setup.kept import called, kept_attributes, kept_items
from agentlint.analysis.setup.mounts import Mount, MountTree, join_paths, table_key
from agentlint.analysis.setup.values import Above, Anonymous, Closure, Made, Member, Ref, Value
from agentlint.analysis.types.inference import AttributeWrite, Type, Types
from agentlint.extension.answers import Answer, Answers, AnswerWords
from agentlint.extension.decorated import DecoratedTables, Responder, TableEntry, TableWords, handler_of, once
from agentlint.extension.documents import Documents, XmlElement
from agentlint.extension.framework import Context, Framework, FrameworkBase, imports
from agentlint.findings import Finding, Related, Report, fingerprint
from agentlint.ir import syntax, walk
from agentlint.ir.decisions import Mechanism, RecordContent
from agentlint.ir.description import DescribedOperation, Description, SecurityScheme
from agentlint.ir.effects import Confidence, Effect, EffectOperation
from agentlint.ir.operations import AuthKind, Guard, Route, Surface
from agentlint.ir.source import Gap, Location
from agentlint.knowledge import LibraryFacts
from agentlint.reporters.base import Reporter, Style
from agentlint.rules.base import Rule, RuleContext

__all__ = [
    "UNKNOWN", "Above", "Anonymous", "Answer", "AnswerWords", "Answers", "AttributeWrite", "AuthKind", "CallSite", "Calls", "ClassInfo", "Closure",
    "Confidence", "Context", "DecoratedTables", "DescribedOperation", "Description", "Documents", "Effect", "EffectOperation", "Element", "Factories",
    "Facts", "Finding", "Folded", "Framework", "FrameworkBase", "FunctionInfo", "Gap", "Guard", "LibraryFacts", "Lineage", "Location", "Made", "Mechanism",
    "Member", "Mount", "MountTree", "Program", "RecordContent", "Ref", "Related", "Report", "Reporter", "Responder", "Route", "Rule", "RuleContext",
    "Scope", "SecurityScheme", "SetupCode", "Style", "Surface", "TableEntry", "TableWords", "Target", "Type", "Types", "Unknown", "Value", "XmlElement",
    "called", "fingerprint", "handler_of", "imports", "join_paths", "kept_attributes", "kept_items", "once", "setup_code", "syntax", "table_key", "walk",
]
