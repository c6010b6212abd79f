"""Small programs from source text, for tests of whole-program passes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from agentlint.analysis.calls.sites import Calls, CallSite, resolve_calls
from agentlint.analysis.program import Program, build_program
from agentlint.analysis.types.inference import Type, Types, infer_types
from agentlint.frontends.python import lower
from agentlint.knowledge import LibraryFacts, load_library


@cache
def library() -> LibraryFacts:
    """The built-in knowledge, loaded once."""
    return load_library()


def program_of(files: Mapping[str, str]) -> Program:
    """The linked program of files given as path to source text."""
    modules = [lower(text.encode(), path, module_name(path), path.endswith("__init__.py")) for path, text in files.items()]
    return build_program(modules, library())


def module_name(path: str) -> str:
    """The dotted name of a file."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Analysed:
    """A program with its types and calls."""

    def __init__(self, files: Mapping[str, str], extra: Mapping[str, Mapping[str, Type]] | None = None) -> None:
        self.program: Program = program_of(files)
        self.types: Types = infer_types(self.program, library(), extra or {})
        self.calls: Calls = resolve_calls(self.program, self.types, library())

    def site(self, function: str, name: str) -> CallSite:
        """The first call of a name in a function."""
        return next(site for site in self.calls.sites(function) if site.name == name)

    def targets(self, function: str, name: str) -> list[str]:
        """Functions that the first call of a name may run, those by name alone left out."""
        return [t.function for t in self.site(function, name).targets if t.confidence != "low"]

    def library(self, function: str, name: str) -> str:
        """Library path of the first call of a name."""
        return self.site(function, name).library


def calls_of(files: Mapping[str, str]) -> Analysed:
    """Everything up to the call graph."""
    return Analysed(files)
