"""Payments that providers tell us of: credited once, or unapplied, never lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.deposits.records import Deposit, DepositInfo
from lockbay.areas.history.records import History
from lockbay.errors import KeyReused
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.ledger.conftest import raw, world
from tests.ledger.world import World, address_of, payment

__all__ = ["raw", "world"]


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
    await world.done(address_of(user))
    pending = payment(user, Decimal(5), event="e", pending=True)
    confirmed = payment(user, Decimal(5), event="e")
    for _ in range(2):
        seen = await world.do(pending, pending.request_key)
        assert seen == Deposit("seen", user, Decimal(5), None)
    assert await world.available(user) == 0
    for _ in range(2):
        assert await world.do(confirmed, confirmed.request_key) == Deposit("credited", user, Decimal(5), None)
    assert await world.available(user) == 5
    assert await told(raw) == [(user, "deposit_seen"), (user, "deposit_credited")]
    await world.audited()


async def test_pending_after_confirmed_is_ignored(world: World, raw: Connection) -> None:
    user = await world.person()
    await world.done(address_of(user))
    await world.done(payment(user, Decimal(5), event="e"))
    late = await world.done(payment(user, Decimal(5), event="e", pending=True))
    assert late.outcome == "ignored"
    assert await told(raw) == [(user, "deposit_credited")]
    await world.audited()


async def test_what_fits_nothing_becomes_unapplied(world: World, raw: Connection) -> None:
    user = await world.person()
    await world.done(address_of(user, minimum="2"))
    cases = {
        "unknown_address": payment(user, Decimal(5), address="elsewhere"),
        "wrong_coin": payment(user, Decimal(5), coin="TRX"),
        "below_minimum": payment(user, Decimal("1.99")),
        "bad_amount": payment(user, Decimal("5.0000001")),
    }
    for reason, event in cases.items():
        answer = await world.done(event)
        assert (answer.outcome, answer.reason) == ("unapplied", reason)
    assert await world.available(user) == 0
    rows = await raw.fetch("SELECT reason FROM unapplied ORDER BY id")
    assert [row["reason"] for row in rows] == list(cases)
    assert (await world.audited()).unapplied == 4


async def test_an_event_with_a_wrong_nonce_does_not_take_the_place_of_the_true_one(world: World) -> None:
    user = await world.person()
    await world.done(address_of(user))
    true = payment(user, Decimal(5), nonce=f"nonce-{user}")
    forged = evolve(true, nonce="guessed")
    assert await world.do(forged, true.request_key) == Refused("wrong_nonce")
    assert await world.do(true, true.request_key) == Deposit("credited", user, Decimal(5), None)
    assert await world.do(forged, true.request_key) == Refused("wrong_nonce")
    assert await world.available(user) == 5
    assert (await world.audited()).unapplied == 0


@pytest.mark.parametrize("amount", ["0", "-5", "1e30"])
async def test_an_amount_that_is_none_is_unapplied(world: World, amount: str) -> None:
    user = await world.person()
    await world.done(address_of(user, minimum="0"))
    assert (await world.done(payment(user, Decimal(amount)))).reason == "bad_amount"


async def test_a_coin_that_we_do_not_know_is_unapplied(world: World) -> None:
    user = await world.person()
    await world.done(address_of(user))
    assert (await world.done(payment(user, Decimal(5), coin="SHIB"))).reason == "wrong_coin"


async def test_repetitions_may_differ_in_what_does_not_matter_only(world: World) -> None:
    user = await world.person()
    await world.done(address_of(user))
    first = payment(user, Decimal(5), event="e", body=b'{"confirmations": 1}')
    again = payment(user, Decimal("5.00"), event="e", body=b'{"confirmations": 2}')
    assert await world.do(first, first.request_key) == await world.do(again, again.request_key)
    with pytest.raises(KeyReused):
        await world.do(payment(user, Decimal(6), event="e"), first.request_key)
    assert await world.available(user) == 5


async def test_the_raw_event_is_kept_byte_by_byte(world: World, raw: Connection) -> None:
    user = await world.person()
    await world.done(address_of(user))
    await world.done(payment(user, Decimal(5), body=b"\x00\xff{}"))
    [row] = await raw.fetch("SELECT body FROM provider_events")
    assert row["body"] == b"\x00\xff{}"


async def test_a_credit_makes_the_views_old_that_show_money(world: World) -> None:
    user = await world.person()
    await world.done(address_of(user))
    changes: list[Change] = []
    world.database.on_changed = changes.extend
    await world.done(payment(user, Decimal(5)))
    assert {Change(user, "Wallet"), Change(user, "Menu"), Change(user, "History")} <= set(changes)


async def test_an_address_of_somebody_else_is_refused(world: World) -> None:
    one, two = await world.person(), await world.person()
    await world.done(address_of(one))
    stolen = address_of(two)
    stolen = type(stolen)(two, "USDT", "TRC20", "blockbee", f"address-{one}-USDT", "n", Decimal(1))
    assert await world.do(stolen) == Refused("taken")


async def test_of_two_people_at_once_one_gets_an_address(world: World, raw: Connection) -> None:
    one, two = await world.person(), await world.person()
    address = address_of(one)
    await raw.execute(f"""
        BEGIN;
        SELECT deposits_save_address('1', '', now(), {one}, 'USDT', 'TRC20', 'blockbee', '{address.address}', '', 0)
    """)
    answers = []

    async def ask() -> None:
        answers.append(await world.do(evolve(address, user_id=two)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        with trio.fail_after(5):
            while not await raw.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()
        await raw.execute("COMMIT")
    assert answers == [Refused("taken")]


async def test_the_addresses_of_a_person(world: World, database: Database) -> None:
    user = await world.person()
    nothing = await database.read(DepositInfo, user, "USDT", "TRC20")
    assert nothing is not None
    assert nothing.address is None
    made = await world.done(address_of(user))
    info = await database.read(DepositInfo, user, "USDT", "TRC20")
    assert info is not None
    assert info.address == made


async def test_history_pages_hold_every_movement_once(world: World, database: Database) -> None:
    user = await world.person()
    for amount in range(1, 26):
        await world.fund(user, Decimal(amount))
    seen: list[Decimal] = []
    before: int | None = 0
    while before is not None:
        page = await database.read(History, user, before)
        assert page is not None
        seen += [movement.amount for movement in page.movements]
        before = page.next
    assert seen == [Decimal(amount) for amount in range(25, 0, -1)]
