"""What a model is asked with, where the arguments are gathered in a mapping first."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, analyse

SPREAD_INTO_ITSELF = '''
from openai import OpenAI

client = OpenAI()


def answer(prompt, **given):
    given = {**given, "max_tokens": 10}
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}], **given)
'''


def test_a_mapping_spread_into_itself_comes_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(SPREAD_INTO_ITSELF, encoding="utf-8")
    (call,) = analyse(Options(tmp_path)).facts.model_calls
    assert (call.file, call.line) == ("ask.py", 9)
