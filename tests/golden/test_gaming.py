"""Scores of a description cannot be talked up: what hurts an agent lowers the right part, or there is nothing to judge; `docs/gaming.md` shows the table."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentlint.app import Options, run
from agentlint.findings import Question

ROOT = Path(__file__).parents[2]
FERRY = yaml.safe_load((ROOT / "fixtures" / "descriptions" / "ferry.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "patch", "put", "delete")
Document = dict[str, Any]


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def without(document: Document, drop: Callable[[str, str], bool]) -> Document:
    for path, method in [(p, m) for p, m, _ in operations(document) if drop(p, m)]:
        del document["paths"][path][method]
    document["paths"] = {p: i for p, i in document["paths"].items() if any(m in i for m in METHODS)}
    return document


def no_writes(document: Document) -> Document:
    return without(document, lambda _, method: method != "get")


def no_lists(document: Document) -> Document:
    return without(document, lambda path, _: not path.endswith(("}", "payment")))


def no_creates(document: Document) -> Document:
    return without(document, lambda path, method: (path, method) == ("/bookings", "post"))


def browser_grant(document: Document) -> Document:
    flow = {"authorizationUrl": "https://ferry.example/login", "scopes": {"write": "book and pay"}}
    document["components"]["securitySchemes"]["machine"] = {"type": "oauth2", "flows": {"implicit": flow}}
    return document


def no_errors(document: Document) -> Document:
    for _, _, operation in operations(document):
        operation["responses"].pop("default")
    return document


def spoilt(value: Any, said: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        texts = ("description", "summary", "title", "format", "example")
        return {k: said(v) if k in texts and isinstance(v, str) else spoilt(v, said) for k, v in value.items()}
    return [spoilt(v, said) for v in value] if isinstance(value, list) else value


def all_texts_x(document: Document) -> Document:
    return spoilt(document, lambda _: "x")  # type: ignore[no-any-return]


def filler(document: Document) -> Document:
    more = " This powerful and versatile endpoint seamlessly handles everything that you need." * 5
    return spoilt(document, lambda text: text + more if " " in text else text)  # type: ignore[no-any-return]


def one_page(document: Document) -> Document:
    answer = {"200": {"description": "A page", "content": {"text/html": {"schema": {"type": "string"}}}}}
    document["paths"] = {"/do": {"post": {"operationId": "do", "summary": "Do what the form says", "responses": answer}}}
    return document


def no_paths(document: Document) -> Document:
    document["paths"] = {}
    return document


def no_deletion(document: Document) -> Document:
    return without(document, lambda _, method: method == "delete")


def turned_round(document: Document) -> Document:
    document["paths"] = {p: dict(reversed(i.items())) for p, i in reversed(document["paths"].items())}
    document["components"]["schemas"] = dict(reversed(document["components"]["schemas"].items()))
    return document


def renamed(document: Document) -> Document:
    text = json.dumps(document)
    for old, new in (("ooking", "icket"), ("rossing", "assage"), ("Ferry", "Boat")):
        text = text.replace(old, new)
    return json.loads(text)  # type: ignore[no-any-return]


def no_pace(document: Document) -> Document:
    document["info"]["description"] = "Crossings and bookings of a ferry line."
    return document


def no_idempotency(document: Document) -> Document:
    document["paths"]["/bookings"]["post"].pop("parameters")
    return document


ROWS: tuple[tuple[str, Callable[[Document], Document] | None], ...] = (
    ("as it is", None), ("all write operations deleted", no_writes), ("all lists and creates deleted", no_lists), ("the create deleted", no_creates), ("a browser's implicit grant alone", browser_grant),
    ("every error answer removed", no_errors), ('every text set to "x"', all_texts_x), ("filler added to every text", filler),
    ("one operation that answers with a page", one_page), ("no paths at all", no_paths), ("the deletion removed", no_deletion),
    ("the idempotency key removed", no_idempotency), ("what is said on the pace removed", no_pace), ("paths and schemas in another order", turned_round), ("everything renamed", renamed),
)
"""What is done to the description."""


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[Callable[[Document], Document] | None], Question]:
    def ask(change: Callable[[Document], Document] | None) -> Question:
        document = copy.deepcopy(FERRY)
        (tmp_path / "openapi.json").write_text(json.dumps(change(document) if change else document), encoding="utf-8")
        return run(Options(tmp_path))[0].scores.agent_ready

    return ask


def parts(question: Question) -> dict[str, float | None]:
    return {name: part.score for name, part in question.parts.items()}


def lower(changed: Question, than: Question, part: str, by: float) -> None:
    """The part and the whole fall, and no part rises; or nothing is judged at all."""
    if changed.score is None:
        return
    before, after = parts(than), parts(changed)
    assert before[part] is not None and after[part] is not None
    assert after[part] <= before[part] - by  # type: ignore[operator]
    assert changed.score < than.score  # type: ignore[operator]
    assert all(value is None or value <= before[name] for name, value in after.items())  # type: ignore[operator]


@pytest.mark.parametrize(("change", "part", "by"), [
    (no_lists, "operate", 20), (no_creates, "reach", 5), (browser_grant, "reach", 70), (browser_grant, "operate", 60), (no_errors, "operate", 10), (all_texts_x, "operate", 15),
    (no_deletion, "reach", 5), (no_idempotency, "safe", 5), (no_pace, "operate", 3),
])
def test_what_hurts_lowers_its_part(asked, change: Callable[[Document], Document], part: str, by: float) -> None:
    lower(asked(change), asked(None), part, by)


@pytest.mark.parametrize("change", [no_writes, no_paths])
def test_where_nothing_can_be_done_there_is_nothing_to_judge(asked, change: Callable[[Document], Document]) -> None:
    question = asked(change)
    assert (question.score, question.level) == (None, "nothing to judge")


def test_an_operation_that_answers_with_a_page_earns_little(asked) -> None:
    question = asked(one_page)
    assert question.level == "hardly" and question.score < 10


def test_filler_raises_nothing(asked) -> None:
    before, after = parts(asked(None)), parts(asked(filler))
    assert all(after[name] <= before[name] for name in before)  # type: ignore[operator]


@pytest.mark.parametrize("change", [turned_round, renamed])
def test_names_and_order_move_nothing(asked, change: Callable[[Document], Document]) -> None:
    assert parts(asked(change)) == parts(asked(None))


def test_adding_what_is_missing_raises_the_score(asked) -> None:
    assert asked(None).score > asked(no_deletion).score


def test_the_page_shows_these_very_numbers(asked, update_golden: bool) -> None:
    """The table of `docs/gaming.md`."""
    shown = ["| what is done to it | score | level | reach | operate | safe |", "| --- | ---: | --- | ---: | ---: | ---: |"]
    for name, change in ROWS:
        question = asked(change)
        numbers = ["-" if value is None else f"{value:g}" for value in parts(question).values()]
        shown.append(f"| {name} | {'-' if question.score is None else f'{question.score:g}'} | {question.level} | {' | '.join(numbers)} |")
    page = ROOT / "docs" / "gaming.md"
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition("| what is done")
    tail = rest.partition("\n\n")[2]
    actual = head + "\n".join(shown) + "\n\n" + tail
    if update_golden:
        page.write_text(actual, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == actual
