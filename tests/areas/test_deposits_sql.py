"""Payments that providers tell us of: credited once, or unapplied, never lost."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest
import trio
from attrs import evolve

from lockbay.areas.deposits.records import Applied, DepositInfo, FillPayin, Payin, RequestPayin
from lockbay.areas.history.records import History
from lockbay.areas.trades.records import DeclineTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.ledger.world import World, payment

SHOW_MONEY: Final = ("Wallet", "Menu", "History", "NewTrade", "TradePayment", "CashoutStart", "ExchangeStart")


def moved(outcome: str, payin: Payin, amount: int, reason: str | None = None) -> Applied:
    return Applied(outcome, payin.user_id, None, Decimal(amount), Decimal(amount * (outcome == "credited")), reason)  # type: ignore[arg-type]


async def told(raw: Connection) -> list[tuple[int, str]]:
    return [
        (row["user_id"], row["kind"])
        for row in await raw.fetch("SELECT user_id, kind FROM outbox WHERE kind LIKE 'deposit%' ORDER BY id")
    ]


async def test_two_real_payments_of_the_same_amount_both_count(world: World) -> None:
    user = await world.person(5)
    await world.fund(user, Decimal(5))
    assert await world.available(user) == 10
    assert (await world.audited()).totals[0].came_in == 10


async def test_a_payment_is_seen_when_pending_and_credited_when_confirmed(world: World, raw: Connection) -> None:
    user = await world.person()
    payin = await world.payin(user)
    pending = payment(payin, Decimal(5), event="e", confirmed=False)
    confirmed = payment(payin, Decimal(5), event="e")
    for _ in range(2):
        seen = await world.do(pending, pending.request_key)
        assert seen == moved("seen", payin, 5)
    assert await world.available(user) == 0
    for _ in range(2):
        assert await world.do(confirmed, confirmed.request_key) == moved("credited", payin, 5)
    assert await world.available(user) == 5
    assert await told(raw) == [(user, "deposit_seen"), (user, "deposit_credited")]
    await world.audited()


async def test_pending_after_confirmed_is_ignored(world: World, raw: Connection) -> None:
    user = await world.person()
    payin = await world.payin(user)
    await world.done(payment(payin, Decimal(5), event="e"))
    late = await world.done(payment(payin, Decimal(5), event="e", confirmed=False))
    assert late.outcome == "ignored"
    assert await told(raw) == [(user, "deposit_credited")]
    await world.audited()


async def test_what_fits_nothing_becomes_unapplied(world: World, raw: Connection) -> None:
    user = await world.person()
    payin = await world.payin(user, minimum="2")
    cases = {
        "unknown_reference": payment(payin, Decimal(5), reference="unheard-of", address="elsewhere", nonce=None),
        "wrong_address": payment(payin, Decimal(5), address="elsewhere"),
        "wrong_coin": payment(payin, Decimal(5), coin="TRX"),
        "below_minimum": payment(payin, Decimal("1.99")),
        "bad_amount": payment(payin, Decimal("5.0000001")),
    }
    for reason, event in cases.items():
        answer = await world.done(event)
        assert (answer.outcome, answer.reason) == ("unapplied", reason)
    assert await world.available(user) == 0
    rows = await raw.fetch("SELECT reason FROM unapplied ORDER BY id")
    assert [row["reason"] for row in rows] == list(cases)
    assert (await world.audited()).unapplied == 5


async def test_the_least_that_a_place_takes_is_enough_and_another_network_is_another_coin(world: World) -> None:
    payin = await world.payin(user := await world.person(), minimum="2")
    assert (await world.done(payment(payin, 2))).outcome == "credited"
    assert (await world.done(payment(payin, 2, network="ERC20"))).reason == "wrong_coin"
    assert await world.available(user) == 2
    await world.audited()


async def test_a_bank_transfer_is_neither_too_little_nor_too_much_nor_too_fine(world: World) -> None:
    user = await world.person()
    for amount in (None, "99.99", "5000000.01", "100.001", "-100"):
        wanted = RequestPayin(user, None, "NGN", "BANK", Decimal(amount) if amount else None)
        assert await world.do(wanted) == Refused("bad_amount", {"least": "100", "most": "5000000"})
    for amount in ("100", "5000000"):
        assert (await world.done(RequestPayin(user, None, "NGN", "BANK", Decimal(amount)))).amount == Decimal(amount)


async def test_an_event_with_a_wrong_nonce_does_not_take_the_place_of_the_true_one(world: World) -> None:
    user = await world.person()
    payin = await world.payin(user)
    true = payment(payin, Decimal(5))
    forged = evolve(true, nonce="guessed")
    assert await world.do(forged, true.request_key) == Refused("wrong_nonce")
    assert await world.do(true, true.request_key) == moved("credited", payin, 5)
    assert await world.do(forged, true.request_key) == Refused("wrong_nonce")
    assert await world.available(user) == 5
    assert (await world.audited()).unapplied == 0


async def test_an_event_of_no_place_of_ours_with_a_nonce_is_somebody_elses(world: World) -> None:
    """BlockBee signs for all merchants: who pays themselves and has us told of it must not get it booked by anybody."""
    payin = await world.payin(await world.person())
    foreign = payment(payin, Decimal(5000), reference="unheard-of", address="elsewhere")
    for nonce in ("", payin.nonce):
        assert await world.do(evolve(foreign, nonce=nonce), foreign.request_key) == Refused("wrong_nonce")
    assert (await world.audited()).unapplied == 0


@pytest.mark.parametrize(("amount", "outcome"), [("0", "ignored"), ("-5", "ignored"), ("1e30", "unapplied")])
async def test_an_amount_that_is_none_moves_nothing(world: World, amount: str, outcome: str) -> None:
    payin = await world.payin(await world.person())
    assert (await world.done(payment(payin, Decimal(amount)))).outcome == outcome
    assert await world.available(payin.user_id) == 0
    await world.audited()


async def test_a_coin_that_we_do_not_know_is_unapplied(world: World) -> None:
    user = await world.person()
    payin = await world.payin(user)
    assert (await world.done(payment(payin, Decimal(5), coin="SHIB"))).reason == "wrong_coin"


async def test_repetitions_may_differ_in_what_does_not_matter_only(world: World) -> None:
    user = await world.person()
    payin = await world.payin(user)
    first = payment(payin, Decimal(5), event="e", body=b'{"confirmations": 1}')
    again = payment(payin, Decimal("5.00"), event="e", body=b'{"confirmations": 2}')
    assert await world.do(first, first.request_key) == await world.do(again, again.request_key)
    assert first.request_key == again.request_key != payment(payin, 6, event="e").request_key
    assert await world.available(user) == 5


async def test_the_raw_event_is_kept_byte_by_byte(world: World, raw: Connection) -> None:
    user = await world.person()
    payin = await world.payin(user)
    await world.done(payment(payin, Decimal(5), body=b"\x00\xff{}"))
    [row] = await raw.fetch("SELECT body FROM provider_events")
    assert row["body"] == b"\x00\xff{}"


async def test_a_credit_makes_the_views_old_that_show_money(world: World) -> None:
    user = await world.person()
    payin = await world.payin(user)
    changes: list[Change] = []
    world.database.on_changed = changes.extend
    await world.done(payment(payin, Decimal(5)))
    assert {Change(user, name) for name in SHOW_MONEY} <= set(changes)


async def test_the_end_of_a_trade_makes_the_views_old_that_show_money(world: World) -> None:
    buyer, seller = await world.person(300), await world.person()
    trade = await world.paid(buyer, seller)
    changes: list[Change] = []
    world.database.on_changed = changes.extend
    await world.done(DeclineTrade(seller, trade.id))
    assert {Change(buyer, name) for name in SHOW_MONEY} <= set(changes)


def filling(payin: Payin, address: str) -> FillPayin:
    return FillPayin(payin.user_id, payin.id, "blockbee", address, None, "", Decimal(1))


async def test_an_address_of_somebody_else_is_refused(world: World) -> None:
    one = await world.payin(await world.person())
    two = await world.done(RequestPayin(await world.person(), None, "USDT", "TRC20", None))
    assert one.address is not None
    assert await world.do(filling(two, one.address)) == Refused("taken")


async def test_of_two_people_at_once_one_gets_an_address(world: World, raw: Connection) -> None:
    one, two = [await world.done(RequestPayin(await world.person(), None, "USDT", "TRC20", None)) for _ in range(2)]
    await raw.execute(f"""
        BEGIN;
        SELECT deposits_fill('1', '', now(), {one.user_id}, {one.id}, 'blockbee', 'the-address', NULL, '', 0, true)
    """)
    answers = []

    async def ask() -> None:
        answers.append(await world.do(filling(two, "the-address")))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        with trio.fail_after(5):
            while not await raw.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()
        await raw.execute("COMMIT")
    assert answers == [Refused("taken")]


async def test_what_was_made_first_stays(world: World) -> None:
    first = await world.payin(await world.person(), minimum="5")
    assert await world.done(filling(first, "another")) == first
    assert await world.payin(first.user_id, minimum="7") == first


async def test_the_addresses_of_a_person(world: World, database: Database) -> None:
    user = await world.person()
    await world.done(RequestPayin(user, None, "USDT", "TRC20", None))
    nothing = await database.read(DepositInfo, user, "USDT", "TRC20")
    assert nothing is not None
    assert nothing.payin is None
    made = await world.payin(user)
    info = await database.read(DepositInfo, user, "USDT", "TRC20")
    assert info is not None
    assert info.payin == made


async def test_history_pages_hold_every_movement_once(world: World, database: Database) -> None:
    user = await world.person()
    for amount in range(1, 26):
        await world.fund(user, Decimal(amount))
    seen: list[Decimal] = []
    before: int | None = 0
    while before is not None:
        page = await database.read(History, user, before, "all", "all")
        assert page is not None
        seen += [movement.amount for movement in page.movements]
        before = page.next
    assert seen == [Decimal(amount) for amount in range(25, 0, -1)]
