"""An internal error costs the piece of code that it is about, which a gap names, and never the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.clients import requests_sent
from agentlint.analysis.effects.direct import EffectFinder
from agentlint.errors import TRACEBACK
from agentlint.ir import syntax as s
from agentlint.ir.walk import statements

VIEWS = """\
from flask import Flask
from shop.models import Order, db

app = Flask(__name__)


@app.post("/orders")
def create():
    db.session.add(Order())
    db.session.commit()
    return "", 201


@app.post("/orders/<int:id>/cancel")
def cancel(id):
    order = db.session.get(Order, id)
    order.status = "cancelled"
    db.session.commit()
    return ""
"""
MODELS = """\
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
LIMIT = compute(3)


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    status = db.Column(db.String)

    def total(self):
        return audit(self)
"""
SCRIPT = """\
function first() { fetch("/orders", {method: "POST"}) }
function second() { fetch("/orders/1/cancel", {method: "POST"}) }
"""


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACEBACK, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop" / "static").mkdir(parents=True)
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "views.py").write_text(VIEWS)
    (tmp_path / "shop" / "models.py").write_text(MODELS)
    (tmp_path / "shop" / "static" / "orders.js").write_text(SCRIPT)


def _breaking(monkeypatch: pytest.MonkeyPatch, odd: Callable[[CallSite], bool]) -> None:
    """A bug that shows at some call sites."""
    sound = EffectFinder.at

    def at(self: EffectFinder, site: CallSite) -> object:
        if odd(site):
            raise KeyError("odd")
        return sound(self, site)

    monkeypatch.setattr(EffectFinder, "at", at)


def _report(agentlint: Callable[..., object]) -> tuple[int, dict[str, object], list[tuple[str, int, str]]]:
    found = agentlint("check", ".", "--no-cache", "--format", "json")
    report = json.loads(found.out)  # type: ignore[attr-defined]
    gaps = [(g["file"], g["line"], g["reason"]) for g in report["inventory"]["unresolved_at"] if "bug of agentlint" in g["reason"]]
    return found.code, report, gaps  # type: ignore[attr-defined]


def _effects(report: dict[str, object]) -> dict[str, list[str]]:
    return {o["id"]: [e["target"] for e in o["effects"]] for o in report["operations"]}  # type: ignore[attr-defined, index]


def test_a_function_that_breaks_a_pass_is_left_out_and_named(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    _, sound, _ = _report(agentlint)
    _breaking(monkeypatch, lambda site: site.caller == "shop.views.cancel")
    code, report, gaps = _report(agentlint)
    assert code in (0, 1)
    assert gaps == [("shop/views.py", 15, "left out `cancel`: a bug of agentlint in reading it (KeyError: 'odd')")]
    kept, whole = _effects(report), _effects(sound)
    assert kept.keys() == whole.keys()
    assert [name for name in kept if kept[name] != whole[name]] == [name for name in whole if "cancel" in name]


def test_so_are_methods_and_statements_without_the_rest_of_their_class_or_file(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = ("compute", "audit")
    _breaking(monkeypatch, lambda site: isinstance(site.call.func, s.Name) and site.call.func.id in odd)
    _, report, gaps = _report(agentlint)
    assert [gap[:2] for gap in gaps] == [("shop/models.py", 4), ("shop/models.py", 11)]
    assert "left out this statement" in gaps[0][2] and "left out `Order.total`" in gaps[1][2]
    assert all(models for models in _effects(report).values())


def test_a_plugin_that_comes_with_agentlint_keeps_its_other_routes(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    import agentlint_flask

    sound = agentlint_flask.plugin.call_effects

    def call_effects(site: CallSite, context: object) -> object:
        if site.caller == "shop.views.create":
            raise AttributeError("odd")
        return sound(site, context)

    monkeypatch.setattr(agentlint_flask.plugin, "call_effects", call_effects, raising=False)
    _, report, gaps = _report(agentlint)
    assert [gap[:2] for gap in gaps] == [("shop/views.py", 8)]
    assert [name for name, models in _effects(report).items() if models and "cancel" in name]


def test_a_script_that_cannot_be_followed_costs_its_own_function(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = requests_sent.find_client_calls

    def find_client_calls(modules: tuple[s.Module, ...], gap: object) -> object:
        for module in modules:
            for stmt in statements(module.body):
                if isinstance(stmt, s.Define) and stmt.definition.name == "second" and stmt.definition.body:
                    raise ValueError("odd")
        return sound(modules, gap)

    monkeypatch.setattr(requests_sent, "find_client_calls", find_client_calls)
    _, _, gaps = _report(agentlint)
    assert [gap[:2] for gap in gaps] == [("shop/static/orders.js", 2)]


def test_what_breaks_everywhere_ends_the_run_with_a_clear_message(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    def summarise(*_: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("agentlint.code_facts.summarise", lambda *_: summarise())
    found = agentlint("check", ".", "--no-cache")
    assert found.code == 3 and "internal error: ZeroDivisionError: odd" in found.err and TRACEBACK in found.err


def test_whoever_looks_for_the_bug_gets_the_error_itself(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    _breaking(monkeypatch, lambda site: site.caller == "shop.views.cancel")
    with pytest.raises(KeyError, match="odd"):
        agentlint("check", ".", "--no-cache")
