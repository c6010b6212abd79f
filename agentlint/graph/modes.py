"""Words for what an endpoint gives to shared code that a page does not."""

from __future__ import annotations

from agentlint.analysis.given_modes import Difference


def said_of(different: Difference) -> str:
    """How the endpoint runs the same code."""
    function = ".".join(different.function.split(".")[-2:]) if different.function.split(".")[-2:][0][:1].isupper() else different.function.rpartition(".")[2]
    way = "only with other values for" if different.constant else "without letting its caller say"
    return f"runs {function} too, but {way} `{different.parameter}`"
