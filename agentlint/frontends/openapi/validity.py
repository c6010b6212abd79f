"""Whether a description is valid: openapi-spec-validator judges, every error is put at the author's own file and line, also through split files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from agentlint.beside import beside
from agentlint.frontends.openapi.bundling import bundle
from agentlint.frontends.openapi.document import Document, is_remote, pointer_of
from agentlint.frontends.openapi.examples import wrong_examples
from agentlint.frontends.openapi.validity_paths import DocumentPath
from agentlint.frontends.openapi.validity_schemas import patterns_of, suspects
from agentlint.ir.description import Description, Node, Problem

_MOST = 2000
"""Problems shown of one document; a broken generator can give one per line."""
_LONGEST = 400


class _Found(msgspec.Struct, frozen=True):
    """A problem before it is put at its line."""

    file: str
    pointer: tuple[str | int, ...]
    message: str
    origin: str


class _Verdict(msgspec.Struct, frozen=True):
    """Problems, and every file that was asked for meanwhile."""

    found: tuple[_Found, ...]
    asked: tuple[str, ...]


def start(description: Description, apart: bool) -> Callable[[], tuple[Problem, ...]]:
    """Begins to judge a description and its examples, `apart` in a process of its own, and answers with a function that waits for the problems.
    Lines are looked up here, where places are known anyway."""
    document = description.index
    if description.kind != "openapi" or not isinstance(document, Document):
        return lambda: ()
    waiting = beside(lambda: _Verdict((*_invalid(document, description.version), *_examples(document, description.version)), document.asked), _Verdict, apart)

    def problems() -> tuple[Problem, ...]:
        verdict = waiting()
        found = verdict.found
        if not set(verdict.asked) <= set(document.asked):  # another process's files are unknown here, and the run must know what it rests on
            found = (*_invalid(document, description.version), *_examples(document, description.version))
        return (*_located(document, (f for f in found if f.origin != "example")), *_located(document, (f for f in found if f.origin == "example")))

    return problems


def validate(description: Description) -> list[Problem]:
    """Every problem of a description, in the order of its lines, its examples aside. Documents that are no OpenAPI have none."""
    document = description.index
    if description.kind != "openapi" or not isinstance(document, Document):
        return []
    return _located(document, _invalid(document, description.version))


def _invalid(document: Document, version: str) -> set[_Found]:
    found = set(_repeated(document))
    patterns: set[str] = set()
    found.update(_structural(document, version), _dangling(document, patterns), _misplaced(document))
    return found | set(_by_keywords(document, version, bool(found), patterns))


def _examples(document: Document, version: str) -> Iterator[_Found]:
    return (_problem(node, message, "example") for node, message in wrong_examples(document, version))


def _located(document: Document, found: Iterable[_Found]) -> list[Problem]:
    problems = []
    for one in found:
        where = document.locate(Node(None, one.file, one.pointer))
        pointer = "/".join(["", *(str(p).replace("~", "~0").replace("/", "~1") for p in one.pointer)])
        problems.append(Problem(where.file, where.line, where.column, one.message, pointer, one.origin))
    return sorted(set(problems))[:_MOST]


def _problem(node: Node, message: str, origin: str = "validator") -> _Found:
    return _Found(node.file, node.pointer, _short(message), origin)


def _short(message: str) -> str:
    flat = " ".join(message.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST // 2]} ... {flat[-_LONGEST // 2 + 5 :]}"


def _repeated(document: Document) -> Iterator[_Found]:
    for node in document.repeated():
        yield _problem(node, "a key stands twice in this mapping; only the last one counts", "reader")


def _structural(document: Document, version: str) -> Iterator[_Found]:
    """Errors against the specification's own schema, of all files as if they were one."""
    from openapi_spec_validator import schemas

    whole = bundle(document)
    part = suspects(whole, version)
    if not part:
        return
    judges = {"2.0": schemas.openapi_v2_schema_validator, "3.0": schemas.openapi_v30_schema_validator, "3.1": schemas.openapi_v31_schema_validator}
    for error in judges.get(version, schemas.openapi_v32_schema_validator).iter_errors(part):
        for one in _telling(error):
            yield _problem(_descend(document, document.root, list(one.absolute_path)), one.message)


def _telling(error: Any) -> list[Any]:
    """An error of a choice ("not valid under any of the given schemas") says nothing; what fits best inside it does."""
    from jsonschema.exceptions import best_match

    if error.validator in ("oneOf", "anyOf") and error.context:
        best = best_match(error.context)
        deepest = max(error.context, key=lambda e: (len(e.absolute_path), -len(str(e.schema_path))))
        return [deepest if len(deepest.absolute_path) > len(best.absolute_path) else best]
    return [error]


