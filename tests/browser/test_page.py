"""The HTML report in a real browser: what a person clicks, types and reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from golden.hostile import hostile_report
from golden.sample import sample_report

from agentlint.app import Options, run, with_code
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.reporters.html import render

from .driver import Browser

SYSTEM = Path(__file__).parents[2] / "fixtures" / "systems" / "clinic"
_STILL = "document.documentElement.style.scrollBehavior = 'auto'"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a fixture system."""
    page = tmp_path_factory.mktemp("page") / "clinic.html"
    page.write_text(render(with_code(run(Options(SYSTEM))[0])), encoding="utf-8")
    return page


@pytest.fixture
def page(browser: Browser, clinic: Path) -> Iterator[Browser]:
    """The page, freshly opened; whatever a test does, the console stays quiet and nothing but the file is asked for."""
    browser.media(prefers_color_scheme="light")
    browser.resize(1280, 900)
    browser.open(clinic)
    browser.js(_STILL)
    yield browser
    assert browser.errors() == []
    assert [url for url in browser.requests() if not url.startswith(("file:", "data:"))] == []


def count(page: Browser, selector: str) -> int:
    return int(page.js("return document.querySelectorAll(arguments[0]).length", selector))


def text(page: Browser, selector: str) -> str:
    return str(page.js("return document.querySelector(arguments[0]).textContent", selector))


def test_both_answers_stand_on_the_first_screen(page: Browser) -> None:
    """Questions, scores and what was counted, without scrolling."""
    titles = page.js("return [...document.querySelectorAll('.answer')].filter(c => c.getBoundingClientRect().top < innerHeight / 2).map(c => c.innerText)")
    assert len(titles) == 2
    assert "Is our architecture agent-ready?" in titles[0] and "Is logic auditable?" in titles[1]
    assert "state-changing things a person can do" in titles[0]


def test_a_cell_shows_evidence_and_code_and_gives_the_focus_back(page: Browser) -> None:
    """Click, read, close with Escape: as with the mouse, so with the keyboard."""
    page.click("#matrix .cell.person")
    assert page.js("return document.getElementById('panel').open")
    assert "only a person" in text(page, "#panel-body") and count(page, "#panel-body pre.code .here") >= 1
    page.press("Escape")
    assert not page.js("return document.getElementById('panel').open")
    assert page.js("return document.activeElement.classList.contains('cell')")


def test_rows_of_the_matrix_are_found_and_filtered(page: Browser) -> None:
    """Search by resource; a toggle keeps rows that have such a cell."""
    rows = count(page, "#matrix tbody tr")
    page.type("#matrix-search", "patient")
    assert 0 < count(page, "#matrix tbody tr") < rows
    page.js("const s = document.getElementById('matrix-search'); s.value = ''; s.dispatchEvent(new Event('input'))")
    time.sleep(0.3)
    page.click("input[name=matrix-state][value=person]")
    assert 0 < count(page, "#matrix tbody tr") < rows
    assert page.js("return [...document.querySelectorAll('#matrix tbody tr')].every(r => r.querySelector('.cell.person'))")


def test_arrow_keys_walk_the_matrix(page: Browser) -> None:
    """One cell is in the tab order; arrows move on, Enter opens."""
    assert count(page, "#matrix .cell[tabindex='0']") == 1
    page.js("document.querySelector('#matrix .cell').focus()")
    first = page.js("return document.activeElement.getAttribute('aria-label')")
    page.press("Right")
    second = page.js("return document.activeElement.getAttribute('aria-label')")
    page.press("Down")
    third = page.js("return document.activeElement.getAttribute('aria-label')")
    assert len({first, second, third}) == 3
    page.press("Enter")
    assert page.js("return document.getElementById('panel').open")


