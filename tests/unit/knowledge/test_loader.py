"""Knowledge files load fast, answer by canonical path, and say exactly what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.knowledge import KnowledgeError, load_library
from agentlint.knowledge.loader import BUILT_IN, read_file

FILES = sorted((BUILT_IN / "python").glob("*.yaml"))

GOOD = """\
library: shipping
language: python
packages: {shipping: ">=1"}
checked: 2026-11
sources: {api: https://example.org/api}
aliases: {shipping.client.Client: shipping.Client}
classes: {shipping.Client: [], shipping.FastClient: [shipping.Client]}
types:
  - {at: "shipping.connect()", returns: "shipping.Client | None", source: api}
effects:
  - {at: "shipping.Client.{send,resend}()", kind: outbound-http, operation: send, target: arg 0, source: api}
"""


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_built_in_file_has_no_mistakes(path: Path) -> None:
    assert read_file(path)[1] == ()


def test_lookup_follows_aliases_bases_and_alternatives(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(GOOD)
    library = load_library([tmp_path / "own.yaml"])
    row = library.effect("shipping.client.Client.resend")
    assert row is not None and row.kind == "outbound-http"
    assert library.effect_path("shipping.FastClient.send") == "shipping.Client.send()"
    assert [t.name for t in library.type_of("shipping.connect()")] == ["shipping.Client", "None"]
    assert library.type_of("shipping.connect") == ()
    assert library.effect("shipping.Client.close") is None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: outbound-http", "kind: outbound-htp", 11, "did you mean `outbound-http`?"),
        ("operation: send", "operations: send", 11, "unknown field `operations` in a row of `effects`; did you mean `operation`?"),
        ("target: arg 0", "target: argument 0", 11, "`argument 0` is no place"),
        ("effects:", "effect:", 10, "unknown section `effect`; did you mean `effects`?"),
        ("source: api}\neffects", "source: apis}\neffects", 9, "source `apis` is not among the file's `sources`; did you mean `api`?"),
        ("returns: \"shipping.Client | None\"", "returns: \"list[shipping.Client\"", 9, "bracket not closed"),
        ("language: python\n", "", 1, "`language` is missing"),
        ("{shipping: \">=1\"}", "{shipping: \">=1\"", 4, "not valid YAML"),
    ],
)
def test_mistakes_name_line_and_nearest(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(KnowledgeError) as caught:
        load_library([path])
    assert any(p.line == line and words in p.message for p in caught.value.problems), caught.value


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(GOOD.replace("outbound-http", "http").replace("checked:", "checkd:"))
    with pytest.raises(KnowledgeError) as caught:
        load_library([path, tmp_path / "absent.yaml"])
    assert len(caught.value.problems) == 4
