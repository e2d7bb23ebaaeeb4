"""What the audit finds when somebody has gone around the tables, and how it says so."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO

import pytest
from attrs import astuple, evolve
from rich.console import Console

from lockbay import audit
from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.trades.records import DeclineTrade, ReleaseTrade
from lockbay.postgres.bridge import Connection
from tests.ledger.planted import MOVED
from tests.ledger.world import UNLIMITED, World, payment

STAFF = 77  # decides about cash-outs, and has none
# What somebody breaks with the triggers off, and what the audit must call it.
PLANTED = {
    "UPDATE postings SET amount = amount + 1 WHERE id = (SELECT min(id) FROM postings)": "transfer_unbalanced",
    "INSERT INTO transfers (request_key, kind, note, at) VALUES ('x', 'opening', '', now())": "transfer_empty",
    "UPDATE postings SET account_id = 999999 WHERE version IS NULL": "posting_orphan",
    "UPDATE accounts SET balance = balance + 1 WHERE user_id IS NOT NULL": "conservation",
    "UPDATE accounts SET balance = balance + 2 WHERE user_id IS NOT NULL": "balance",
    "ALTER TABLE accounts DROP CONSTRAINT accounts_check; "
    "UPDATE accounts SET balance = -1 WHERE user_id IS NOT NULL": "overdrawn",
    "UPDATE accounts SET version = version + 1 WHERE user_id IS NOT NULL": "version",
    "UPDATE postings SET balance_after = balance_after + 1 WHERE version = 2": "balance_after",
    "UPDATE holds SET ended_by = NULL, ended_at = NULL, ended_as = NULL WHERE trade_id = 1": "hold",
    "UPDATE trades SET state = 'paid' WHERE state = 'awaiting_payment'": "hold",
    "UPDATE trades SET state = 'expired' WHERE state = 'declined'": "hold",
    "ALTER TABLE trades DROP CONSTRAINT trades_cancelled_alone; "
    "UPDATE trades SET state = 'cancelled' WHERE state = 'declined'": "hold",
    "UPDATE holds SET amount = amount + 1 WHERE ended_by IS NULL": "hold",
    "UPDATE holds SET amount = amount + 2 WHERE ended_by IS NULL": "held_total",
    "DELETE FROM holds WHERE ended_by IS NULL": "transfer",
    "UPDATE holds SET user_id = user_id + 1": "transfer",
    "UPDATE trades SET seller_fee = seller_fee + 1, fee = fee + 1 WHERE state = 'released'": "payout",
    "UPDATE transfers SET trade_id = 3 WHERE trade_id = 1": "transfer",
    "UPDATE trades SET payout = payout - 1 WHERE state = 'released'": "transfer",
    "UPDATE holds SET source = 'payin' WHERE ended_by IS NULL": "transfer",
    "UPDATE provider_events SET amount = amount + 1 WHERE transfer_id IS NOT NULL": "event",
    "UPDATE provider_events SET amount = amount + 1, moved = moved + 1 WHERE transfer_id IS NOT NULL": "transfer",
    "UPDATE provider_events SET credited = 0 WHERE transfer_id IS NOT NULL": "transfer",
    "UPDATE provider_events SET currency = 'BTC' WHERE transfer_id IS NOT NULL": "transfer",
    "SELECT pg_temp.moved('gift', 'USDT', 100, 'available', {buyer}, 'available', {seller})": "transfer",
    "SELECT pg_temp.moved('opening', 'USDT', 100, 'available', {buyer}, 'available', {seller})": "transfer",
    "SELECT pg_temp.moved('deposit', 'USDT', 100, 'clearing:blockbee', NULL, 'available', {seller})": "transfer",
    "SELECT pg_temp.moved('deposit', 'USDT', 100, 'clearing:fincra', NULL, 'available', {seller})": "clearing",
    "SELECT pg_temp.moved('pay', 'USDT', 100, 'available', {buyer}, 'held', NULL)": "transfer",
    "UPDATE unapplied SET ended_as = 'credited', ended_at = now(), ended_by_user = 1, note = 'why', "
    "ended_by = pg_temp.moved('deposit', 'USDT', 7000, 'clearing:blockbee', NULL, 'available', {buyer})": "transfer",
    "UPDATE provider_events SET transfer_id = NULL, moved = 0, credited = 0 WHERE transfer_id IS NOT NULL": "event",
    "UPDATE unapplied SET ended_as = 'credited', ended_at = now(), ended_by_user = 1, note = 'why'": "unapplied",
    "UPDATE ledger_snapshots SET balance = balance + 1": "snapshot",
    # Cash-outs: 1 is done, 2 was refunded, 3 is under way, 4 was declined, 5 taken back.
    "UPDATE cashouts SET state = 'refunded' WHERE id = 1": "cashout",
    "UPDATE cashouts SET state = 'done' WHERE id = 2": "cashout",
    "UPDATE cashouts SET amount = amount + 1 WHERE id = 3": "cashout",
    "UPDATE cashouts SET user_id = user_id + 1 WHERE id = 3": "cashout",
    "UPDATE holds SET ended_as = 'paid_out' WHERE cashout_id = 2": "cashout",
    "UPDATE holds SET ended_as = 'refunded' WHERE cashout_id = 1": "transfer",
    "UPDATE holds SET ended_by = NULL, ended_at = NULL, ended_as = NULL WHERE cashout_id = 1": "cashout",
    "DELETE FROM holds WHERE cashout_id = 3": "cashout",
    "DELETE FROM cashouts WHERE id = 3": "cashout",
    "UPDATE cashouts SET net = net - 1 WHERE id = 1": "transfer",
    "UPDATE cashouts SET net = net + 1 WHERE id = 3": "cashout_net",
    "UPDATE holds SET amount = amount + 1 WHERE cashout_id = 3": "held_total",
    "UPDATE holds SET ended_by = (SELECT ended_by FROM holds WHERE cashout_id = 4) WHERE cashout_id = 1": "transfer",
    "SELECT pg_temp.moved('payout', 'USDT', 9, 'held', NULL, 'payouts', NULL)": "transfer",
    "SELECT pg_temp.moved('cashout_refund', 'USDT', 10, 'held', NULL, 'available', {buyer})": "held_total",
    "SELECT pg_temp.moved('cashout', 'USDT', 10, 'available', {buyer}, 'payouts', NULL)": "transfer",
    "DELETE FROM payout_events WHERE cashout_id = 1": "cashout_reason",
    "UPDATE payout_events SET outcome = 'sent' WHERE cashout_id = 2 AND outcome = 'failed'": "cashout_reason",
    "UPDATE cashouts SET decided_by = NULL WHERE id = 4": "cashout_reason",
    "UPDATE cashouts SET sending_at = now() WHERE id = 5": "cashout_reason",
    "UPDATE cashouts SET sending_at = NULL WHERE id = 3": "cashout_reason",
    "UPDATE payout_events SET outcome = 'done' WHERE cashout_id = 2 AND outcome = 'failed'": "cashout_told",
    "INSERT INTO payout_events (provider, reference, cashout_id, outcome, txid, body, headers, at) "
    "SELECT 'blockbee', reference, id, 'done', 'another', '', '', now() FROM cashouts WHERE id = 1": "cashout_told",
    "INSERT INTO payout_events (provider, reference, cashout_id, outcome, body, headers, at) "
    "SELECT 'manual', reference, id, 'done', '', '', now() FROM cashouts WHERE id = 1": "cashout_told",
    "INSERT INTO payout_events (provider, reference, cashout_id, outcome, body, headers, at) "
    "SELECT 'blockbee', reference, id, 'failed', '', '', now() FROM cashouts WHERE id = 1": "cashout_told",
    # Exchange.
    "UPDATE conversions SET to_amount = to_amount + 1 WHERE to_wallet": "quote",
    "UPDATE conversions SET user_id = {seller} WHERE to_wallet": "quote",
    "UPDATE conversions SET to_currency = 'USDT', from_currency = 'BTC' WHERE to_wallet": "quote",
    "UPDATE conversions SET quote_id = NULL WHERE to_wallet": "exchange",
    "UPDATE conversions SET price = price * 2 WHERE to_wallet": "exchange",
    "UPDATE quotes SET valid_until = at WHERE used_by IS NOT NULL": "exchange",
    "UPDATE conversions SET to_wallet = false WHERE to_wallet": "transfer",
    "DELETE FROM conversions WHERE to_wallet": "transfer",
    "UPDATE quotes SET used_by = NULL": "quote",
    "SELECT pg_temp.moved('exchange', 'USDT', 10, 'exchange', NULL, 'available', {buyer})": "transfer",
}


async def busy(world: World) -> tuple[int, int]:
    """A bit of everything: a trade that is released, declined, paid and not paid, an unapplied payment, cash-outs, an
    exchange, a snapshot. Answers who bought and who sold.
    """
    buyer, seller = await world.person(1000), await world.person()
    delivered = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, delivered.id))
    await world.done(DeclineTrade(seller, (await world.paid(buyer, seller)).id))
    await world.paid(buyer, seller)
    await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer), 7, reference=None, address="nobody's", nonce=None))
    await goes_out(world, buyer)
    await world.database.run(audit.SnapshotLedger())
    await world.audited()
    return buyer, seller


async def goes_out(world: World, user: int) -> None:
    """Five cash-outs: done, refunded, under way, declined by the staff, taken back; and an exchange."""
    await world.database.run(evolve(UNLIMITED, cashout_unverified_daily_usd=Decimal(0), exchange_sources=1))
    await world.database.run(SaveStaff([STAFF]))
    wanted = RequestCashout(user, "USDT", "TRC20", Decimal(10), Decimal(9), "T-somewhere", "", "", "", "", None)
    done, failed, _, declined, cancelled = cashouts = [await world.done(wanted) for _ in range(5)]
    for each in cashouts[:4]:
        await world.done(SendCashout(each.id, "blockbee"))
    ends: list[tuple[Cashout, Told]] = [(done, "done"), (failed, "failed"), (declined, "waiting")]
    for each, told in ends:
        await world.done(SettleCashout(each.reference, "blockbee", told, None, f"tx-{each.id}", None, b"", ""))
    await world.done(DecideCashout(STAFF, declined.id, "waiting", "decline", "", "no"))
    await world.done(CancelCashout(user, cancelled.id))
    quote = await world.done(QuoteExchange(user, "USDT", "BTC", Decimal(20)))
    await world.done(ConfirmExchange(user, quote.id))


@pytest.mark.parametrize(("script", "kind"), PLANTED.items())
async def test_the_audit_finds_what_was_planted(world: World, raw: Connection, script: str, kind: str) -> None:
    buyer, seller = await busy(world)
    planted = script.format(buyer=buyer, seller=seller)
    await raw.execute(f"{MOVED}; SET session_replication_role = replica; {planted}; RESET session_replication_role")
    report = await audit.audit(world.database)
    assert kind in {difference.kind for difference in report.differences}
    assert not report.passed


async def test_the_report_is_readable_by_people_and_by_programs(world: World) -> None:
    await busy(world)
    report = await world.audited()
    parsed = json.loads(audit.as_json(report))
    assert parsed["passed"] is True
    assert Decimal(parsed["totals"][0]["held"]) == 115
    assert all(isinstance(parsed["totals"][0][name], str) for name in ("people", "held", "came_in"))
    console = Console(record=True, width=140, file=StringIO())
    audit.show(console, report)
    shown = console.export_text()
    assert "1 unapplied payments: the books are right." in shown
    assert "1000" in shown


def test_the_report_keeps_every_digit_however_narrow_the_window() -> None:
    """Eighty letters is a terminal at night, a pipe, or a log."""
    total = audit.Total("NGN", *(Decimal("12345678901.25") + place for place in range(9)))
    subject = "the one of [/b] " + "that was paid in parts " * 5
    difference = audit.Difference("held_differs", subject, "1" * 40, "2" * 40)
    report = audit.Report((difference,), (total,), 1, 2, 1, 0)
    console = Console(record=True, width=80, file=StringIO())
    audit.show(console, report)
    shown = console.export_text()
    assert all(f"{amount:f}" in shown for amount in astuple(total)[1:])
    assert all(said in shown for said in (difference.subject.strip(), difference.expected, difference.found))
