"""A description in many files is judged as the same description in one, and each finding stands in the author's own file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentlint.app import run
from agentlint.findings import Report
from agentlint.frontends.openapi.reading import parse
from agentlint.options import Options

DESCRIPTIONS = Path(__file__).parents[2] / "fixtures" / "descriptions"
_METHODS = ("get", "put", "post", "patch", "delete")


def written_apart(document: dict[str, Any], folder: Path) -> Path:
    """Each schema, each operation and the description of the whole in a file of its own, as people write large descriptions."""
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in schemas.items():
        _write(folder / "schemas" / f"{name}.yaml", _moved(schema, "./"))
        schemas[name] = {"$ref": f"schemas/{name}.yaml"}
    for number, item in enumerate(document["paths"].values()):
        for method in _METHODS:
            if method in item:
                _write(folder / "operations" / f"{number}-{method}.yaml", _moved(item[method], "../schemas/", "../openapi.yaml"))
                item[method] = {"$ref": f"operations/{number}-{method}.yaml"}
    _write(folder / "openapi.yaml", document)
    return folder / "openapi.yaml"


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _moved(value: Any, schemas: str, root: str = "../openapi.yaml") -> Any:
    """With references as they are from where it stands now."""
    if isinstance(value, dict):
        said = value.get("$ref")
        if isinstance(said, str) and said.startswith("#/components/schemas/"):
            return {"$ref": f"{schemas}{said.rsplit('/', 1)[1]}.yaml"}
        return {"$ref": f"{root}{said}"} if isinstance(said, str) else {k: _moved(v, schemas, root) for k, v in value.items()}
    return [_moved(v, schemas, root) for v in value] if isinstance(value, list) else value


def verdicts(report: Report) -> Iterator[tuple[Any, ...]]:
    """Everything that is judged, without where it stands."""
    for o in report.operations:
        yield "operation", o.method, o.path, o.action, o.resource, o.changes_state, o.browser_only, o.automation
    for row in report.lifecycles:
        yield "step", row.resource, row.schema, row.transition, row.status, row.operation
    for one in report.identifiers:
        yield "identifier", one.operation, one.parameter, one.status, one.producer
    for tool in report.tools:
        yield "tool", tool.operation, tool.tokens, tool.usable, tool.lacks
    for chain in report.chains:
        yield "chain", chain.operation, tuple(call.operation for call in chain.calls)
    for contract in report.contracts:
        yield "told", contract.clauses
    for finding in report.findings:
        if finding.rule != "invalid-api-description":
            yield "finding", finding.rule, finding.severity, finding.message
    yield "score", report.scores.agent_ready.score


@pytest.mark.parametrize("name", [path.stem for path in sorted(DESCRIPTIONS.glob("*.yaml"))])
def test_split_or_in_one_file_the_verdict_is_the_same(name: str, tmp_path: Path) -> None:
    document = parse((DESCRIPTIONS / f"{name}.yaml").read_bytes(), name).value
    one, _ = run(Options(DESCRIPTIONS / f"{name}.yaml"))
    written_apart(document, tmp_path)
    many, _ = run(Options(tmp_path))
    assert sorted(map(repr, verdicts(many))) == sorted(map(repr, verdicts(one)))
    assert not many.inventory.gaps
    homes = {f.file.split("/")[0] for f in many.findings}
    assert homes <= {"openapi.yaml", "operations", "schemas"}
    told = [f.message for f in many.findings if f.rule == "invalid-api-description" and f not in one.findings]
    assert len(told) == 1 and "a reference stands in place of an operation" in told[0]
    for finding in many.findings:
        assert 1 <= finding.line <= len((tmp_path / finding.file).read_text(encoding="utf-8").splitlines())


def test_errors_in_other_files_stand_there(tmp_path: Path) -> None:
    """Twice the same reference in a list is an error; two references into one further file are none."""
    document = yaml.safe_load((DESCRIPTIONS / "ferry.yaml").read_text(encoding="utf-8"))
    written_apart(document, tmp_path)
    for name in ("page", "size", "order"):
        _write(tmp_path / "parameters" / f"{name}.yaml", {"name": name, "in": "query", "description": f"Which {name}.", "schema": {"type": "string"}})
    for number, broken in ((0, False), (1, True)):
        path = tmp_path / "operations" / f"{number}-get.yaml"
        operation = yaml.safe_load(path.read_text(encoding="utf-8"))
        operation["parameters"] += [{"$ref": f"../parameters/{name}.yaml"} for name in ("page", "size", "order")]
        if broken:
            operation["deprecated"] = "perhaps"
        _write(path, operation)
    found = [f for f in run(Options(tmp_path))[0].findings if f.rule == "invalid-api-description" and "stands in place" not in f.message]
    assert [f.file for f in found] == ["operations/1-get.yaml"]
    assert (tmp_path / found[0].file).read_text(encoding="utf-8").splitlines()[found[0].line - 1].startswith("deprecated")
