"""What people paste into their CI: checked against the published schemas and the grammars of the languages in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from agentlint.project.roles import _SUFFIXES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = {
    title: re.search(r"```\w+\n(.*?)```", section, re.DOTALL)[1]  # type: ignore[index]
    for title, section in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}


def valid_by(schema: str, text: str, folder: Path) -> None:
    pytest.importorskip("check_jsonschema", reason="carries the published schemas")
    file = folder / "file.yml"
    file.write_text(text)
    found = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def shell_accepts(script: str, shell: str = "bash") -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    found = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr


def options_exist(script: str) -> None:
    """Every long option that a snippet gives to agentlint is one."""
    from agentlint.cli.check import command

    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for line in re.findall(r"agentlint check(?:[^\n]|\\\n|\n\s*--)*", script):
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)) <= known


def test_the_action(tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    valid_by("vendor.github-actions", text, tmp_path)
    action = yaml.safe_load(text)
    for step in action["runs"]["steps"]:
        if "run" in step:
            shell_accepts(step["run"])
            options_exist(step["run"])
            assert "${{" not in step["run"], "what comes from outside reaches a script through its environment alone"
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(action["inputs"])


def test_the_workflow_for_github(tmp_path: Path) -> None:
    valid_by("vendor.github-workflows", BLOCKS["GitHub"], tmp_path)
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = yaml.safe_load(BLOCKS["GitHub"])["jobs"]["agentlint"]["steps"]
    assert [set(s["with"]) <= set(inputs) for s in steps if "agentlint@" in s.get("uses", "")] == [True]


def test_the_job_for_gitlab(tmp_path: Path) -> None:
    valid_by("vendor.gitlab-ci", BLOCKS["GitLab"], tmp_path)
    job = yaml.safe_load(BLOCKS["GitLab"])["agentlint"]
    script = "\n".join([*job["before_script"], *job["script"]])
    shell_accepts(script, "sh")
    options_exist(script)


def test_the_pipeline_for_jenkins() -> None:
    parser = pytest.importorskip("groovy_parser.parser", reason="reads Groovy")
    parser.parse_groovy_content(BLOCKS["Jenkins"])
    for script in re.findall(r"'''(.*?)'''", BLOCKS["Jenkins"], re.DOTALL):
        shell_accepts(script, "sh")
        options_exist(script)


def test_the_hook_runs_for_every_file_that_is_read() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [h["id"] for h in hooks] == ["agentlint", "agentlint-system", "agentlint-watched"]
    assert yaml.safe_load(BLOCKS["Before each commit"])["repos"][0]["hooks"] == [{"id": "agentlint"}]
    for hook in hooks:
        pattern = re.compile(hook["files"])
        assert [suffix for suffix in _SUFFIXES if not pattern.search(f"app/file{suffix}")] == []
        assert pattern.search("pyproject.toml") and pattern.search("shop/.agentlint.toml")
        assert not pattern.search("readme.md")
