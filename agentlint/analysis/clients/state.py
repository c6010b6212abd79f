"""What reading client code keeps in hand: modules, the chain of calls being followed, what was met, what is still to read."""

from __future__ import annotations

from collections import defaultdict, deque

from agentlint.analysis.clients.libraries import Sent, verb_of
from agentlint.analysis.clients.modules import ModuleIndex, is_classic
from agentlint.analysis.clients.relevance import Relevance
from agentlint.analysis.clients.requests import Met, meet
from agentlint.analysis.clients.scopes import Frame, Imported, ModuleScope, Scope
from agentlint.analysis.clients.values import HOLE, Cls, External, Fn, Instance, Value, alternatives, fixed
from agentlint.analysis.clients.wrappers import sending_methods
from agentlint.ir import syntax as s

MOST_STEPS = 25_000
"""Expressions read for one function before calls in it are no longer followed."""
DEEPEST = 6
"""Calls followed one into the other."""

_MOST_OBJECTS = 24
"""Objects of one class that are read for the texts that they are made with."""


class State:
    """The state of one reading of all modules."""

    def __init__(self, modules: tuple[s.Module, ...]) -> None:
        self.index = ModuleIndex(modules)
        self.relevance = Relevance(modules)
        self.wrappers = sending_methods(modules, verb_of)
        """Methods of the project's own clients that send what they are given, with the HTTP method."""
        self.met: list[Met] = []
        self.lost: list[tuple[str, int]] = []
        """Places where code is nested too deeply to be followed."""
        self.roots: deque[tuple[Fn, Value | None]] = deque()
        self.made: deque[Instance] = deque()
        """Objects of the project's own clients that were made with an address of their own, to be read like their classes."""
        self.steps = 0
        self.chain: list[str] = []
        self.entry: tuple[str, int, str] | None = None
        """Where the function being read calls into what is being followed."""
        self.scopes: dict[str, list[ModuleScope]] = {}
        self.shared: dict[str, Value] = {}
        """What scripts hang on the global object."""
        self.inherited: dict[str, str] = {}
        """A method as a class inherits it, and the same method as the class that defines it has it."""
        self._handed_out: dict[int, Instance] = {}
        self.handing_over: set[tuple[str, str]] = set()
        """Names whose value is being looked up: module path and name."""
        self._rooted: set[tuple[int, str]] = set()
        self._objects_met: set[tuple[int, tuple[str, ...]]] = set()
        self._serials: dict[int, int] = {}
        self._classic: dict[str, list[str]] = defaultdict(list)
        for path, sources in self.index.by_path.items():
            for name in sorted({n for m in sources if is_classic(m) for n in _top_names(m)}):
                self._classic[name].append(path)

    # ------------------------------------------------------------ identities

    def identity(self, fn: Fn, this: Value | None) -> str:
        """One name for a function as it runs for one kind of object."""
        serial = self._serials.setdefault(id(fn.node), len(self._serials))
        if isinstance(this, Instance):
            return f"{serial}@{self._serials.setdefault(id(this.kind.node), len(self._serials))}"
        return str(serial)

    def owner_of(self, fn: Fn) -> int:
        """The number under which a function's parameters go."""
        return self._serials.setdefault(id(fn.node), len(self._serials))

    def handed_out(self, kind: Cls) -> Instance:
        """The instance of a class that a container gives to all who ask, or that a declared parameter holds: one for all, so that it is built once."""
        return self._handed_out.setdefault(id(kind), Instance(kind, None))

    # ------------------------------------------------------------------ roots

    def root(self, fn: Fn, this: Value | None = None) -> None:
        """A function to read for itself later, once."""
        key = (id(fn.node), self.identity(fn, this))
        if self.at_root and key not in self._rooted:
            self._rooted.add(key)
            self.roots.append((fn, this))

    def instance(self, kind: Cls | Fn, args: tuple[Value, ...]) -> Instance:
        """A new object; one that is given texts may send to addresses that its class alone does not tell."""
        found = Instance(kind, args)
        texts = tuple(fixed(a) or "" for a in args)
        key = (id(kind.node), texts)
        if isinstance(kind, Cls) and any(texts) and key not in self._objects_met and sum(node == key[0] for node, _ in self._objects_met) < _MOST_OBJECTS:
            self._objects_met.add(key)
            self.made.append(found)
        return found

    @property
    def at_root(self) -> bool:
        """Whether we read a function for itself, not as called from another."""
        return self.entry is None

    # --------------------------------------------------------------- requests

    def record(self, sent: Sent, call: s.Call, scope: Scope) -> None:
        """Keep one request for every alternative of its URL and method."""
        path = scope.module.path if scope.module is not None else ""
        place = self.entry or (path, call.line, scope.symbol)
        for url in alternatives(sent.url):
            for method in alternatives(sent.method):
                self.met.append(meet((path, call.line, call.site), tuple(self.chain), (method, url), place, sent.caller))

    # -------------------------------------------------------- names from afar

    def global_name(self, name: str, scope: Scope) -> Value:
        """A name that no scope holds: another classic script's, or the environment's."""
        if name in self.shared:
            return self.shared[name]
        paths = self._classic.get(name, [])
        own = scope.module.path if scope.module is not None else ""
        chosen = own if own in paths else paths[0] if len(paths) == 1 else ""
        if chosen:
            for module in self.load(chosen):
                found = module.names.get(name)
                if found is not None and not isinstance(found, Imported) and module is not scope.module:
                    return found
        return External(name)

    def load(self, path: str) -> list[ModuleScope]:
        """The scopes of a file, read when first needed."""
        raise NotImplementedError

    def frame_of(self, scope: Scope | None) -> Frame | None:
        """The frame of the function that a scope runs in."""
        while scope is not None:
            if scope.frame is not None:
                return scope.frame
            scope = scope.parent
        return None

    def this_of(self, scope: Scope | None) -> Value:
        """What `this` means in a scope."""
        while scope is not None:
            if scope.frame is not None and scope.frame.this is not None:
                return scope.frame.this
            scope = scope.parent
        return HOLE


def _top_names(module: s.Module) -> set[str]:
    names: set[str] = set()
    for stmt in module.body:
        if isinstance(stmt, s.Define):
            names.add(stmt.definition.name)
        elif isinstance(stmt, s.Assign):
            names.update(t.id for t in stmt.targets if isinstance(t, s.Name))
    return names
