"""The tutorial and the README, followed literally: every command is run, and what stands below it is what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_AWAY = shutil.ignore_patterns(".venv", ".git", "__pycache__", "node_modules")


def steps(page: str) -> list[tuple[str, str]]:
    """Each script with what is said of its output."""
    found: list[tuple[str, str]] = []
    for kind, text in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, ""))
        else:
            script, _ = found.pop()
            found.append((script, text))
    return found


def fits(expected: str, output: str) -> bool:
    """The expected text stands in the output; `...` is anything, spaces are free."""
    parts = [r"\s+".join(re.escape(word) for word in part.split()) for part in expected.split("...")]
    return re.search(r"(?:.|\n)*?".join(parts), output) is not None


class Shell:
    """One shell for all steps, as a reader has it: the folder and the environment stay."""

    def __init__(self, folder: Path, path: str) -> None:
        self._folder = folder
        self._state = folder / "state.sh"
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "AGENTLINT"))}
        self._environment = {**kept, "PATH": path, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, script: str) -> tuple[int, str]:
        state = f"[ ! -f {self._state} ] || . {self._state}\n"
        whole = f"{state}set -e\n{script}\nset +e\nprintf 'cd %q\\nexport PATH=%q\\n' \"$PWD\" \"$PATH\" > {self._state}\n"
        done = subprocess.run(["bash", "-c", whole], cwd=self._folder / "agentlint", capture_output=True, text=True, env=self._environment)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A copy of the source, and the agentlint of these tests on the path."""
    if shutil.which("bash") is None or shutil.which("git") is None:
        pytest.skip("needs bash and git")
    (tmp_path / "agentlint" / "fixtures").mkdir(parents=True)
    shutil.copytree(ROOT / "fixtures" / "systems", tmp_path / "agentlint" / "fixtures" / "systems", ignore=_AWAY)
    return Shell(tmp_path, f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def follow(shell: Shell, page: str, skip: str = "") -> None:
    for script, expected in steps(page):
        if skip and skip in script:
            continue
        code, output = shell.run(script)
        assert code == 0, f"{script}\n{output}"
        assert fits(expected, output), f"{script}\nshould say\n{expected}\nand says\n{output}"


def test_the_tutorial(shell: Shell) -> None:
    follow(shell, "docs/tutorial.md", skip="pip install")


@pytest.mark.slow
def test_the_tutorial_on_a_clean_machine(tmp_path: Path) -> None:
    """From the source alone, agentlint installed as the page says."""
    shutil.copytree(ROOT, tmp_path / "agentlint", ignore=_AWAY)
    bare = os.pathsep.join(p for p in os.environ["PATH"].split(os.pathsep) if Path(p) != Path(sys.executable).parent)
    follow(Shell(tmp_path, bare), "docs/tutorial.md")


def test_the_sample_in_the_readme_is_what_the_tool_says(update_golden: bool) -> None:
    """The beginning of the report on the clinic: both answers and the first finding. Counts may lag behind until `--update-golden`, words may not."""
    from agentlint.app import Options, run
    from agentlint.reporters import console
    from agentlint.reporters.base import Style

    text = console.render(run(Options(ROOT / "fixtures" / "systems" / "clinic"))[0], Style(width=110))
    lines = text.splitlines()[: _end_of_first_finding(text)]
    sample = "\n".join(f"    {line}".rstrip() for line in lines).rstrip() + "\n"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if update_golden:
        readme = re.sub(r"(?<=to begin with:\n\n)(?:(?:    .*)?\n)+?(?=\n\S)", lambda _: sample, readme, count=1)
        (ROOT / "README.md").write_text(readme, encoding="utf-8")
    shown = readme.partition("to begin with:\n\n")[2].partition("\nIt runs nothing")[0]
    assert words_of(shown) == words_of(sample)


def words_of(sample: str) -> list[str]:
    """What a sample says without its numbers, bars and line breaks; one of a thing and several read alike."""
    return re.findall(r"[A-Za-z{}/_().:,;]+", re.sub(r"[\d.]+|(?<=[a-z])s\b", "", sample))


def test_continuous_integration_runs_the_second_code_block() -> None:
    """Whoever adds a fenced block before it changes what is run."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert ".[test]" in blocks[1] and "pytest" in blocks[1]


def _end_of_first_finding(text: str) -> int:
    """Number of the line at which the second finding starts."""
    starts = [number for number, line in enumerate(text.splitlines()) if re.match(r"  (error|warning|info) ", line)]
    return starts[1]


def test_every_page_that_is_linked_is_there() -> None:
    """From the README and from page to page, anchors included."""
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text(encoding="utf-8")):
            name, _, anchor = target.partition("#")
            file = page.parent / name if name else page
            assert file.exists(), f"{page.name} links to {target}"
            if anchor:
                titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
                assert anchor in {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}, f"{page.name} links to {target}"
