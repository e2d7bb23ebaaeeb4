"""What the audit must not be blind to: values that are missing, rows that are gone, money at somebody else's place."""

from __future__ import annotations

from decimal import Decimal

from lockbay import audit
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.trades.records import PayQuoted, QuotePayment, ReleaseTrade
from lockbay.postgres import files
from lockbay.postgres.bridge import Connection
from tests.areas.disputing import decision, disputed
from tests.ledger.planted import MOVED
from tests.ledger.referring import brought, released
from tests.ledger.world import World, payment

REPORT = files.read_files(files.sql_folder())["audit/report"].text
POSTING = "(SELECT max(id) FROM postings WHERE version IS {})"

# What somebody breaks with the triggers off, and what the audit must call it.
PLANTED = {
    f"UPDATE postings SET balance_after = NULL WHERE id = {POSTING.format('NOT NULL')}": "balance_after",
    f"UPDATE postings SET version = 1 WHERE id = {POSTING.format('NULL')}": "version",
    f"UPDATE postings SET balance_after = amount WHERE id = {POSTING.format('NULL')}": "version",
    "SELECT pg_temp.moved('opening', 'USDT', 100, 'equity', NULL, 'available', {buyer})": "opening",
    "SELECT pg_temp.moved('opening', 'USDT', 100, 'equity', NULL, 'credit', {buyer})": "opening",
    "INSERT INTO transfers (id, request_key, kind, note, at) OVERRIDING SYSTEM VALUE "
    "VALUES (0, 'x', 'opening', '', now())": "opening",
    # Trades: 1 is released, 2 paid in another coin, 3 was split by a decision, 4 is underpaid.
    "DELETE FROM trades WHERE id = 2": "trade_missing",
    "DELETE FROM trades WHERE id = 3": "trade_missing",
    "DELETE FROM trades WHERE id = 4": "trade_missing",
    "UPDATE transfers SET trade_id = 999 WHERE kind = 'deposit'": "trade_missing",
    "UPDATE payins SET user_id = {other}": "payin",
    "UPDATE payins SET network = 'ERC20'": "payin",
    "UPDATE payins SET trade_id = 1 WHERE trade_id = 2": "payin",
    "UPDATE provider_events SET payin_id = NULL": "payin",
    "UPDATE provider_events SET payin_id = (SELECT id FROM payins WHERE user_id <> {buyer} LIMIT 1)": "payin",
    "UPDATE conversions SET price = price / 2": "conversion",
    "UPDATE conversions SET price = 0.000001 WHERE trade_id = 2": "conversion",
    "UPDATE conversions SET price = price * 1.01 WHERE trade_id = 2": "conversion",
    # 5 was paid out of another balance.
    "UPDATE conversions SET price = price * 1.01 WHERE trade_id = 5": "exchange",
    "UPDATE conversions SET quote_id = NULL WHERE trade_id = 5": "exchange",
    "UPDATE quotes SET valid_until = at WHERE trade_id = 5": "exchange",
    "UPDATE quotes SET trade_id = 4 WHERE trade_id = 5": "exchange",
    "DELETE FROM quotes WHERE trade_id = 5": "exchange",
    "UPDATE credit_uses SET worth = worth + 100": "credit_use",
    "UPDATE credit_uses SET worth = amount - 0.000001, amount = amount - 0.000001": "credit_use",
}


async def busy(world: World) -> tuple[int, int]:
    """Trades that are released, paid in a coin, split, underpaid and paid out of another balance, and fee credit that
    was used. Answers who bought and somebody who had nothing to do with it.
    """
    buyer, seller, staff = await brought(world, await world.person(), 500), await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    assert await released(world, buyer, seller, "50") == 1
    in_coin = await world.trade(buyer, seller)
    place = await world.payin(buyer, "BTC", trade=in_coin.id)
    for amount in ("0.001", "0.0005"):
        await world.done(payment(place, amount))
    _, _, split = await disputed(world)
    await world.done(await decision(world, staff, split.id, 33))
    under = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=under.id), 50))
    quoted = await world.trade(buyer, seller, "10")
    await world.fund(buyer, Decimal(1), "BTC")
    await world.done(PayQuoted(buyer, (await world.done(QuotePayment(buyer, quoted.id, "BTC"))).id))
    assert (in_coin.id, split.id, under.id, quoted.id) == (2, 3, 4, 5)
    await world.audited()
    return buyer, seller


async def found(raw: Connection, script: str) -> set[str]:
    """What the audit calls it, before it is undone."""
    await raw.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {script}")
    [report] = await raw.fetch(REPORT)
    await raw.execute("ROLLBACK")
    return {difference["kind"] for difference in report["differences"]}


async def test_the_audit_is_not_blind(world: World, raw: Connection) -> None:
    buyer, other = await busy(world)
    await raw.execute(MOVED)
    seen = {script: await found(raw, script.format(buyer=buyer, other=other)) for script in PLANTED}
    assert [script for script, kind in PLANTED.items() if kind not in seen[script]] == []


async def test_what_people_had_when_the_books_were_opened_is_no_difference(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(), await world.person()
    await raw.execute(MOVED)
    await raw.fetch(f"SELECT pg_temp.moved('opening', 'USDT', 500, 'equity', NULL, 'available', {buyer})")
    trade = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, trade.id))
    assert (await world.audited()).totals[0].opening == Decimal(500)


async def test_a_difference_of_what_is_missing_can_be_read(world: World, raw: Connection) -> None:
    """Else the audit would fail where it has found something."""
    await world.person(100)
    await raw.execute("SET session_replication_role = replica; UPDATE postings SET balance_after = NULL")
    report = await audit.audit(world.database)
    assert {(each.kind, each.expected, each.found) for each in report.differences} == {
        ("balance_after", "100", "nothing")
    }
    assert "nothing" in audit.as_json(report)
