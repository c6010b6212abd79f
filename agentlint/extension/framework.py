"""What a framework plugin gives and gets: the protocol, empty defaults, and the context it works in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Protocol, runtime_checkable

from agentlint.analysis.calls.sites import Calls, CallSite, Target
from agentlint.analysis.program import Element, Lineage, Program
from agentlint.analysis.types.inference import Type, Types
from agentlint.extension.documents import Documents
from agentlint.ir.decisions import Mechanism
from agentlint.ir.description import Description
from agentlint.ir.effects import Effect
from agentlint.ir.operations import Route
from agentlint.ir.syntax import Import
from agentlint.ir.walk import statements
from agentlint.knowledge import LibraryFacts


@lru_cache(maxsize=2)
def _imported(program: Program) -> frozenset[str]:
    found = set()
    for module in program.modules.values():
        for stmt in statements(module.body):
            if isinstance(stmt, Import) and not stmt.level:
                found.add(stmt.module.partition(".")[0])
    return frozenset(found)


def imports(program: Program, *packages: str) -> bool:
    """True when some module of the program imports one of the top-level packages outside of functions."""
    return not _imported(program).isdisjoint(packages)


class Context:
    """The linked program as a plugin sees it. `types` and `calls` exist from the phase named in each method of `Framework`."""

    def __init__(
        self, program: Program, library: LibraryFacts, gap: Callable[..., None], descriptions: tuple[Description, ...] = (),
        documents: Documents | None = None,
    ) -> None:
        self.program = program
        self.library = library
        self.gap = gap
        """Records something that could not be resolved: file, line, reason; with `unread` as the fourth, a whole interface of which nothing is known."""
        self.descriptions = descriptions
        """API descriptions of the project: of frameworks that route by them."""
        self.documents = documents or Documents()
        """Files beside the code in which the project declares things: of frameworks that read such files."""
        self._types: Types | None = None
        self._calls: Calls | None = None

    def with_facts(self, types: Types, calls: Calls | None = None) -> Context:
        """A context of a later phase."""
        later = Context(self.program, self.library, self.gap, self.descriptions, self.documents)
        later._types, later._calls = types, calls
        return later

    @property
    def types(self) -> Types:
        """Inferred types; raises RuntimeError in phases before they exist."""
        if self._types is None:
            raise RuntimeError("types do not exist yet in this phase")
        return self._types

    @property
    def calls(self) -> Calls:
        """The call graph; raises RuntimeError in phases before it exists."""
        if self._calls is None:
            raise RuntimeError("calls do not exist yet in this phase")
        return self._calls


@runtime_checkable
class Framework(Protocol):
    """One framework. Methods are called in the order in which they stand here, each once a run (`call_effects` once a call site)."""

    name: str
    version: str

    def detect(self, program: Program) -> bool:
        """Cheaply: does the program use the framework at all? The other methods are called only then."""

    def lineages(self, context: Context) -> Mapping[str, Lineage]:
        """Bases that classes have by convention, and which classes make one model: class id to both. Neither types nor calls yet.

        A name that no class of the program has stands for a model that another package brings.
        """

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """Types of attributes that the framework adds to classes: class id to attribute to type. No types or calls yet.

        Keys may also be a library class, a function id (parameters), `*` (names that a convention reserves), the access path of a mapping (keys), or
        that of a registry's method with `()` (the classes and texts that it is asked with, in order and with a space between them), or of a library
        function with `()` (the empty text: what it gives in this project);
        an `Element` in place of a type means the value of that expression.
        """

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """Call edges that no line of code shows (signal receivers, hooks that the framework calls): caller id and target. Types exist."""

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """Effects of a call that knowledge rows cannot state (`form.save()`). Types and calls exist."""

    def routes(self, context: Context) -> Iterable[Route]:
        """Everything that the framework lets an actor start. Types and calls exist."""

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """Recording mechanisms that knowledge rows cannot state (an admin site's log). Types and calls exist."""


class FrameworkBase:
    """Empty answers for plugins that have nothing to say in a phase."""

    name = ""
    version = "0"

    def detect(self, program: Program) -> bool:
        """See `Framework`."""
        return False

    def lineages(self, context: Context) -> Mapping[str, Lineage]:
        """See `Framework`."""
        return {}

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """See `Framework`."""
        return {}

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """See `Framework`."""
        return ()

    def call_effects(self, site: CallSite, context: Context) -> Iterable[Effect]:
        """See `Framework`."""
        return ()

    def routes(self, context: Context) -> Iterable[Route]:
        """See `Framework`."""
        return ()

    def mechanisms(self, context: Context) -> Iterable[Mechanism]:
        """See `Framework`."""
        return ()
