"""The HTML report is one closed file: nothing in a system's names can become markup or script, nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from golden.hostile import EVIL, hostile_report
from msgspec.structs import replace

from agentlint.findings import Report, Scorecard, Tool
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.reporters.html import render
from agentlint.reporters.html.matrix import matrix_rows, state_of
from agentlint.scores import Counted, scorecard

TEMPLATES = files("agentlint.reporters.html") / "templates"


class Elements(HTMLParser):
    """Every element and attribute, and what stands in scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_hostile_names_stay_text() -> None:
    """The page has the same elements whatever the names are, and no handler in an attribute."""
    page = Elements(render(hostile_report()))
    assert page.tags.count("script") == 2
    assert "img" not in page.tags
    assert [name for name, _ in page.attributes if name.startswith("on") or name == "style"] == []
    assert [value for name, value in page.attributes if name in ("href", "src") and not re.match(r"(#|data:,|https://)", value or "")] == []


def test_the_data_block_holds_the_names_as_they_are() -> None:
    """Escaping is undone by the parser of JSON, line separators of scripts included."""
    block = re.search(r'<script type="application/json" id="data">(.*?)</script>', render(hostile_report()), re.DOTALL)
    assert block and not re.search("[<>&\u2028\u2029]", block[1])
    data = json.loads(block[1])
    assert data["operations"][0]["symbol"] == EVIL
    assert data["code"][0][2] == [EVIL, EVIL]


def test_only_the_page_s_own_scripts_and_style_may_run() -> None:
    """The policy allows what hashes to the inline texts and nothing else."""
    page = render(hostile_report())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src 'none'") and "unsafe" not in policy[1]
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        text = re.search(pattern, page, re.DOTALL)
        assert text
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(text[1].encode()).digest()).decode()}'" in policy[1]


def test_scripts_only_ever_set_text() -> None:
    """No way from data to markup is used at all."""
    for script in sorted(p.name for p in TEMPLATES.iterdir() if p.name.endswith(".js")):
        text = (TEMPLATES / script).read_text(encoding="utf-8")
        found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(['\"]|fetch\(|XMLHttpRequest|import\(", text)
        assert (script, found) == (script, [])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(theme: str) -> None:
    """Contrast of at least 4.5 to 1 for every ink on every ground it stands on (WCAG 2.2, 1.4.3)."""
    css = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    start = css.index(":root {") if theme == "light" else css.index(':root[data-theme="dark"] {')
    colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css[start : css.index("}", start)]))
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card", "mark", "code")]
    pairs += [(name, f"{name}-back") for name in ("agent", "partly", "person", "none")] + [(n, g) for n in ("agent", "partly", "person") for g in ("card", "paper")]
    assert [(a, b, round(_contrast(colors[a], colors[b]), 2)) for a, b in pairs if _contrast(colors[a], colors[b]) < 4.5] == []


def _contrast(a: str, b: str) -> float:
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def page_of(status: str, **more: object) -> Operation:
    return Operation("x", "gui", "POST", "/x", "v.py", 1, "f", "update", "order", True, status=status, **more)  # type: ignore[arg-type]


API = Operation("a", "api", "PUT", "/a", "v.py", 1, "f", "update", "order", True, auth=("token",))


@pytest.mark.parametrize(
    ("operations", "state"),
    [
        ([], "nobody"), ([page_of("gui-only")], "person"), ([page_of("partial")], "partly"), ([page_of("agent-accessible"), API], "agent"),
        ([page_of("gui-only"), page_of("agent-accessible")], "partly"), ([page_of("gui-only"), API], "partly"), ([API], "agent"),
        ([replace(API, auth=("signature",))], "system"), ([replace(API, browser_only=True)], "person"), ([page_of("human-by-design")], "own"),
        ([replace(page_of("gui-only"), changes_state=False, status=None)], "page"), ([replace(API, surface="cli")], "system"),
    ],
)
def test_a_cell_says_how_far_a_program_gets(operations: list[Operation], state: str) -> None:
    """Judged by the operations' own status; a way for programs beside a page of its own makes it partial, never whole."""
    assert state_of(operations) == state


def test_actions_stand_under_their_own_names() -> None:
    """Plain writes share four columns; `cancel order` of `order` is `cancel`."""
    operations = tuple(replace(page_of("gui-only"), id=a, action=a) for a in ("add order", "edit", "cancel order", "remove", "list orders"))
    row = matrix_rows(Report(Tool(), "", 0.0, Inventory(), Scorecard(*[scorecard(Counted(Inventory())).agent_ready] * 2), operations=operations))[0]
    assert [len(cell.operations) for cell in row.cells] == [1, 1, 1, 1]
    assert [cell.name for cell in row.named] == ["cancel"]


def test_the_same_report_gives_the_same_bytes() -> None:
    """No clock, no order of sets."""
    assert render(hostile_report()) == render(hostile_report())
