"""Comments and keys that address agentlint: found in every language, with the lines that they speak of."""

from __future__ import annotations

from agentlint.frontends import javascript, markup
from agentlint.frontends.openapi.notes import notes_of
from agentlint.frontends.python import lower

PYTHON = b'''\
# agentlint: ignore-file[no-undo] all of it


# agentlint: ignore[a-rule] above decorators
# and another comment
@login_required
@require_POST
def close(
    request,
    pk,
):
    """Text that says # agentlint: ignore[b-rule] is no comment."""
    Room.objects.filter(
        pk=pk,  # agentlint: ignore[c-rule] inside a statement
    ).delete()
    if pk:  # agentlint: ignore[d-rule] a branch
        pass
    elif request:  # agentlint: ignore[e-rule] another branch
        # agentlint: ignore[f-rule] alone in a block
        return None
'''


def spans(notes: object) -> dict[str, tuple[int, int]]:
    return {n.text.partition("[")[2].partition("]")[0]: (n.first, n.last) for n in notes}  # type: ignore[attr-defined]


def test_python_comments_speak_of_statements() -> None:
    """The header of a definition with its decorators, the whole of a simple statement, the head of a branch; never a body."""
    assert spans(lower(PYTHON, "a.py", "a").comments) == {
        "no-undo": (1, 11), "a-rule": (4, 11), "c-rule": (13, 15), "d-rule": (16, 16), "e-rule": (18, 18), "f-rule": (19, 20),
    }


def test_scripts() -> None:
    """Both kinds of comments, after code and alone; lines of a script inside a page are those of the page."""
    source = b"// agentlint: ignore[a] alone\n\nsend('/x')\nsend('/y') // agentlint: ignore[b] after\n/*\n * agentlint: ignore[c] long\n */\nsend('/z')\n"
    assert spans(javascript.lower(source, "a.js", "a").comments) == {"a": (1, 3), "b": (4, 4), "c": (5, 8)}
    shifted = javascript.lower(b"send('/y') // agentlint: ignore[b] after\n", "p.html", "p.html#0", line_offset=7)
    assert spans(shifted.comments) == {"b": (8, 8)}


def test_templates() -> None:
    """Comments of HTML, Django and Jinja."""
    source = (
        b"<!-- agentlint: ignore[a] html -->\n<form method='post' action='/x'>\n{# agentlint: ignore[b] jinja #}\n{# another #}\n<a href='/y'>y</a>"
        b" {# agentlint: ignore[c] after #}\n{% comment %} agentlint: ignore[d] django {% endcomment %}\n<p>\n"
    )
    notes = markup.lower(source, "p.html").comments
    assert spans(notes) == {"a": (1, 2), "b": (3, 5), "c": (5, 5), "d": (6, 7)}
    assert next(n.text for n in notes) == "agentlint: ignore[a] html"


DESCRIPTION = b"""\
openapi: 3.0.3
info: {title: Rooms, version: '1'}
x-agentlint-ignore: {no-undo: the whole document}
paths:
  /rooms:
    post:  # agentlint: ignore[a-rule] after
      x-agentlint-ignore:
        - {rule: [b-rule, c-rule], reason: a reason, until: 2030-01-31}
        - {rule: d-rule}
      responses: {'200': {description: ok}}
  /rooms/{id}:
    # agentlint: ignore[e-rule] alone
    get:
      responses: {'200': {description: ok}}
"""


def test_descriptions() -> None:
    """A key speaks of what it stands in, to the line before what follows; a comment of its line or the next."""
    notes = notes_of(DESCRIPTION, "openapi.yaml")
    assert spans(notes) == {
        "no-undo": (1, 0), "a-rule": (6, 6), "b-rule, c-rule, until=2030-01-31": (6, 10), "d-rule": (6, 10), "e-rule": (12, 13),
    }
    assert [n.text for n in notes if "b-rule" in n.text] == ["agentlint: ignore[b-rule, c-rule, until=2030-01-31] a reason"]


def test_a_description_in_json() -> None:
    """Lines are found there too; the last of a mapping ends where what holds it ends."""
    source = b'{"openapi": "3.0.3",\n "paths": {\n  "/a": {"get": {\n    "x-agentlint-ignore": {"no-undo": "kept"}\n   }},\n  "/b": {"get": {}}\n }\n}\n'
    assert spans(notes_of(source, "openapi.json")) == {"no-undo": (3, 5)}


def test_a_broken_description_has_no_notes() -> None:
    """That it is broken is told elsewhere."""
    assert notes_of(b'{"x-agentlint-ignore": ', "openapi.json") == ()
