"""The command line as a person uses it: exit codes, messages, several formats, settings, and input of every bad kind."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from .conftest import Outcome

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"


def report(outcome: Outcome) -> dict:
    return json.loads(outcome.out)


def gaps(found: dict) -> list[str]:
    return [f"{g['file']}: {g['reason']}" for g in found["inventory"]["unreadable"]]


def test_a_run_without_a_threshold_is_clean(agentlint) -> None:
    assert agentlint("check", SYSTEMS / "clinic", "--fail-on", "never").code == 0


def test_findings_fail_the_run(agentlint) -> None:
    assert agentlint("check", SYSTEMS / "clinic", "--fail-on", "info").code == 1


def test_a_clean_system_stays_clean(agentlint) -> None:
    assert agentlint("check", SYSTEMS / "reading_room", "--fail-on", "info").code == 0


def test_check_is_what_happens_when_no_command_is_named(agentlint) -> None:
    assert "agent-ready" in agentlint(SYSTEMS / "clinic", "--fail-on", "never").out.lower()


def test_several_formats_at_once(agentlint, tmp_path: Path) -> None:
    found = agentlint(
        "check", SYSTEMS / "shop", "--fail-on", "never", "--format", "json", "-o", tmp_path / "r.json", "--format", "sarif", "-o", tmp_path / "r.sarif"
    )
    assert (found.code, found.out) == (0, "")
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "agentlint-report/1"
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


def test_nothing_to_analyse_is_the_users_mistake(agentlint, tmp_path: Path) -> None:
    found = agentlint("check", tmp_path)
    assert found.code == 2
    assert "nothing" in found.err and "hint" in found.err


def test_a_path_that_is_not_there(agentlint, tmp_path: Path) -> None:
    assert agentlint("check", tmp_path / "gone").code == 2


def test_all_mistakes_in_settings_are_told_with_their_lines(agentlint, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / ".agentlint.toml").write_text('fail-onn = "error"\nfail-on = "eror"\nignore = ["gui-only-operatoin"]\n')
    found = agentlint("check", tmp_path)
    assert found.code == 2
    assert ".agentlint.toml:1:" in found.err and "did you mean 'fail-on'" in found.err
    assert ".agentlint.toml:2:" in found.err and "did you mean 'error'" in found.err
    assert ".agentlint.toml:3:" in found.err and "did you mean 'gui-only-operation'" in found.err


def test_settings_choose_rules(agentlint, tmp_path: Path) -> None:
    settings = tmp_path / "only.toml"
    settings.write_text('select = ["gui-only-operation"]\n')
    found = report(agentlint("check", SYSTEMS / "clinic", "--config", settings, "--format", "json", "--fail-on", "never"))
    assert {f["rule"] for f in found["findings"]} == {"gui-only-operation"}


def test_explain_knows_every_rule_and_the_nearest_name(agentlint) -> None:
    assert "Why it hurts" in agentlint("explain", "gui-only-operation").out
    assert "did you mean 'gui-only-operation'" in agentlint("explain", "gui-only-operatio").err


def test_graph_formats(agentlint) -> None:
    assert json.loads(agentlint("graph", SYSTEMS / "clinic").out)["nodes"]
    assert agentlint("graph", SYSTEMS / "clinic", "--format", "dot").out.startswith("digraph")
    assert agentlint("graph", SYSTEMS / "clinic", "--format", "mermaid").out.startswith("flowchart")
    assert "<graphml" in agentlint("graph", SYSTEMS / "clinic", "--format", "graphml").out


# ------------------------------------------------------------------ bad input


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One good file beside the bad ones: it must still be read."""
    (tmp_path / "good.py").write_text("import os\n\n\ndef remove(path):\n    os.remove(path)\n")
    return tmp_path


def analysed(agentlint, project: Path) -> dict:
    found = agentlint("check", project, "--format", "json", "--fail-on", "never", "--workers", 1)
    assert found.code == 0, found.err
    assert "Traceback" not in found.err
    return report(found)


def test_a_syntax_error_is_a_gap_with_its_line(agentlint, project: Path) -> None:
    (project / "bad.py").write_text("def f(:\n    return 1\n\n\ndef g():\n    return 2\n")
    found = analysed(agentlint, project)
    assert any(g["file"] == "bad.py" and g["line"] == 1 for g in found["inventory"]["unreadable"])


