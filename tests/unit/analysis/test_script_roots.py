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


def test_imports_may_start_in_a_package_where_many_do() -> None:
    """Three modules of it are named without it, so that it is where the product is started; a module of Python's own stays that."""
    more = {
        "desk/core/urls.py": "from tickets.views import close\nfrom stores.rows import keep\nfrom people.staff import ask\nfrom logging.handlers import QueueHandler\n",
        "desk/stores/__init__.py": "", "desk/stores/rows.py": "def keep(): ...\n", "desk/people/__init__.py": "", "desk/people/staff.py": "def ask(): ...\n",
        "desk/logging/__init__.py": "", "desk/logging/handlers.py": "class QueueHandler: ...\n",
    }
    program = program_of({**FILES, **more})
    module = program.modules["desk.core.urls"]
    found = [program.resolve(s.Name(name, 1), module) for name in ("close", "keep", "ask", "QueueHandler")]
    assert found == ["desk.tickets.views.close", "desk.stores.rows.keep", "desk.people.staff.ask", "logging.handlers.QueueHandler"]
