"""Calls of language models and other learned models, direct and through the project's wrappers, with what the code says of their bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.effects.places import Places
from agentlint.analysis.excerpts import excerpt
from agentlint.analysis.models.around import Around
from agentlint.analysis.models.handed import Handed
from agentlint.analysis.models.named import ByName
from agentlint.analysis.models.values import Arguments, Frame, handed_over
from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import ModelCall
from agentlint.ir.effects import Effect
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import DecisionRow

MODEL_KINDS = frozenset({"language-model", "learned-model"})
_LISTED = MODEL_KINDS | {"embedding"}
"""What is listed. Nothing is decided by what an embedding says of one text alone."""
_PROMPTS = re.compile(
    r"^(\w+_)?(prompts?|messages?|contents?|query|question|system|inputs?|text|instructions?|conversation|history|chat|payload|kwargs|args|image_urls?|images?)(_\w+)?$"
)
_PROCESS = re.compile(r"^(subprocess\.(run|call|check_call|check_output|Popen)|os\.(system|popen|spawn\w+|exec\w+)|asyncio\.create_subprocess_(exec|shell))$")
_MOST_LEVELS = 4
_LAYERS = ("torch.nn.Module", "torch.nn.modules.module.Module", "pytorch_lightning.LightningModule", "lightning.LightningModule")
_PLACE_WORDS = frozenset({"in", "arg", "kwarg", "json", "0", "1", "2", "3"})


class Site(msgspec.Struct, frozen=True):
    """One call of a model, with the knowledge row behind it and the way down to the library's own call."""

    site: CallSite
    row: DecisionRow
    inner: Site | None = None
    """For a call of a wrapper: the call inside it."""


class Found(msgspec.Struct, frozen=True):
    """All calls of models: rows for the report, and the sites for the passes that follow the answer."""

    calls: tuple[ModelCall, ...] = ()
    sites: tuple[Site, ...] = ()


def find_model_calls(
    program: Program, calls: Calls, library: LibraryFacts, places: Places, effects: Mapping[str, tuple[Effect, ...]],
) -> Found:
    """Every call of a model. `effects` are each function's own."""
    return _Finder(program, calls, library, places, effects).find()


