"""SQL text: what it writes, and that reading writes nothing."""

from __future__ import annotations

import pytest

from agentlint.analysis.effects.sql import Statement, parse_sql


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT * FROM orders WHERE id = %s", ()),
        ("please update the docs", ()),
        ("INSERT INTO orders (id, state) VALUES (%s, %s)", (Statement("create", "orders", ("id", "state")),)),
        ("UPDATE orders SET state = :state, note='x' WHERE id = :id", (Statement("update", "orders", ("note", "state")),)),
        ("delete from shop.orders where id = $1", (Statement("delete", "orders"),)),
        ("WITH old AS (SELECT 1) DELETE FROM orders USING old", (Statement("delete", "orders"),)),
        ("\n prepare later (int, int) as update orders set state = $1 where id = $2", (Statement("update", "orders", ("state",)),)),
        ("prepare to update the docs", ()),
        ("/* nightly */ DELETE FROM orders", (Statement("delete", "orders"),)),
        ("{}\n  UPDATE orders SET state = 1", (Statement("update", "orders", ("state",)),)),
        ("{} deletes from orders", ()),
        ("TRUNCATE TABLE orders", (Statement("delete", "orders"),)),
        ("UPDATE {} SET x = 1", (Statement("update", "", ("x",)),)),
        ("update %s set", (Statement("update", ""),)),
        ("Update your profile and delete the rest", ()),
        ("CREATE TABLE IF NOT EXISTS audit_log (id INTEGER PRIMARY KEY, actor TEXT, created_at TIMESTAMP)", ()),
        ("CREATE TABLE {} (id BIGINT, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, INDEX i (at))", ()),
        ("CREATE TABLE old AS SELECT * FROM orders", (Statement("write", "old"),)),
        ("DROP TABLE IF EXISTS orders", (Statement("delete", "orders"),)),
    ],
)
def test_writing_statements(text: str, found: tuple[Statement, ...]) -> None:
    assert parse_sql(text) == found
