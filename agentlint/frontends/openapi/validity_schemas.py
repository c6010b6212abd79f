"""Fast answers to "is this valid?" by jsonschema-rs where it is installed; errors are always worded by openapi-spec-validator itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

jsonschema_rs: Any
try:
    import jsonschema_rs
except ImportError:  # no wheel for this machine: the slow way gives the same answers
    jsonschema_rs = None

_DRAFT_4 = "draft-04"
_SECTIONS = ("paths", "webhooks", "definitions", "parameters", "responses")


@cache
def structure_judge(version: str) -> Any:
    """A fast judge of whole documents of a version, None when there is none."""
    from openapi_spec_validator import schemas

    schema = {"2.0": schemas.schema_v2, "3.0": schemas.schema_v30, "3.1": schemas.schema_v31}.get(version, schemas.schema_v32)
    return _judge(dict(schema))


@cache
def schema_judge(dialect: str) -> Any:
    """A fast judge of schemas in the dialect of a version, None when there is none."""
    from openapi_schema_validator import validators

    cls = {"2.0": validators.OAS30Validator, "3.0": validators.OAS30Validator, "3.1": validators.OAS31Validator}.get(dialect, validators.OAS32Validator)
    return _judge(cls.META_SCHEMA)


def _judge(schema: dict[str, Any]) -> Any:
    if jsonschema_rs is None:
        return None
    from openapi_schema_validator._specifications import REGISTRY

    if _DRAFT_4 in str(schema.get("$schema", "")):
        return jsonschema_rs.Draft4Validator(schema, validate_formats=False)
    known = jsonschema_rs.Registry([(uri, REGISTRY.contents(uri)) for uri in REGISTRY])
    return jsonschema_rs.validator_cls_for(schema)(schema, validate_formats=False, registry=known)


def suspects(value: dict[str, Any], version: str) -> dict[str, Any]:
    """The part of a document that holds every structural error: the document without entries that are surely right.
    Entries of the large maps are judged apart by the specification, so that leaving one out changes nothing for the others."""
    judge = structure_judge(version)
    if judge is None:
        return value
    try:
        failing = [tuple(error.instance_path) for error in judge.iter_errors(value)]
    except (ValueError, TypeError, RecursionError):
        return value
    if not failing:
        return {}
    if any((len(path) == 1 and path[0] in (*_SECTIONS, "components")) or (len(path) == 2 and path[0] == "components") for path in failing):
        return value
    return _reduced(value, failing)


def _reduced(value: dict[str, Any], failing: list[tuple[Any, ...]]) -> dict[str, Any]:
    second = {path[:2] for path in failing if len(path) > 1}
    third = {path[:3] for path in failing if len(path) > 2}
    kept: dict[str, Any] = {}
    for key, entry in value.items():
        if key in _SECTIONS and isinstance(entry, dict):
            kept[key] = {k: v for k, v in entry.items() if (key, k) in second}
        elif key == "components" and isinstance(entry, dict):
            kept[key] = {s: {k: v for k, v in of.items() if (key, s, k) in third} if isinstance(of, dict) else of for s, of in entry.items()}
        else:
            kept[key] = entry
    return kept


def surely_valid(schema: Any, version: str, bad_patterns: frozenset[str]) -> bool:
    """True when the metaschema check of a schema cannot give an error."""
    judge = schema_judge(version)
    if judge is None:
        return False
    try:
        if not judge.is_valid(schema):
            return False
    except (ValueError, TypeError, RecursionError):
        return False
    return not bad_patterns or bad_patterns.isdisjoint(patterns_in(schema))


def patterns_in(value: Any) -> Iterator[str]:
    """Every regular expression that a value states, references not followed."""
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            yield from patterns_of(node)
            stack += [v for v in node.values() if isinstance(v, (dict, list))]
        elif isinstance(node, list):
            stack += [v for v in node if isinstance(v, (dict, list))]


def patterns_of(schema: dict[str, Any]) -> Iterator[str]:
    """The regular expressions that a schema states itself."""
    found = schema.get("pattern")
    if isinstance(found, str):
        yield found
    keyed = schema.get("patternProperties")
    if isinstance(keyed, dict):
        yield from keyed
