"""Settings: every key read, every mistake told with its line, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.errors import BadSettings
from agentlint.ir.gates import PathGate
from agentlint.project.settings import Settings, load_settings
from agentlint.project.settings_reading import READERS, Known

RULES = ("no-undo", "gui-only-operation")

GOOD = """\
[tool.other]
x = 1

[tool.agentlint]
exclude = ["docs/**"]
ignore = ["no-undo"]
fail-on = ["error", "gui-only-operation"]
baseline = "known.json"
ratchet = true
formats = "json"

[tool.agentlint.fail-under]
agent-ready = 70
"auditable.recorded" = 60.5

[[tool.agentlint.overrides]]
paths = ["legacy/**"]
fail-on = "never"

[[tool.agentlint.suppress]]
rule = "gui-only-operation"
path = "shop/**"
reason = "a person signs here, by law"
until = 2030-12-31

[tool.agentlint.rules.no-undo]
limit = 3
"""

BAD = """\
fail-on = ["eror"]
ignore = [
  "no-undo",
  "gui-only-operatoin",
]
ratchet = "yes"
overide = 1

[fail-under]
agent-redy = 70
auditable = 170

[[suppress]]
rule = "no-undo"

[[suppress]]
reason = " "
until = "soon"
operation = "POST *"
rules = "no-undo"

[[overrides]]
fail-on = "error"

[rules.nothing]
x = 1
"""


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    """As values, with the line where a suppression stands."""
    (tmp_path / "pyproject.toml").write_text(GOOD)
    found = load_settings(tmp_path, None, Known(RULES))
    assert (found.exclude, found.ignore, found.fail_on, found.formats) == (("docs/**",), ("no-undo",), ("error", "gui-only-operation"), ("json",))
    assert (found.baseline, found.ratchet, found.options) == ("known.json", True, {"no-undo.limit": "3"})
    assert found.gates.fail_under == {"agent-ready": 70.0, "auditable.recorded": 60.5}
    assert found.gates.paths == (PathGate(("legacy/**",), ("never",)),)
    one = found.suppress[0]
    assert (one.rules, one.paths, one.until, one.file, one.line) == (("gui-only-operation",), ("shop/**",), "2030-12-31", "pyproject.toml", 20)


def test_all_mistakes_at_once_with_their_lines(tmp_path: Path) -> None:
    """Also inside lists and tables."""
    file = tmp_path / ".agentlint.toml"
    file.write_text(BAD)
    with pytest.raises(BadSettings) as caught:
        load_settings(tmp_path, None, Known(RULES))
    told = [line.removeprefix(f"{file}:") for line in str(caught.value).splitlines()]
    assert [(int(t.split(":")[0]), t.split(": ", 1)[1]) for t in told] == [
        (1, "fail-on must be one of error, warning, info, never or the name of a rule, not 'eror'; did you mean 'error'?"),
        (4, "ignore: unknown rule 'gui-only-operatoin'; did you mean 'gui-only-operation'?"),
        (6, "ratchet must be true or false"),
        (7, "unknown setting 'overide'; did you mean 'overrides'?"),
        (10, "fail-under: unknown score 'agent-redy'; did you mean 'agent-ready'?"),
        (11, "fail-under: auditable must be a number from 0 to 100, not 170"),
        (13, "suppress: a suppression needs a reason"),
        (17, "suppress: the reason says nothing"),
        (18, "until must be a day such as 2030-12-31, not 'soon'"),
        (20, "suppress: unknown key 'rules'; did you mean 'rule'?"),
        (22, "overrides: a table needs paths, and fail-on or fail-under"),
        (25, "rules: unknown rule 'nothing'"),
    ]


def test_broken_toml_names_its_file(tmp_path: Path) -> None:
    """And a missing file is no default."""
    (tmp_path / ".agentlint.toml").write_text("fail-on = \n")
    with pytest.raises(BadSettings, match=r"\.agentlint\.toml: not valid TOML"):
        load_settings(tmp_path, None)
    with pytest.raises(BadSettings, match="does not exist"):
        load_settings(tmp_path, tmp_path / "gone.toml")


def test_every_setting_has_a_reader_and_stands_in_the_docs() -> None:
    """One page for all of them."""
    fields = {*Settings.__struct_fields__} - {"file", "shown", "below", "options"} | {"rules"}
    assert set(READERS) == fields
    page = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in READERS if f"`{name.replace('_', '-')}`" not in page] == []


def test_settings_above_the_analysed_folder(tmp_path: Path) -> None:
    """The nearest wins, up to the root of the repository and no further; its patterns speak of paths from its own folder."""
    shop = tmp_path / "company" / "repository" / "services" / "shop"
    shop.mkdir(parents=True)
    (tmp_path / "company" / ".agentlint.toml").write_text('exclude = ["outside"]\n')
    assert load_settings(shop, None) == Settings()
    (tmp_path / "company" / "repository" / ".git").mkdir()
    assert load_settings(shop, None) == Settings()
    (tmp_path / "company" / "repository" / "pyproject.toml").write_text('[tool.agentlint]\nexclude = ["/services/shop/old/"]\n')
    top = load_settings(shop, None)
    assert (top.shown, top.below, top.exclude) == ("../../pyproject.toml", "services/shop/", ("/services/shop/old/",))
    (tmp_path / "company" / "repository" / "services" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert load_settings(shop, None) == top
    (tmp_path / "company" / "repository" / "services" / ".agentlint.toml").write_text('[[overrides]]\npaths = "shop"\nfail-on = "never"\n')
    near = load_settings(shop, None)
    assert (near.shown, near.overrides) == ("../.agentlint.toml", (PathGate(("shop",), ("never",), below="shop/"),))
    (shop / ".agentlint.toml").write_text("ratchet = true\n")
    assert (load_settings(shop, None).shown, load_settings(shop, None).below) == (".agentlint.toml", "")
    assert load_settings(tmp_path, None, stands_for=shop).shown == "../.agentlint.toml"
