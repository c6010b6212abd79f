"""Decisions, bypassing writes and model calls, one small program a case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentlint.analysis.auditing import Audited, Linked, audit
from agentlint.analysis.callers.guards import GuardFinder
from agentlint.analysis.calls.sites import resolve_calls
from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.effects.summaries import summarise
from agentlint.analysis.operations import Reach, build_entries
from agentlint.analysis.program import build_program
from agentlint.analysis.types.inference import infer_types
from agentlint.extension.framework import Context
from agentlint.extension.loading import load_frameworks
from agentlint.frontends.python import lower
from agentlint.ir.decisions import Decision
from agentlint.knowledge import load_library

CASES = sorted((Path(__file__).parents[3] / "fixtures" / "decisions").glob("*.py"))
_SAID = re.compile(r"# ((?:expect|none|bypass|call|approved|unapproved): .+)$")
"""What a case says, on a line of its own or behind the code."""
ANSWERS = {"true": True, "false": False, "null": None}


def _audited(path: Path) -> Audited:
    library = load_library()
    program = build_program([lower(path.read_bytes(), path.name, path.stem)], library)
    context = Context(program, library, lambda file, line, reason, *kind: None)
    used = [f for f in load_frameworks()[0] if f.detect(program)]
    extra: dict = {}
    for framework in used:
        for name, attributes in framework.attribute_types(context).items():
            extra.setdefault(name, {}).update(attributes)
    types = infer_types(program, library, extra)
    edges = [edge for f in used for edge in f.deferred(context.with_facts(types))]
    calls = resolve_calls(program, types, library, edges)
    later = context.with_facts(types, calls)
    finder = EffectFinder(program, types, calls, library, tuple(lambda site, f=f: f.call_effects(site, later) for f in used))
    summaries = summarise(program, calls, finder, finder.all())
    entries = build_entries([r for f in used for r in f.routes(later)], Reach(program, summaries), GuardFinder(program, calls, library))
    told = tuple(mechanism for f in used for mechanism in f.mechanisms(later))
    return audit(Linked(program, types, calls, library, finder.models, summaries, entries, told))


def _picked(rows: list[Decision], wanted: list[str]) -> list[Decision]:
    for word in wanted:
        if word.startswith("@"):
            rows = [r for r in rows if word[1:] in " ".join(s.text for s in r.path) + r.decision]
        elif word[:1].isupper():
            rows = [r for r in rows if r.effect.target == word]
        elif word == "change":
            rows = [r for r in rows if r.effect.operation in ("update", "write")]
        elif word not in ("who", "what", "why", "none", "model", "rule"):
            rows = [r for r in rows if word in (r.effect.operation, r.effect.kind, r.effect.target, *r.effect.fields)]
    return rows


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    found = _audited(path)
    lines = [m.group(1).split() for line in path.read_text(encoding="utf-8").splitlines() if (m := _SAID.search(line))]
    assert lines, "a case says what it expects"
    for kind, symbol, *wanted in lines:
        if kind == "expect:":
            rows = _picked([r for r in found.decisions if r.symbol == symbol], wanted[1:])
            assert wanted[0] in [r.status for r in rows], f"{symbol}: {[(r.decision, r.status, r.effect.fields) for r in rows]}"
            row = next(r for r in rows if r.status == wanted[0])
            assert bool(row.path) == (row.status != "audited")
            if row.status == "audited":
                held = {name for name in ("who", "what", "why") if getattr(row.records, name)}
                asked = set(wanted) & {"who", "what", "why"}
                assert not asked or held == asked, symbol
                assert row.audit
            assert "model" not in wanted or row.source == "model"
            assert "rule" not in wanted or row.source == "rule"
        elif kind == "none:":
            rows = _picked([r for r in found.decisions if r.symbol == symbol], wanted)
            assert not rows, f"{symbol}: {[(r.decision, r.status) for r in rows]}"
        elif kind == "bypass:":
            assert symbol in [b.effect.function.rpartition(".")[2] for b in found.bypasses]
        elif kind == "call:":
            call = next(c for c in found.model_calls if c.symbol == symbol)
            assert call.provider == wanted[0]
            for field, value in (part.split("=") for part in wanted[1:]):
                assert getattr(call, field) is ANSWERS[value], f"{symbol}.{field}"
    said = {symbol: wanted[0] if wanted else "" for kind, symbol, *wanted in lines if kind == "unapproved:"}
    silent = {symbol for kind, symbol, *_ in lines if kind == "approved:"}
    causes = {row.symbol: row.cause for row in found.unapproved}
    assert not silent & causes.keys()
    if said or silent:
        assert causes == {symbol: cause or causes.get(symbol) for symbol, cause in said.items()}
