"""How this system writes its records by hand: the calls in functions that leave one, and the same call written for another function."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst
import msgspec

from agentlint.findings.report import Report
from agentlint.fixes.action_words import word_for, words
from agentlint.fixes.functions import Files, Parsed, last, root, statements
from agentlint.fixes.registrations import imported, top_names
from agentlint.ir.decisions import Decision

_ENOUGH = 2
"""Functions that must write their record alike before it counts as the system's way."""
_PEOPLE = frozenset("user users actor author person principal identity operator member staff account by who performer initiator caller officer".split())


class Sibling(msgspec.Struct, frozen=True):
    """A function that leaves a record, and the call that does it."""

    function: str
    file: str
    model: str
    object_name: str
    """The name by which it knows what it changes; empty when that does not show."""
    call: cst.Call
    place: Parsed


class Way(msgspec.Struct, frozen=True):
    """The call that the system records with, as its functions write it."""

    callee: str
    import_from: str
    import_name: str
    """What the callee's first name is imported by; both empty when it needs no import, and it is then at home in one file only."""
    file: str
    siblings: tuple[Sibling, ...]


def way_of(report: Report, files: Files) -> Way | None:
    """The one way, when it is a habit: the callee that most functions use."""
    found: dict[tuple[str, str, str, str], dict[tuple[str, str], Sibling]] = defaultdict(dict)
    for decision in report.decisions:
        for sibling in _siblings(decision, files):
            callee = sibling.place.code(sibling.call.func)
            name = root(sibling.call.func) or ""
            told = imported(sibling.place.module, name)
            if told is None and name != "self" and name not in top_names(sibling.place.module.body):
                continue  # a name of the function's own means nothing elsewhere
            home = sibling.file if told is None else ""
            found[(callee, *(told or ("", "")), home)].setdefault((sibling.file, sibling.function), sibling)
    counted = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    if not counted or len(counted[0][1]) < _ENOUGH or (len(counted) > 1 and len(counted[1][1]) == len(counted[0][1])):
        return None
    (callee, module, name, home), siblings = counted[0]
    return Way(callee, module, name, home, tuple(siblings[key] for key in sorted(siblings)))


def _siblings(decision: Decision, files: Files) -> Iterator[Sibling]:
    place = files.parsed(decision.file) if decision.audit and decision.status != "unaudited" else None
    function = place.function(decision.symbol) if place is not None else None
    if place is None or function is None:
        return
    for site in decision.audit:
        call = _call_for(site.file, site.line, decision.file, place, function, files)
        if call is not None:
            model = decision.effect.model.rpartition(".")[2] or decision.effect.target
            yield Sibling(function.name.value, decision.file, model, object_of(decision, place, function), call, place)


def _call_for(file: str, line: int, here: str, place: Parsed, function: cst.FunctionDef, files: Files) -> cst.Call | None:
    """The statement of the function that makes a record: at the line itself, or a call of the function that holds the line."""
    calls = list(_calls(function))
    if file == here:
        direct = [c for c in calls if place.lines(c)[0] <= line <= place.lines(c)[1]]
        if direct:
            return direct[0]
    other = files.parsed(file)
    helper = other.around(line) if other is not None else None
    named = [c for c in calls if helper is not None and last(c.func) == helper.name.value]
    return named[0] if len(named) == 1 else None


def _calls(function: cst.FunctionDef) -> Iterator[cst.Call]:
    """Calls that stand as statements of their own: what they answer is not used."""
    for statement in statements(function):
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
                yield small.value


def own_call(way: Way, file: str, function: str) -> cst.Call | None:
    """The record that a function writes already."""
    return next((s.call for s in way.siblings if (s.file, s.function) == (file, function)), None)


def says_the_same(way: Way, own: cst.Call, function: str) -> bool:
    """True when no text in a function's call can be about one of its paths only: each is that of every sibling, or the function's own word."""
    for number, argument in enumerate(own.args):
        if not isinstance(argument.value, cst.SimpleString):
            continue
        key = _key(argument, number)
        given = [(s, a.value) for s in way.siblings for n, a in enumerate(s.call.args) if _key(a, n) == key and isinstance(a.value, cst.SimpleString)]
        told = [(s.function, s.model, str(v.evaluated_value)) for s, v in given]
        mine = next(((s.function, s.model) for s, v in given if v is argument.value), (function, ""))
        if len({word for _, _, word in told}) > 1 and word_for(told, *mine) != argument.value.evaluated_value:
            return False
    return True


# ---------------------------------------------------------------------- what is changed


def object_of(decision: Decision, place: Parsed, function: cst.FunctionDef) -> str:
    """The name by which a function knows what it changes; empty when it has none."""
    statement = place.at(function, line_within(decision, place, function))
    if not isinstance(statement, cst.SimpleStatementLine):
        return ""
    model = "_".join(words(decision.effect.model.rpartition(".")[2] or decision.effect.target))
    for small in statement.body:
        name = _changed(small, model)
        if name:
            return name
    return ""


