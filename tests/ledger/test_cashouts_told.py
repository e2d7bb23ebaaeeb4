"""Whatever is told of money that goes out, and in whatever order: it ends once, and what contradicts itself is seen."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from lockbay.areas.payout import SendCashout, SettleCashout, Told
from lockbay.areas.terms import Terms
from lockbay.audit import audit
from lockbay.clock.payouts import KeepPayoutId
from lockbay.postgres.bridge import Connection
from tests.ledger.outgoing import request, settle
from tests.ledger.outgoing import user as user
from tests.ledger.world import World


async def test_which_payment_it_is_is_kept_when_its_end_is_told_without(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    await world.done(settle(cashout, "sent", "tx"))
    assert (await world.done(settle(cashout, "done"))).txid == "tx"


@pytest.mark.parametrize("seed", [1, 22, 20261122])
async def test_in_whatever_order_it_ends_once(world: World, seed: int) -> None:
    """A provider that is true: one end each, told as often and as late as it likes."""
    dice = random.Random(seed)
    await world.database.run(Terms(cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0)))
    user = await world.person(10_000)
    paid = Decimal(0)
    for turn in range(60):
        cashout = await world.done(request(user))
        await world.done(SendCashout(cashout.id, "blockbee"))
        end: Told = dice.choice(["done", "failed"])
        some: list[Told] = [end, "unknown", "sent"] if end == "done" else [end, "unknown"]
        story = [end, *dice.choices(some, k=4)]
        dice.shuffle(story)
        states = [(await world.done(settle(cashout, told))).state for told in story]
        assert states[-1] == {"done": "done", "failed": "refunded"}[end], (seed, turn, story)
        paid += 10 if end == "done" else 0
    assert await world.money(user) == (10_000 - paid, 0)
    await world.audited()


async def test_what_a_provider_calls_it_is_of_one_that_it_pays(world: World, user: int) -> None:
    first, second, elsewhere, unsent = [await world.done(request(user)) for _ in range(4)]
    for cashout, provider in ((first, "kraken"), (second, "kraken"), (elsewhere, "blockbee")):
        await world.done(SendCashout(cashout.id, provider))
    called = [
        await world.database.run(KeepPayoutId(cashout.id, "its-name"))
        for cashout in (first, first, second, elsewhere, unsent)
    ]
    assert called == [first.id, first.id, None, elsewhere.id, None]
    await world.done(settle(first, "done", provider="kraken"))
    assert await world.database.run(KeepPayoutId(first.id, "another")) is None


async def test_that_another_did_not_pay_says_nothing_of_whom_it_was_given_to(world: World, user: int) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    for told in ("failed", "waiting", "unknown"):
        assert (await world.done(settle(cashout, told, provider="fincra"))).state == "sending"
    assert await world.money(user) == (90, 10)
    sent = await world.done(settle(cashout, "sent", provider="fincra"))
    assert (sent.state, sent.provider) == ("sent", "fincra"), "who says that they pay it is asked what became of it"


STRANGE: list[tuple[list[tuple[Told, str, str | None]], str, bool]] = [
    # What is told in order, where it ends, and whether the staff must look.
    ([("done", "blockbee", "a"), ("done", "blockbee", "a")], "done", False),
    ([("done", "blockbee", None), ("done", "blockbee", "a")], "done", False),
    ([("done", "blockbee", "a"), ("done", "blockbee", "b")], "done", True),
    ([("done", "blockbee", "a"), ("done", "fincra", None)], "done", True),
    ([("done", "blockbee", "a"), ("failed", "blockbee", None)], "done", True),
    ([("done", "blockbee", "a"), ("failed", "fincra", None)], "done", False),
    ([("failed", "blockbee", None), ("sent", "blockbee", None)], "refunded", False),
    ([("failed", "blockbee", None), ("done", "blockbee", "a")], "refunded", True),
    ([("sent", "blockbee", None), ("failed", "blockbee", None)], "refunded", False),
]


@pytest.mark.parametrize(("story", "end", "strange"), STRANGE)
async def test_what_contradicts_the_end_changes_nothing_and_is_seen(
    world: World, user: int, raw: Connection, story: list[tuple[Told, str, str | None]], end: str, strange: bool
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    for told, provider, txid in story:
        cashout = await world.done(settle(cashout, told, txid, provider))
    assert cashout.state == end
    told_of = await raw.fetch("SELECT FROM outbox WHERE kind = 'cashout_strange'")
    assert len(told_of) == strange
    report = await audit(world.database)
    assert [difference.kind for difference in report.differences] == ["cashout_told"] * strange


async def test_that_another_has_it_on_its_way_when_one_let_it_fail_is_seen(
    world: World, user: int, raw: Connection
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    assert (await world.done(settle(cashout, "failed"))).state == "refunded"
    assert (await world.done(settle(cashout, "sent", provider="fincra"))).state == "refunded"
    assert len(await raw.fetch("SELECT FROM payout_alarms")) == 1


@pytest.mark.parametrize("names", [("x", None), (None, "x")])
async def test_what_one_calls_its_own_name_and_another_its_transaction_is_one_payment(
    world: World, user: int, raw: Connection, names: tuple[str | None, str | None]
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    for provider, name, txid in zip(("blockbee", "fincra"), names, reversed(names), strict=True):
        await world.done(SettleCashout(cashout.reference, provider, "done", name, txid, None, b"{}", "{}"))
    assert await raw.fetch("SELECT FROM payout_alarms") == []
    await world.audited()


async def test_what_was_paid_before_anybody_sent_it_is_seen(world: World, user: int, raw: Connection) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    cashout = await world.done(request(user))
    assert (await world.done(settle(cashout, "done", "tx"))).state == "waiting"
    assert len(await raw.fetch("SELECT FROM outbox WHERE kind = 'cashout_strange'")) == 1
    assert [difference.kind for difference in (await audit(world.database)).differences] == ["cashout_told"]
