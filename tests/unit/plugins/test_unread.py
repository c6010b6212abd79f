"""Web frameworks that no plugin reads are said, once and at the first import; modules of the project with the same name are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import Options, run
from agentlint.extension.own_layers import own_routes
from agentlint.extension.unread import unread_frameworks, unread_servers
from agentlint.ir.operations import Route, Surface
from tests.unit.analysis.harness import program_of


def test_a_framework_without_a_plugin_is_said_once() -> None:
    program = program_of({"a.py": "import os\nimport web\n", "b.py": "from web import form\n"})
    assert [(g.file, g.line, g.kind) for g in unread_frameworks(program)] == [("a.py", 2, "unread")]


def test_addresses_that_were_found_without_a_plugin_are_said_too() -> None:
    program = program_of({"a.py": "import web\n\n\n@web.route('/orders', methods=['POST'])\ndef order():\n    save()\n"})
    routes = list(own_routes((), program))
    assert [(r.framework, r.method, r.path, r.symbol) for r in routes] == [("web", "POST", "/orders", "order")]
    assert ["are read as far as" in g.reason for g in unread_frameworks(program, routes)] == [True]


_NO_ROUTES = (
    "from uplink import post\n\n\n@post('/orders')\ndef order():\n    pass\n",
    "import os\n\n\ndef told():\n    pass\n\n\nos.register('/etc/depot', told)\n",
    "def total():\n    pass\n\n\njoin_url_path('/', total)\n",
    "def told():\n    pass\n\n\nbot.register_command('/start', told)\n",
)


@pytest.mark.parametrize("code", _NO_ROUTES)
def test_addresses_that_nobody_answers_are_no_routes(code: str) -> None:
    assert not list(own_routes((), program_of({"a.py": code})))


@pytest.mark.parametrize("line", ["from plone.rest import Service", "from Products.Five.browser import BrowserView", "from zope.publisher.browser import BrowserPage"])
def test_so_is_one_that_is_a_part_of_a_package(line: str) -> None:
    assert [g.line for g in unread_frameworks(program_of({"a.py": f"{line}\n"}))] == [1]


def test_a_module_of_the_project_is_no_framework() -> None:
    assert not list(unread_frameworks(program_of({"web/__init__.py": "", "a.py": "import web\n"})))


_BY_HAND = {
    "http.server": "from http.server import BaseHTTPRequestHandler\n\nclass Orders(BaseHTTPRequestHandler):\n    def do_POST(self):\n        self.send_response(200)\n",
    "WSGI": "class App:\n    x = 1\n\n    def __call__(self, environ, start_response):\n        return []\n",
    "ASGI": "import json\n\n\nasync def app(scope, receive, send):\n    await send({})\n",
}


@pytest.mark.parametrize("kind", sorted(_BY_HAND))
def test_requests_that_are_answered_by_hand_are_said(kind: str) -> None:
    found = list(unread_servers(program_of({"a.py": _BY_HAND[kind], "b.py": _BY_HAND[kind]}), ()))
    assert [(g.file, g.line, g.kind) for g in found] == [("a.py", 4, "unread")]
    assert f"({kind})" in found[0].reason


@pytest.mark.parametrize(("surface", "said"), [("job", 1), (None, 0), ("gui", 0)])
def test_beside_a_framework_such_code_is_around_it(surface: Surface | None, said: int) -> None:
    route = Route(framework="x", method="POST", path="/x", handler="a.x", symbol="x", file="a.py", line=1, surface=surface)
    assert len(list(unread_servers(program_of({"a.py": _BY_HAND["WSGI"]}), [route]))) == said


def test_an_interface_that_a_library_makes_leaves_the_answer_unsure(tmp_path: Path) -> None:
    """What stands at `/api/` may offer everything: nobody knows what a program can reach."""
    (tmp_path / "settings.py").write_text('ROOT_URLCONF = "urls"\nINSTALLED_APPS = []\n')
    (tmp_path / "urls.py").write_text(
        "from django.urls import include, path\nfrom elsewhere import tree\nurlpatterns = [path('api/', include(tree.root.get_patterns())), path('help/', tree.help())]\n"
    )
    report, _ = run(Options(tmp_path))
    assert [g.kind for g in report.inventory.gaps if "/api/" in g.reason] == ["unread"]
    assert report.scores.agent_ready.confidence == "low"
