"""Streams of events that a program hands to something outside of itself: objects that are called audit events, and the calls that send them off.

What becomes of them cannot be seen. That they are called so, are built of what happened, and leave the process by another way than its log, says that
they are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.recorders import RecordSite
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import RecordContent

_TRAILS = frozenset({"audit", "auditlog", "audittrail", "auditevent"})
_ONES = frozenset({"event", "entry", "record", "message", "log"})
"""What the last word of such a class says that one of its objects is."""
_SENDS = frozenset({"post", "send", "emit", "publish", "dispatch", "submit", "enqueue", "push", "fire", "store", "write", "record", "log", "save"})
_LOGS = frozenset({"logger", "log", "logging", "_logger", "LOG", "LOGGER", "print", "warnings", "super", "str", "repr", "len", "isinstance", "json", "copy"})
"""What a thing may be handed to and be gone, or not have left at all."""
_SAYS_HOW = frozenset({
    "event", "base", "entry", "record", "message", "log", "action", "change", "changed", "update", "updated", "create", "created", "add", "added", "delete",
    "deleted", "remove", "removed", "new", "request", "mixin", "abstract",
})
"""Words of a class of events that do not name what it tells of."""
_WHO = frozenset({"request", "user", "actor", "principal", "performed_by"})


class Streams:
    """Finds classes of such events, and the calls that send one."""

    def __init__(self, program: Program, calls: Calls) -> None:
        self._program, self._calls = program, calls
        self._sent_by = dict(self._classes())
        """Class of event to the methods that send one off."""
        self._about = dict(self._beside())
        """Classes of the same family that are called otherwise, with the words of what they tell of: what sends an audit event sends theirs to the same."""
        for name in self._about:
            self._sent_by[name] = frozenset(m for m in _SENDS if self._ways & {self._way(name, m)})

    @property
    def found(self) -> bool:
        """True when the program has such events."""
        return bool(self._sent_by)

    def records(self) -> Mapping[int, RecordSite]:
        """Records by the identity of the call."""
        sites = (site for function in self._program.functions for site in self._calls.sites(function)) if self._sent_by else ()
        return {id(site.call): record for site in sites if (record := self._record(site)) is not None}

    def _record(self, site: CallSite) -> RecordSite | None:
        if site.name not in _SENDS:
            return None
        sent = next((t.name for t in site.receiver if not t.meta and site.name in self._sent_by.get(t.name, ())), "")
        if not sent:
            return None
        content = RecordContent(who=self._says_who(sent), what=True)
        return RecordSite(site.caller, site.file, site.line, f"{sent.rpartition('.')[2]} sent on", content, about=self._about.get(sent, ()))

    def _classes(self) -> Iterator[tuple[str, frozenset[str]]]:
        for name in self._program.classes:
            said = [singular(w) for w in words(name.rpartition(".")[2])]
            if said and _TRAILS.intersection(said) and said[-1] in _ONES | _TRAILS:
                methods = ((m, self._program.method(name, m)) for m in sorted(_SENDS))
                leaving = frozenset(m for m, info in methods if info is not None and _hands_itself_on(info))
                if leaving:
                    yield name, leaving

    def _way(self, name: str, method: str) -> str:
        info = self._program.method(name, method)
        return info.id if info is not None else ""

    def _beside(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        self._ways = {self._way(name, m) for name, methods in self._sent_by.items() for m in methods}
        for owner in sorted({self._program.functions[way].owner for way in self._ways}):
            for name in self._program.subclasses(owner):
                about = tuple(w for w in map(singular, words(name.rpartition(".")[2])) if w not in _SAYS_HOW)
                if name not in self._sent_by and about and any(self._way(name, m) in self._ways for m in _SENDS):
                    yield name, about

    def _says_who(self, name: str) -> bool:
        """True when something that builds or fills the event is given who acts."""
        infos = (self._program.classes.get(base) for base in self._program.mro(name))
        methods = (self._program.functions[m] for info in infos if info is not None for m in info.methods.values())
        return any(p.name in _WHO for method in methods for p in method.node.params)


def _hands_itself_on(info: FunctionInfo) -> bool:
    """True for a method that gives the object, or what it makes of it, to something else that is no log."""
    for call in walk.calls(info.node.body):
        path = walk.dotted(call.func).split(".")
        given = (*call.args, *(k.value for k in call.keywords))
        if path[0] not in _LOGS | {"self", "cls"} and path[0] and any(_is_own(one) for one in given):
            return True
        if path[0] == "self" and len(path) > 2 and path[1] not in _LOGS and any(_is_own(one) for one in given):
            return True  # a member that takes it: `self.producer.send(topic, self.to_json())`
    return False


def _is_own(expr: s.Expr) -> bool:
    return any(isinstance(part, s.Name) and part.id == "self" for part in walk.expressions(expr))
