"""Files beside the code: parsed with lines, and a gap for what cannot be parsed."""

from __future__ import annotations

from agentlint.api import Documents


def _documents(**files: str) -> tuple[Documents, list[tuple[str, int, str]]]:
    gaps: list[tuple[str, int, str]] = []
    held = {name.replace("_", "."): text.encode() for name, text in files.items()}
    return Documents(tuple(sorted(held)), held.get, lambda *gap: gaps.append(gap)), gaps


def test_elements_of_xml_have_lines_and_text() -> None:
    documents, gaps = _documents(a_xml="<odoo>\n <record id='x'>\n  <field> hi </field></record>\n</odoo>")
    root = documents.xml("a.xml")
    assert root is not None and [(e.tag, e.line) for e in root.walk()] == [("odoo", 1), ("record", 2), ("field", 3)]
    assert [e.text for e in root.walk() if e.tag == "field"] == ["hi"] and not gaps


def test_what_is_not_well_formed_is_a_gap_with_its_line() -> None:
    documents, gaps = _documents(a_xml="<odoo>\n<record>\n</odoo>", b_json="{", c_json="[1]")
    assert documents.xml("a.xml") is None and documents.json("b.json") is None and documents.json("c.json") is None
    assert [(file, line) for file, line, _ in gaps] == [("a.xml", 3), ("b.json", 1)]


def test_nesting_without_end_is_a_gap() -> None:
    documents, gaps = _documents(a_xml="<a>" * 500 + "</a>" * 500)
    assert documents.xml("a.xml") is None and len(gaps) == 1


def test_rows_of_a_table_go_by_its_first_line() -> None:
    documents, _ = _documents(a_csv="id,name\nx,y\n")
    assert documents.table("a.csv") == [{"id": "x", "name": "y"}] and documents.table("b.csv") == []
