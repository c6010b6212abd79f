"""`agentlint plan`: a chain as Arazzo, an operation out of reach, a name that is nearly right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from agentlint.cli.main import main
from agentlint.errors import AgentlintError

DEPOT = Path(__file__).parents[2] / "fixtures" / "descriptions" / "depot.yaml"
WORKSHOP = """\
openapi: 3.1.0
info: {title: Workshop, version: '1'}
paths:
  /jobs:
    get:
      operationId: listJobs
      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Job'}}}}}
  /jobs/{job_id}/parts:
    post:
      parameters: [{name: job_id, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {type: object, required: [label], properties: {label: {type: string}}}}}}
      responses: {'201': {description: added}}
  /sessions/{cookie_value}:
    delete:
      operationId: endSession
      parameters: [{name: cookie_value, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: ended}}
components:
  schemas:
    Job: {type: object, properties: {id: {type: string}, name: {type: string}}}
"""


def plan(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["plan", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.return_value or 0, result.stdout, result.stderr


@pytest.fixture
def workshop(tmp_path: Path) -> str:
    (tmp_path / "workshop.yaml").write_text(WORKSHOP)
    return str(tmp_path / "workshop.yaml")


def test_the_chain_is_written_as_arazzo(workshop: str) -> None:
    """What an answer gives is an output, what the caller brings an input."""
    code, out, _ = plan("POST /jobs/{job_id}/parts", workshop)
    document = yaml.safe_load(out)
    first, second = document["workflows"][0]["steps"]
    assert code == 0 and document["arazzo"] == "1.0.1" and document["sourceDescriptions"][0]["url"] == "./workshop.yaml"
    assert (first["operationId"], first["outputs"]) == ("listJobs", {"job_id": "$response.body#/0/id"})
    assert second["operationPath"] == "{$sourceDescriptions.api.url}#/paths/~1jobs~1{job_id}~1parts/post"
    assert second["parameters"] == [{"name": "job_id", "in": "path", "value": "$steps.listJobs.outputs.job_id"}]
    assert second["requestBody"]["payload"] == {"label": "$inputs.label"}


def test_what_it_writes_is_taken_back_as_evidence(workshop: str) -> None:
    """A plan beside its description is read, and its steps name operations that are there."""
    from agentlint.app import run
    from agentlint.options import Options

    target = Path(workshop).with_name("parts.arazzo.yaml")
    assert plan("POST /jobs/{job_id}/parts", workshop, "-o", str(target))[0] == 0
    report, _ = run(Options(target.parent))
    assert not [f for f in report.findings if f.file == target.name]
    assert any("the workflow" in i.evidence for i in report.identifiers)


def test_what_is_missing_is_told(workshop: str) -> None:
    """No file for an operation out of reach."""
    code, out, err = plan("endSession", workshop)
    assert (code, out) == (1, "") and "cookie_value: only a browser receives it" in err


def test_a_slip_is_answered_with_the_nearest_name(workshop: str) -> None:
    """So that nobody has to look it up."""
    with pytest.raises(AgentlintError, match="did you mean 'endSession'"):
        plan("endSesion", workshop)