class _Finder:
    def __init__(
        self, program: Program, calls: Calls, library: LibraryFacts, places: Places, effects: Mapping[str, tuple[Effect, ...]],
    ) -> None:
        self._program, self._calls, self._library, self._effects = program, calls, library, effects
        self._arguments = Arguments(program, places.assigned)
        self._around = Around(program, calls, effects)
        self._handed = Handed(library, places.typed, _LISTED)
        imported = {stmt.module.partition(".")[0] for m in program.modules.values() for stmt in walk.statements(m.body) if isinstance(stmt, s.Import)}
        self._by_keywords = [
            (path.rpartition(".")[2], frozenset(row.keywords), row) for path, row in library.keyword_rows()
            if isinstance(row, DecisionRow) and (path.partition(".")[0] in imported)
        ]

    def find(self) -> Found:
        direct = [found for caller in self._callers() for site in self._calls.sites(caller) if (found := self._direct(site)) is not None]
        aside = [one for one in direct if one.row.kind not in MODEL_KINDS]
        direct = [one for one in direct if one.row.kind in MODEL_KINDS]
        sites = self._with_wrappers(direct, direct)
        sites = self._with_wrappers(sites, self._by_name(sites))
        rows = [self._row(one) for one in (*sites, *aside) if one.inner is None or not self._is_plumbing(one)]
        return Found(tuple(sorted(dict.fromkeys(rows), key=lambda r: (r.file, r.line, r.symbol, r.call))), tuple(sites))

    def _with_wrappers(self, known: list[Site], level: list[Site]) -> list[Site]:
        """The calls that are known, and the calls of the functions around those of a level."""
        sites = list({_place(one): one for one in (*known, *level)}.values())
        seen = set(map(_place, sites))
        for _ in range(_MOST_LEVELS):
            found = {_place(w): w for one in level for w in self._wrapping(one) if _place(w) not in seen}
            level = list(found.values())
            seen |= set(found)
            sites += level
        return sites

    def _by_name(self, sites: list[Site]) -> list[Site]:
        """Calls that ask a model whichever class they mean, as calls of the nearest function of their name."""
        inside: dict[str, Site] = {}
        asking: dict[str, int] = {}
        for one in sites:
            info = self._program.functions.get(one.site.caller)
            if info is not None and self._is_wrapper(info):
                inside.setdefault(info.id, one)
                asking.setdefault(info.id, sum(1 for _ in _steps(one)))
        seen = set(map(_place, sites))
        found = ((site, function) for site, function in ByName(self._program, self._calls).calls(asking) if site.caller != function)
        return [w for site, function in found if _place(w := Site(site, inside[function].row, inside[function])) not in seen]

    def _callers(self) -> list[str]:
        return [*self._program.functions, *(f"{name}.<module>" for name in self._program.modules)]

    def _direct(self, site: CallSite) -> Site | None:
        row = self._library.decision(site.library) if site.library else None
        if row is None and site.library and _PROCESS.match(site.library):
            row = self._program_run(site)
        if row is None and not any(t.confidence != "low" for t in site.targets):
            row = self._asked_over_http(site) or self._known_by_keywords(site)
        if row is not None and row.kind in _LISTED:
            return None if self._is_part(site, row) else Site(site, row)
        left = self._handed.at(site) if site.call.args or site.call.keywords else None
        handed = self._library.decision(left.library) if left is not None else None
        return Site(left, handed) if left is not None and handed is not None else None

    def _is_part(self, site: CallSite, row: DecisionRow) -> bool:
        """True for what a model's own methods call of its layers, and for a function of loss: neither is a call of the model."""
        if row.provider != "torch":
            return False
        info = self._program.functions.get(site.caller)
        inside = info is not None and bool(info.owner) and walk.dotted(site.call.func).startswith("self.") and self._program.inherits(info.owner, *_LAYERS)
        return inside or any(t.name.endswith("Loss") for t in site.receiver)

    def _program_run(self, site: CallSite) -> DecisionRow | None:
        """A model's own program run as a process."""
        command = site.call.args[0] if site.call.args else None
        first = command.items[0] if isinstance(command, s.Sequence) and command.items else command
        value = self._program.fold(first, self._program.scope_of(site.caller)) if first is not None and site.caller in self._program.functions else None
        name = str(value).split(" ")[0].rpartition("/")[2] if isinstance(value, str) else ""
        return self._library.decision(f"$program.{name}") if name else None

    def _asked_over_http(self, site: CallSite) -> DecisionRow | None:
        """A model's service asked by a plain request."""
        asked = (e for e in self._effects.get(site.caller, ()) if e.kind == "model-call" and e.line == site.line and e.api.startswith("$endpoint."))
        found = next(asked, None)
        return self._library.decision(found.api) if found is not None and self._library.effect(site.library) is not None else None

    def _known_by_keywords(self, site: CallSite) -> DecisionRow | None:
        names = {k.name for k in site.call.keywords if k.name}
        for name, needed, row in self._by_keywords:
            if name == site.name and needed <= names and site.library.count(".") <= 3:
                return row
            if site.name in ("create", "acreate", "parse", "stream") and needed <= names and name in ("create", "parse", "stream"):
                return row
        return None

    # ------------------------------------------------------------ wrappers

    def _wrapping(self, inner: Site) -> Iterator[Site]:
        """Call sites of the function around a model call, when that function takes the prompt and gives the answer."""
        info = self._program.functions.get(inner.site.caller)
        if info is None or not self._is_wrapper(info):
            return
        for site in self._calls.callers(info.id):
            targets = [t for t in site.targets if t.function == info.id]
            if isinstance(site.call.func, s.Call) and targets and targets[0].kind == "reference":
                continue  # `router.post("/answers")(answer)` puts the function into a table
            if targets and targets[0].confidence != "low" and site.caller != info.id:
                yield Site(site, inner.row, inner)

    def _is_wrapper(self, info: FunctionInfo) -> bool:
        around: FunctionInfo | None = info
        while around is not None:  # a function inside another one sends what that one is given
            if any(_PROMPTS.match(p.name) for p in around.node.params):
                return _returns_something(info.node)
            around = self._program.functions.get(around.parent)
        return False

    def _is_plumbing(self, one: Site) -> bool:
        """True for a call between parts of one wrapper: the same class, or the same module on the way out."""
        assert one.inner is not None
        mine, theirs = self._program.functions.get(one.site.caller), self._program.functions.get(one.inner.site.caller)
        return mine is not None and theirs is not None and bool(mine.owner) and mine.owner == theirs.owner

    # ------------------------------------------------------------ what the code says

    def _row(self, one: Site) -> ModelCall:
        site, row = one.site, one.row
        info = self._program.functions.get(site.caller)
        asked = {meaning: self._option(one, meaning) for meaning in ("bounded_output", "timeout", "bounded_retry", "prompt_cached", "budget", "output_schema")}
        if row.kind != "language-model":
            asked["bounded_output"] = asked["output_schema"] = True
        functions = self._functions(one)
        if asked["output_schema"] is not True and self._around.validates(site):
            asked["output_schema"] = True
        if asked["bounded_retry"] is False:
            asked["bounded_retry"] = None  # every client retries a few times by itself
        if asked["bounded_retry"] is None:
            asked["bounded_retry"] = self._around.retries(functions)
        if not asked["timeout"] and any(self._around.is_timed(step.site) for step in _steps(one)):
            asked["timeout"] = True
        if asked["timeout"] is None and row.provider == "local":
            asked["timeout"] = any(k.name == "timeout" for k in _innermost(one).site.call.keywords)
        return ModelCall(
            file=site.file, line=site.line, symbol=info.node.qualname if info else site.caller.rpartition(".")[2], call=excerpt(site.call.func, 80),
            provider=row.provider, model=self._model(one), bounded_output=asked["bounded_output"], timeout=asked["timeout"],
            bounded_retry=asked["bounded_retry"], prompt_cached=asked["prompt_cached"] or None, bounded_history=self._history(one),
            usage_recorded=self._usage(one, functions), budget=bool(asked["budget"]) or any(map(self._around.is_limited, functions)),
            output_schema=asked["output_schema"], recorded=self._around.is_recorded(functions), function=site.caller, kind=row.kind,
            library_file=_innermost(one).site.file if one.inner else "", library_line=_innermost(one).site.line if one.inner else 0,
        )

    def _option(self, one: Site, meaning: str) -> bool | None:
        """An option at the library's call, seen through the wrappers around it, else at the client's construction."""
        inner, frame = self._frame(one)
        row = inner.row
        place = row.options.get(meaning, "")
        said: bool | None = None
        if place and frame is not None:
            said = (self._arguments.enforces_schema if meaning == "output_schema" else self._arguments.truth)(inner.site.call, place, frame)
        if said or (said is None and self._named_on_the_way(one, place)):
            return True
        if self._is_wrapped(inner, row.wrapped.get(meaning, "")):
            return True
        client = self._client(inner, row.client.get(meaning, "")) if row.client.get(meaning) else None
        if client is not None:
            return client
        if row.client.get(meaning) and not (row.endpoints and all(t.meta for t in inner.site.receiver)):  # a plain function has no client
            return said if place and self._is_built_here(inner) else None  # a client that somebody else hands in may have it set
        return said

    def _named_on_the_way(self, one: Site, place: str) -> bool:
        """True when a call of a wrapper names the option as the library does, and nothing shows that the wrapper drops it."""
        names = {word for word in place.replace(" or ", " ").split() if word not in _PLACE_WORDS}
        step = one
        while step.inner is not None:
            info = self._program.functions.get(step.site.caller)
            if info is not None and any(k.name in names and self._arguments.is_set(k.value, Frame(info)) for k in step.site.call.keywords):
                return True
            step = step.inner
        return False

    def _is_built_here(self, inner: Site) -> bool:
        """True when the program itself builds the client, as far as can be seen without anything left open."""
        built = self._constructions(inner)
        return bool(built) and not any(k.name is None for site in built for k in site.call.keywords)

    def _is_wrapped(self, inner: Site, method: str) -> bool:
        """True when what is asked was given by a method that sets the option: `model.with_retry(...).invoke(...)`."""
        func = inner.site.call.func
        info = self._program.functions.get(inner.site.caller)
        if not method or info is None or not isinstance(func, s.Attribute):
            return False
        asked: list[s.Expr] = [func.value]
        if isinstance(func.value, s.Name):
            named = func.value.id
            stmts = (st for st in walk.statements(info.node.body) if isinstance(st, s.Assign) and st.value is not None)
            asked += [st.value for st in stmts if st.value is not None and any(isinstance(t, s.Name) and t.id == named for t in st.targets)]
        parts = (e for one in asked for e in walk.expressions(one))
        return any(isinstance(e, s.Call) and isinstance(e.func, s.Attribute) and e.func.attr == method for e in parts)

    def _frame(self, one: Site) -> tuple[Site, Frame | None]:
        """The innermost call and the frames down to it: what each call site hands over to the next function."""
        chain = [one]
        while chain[-1].inner is not None:
            chain.append(chain[-1].inner)
        frame = self._handing_over(one)
        for position, step in enumerate(chain):
            info = self._program.functions.get(step.site.caller)
            if info is None:
                return chain[-1], None
            given = handed_over(chain[position - 1].site.call, info) if position else frame.given if frame is not None else {}
            frame = Frame(info, given, frame.outer if frame is not None and not position else frame)
        return chain[-1], frame

    def _handing_over(self, one: Site) -> Frame | None:
        """What the only caller of a function within its class or module hands over to it."""
        info = self._program.functions.get(one.site.caller)
        sites = [site for site in self._calls.callers(info.id) if site.caller != info.id] if info is not None else []
        caller = self._program.functions.get(sites[0].caller) if len(sites) == 1 else None
        if info is None or caller is None or caller.module is not info.module:
            return None
        return Frame(info, handed_over(sites[0].call, info), Frame(caller))

    def _client(self, inner: Site, keywords: str) -> bool | None:
        """Whether the client's construction sets an option: the constructions of the program, nearest first."""
        wanted = keywords.split(" or ")
        constructions = self._constructions(inner)
        if not constructions:
            return None
        answers = set()
        for site in constructions:
            info = self._program.functions.get(site.caller)
            frame = Frame(info) if info is not None else None
            found = [k for k in site.call.keywords if k.name in wanted]
            spread = any(k.name is None for k in site.call.keywords)
            if found:
                answers.add(self._arguments.is_set(found[0].value, frame) if frame is not None else True)
            else:
                answers.add(None if spread else False)
        return answers.pop() if len(answers) == 1 else None

    def _constructions(self, inner: Site) -> list[CallSite]:
        paths = {self._library.canonical(c) for c in inner.row.clients}
        return [site for site in self._all_constructions() if self._library.canonical(site.library) in paths]

    def _all_constructions(self) -> tuple[CallSite, ...]:
        if not hasattr(self, "_built"):
            wanted = {path.rpartition(".")[2] for row in self._rows_with_clients() for path in row.clients}
            self._built = tuple(site for caller in self._callers() for site in self._calls.sites(caller) if site.name in wanted)
        return self._built

    def _rows_with_clients(self) -> Iterable[DecisionRow]:
        return (row for file in self._library.files for row in file.decisions if row.clients)

    def _model(self, one: Site) -> str:
        inner, frame = self._frame(one)
        if not inner.row.model or frame is None:
            return ""
        _, expr = self._arguments.at(inner.site.call, inner.row.model, frame)
        if expr is None:
            return ""
        value = self._arguments.value_of(expr, frame)
        return str(value.value) if isinstance(value, s.Constant) and isinstance(value.value, str) else excerpt(value, 60)

    def _history(self, one: Site) -> bool | None:
        """None for a single turn; else whether what is sent along is cut."""
        inner, frame = self._frame(one)
        place = inner.row.history
        said = self._arguments.truth(inner.site.call, inner.row.options["bounded_history"], frame) if frame and "bounded_history" in inner.row.options else None
        if said or not place or frame is None:
            return said
        _, expr = self._arguments.at(inner.site.call, place, frame)
        value = self._arguments.value_of(expr, frame) if expr is not None else None
        if isinstance(value, s.Subscript) and isinstance(value.index, s.Other) and value.index.kind == "slice":
            return True
        if isinstance(value, s.Attribute) and walk.dotted(value).startswith(("self.", "cls.")) and self._grows(frame.function, value.attr):
            return False
        return None

    def _grows(self, info: FunctionInfo, attr: str) -> bool:
        """True when the class appends to the attribute and nowhere cuts it."""
        owner = self._program.classes.get(info.owner)
        return owner is not None and any(
            isinstance(call.func, s.Attribute) and call.func.attr in ("append", "extend") and walk.dotted(call.func.value).endswith(f".{attr}")
            for function in _methods(self._program, owner) for call in walk.calls(function.node.body)
        )

    def _functions(self, one: Site) -> list[FunctionInfo]:
        """The functions from the call down to the library's own call."""
        return [info for step in _steps(one) if (info := self._program.functions.get(step.site.caller)) is not None]

    def _usage(self, one: Site, functions: list[FunctionInfo]) -> bool | None:
        """None when observers that the call is given may keep what it used."""
        if any(map(self._around.keeps_usage, functions)):
            return True
        inner, frame = self._frame(one)
        observed = inner.row.observers and frame is not None and self._arguments.truth(inner.site.call, inner.row.observers, frame) is not False
        return None if observed else False


def _place(one: Site) -> tuple[str, int]:
    return one.site.caller, one.site.call.site


def _innermost(one: Site) -> Site:
    while one.inner is not None:
        one = one.inner
    return one


def _steps(one: Site) -> Iterator[Site]:
    """A call and those inside it, down to the library's own."""
    step: Site | None = one
    while step is not None:
        yield step
        step = step.inner


def _returns_something(node: s.Function) -> bool:
    return any(
        isinstance(stmt, s.Return) and stmt.value is not None and not isinstance(stmt.value, s.Constant) for stmt in walk.statements(node.body)
    ) or any(isinstance(e, s.Other) and e.kind == "yield" for e in walk.body_expressions(node.body))


def _methods(program: Program, owner: ClassInfo) -> Iterable[FunctionInfo]:
    return (program.functions[f] for f in owner.methods.values() if f in program.functions)