def test_python_2_is_a_gap(agentlint, project: Path) -> None:
    (project / "old.py").write_text("print 'hello'\nexec 'x'\n")
    assert any(g.startswith("old.py") for g in gaps(analysed(agentlint, project)))


def test_undecodable_bytes_are_a_gap(agentlint, project: Path) -> None:
    (project / "latin.py").write_bytes(b"name = '\xff\xfe\xe9'\n")
    assert any(g.startswith("latin.py") for g in gaps(analysed(agentlint, project)))


def test_an_unreadable_file_is_a_gap(agentlint, project: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("the superuser reads everything")
    (project / "secret.py").write_text("x = 1\n")
    (project / "secret.py").chmod(0)
    assert any(g.startswith("secret.py") for g in gaps(analysed(agentlint, project)))


def test_loops_of_symbolic_links_end(agentlint, project: Path) -> None:
    (project / "loop").symlink_to(project, target_is_directory=True)
    (project / "self.py").symlink_to(project / "self.py")
    assert analysed(agentlint, project)["inventory"]["files"] >= 1


def test_a_template_in_an_unknown_language_is_read_as_far_as_possible(agentlint, project: Path) -> None:
    (project / "page.html").write_text("<% for (x of y) { %><form method='post' action='/x'><?php echo 1 ?></form><% } %>\n")
    assert analysed(agentlint, project)["inventory"]["files"] == 2


def test_sixty_thousand_lines_in_one_file(agentlint, project: Path) -> None:
    (project / "long.py").write_text("".join(f"def f{n}(x):\n    return x + {n}\n" for n in range(30_000)))
    assert analysed(agentlint, project)["inventory"]["lines"] >= 60_000


def test_nesting_without_end(agentlint, project: Path) -> None:
    (project / "deep.py").write_text("x = " + "(" * 5_000 + "1" + ")" * 5_000 + "\n" + "y = " + "[" * 3_000 + "]" * 3_000 + "\n")
    assert analysed(agentlint, project)["inventory"]["files"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("broken.yaml", "openapi: 3.0.3\ninfo: {title: x, version: '1'\npaths: {}\n"),
        ("broken.json", '{"openapi": "3.0.3", "info": {"title": "x" "version": "1"}}'),
        ("circular.yaml", "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/A'}\n"),
        ("dangling.yaml", "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n        '200': {$ref: '#/nowhere'}\n"),
    ],
)
def test_descriptions_with_mistakes(agentlint, project: Path, name: str, text: str) -> None:
    (project / name).write_text(text)
    found = analysed(agentlint, project)
    places = [f"{f['file']}:{f['line']}" for f in found["findings"]] + [f"{g['file']}:{g['line']}" for g in found["inventory"]["unreadable"]]
    assert name == "circular.yaml" or any(p.startswith(name) and not p.endswith(":0") for p in places)


def test_twenty_megabytes_of_description(agentlint, project: Path) -> None:
    paths = {f"/things/{n}": {"get": {"summary": "x" * 400, "responses": {"200": {"description": "y" * 400}}}} for n in range(18_000)}
    (project / "large.json").write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths}))
    assert (project / "large.json").stat().st_size > 15_000_000
    found = agentlint("check", project, "--format", "json", "--fail-on", "never", "--select", "gui-only-operation")
    assert found.code == 0 and "Traceback" not in found.err


@pytest.mark.parametrize("where", ["detect", "routes"])
def test_a_plugin_that_breaks_is_named_and_the_rest_goes_on(agentlint, project: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    from agentlint.extension import loading
    from agentlint.extension.framework import FrameworkBase

    class Broken(FrameworkBase):
        name, version = "broken", "9"

        def detect(self, program: object) -> bool:
            return True

    def breaks(*_: object) -> list:
        raise ValueError("oops")

    monkeypatch.setattr(Broken, where, breaks)
    monkeypatch.setattr("agentlint.app.load_frameworks", lambda: ((Broken(),), (loading.Refused("their-package", "no entry"),)))
    found = analysed(agentlint, project)
    told = json.dumps(found["inventory"])
    assert f"plugin broken 9 failed in {where}: ValueError: oops" in told
    assert "their-package" in told


def test_help_names_commands_and_examples() -> None:
    from agentlint.cli.main import main

    result: Result = CliRunner().invoke(main, ["--help"])
    assert all(word in result.output for word in ("check", "explain", "rules", "graph", "Examples"))
    assert sys.version_info >= (3, 11)
