"""The law of the house: who may import whom, types, style, sizes, and the same bytes for the same input."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(p for folder in ("agentlint", "plugins") for p in (ROOT / folder).rglob("*.py"))
MOST_LINES, MANY_LINES, MANY_SHARE = 400, 300, 0.06
MOST_FUNCTION_LINES = 60


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, env={**os.environ, **environment})


def test_rooms_import_only_what_they_may() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))},
    )
    assert found.returncode == 0, found.stdout


def test_types() -> None:
    found = run("mypy", "--no-error-summary", "--cache-dir", os.devnull)
    assert found.returncode == 0, found.stdout


def test_style() -> None:
    found = run("ruff", "check", "--no-cache", "agentlint", "plugins", "tests")
    assert found.returncode == 0, found.stdout


def test_files_are_small() -> None:
    lengths = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    assert [str(p) for p, n in lengths.items() if n > MOST_LINES] == []
    assert sum(n > MANY_LINES for n in lengths.values()) <= MANY_SHARE * len(lengths)


def test_functions_are_small() -> None:
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES:
                long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert long == []


def test_no_room_for_everything() -> None:
    assert [str(p) for p in SOURCES if p.stem in ("utils", "helpers", "common", "misc", "core")] == []


@pytest.mark.parametrize("folder", ["frontends", "rules", "scores", "reporters"])
def test_frameworks_are_named_in_plugins_and_knowledge_alone(folder: str) -> None:
    names = re.compile(r"\b(django|flask|fastapi|tornado|starlette|sqlalchemy)\.[a-z_]+\.", re.IGNORECASE)
    guilty = []
    for path in sorted((ROOT / "agentlint" / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value and names.search(node.value):
                guilty.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert guilty == []


def report(system: str, seed: str, workers: str) -> str:
    found = run(
        "agentlint", "check", str(ROOT / "fixtures" / "systems" / system), "--format", "json", "--fail-on", "never", "--workers", workers, PYTHONHASHSEED=seed
    )
    assert found.returncode == 0, found.stderr
    return re.sub(r'"duration_s":\s*[\d.]+', '"duration_s": 0', found.stdout)


@pytest.mark.parametrize("system", ["clinic", "loan_desk"])
def test_same_input_same_bytes(system: str) -> None:
    assert report(system, "1", "1") == report(system, "77", "2")


def test_starting_is_fast_because_nothing_is_imported_early() -> None:
    script = "import sys, agentlint.cli.main; print([m for m in ('networkx', 'tree_sitter', 'yaml', 'msgspec', 'rich', 'libcst') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
