"""The forward walk of one function's statements that says which of its effects can happen without a record, path by path.

Records and effects are numbered by the caller and travel as bit masks, so that a join is one machine operation. The walk knows no library: it is told
what each call does (`Transfer`) and which effects a set of records covers. Each statement is walked once; only a `finally` block is walked per kind of
exit, and a loop that returns from its middle a second time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from agentlint.analysis.audit.conditions import Condition, condition_of, happened, holding
from agentlint.analysis.audit.events import Events, Outcome, Transfer
from agentlint.analysis.audit.given import UNKNOWN, bound_by, decide, value_of
from agentlint.analysis.audit.reports import told_by
from agentlint.analysis.audit.states import State, certain, join
from agentlint.ir import syntax as s
from agentlint.ir import walk


class _Exit(msgspec.Struct, frozen=True, gc=False):
    kind: str
    state: State
    line: int
    since: int


def walk_function(body: Sequence[s.Stmt], events: Events) -> Outcome:
    """Walks a function's body once and sums up its exits."""
    walker = _Walk(events)
    start = State()
    start.must = start.may = events.inside
    start.facts = dict(events.given)
    for site in events.around:
        walker.apply(site, events.calls[site], start)
    end = walker.block(body, start)
    if end is not None:
        walker.exits.append(_Exit("end", end, body[-1].line if body else 0, 0))
    return walker.outcome()


