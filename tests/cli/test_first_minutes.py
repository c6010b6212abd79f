"""What a newcomer meets: proposals, evidence for a judgement, help, completion, progress, reasons."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SYSTEMS = ROOT / "fixtures" / "systems"


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    shutil.copytree(SYSTEMS / "clinic", tmp_path / "clinic", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "clinic"


def test_init_shows_first_and_writes_on_request(agentlint, clinic: Path) -> None:
    before = sorted(p.name for p in clinic.iterdir())
    shown = agentlint("init", clinic)
    assert shown.code == 0 and "ratchet = true" in shown.out and "Nothing was written" in shown.out
    assert sorted(p.name for p in clinic.iterdir()) == before
    assert agentlint("init", clinic, "--write").code == 0
    assert set(tomllib.loads((clinic / ".agentlint.toml").read_text())) == {"fail-on", "ratchet", "fail-under"}
    assert json.loads((clinic / ".agentlint-baseline.json").read_text())["findings"]
    hook = yaml.safe_load((clinic / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    offered = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[1]
    assert (hook["entry"], hook["files"]) == (offered["entry"], offered["files"])


def test_after_init_a_bare_run_is_clean(agentlint, clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clinic)
    agentlint("init", "--write")
    found = agentlint()
    assert found.code == 0, found.err
    assert "in the baseline" in found.out


def test_init_overwrites_nothing(agentlint, clinic: Path) -> None:
    (clinic / ".pre-commit-config.yaml").write_text("repos: []\n")
    told = agentlint("init", clinic, "--write")
    assert (clinic / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert "is there already; add to its `repos`:\n  - repo: local\n" in told.out
    again = agentlint("init", clinic, "--write")
    assert again.code == 2 and "has settings already" in again.err


def test_init_asks_about_code_that_may_be_no_part_of_the_product(agentlint, clinic: Path) -> None:
    shutil.copytree(clinic / "appointments", clinic / "playground")
    assert '# exclude = ["/playground/"]' in agentlint("init", clinic).out


@pytest.mark.parametrize("what", ["appointments/views.py:45", "missed", "POST /appointments/{pk}/missed/", "gui:POST /appointments/{pk}/missed/"])
def test_why_shows_the_evidence_of_an_operation(agentlint, what: str) -> None:
    found = agentlint("why", what, SYSTEMS / "clinic")
    assert found.code == 0
    assert "judged     gui-only" in found.out and "no machine-callable operation can create Invoice" in found.out
    assert "create Invoice (amount, appointment, note), appointments/services.py:40" in " ".join(found.out.split())


def test_why_shows_the_path_of_a_decision(agentlint) -> None:
    """Also from a line below, and from the fingerprint of a finding."""
    report = json.loads(agentlint("check", SYSTEMS / "clinic", "--format", "json", "--fail-on", "never").out)
    finding = next(f for f in report["findings"] if f["rule"] == "partially-audited-decision-path" and f["symbol"] == "reschedule")
    for what in (finding["fingerprint"], "appointments/services.py:34"):
        told = agentlint("why", what, SYSTEMS / "clinic")
        assert "record     row in Event" in told.out and "leaves here before the record is made" in told.out
    assert "nearest above" in told.err


@pytest.mark.parametrize(("what", "told"), [("nothing-of-that-name", "nothing is called"), ("gone.py:3", "there is no file"), ("config/settings.py:1", "no operation or decision")])
def test_why_says_when_there_is_nothing(agentlint, what: str, told: str) -> None:
    found = agentlint("why", what, SYSTEMS / "clinic")
    assert found.code == 2
    assert told in found.err and "hint" in found.err


def test_verbose_gives_the_reasons(agentlint) -> None:
    plain = agentlint("check", SYSTEMS / "clinic", "--fail-on", "never").out
    verbose = agentlint("check", SYSTEMS / "clinic", "--fail-on", "never", "--verbose").out
    assert "was judged as it was" not in plain
    assert "agent-accessible  POST /appointments/{pk}/cancel/" in verbose and "no machine-callable operation can create Invoice" in verbose


def test_help_stands_in_groups(agentlint) -> None:
    from agentlint.cli.main import _COMMANDS, _GROUPS

    text = agentlint("--help").out
    assert all(f"{title}:" in text for title, _ in _GROUPS)
    assert all(f"  {name} " in text for name in _COMMANDS)
    check = agentlint("check", "--help").out
    assert all(f"{title}:" in check for title in ("What to look at", "What to write", "What fails", "How to run"))
    from agentlint.cli.check import command

    assert all(option in check for parameter in command.params for option in parameter.opts if option.startswith("--"))
    assert all("Examples" in agentlint(name, "--help").out for name in ("check", "diff", "baseline", "hook", "why", "init", "completion"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(agentlint, shell: str) -> None:
    assert "_AGENTLINT_COMPLETE" in agentlint("completion", shell).out


def test_what_a_shell_completes(agentlint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands on an empty line, rules where rules belong."""

    def completed(words: str) -> list[str]:
        monkeypatch.setenv("_AGENTLINT_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        with pytest.raises(SystemExit):
            agentlint()
        return [line.partition(",")[2] for line in agentlint.out().splitlines()]

    assert "check" in completed("agentlint ") and completed("agentlint base") == ["baseline"]
    assert completed("agentlint check --select unused") == ["unused-suppression"]


def test_progress_is_for_people_who_wait(agentlint) -> None:
    """Nothing on a pipe unless asked for; never mixed into the report."""
    assert agentlint("check", SYSTEMS / "shop", "--fail-on", "never").err == ""
    asked = agentlint("check", SYSTEMS / "shop", "--fail-on", "never", "--progress", "--format", "json")
    assert "agentlint: " in asked.err and json.loads(asked.out)["schema"]
    profile = agentlint("check", SYSTEMS / "shop", "--fail-on", "never", "--profile", "--no-cache")
    assert " s  read and lower" in profile.err


def test_a_misspelt_command_is_no_missing_path(agentlint) -> None:
    found = agentlint("chekc", ".")
    assert found.code == 2
    assert "did you mean `agentlint check`?" in found.err
    assert "does not exist" in agentlint("some-other-folder").err
