"""Pages and scripts are read and followed beside the Python passes: the same facts from another process, gaps included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agentlint import client_side as beside
from agentlint.client_side import client_side
from agentlint.project.files import SourceFile, find_files
from agentlint.reading import Reading


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("<form method='post' action='/orders/close'></form><script>fetch('/inline', {method: 'POST'})</script>")
    (tmp_path / "send.js").write_text("fetch('/orders', {method: 'DELETE'})\n" + "// as long as scripts are\n" * 8_000)
    return tmp_path


def test_another_process_gives_the_same(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = find_files(site).files
    processes: list[int] = []
    monkeypatch.setattr(beside, "read_all", lambda *given, read=beside.read_all: (processes.append(os.getpid()), read(*given))[1])
    alone, apart = client_side(files, Reading(workers=1))(), client_side(files, Reading(workers=2))()
    assert alone == apart
    assert processes == [os.getpid()], "the second reading has to be done elsewhere"
    assert {(a.method, a.target) for a in apart.actions} == {("POST", "/orders/close"), ("POST", "/inline"), ("DELETE", "/orders")}


def test_a_file_that_cannot_be_read_is_a_gap(site: Path) -> None:
    files = find_files(site).files
    (site / "send.js").unlink()
    found = client_side(files, Reading(workers=2))()
    assert [(g.file, g.reason) for g in found.read.gaps] == [("send.js", "cannot be read: No such file or directory")]
    assert ("POST", "/orders/close") in {(a.method, a.target) for a in found.actions}


def test_a_bundle_within_a_page_is_not_followed(tmp_path: Path) -> None:
    """What a person wrote beside it is, also with a long line of data in it."""
    bundle = "var a=fetch('/bundled',{method:'POST'});" * 2_000
    written = "const rows = [" + "'1', " * 2_000 + "];\nfetch('/written', {method: 'POST'});\n"
    (tmp_path / "page.html").write_text(f"<html><script>{bundle}</script><script>{written}</script></html>")
    file = SourceFile("page.html", str(tmp_path / "page.html"), "markup", len(bundle))
    sent = client_side([file], Reading())().actions
    assert [action.target for action in sent] == ["/written"]
