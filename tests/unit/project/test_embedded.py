"""A page that shows a description holds it: read as any other, with the page's own lines."""

from __future__ import annotations

import json
from pathlib import Path

from agentlint.app import Options, run

DOCUMENT = {
    "openapi": "3.0.3", "info": {"title": "Quays", "version": "1"},
    "paths": {"/quays": {"post": {"operationId": "makeQuay", "responses": {"201": {"description": "made"}}}}},
}
PAGE = "<html>\n<div id='redoc'></div>\n<script>\nvar spec = {};\nRedoc.init(spec, {{}}, document.body);\n</script>\n</html>\n"


def test_the_document_in_a_page_is_read_with_the_lines_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "api.html").write_text(PAGE.replace("{}", json.dumps(DOCUMENT, indent=1), 1).replace("{{}}", "{}"))
    report, _ = run(Options(tmp_path))
    assert [(o.method, o.path, o.file, o.line) for o in report.operations] == [("POST", "/quays", "api.html", 12)]


def test_a_page_that_only_speaks_of_descriptions_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "api.html").write_text('<p>Every description begins with {"openapi": "3.1.0"} or so.</p>')
    report, _ = run(Options(tmp_path))
    assert (report.inventory.specs, report.inventory.gaps) == ((), ())


def test_a_broken_document_in_a_page_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "api.html").write_text('<script>\nvar spec = {"openapi": "3.0.3",\n "info": oops}\n</script>')
    report, _ = run(Options(tmp_path))
    assert [(g.file, g.line) for g in report.inventory.gaps] == [("api.html", 3)]
