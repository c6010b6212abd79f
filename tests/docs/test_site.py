"""The documentation as a site: built strictly, so that a link or a heading that is not there fails; every address that the tool prints exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agentlint.findings.rule_info import DOCS
from agentlint.rules.catalog import built_in_rules

ROOT = Path(__file__).parents[2]


def test_the_site_is_built_strictly_and_holds_every_address_that_the_tool_prints(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="needs mkdocs-material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(ROOT / "mkdocs.yml"), "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    assert done.returncode == 0, done.stderr
    printed = {rule.info.url for rule in built_in_rules()}
    for source in (ROOT / "agentlint").rglob("*.py"):
        printed |= {DOCS + path for path in re.findall(r"\{DOCS\}((?:/[\w-]+)*/)", source.read_text(encoding="utf-8"))}
    missing = [url for url in sorted(printed) if not (tmp_path / "site" / url.removeprefix(DOCS).strip("/") / "index.html").is_file()]
    assert missing == []
