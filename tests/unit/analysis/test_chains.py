"""Chains of calls: shortest first, from credentials alone, circles cut, what is missing told."""

from __future__ import annotations

from agentlint.analysis.contracts.chains import Callable, chains
from agentlint.ir.contracts import Chain, Identifier


def asks(operation: str, parameter: str, *producers: str, status: str = "produced", optional: bool = False) -> Identifier:
    said = [f"{p} -> id" for p in producers]
    return Identifier(operation, parameter, "path", status, said[0] if said else None, "e", others=tuple(said[1:]), optional=optional)  # type: ignore[arg-type]


def found(names: list[str], rows: list[Identifier], browser: tuple[str, ...] = ()) -> dict[str, Chain]:
    return {c.operation: c for c in chains([Callable(n, "", "api.yaml", n in browser) for n in names], rows)[0]}


def calls(chain: Chain) -> list[str]:
    return [call.operation for call in chain.calls]


def test_the_shortest_of_several_ways_is_taken() -> None:
    """The producer that is named first needs another call; the second needs none."""
    rows = [asks("GET /a/{id}", "id", "GET /b/{b}", "GET /a"), asks("GET /b/{b}", "b", "GET /b")]
    assert calls(found(["GET /a/{id}", "GET /b/{b}", "GET /b", "GET /a"], rows)["GET /a/{id}"]) == ["GET /a", "GET /a/{id}"]


def test_calls_that_two_things_need_are_made_once() -> None:
    """Owner and thing come from one list."""
    rows = [asks("PUT /o/{o}/t/{t}", "o", "GET /o"), asks("PUT /o/{o}/t/{t}", "t", "GET /o/{o}/t"), asks("GET /o/{o}/t", "o", "GET /o")]
    chain = found(["PUT /o/{o}/t/{t}", "GET /o/{o}/t", "GET /o"], rows)["PUT /o/{o}/t/{t}"]
    assert calls(chain) == ["GET /o", "GET /o/{o}/t", "PUT /o/{o}/t/{t}"]
    assert [(g.parameter, g.operation) for g in chain.calls[-1].takes] == [("o", "GET /o"), ("t", "GET /o/{o}/t")]


def test_what_may_be_left_out_is_not_needed() -> None:
    """An optional filter keeps nothing out of reach."""
    assert calls(found(["GET /a"], [asks("GET /a", "b", "GET /a", optional=True)])["GET /a"]) == ["GET /a"]


def test_a_circle_is_no_accusation() -> None:
    """Each needs the other: the caller is taken to know one thing, and the identifier says so."""
    rows = [asks("GET /a/{x}", "x", "GET /b/{y}"), asks("GET /b/{y}", "y", "GET /a/{x}")]
    chained, identifiers = chains([Callable(n, "", "api.yaml", False) for n in ("GET /a/{x}", "GET /b/{y}")], rows)
    assert calls(chained[1]) == ["GET /a/{x}", "GET /b/{y}"] and chained[0].known == ("x",) and not chained[0].lacks
    assert [(i.status, i.found) for i in identifiers] == [("caller-known", False), ("produced", True)]


def test_what_only_a_browser_opens_is_told_through_several_calls() -> None:
    """The consent's answer holds the key that the next call needs, whose answer the third needs."""
    rows = [asks("GET /b/{k}", "k", "GET /consent"), asks("GET /c/{b}", "b", "GET /b/{k}")]
    chained = found(["GET /consent", "GET /b/{k}", "GET /c/{b}"], rows, browser=("GET /consent",))
    assert [bool(c.calls) for c in chained.values()] == [False, False, False]
    assert chained["GET /c/{b}"].lacks[0].why == "only GET /b/{k} answers with it, and that is out of reach"
