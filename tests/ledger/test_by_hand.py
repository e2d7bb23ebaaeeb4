"""Who pays a cash-out by hand while its provider goes on: nothing is given back under their hands, and what they have
paid is kept, whatever has become of it meanwhile.
"""

from __future__ import annotations

import pytest

from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.payout import Cashout, SendCashout, State, Told
from lockbay.audit import audit
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.approving import decide, to_send, user
from tests.ledger.approving import request as wanted
from tests.ledger.outgoing import settle
from tests.ledger.world import HOUR, World

__all__ = ["user"]


@pytest.fixture
async def claimed(world: World, user: int) -> Cashout:
    """Of which nobody knows whether it was paid; 77 pays it by hand."""
    cashout = await world.done(wanted(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    unknown = await world.done(settle(cashout, "unknown"))
    await world.done(decide(77, unknown, "claim"))
    return unknown


def besides(state: State) -> Refused:
    return Refused("paid_besides", {"state": state})


async def told(raw: Connection, kind: str) -> list[int]:
    """To whom, in their order."""
    return [row["user_id"] for row in await raw.fetch("SELECT user_id FROM outbox WHERE kind = $1 ORDER BY id", kind)]


async def by_hand(raw: Connection) -> list[str]:
    """The payments by hand that are kept."""
    rows = await raw.fetch("SELECT txid FROM payout_events WHERE provider = 'manual' AND outcome = 'done' ORDER BY id")
    return [row["txid"] for row in rows]


async def alarms(raw: Connection) -> int:
    return len(await raw.fetch("SELECT FROM payout_alarms"))


async def differences(world: World) -> list[str]:
    return [each.kind for each in (await audit(world.database)).differences]


async def test_what_fails_while_somebody_pays_it_is_not_given_back_and_their_payment_counts(
    world: World, user: int, raw: Connection, clock: MovedClock, claimed: Cashout
) -> None:
    waiting = await world.done(settle(claimed, "failed"))
    assert (waiting.state, waiting.problem, await world.money(user)) == ("waiting", "failed", (90, 10))
    await world.done(settle(claimed, "failed"))
    assert await told(raw, "payout_claimed") == [77, 78]
    clock.advance(HOUR)
    assert await to_send(world) == []
    done = await world.done(decide(77, claimed, "paid", "tx-by-hand"))
    assert (done.state, done.txid, await world.money(user)) == ("done", "tx-by-hand", (90, 0))
    await world.audited()


async def test_who_did_not_pay_what_failed_gives_it_back(world: World, user: int, claimed: Cashout) -> None:
    waiting = await world.done(settle(claimed, "failed"))
    assert (await world.done(decide(77, waiting, "refund"))).state == "refunded"
    assert await world.money(user) == (100, 0)
    await world.audited()


async def test_what_was_given_back_after_their_hour_and_was_paid_is_seen_and_booked(
    world: World, user: int, raw: Connection, clock: MovedClock, claimed: Cashout
) -> None:
    clock.advance(HOUR)
    assert (await world.done(settle(claimed, "failed"))).state == "refunded"
    assert await told(raw, "payout_claimed") == [77, 78]
    paid = decide(77, claimed, "paid", "tx-by-hand")
    for _ in range(2):
        assert await world.do(paid, "the same key") == besides("refunded")
    assert (await by_hand(raw), await alarms(raw), await told(raw, "cashout_strange")) == (["tx-by-hand"], 1, [77, 78])
    assert await world.money(user) == (100, 0)
    assert await differences(world) == ["cashout_told"]
    [event] = await raw.fetch("SELECT event_id FROM payout_alarms")
    booked = ProposeCorrection(77, None, event["event_id"], "USDT", claimed.net, "Paid by hand, and given back")
    await world.done(DecideCorrection(78, await world.done(booked), claimed.net, True, ""))
    await world.audited()


@pytest.mark.parametrize("typed", ["tx-of-blockbee", "tx-by-hand"])
async def test_who_pays_what_its_provider_has_paid_meanwhile_hears_so_and_a_second_payment_is_seen(
    world: World, user: int, raw: Connection, claimed: Cashout, typed: str
) -> None:
    assert (await world.done(settle(claimed, "done", "tx-of-blockbee"))).state == "done"
    assert (await told(raw, "payout_claimed"), await alarms(raw)) == ([77, 78], 0)
    answer = await world.do(decide(77, claimed, "paid", typed))
    assert await world.money(user) == (90, 0)
    assert await by_hand(raw) == [typed]
    if typed == "tx-by-hand":
        assert (answer, await alarms(raw), await differences(world)) == (besides("done"), 1, ["cashout_told"])
    else:  # they have seen the provider's own
        assert isinstance(answer, Cashout)
        assert (answer.state, answer.provider, await alarms(raw)) == ("done", "blockbee", 0)
        await world.audited()


@pytest.mark.parametrize("end", ["done", "failed"])
async def test_what_was_paid_while_it_is_on_its_way_is_kept_and_not_given_back(
    world: World, user: int, raw: Connection, claimed: Cashout, end: Told
) -> None:
    assert (await world.done(settle(claimed, "sent"))).state == "sent"
    assert await told(raw, "payout_claimed") == [77, 78]
    assert await world.do(decide(77, claimed, "paid", "tx-by-hand")) == besides("sent")
    assert (await by_hand(raw), await alarms(raw)) == (["tx-by-hand"], 1)
    if end == "done":
        assert (await world.done(settle(claimed, "done", "tx-of-blockbee"))).state == "done"
        assert (await alarms(raw), await differences(world)) == (2, ["cashout_told"])
        return
    unknown, waiting = [await world.done(settle(claimed, "failed")) for _ in range(2)]
    assert (unknown.state, waiting.state, waiting.problem) == ("unknown", "waiting", "told_paid")
    assert (await world.money(user), await to_send(world)) == ((90, 10), [])
    assert await told(raw, "payout_claimed") == [77, 78] * 2, "once for each answer"
    done = await world.done(decide(77, waiting, "paid", "tx-by-hand"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


async def test_what_another_has_claimed_after_the_hour_of_who_paid_it_is_known_to_be_paid(
    world: World, user: int, raw: Connection, clock: MovedClock, claimed: Cashout
) -> None:
    clock.advance(HOUR)
    await world.done(decide(78, claimed, "claim"))
    assert await world.do(decide(77, claimed, "paid", "tx-by-hand")) == besides("unknown")
    assert (await by_hand(raw), await told(raw, "cashout_strange")) == (["tx-by-hand"], [77, 78])
    done = await world.done(decide(78, claimed, "paid", "tx-by-hand"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


async def test_what_another_had_tried_again_is_kept_as_paid_too(
    world: World, user: int, raw: Connection, clock: MovedClock, claimed: Cashout
) -> None:
    waiting = await world.done(settle(claimed, "waiting"))
    clock.advance(HOUR)
    await world.done(decide(78, waiting, "retry"))
    await world.done(SendCashout(claimed.id, "blockbee"))
    assert await world.do(decide(77, claimed, "paid", "tx-by-hand")) == besides("sending")
    again = await world.done(settle(claimed, "waiting"))
    assert (again.state, again.problem, await to_send(world)) == ("waiting", "told_paid", [])
    assert await world.do(decide(78, again, "retry")) == Refused("told_paid")


@pytest.mark.parametrize("who", [77, 78])
async def test_only_who_has_begun_and_not_said_yet_what_became_of_it_tells_of_a_payment(
    world: World, raw: Connection, claimed: Cashout, who: int
) -> None:
    await world.done(settle(claimed, "done", "tx-of-blockbee"))
    kept = []
    if who == 77:
        kept = ["tx-by-hand"]
        await world.do(decide(77, claimed, "paid", *kept))
    assert await world.do(decide(who, claimed, "paid", "another")) == Refused("wrong_state", {"state": "done"})
    assert await by_hand(raw) == kept


async def test_who_proposes_a_correction_of_it_meanwhile_has_begun_all_the_same(
    world: World, raw: Connection, claimed: Cashout
) -> None:
    await world.done(settle(claimed, "done", "tx-of-blockbee"))
    subject = f"'cashout {claimed.id}'"
    await raw.execute(f"SELECT admin_record(77, 'propose_correction', {subject}, 'x', NULL, NULL, now())")
    assert await world.do(decide(77, claimed, "paid", "tx-by-hand")) == besides("done")
    assert await by_hand(raw) == ["tx-by-hand"]


async def test_who_has_not_begun_to_pay_it_says_so_of_the_state_that_was_shown(world: World, claimed: Cashout) -> None:
    waiting = await world.done(settle(claimed, "waiting"))
    await world.done(decide(77, waiting, "retry"))
    assert await world.do(decide(78, claimed, "paid", "tx")) == Refused("wrong_state", {"state": "waiting"})


@pytest.mark.parametrize(("txid", "reason"), [("x" * 121, "bad_note"), (" ", "wrong_state")])
async def test_what_is_no_transaction_is_not_kept(
    world: World, raw: Connection, claimed: Cashout, txid: str, reason: str
) -> None:
    await world.done(settle(claimed, "done", "tx-of-blockbee"))
    refused = await world.do(decide(77, claimed, "paid", txid))
    assert isinstance(refused, Refused)
    assert (refused.reason, await by_hand(raw)) == (reason, [])
