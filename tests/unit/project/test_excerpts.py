"""Lines around places: from inside the root alone, each line once."""

from __future__ import annotations

from pathlib import Path

from agentlint.ir.source import Excerpt
from agentlint.project.excerpts import read_excerpts


def test_windows_that_touch_become_one(tmp_path: Path) -> None:
    """Two places near one another share their lines; a distant one stands alone."""
    (tmp_path / "a.py").write_text("\n".join(f"line {n}" for n in range(1, 41)))
    found = read_excerpts(tmp_path, [("a.py", 3), ("a.py", 6), ("a.py", 30)])
    assert [(e.line, len(e.lines)) for e in found] == [(2, 9), (29, 6)]
    assert found[0].lines[0] == "line 2"


def test_ends_of_the_file_are_kept_and_lines_beyond_left_out(tmp_path: Path) -> None:
    """The first and the last line have no neighbours outside; a place past the end has no lines."""
    (tmp_path / "a.py").write_text("one\ntwo")
    assert read_excerpts(tmp_path, [("a.py", 1), ("a.py", 99)]) == (Excerpt("a.py", 1, ("one", "two")),)


def test_nothing_is_read_outside_the_root(tmp_path: Path) -> None:
    """A path that leaves the root, a missing file and a place without a line give nothing."""
    (tmp_path / "secret").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    assert read_excerpts(root, [("../secret", 1), ("gone.py", 1), ("", 0)]) == ()


def test_a_single_file_may_be_the_root(tmp_path: Path) -> None:
    """Paths are then relative to its folder."""
    (tmp_path / "api.yaml").write_text("openapi: 3.0.3\n")
    assert read_excerpts(tmp_path / "api.yaml", [("api.yaml", 1)])[0].lines[0] == "openapi: 3.0.3"


def test_undecodable_bytes_and_very_long_lines_do_no_harm(tmp_path: Path) -> None:
    """They are replaced and cut."""
    (tmp_path / "a.py").write_bytes(b"caf\xe9 " + b"x" * 5000)
    assert len(read_excerpts(tmp_path, [("a.py", 1)])[0].lines[0]) == 200
