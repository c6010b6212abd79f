"""Descriptions in forms that are not read are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import run
from agentlint.errors import NothingToAnalyse
from agentlint.options import Options
from agentlint.project.files import find_files

_FORMS = {
    "events.yaml": ("asyncapi: 3.0.0\ninfo: {title: Bells, version: '1'}\n", "an AsyncAPI description"),
    "calls.json": ('{"openrpc": "1.2.6", "info": {"title": "Bells", "version": "1"}, "methods": []}', "an OpenRPC description"),
    "bells.json": ('{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": []}', "a Postman collection"),
    "bells.graphql": ("type Query { bells: [Int] }", "a GraphQL schema"),
    "bells.proto": ('syntax = "proto3";', "a Protocol Buffers description"),
    "bells.wsdl": ("<definitions/>", "a WSDL description"),
}


@pytest.mark.parametrize("name", _FORMS)
def test_a_folder_with_nothing_else_is_an_error_that_names_the_file(tmp_path: Path, name: str) -> None:
    text, form = _FORMS[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(NothingToAnalyse) as told:
        run(Options(tmp_path))
    assert f"{name} ({form})" in str(told.value)


def test_beside_others_it_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "events.yaml").write_text(_FORMS["events.yaml"][0], encoding="utf-8")
    (tmp_path / "package.json").write_text('{"name": "asyncapi-bells", "version": "1.0.0"}', encoding="utf-8")
    assert [(gap.file, gap.reason) for gap in find_files(tmp_path).gaps] == [("events.yaml", "an AsyncAPI description, which is not read")]
