"""The capability graph: who can do what to which resource, through which code, with which record; the only room that names networkx."""

from __future__ import annotations

from typing import Any

import networkx as nx

from agentlint.analysis.facts import Facts
from agentlint.ir.contracts import Identifier, Lifecycle
from agentlint.ir.decisions import Decision, ModelCall
from agentlint.ir.operations import Operation

NODE_KINDS = ("capability", "operation", "handler", "effect", "resource", "parameter", "decision", "record", "model-call")
EDGE_KINDS = ("exposes", "handles", "causes", "acts-on", "guards", "records", "produces", "requires", "drives", "counterpart", "calls")


class CapabilityGraph:
    """A directed multigraph over the facts of one run, with the questions asked of it as methods."""

    def __init__(self, facts: Facts) -> None:
        self._graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for operation in facts.operations:
            self._add_operation(operation)
        for operation in facts.operations:
            for other in operation.counterparts:
                self._edge(_operation(operation.id), _operation(other), "counterpart")
        for decision in facts.decisions:
            self._add_decision(decision)
        for lifecycle in facts.lifecycles:
            self._add_lifecycle(lifecycle)
        for identifier in facts.identifiers:
            self._add_identifier(identifier)
        for call in facts.model_calls:
            self._add_model_call(call)

    # ------------------------------------------------------------- questions

    @property
    def networkx(self) -> nx.MultiDiGraph[str]:
        """The graph itself, for exports and for callers who know networkx."""
        return self._graph

    def nodes(self, kind: str) -> list[str]:
        """Ids of all nodes of a kind, sorted."""
        return sorted(n for n, data in self._graph.nodes(data=True) if data.get("kind") == kind)

    def agent_capabilities(self) -> list[str]:
        """Capabilities that some machine-callable operation exposes."""
        return self._exposed_by(lambda data: data.get("surface") in ("api", "graphql", "rpc", "mcp"))

    def person_only_capabilities(self) -> list[str]:
        """Capabilities that only operations of the GUI without a counterpart expose."""
        open_to_agents = set(self.agent_capabilities())
        lonely = self._exposed_by(lambda data: data.get("status") in ("gui-only", "human-by-design"))
        return [c for c in lonely if c not in open_to_agents]

    def unrecorded_decisions(self) -> list[str]:
        """Decisions that no record hangs on."""
        return [d for d in self.nodes("decision") if not any(k == "records" for _, _, k in self._graph.out_edges(d, keys=True))]

    def lost_without(self, operation_id: str) -> list[str]:
        """Capabilities that nothing else exposes: what would be gone if this operation went."""
        node = _operation(operation_id)
        mine = {c for _, c, k in self._graph.out_edges(node, keys=True) if k == "exposes"} if node in self._graph else set()
        return sorted(c for c in mine if sum(k == "exposes" for _, _, k in self._graph.in_edges(c, keys=True)) == 1)

    def _exposed_by(self, wanted: Any) -> list[str]:
        found = set()
        for node, data in self._graph.nodes(data=True):
            if data.get("kind") == "operation" and wanted(data):
                found |= {c for _, c, k in self._graph.out_edges(node, keys=True) if k == "exposes"}
        return sorted(found)

    # -------------------------------------------------------------- building

    def _node(self, node: str, kind: str, label: str, **data: Any) -> str:
        if node not in self._graph:
            self._graph.add_node(node, kind=kind, label=label, **data)
        return node

    def _edge(self, source: str, target: str, kind: str) -> None:
        if source in self._graph and target in self._graph and not self._graph.has_edge(source, target, key=kind):
            self._graph.add_edge(source, target, key=kind, kind=kind)

    def _add_operation(self, operation: Operation) -> None:
        node = self._node(
            _operation(operation.id), "operation", f"{operation.method} {operation.path}", surface=operation.surface, status=operation.status or "",
            file=operation.file, line=operation.line, changes_state=operation.changes_state,
        )
        if operation.handler or operation.symbol:
            handler = self._node(f"handler:{operation.file}:{operation.symbol}", "handler", operation.symbol, file=operation.file, line=operation.line)
            self._edge(handler, node, "handles")
            for effect in operation.effects:
                label = " ".join(filter(None, (effect.operation, effect.target)))
                target = self._node(f"effect:{effect.file}:{effect.line}:{effect.kind}:{effect.operation}:{effect.target}", "effect", label,
                                    file=effect.file, line=effect.line, effect=effect.kind)
                self._edge(handler, target, "causes")
                if effect.target:
                    self._edge(target, self._resource(effect.target), "acts-on")
        if operation.resource:
            name = f"{operation.action} {operation.resource}"
            capability = self._node(f"capability:{name}", "capability", name)
            self._edge(node, capability, "exposes")
            self._edge(capability, self._resource(operation.resource), "acts-on")

    def _resource(self, name: str) -> str:
        return self._node(f"resource:{name.lower()}", "resource", name)

    def _add_decision(self, decision: Decision) -> None:
        node = self._node(f"decision:{decision.id}", "decision", decision.decision, file=decision.file, line=decision.line, status=decision.status)
        effect = decision.effect
        label = " ".join(filter(None, (effect.operation, effect.target)))
        target = self._node(f"effect:{effect.file}:{effect.line}:{effect.kind}:{effect.operation}:{effect.target}", "effect", label,
                            file=effect.file, line=effect.line, effect=effect.kind)
        self._edge(node, target, "guards")
        for site in decision.audit:
            record = self._node(f"record:{site.file}:{site.line}", "record", site.mechanism, file=site.file, line=site.line)
            self._edge(node, record, "records")
        for operation in decision.operations:
            self._edge(_operation(operation), node, "calls")

    def _add_lifecycle(self, lifecycle: Lifecycle) -> None:
        resource = self._resource(lifecycle.resource)
        capability = self._node(f"capability:{lifecycle.transition} {lifecycle.resource}", "capability", f"{lifecycle.transition} {lifecycle.resource}")
        self._edge(capability, resource, "drives")
        if lifecycle.operation:
            for node in self._described(lifecycle.operation):
                self._edge(node, capability, "exposes")

    def _add_identifier(self, identifier: Identifier) -> None:
        parameter = self._node(f"parameter:{identifier.operation}:{identifier.location}:{identifier.parameter}", "parameter", identifier.parameter,
                               status=identifier.status)
        for node in self._described(identifier.operation):
            self._edge(node, parameter, "requires")
        if identifier.producer:
            for node in self._described(identifier.producer.split(" -> ")[0]):
                self._edge(node, parameter, "produces")

    def _described(self, method_and_path: str) -> list[str]:
        return [n for n in (_operation(f"api:{method_and_path}"),) if n in self._graph]

    def _add_model_call(self, call: ModelCall) -> None:
        node = self._node(f"model-call:{call.file}:{call.line}", "model-call", call.call, file=call.file, line=call.line, provider=call.provider)
        handler = f"handler:{call.file}:{call.symbol}"
        self._edge(handler, node, "calls")


def _operation(operation_id: str) -> str:
    return f"operation:{operation_id}"
