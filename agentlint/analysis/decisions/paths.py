"""Decision paths: which places of the code decide over something consequential, and whether each leaves a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import msgspec

from agentlint.analysis.decisions.arms import Arm, is_rule, tells
from agentlint.analysis.decisions.consequence import is_told_mark
from agentlint.analysis.decisions.inherited import once_in_base, unsaid_above
from agentlint.analysis.decisions.job_rows import JobRows
from agentlint.analysis.decisions.judge import Judge, Judged
from agentlint.analysis.decisions.mattering import PERSON, matters
from agentlint.analysis.decisions.relevance import (
    accompanies,
    hands_on,
    is_errand,
    is_seeding,
    is_talk,
    is_test,
    is_work,
    keeps_progress,
    mends_by_command,
    reports_failure,
)
from agentlint.analysis.decisions.things import Things
from agentlint.analysis.decisions.words import in_words
from agentlint.analysis.decisions.worked_out import WorkedOut
from agentlint.analysis.effects.summaries import Node, Summaries
from agentlint.analysis.models.flow import Answers
from agentlint.analysis.operations import Entry
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.records.requests import RequestRecord
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import AuditStatus, Decision, DecisionSource, RecordContent
from agentlint.ir.effects import Effect, Step
from agentlint.ir.operations import Operation, Route
from agentlint.ir.walk import dotted

_AT_HAND = 1
"""Calls within which a model's answer that a function takes is said to decide over a file or a program."""
_FURTHER = 3
"""Calls below a function within which its own branch is said to decide over an effect."""
_SCRIPTS = frozenset({"scripts", "script", "examples", "benchmarks"})
_WORST: dict[AuditStatus, int] = {"unaudited": 0, "partial": 1, "audited": 2}


class Callers(msgspec.Struct, frozen=True):
    """Who runs a function."""

    count: int = 0
    """Functions that call it."""
    handed: bool = False
    """True when it is handed to something that runs it by itself, a timer or a scheduler: it is an entry then."""


class Handler(msgspec.Struct, frozen=True):
    """One handler with everything that enters through it."""

    file: str
    line: int
    symbol: str
    function: str
    nodes: tuple[Node, ...]
    owner: str
    surface: str
    operations: tuple[str, ...]
    registered: tuple[tuple[Effect, tuple[Node, ...]], ...]
    """What the framework does by itself, with the functions that it runs around it."""
    names: tuple[str, ...] = ()
    """Texts in which a person would look for what the handler is about: its symbol, its file, its paths."""


