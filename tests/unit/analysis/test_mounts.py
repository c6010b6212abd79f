"""Prefixes of mounted tables."""

from __future__ import annotations

from agentlint.analysis.setup.mounts import MountTree, join_paths
from agentlint.ir.operations import Guard


def test_prefixes_and_guards_add_up_along_mounts() -> None:
    tree = MountTree()
    tree.declare("app", root=True)
    tree.declare("api", "/api", [Guard("token")])
    tree.declare("orders", "/orders")
    tree.mount("app", "api")
    tree.mount("api", "orders", "/v1")
    (place,) = tree.places("orders")
    assert (place.prefix, [g.kind for g in place.guards]) == ("/api/v1/orders", ["token"])


def test_a_table_mounted_in_itself_ends() -> None:
    tree = MountTree()
    tree.declare("a", "/a")
    tree.mount("a", "a", "/x")
    assert tree.places("a") == ()


def test_joined_paths_have_single_slashes() -> None:
    assert [join_paths("/a/", "/b"), join_paths("", "/b/"), join_paths("/a", "")] == ["/a/b", "/b/", "/a"]


def test_a_table_like_another_has_its_prefix_and_guards_and_mounts_of_its_own() -> None:
    tree = MountTree()
    tree.declare("app", root=True)
    tree.declare("base", "/base", [Guard("token")])
    tree.declare_like("below", "base")
    tree.mount("app", "below", "/v2")
    assert [(p.prefix, len(p.guards)) for p in (*tree.places("below"), *tree.places("base"))] == [("/v2/base", 1), ("/base", 1)]
