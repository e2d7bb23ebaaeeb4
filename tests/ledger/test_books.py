"""What the tables themselves refuse."""

from __future__ import annotations

from decimal import Decimal

import asyncpg
import pytest

from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import DeclineTrade, ReleaseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.ledger.planted import POST
from tests.ledger.world import World, creation

ILLEGAL = {
    "awaiting_payment": ("accepted", "delivered", "released", "refunded", "resolved"),
    "paid": ("awaiting_payment", "released", "delivered", "disputed", "expired"),
    "accepted": ("awaiting_payment", "paid", "resolved", "declined", "cancelled"),
    "delivered": ("paid", "accepted", "cancelled", "declined", "nonsense"),
}
TERMINAL = ("cancelled", "expired", "declined", "refunded", "released")
WAY = {"awaiting_payment": "trade", "paid": "paid", "accepted": "accepted", "delivered": "delivered"}


@pytest.mark.parametrize("state", list(ILLEGAL))
async def test_the_database_refuses_every_illegal_transition(world: World, raw: Connection, state: str) -> None:
    trade = await getattr(world, WAY[state])(await world.person(500), await world.person())
    for to in ILLEGAL[state]:
        ended = "now()" if to in TERMINAL else "NULL"
        with pytest.raises(asyncpg.PostgresError) as caught:
            await raw.execute(f"UPDATE trades SET state = '{to}', ended_at = {ended} WHERE id = {trade.id}")
        assert caught.value.sqlstate == "LB002", to


async def test_an_ended_trade_never_changes(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, trade.id))
    with pytest.raises(asyncpg.PostgresError, match="does not go"):
        await raw.execute("UPDATE trades SET description = 'another'")
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await raw.execute("DELETE FROM trades")


async def test_what_a_trade_is_about_never_changes(world: World, raw: Connection) -> None:
    await world.paid(await world.person(500), await world.person())
    for change in ("amount = 7", "buyer_fee = 4, fee = 4", f"seller_id = {await world.person()}"):
        with pytest.raises(asyncpg.PostgresError, match="never changes"):
            await raw.execute(f"UPDATE trades SET {change}")


@pytest.mark.parametrize(
    "script",
    ["UPDATE postings SET amount = amount", "DELETE FROM postings", "TRUNCATE postings CASCADE",
     "UPDATE transfers SET note = ''", "DELETE FROM transfers", "DELETE FROM accounts", "DELETE FROM holds"],
)  # fmt: skip
async def test_the_books_are_only_ever_added_to(world: World, raw: Connection, script: str) -> None:
    await world.paid(await world.person(500), await world.person())
    with pytest.raises(asyncpg.PostgresError) as caught:
        await raw.execute(script)
    assert caught.value.sqlstate == "LB003"


@pytest.mark.parametrize(
    "lines",
    [
        "('held', 'USDT', 1)",
        "('held', 'USDT', 1), ('fees', 'USDT', -0.999999)",
        "('held', 'USDT', 1), ('fees', 'BTC', -1)",
        "('held', 'USDT', 0.0000001), ('fees', 'USDT', -0.0000001)",
        "('nowhere', 'USDT', 1), ('fees', 'USDT', -1)",
    ],
)
async def test_a_transfer_that_makes_or_loses_money_is_refused(world: World, raw: Connection, lines: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await raw.execute(POST.format(lines))
    assert caught.value.sqlstate == "LB004"


async def test_an_account_cannot_go_below_zero(world: World, raw: Connection) -> None:
    await world.person(5)
    with pytest.raises(asyncpg.CheckViolationError):
        await raw.execute("UPDATE accounts SET balance = -1 WHERE user_id IS NOT NULL")


async def test_a_hold_ends_once(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(500), await world.person()
    trade = await world.paid(buyer, seller)
    await world.done(DeclineTrade(seller, trade.id))
    with pytest.raises(asyncpg.PostgresError, match="a hold ends once"):
        await raw.execute("UPDATE holds SET ended_by = NULL, ended_at = NULL")


async def test_the_terms_in_the_database_begin_as_those_in_the_code(raw: Connection, world: World) -> None:
    await raw.execute("DELETE FROM terms; INSERT INTO terms DEFAULT VALUES")
    [row] = await raw.fetch("SELECT * FROM terms")
    assert {name: row[name] for name in Terms.__annotations__ if name != "file"} == {
        name: getattr(Terms(), name) for name in Terms.__annotations__ if name != "file"
    }


async def test_stored_terms_are_enforced(world: World) -> None:
    buyer, seller = await world.person(500), await world.person()
    await world.database.run(Terms(fee_percent=Decimal(10)))
    refused = await world.do(creation(buyer, f"@person{seller}"))
    assert isinstance(refused, Refused)
    assert refused.details == {"fee": "10.000000", "total": "110.000000"}
