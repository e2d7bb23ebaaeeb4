"""Who is blocked moves no money out: nor what they had asked for before, until they are let in again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.cashout_records import Move
from lockbay.areas.admin.people_records import BlockPerson
from lockbay.areas.payout import Cashout, SendCashout, Told
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.approving import decide, request, to_send
from tests.ledger.approving import user as user
from tests.ledger.outgoing import settle
from tests.ledger.test_cashout_limits import FREE
from tests.ledger.world import HOUR, World, while_it_waits


async def block(world: World, user: int) -> None:
    await world.done(BlockPerson(77, user, True, "fraud"))


async def waiting(world: World, cashout: Cashout) -> Cashout:
    """Its provider was short of money."""
    await world.done(SendCashout(cashout.id, "blockbee"))
    return await world.done(settle(cashout, "waiting"))


async def told(raw: Connection, kind: str, user_id: int) -> int:
    return len(await raw.fetch(f"SELECT FROM outbox WHERE kind = '{kind}' AND user_id = {user_id}"))


@pytest.mark.parametrize("has_waited", [False, True])
async def test_what_was_asked_for_before_is_not_sent_and_the_staff_hears_of_it(
    world: World, user: int, raw: Connection, clock: MovedClock, has_waited: bool
) -> None:
    cashout = await world.done(request(user))
    if has_waited:
        await waiting(world, cashout)
    await block(world, user)
    clock.advance(HOUR)
    assert await to_send(world) == [cashout.id]
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("blocked")
    assert await told(raw, "payout_waiting", 77) == 1
    clock.advance(HOUR)
    assert await to_send(world) == []
    aside = evolve(cashout, state="waiting")
    refunded = await world.done(decide(78, aside, "refund", note="fraud"))
    assert (refunded.state, await world.money(user)) == ("refunded", (100, 0))
    await world.audited()


@pytest.mark.parametrize("decision", ["retry", "claim"])
async def test_nobody_of_the_staff_sends_it_meanwhile(world: World, user: int, decision: Move) -> None:
    cashout = await waiting(world, await world.done(request(user)))
    await block(world, user)
    assert await world.do(decide(77, cashout, decision)) == Refused("blocked")


async def test_nor_approves_it(world: World, user: int) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(5)))
    cashout = await world.done(request(user))
    await block(world, user)
    assert await world.do(decide(77, cashout, "approve")) == Refused("blocked")
    assert (await world.done(decide(77, cashout, "decline", note="fraud"))).state == "declined"


async def test_what_was_paid_by_hand_is_written_down_all_the_same(world: World, user: int) -> None:
    cashout = await waiting(world, await world.done(request(user)))
    await world.done(decide(77, cashout, "claim"))
    await block(world, user)
    assert (await world.done(decide(77, cashout, "paid", "tx"))).state == "done"


@pytest.mark.parametrize("outcome", ["unknown", "done"])
async def test_so_is_what_its_provider_has_paid(world: World, user: int, outcome: Told) -> None:
    cashout = await world.done(request(user))
    if outcome == "unknown":
        await world.done(SendCashout(cashout.id, "blockbee"))
    seen = await world.done(settle(cashout, outcome, "tx"))
    await block(world, user)
    await world.done(decide(77, seen, "claim"))
    assert (await world.done(decide(77, seen, "paid", "tx"))).state == "done"


async def test_it_goes_on_when_they_are_let_in_again(world: World, user: int, clock: MovedClock) -> None:
    cashout = await world.done(request(user))
    await block(world, user)
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("blocked")
    await world.done(BlockPerson(78, user, False, "a mistake"))
    assert await to_send(world) == [cashout.id]
    assert (await world.done(SendCashout(cashout.id, "blockbee"))).state == "sending"


async def test_it_goes_on_when_they_are_let_in_again_at_the_moment_at_which_it_is_set_aside(
    world: World, user: int, raw: Connection
) -> None:
    cashout = await world.done(request(user))
    await block(world, user)
    operations = SendCashout(cashout.id, "blockbee"), BlockPerson(78, user, False, "a mistake")
    news = "LOCK TABLE outbox IN SHARE MODE"  # both tell of it at last
    free = f"SELECT FROM users WHERE id = {user} FOR NO KEY UPDATE SKIP LOCKED"
    assert await while_it_waits(world, raw, news, *operations, free=free) == ["blocked", "done"]
    assert await to_send(world) == [cashout.id]


async def test_what_somebody_pays_by_hand_is_not_sent_when_they_are_let_in_again(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    await block(world, user)
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("blocked")
    await world.done(BlockPerson(78, user, False, "a mistake"))
    await world.done(decide(77, evolve(cashout, state="waiting"), "claim"))
    await block(world, user)
    await world.done(BlockPerson(78, user, False, "a mistake"))
    assert await to_send(world) == []


async def test_what_waits_for_something_else_is_not_hurried_when_they_are_let_in_again(world: World, user: int) -> None:
    await waiting(world, await world.done(request(user)))
    await block(world, user)
    await world.done(BlockPerson(78, user, False, "a mistake"))
    assert await to_send(world) == []
