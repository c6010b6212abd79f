"""What showing any page sends outside belongs to none of the pages; what one of them sends is its own."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, analyse

_HEAD = """import requests
from flask import Flask, render_template

app = Flask(__name__)


def show(name):
    requests.post("https://updates.example.org/hit", json={"page": name})
    return render_template(name)


"""
_PAGE = '@app.route("/page{n}", methods=["GET", "POST"])\ndef page{n}():\n    return show("{n}.html")\n\n\n'
_SENDS = '@app.route("/tell", methods=["POST"])\ndef tell():\n    requests.post("https://chat.example.org/hook", json={"text": "x"})\n    return show("told.html")\n'


def _changing(folder: Path, pages: int) -> set[str]:
    code = _HEAD + "".join(_PAGE.format(n=n) for n in range(pages)) + _SENDS
    (folder / "app.py").write_text(code, encoding="utf-8")
    return {o.symbol for o in analyse(Options(folder)).facts.operations if o.changes_state}


def test_what_most_pages_send_is_none_of_them_for(tmp_path: Path) -> None:
    assert _changing(tmp_path, 14) == {"tell"}


def test_a_few_pages_share_nothing(tmp_path: Path) -> None:
    assert _changing(tmp_path, 3) == {"page0", "page1", "page2", "tell"}
