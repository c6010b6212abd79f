"""An overlay of what can be derived: every target is there, applying it helps, stubs change no verdict."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from agentlint.app import run
from agentlint.cli.main import main
from agentlint.errors import AgentlintError
from agentlint.findings import Report
from agentlint.fixes.overlay import Update, applied, target
from agentlint.fixing import overlay
from agentlint.options import Options

API = """\
openapi: 3.0.3
info: {title: Desk, version: '1'}
security: [{key: []}]
paths:
  /tickets:
    get:
      parameters: [{$ref: '#/components/parameters/Limit'}]
      responses:
        200: {description: all, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Ticket'}}}}}
        default: {$ref: '#/components/responses/Wrong'}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}
      responses:
        201: {description: made, content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}
        default: {$ref: '#/components/responses/Wrong'}
  /tickets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: readTicket
      responses: {200: {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}}
    patch:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}
      responses: {200: {description: one, content: {application/json: {schema: {$ref: '#/components/schemas/Ticket'}}}}}
  /tickets/{id}/notes:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      responses: {200: {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {text: {type: string}}}}}}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  parameters: {Limit: {name: limit, in: query, schema: {type: integer}}}
  responses:
    Wrong: {description: what went wrong, content: {application/problem+json: {schema: {type: object, properties: {title: {type: string}}}}}}
  schemas: {Ticket: {type: object, properties: {id: {type: string, readOnly: true}, title: {type: string}}}}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "openapi.yaml").write_text(API)
    return tmp_path / "openapi.yaml"


def with_overlay(description: Path, text: bytes) -> tuple[dict[str, object], Report]:
    """The description with an overlay applied, as another tool would do it, and what is judged of it."""
    document, actions = yaml.safe_load(description.read_text()), yaml.safe_load(text)["actions"]
    updates = [Update(keys_of(a["target"]), a["update"]) for a in actions]
    assert [target(u) for u in updates] == [a["target"] for a in actions] and applied(document, updates) == len(updates)
    (description.parent / "after").mkdir()
    after = description.parent / "after" / "openapi.json"
    after.write_text(json.dumps(document))
    return document, run(Options(after))[0]


def keys_of(path: str) -> tuple[str, ...]:
    return tuple(a or b for a, b in re.findall(r"\['([^']*)'\]|\.(\w+)", path))


def test_what_is_derived_helps_when_it_is_applied(desk: Path) -> None:
    """Names, hints, the error answer and the pages that others have, links; nothing new is found."""
    made = overlay(Options(desk), desk.with_name("out.yaml"))
    document, after = with_overlay(desk, made.text)
    before = run(Options(desk))[0]
    item = document["paths"]["/tickets/{id}"]  # type: ignore[index]
    assert dict(made.counts) == {"names": 4, "hints": 5, "errors": 3, "pages": 1, "links": 3, "stubs": 1}
    assert item["get"]["responses"]["default"] == {"$ref": "#/components/responses/Wrong"}
    assert item["get"]["x-mcp"] == {"annotations": {"readOnlyHint": True, "destructiveHint": False, "idempotentHint": True}}
    links = document["paths"]["/tickets"]["post"]["responses"][201]["links"]  # type: ignore[index]
    assert links["readTicket"] == {"operationId": "readTicket", "parameters": {"id": "$response.body#/id"}}
    assert len(after.findings) < len(before.findings)
    assert (after.scores.agent_ready.score or 0) > (before.scores.agent_ready.score or 0)


def test_a_proposal_is_no_operation(desk: Path) -> None:
    """The stub is marked; until the mark goes, the deletion is missing and said to be proposed."""
    made = overlay(Options(desk), desk.with_name("out.yaml"))
    document, after = with_overlay(desk, made.text)
    stub = document["paths"]["/tickets/{id}"]["delete"]  # type: ignore[index]
    assert stub["operationId"] == "deleteTicket" and "nothing deletes" in stub["x-agentlint-proposal"]
    assert [r.status for r in after.lifecycles if r.transition == "delete"] == ["missing"]
    assert any("DELETE /tickets/{id} is marked as a proposal" in g.reason for g in after.inventory.gaps)


def test_the_command_writes_it_and_says_what_it_is_worth(desk: Path) -> None:
    """To a file in another folder, which names the description from there."""
    (desk.parent / "made").mkdir()
    result = CliRunner().invoke(main, ["fix", str(desk), "--overlay", str(desk.parent / "made" / "out.yaml")], standalone_mode=False)
    assert result.exception is None and "4 names" in result.stderr and "with it applied" in result.stderr
    assert yaml.safe_load((desk.parent / "made" / "out.yaml").read_text())["extends"] == "../openapi.yaml"


def test_an_overlay_extends_one_description(desk: Path) -> None:
    """Two in one folder: which one is for the person to say."""
    desk.with_name("other.yaml").write_text(API)
    with pytest.raises(AgentlintError, match=r"holds 2 API descriptions: openapi\.yaml, other\.yaml"):
        overlay(Options(desk.parent), desk.with_name("out.yaml"))
