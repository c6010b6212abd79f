"""The capability graph in the forms that other programs draw: node-link JSON, GraphML, DOT, Mermaid."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable

import networkx as nx

from agentlint.graph.capability import CapabilityGraph

_SHAPES = {"capability": "hexagon", "operation": "box", "handler": "component", "effect": "ellipse", "resource": "cylinder", "parameter": "note",
           "decision": "diamond", "record": "folder", "model-call": "octagon"}
_MERMAID = {"capability": ("{{", "}}"), "operation": ("[", "]"), "effect": ("(", ")"), "resource": ("[(", ")]"), "decision": ("{", "}"), "record": ("[/", "/]")}


def _sorted(graph: CapabilityGraph) -> nx.MultiDiGraph[str]:
    source = graph.networkx
    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in sorted(source):
        result.add_node(node, **dict(sorted(source.nodes[node].items())))
    for a, b, key, data in sorted(source.edges(keys=True, data=True), key=lambda e: (e[0], e[1], e[2])):
        result.add_edge(a, b, key=key, **data)
    return result


def to_json(graph: CapabilityGraph) -> str:
    """Node-link JSON as networkx defines it (`nodes`, `edges`)."""
    return json.dumps(nx.node_link_data(_sorted(graph), edges="edges"), indent=1, sort_keys=True) + "\n"


def to_graphml(graph: CapabilityGraph) -> str:
    """GraphML 1.0, readable by yEd, Gephi and networkx."""
    out = io.BytesIO()
    nx.write_graphml(_sorted(graph), out)
    return out.getvalue().decode("utf-8") + "\n"


def to_dot(graph: CapabilityGraph) -> str:
    """A Graphviz digraph."""
    lines = ["digraph capabilities {", "  rankdir=LR;", "  node [fontsize=10];"]
    source = _sorted(graph)
    lines += [f"  {_quoted(n)} [label={_quoted(d.get('label', n))}, shape={_SHAPES.get(d.get('kind', ''), 'box')}];" for n, d in source.nodes(data=True)]
    lines += [f"  {_quoted(a)} -> {_quoted(b)} [label={_quoted(k)}];" for a, b, k in source.edges(keys=True)]
    return "\n".join([*lines, "}"]) + "\n"


def to_mermaid(graph: CapabilityGraph) -> str:
    """A Mermaid flowchart; ids are numbered because Mermaid allows no punctuation in them."""
    source = _sorted(graph)
    ids = {node: f"n{index}" for index, node in enumerate(source)}
    lines = ["flowchart LR"]
    for node, data in source.nodes(data=True):
        left, right = _MERMAID.get(data.get("kind", ""), ("[", "]"))
        lines.append(f'  {ids[node]}{left}"{_plain(str(data.get("label", node)))}"{right}')
    lines += [f"  {ids[a]} -->|{k}| {ids[b]}" for a, b, k in source.edges(keys=True)]
    return "\n".join(lines) + "\n"


def _quoted(text: object) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _plain(text: str) -> str:
    return re.sub(r'["\n]', "'", text).replace("#", "#35;")


EXPORTS: dict[str, Callable[[CapabilityGraph], str]] = {"json": to_json, "graphml": to_graphml, "dot": to_dot, "mermaid": to_mermaid}
"""Formats of `agentlint graph`, by name."""
