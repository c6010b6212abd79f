"""Work done beside the rest: the same result from another process, from the shelf, and after every accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.beside import Shelf, beside
from agentlint.cache.keys import requests_key
from agentlint.cache.store import Store, digest
from agentlint.frontends.javascript import lower


@pytest.mark.parametrize("apart", [False, True])
def test_a_result_is_made_once_and_kept(tmp_path: Path, apart: bool) -> None:
    shelf = Shelf(Store(tmp_path), "requests", digest(b"scripts"))
    assert beside(lambda: [1, 2], list[int], apart, shelf)() == [1, 2]
    assert beside(lambda: [3], list[int], apart, shelf)() == [1, 2]
    assert beside(lambda: [3], list[int], apart)() == [3]


def test_what_does_not_fit_is_made_again(tmp_path: Path) -> None:
    shelf = Shelf(Store(tmp_path), "requests", digest(b"scripts"))
    shelf.store.put(shelf.kind, shelf.key, b"\xc1 no message")
    assert beside(lambda: [3], list[int], False, shelf)() == [3]
    assert shelf.store.get(shelf.kind, shelf.key) == b"\x91\x03"


def test_an_error_keeps_nothing(tmp_path: Path) -> None:
    shelf = Shelf(Store(tmp_path), "requests", digest(b"scripts"))

    def broken() -> list[int]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        beside(broken, list[int], True, shelf)()
    assert shelf.store.get(shelf.kind, shelf.key) is None


def test_the_name_rests_on_every_script() -> None:
    one, other = lower(b"fetch('/a')", "a.js", "a"), lower(b"fetch('/b')", "a.js", "a")
    assert requests_key([one]) == requests_key([lower(b"fetch('/a') // as before", "a.js", "a")])
    assert len({requests_key([one]), requests_key([other]), requests_key([one, one]), requests_key([])}) == 4