class _Walk:
    def __init__(self, events: Events) -> None:
        self.events = events
        self.exits: list[_Exit] = []
        self.loops: list[list[State]] = []
        self.covered: dict[int, int] = {}
        self.records: dict[int, int] = {}
        self.thrown: dict[int, int] = {}
        self.may = 0
        self.born: dict[int, int] = {}
        self.transactions = 1 if events.atomic else 0
        self.again = False
        self.opened = events.inside
        for bits in events.blocks.values():
            self.opened |= bits

    def meet(self, ends: Sequence[tuple[State, Condition]]) -> State | None:
        """The account of paths that meet."""
        return join(ends, self.events.shared)

    # ------------------------------------------------------------ statements

    def block(self, body: Iterable[s.Stmt], state: State | None) -> State | None:
        since = len(self.born)
        for stmt in body:
            if state is None:
                return None
            state = self.statement(stmt, state, since)
        return state

    def statement(self, stmt: s.Stmt, state: State, since: int) -> State | None:
        match stmt:
            case s.Expression() | s.Assign():
                after = self.simple(stmt, state)
                if not self.never_returns(stmt.value):
                    return after
                self.leave(stmt.line, after, since)
                return None
            case s.Return():
                self.evaluate(stmt.value, state)
                if self.never_returns(stmt.value):
                    self.leave(stmt.line, state, since)
                else:
                    self.exits.append(_Exit("return", state, stmt.line, since))
                return None
            case s.Raise():
                self.evaluate(stmt.value, state)
                self.leave(stmt.line, state, since)
                return None
            case s.If():
                return self.branch(stmt, state)
            case s.Loop():
                return self.loop(stmt, state)
            case s.Try():
                return self.attempt(stmt, state)
            case s.With():
                return self.scope(stmt, state)
            case s.Match():
                return self.match(stmt, state)
            case s.Jump():
                if self.loops:
                    self.loops[-1].append(state)
                return None
            case _:
                return state

    def never_returns(self, value: s.Expr | None) -> bool:
        return isinstance(value, s.Call) and value.site in self.events.endings.leaving

    def leave(self, line: int, state: State, since: int) -> None:
        """An exception leaves the function here."""
        self.exits.append(_Exit("undone" if self.transactions else "raise", state, line, since))

    def simple(self, stmt: s.Expression | s.Assign, state: State) -> State:
        for root in walk.own_expressions(stmt):
            self.evaluate(root, state)
        transfer = self.events.assignments.get(stmt.line)
        if transfer is not None:
            self.apply(-stmt.line, transfer, state)
        if isinstance(stmt, s.Assign):
            self.assign(stmt, state)
        return state

    def assign(self, stmt: s.Assign, state: State) -> None:
        names = [name for target in stmt.targets for name in bound_by(target)]
        for target in stmt.targets:
            if isinstance(target, s.Subscript) and isinstance(target.value, s.Name):
                state.facts.pop(target.value.id, None)
        value = value_of(stmt.value, state.facts) if len(names) == 1 and not stmt.op else UNKNOWN
        for name in names:
            state.results.pop(name, None)
            state.facts.pop(name, None)
            if value is not UNKNOWN:
                state.facts[name] = value
            for table in (state.held, state.only):
                for condition in [c for c in table if name in c.names]:
                    del table[condition]
        if isinstance(stmt.value, s.Call) and stmt.value.site in self.born and names:
            state.results[names[-1]] = stmt.value.site

    def branch(self, stmt: s.If, state: State) -> State | None:
        ends: list[tuple[State, Condition]] = []
        current: s.If | None = stmt
        otherwise: tuple[s.Stmt, ...] = ()
        while current is not None:
            self.evaluate(current.test, state)
            condition, verdict = condition_of(current.test), decide(current.test, state.facts)
            if verdict is not False:
                taken = self.block(current.body, self.assume(state, current.test, True, current.body))
                if taken is not None:
                    ends.append((taken, condition))
            if verdict is True:
                return self.meet(ends)
            state = self.assume(state, current.test, False, current.orelse)
            last, otherwise = condition, current.orelse
            current = otherwise[0] if len(otherwise) == 1 and isinstance(otherwise[0], s.If) else None
        fallen = self.block(otherwise, state)
        if fallen is not None:
            ends.append((fallen, last.negated()))
        return self.meet(ends)

    def assume(self, state: State, test: s.Expr, truth: bool, body: tuple[s.Stmt, ...]) -> State:
        """The state on the branch where the test came out so: what only happened otherwise did not happen, what was recorded then is recorded."""
        state = state.copy()
        if self.events.unchanged(test, truth, body):
            state.idle = True
            state.pending.clear()
        for condition in holding(test, truth):
            opposite = condition.negated()
            for site in state.only.get(opposite, ()):
                state.pending.pop(site, None)
            held = state.held.get(condition, 0)
            if held:
                self.record(held, held, state)
        for name, applied in happened(test, truth):
            application = state.results.get(name)
            if application is not None and not applied:
                state.pending.pop(application, None)
        for name, done in told_by(test, truth):
            application = state.results.get(name)
            if application in self.events.reporting and not done:
                state.pending.pop(application, None)
        return state

    def match(self, stmt: s.Match, state: State) -> State | None:
        for root in walk.own_expressions(stmt):
            self.evaluate(root, state)
        ends = [self.block(case.body, state.copy()) for case in stmt.cases]
        if not any(not case.patterns and case.guard is None for case in stmt.cases):
            ends.append(state)
        return self.meet([(end, Condition()) for end in ends if end is not None])

    def loop(self, stmt: s.Loop, state: State) -> State | None:
        """A loop is taken to run at least once: where nothing is iterated, nothing was done that would need a record."""
        for root in walk.own_expressions(stmt):
            self.evaluate(root, state)
        state.forget(stmt)
        forever = isinstance(stmt.test, s.Constant) and bool(stmt.test.value)
        end, left = self.round(stmt, state)
        if end is not None and not self.again and end.pending != state.pending and any(isinstance(one, s.Return) for one in walk.statements(stmt.body)):
            self.again = True  # a later round may leave with what the rounds before have done; loops inside are not gone round once more for it
            self.round(stmt, end)
            self.again = False
        if forever:
            return self.meet([(one, Condition()) for one in left])
        ends = [one for one in (end, *left) if one is not None] or [state]
        return self.block(stmt.orelse, self.meet([(one, Condition()) for one in ends]))

    def round(self, stmt: s.Loop, state: State) -> tuple[State | None, list[State]]:
        """One round of a loop: how it ends, and how it is left or cut short inside."""
        self.loops.append([])
        end = self.block(stmt.body, state.copy())
        return end, self.loops.pop()

    def attempt(self, stmt: s.Try, state: State) -> State | None:
        """An exception is taken to come from what the body does first: a handler starts from the state before the body. What it then does to
        make up for the failure is something new, which records made before do not tell."""
        before, first = state.copy(), len(self.exits)
        ends = [self.block(stmt.orelse, self.block(stmt.body, state))]
        for handler in stmt.handlers:
            failed = before.copy()
            failed.spent |= failed.may & ~self.opened
            failed.forget(stmt)
            ends.append(self.block(handler.body, failed))
        end = self.meet([(one, Condition()) for one in ends if one is not None])
        if not stmt.final:
            return end
        left = self.exits[first:]
        del self.exits[first:]
        for kind in sorted({one.kind for one in left}):
            self.leave_through(stmt.final, [one for one in left if one.kind == kind])
        if end is None and not left:
            self.block(stmt.final, before)
        return self.block(stmt.final, end)

    def leave_through(self, final: tuple[s.Stmt, ...], left: list[_Exit]) -> None:
        joined = self.meet([(one.state, Condition()) for one in left])
        end = self.block(final, joined.copy()) if joined is not None else None
        if end is not None:
            self.exits.append(_Exit(left[0].kind, end, left[0].line, min(one.since for one in left)))

    def scope(self, stmt: s.With, state: State) -> State | None:
        for item in stmt.items:
            self.evaluate(item.value, state)
        opens = any(isinstance(item.value, s.Call) and item.value.site in self.events.transactions for item in stmt.items)
        self.transactions += opens
        records = 0
        for item in stmt.items:
            records |= self.events.blocks.get(item.value.site, 0) if isinstance(item.value, s.Call) else 0
        fresh = records & ~state.must
        state.must, state.may = state.must | fresh, state.may | fresh
        end = self.block(stmt.body, state)
        self.transactions -= opens
        if end is not None:
            end.must, end.may = end.must & ~fresh, end.may & ~fresh
        return end

    # ----------------------------------------------------------- expressions

    def evaluate(self, root: s.Expr | None, state: State) -> None:
        if root is None:
            return
        for call in reversed(tuple(_calls(root))):  # arguments run before the call that takes them
            transfer = self.events.calls.get(call.site)
            state.touch(call)
            if transfer is not None:
                self.apply(call.site, transfer, state)
            if call.site in self.events.endings.settling or (transfer is not None and transfer.settles):
                state.settled |= set(self.born)
                state.committed = True
            elif call.site in self.events.endings.undoing:
                self.undo(state)

    def undo(self, state: State) -> None:
        """A transaction is taken back: what it changed did not happen, and what was written down in it is gone with it."""
        for site, mask in list(state.pending.items()):
            left = mask if site in state.settled else mask & ~self.events.rows
            if left:
                state.pending[site] = left
            else:
                del state.pending[site]
        if not state.settled:
            state.spent |= state.may & ~self.opened

    def apply(self, site: int, transfer: Transfer, state: State) -> None:
        certain, possible = self.events.covers(state.must & ~state.spent), self.events.covers(state.may & ~state.spent)
        if transfer.may:
            self.record(transfer.must, transfer.may, state)
        if transfer.together:
            self.note(site, transfer.together, transfer.must)
        if transfer.covered:
            self.covered[site] = self.covered.get(site, 0) | transfer.covered
        if transfer.thrown:
            self.thrown[site] = self.thrown.get(site, 0) | transfer.thrown & ~certain
        if not transfer.pending:
            return
        self.born.setdefault(site, len(self.born) + 1)
        if possible & transfer.pending:
            self.note(site, possible & transfer.pending, state.may)
        left = transfer.pending & ~certain
        if left:
            state.pending[site] = state.pending.get(site, 0) | left

    def record(self, must: int, may: int, state: State) -> None:
        certain, possible = self.events.covers(must), self.events.covers(may)
        for site, mask in list(state.pending.items()):
            if mask & possible:
                self.note(site, mask & possible, may)
            left = mask & ~certain
            if left:
                state.pending[site] = left
            else:
                del state.pending[site]
        state.must |= must
        state.may |= may
        self.may |= may

    def note(self, site: int, effects: int, records: int) -> None:
        self.covered[site] = self.covered.get(site, 0) | effects
        self.records[site] = self.records.get(site, 0) | records

    # ----------------------------------------------------------------- exits

    def outcome(self) -> Outcome:
        pending: dict[int, int] = {}
        lines: dict[int, int] = {}
        must = certain([one.state for one in self.exits if one.kind in ("return", "end")], self.events.shared)
        must &= ~self.opened
        thrown = 0
        kept = set().union(*(one.state.settled for one in self.exits))
        for one in self.exits:
            normal_exit = one.kind in ("return", "end")
            for site, found in one.state.pending.items():
                mask = found & ~self.events.held if normal_exit and site in kept - one.state.settled else found  # given up here, committed elsewhere
                if mask and normal_exit or (mask and one.kind == "raise" and self.born[site] > one.since):
                    pending[site] = pending.get(site, 0) | mask
                    lines.setdefault(site, one.line)
                    thrown |= 0 if normal_exit else mask
        for site, mask in self.thrown.items():
            if mask:
                pending[site] = pending.get(site, 0) | mask
                thrown |= mask
        normal = [one.state.committed for one in self.exits if one.kind in ("return", "end")]
        return Outcome(must, self.may, pending, self.covered, lines, self.records, bool(normal) and all(normal), thrown)


def _calls(root: s.Expr) -> Iterable[s.Call]:
    """Calls of an expression, outermost first; a lambda's body is taken to run where it is handed over."""
    for expr in walk.expressions(root):
        if isinstance(expr, s.Call):
            yield expr
        elif isinstance(expr, s.Lambda):
            yield from walk.calls(expr.function.body)
