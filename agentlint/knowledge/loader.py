"""Reads knowledge files into one `LibraryFacts`: the built-in ones, then those a user adds, which win."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import msgspec
import yaml

from agentlint.knowledge.library import LibraryFacts
from agentlint.knowledge.problems import KnowledgeError, Problem, find_problems
from agentlint.knowledge.schema import KnowledgeFile

BUILT_IN = Path(__file__).parent / "libraries"
"""Where the files that come with agentlint stand, one folder per language."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_library(extra: Iterable[Path] = (), language: str = "python", built_in: bool = True) -> LibraryFacts:
    """All built-in files of a language, unless nothing is there that they would speak of, plus the user's. Raises `KnowledgeError` that lists every mistake
    in the user's files."""
    problems: list[Problem] = []
    files = list(_built_in(language)) if built_in else []
    for path in extra:
        file, found = read_file(path)
        problems.extend(found)
        if file is not None and not found:
            files.append(file)
    if problems:
        raise KnowledgeError(tuple(problems))
    return LibraryFacts(files)


@functools.cache
def _built_in(language: str) -> tuple[KnowledgeFile, ...]:
    paths = sorted((BUILT_IN / language).glob("*.yaml"))
    return tuple(parse(path.read_bytes(), str(path)) for path in paths)


def parse(text: bytes, name: str) -> KnowledgeFile:
    """The file's content, checked for form only. Raises `KnowledgeError` with lines when it is wrong."""
    try:
        return msgspec.convert(yaml.load(text, _LOADER), KnowledgeFile)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise KnowledgeError(find_problems(text, name) or (Problem(name, 0, str(error)),)) from error


def read_file(path: Path) -> tuple[KnowledgeFile | None, tuple[Problem, ...]]:
    """One file with everything that is wrong with it, in its form and in what its rows say."""
    try:
        text = path.read_bytes()
    except OSError as error:
        return None, (Problem(str(path), 0, f"cannot read the knowledge file: {error.strerror}"),)
    found = find_problems(text, str(path))
    return (None if found else parse(text, str(path))), found