def _descend(document: Document, node: Node, path: list[Any]) -> Node:
    """Follows a path of the bundled document through references between files."""
    for key in path:
        value = node.value
        if isinstance(value, dict) and key not in value and "$ref" in value:
            node = document.follow(node)
        below = node.child(key)
        if below.value is None and not (isinstance(node.value, dict) and key in node.value):
            return node
        node = below
    return node


def _by_keywords(document: Document, version: str, already: bool, patterns: set[str]) -> Iterator[_Found]:
    """Errors that no schema can state: identifiers used twice, path parameters without a declaration, defaults of the wrong type, ..."""
    from openapi_schema_validator import oas30_format_checker

    from agentlint.frontends.openapi.validity_keywords import Stopped, registry_for

    bad = frozenset(p for p in patterns if not oas30_format_checker.conforms(p, "regex"))
    registry = registry_for(version, bad)
    stopped: list[Any] = []
    for error in registry["__root__"](DocumentPath(document, document.root, _Resolvers(document))):
        place = getattr(error, "place", None)
        node = place.node if place is not None else document.root
        if isinstance(error, Stopped):
            stopped.append((node, error))
            continue
        yield _problem(_descend(document, node, list(getattr(error, "absolute_path", ()))), error.message)
    if not already:
        for node, error in stopped:
            yield _problem(node, f"could not be checked to the end ({error})")


class _Resolvers:
    """Contents with a resolver for the references inside them, made only where a default is checked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._registry: Any = None

    def __call__(self, node: Node) -> Any:
        from types import SimpleNamespace

        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        if self._registry is None:
            tops = [(f, self._document.top(f)) for f in self._document.files]
            self._registry = Registry().with_resources(
                [(f, DRAFT202012.create_resource(top.value)) for f, top in tops if top is not None]
            )
        return SimpleNamespace(contents=node.value, resolver=self._registry.resolver(base_uri=node.file))


def _misplaced(document: Document) -> Iterator[_Found]:
    """References in place of operations and texts, which the specification allows nowhere: told once, at the first."""
    root, found = document.root, []
    for _, item in document.follow(root.child("paths")).children():
        found += [node for method, node in document.follow(item).children() if method in _OPERATIONS and isinstance(node.value, dict) and "$ref" in node.value]
    told = [tag.child("description") for _, tag in root.child("tags").children()] + [root.child("info").child("description")]
    found += [node for node in told if isinstance(node.value, dict) and "$ref" in node.value]
    if found:
        message = "a reference stands in place of an operation or a text, which only programs that bundle descriptions follow"
        yield _problem(found[0], message + (f" ({len(found)} places)" if len(found) > 1 else ""), "references")


_OPERATIONS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})


def _dangling(document: Document, patterns: set[str]) -> Iterator[_Found]:
    """References that lead nowhere, in every file that was read; what stands on the way as a regular expression is put into `patterns`."""
    checked: set[str] = set()
    while pending := [f for f in document.files if f not in checked]:
        for file in pending:
            checked.add(file)
            top = document.top(file)
            for node in _references(top, patterns) if top is not None else ():
                target = document.target(node.file, node.value["$ref"])
                if isinstance(target, str) and not is_remote(node.value["$ref"]):
                    yield _problem(node.child("$ref"), f"the reference {node.value['$ref']} leads nowhere: {target}", "references")


def _references(top: Node, patterns: set[str]) -> Iterator[Node]:
    """Every reference of a file, and its regular expressions into `patterns`; what stands in examples, defaults and extensions is data, neither of them."""
    stack: list[tuple[Any, Any, bool]] = [(top.value, None, False)]
    while stack:
        value, way, names = stack.pop()
        if isinstance(value, dict):
            if not names:
                if isinstance(value.get("$ref"), str):
                    yield Node(value, top.file, pointer_of(way))
                if "pattern" in value or "patternProperties" in value:
                    patterns.update(patterns_of(value))
            for key, below in value.items():
                if isinstance(below, (dict, list)) and (names or (key not in _DATA and not str(key).startswith("x-"))):
                    stack.append((below, (way, key), not names and key in _NAMING))
        elif isinstance(value, list):
            stack += [(v, (way, i), False) for i, v in enumerate(value) if isinstance(v, (dict, list))]


_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})
_NAMING = frozenset({"properties", "patternProperties", "schemas", "definitions", "$defs", "responses", "parameters", "headers", "requestBodies", "callbacks"})
"""Below these, keys are names that the author chose, not keywords."""
