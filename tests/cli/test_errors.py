"""Every error that a person can meet says what to do next."""

from __future__ import annotations

import ast
from pathlib import Path

from agentlint import errors

ROOT = Path(__file__).parents[2]
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
