"""Names the operations of an API description that have no `operationId`: agents' tools are called by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.fixes.overlay import Update, applied, overlay_file, overlay_text
from agentlint.ir.description import DescribedOperation, Description
from agentlint.ir.operations import Operation

NAME = "operation-ids"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_VERBS = {"read": "get"}
_SNAKE = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)+$")
_KEBAB = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)+$")


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One overlay per description that leaves operations unnamed."""
    known = {(o.method, o.path): o for o in report.operations if o.surface != "gui"}
    for description in descriptions:
        nameless = [o for o in description.operations if not o.operation_id and not o.webhook and o.node.file == description.file and not o.callbacks]
        if not nameless:
            continue
        taken = {o.operation_id for o in description.operations if o.operation_id}
        updates = [u for u in named(nameless, taken, known) if applied(parsed(sources.read(description.file)), [u]) == 1]
        if updates:
            yield _fix(description.file, updates)


def _fix(file: str, updates: Sequence[Update]) -> Fix:
    text = overlay_text(file, "Names for operations without an operationId", updates)
    return Fix(
        NAME, f"name {len(updates)} operation{'' if len(updates) == 1 else 's'} of {file}", file, 0, {overlay_file(file): lambda old: text},
        trial={file: _overlaid(updates)}, note="read the names, then apply the overlay where the description is built",
    )


def _overlaid(updates: Sequence[Update]) -> Change:
    """The description as a tool makes it from the overlay."""

    def apply(source: bytes) -> bytes:
        document = parsed(source)
        applied(document, updates)
        return json.dumps(document, default=str).encode()

    return apply


def parsed(source: bytes) -> dict[str, Any]:
    """A description as plain values; empty when it cannot be read."""
    try:
        document = yaml.load(source, _LOADER)
    except (yaml.YAMLError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def named(nameless: Sequence[DescribedOperation], taken: set[str], known: dict[tuple[str, str], Operation]) -> Iterator[Update]:
    """A name for each operation, none of those that are taken, spelled as they are."""
    style = style_of(taken)
    used = set(taken)
    for operation in nameless:
        for words in _candidates(operation, known.get((operation.method, operation.path))):
            name = spelled(words, style)
            if name and name not in used:
                used.add(name)
                yield Update.of_operation(operation.path, operation.method.lower(), {"operationId": name})
                break


def _candidates(operation: DescribedOperation, seen: Operation | None) -> Iterator[list[str]]:
    """Words of a name, the shortest first; the last holds method and whole path and so is unlike every other."""
    if seen is not None and seen.action and seen.resource:
        action, resource = _words(seen.action), _words(seen.resource)
        action = [_VERBS.get(action[0], action[0]), *action[1:]] if action else action
        if action[-len(resource):] == resource:
            action = action[: -len(resource)]
        if action == ["list"] and resource:
            resource = [*resource[:-1], _plural(resource[-1])]
        yield [*action, *resource]
    yield [operation.method.lower(), *_words(re.sub(r"\{[^}]*\}", " ", operation.path))]
    yield [operation.method.lower(), *_words(re.sub(r"\{([^}]*)\}", r" by \1 ", operation.path))]


def _words(text: str) -> list[str]:
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", text)]


def _plural(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh")):
        return word if word.endswith("s") else f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def style_of(names: set[str]) -> str:
    """How the description spells its names: as most of them are."""
    snake, kebab = sum(bool(_SNAKE.match(n)) for n in names), sum(bool(_KEBAB.match(n)) for n in names)
    if snake * 2 > len(names):
        return "snake"
    return "kebab" if kebab * 2 > len(names) else "camel"


def spelled(words: Sequence[str], style: str) -> str:
    """Words put together in a style of `style_of`."""
    if style == "camel":
        return "".join(word if n == 0 else word.capitalize() for n, word in enumerate(words))
    return ("_" if style == "snake" else "-").join(words)
