"""The page on plugins, followed literally: its files make a distribution that is installed, found and used; broken ones are refused by name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.docs.test_tutorial import fits

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
TRY = re.search(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "plugin" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "plugin"


def installed(folder: Path, target: Path) -> dict[str, str]:
    """The environment in which the distribution of a folder is installed beside what these tests have."""
    pytest.importorskip("hatchling", reason="builds the distribution")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(target), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), os.environ.get("PYTHONPATH", "")])}


def agentlint(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "agentlint", *arguments], cwd=folder, capture_output=True, text=True, env=environment)


def test_the_page_works_as_it_stands(written: Path, tmp_path: Path) -> None:
    assert TRY is not None
    environment = installed(written, tmp_path / "site")
    command = TRY[1].splitlines()[1].split()[1:]
    found = agentlint(written, environment, *command)
    assert found.returncode == 0, found.stderr
    assert fits(TRY[2], found.stdout), found.stdout
    assert "delete Entry" in agentlint(written, environment, "why", "remove", "shop").stdout
    assert "Why it hurts" in agentlint(written, environment, "explain", "unnamed-route").stdout
    assert agentlint(written, environment, "check", "shop", "--fail-on", "unnamed-route").returncode == 1
    (written / "shop" / ".agentlint.toml").write_text('ignore = ["unnamed-route"]\nformats = ["routes"]\n')
    assert agentlint(written, environment, "check", "shop").stdout.startswith("POST /entries/")


def test_the_rules_own_examples_hold(written: Path, tmp_path: Path) -> None:
    """As those of the built-in rules do."""
    environment = installed(written, tmp_path / "site")
    script = "import json; from agentlint_bottle.unnamed_route import RULE; print(json.dumps([dict(RULE.bad), dict(RULE.good)]))"
    import json

    examples = json.loads(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment).stdout)
    for files, code in zip(examples, (1, 0)):
        system = tmp_path / f"system{code}"
        system.mkdir()
        for name, text in files.items():
            (system / name).write_text(text)
        assert agentlint(system, environment, "check", ".", "--fail-on", "unnamed-route").returncode == code


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("agentlint_bottle/__init__.py", "plugin = Bottle()", "plugin = object()", "agentlint-bottle refused: entry point 'bottle' is no framework plugin"),
        ("agentlint_bottle/__init__.py", "import re\n", "import re, nothing_of_that_name\n", "agentlint-bottle refused: entry point 'bottle' (agentlint_bottle:plugin) cannot be loaded"),
        ("agentlint_bottle/knowledge/ledger.yaml", "kind: orm-write", "kind: orm-wriet", "agentlint-bottle refused: its knowledge has mistakes"),
        ("agentlint_bottle/unnamed_route.py", "How to fix\n----------", "How", "agentlint-bottle refused: the docstring of agentlint_bottle.unnamed_route lacks the heading 'How to fix'"),
        ("agentlint_bottle/unnamed_route.py", 'name="unnamed-route"', 'name="no-undo"', "agentlint-bottle refused: the rule name 'no-undo' is taken"),
    ],
)
def test_a_broken_plugin_is_refused_by_the_name_of_its_package(written: Path, tmp_path: Path, file: str, old: str, new: str, told: str) -> None:
    """And the run goes on."""
    text = (written / file).read_text()
    assert old in text
    (written / file).write_text(text.replace(old, new))
    found = agentlint(written, installed(written, tmp_path / "site"), "check", "shop", "--fail-on", "never", "--verbose")
    assert found.returncode == 0, found.stderr
    assert told in " ".join(found.stdout.split()), found.stdout


def test_a_rule_that_breaks_names_its_package(written: Path, tmp_path: Path) -> None:
    rule = written / "agentlint_bottle/unnamed_route.py"
    rule.write_text(rule.read_text().replace('    """One finding per operation."""\n', '    raise ValueError("oops")\n'))
    found = agentlint(written, installed(written, tmp_path / "site"), "check", "shop")
    assert found.returncode == 3
    assert "the rule unnamed-route of the package agentlint-bottle failed: ValueError: oops" in found.stderr and "hint" in found.stderr


@pytest.mark.slow
def test_in_a_fresh_environment(written: Path, tmp_path: Path) -> None:
    """agentlint and the plugin from the package index, as the page says."""
    assert TRY is not None
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(ROOT)], check=True, capture_output=True)
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(["bash", "-ec", TRY[1]], cwd=written, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert fits(TRY[2], done.stdout), done.stdout
