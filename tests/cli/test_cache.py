"""The cache as a person meets it: the same bytes cold and warm, after every accident, and never an old answer."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentlint.cache import versions

SYSTEMS = Path(__file__).parents[2] / "fixtures" / "systems"


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with an empty cache of its own."""
    monkeypatch.setenv("AGENTLINT_CACHE_DIR", str(tmp_path / "cache"))
    shutil.copytree(SYSTEMS / "clinic", tmp_path / "clinic")
    return tmp_path / "clinic"


@pytest.fixture
def report(agentlint) -> Callable[..., str]:
    def made(root: Path, *options: str) -> str:
        found = agentlint("check", root, "--format", "json", "--fail-on", "never", *options)
        assert found.code == 0, found.err
        return _timeless(found.out)

    return made


def _timeless(text: str) -> str:
    return re.sub(r'"duration_s":\s*[\d.]+', '"duration_s": 0', text)


def _entries(root: Path, kind: str) -> list[Path]:
    return sorted(p for p in (root.parent / "cache" / "v1" / kind).rglob("*") if p.is_file())


def _was_looked_up(agentlint, root: Path) -> bool:
    return "look up" in agentlint("check", root, "--fail-on", "never", "--profile").err


@pytest.mark.parametrize("name", ["clinic", "loan_desk", "reading_room", "shop", "tool_rental"])
def test_cold_and_warm_are_the_same_bytes(report, agentlint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("AGENTLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = SYSTEMS / name
    without = report(root, "--no-cache")
    assert not (tmp_path / "cache").exists()
    assert report(root, "--workers", "2") == without
    assert _was_looked_up(agentlint, root)
    assert report(root) == without
    shutil.rmtree(tmp_path / "cache" / "v1" / "run")
    assert report(root, "--workers", "1") == without  # from the facts of files alone


def test_a_changed_file_is_seen(report, agentlint, system: Path) -> None:
    report(system)
    for path in sorted(p for p in system.rglob("*.py") if "tests" not in p.parts):
        path.write_text(path.read_text() + "\n\ndef added_later():\n    return 1\n")
        assert not _was_looked_up(agentlint, system), path
        assert report(system) == report(system, "--no-cache")


def test_a_comment_changes_nothing(report, agentlint, system: Path) -> None:
    path = next(iter(sorted(system.rglob("views.py"))))
    path.write_text(path.read_text() + "# one thing\n")
    before = report(system)
    path.write_text(path.read_text().replace("# one thing", "# another"))
    report(system)
    path.write_text(path.read_text().replace("# another", "# a third"))
    agentlint("check", system, "--fail-on", "never")
    assert report(system) == before == report(system, "--no-cache")


def test_added_removed_and_renamed_files_are_seen(report, system: Path) -> None:
    report(system)
    extra = system / "later.py"
    extra.write_text("def f():\n    return 1\n")
    assert report(system) == report(system, "--no-cache")
    extra.rename(system / "renamed.py")
    assert report(system) == report(system, "--no-cache")
    (system / "renamed.py").unlink()
    assert report(system) == report(system, "--no-cache")


def test_settings_knowledge_and_selection_are_seen(report, agentlint, system: Path) -> None:
    report(system)
    settings = system / ".agentlint.toml"
    for text in ('ignore = ["gui-only-operation"]\n', 'exclude = ["*.html"]\n', 'knowledge = ["own.yaml"]\n'):
        (system / "own.yaml").write_text("library: own\nlanguage: python\npackages: {own: '1'}\nchecked: 2026-11\nsources: {a: https://example.org}\n")
        settings.write_text(text)
        assert not _was_looked_up(agentlint, system)
        assert report(system) == report(system, "--no-cache")
    (system / "own.yaml").write_text("library: own\nlanguage: python\npackages: {own: '1'}\nchecked: 2026-10\nsources: {a: https://example.org}\n")
    assert not _was_looked_up(agentlint, system)
    assert "look up" not in agentlint("check", system, "--fail-on", "never", "--profile", "--select", "unaudited-decision-path").err


def test_a_part_of_a_description_is_seen(report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that only a description refers to, also one that is not there yet."""
    monkeypatch.setenv("AGENTLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "api"
    root.mkdir()
    (root / "openapi.yaml").write_text(
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /things:\n    $ref: 'things.part'\n  /others:\n    $ref: 'others.part'\n"
    )
    (root / "things.part").write_text("get: {responses: {'200': {description: ok}}}\n")
    first = report(root)
    assert report(root) == first
    (root / "things.part").write_text("get: {responses: {'200': {description: ok}}}\ndelete: {responses: {'204': {description: gone}}}\n")
    second = report(root)
    assert "DELETE" in second and second == report(root, "--no-cache")
    (root / "others.part").write_text("put: {responses: {'200': {description: ok}}}\n")
    third = report(root)
    assert '"PUT"' in third and third == report(root, "--no-cache")


def test_poisoned_entries_are_worked_out_again(report, system: Path) -> None:
    right = report(system)
    for number, path in enumerate(_entries(system, "file") + _entries(system, "run")):
        data = path.read_bytes()
        path.write_bytes((data[: len(data) // 2], data[:-1] + b"\xff", b"", b"cos\nsystem\n(S'false'\ntR.")[number % 4])
    assert report(system) == right
    assert report(system) == right


def test_a_new_version_asks_anew(report, agentlint, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    right = report(system)
    monkeypatch.setattr("agentlint.warm.whole_version", lambda *groups: b"next")
    assert not _was_looked_up(agentlint, system)
    monkeypatch.setattr("agentlint.cache.keys.lowering_version", lambda: b"next")
    assert report(system) == right
    assert len(_entries(system, "run")) >= 2


def test_the_version_changes_with_code_and_data(tmp_path: Path) -> None:
    for name in ("a.py", "b.yaml"):
        (tmp_path / name).write_text("1")
    first = versions._sources([tmp_path])
    (tmp_path / "b.yaml").write_text("2")
    second = versions._sources([tmp_path])
    (tmp_path / "b.yaml").rename(tmp_path / "c.yaml")
    assert len({first, second, versions._sources([tmp_path])}) == 3


def _check(root: Path, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "agentlint", "check", str(root), "--format", "json", "--fail-on", "never", "--workers", "2"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload]


def test_a_disk_that_refuses_changes_nothing(report, system: Path) -> None:
    """No room for more than a few bytes a file, and a folder that cannot be made."""
    right = report(system, "--no-cache")
    limited = _check(system, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600)))
    out, err = limited.communicate()
    assert (_timeless(out), err) == (right, "")
    assert _entries(system, "run") == []
    (system.parent / "plain").write_text("a file")
    nowhere = _check(system, env={**os.environ, "AGENTLINT_CACHE_DIR": str(system.parent / "plain" / "cache")})
    out, err = nowhere.communicate()
    assert (_timeless(out), err) == (right, "")


def test_runs_at_the_same_time_share_one_cache(report, system: Path) -> None:
    right = report(system, "--no-cache")
    runs = [_check(system) for _ in range(3)]
    assert {_timeless(run.communicate()[0]) for run in runs} == {right}
    assert report(system) == right


def test_a_run_that_was_killed_while_it_wrote_leaves_no_trace_in_answers(report, system: Path) -> None:
    right = report(system, "--no-cache")
    for enough in (1, 6):
        shutil.rmtree(system.parent / "cache", ignore_errors=True)
        run = _check(system, start_new_session=True)
        until = time.monotonic() + 60
        while len(_entries(system, "file")) < enough and run.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
        assert report(system) == right
        assert report(system) == right


def test_the_command(agentlint, report, system: Path) -> None:
    assert agentlint("cache", "dir").out.strip() == str(system.parent / "cache")
    report(system)
    said = agentlint("cache").out
    assert re.search(r"cache: \d+ entries, \d+\.\d MB", said) and "0 entries" not in said
    assert "entries removed" in agentlint("cache", "clear").out
    assert ": 0 entries" in agentlint("cache", "size").out


def test_a_file_that_takes_too_long_is_named_and_left_out(agentlint, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import agentlint.reading as reading

    lower = reading._lower_one

    def slow(file, *rest: object) -> None:
        if file.path.endswith("views.py"):
            until = time.monotonic() + 30
            while time.monotonic() < until:
                pass
        lower(file, *rest)

    monkeypatch.setattr(reading, "_lower_one", slow)
    found = json.loads(agentlint("check", system, "--format", "json", "--fail-on", "never", "--timeout", "0.2").out)
    named = [g for g in found["inventory"]["unreadable"] if "longer than 0.2 seconds of processor time" in g["reason"]]
    assert named and all(g["file"].endswith("views.py") for g in named)
    monkeypatch.undo()
    again = json.loads(agentlint("check", system, "--format", "json", "--fail-on", "never", "--no-cache").out)
    assert not [g for g in again["inventory"]["unreadable"] if "longer" in g["reason"]]
