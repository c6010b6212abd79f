"""A package that holds Django's script is where imports start, beside being a package."""

from __future__ import annotations

from agentlint.ir import syntax as s
from tests.unit.analysis.harness import program_of

FILES = {
    "desk/__init__.py": "", "desk/core/__init__.py": "", "desk/core/urls.py": "from tickets.views import close\n",
    "desk/tickets/__init__.py": "", "desk/tickets/views.py": "def close(request): ...\n",
}


def _close(files: dict[str, str]) -> str:
    program = program_of(files)
    return program.resolve(s.Name("close", 1), program.modules["desk.core.urls"])


def test_imports_start_at_the_folder_of_the_script() -> None:
    """`desk/manage.py` puts `desk` on the path: `tickets` is `desk.tickets`. Without the script it is somebody else's."""
    assert _close({**FILES, "desk/manage.py": "import sys\n"}) == "desk.tickets.views.close"
    assert _close(FILES) == "tickets.views.close"
