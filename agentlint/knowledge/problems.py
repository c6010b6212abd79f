"""What is wrong with a knowledge file, each mistake with its line and the nearest right name. Only the error path comes here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import yaml

from agentlint.knowledge.paths import expand, is_place, parse_type
from agentlint.knowledge.schema import SECTIONS, EffectRow, KnowledgeFile, TypeRow


class Problem(msgspec.Struct, frozen=True, order=True):
    """One mistake."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class KnowledgeError(ValueError):
    """The knowledge files cannot be used; `problems` lists every mistake."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def find_problems(text: bytes, name: str) -> tuple[Problem, ...]:
    """Every mistake of one file, sorted by line."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return (Problem(name, mark.line + 1 if mark else 0, f"not valid YAML: {getattr(error, 'problem', None) or error}"),)
    if not isinstance(root, yaml.MappingNode):
        return (Problem(name, 1, "a knowledge file is a mapping with `library`, `language`, `sources`, ..."),)
    return tuple(sorted(Problem(name, line, message) for line, message in _file_problems(root)))


def _file_problems(root: yaml.MappingNode) -> Iterator[tuple[int, str]]:
    keys = {key.value: (key, value) for key, value in root.value}
    fields = [f.encode_name for f in msgspec.structs.fields(KnowledgeFile)]
    for name, (key, _) in keys.items():
        if name not in fields:
            yield _line(key), f"unknown section `{name}`{_nearest(name, fields)}"
    for field in msgspec.structs.fields(KnowledgeFile):
        if field.required and field.name not in keys:
            yield 1, f"`{field.name}` is missing"
    sources = _keys(keys["sources"][1]) if "sources" in keys else []
    for name, (key, value) in keys.items():
        if name in SECTIONS:
            yield from _section_problems(name, value, sources)
        elif name in fields:
            yield from _convert_problems(value, {f.name: f.type for f in msgspec.structs.fields(KnowledgeFile)}[name], _line(key), f"`{name}`")


def _section_problems(name: str, section: yaml.Node, sources: list[str]) -> Iterator[tuple[int, str]]:
    if not isinstance(section, yaml.SequenceNode):
        yield _line(section), f"`{name}` is a list of rows"
        return
    for node in section.value:
        yield from _row_problems(name, node, sources)


def _row_problems(section: str, node: yaml.Node, sources: list[str]) -> Iterator[tuple[int, str]]:
    row_type = SECTIONS[section]
    if not isinstance(node, yaml.MappingNode):
        yield _line(node), f"a row of `{section}` is a mapping with `at` and `source`"
        return
    fields = {f.encode_name: f for f in msgspec.structs.fields(row_type)}
    before = 0
    for key, value in node.value:
        if key.value not in fields:
            before += 1
            yield _line(key), f"unknown field `{key.value}` in a row of `{section}`{_nearest(key.value, fields)}"
        else:
            for problem in _convert_problems(value, fields[key.value].type, _line(key), f"`{key.value}`"):
                before += 1
                yield problem
    for field in fields.values():
        if field.required and field.encode_name not in _keys(node):
            before += 1
            yield _line(node), f"a row of `{section}` needs `{field.encode_name}`"
    if not before:
        row = msgspec.convert(_plain(node), row_type)
        for message in _meaning(row, sources):
            yield _line(node), message


def _meaning(row: Any, sources: list[str]) -> Iterator[str]:
    if row.source not in sources:
        yield f"source `{row.source}` is not among the file's `sources`{_nearest(row.source, sources)}"
    for path in expand(row.at):
        if not re.fullmatch(r"[\w$@/-]+(\(\))?(\.[\w$*-]+(\(\))?)*", path):
            yield f"`{path}` is no access path: write `package.module.Class.method()`"
    if isinstance(row, TypeRow):
        try:
            parse_type(row.returns)
        except ValueError as error:
            yield str(error)
    if isinstance(row, EffectRow):
        for text in (row.model, row.target, row.sql, row.verb, *row.fields):
            if text and text not in ("keywords", "name") and not text.startswith("'") and not is_place(text):
                yield f"`{text}` is no place: write `receiver`, `T`, `arg 0`, `kwarg name` or a quoted text{_nearest(text, _PLACES)}"


_PLACES = ("receiver", "T", "arg 0", "arg 1", "kwarg name", "item of arg 0", "keywords")


def _convert_problems(node: yaml.Node, wanted: Any, line: int, where: str) -> Iterator[tuple[int, str]]:
    try:
        value = _plain(node)
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        choices = _choices(wanted)
        if choices and isinstance(value, str):
            yield line, f"{where} cannot be `{value}`{_nearest(value, choices)}; one of: {', '.join(choices)}"
        else:
            yield line, f"{where}: {error}"


def _choices(wanted: Any) -> list[str]:
    return [str(c) for c in getattr(wanted, "__args__", ()) if isinstance(c, str)]


def _plain(node: yaml.Node) -> Any:
    return yaml.SafeLoader("").construct_document(node)


def _keys(node: yaml.Node) -> list[str]:
    return [key.value for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _nearest(name: str, choices: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(name), [str(c) for c in choices], n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else ""
