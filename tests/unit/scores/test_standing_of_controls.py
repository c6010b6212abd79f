"""What nothing in a system can be held against is not applicable, and says why; it is never counted as met."""

from __future__ import annotations

from agentlint.ir.controls import Control
from agentlint.ir.decisions import ModelCall
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.rules.catalog import built_in_rules
from agentlint.scores import Counted
from agentlint.scores.controls import standing

RULES = tuple(loaded.info for loaded in built_in_rules())
CALL = ModelCall("desk.py", 3, "screen", "responses.create", "openai")
OPERATION = Operation("api:POST /x", "api", "POST", "/x", "a.py", 1, "x", "create", "x", True)


def _reason(rules: tuple[str, ...], counted: Counted, calls: tuple[ModelCall, ...] = (), on_models: bool = False) -> str:
    control = Control("1", "Act", "1", "something", rules, "https://example.org", on_models=on_models)
    return standing([control], RULES, counted, calls)[0].not_applicable


def test_a_document_on_models_says_nothing_about_a_system_without_one() -> None:
    """Also where its rules have something to judge: endpoints of a system without a model are no evidence about it."""
    counted = Counted(Inventory(), (OPERATION,))
    assert _reason(("irreversible-effect-without-approval",), counted, (), on_models=True) == "no model is called or decides here"
    assert _reason(("irreversible-effect-without-approval",), counted, (CALL,), on_models=True) == ""
    assert _reason(("irreversible-effect-without-approval",), counted) == ""


def test_no_decision_and_no_description_are_no_pass() -> None:
    """Each category of rules has its own things to judge."""
    assert _reason(("unaudited-decision-path",), Counted(Inventory(), (OPERATION,))) == "no decision was found"
    assert _reason(("undocumented-operation",), Counted(Inventory(), (OPERATION,))) == "no API description was read"
    assert _reason(("undocumented-operation",), Counted(Inventory(specs=("openapi.yaml",)), (OPERATION,))) == ""
    assert _reason(("model-call-without-budget",), Counted(Inventory())) == "no model is called"


def test_rules_that_were_not_run_say_nothing() -> None:
    """A rule switched off leaves its clause unjudged."""
    control = Control("1", "Act", "1", "something", ("unaudited-decision-path",), "https://example.org")
    assert standing([control], (), Counted(Inventory()), ())[0].not_applicable == "none of its rules was run"