def handlers_of(entries: Iterable[Entry], summaries: Summaries) -> list[Handler]:
    """Entries folded onto their handlers: one handler may stand on several surfaces, methods and paths."""
    grouped: dict[tuple[str, int, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        grouped[entry.operation.file, entry.operation.line, entry.operation.symbol].append(entry)
    return [_handler(group, summaries) for _, group in sorted(grouped.items())]


def _handler(group: Sequence[Entry], summaries: Summaries) -> Handler:
    first = group[0].operation
    routes = [route for entry in group for route in entry.routes]
    nodes = [node for r in routes for node in _nodes_of(r, summaries)]
    owner = next((r.owner for r in routes if r.owner), "")
    done = tuple(dict.fromkeys((effect, _nodes_of(r, summaries)) for r in routes for effect in r.effects))
    return Handler(
        first.file, first.line, first.symbol, first.handler, tuple(dict.fromkeys(nodes)), owner, first.surface,
        tuple(sorted({entry.operation.id for entry in group})), done, _names(first, routes),
    )


def _nodes_of(route: Route, summaries: Summaries) -> tuple[Node, ...]:
    return tuple(summaries.node(f, route.owner, *route.runs_on) for f in dict.fromkeys((route.handler, *route.extra_handlers)) if f)


def _names(operation: Operation, routes: Sequence[Route]) -> tuple[str, ...]:
    paths = sorted({r.path for r in routes}, key=lambda p: (len(p), p))[:2]
    return (operation.symbol, _folders(operation.file), *paths, *sorted({r.resource for r in routes}))


def _folders(file: str) -> str:
    """The last parts of a file's path, which often name what its code is about."""
    return "/".join(file.rsplit("/", 3)[-3:])


class DecisionFinder:
    """Makes rows of judged effects."""

    def __init__(
        self, program: Program, summaries: Summaries, judge: Judge, callers: Mapping[str, Callers], entries: Sequence[Entry], answers: Answers,
        trails: Iterable[str] = (), rules: Answers | None = None, kept: RequestRecord | None = None, tools: Container[str] = (),
        asked: Container[str] = (),
    ) -> None:
        self._program, self._summaries, self._judge, self._callers, self._answers = program, summaries, judge, callers, answers
        self._rules = rules or answers
        self._kept, self._asked = kept, asked
        """What middleware keeps of every request, and the functions that run for one."""
        self._tools = tools
        """Functions that a model runs when it wants."""
        self._scripts: dict[str, bool] = {}
        self._operations = _operations_by_effect(entries)
        self._handlers = handlers_of(entries, summaries)
        self._things = Things(program, trails)
        self._worked_out, self._job_rows = WorkedOut(program), JobRows(program)

    @property
    def operations(self) -> dict[str, tuple[str, ...]]:
        """Handler's function id to its operations."""
        return {handler.function: handler.operations for handler in self._handlers if handler.function}

    def find(self, functions: Iterable[str]) -> list[Decision]:
        """Decisions of all handlers, then of the functions that decide on their own."""
        rows = list(once_in_base(self._program, [row for handler in self._handlers for row in self.at_handler(handler)]))
        taken = {handler.function for handler in self._handlers if handler.surface not in PERSON or not self._is_inherited(handler)}
        further = (f for f in functions if f not in taken and not self._tests(f) and not self._is_in_script(f))
        inside = [row for function in further for row in self.in_function(function)]
        return [*rows, *unsaid_above(rows, inside)]

    def _is_inherited(self, handler: Handler) -> bool:
        """True when the code stands in a class above the one that is routed: what it decides is shown there as well."""
        info = self._program.functions.get(handler.function)
        return info is not None and bool(info.owner) and info.node.qualname.partition(".")[0] != handler.symbol.partition(".")[0]

    def _is_in_script(self, function: str) -> bool:
        """True for what stands in a program of its own among a project's scripts: whoever runs it there decides."""
        module = self._program.functions[function].module
        if not _SCRIPTS.intersection(module.path.split("/")[:-1]):
            return False
        if module.path not in self._scripts:
            tests = (e for stmt in module.body if isinstance(stmt, s.If) for e in walk.expressions(stmt.test))
            self._scripts[module.path] = any(isinstance(e, s.Name) and e.id == "__name__" for e in tests)
        return self._scripts[module.path]

    def _tests(self, function: str) -> bool:
        """True for methods of test cases, also of those that a product ships as bases for the tests of its plugins."""
        owner = self._program.functions[function].owner
        return bool(owner) and any(base.endswith("TestCase") for base in self._program.mro(owner))

    def at_handler(self, handler: Handler) -> Iterator[Decision]:
        """What an actor's request decides over."""
        done = ((e, nodes) for e, nodes in handler.registered if matters(e, (e.model,)) and not self._is_elsewhere(e))
        judged = [self._judge.framework_effect(e, handler.owner, nodes) for e, nodes in done]
        for node in handler.nodes:
            judged += self._judge.effects_of(node, handler.owner)
        if handler.surface == "cli":
            judged = [j for j in judged if not is_seeding(j.effect, handler.symbol, handler.file) and not is_work(j.effect, handler.function, handler.file)]
        judged = self._without_consequences(judged, handler.surface)
        if self._kept is not None and handler.surface in PERSON:
            judged = [_with_request(j, self._kept) for j in judged]
        source: DecisionSource = "person" if handler.surface in PERSON else "rule"
        for arm, group in self._things.by_arm(judged, handler.names):
            row = self._row(handler.file, handler.line, handler.symbol, handler.function, arm, group, self._source(group, source))
            yield msgspec.structs.replace(row, operations=handler.operations)

    def _without_consequences(self, judged: list[Judged], surface: str) -> list[Judged]:
        """Without the sums that follow from what is done, and what work of the system's own keeps of itself. Of what a person asks for something stays."""
        by_itself = surface not in PERSON
        rest = [j for j in self._worked_out.without(judged) if not (is_told_mark(j.effect) or (by_itself and self._job_rows.keeps(j.effect)))]
        return rest if rest or by_itself else judged

    def _is_elsewhere(self, effect: Effect) -> bool:
        lineage = self._program.lineage(effect.model)
        return lineage is not None and lineage.elsewhere

    def in_function(self, function: str) -> Iterator[Decision]:
        """What a function below the handlers decides over by its own branches, or for several callers."""
        info = self._program.functions[function]
        kept: list[int] = []
        """How far away the function writes down what goes on: what lies beyond is no more decided here."""

        def wanted(judged: Judged) -> bool:
            if judged.effect.open_model or is_told_mark(judged.effect) or not self._decides(info, judged):
                return False
            if function in self._tools or not (keeps_progress(judged.effect, info.node) or is_talk(judged.effect, bool(self._answers.flows))):
                return not self._job_rows.keeps(judged.effect)
            kept.append(judged.distance)
            return False

        judged = list(self._judge.effects_of((function, None), wanted=wanted))
        judged = self._worked_out.without(judged)
        if kept:
            judged = [j for j in judged if j.distance <= min(kept) or self._depends(self._answers, (j,))]
        for arm, group in self._things.by_arm(judged, (info.node.qualname, _folders(info.module.path))):
            source: DecisionSource = "rule" if arm is not None and is_rule(arm) else "branch"
            source = "model" if function in self._tools else self._source(group, source)
            row = self._row(info.module.path, info.node.line, self._outermost(info).node.qualname, function, arm, group, source)
            operations = sorted({o for j in group for o in self._operations.get(_place_of(j.effect), ())})
            if self._kept is not None and operations and function in self._asked and all(o.partition(":")[0] in PERSON for o in operations):
                again = [_with_request(j, self._kept) for j in group]
                row = msgspec.structs.replace(row, status=_status(again), records=_content(again), audit=(self._kept.site,), path=())
            yield msgspec.structs.replace(row, operations=tuple(operations[:20]), inner=bool(operations))

    def _outermost(self, info: FunctionInfo) -> FunctionInfo:
        """The function that a nested one is a piece of."""
        while info.parent in self._program.functions:
            info = self._program.functions[info.parent]
        return info

    def _source(self, group: Sequence[Judged], otherwise: DecisionSource) -> DecisionSource:
        """A model decides where the effect takes its answer or runs under a test of it; so do rule engines, policies and flags."""
        if self._depends(self._answers, group):
            return "model"
        return "rule" if otherwise == "branch" and self._depends(self._rules, group) else otherwise

    def _depends(self, answers: Answers, group: Sequence[Judged]) -> bool:
        """True when an effect takes an answer or runs under a test of one."""
        if not answers.flows:
            return False
        for one in group:
            arms = (*one.place.arms, *(arm for arm in one.place.passed if tells(arm)))
            if answers.depends(one.function, one.site, (n for arm in arms for n in arm.names), (c for arm in arms for c in arm.calls)):
                return True
        return False

    def _decides(self, info: FunctionInfo, judged: Judged) -> bool:
        name = info.node.name
        if info.id in self._tools:
            return judged.distance <= _FURTHER and not is_work(judged.effect, info.id)
        if name.startswith("__") or (judged.effect.model == info.owner and name in ("save", "delete", "asave", "adelete")):
            return False
        callers = self._callers.get(info.id, Callers())
        if hands_on(judged.effect, info.node, bool(callers.count)) or is_test(info.node.qualname):
            return False
        if mends_by_command(judged.effect, info.module.path):
            return False
        if is_seeding(judged.effect, info.node.qualname, info.module.path) and not self._is_asked_for(judged.effect):
            return False
        if accompanies(judged.effect, info.node) or reports_failure(judged.effect, judged.line, info.node):
            return False
        if judged.effect.kind == "outbound-http" and not callers.count and not callers.handed and self._is_for_others(info):
            return False  # a client of some interface, which other programs call
        done = is_errand(judged.effect, info.id, judged.distance == 0 and judged.place.guarded) or is_work(judged.effect, info.id, info.module.path)
        if done and not (judged.distance <= _AT_HAND and self._depends(self._answers, (judged,))):
            return False
        if judged.distance == 0:
            return True
        if (callers.handed or not callers.count) and not name.startswith("_"):
            return judged.distance <= _FURTHER  # only code that is not here calls it: a framework's registration, another program
        return judged.distance <= _FURTHER and (judged.place.guarded or (judged.distance == 1 and callers.count > 1))

    def _is_asked_for(self, effect: Effect) -> bool:
        """True when an operation of people comes to the effect, or a job that one of them may have started."""
        return any(o.partition(":")[0] in (*PERSON, "job") for o in self._operations.get(_place_of(effect), ()))

    def _is_for_others(self, info: FunctionInfo) -> bool:
        """True for a method that no decorator registers and no base of a library calls."""
        if not info.owner:
            return False
        registered = any(dotted(d) not in ("staticmethod", "classmethod", "abstractmethod", "override") for d in info.node.decorators)
        return not registered and not any("." in b and b not in self._program.classes for b in self._program.mro(info.owner))

    def _file_of(self, judged: Judged, otherwise: str) -> str:
        """The file of the function that holds the branches and the call site: a hook that the framework calls may stand elsewhere."""
        info = self._program.functions.get(judged.function)
        return otherwise if info is None else info.module.path

    def _row(
        self, file: str, line: int, symbol: str, function: str, arm: Arm | None, group: Sequence[Judged], source: DecisionSource,
    ) -> Decision:
        status = _status(group)
        shown = min(group, key=lambda j: (j.status != status and j.status == "audited", _WORST[j.status], j.distance, j.line, j.effect.line))
        fields = tuple(dict.fromkeys(f for j in group for f in j.effect.fields)) if all(j.effect.fields for j in group) else ()
        effect = shown.effect
        audit = tuple(sorted({site for j in group for site in j.audit}))[:6]
        shown_line = arm.line if arm is not None and self._file_of(shown, file) == file else line
        path = () if status == "audited" else _witness(file, line, symbol, shown, self._file_of(shown, file))
        return Decision(
            id="", file=file, line=shown_line, symbol=symbol, decision=in_words(symbol, arm, effect, fields), effect=effect,
            source=source, status=status, records=_content(group), audit=audit, path=path,
            confidence="medium" if "medium" in (shown.confidence, effect.confidence) else "high", function=function,
        )


def _with_request(judged: Judged, kept: RequestRecord) -> Judged:
    """What no record of its own tells of is on record with the request that asked for it."""
    if judged.status == "audited" or judged.effect.kind in ("authentication", "session"):
        return judged
    return msgspec.structs.replace(judged, status="audited", content=kept.content, audit=(*judged.audit, kept.site))


def _status(group: Sequence[Judged]) -> AuditStatus:
    statuses = {j.status for j in group}
    if len(statuses) == 1:
        return next(iter(statuses))
    return "partial"


def _content(group: Sequence[Judged]) -> RecordContent:
    held = [j.content for j in group if j.status != "unaudited"]
    return RecordContent(any(c.who for c in held), any(c.what for c in held), any(c.why for c in held))


def _witness(file: str, line: int, symbol: str, judged: Judged, place: str) -> tuple[Step, ...]:
    """`place` is the file of the function that holds the branches."""
    steps = [Step(file, line, f"{symbol} is entered")]
    steps += [Step(place, arm.line, f"{'when' if arm.truth else 'when not'} {arm.text}") for arm in judged.place.arms]
    steps += judged.chain
    effect = judged.effect
    steps.append(Step(effect.file, effect.line, f"{effect.operation} {effect.target or effect.kind} with no record"))
    if judged.exit_line and judged.exit_line > judged.line and judged.status == "partial":
        steps.append(Step(place, judged.exit_line, "leaves here before the record is made"))
    return tuple(dict.fromkeys(steps))


def _place_of(effect: Effect) -> tuple[str, int, str, str]:
    """Where an effect is and what it acts on: one line of a base class writes whatever class it runs on."""
    return effect.file, effect.line, effect.model, effect.operation


def _operations_by_effect(entries: Iterable[Entry]) -> dict[tuple[str, int, str, str], tuple[str, ...]]:
    found: dict[tuple[str, int, str, str], set[str]] = defaultdict(set)
    for entry in entries:
        for reached in entry.reached:
            found[_place_of(reached.effect)].add(entry.operation.id)
    return {place: tuple(sorted(ids)) for place, ids in found.items()}


def numbered(rows: Sequence[Decision]) -> tuple[Decision, ...]:
    """Sorted, each with an id that outlives moved lines."""
    counts: dict[str, int] = defaultdict(int)
    result = []
    for row in sorted(rows, key=lambda r: (r.file, r.line, r.symbol, r.effect.line, r.effect.kind, r.effect.operation, r.effect.target, r.decision)):
        plain = f"{row.file}:{row.symbol}:{row.effect.operation} {row.effect.target or row.effect.kind}"
        counts[plain] += 1
        result.append(msgspec.structs.replace(row, id=plain if counts[plain] == 1 else f"{plain}#{counts[plain]}"))
    return tuple(result)