def test_the_graph_follows_search_and_filters(page: Browser) -> None:
    """Another capability is drawn when the chosen one is filtered away; surfaces and states narrow the list."""
    everything = count(page, "#graph-list .option")
    page.type("#graph-search", "patient")
    assert 0 < count(page, "#graph-list .option") < everything
    assert "patient" in text(page, "#graph-title")
    page.js("const s = document.getElementById('graph-search'); s.value = ''; const f = document.getElementById('graph-surface');"
            "f.value = 'api'; f.dispatchEvent(new Event('change'))")
    assert 0 < count(page, "#graph-list .option") < everything
    page.js("const f = document.getElementById('graph-surface'); f.value = ''; const s = document.getElementById('graph-state');"
            "s.value = 'person'; s.dispatchEvent(new Event('change'))")
    assert page.js("return [...document.querySelectorAll('#graph-list .sign')].every(s => s.classList.contains('person'))")


def test_the_list_shows_what_the_graph_draws(page: Browser) -> None:
    """The chosen capability is marked and in sight, also at the end of the list."""
    seen = (
        "const l = document.getElementById('graph-list'), o = l.querySelector('[aria-selected=true]');"
        "return [...l.children].filter(c => c.getAttribute('aria-selected') === 'true').length === 1"
        " && o.offsetTop >= l.scrollTop && o.offsetTop + o.offsetHeight <= l.scrollTop + l.clientHeight"
    )
    assert page.js(seen)
    page.js("document.querySelector('#graph-list').lastChild.click()")
    assert page.js(seen)


def test_the_graph_is_panned_zoomed_and_fitted(page: Browser) -> None:
    """By buttons, by dragging and by keys."""
    page.js("document.getElementById('graph-section').scrollIntoView()")

    def box() -> list[float]:
        return [float(n) for n in page.js("return document.getElementById('graph').getAttribute('viewBox')").split()]

    fitted = box()
    page.click("#graph-in")
    assert box()[2] < fitted[2]
    page.click("#graph-fit")
    assert box() == fitted
    page.drag("#graph", 120, 60)
    assert box()[0] < fitted[0] and box()[1] < fitted[1]
    page.js("document.getElementById('graph').focus()")
    page.press("0")
    page.press("Right", "-")
    assert box()[0] != fitted[0] and box()[2] > fitted[2]


def test_a_node_opens_its_evidence(page: Browser) -> None:
    """By keyboard; every node has a name that is read out."""
    assert page.js("return [...document.querySelectorAll('#graph .node')].every(n => n.getAttribute('aria-label'))")
    page.js("document.querySelector('#graph .node').focus()")
    page.press("Enter")
    assert page.js("return document.getElementById('panel').open")


def test_a_decision_path_reads_as_steps_and_marks_the_missing_record(page: Browser) -> None:
    """Open the first: numbered steps with code, then what is missing."""
    page.js("const s = document.getElementById('decision-status'); s.value = 'unaudited'; s.dispatchEvent(new Event('change'))")
    page.click("#decision-list .decision summary")
    page.until("return document.querySelector('#decision-list .decision[open] .path')")
    assert count(page, "#decision-list .decision[open] .path > li") >= 2
    assert "No durable record" in text(page, "#decision-list .decision[open] .path > li.missing")
    assert count(page, "#decision-list .decision[open] pre.code") >= 1


def test_decisions_are_found_and_filtered(page: Browser) -> None:
    """By words, and by whether a record is made."""
    everything = count(page, "#decision-list .decision")
    page.js("const s = document.getElementById('decision-status'); s.value = 'audited'; s.dispatchEvent(new Event('change'))")
    assert 0 < count(page, "#decision-list .decision.audited") == count(page, "#decision-list .decision") < everything
    page.type("#decision-search", "no such words")
    assert count(page, "#decision-list .decision") == 0 and text(page, "#decision-found") == "0 decisions"


def test_a_row_of_the_plan_opens_what_it_is_about(page: Browser) -> None:
    """From what to do to the code to change, in one click."""
    title = text(page, "[data-blocker]")
    page.click("[data-blocker]")
    assert text(page, "#panel-title") == title
    assert count(page, "#panel-body .card, #panel-body .decision") >= 1


