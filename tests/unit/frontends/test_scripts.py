"""The programs inside a page keep their lines, and template tags become words that a script parser can read."""

from __future__ import annotations

from agentlint.frontends.markup import inline_script, scripts
from agentlint.ir.marks import HOLE, read_marks, route_mark

PAGE = b"""<p onclick="go('{{ id }}')">x</p>
<script src="a.js"></script>
<script>
{% if user %}
const url = "{% url 'orders:edit' 1 %}?a=1", count = {{ count }};
{% endif %}
</script>
<script type="application/json">{"not": "code"}</script>
<a href="javascript:stop()">stop</a>
"""


def test_programs_with_the_lines_before_them() -> None:
    assert [(line, text.strip()) for line, text in scripts(PAGE)] == [
        (0, f"go('{HOLE}');"),
        (2, f'const url = "{route_mark("orders:edit")}?a=1", count = {HOLE};'),
        (8, "stop();"),
    ]


def test_one_text_on_the_lines_of_the_page() -> None:
    lines = inline_script(PAGE).decode().split("\n")
    assert lines[0].startswith("go(")
    assert lines[4].startswith("const url")
    assert lines[8] == "stop();"


def test_marks_read_back() -> None:
    assert read_marks(f"/a/{HOLE}/b") == ("/a/{}/b", "")
    assert read_marks(route_mark("orders:edit-one") + "?a=1") == ("?a=1", "orders:edit-one")
