"""How far agentlint's estimate of tokens is from what a real vocabulary counts, for each operation of some API descriptions and for all of them together.

    pip install tiktoken; npm install js-tiktoken
    python benchmarks/tokens.py --ranks node_modules/js-tiktoken/dist/ranks/o200k_base.cjs openapi.json other.yaml

Counted is the definition of each operation as a tool: compact JSON of name, description and input schema, references put in, a reference into itself left
empty; examples, `xml`, `discriminator`, `externalDocs` and extensions left out. Definitions of more than 600,000 characters are left out and said so.
"""

from __future__ import annotations

import argparse
import base64
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tiktoken

from agentlint.analysis.contracts.tool_schemas import DROPPED, ToolSchemas
from agentlint.frontends.openapi import load
from agentlint.ir.description import DescribedOperation, Description, Node

MOST = 600_000


def vocabulary(ranks: Path) -> tiktoken.Encoding:
    """The vocabulary in a file of the package js-tiktoken."""
    text = ranks.read_text(encoding="utf-8")
    told, _ = json.JSONDecoder().raw_decode(text, text.index('{"pat_str"'))
    known: dict[bytes, int] = {}
    for line in filter(None, told["bpe_ranks"].split("\n")):
        _, first, *pieces = line.split(" ")
        known |= {base64.b64decode(piece): int(first) + at for at, piece in enumerate(pieces)}
    return tiktoken.Encoding(ranks.stem, pat_str=told["pat_str"], mergeable_ranks=known, special_tokens=told["special_tokens"])


class Definitions:
    """Definitions of the operations of one description."""

    def __init__(self, description: Description) -> None:
        self._index = description.index
        self._open: set[int] = set()

    def of(self, operation: DescribedOperation) -> str:
        """Compact JSON."""
        taken, required = {}, []
        for parameter in operation.parameters:
            one = self._put(parameter.schema) if parameter.schema is not None else {"type": "string"}
            own = {k: v for k, v in one.items() if k not in ("name", "in", "required")} if "in" in one and "name" in one else dict(one)
            taken[parameter.name] = own | ({"description": parameter.description} if parameter.description else {})
            required += [parameter.name] if parameter.required else []
        bodies = [m.schema for m in sorted(operation.body.content if operation.body else (), key=lambda m: "json" not in m.name) if m.schema is not None]
        if bodies:
            taken["body"] = self._put(bodies[0])
        text = "\n\n".join(filter(None, (operation.summary, operation.description)))
        schema = {"type": "object", "properties": taken, "required": required}
        made = {"name": operation.operation_id or operation.name, "description": text, "inputSchema": schema}
        return json.dumps(made, ensure_ascii=False, separators=(",", ":"))

    def _put(self, node: Node) -> Any:
        value = node.value
        if isinstance(value, list):
            return [self._put(Node(one, node.file, ())) for one in value]
        if not isinstance(value, dict):
            return value
        if isinstance(value.get("$ref"), str):
            target = self._index.follow(Node(value, node.file, ()))
            return {} if target.value is None else self._put(target)
        if id(value) in self._open:
            return {}
        self._open.add(id(value))
        put = {str(k): self._put(Node(v, node.file, ())) for k, v in value.items() if k not in DROPPED and not str(k).startswith("x-")}
        self._open.discard(id(value))
        return put


def counted(path: Path, known: tiktoken.Encoding) -> tuple[list[tuple[int, int]], int]:
    """Tokens and their estimate for each operation of a file, and how many operations were too large to count."""
    found = load(path.read_bytes(), path.name, lambda part: (path.parent / part).read_bytes() if (path.parent / part).is_file() else None)
    assert isinstance(found, Description), found
    made, sizes, rows = Definitions(found), ToolSchemas(found), []
    for operation in found.operations:
        text = made.of(operation)
        if len(text) <= MOST:
            rows.append((len(known.encode(text, disallowed_special=())), sizes.tokens(operation)))
    return rows, len(found.operations) - len(rows)


def line(name: str, rows: Sequence[tuple[int, int]], left: int) -> str:
    """A row of the table: how far off one operation is, and all of them."""
    off = sorted(abs(estimate - true) / true for true, estimate in rows)
    whole, guessed = sum(true for true, _ in rows), sum(estimate for _, estimate in rows)
    worst = off[min(len(off) - 1, int(0.95 * len(off)))]
    return (
        f"| {name} | {len(rows):,}{f' (and {left} too large)' if left else ''} | {whole:,} | {guessed:,} | {guessed / whole - 1:+.1%} "
        f"| {statistics.median(off):.1%} | {worst:.1%} |"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--ranks", required=True, type=Path)
    options = parser.parse_args()
    known = vocabulary(options.ranks)
    print(f"| description | operations | tokens ({known.name}) | estimate | all together off by | one operation, median | 95 of 100 within |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    everything: list[tuple[int, int]] = []
    for path in options.documents:
        rows, left = counted(path, known)
        everything += rows
        if rows:
            print(line(path.name, rows, left), flush=True)
    print(line("all", everything, 0))


if __name__ == "__main__":
    main()
