"""Every error that a person can meet says what to do next."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from agentlint import errors

ROOT = Path(__file__).parents[2]
SHOP = str(ROOT / "fixtures" / "systems" / "shop")
KINDS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.AgentlintError)}


def test_no_error_without_a_hint() -> None:
    """A message and a hint, wherever one is raised."""
    bare = []
    for path in sorted((ROOT / "agentlint").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name) and node.exc.func.id in KINDS:
                if len(node.exc.args) + len(node.exc.keywords) < 2:
                    bare.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert bare == []
    assert len(KINDS) > 8


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("check", SHOP, "--select", "gui-only"), "there is no rule 'gui-only'; did you mean 'gui-only-operation'?"),
        (("check", SHOP, "--format", "sarf"), "did you mean 'sarif'?"),
        (("check", SHOP, "--format", "json", "-o", "a", "-o", "b"), "each -o belongs to one --format"),
        (("check", SHOP, "-o", "a", "-o", "b"), "give a --format for each -o"),
        (("check", SHOP, "--baselin", "x"), "--baseline"),
        (("check", "nowhere"), "give the folder or the API description"),
    ],
)
def test_a_slip_is_told_and_nothing_passes_for_clean(agentlint, arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2, with what to do instead."""
    monkeypatch.chdir(tmp_path)
    found = agentlint(*arguments)
    assert found.code == 2 and told in " ".join(found.err.split()), found.err
    assert list(tmp_path.iterdir()) == []


def test_the_hook_outside_a_repository(agentlint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    found = agentlint("hook")
    assert found.code == 2 and "not a git repository" in found.err and "run it inside a git repository" in found.err
