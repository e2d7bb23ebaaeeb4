"""How a question to the big database is written: its cases, and the people and trades that they are about."""

# ruff: noqa: E501 - queries, where a line is a thought

from __future__ import annotations

from typing import Final

from attrs import frozen

AT: Final = "timestamptz '2026-11-22 12:00:00Z'"
USUAL, BUSIEST, OWNER, SUPPORT, FINANCE = 1000113, 1000001, 1000002, 1000003, 1000004
PERSON: Final = (f"SELECT {USUAL} AS user_id", f"SELECT {BUSIEST} AS user_id")


@frozen
class Ask:
    """`cases` as above. `before` is done in the same transaction first, with the case's values."""

    cases: tuple[str, ...]
    before: str = ""


def ask(*cases: str, before: str = "") -> Ask:
    return Ask(cases, before)


def both(more: str) -> Ask:
    """Of a usual person and of the busiest."""
    return Ask(tuple(f"{person}, {more}" for person in PERSON))


def staff(more: str, *others: str) -> Ask:
    """Of an owner."""
    return Ask(tuple(f"SELECT {OWNER} AS user_id, {each}" for each in (more, *others)))


def trade(state: str, side: str = "buyer", more: str = "", before: str = "", where: str = "true") -> Ask:
    """Of a side of a trade in a state: somebody's, and of the busiest person if there is one."""
    query = f"""
        SELECT {side}_id AS user_id, id AS trade_id {more} FROM trades t
        WHERE state = '{state}' AND seller_id IS NOT NULL AND coalesce(due_at, 'infinity') > {AT} + interval '5 minutes' AND {where}
            AND NOT EXISTS (SELECT FROM users WHERE id IN (t.buyer_id, t.seller_id) AND blocked_at IS NOT NULL)
        ORDER BY {side}_id %s {BUSIEST}, id DESC LIMIT 1"""
    return Ask((query % "=", query % "<>"), before)


def one(table: str, columns: str, where: str = "true") -> str:
    return f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1 DESC LIMIT 1"
