"""The runner of payouts on the real database: whatever a provider does, a hold ends once and nothing is paid twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.cashout.records import CancelCashout
from lockbay.areas.payout import Cashout, HearPayout, SaveRoutes
from lockbay.clock.payouts import AT_ONCE, Payouts
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from tests.clock import MovedClock
from tests.ledger.outgoing import request
from tests.ledger.world import World
from tests.payouts.outcome import alerts, state
from tests.payouts.payer import Payer, nothing

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("how", "ends", "money"),
    [
        ("done", "done", (90, 0)),
        ("failed", "refunded", (100, 0)),
        ("sent", "sent", (90, 10)),
        ("unknown", "unknown", (90, 10)),
        ("crash", "unknown", (90, 10)),
        ("waiting", "waiting", (90, 10)),
    ],
)
async def test_what_a_provider_answers_is_what_becomes_of_it(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, how: str, ends: str,
    money: tuple[Decimal | int, ...],
) -> None:  # fmt: skip
    payer.how = how
    await payouts.tick()
    assert await state(raw, cashout) == ends
    assert await world.money(user) == money
    await payouts.tick()
    assert len(payer.called) == 1
    await world.audited()


async def test_who_waits_for_approval_is_not_paid_nor_who_took_it_back(
    world: World, user: int, cashout: Cashout, payouts: Payouts, payer: Payer
) -> None:
    await world.done(CancelCashout(user, cashout.id))
    await payouts.tick()
    assert payer.called == []


async def test_taken_back_while_it_waits_for_its_turn_it_is_not_paid(
    world: World, user: int, payouts: Payouts, payer: Payer
) -> None:
    """The runner has read it as requested, and has its hands full."""
    cashouts = [await world.done(request(user)) for _ in range(AT_ONCE + 1)]
    all_busy, go = trio.Event(), trio.Event()

    async def slowly(_: Cashout) -> None:
        if len(payer.called) == AT_ONCE:
            all_busy.set()
        await go.wait()

    payer.meanwhile = slowly
    async with trio.open_nursery() as nursery:
        nursery.start_soon(payouts.tick)
        await all_busy.wait()
        [left] = [each for each in cashouts if each.reference not in payer.called]
        await world.done(CancelCashout(user, left.id))
        go.set()
    assert left.reference not in payer.called
    assert await world.money(user) == (100 - 10 * AT_ONCE, 0)
    await world.audited()


async def test_without_funds_it_is_tried_every_quarter_of_an_hour_and_told_once(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    payer.how = "waiting"
    for _ in range(61):
        await payouts.tick()
        clock.advance(MINUTE)
    assert len(payer.called) == 5
    assert await alerts(raw, "payout_waiting") == 1
    told_owner = await raw.fetch(f"SELECT kind FROM outbox WHERE user_id = {user} AND kind LIKE 'cashout%' ORDER BY id")
    assert len(told_owner) == 2  # sending, waiting
    payer.how = "done"
    clock.advance(15 * MINUTE)
    await payouts.tick()
    assert payer.paid == {cashout.reference: 1}
    assert await world.money(user) == (90, 0)


async def test_what_no_provider_pays_waits_for_an_operator_who_is_told_once(
    world: World, raw: Connection, cashout: Cashout, database: Database, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    payouts = Payouts(database, clock, [])
    for _ in range(40):
        await payouts.tick()
        clock.advance(MINUTE)
    assert await state(raw, cashout) == "waiting"
    assert await alerts(raw, "payout_waiting") == 1
    done = await world.done(DecideCashout(77, cashout.id, "waiting", "paid", "by-hand", ""))
    assert done.state == "done"
    await world.audited()


async def test_two_providers_are_never_asked_to_pay_the_same(
    cashout: Cashout, database: Database, clock: MovedClock
) -> None:
    first, other = Payer(clock, "blockbee", "waiting"), Payer(clock, "kraken")
    await Payouts(database, clock, [first, other]).tick()
    clock.advance(15 * MINUTE)
    await Payouts(database, clock, [other]).tick()
    clock.advance(15 * MINUTE)
    await Payouts(database, clock, [other, first]).tick()
    assert (len(first.called), other.called) == (2, [])


async def test_two_runners_pay_once(
    world: World, cashout: Cashout, database: Database, clock: MovedClock, payer: Payer
) -> None:
    """As when one service stops while the next begins."""
    one, other = Payouts(database, clock, [payer]), Payouts(database, clock, [payer])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.tick)
        nursery.start_soon(other.tick)
    assert payer.paid == {cashout.reference: 1}
    await world.audited()


@pytest.mark.parametrize("answers", ["sent", "unknown", "done"])
async def test_the_webhook_may_come_before_the_answer(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock,
    answers: str,
) -> None:  # fmt: skip
    async def webhook(sending: Cashout) -> None:
        payer.meanwhile = nothing
        clock.advance(timedelta(seconds=1))
        await world.done(HearPayout(sending.reference, "blockbee", "done", None, "tx", b"{}", "{}"))

    payer.how, payer.meanwhile = answers, webhook
    payer.ends[cashout.reference] = "done"
    await payouts.tick()
    await payouts.tick()
    assert await state(raw, cashout) == "done"
    assert await world.money(user) == (90, 0)
    await world.audited()


async def test_one_that_failed_by_webhook_before_its_answer_is_back_once(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    async def webhook(sending: Cashout) -> None:
        payer.meanwhile = nothing
        clock.advance(timedelta(seconds=1))
        await world.done(HearPayout(sending.reference, "blockbee", "failed", None, None, b"{}", "{}"))

    payer.how, payer.meanwhile = "unknown", webhook
    payer.ends[cashout.reference] = "failed"
    await payouts.tick()
    assert await world.money(user) == (90, 10)
    await payouts.tick()
    assert await state(raw, cashout) == "refunded"
    assert await world.money(user) == (100, 0)
    await world.audited()


async def test_what_is_stopped_in_a_call_ends_with_its_answer(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer
) -> None:
    called, answer = trio.Event(), trio.Event()

    async def slowly(_: Cashout) -> None:
        called.set()
        await answer.wait()

    payer.meanwhile = slowly
    async with trio.open_nursery() as nursery:
        nursery.start_soon(payouts.run)
        await called.wait()
        payouts.stop()
        nursery.cancel_scope.cancel()
        answer.set()
    assert await state(raw, cashout) == "done"
    assert await world.money(user) == (90, 0)


async def test_a_call_that_never_ends_is_given_up_and_asked_about(
    world: World, raw: Connection, cashout: Cashout, database: Database, clock: MovedClock, payer: Payer
) -> None:
    payer.how = "hang"
    await Payouts(database, clock, [payer], bound=0.2).tick()
    assert await state(raw, cashout) == "sending"
    clock.advance(2 * MINUTE)
    await Payouts(database, clock, [payer]).tick()
    assert await state(raw, cashout) == "done"
    assert payer.paid == {cashout.reference: 1}
    await world.audited()


async def test_it_looks_at_once_when_a_cashout_changes(
    world: World, user: int, payouts: Payouts, payer: Payer, database: Database
) -> None:
    called = trio.Event()

    async def seen(_: Cashout) -> None:
        called.set()

    payer.meanwhile = seen
    database.on_changed = payouts.changed
    async with trio.open_nursery() as nursery:
        nursery.start_soon(payouts.run)
        await world.done(request(user))
        with trio.fail_after(5):
            await called.wait()
        payouts.stop()
    payouts.changed([Change(user, "DueCashouts")])


async def test_told_the_same_anew_about_another_try_it_counts(
    world: World, raw: Connection, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    """The same words twice are one answer only about the same try."""
    payer.how = "waiting"
    await payouts.tick()
    clock.advance(15 * MINUTE)
    await payouts.tick()
    assert await state(raw, cashout) == "waiting"
    assert len(payer.called) == 2


async def test_nobody_looks_for_what_nobody_has_to_do_by_itself(
    world: World, user: int, payouts: Payouts, database: Database
) -> None:
    """Looking for payouts and notices costs as much as a cash-out."""
    names: list[str] = []
    told: list[bool] = []
    database.on_changed = lambda changes: names.extend(change.view for change in changes)
    database.on_told = lambda: told.append(True)
    await world.done(request(user))
    assert "DueCashouts" in names
    names.clear()
    await database.run(SaveRoutes([], []))
    await world.done(request(user))
    assert "CashoutPage" in names
    assert "DueCashouts" not in names
    assert not told, "there is no staff to tell"
