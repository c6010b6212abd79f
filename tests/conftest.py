"""Options that every test may use."""

from __future__ import annotations

import os

import pytest

from agentlint.errors import TRACEBACK


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected outputs of golden tests; review the diff like code")
    parser.addoption("--slow", action="store_true", help="run the tests that take minutes, too: they build environments from the package index")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="takes minutes; run with --slow"))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the cache of whoever runs it."""
    os.environ["AGENTLINT_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def _no_isolation() -> None:
    """A bug fails the test that meets it, where a user would lose only the function that it is about."""
    os.environ[TRACEBACK] = "1"


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden outputs are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))
