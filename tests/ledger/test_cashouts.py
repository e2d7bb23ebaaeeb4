"""Money that goes out: held once, and paid out or given back once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.cashout.records import CancelCashout
from lockbay.areas.payout import SendCashout
from lockbay.areas.terms import Terms
from lockbay.clock.payouts import NoteAsked
from lockbay.clock.stuck import tell_stuck
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.outgoing import request, settle
from tests.ledger.outgoing import user as user
from tests.ledger.world import World

FEE = Decimal(1)


async def test_a_cashout_is_held_sent_and_done(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    assert (cashout.state, await world.money(user)) == ("requested", (90, 10))
    assert (await world.done(SendCashout(cashout.id, "blockbee"))).state == "sending"
    assert (await world.done(settle(cashout, "sent"))).state == "sent"
    done = await world.done(settle(cashout, "done", "tx"))
    assert (done.state, done.txid, await world.money(user)) == ("done", "tx", (90, 0))
    totals = (await world.audited()).totals[0]
    assert (totals.went_out, totals.fees) == (9, 1)


async def test_one_that_fails_is_back_whole(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    assert (await world.done(settle(cashout, "failed"))).state == "refunded"
    assert await world.money(user) == (100, 0)
    await world.audited()


async def test_all_there_is_is_what_the_statement_finds(world: World, user: int) -> None:
    await world.database.run(Terms(cashout_unverified_daily_usd=Decimal(0)))
    cashout = await world.done(request(user, None, "99"))
    assert (cashout.amount, await world.money(user)) == (100, (0, 100))
    await world.fund(user, Decimal(50))
    changed = await world.do(request(user, None, "99"))
    assert changed == Refused("terms_changed", {"fee": "1", "net": "49"})


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (("200", "199"), "unverified_daily_usd"),
        (("10", "10"), "terms_changed"),
        (("10", "8"), "terms_changed"),
        (("4.99", "3.99"), "below_minimum"),
        (("10.0000001", "9.0000001"), "inexact_amount"),
    ],
)
async def test_what_cannot_be_is_refused_and_moves_nothing(
    world: World, user: int, wanted: tuple[str, str], reason: str
) -> None:
    refused = await world.do(request(user, *wanted))
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert await world.money(user) == (100, 0)


async def test_over_a_network_that_is_none_of_its_coins_nothing_goes_out(world: World, user: int) -> None:
    wanted = evolve(request(user), network="BTC")
    assert await world.do(wanted) == Refused("unknown_currency")
    assert await world.money(user) == (100, 0)


async def test_who_is_not_here_gets_nothing_out(world: World, user: int, raw: Connection) -> None:
    assert await world.do(request(await world.meet())) == Refused("not_onboarded")
    for column, reason in (("blocked_at", "blocked"), ("closed_at", "closed")):
        await raw.execute(f"UPDATE users SET blocked_at = NULL, closed_at = NULL; UPDATE users SET {column} = now()")
        assert await world.do(request(user)) == Refused(reason)
    assert await world.money(user) == (100, 0)


async def test_our_own_address_is_refused(world: World, user: int) -> None:
    payin = await world.payin(user)
    assert payin.address
    assert await world.do(request(user, address=payin.address)) == Refused("own_address")


async def test_a_large_one_waits_for_approval_by_one_of_the_staff(world: World, user: int, raw: Connection) -> None:
    await world.database.run(Terms(cashout_approval_usd=Decimal(10)))
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    cashout = await world.done(request(user))
    assert cashout.state == "awaiting_approval"
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("wrong_state", {"state": "awaiting_approval"})
    decide = DecideCashout(77, cashout.id, "awaiting_approval", "approve", "", "")
    assert await world.do(DecideCashout(user, cashout.id, "awaiting_approval", "approve", "", "")) == Refused(
        "not_staff"
    )
    assert (await world.done(decide)).state == "requested"
    assert await world.do(decide) == Refused("wrong_state", {"state": "requested"})
    await world.done(CancelCashout(user, cashout.id))
    assert await world.money(user) == (100, 0)
    await world.audited()


async def test_an_operator_pays_by_hand(world: World, user: int, raw: Connection) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "kraken"))
    await world.done(settle(cashout, "waiting", provider="kraken"))
    for nothing in ("", " \n"):
        refused = await world.do(DecideCashout(77, cashout.id, "waiting", "paid", nothing, ""))
        assert refused == Refused("wrong_state", {"state": "waiting"}), "which payment it was is written down"
    done = await world.done(DecideCashout(77, cashout.id, "waiting", "paid", "by-hand", ""))
    assert (done.state, done.txid) == ("done", "by-hand")
    await world.audited()


async def test_one_that_does_not_end_is_told_to_the_staff_once(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    stuck, done = await world.done(request(user)), await world.done(request(user))
    for each in (stuck, done):
        await world.done(SendCashout(each.id, "blockbee"))
    await world.done(settle(done, "done", "tx"))
    await tell_stuck(world.database, clock)
    assert await raw.fetch("SELECT FROM outbox WHERE kind = 'payout_stuck'") == []
    clock.advance(timedelta(hours=1))
    for _ in range(2):
        await tell_stuck(world.database, clock)
    [told] = await raw.fetch("SELECT data ->> 'slug' AS slug FROM outbox WHERE kind = 'payout_stuck'")
    assert told["slug"] == stuck.slug


async def test_one_that_the_staff_cannot_be_told_of_hides_none_of_the_others(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    broken, sound = await world.done(request(user)), await world.done(request(user))
    for each in (broken, sound):
        await world.done(SendCashout(each.id, "blockbee"))
    await raw.execute(f"ALTER TABLE outbox ADD CONSTRAINT broken CHECK (data ->> 'slug' <> '{broken.slug}') NOT VALID")
    clock.advance(timedelta(hours=1))
    await tell_stuck(world.database, clock)
    asked = "SELECT data ->> 'slug' AS slug FROM outbox WHERE kind = 'payout_stuck'"
    assert [row["slug"] for row in await raw.fetch(asked)] == [sound.slug]
    await raw.execute("ALTER TABLE outbox DROP CONSTRAINT broken")
    await tell_stuck(world.database, clock)
    assert {row["slug"] for row in await raw.fetch(asked)} == {broken.slug, sound.slug}


async def test_what_somebody_pays_by_hand_is_sent_by_nobody_else(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    await world.done(settle(cashout, "waiting"))
    await world.done(DecideCashout(77, cashout.id, "waiting", "claim", "", ""))
    await world.database.run(NoteAsked(cashout.id, clock.now()))
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("wrong_state", {"state": "waiting"})
    await world.done(DecideCashout(77, cashout.id, "waiting", "retry", "", ""))
    assert (await world.done(SendCashout(cashout.id, "blockbee"))).state == "sending"


async def test_who_wanted_to_pay_it_by_hand_and_has_it_tried_again_holds_it_no_more(
    world: World, user: int, raw: Connection
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true), (78, 'owner', true)")
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    await world.done(settle(cashout, "waiting"))
    await world.done(DecideCashout(77, cashout.id, "waiting", "claim", "", ""))
    await world.done(DecideCashout(77, cashout.id, "waiting", "retry", "", ""))
    assert (await world.done(DecideCashout(78, cashout.id, "waiting", "refund", "", "No"))).state == "refunded"


async def test_only_its_owner_takes_it_back_and_not_when_it_waits_for_people(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    assert await world.do(CancelCashout(await world.person(), cashout.id)) == Refused("unknown_cashout")
    await world.done(settle(cashout, "waiting", provider="manual"))
    assert await world.do(CancelCashout(user, cashout.id)) == Refused("wrong_state", {"state": "waiting"})
    assert await world.money(user) == (90, 10)
