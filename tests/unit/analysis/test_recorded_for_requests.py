"""Listeners that stop where nothing gives them a request or who sent one."""

import pytest

from agentlint.analysis.records.attended import only_for_requests
from tests.unit.analysis.harness import program_of


def _stops(body: str) -> bool:
    code = "def keep(sender, instance, **kwargs):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return only_for_requests(next(iter(program_of({"desk.py": code}).functions.values())).node)


@pytest.mark.parametrize("body", [
    "user = get_current_user()\nif not user:\n    return\nnote(user)",
    "request = current_request.get()\nif request is None or instance.raw:\n    return\nnote(request)",
    "if get_current_request() is None:\n    return\nnote()",
    "request = getattr(_locals, 'request', None)\nif not request:\n    return\nnote(request)",
])
def test_without_a_request_nothing_is_kept(body: str) -> None:
    assert _stops(body)


@pytest.mark.parametrize("body", [
    "user = get_current_user()\nif user:\n    note(user)\nnote(None)",
    "user = get_current_user()\nnote(user)",
    "owner = instance.get_owner()\nif owner is None:\n    return\nnote(owner)",
    "user = users.get(pk=1)\nif user is None:\n    return\nnote(user)",
])
def test_what_is_kept_of_everything(body: str) -> None:
    assert not _stops(body)
