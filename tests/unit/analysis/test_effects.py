"""Direct effects of small programs: every annotated line has exactly its effects, every other line none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from agentlint.analysis.calls.sites import resolve_calls
from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.types.inference import infer_types
from agentlint.extension.framework import Context
from agentlint.extension.loading import load_frameworks
from agentlint.ir.effects import Effect
from tests.unit.analysis.harness import library, program_of

FIXTURES = sorted((Path(__file__).parents[3] / "fixtures" / "effects").glob("*.py"))
_MARK = re.compile(r"# -> (.*)$")


def effects_of(text: str) -> list[Effect]:
    """Direct effects of one file, with the frameworks that come along."""
    program = program_of({"shop/code.py": text})
    context = Context(program, library(), lambda file, line, reason, *kind: None)
    used = [f for f in load_frameworks()[0] if f.detect(program)]
    extra: dict[str, dict[str, object]] = {}
    for framework in used:
        for class_id, attributes in framework.attribute_types(context).items():
            extra.setdefault(class_id, {}).update(attributes)
    types = infer_types(program, library(), extra)  # type: ignore[arg-type]
    calls = resolve_calls(program, types, library())
    found = EffectFinder(program, types, calls, library()).all()
    return [effect for effects in found.values() for effect in effects]


def written(effect: Effect) -> str:
    """An effect as fixtures write it."""
    parts = [effect.kind, effect.operation, effect.target or "-", ",".join(effect.fields), effect.verb, "!" if effect.incidental else ""]
    parts += [effect.confidence if effect.confidence != "high" else "", f"when {','.join(effect.methods)}" if effect.methods else ""]
    return " ".join(p for p in parts if p)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.stem)
def test_effects(path: Path) -> None:
    text = path.read_text()
    expected = {n: m.group(1) for n, line in enumerate(text.splitlines(), 1) if (m := _MARK.search(line))}
    found: dict[int, list[str]] = {}
    for effect in effects_of(text):
        found.setdefault(effect.line, []).append(written(effect))
    assert {line: " + ".join(sorted(texts)) for line, texts in sorted(found.items())} == expected
