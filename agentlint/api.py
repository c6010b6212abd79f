"""The names that plugin authors may rely on; nothing else of agentlint is public."""

from __future__ import annotations

from agentlint.analysis.calls import Calls, CallSite, Target
from agentlint.analysis.mounts import Mount, MountTree, join_paths, table_key
from agentlint.analysis.program import UNKNOWN, ClassInfo, Element, Folded, FunctionInfo, Program, Scope, Unknown
from agentlint.analysis.types import AttributeWrite, Type, Types
from agentlint.extension.framework import Context, Framework, FrameworkBase, imports
from agentlint.ir import syntax, walk
from agentlint.ir.decisions import Mechanism, RecordContent
from agentlint.ir.effects import Effect
from agentlint.ir.operations import Guard, Route
from agentlint.ir.source import Gap, Location
from agentlint.knowledge import LibraryFacts

__all__ = [
    "UNKNOWN", "AttributeWrite", "CallSite", "Calls", "ClassInfo", "Context", "Effect", "Element", "Folded", "Framework", "FrameworkBase", "FunctionInfo", "Gap",
    "Guard", "LibraryFacts", "Location", "Mechanism", "Mount", "MountTree", "Program", "RecordContent", "Route", "Scope", "Target", "Type", "Types", "Unknown",
    "imports", "join_paths", "syntax", "table_key", "walk",
]
