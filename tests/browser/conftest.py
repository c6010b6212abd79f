"""One browser for all tests of pages; where there is none, they are skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .driver import CHROMIUM, DRIVER, Browser


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium."""
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("needs chromium and chromedriver on the PATH")
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()
