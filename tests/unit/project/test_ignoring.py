"""One pass over all patterns gives the answers of the rules themselves."""

from __future__ import annotations

import pathspec
import pytest

from agentlint.project.ignoring import ignored_by

LINES = ["*.pyc", "/build/", "!keep.pyc", "a/**/b", "doc/*.txt", "# words", "", "node_modules", "!/build/kept/", "*~", "[ab].log", "\\#odd", "**/deep", "x/**"]
PATHS = ["m.pyc", "p/m.pyc", "keep.pyc", "p/keep.pyc", "build/", "build/a.py", "p/build/", "build/kept/", "a/b", "a/x/b", "a/x/y/b/c", "doc/a.txt",
         "doc/p/a.txt", "node_modules/", "p/node_modules/x.js", "a.py~", "a.log", "c.log", "#odd", "deep", "p/q/deep/r", "x/y/z", "words", ""]


@pytest.mark.parametrize("path", PATHS)
def test_the_same_answers(path: str) -> None:
    assert ignored_by(LINES)(path) == pathspec.GitIgnoreSpec.from_lines(LINES).match_file(path)


def test_no_patterns_ignore_nothing() -> None:
    assert not any(map(ignored_by(["", "# words", "!kept"]), PATHS))
