"""The keyword checks of openapi-spec-validator, each telling its place, with sets for its lists (searching those was half of its time)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator.validation import keywords
from openapi_spec_validator.validation.registries import KeywordValidatorRegistry
from openapi_spec_validator.validation.validators import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator, OpenAPIV31SpecValidator, OpenAPIV32SpecValidator

from agentlint.frontends.openapi.validity_paths import DocumentPath
from agentlint.frontends.openapi.validity_schemas import surely_valid

_BY_VERSION = {"2.0": OpenAPIV2SpecValidator, "3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator, "3.2": OpenAPIV32SpecValidator}
_RAISED = (KeyError, TypeError, AttributeError, AssertionError, ValueError, IndexError, RecursionError)
"""What the checks raise on documents whose structure is wrong; the structural errors say what is."""


class _Seen(set):  # type: ignore[type-arg]
    """A set with the one method of a list that the checks use."""

    def append(self, item: Any) -> None:
        self.add(item)


class Stopped(Exception):
    """A check that could not go on."""


def registry_for(version: str, bad_patterns: frozenset[str]) -> Any:
    """The checks of a version, each reporting its place."""
    chosen = _BY_VERSION.get(version, OpenAPIV32SpecValidator)
    checks = {name: _sparing(_located(_faster(check, version, bad_patterns))) for name, check in chosen.keyword_validators.items() if name != "__root__"}
    return KeywordValidatorRegistry({"__root__": keywords.RootValidator, **checks})


def _located(base: Any) -> Any:
    """The check, whose errors get an attribute `place`: the innermost path they were found at."""

    class Located(base):  # type: ignore[misc]
        def __call__(self, *args: Any, **options: Any) -> Iterator[Any]:
            place = next((a for a in args if isinstance(a, DocumentPath)), None)
            try:
                for error in super().__call__(*args, **options):
                    if getattr(error, "place", None) is None:
                        error.place = place
                    yield error
            except _RAISED as error:
                stopped = Stopped(f"{type(error).__name__}: {error}")
                stopped.place = place  # type: ignore[attr-defined]
                yield stopped

    Located.__name__ = base.__name__
    return Located


def _sparing(base: Any) -> Any:
    """A check of schemas that does not even begin with those in which nothing is left to check: most schemas are a type and a text."""
    if not issubclass(base, keywords.SchemaValidator):
        return base

    class Sparing(base):  # type: ignore[misc]
        def __call__(self, schema: Any, require_properties: bool = True, meta_checked: bool = False) -> Any:
            value = schema.read_value() if meta_checked else None
            if isinstance(value, dict) and (_CHECKED.isdisjoint(value) or id(value) in self.visited_schema_ids):
                return ()
            return super().__call__(schema, require_properties, meta_checked)

    Sparing.__name__ = base.__name__
    return Sparing


_CHECKED = frozenset({"allOf", "anyOf", "oneOf", "not", "items", "properties", "default"})
"""Keywords at which the check of a schema looks, once its own form is known to be right."""


def _faster(base: Any, version: str, bad_patterns: frozenset[str]) -> Any:
    if issubclass(base, keywords.OperationValidator):
        return _operation(base)
    if issubclass(base, keywords.SchemaValidator):
        return _schema(base, version, bad_patterns)
    return base


def _operation(base: Any) -> Any:
    class Operation(base):  # type: ignore[misc]
        def __init__(self, registry: Any) -> None:
            super().__init__(registry)
            self.operation_ids_registry = _Seen()

    return Operation


def _schema(base: Any, version: str, bad_patterns: frozenset[str]) -> Any:
    class Schema(base):  # type: ignore[misc]
        def __init__(self, registry: Any) -> None:
            super().__init__(registry)
            self.visited_schema_ids = _Seen()
            self.meta_checked_schema_ids = _Seen()

        def _validate_schema_meta(self, schema: Any, value: Any) -> Any:
            if version == "2.0" and isinstance(value, dict) and value.get("type") == "file":
                return None  # a file as an answer: the schema of the whole document knows where that may stand
            own_dialect = (isinstance(value, dict) and "$schema" in value) or "jsonSchemaDialect" in schema._clone_with_parts(())
            if not own_dialect and surely_valid(value, version, bad_patterns):
                return None
            return super()._validate_schema_meta(schema, value)

        def _collect_properties(self, schema: Any) -> set[str]:
            """All property names reachable, as the original, but safe in circles."""
            found: set[str] = set()
            seen: set[int] = set()
            stack = [schema]
            while stack:
                path = stack.pop()
                value = path.read_value()
                if id(value) in seen or not isinstance(value, dict):
                    continue
                seen.add(id(value))
                if "properties" in path:
                    found.update((path / "properties").keys())
                stack += [sub for key in ("allOf", "anyOf", "oneOf") if key in path for sub in path / key]
                stack += [path / key for key in ("items", "not") if key in path]
            return found

    return Schema
