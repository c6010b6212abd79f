"""Each framework fixture gives exactly the routes written beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.calls.sites import resolve_calls
from agentlint.analysis.program import build_program
from agentlint.analysis.types.inference import infer_types
from agentlint.extension.framework import Context
from agentlint.extension.loading import load_frameworks
from agentlint.frontends.openapi import load
from agentlint.frontends.python import lower
from agentlint.ir.description import Description
from agentlint.ir.operations import Route
from agentlint.knowledge import load_library
from agentlint.reading import module_name

FIXTURES = Path(__file__).parents[3] / "fixtures" / "frameworks"
CASES = sorted(p for p in FIXTURES.iterdir() if p.is_dir())


def routes_of(folder: Path) -> list[str]:
    library = load_library()
    files = sorted(folder.rglob("*.py"))
    modules = [lower(f.read_bytes(), str(f.relative_to(folder)), *module_name(str(f.relative_to(folder)))) for f in files]
    program = build_program(modules, library)
    gaps: list[str] = []
    documents = tuple(d for f in sorted(folder.rglob("*.yaml")) if isinstance(d := load(f.read_bytes(), str(f.relative_to(folder)), lambda _: None), Description))
    context = Context(program, library, lambda file, line, reason, *kind: gaps.append(f"gap {file}:{line}: {reason}"), documents)
    frameworks = [f for f in load_frameworks()[0] if f.detect(program)]
    extra: dict[str, dict[str, object]] = {}
    for framework in frameworks:
        program.add_lineages(dict(framework.lineages(context)))
    for framework in frameworks:
        for class_id, attributes in framework.attribute_types(context).items():
            extra.setdefault(class_id, {}).update(attributes)
    types = infer_types(program, library, extra)  # type: ignore[arg-type]
    context = context.with_facts(types, resolve_calls(program, types, library))
    routes = [route for framework in frameworks for route in framework.routes(context)]
    return sorted(map(_line, routes)) + sorted(gaps)


def _line(route: Route) -> str:
    guards = ",".join(dict.fromkeys(g.kind for g in route.guards))
    effects = " ".join(f"{e.operation}:{e.target}({','.join(e.fields)})" for e in route.effects)
    parts = [f"{route.method:6} {route.path}", f"-> {route.symbol}", f"{route.file}:{route.line}", f"[{guards}]", route.renders, effects]
    return "  ".join(filter(None, parts))


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_routes(folder: Path, update_golden: bool) -> None:
    found = "\n".join(routes_of(folder)) + "\n"
    golden = folder / "routes.txt"
    if update_golden:
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")