def test_the_theme_follows_the_system_and_the_button(page: Browser) -> None:
    """Dark where the system is dark; the button overrules."""
    ground = "return getComputedStyle(document.body).backgroundColor"
    light = page.js(ground)
    page.media(prefers_color_scheme="dark")
    dark = page.js(ground)
    assert light != dark
    page.click("#theme")
    assert page.js(ground) == light


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_sticks_out_sideways(page: Browser, width: int) -> None:
    """The page itself never scrolls sideways; wide tables and code scroll in their own frames."""
    page.resize(width, 844)
    page.js("document.querySelectorAll('.decision').forEach(d => { d.open = true; })")
    time.sleep(0.2)
    assert page.js("return document.documentElement.scrollWidth") <= width


def test_it_prints(page: Browser) -> None:
    """On paper there are pages, and the tools of the screen are gone."""
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF") and len(pdf) > 20_000


def test_everything_that_can_be_used_has_a_name(page: Browser) -> None:
    """Buttons, fields and pictures say what they are to those who do not see them; ids are unique."""
    nameless = page.js(
        "return [...document.querySelectorAll('button, input, select, [role=button], [role=img], summary')].filter(e => !e.closest('[hidden]'))"
        ".filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).map(e => e.outerHTML)"
    )
    assert nameless == []
    ids = page.js("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))


def test_hostile_names_run_nothing(browser: Browser, tmp_path: Path) -> None:
    """Scripts in file names, routes and messages are shown as text wherever they are opened."""
    page = tmp_path / "hostile.html"
    page.write_text(render(hostile_report()), encoding="utf-8")
    browser.open(page)
    browser.js("window.alert = () => { window.harmed = true; }; document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for selector in ("#matrix .cell", "[data-blocker]", "#graph .node"):
        browser.js("document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', {bubbles: true})); closePanel()", selector)
    time.sleep(0.2)
    assert browser.js("return [!!window.harmed, document.scripts.length, document.images.length]") == [False, 2, 0]
    assert browser.errors() == []


def test_a_description_alone_makes_a_page_too(browser: Browser, tmp_path: Path) -> None:
    """No decisions, no code: the views are empty, not broken."""
    root = SYSTEM.parent / "tool_rental"
    page = tmp_path / "spec.html"
    page.write_text(render(with_code(run(Options(root))[0])), encoding="utf-8")
    browser.open(page)
    assert count(browser, "#matrix tbody tr") >= 1 and count(browser, "#decision-list .decision") == 0
    assert browser.errors() == []


def test_two_thousand_operations_open_quickly(browser: Browser, tmp_path: Path) -> None:
    """The page is ready in under 3 seconds, and a search answers at once."""
    from msgspec.structs import replace

    sample = sample_report()
    operations = tuple(_made(n) for n in range(2000))
    decisions = tuple(replace(sample.decisions[0], id=f"d{n}", line=n + 1, operations=(operations[n % 2000].id,)) for n in range(4000))
    page = tmp_path / "large.html"
    page.write_text(render(replace(sample, operations=operations, decisions=decisions)), encoding="utf-8")
    assert min(_ready(browser, page) for _ in range(2)) < 3000
    took = browser.js("const t = performance.now(); document.getElementById('matrix-search').value = 'thing 77'; renderMatrix(); return performance.now() - t")
    assert took < 500 and count(browser, "#matrix tbody tr") >= 1
    assert browser.errors() == []


def _ready(browser: Browser, page: Path) -> float:
    """Milliseconds until every view of the page stands."""
    browser.open(page)
    return float(browser.js("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))


def _made(n: int) -> Operation:
    status = ("gui-only", "agent-accessible", "partial")[n % 3]
    effects = (OperationEffect("orm-write", f"Thing{n % 400}", "update", "a.py", n + 1, ("name",)),)
    return Operation(
        f"gui:{n}", "gui", "POST", f"/things/{n}", "a.py", n + 1, f"view_{n}", f"{('create', 'update', 'approve', 'delete')[n % 4]}", f"thing {n % 400}", True,
        effects, ("session",), status,  # type: ignore[arg-type]
    )
