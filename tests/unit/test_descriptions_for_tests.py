"""Descriptions in folders of tests stand in for services that a project calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import Options, analyse

TEXT = '{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/%s": {"post": {"responses": {"201": {"description": "made"}}}}}}'


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        (("openapi.json", "tests/files/stand_in.json"), {"/openapi"}),
        (("tests/files/stand_in.json",), {"/stand_in"}),
    ],
    ids=["beside another", "alone"],
)
def test_descriptions_in_folders_of_tests(files: tuple[str, ...], paths: set[str], tmp_path: Path) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(TEXT % Path(file).stem, encoding="utf-8")
    assert {o.path for o in analyse(Options(tmp_path)).facts.operations} == paths
