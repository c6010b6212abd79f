"""Web frameworks that no plugin reads are said, once and at the first import; modules of the project with the same name are none."""

from __future__ import annotations

from agentlint.extension.unread import unread_frameworks
from tests.unit.analysis.harness import program_of


def test_a_framework_without_a_plugin_is_said_once() -> None:
    program = program_of({"a.py": "import os\nimport web\n", "b.py": "from web import form\n"})
    assert [(g.file, g.line, g.kind) for g in unread_frameworks(program)] == [("a.py", 2, "unread")]


def test_a_module_of_the_project_is_no_framework() -> None:
    assert not list(unread_frameworks(program_of({"web/__init__.py": "", "a.py": "import web\n"})))
