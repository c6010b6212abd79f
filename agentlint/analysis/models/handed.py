"""Calls of a model that the program leaves to another function: `guarded(chain.arun, question)`, `to_thread(model.predict, rows)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from agentlint.analysis.calls.sites import CallSite
from agentlint.analysis.types.inference import Type
from agentlint.ir import syntax as s
from agentlint.knowledge import LibraryFacts

_LOOKING = frozenset({"hasattr", "getattr", "isinstance", "callable", "id", "print", "repr", "setattr", "wraps", "signature", "iscoroutinefunction"})
"""Calls that look at a function they are given and do not run it."""


class Handed:
    """Finds methods of models among the arguments of calls."""

    def __init__(self, library: LibraryFacts, typed: Callable[[s.Expr, str], tuple[Type, ...]], kinds: frozenset[str]) -> None:
        self._library, self._typed, self._kinds = library, typed, kinds
        self._names = library.decision_names(kinds)

    def at(self, site: CallSite) -> CallSite | None:
        """The call as one of the model whose method it hands on; None when it hands on none."""
        if site.name in _LOOKING:
            return None
        for given in _methods(site.call):
            if given.attr in self._names:
                for held in self._typed(given, site.caller):
                    row = self._library.decision(held.name) if held.meta else None
                    if row is not None and row.kind in self._kinds:
                        return msgspec.structs.replace(site, library=held.name, receiver=held.args[:1])
        return None


def _methods(call: s.Call) -> Iterator[s.Attribute]:
    for expr in (*call.args, *(k.value for k in call.keywords)):
        if isinstance(expr, s.Attribute):
            yield expr
