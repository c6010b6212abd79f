"""The store: whole entries or none, whatever happens to the disk; and where it stands."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from agentlint.cache import Store, cache_folder
from agentlint.cache.store import digest

KEY = digest(b"key")


def _entry(store: Store) -> Path:
    return next(p for p in store.folder.rglob("*") if p.is_file() and p.name != "tidied")


def test_what_was_put_is_found(tmp_path: Path) -> None:
    Store(tmp_path).put("file", KEY, b"facts")
    assert Store(tmp_path).get("file", KEY) == b"facts"
    assert Store(tmp_path).peek("file", KEY) == digest(b"facts")
    assert Store(tmp_path).get("run", KEY) is None


@pytest.mark.parametrize("harm", [lambda d: d[:-1], lambda d: d + b"x", lambda d: d[:-1] + b"X", lambda d: d[:20], lambda d: b"", lambda d: b"\0" * len(d)])
def test_a_harmed_entry_is_no_entry(tmp_path: Path, harm) -> None:
    store = Store(tmp_path)
    store.put("file", KEY, b"facts of a file")
    path = _entry(store)
    path.write_bytes(harm(path.read_bytes()))
    assert store.get("file", KEY) is None
    assert not path.exists()
    store.put("file", KEY, b"facts of a file")
    assert store.get("file", KEY) == b"facts of a file"


def test_an_entry_under_another_name_is_no_entry(tmp_path: Path) -> None:
    store, other = Store(tmp_path), digest(b"other")
    store.put("file", KEY, b"facts")
    there = Path(store._path("file", other))
    there.parent.mkdir(parents=True, exist_ok=True)
    os.replace(_entry(store), there)
    assert store.peek("file", other) is None
    assert store.get("file", other) is None


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    store.put("file", KEY, b"facts")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []
    monkeypatch.undo()
    store.put("file", KEY, b"facts")  # a disk that refused once is not asked again in the same run
    assert store.get("file", KEY) is None


def test_a_place_that_cannot_be_written_is_silent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = Store(tmp_path / "file")
    store.put("file", KEY, b"facts")
    assert store.get("file", KEY) is None
    assert store.peek("file", KEY) is None
    assert store.size() == (0, 0)
    store.tidy()


def test_the_oldest_entries_go_when_there_are_too_many(tmp_path: Path) -> None:
    store = Store(tmp_path)
    keys = [digest(bytes([n])) for n in range(10)]
    for number, key in enumerate(keys):
        store.put("file", key, bytes(1000))
        os.utime(store._path("file", key), (number, number))
    store.tidy(most=5000, now=1e9)
    left = [n for n, key in enumerate(keys) if store.get("file", key) is not None]
    assert left == list(range(10 - len(left), 10))
    assert 0 < len(left) <= 3
    store.tidy(most=0, now=1e9 + 3600)  # looked at once a day
    assert store.size()[0] == len(left)


def test_what_a_killed_process_left_is_removed_after_a_while(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("file", KEY, b"facts")
    half = Path(store._path("file", KEY) + ".99.0.part")
    half.write_bytes(b"agentlint ca")
    store.tidy(now=os.stat(half).st_mtime + 60)
    assert half.exists()
    store.tidy(now=os.stat(half).st_mtime + 90_000)
    assert not half.exists()
    assert store.get("file", KEY) == b"facts"


def test_clearing_takes_everything(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("file", KEY, b"facts")
    assert store.clear() == 1
    assert store.size() == (0, 0)


def test_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder({}) == tmp_path / ".cache" / "agentlint"
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path / "x")}) == tmp_path / "x" / "agentlint"
    assert cache_folder({"XDG_CACHE_HOME": "relative"}) == tmp_path / ".cache" / "agentlint"
    assert cache_folder({"XDG_CACHE_HOME": "/x", "AGENTLINT_CACHE_DIR": "/own"}) == Path("/own")
