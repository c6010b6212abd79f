"""The word that a record holds for an action, spelled as the records of other functions spell theirs; none when theirs follow no rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

Form = Callable[[list[str], list[str]], str]
"""A word from the words of a function's name and those of a model's."""


def word_for(siblings: Sequence[tuple[str, str, str]], function: str, model: str) -> str | None:
    """The word for a function that acts on a model; `siblings` are function, model and word of records that are there, two or more."""
    held = Counter(name for f, m, word in siblings for name in {n for n, form in _FORMS.items() if form(words(f), words(m)) == word})
    if not held:
        return None
    name, times = max(held.items(), key=lambda item: (item[1], -list(_FORMS).index(item[0])))
    return _FORMS[name](words(function), words(model)) if times >= 2 and times * 2 >= len(siblings) else None


def words(name: str) -> list[str]:
    """Lower-case words of a name in any spelling."""
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def past(verb: str) -> str:
    """The regular past of a verb: `cancelled`, `approved`, `copied`."""
    if verb.endswith("e"):
        return f"{verb}d"
    if re.search(r"[^aeiou]y$", verb):
        return f"{verb[:-1]}ied"
    doubled = re.search(r"^[^aeiou]*[aeiou][bdgklmnprt]$|[^aeiou]el$|mit$|fer$", verb)
    return f"{verb}{verb[-1]}ed" if doubled else f"{verb}ed"


def _own(function: list[str], model: list[str]) -> list[str]:
    """The words of a function without those of the model that it acts on."""
    return [w for w in function if w not in model] or function


def _past(function: list[str]) -> list[str]:
    return [past(function[0]), *function[1:]] if function else function


def _forms() -> Iterator[tuple[str, Form]]:
    shapes: dict[str, Callable[[list[str], list[str]], list[list[str]]]] = {
        "function": lambda f, m: [f],
        "function past": lambda f, m: [_past(f)],
        "verb": lambda f, m: [_own(f, m)],
        "verb past": lambda f, m: [_past(_own(f, m))],
        "model verb": lambda f, m: [m, _own(f, m)],
        "model verb past": lambda f, m: [m, _past(_own(f, m))],
        "verb model": lambda f, m: [_own(f, m), m],
        "verb past model": lambda f, m: [_past(_own(f, m)), m],
    }
    joins: dict[str, Callable[[list[list[str]]], str]] = {
        "snake": lambda parts: "_".join(w for p in parts for w in p),
        "kebab": lambda parts: "-".join(w for p in parts for w in p),
        "dotted": lambda parts: ".".join("_".join(p) for p in parts),
        "colon": lambda parts: ":".join("_".join(p) for p in parts),
        "spaced": lambda parts: " ".join(w for p in parts for w in p),
    }
    cases: dict[str, Callable[[str], str]] = {"lower": str, "upper": str.upper, "sentence": lambda text: text[:1].upper() + text[1:]}
    for shape_name, shape in shapes.items():
        for join_name, join in joins.items():
            for case_name, case in cases.items():
                yield f"{shape_name}, {join_name}, {case_name}", _form(shape, join, case)


def _form(shape: Callable[[list[str], list[str]], list[list[str]]], join: Callable[[list[list[str]]], str], case: Callable[[str], str]) -> Form:
    return lambda function, model: case(join(shape(function, model)))


_FORMS: dict[str, Form] = dict(_forms())