def line_within(decision: Decision, place: Parsed, function: cst.FunctionDef) -> int:
    """The line of the function where the effect happens, or the call that leads to it."""
    first, end = place.lines(function)
    effect = decision.effect
    if effect.file == decision.file and first <= effect.line <= end:
        return effect.line
    inside = [s.line for s in decision.path if s.file == decision.file and first < s.line <= end and s.text.startswith("calls ")]
    return inside[-1] if inside else 0


def _changed(small: cst.BaseSmallStatement, model: str) -> str:
    value = small.value if isinstance(small, (cst.Assign, cst.Expr, cst.AnnAssign)) else None
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target = small.targets[0].target
        if isinstance(target, cst.Name) and isinstance(value, (cst.Call, cst.Await)):
            return target.value
        if isinstance(target, cst.Attribute):
            return root(target) or ""
    if isinstance(value, cst.Await):
        value = value.expression
    if not isinstance(value, cst.Call):
        return ""
    named = [a.value.value for a in value.args if isinstance(a.value, cst.Name)]
    if model in named:
        return model
    if isinstance(value.func, cst.Attribute) and isinstance(value.func.value, cst.Name) and last(value.func) in ("save", "delete", "asave", "adelete"):
        return value.func.value.value
    return named[0] if len(named) == 1 and last(value.func) in ("add", "delete", "merge") else ""


# ---------------------------------------------------------------- written for another


class Target(msgspec.Struct, frozen=True):
    """The function that lacks the record."""

    function: str
    model: str
    object_name: str
    names: frozenset[str]
    """What is bound there."""
    module: cst.Module


def written(way: Way, target: Target) -> str | None:
    """The call for another function: what all have alike as it is, the object and the person as they are called there, the word by the siblings' rule."""
    first = way.siblings[0].call
    places = [_key(a, n) for n, a in enumerate(first.args)]
    every = [{_key(a, n): a for n, a in enumerate(s.call.args)} for s in way.siblings]
    shared = [key for key in places if all(key in given for given in every)]
    if any(a.star for s in way.siblings for a in s.call.args) or any(isinstance(key, int) and key not in shared for given in every for key in given):
        return None
    arguments = []
    for key in shared:
        text = _argument(way, [given[key].value for given in every], target)
        if text is None:
            return None
        arguments.append(text if isinstance(key, int) else f"{key} = {text}" if _spaced(first) else f"{key}={text}")
    return f"{way.callee}({', '.join(arguments)})"


def _key(argument: cst.Arg, number: int) -> int | str:
    return number if argument.keyword is None else argument.keyword.value


def _spaced(call: cst.Call) -> bool:
    return any(a.keyword is not None and not isinstance(a.equal, cst.MaybeSentinel) and a.equal.whitespace_before.empty is False for a in call.args)


def _argument(way: Way, values: Sequence[cst.BaseExpression], target: Target) -> str | None:
    texts = [s.place.code(v) for s, v in zip(way.siblings, values)]
    if all(s.object_name and root(v) == s.object_name for s, v in zip(way.siblings, values) if s.object_name) and any(s.object_name for s in way.siblings):
        shapes = {t.replace(s.object_name, "{}", 1) for s, t in zip(way.siblings, texts) if s.object_name and t.startswith(s.object_name)}
        return shapes.pop().replace("{}", target.object_name, 1) if len(shapes) == 1 and target.object_name else None
    if all(isinstance(v, cst.SimpleString) for v in values) and len(set(texts)) > 1:
        return _word(way, [v for v in values if isinstance(v, cst.SimpleString)], target)
    if len(set(texts)) == 1 and _known(values[0], target):
        return texts[0]
    people = Counter(t for t, v in zip(texts, values) if is_person(v) and _known(v, target))
    if people and all(is_person(v) for v in values):
        return min(people, key=lambda text: (-people[text], text))
    return None


def _word(way: Way, values: Sequence[cst.SimpleString], target: Target) -> str | None:
    told = [(s.function, s.model, str(v.evaluated_value)) for s, v in zip(way.siblings, values)]
    word = word_for(told, target.function, target.model)
    quote = values[0].quote
    return None if word is None or len(quote) != 1 else f"{quote}{word}{quote}"


def is_person(node: cst.BaseExpression) -> bool:
    """True for a path that ends in a word for who acts: `request.user`, `g.caller`, `actor`."""
    return bool(_PEOPLE & set(words(last(node)))) and root(node) is not None


def _known(node: cst.BaseExpression, target: Target) -> bool:
    """True for literals, and for what starts with a name that is bound in the function or imported by its file."""
    if isinstance(node, (cst.SimpleString, cst.Integer)):
        return True
    name = root(node)
    calls_only_known = not isinstance(node, cst.Call) or all(_known(a.value, target) for a in node.args)
    if name is None or not calls_only_known:
        return False
    return name in target.names or name in ("True", "False", "None") or imported(target.module, name) is not None
