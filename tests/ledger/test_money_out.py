"""What must not happen to money on its way out: paid by two, or paid after it was told paid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.cashout_records import Move
from lockbay.areas.cashout.records import CancelCashout, CashoutStart
from lockbay.areas.payout import Cashout, HearPayout, SendCashout, Told
from lockbay.areas.wallet.records import SaveRates
from lockbay.clock.stuck import tell_stuck
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.approving import decide, request, to_send
from tests.ledger.approving import user as user
from tests.ledger.outgoing import settle
from tests.ledger.test_cashout_limits import FREE
from tests.ledger.world import HOUR, World


@pytest.mark.parametrize("outcome", ["done", "sent"])
async def test_what_was_told_paid_before_it_was_sent_is_sent_by_nobody(
    world: World, user: int, raw: Connection, outcome: Told
) -> None:
    cashout = await world.done(request(user))
    assert (await world.done(settle(cashout, outcome, "tx"))).state == "waiting"
    assert await to_send(world) == []
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("wrong_state", {"state": "waiting"})
    waiting = evolve(cashout, state="waiting")
    assert await world.do(decide(77, waiting, "retry")) == Refused("told_paid")
    done = await world.done(decide(77, waiting, "paid", "tx"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


async def test_nor_when_it_waited_for_approval(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(5)))
    cashout = await world.done(request(user))
    assert (await world.done(settle(cashout, "done", "tx"))).state == "awaiting_approval"
    assert await world.do(CancelCashout(user, cashout.id)) == Refused("wrong_state", {"state": "awaiting_approval"})
    assert (await world.done(decide(77, cashout, "approve"))).state == "waiting"
    assert await to_send(world) == []


def heard(cashout: Cashout, txid: str = "tx") -> HearPayout:
    """A webhook of one that nobody has asked to pay it."""
    return HearPayout(cashout.reference, "fincra", "done", None, txid, b"{}", "{}")


@pytest.mark.parametrize("provider", ["manual", "kraken"])
async def test_what_is_told_paid_while_it_waits_is_sent_by_nobody(
    world: World, user: int, raw: Connection, clock: MovedClock, provider: str
) -> None:
    """Nobody pays over its network, or who does was short of money."""
    cashout = await world.done(request(user))
    if provider != "manual":
        await world.done(SendCashout(cashout.id, provider))
    waiting = await world.done(settle(cashout, "waiting", provider=provider))
    told = await world.done(heard(cashout))
    assert (told.state, told.problem) == ("waiting", "told_paid")
    assert len(await raw.fetch("SELECT FROM payout_alarms")) == 1
    clock.advance(HOUR)
    assert await to_send(world) == []
    assert await world.do(SendCashout(cashout.id, "kraken")) == Refused("wrong_state", {"state": "waiting"})
    assert await world.do(decide(77, waiting, "retry")) == Refused("told_paid")
    done = await world.done(decide(77, waiting, "paid", "tx"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


@pytest.mark.parametrize("said", ["waiting", "failed"])
@pytest.mark.parametrize("is_unknown", [False, True])
async def test_what_another_told_paid_is_neither_tried_again_nor_given_back_when_who_was_asked_did_not_pay(
    world: World, user: int, clock: MovedClock, said: Told, is_unknown: bool
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "kraken"))
    if is_unknown:
        await world.done(settle(cashout, "unknown", provider="kraken"))
    await world.done(heard(cashout))
    waiting = await world.done(settle(cashout, said, provider="kraken"))
    assert (waiting.state, waiting.problem, await world.money(user)) == ("waiting", "told_paid", (90, 10))
    clock.advance(HOUR)
    assert await to_send(world) == []


async def test_what_was_told_paid_is_not_sent_whatever_its_row_says(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    """As an older LockBay has left it: due."""
    cashout = await world.done(request(user))
    await world.done(settle(cashout, "waiting", provider="manual"))
    await world.done(heard(cashout))
    await raw.execute(f"UPDATE cashouts SET ask_at = '{clock.now().isoformat()}'")
    assert await to_send(world) == [cashout.id]
    assert await world.do(SendCashout(cashout.id, "kraken")) == Refused("told_paid")
    clock.advance(HOUR)
    assert await to_send(world) == []


ALL: tuple[Move, ...] = ("claim", "retry", "refund", "decline", "paid")


async def test_what_one_pays_by_hand_nobody_else_of_the_staff_touches(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    waiting = await world.done(settle(cashout, "waiting"))
    await world.done(decide(77, waiting, "claim"))
    await world.done(decide(77, waiting, "claim"))  # asked again, after a restart
    for decision in ALL:
        refused = await world.do(decide(78, waiting, decision, "tx"))
        assert isinstance(refused, Refused)
        assert refused.reason == "claimed"
    clock.advance(HOUR)  # nobody holds it for ever
    await world.done(decide(78, waiting, "claim"))
    assert isinstance(await world.do(decide(77, waiting, "paid", "tx")), Refused)
    assert (await world.done(decide(78, waiting, "paid", "tx"))).state == "done"


async def test_a_wrong_source_alone_is_no_way_around_an_approval(world: World, user: int, clock: MovedClock) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(50)))
    now = world.database.clock.now()
    for source, price in (("one", "1"), ("two", "1.001"), ("broken", "0.001")):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal(price), now))
    assert (await world.done(request(user, "60", "59"))).state == "awaiting_approval"


async def test_of_sources_that_disagree_the_highest_counts_for_limits(
    world: World, user: int, clock: MovedClock
) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(50)))
    clock.advance(HOUR / 60)
    for source, price in (("other", "0.01"), ("broken", "0.001")):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal(price), clock.now()))
    assert (await world.done(request(user, "60", "59"))).state == "awaiting_approval"


async def test_no_more_is_kept_than_the_list_shows(world: World, user: int, raw: Connection) -> None:
    await raw.execute(
        "INSERT INTO destinations (user_id, label, currency, network, address, created_at) "
        f"SELECT {user}, 'n', 'USDT', 'TRC20', 'T-' || n, now() FROM generate_series(1, 50) n"
    )
    await world.done(evolve(request(user), label="one more"))
    start = await world.database.read(CashoutStart, user)
    assert start is not None
    assert "one more" not in {each.label for each in start.saved}
    [row] = await raw.fetch(f"SELECT count(*) AS n FROM destinations WHERE user_id = {user}")
    assert row["n"] == 50


async def test_what_somebody_wanted_to_pay_by_hand_and_did_not_is_told_again(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    waiting = await world.done(settle(cashout, "waiting"))
    counts = []
    for claims in (False, True, False):
        if claims:
            await world.done(decide(77, waiting, "claim"))
        clock.advance(HOUR)
        await tell_stuck(world.database, clock)
        counts.append(len(await raw.fetch("SELECT FROM outbox WHERE kind = 'payout_stuck' AND user_id = 77")))
    assert counts == [1, 2, 2]


async def test_what_was_claimed_while_unknown_is_not_tried_when_its_provider_says_that_it_did_not_pay(
    world: World, user: int, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    unknown = await world.done(settle(cashout, "unknown"))
    await world.done(decide(77, unknown, "claim"))
    waiting = await world.done(settle(cashout, "waiting"))
    clock.advance(HOUR)
    assert await to_send(world) == []
    await world.done(decide(77, waiting, "retry"))
    assert await to_send(world) == [cashout.id]
