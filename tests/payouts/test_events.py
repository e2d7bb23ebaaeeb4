"""Fincra's webhooks about payouts: read, acknowledged, and asked about: what Fincra answers then is what counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.payout import Cashout, Heard, HearPayout, Told
from lockbay.clock.payouts import Payouts
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.payments.charges import SECRET, signed, stringify
from tests.payouts.payer import Payer, nothing
from tests.web.site import open_site

EVENTS = fincra_events(SECRET)
assert EVENTS
RECEIVE = EVENTS.receive


def ended(status: str = "successful", event: str | None = None, **change: object) -> Call:
    data = {
        "id": 17, "amountCharged": 1000, "amountReceived": 950, "fee": 50, "status": status, "reference": "fcr-d-1",
        "customerReference": "co-1", "reason": "Ọ̀rọ̀" if status == "failed" else None, "traceId": "NIBSS-1", **change,
    }  # fmt: skip
    return signed(stringify({"event": event or f"payout.{status}", "data": data}))


def test_a_payout_that_ended_is_told_of_our_reference() -> None:
    done = RECEIVE(ended())
    assert isinstance(done, HearPayout)
    assert (done.reference, done.outcome, done.external_id, done.txid) == ("co-1", "done", "fcr-d-1", "NIBSS-1")
    failed = RECEIVE(ended("failed"))
    assert isinstance(failed, HearPayout)
    assert (failed.reference, failed.outcome) == ("co-1", "failed")


def test_one_without_our_reference_is_nobodys() -> None:
    assert RECEIVE(ended(customerReference=None)) is None


@pytest.mark.parametrize(
    "call",
    [ended("successful", "payout.failed"), ended(customerReference="a b"), ended("failed", "payout.successful")],
)
def test_what_contradicts_itself_is_not_read(call: Call) -> None:
    with pytest.raises(Malformed):
        RECEIVE(call)


def test_a_forgery_is_refused() -> None:
    with pytest.raises(NotSigned):
        RECEIVE(evolve(ended(), body=ended("failed").body))


@pytest.fixture
def payer(clock: MovedClock) -> Payer:
    return Payer(clock, "fincra", "sent")


async def hears(database: Database, *calls: Call) -> None:
    """All come in, and are acknowledged."""
    async with open_site(database) as site:
        answers = [await site.call(each) for each in calls]
    assert [(each.status_code, each.text) for each in answers] == [(200, "ok")] * len(calls)


SAID = {"done": "successful", "failed": "failed"}


def says(cashout: Cashout, outcome: Heard, number: int = 17) -> Call:
    return ended(SAID[outcome], customerReference=cashout.reference, traceId="tx", id=number)


async def alarms(raw: Connection) -> list[str]:
    rows = await raw.fetch("SELECT data ->> 'told' AS told FROM outbox WHERE kind = 'cashout_strange' ORDER BY id")
    return [row["told"] for row in rows]


@pytest.fixture
async def staff(raw: Connection, world: World) -> int:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    return 77


@pytest.mark.parametrize(("outcome", "money"), [("done", (90, 0)), ("failed", (100, 0))])
async def test_what_a_webhook_says_counts_once_the_provider_says_so_when_asked(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, payouts: Payouts,
    payer: Payer, outcome: Heard, money: tuple[Decimal | int, ...],
) -> None:  # fmt: skip
    await payouts.tick()
    payer.ends[cashout.reference] = outcome
    call = says(cashout, outcome)
    await hears(database, call, call, evolve(call, headers=[*call.headers, (b"date", b"another")]))
    assert await world.money(user) == (90, 10)
    await payouts.tick()
    assert payer.asked == [cashout.reference]
    assert await world.money(user) == money
    await hears(database, call)
    assert await alarms(raw) == []
    await world.audited()


@pytest.mark.parametrize(("lie", "truth", "money"), [("failed", "done", (90, 0)), ("done", "failed", (100, 0))])
async def test_what_the_provider_does_not_confirm_moves_nothing_and_the_staff_hears_that_somebody_lied(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, payouts: Payouts,
    payer: Payer, lie: Heard, truth: Told, money: tuple[Decimal | int, ...],
) -> None:  # fmt: skip
    """Whoever has the webhook's secret can sign whatever they like."""
    await payouts.tick()
    payer.ends[cashout.reference] = truth
    await hears(database, says(cashout, lie))
    assert await world.money(user) == (90, 10)
    await payouts.tick()
    assert await world.money(user) == money
    assert await alarms(raw) == [f"heard_{lie}"]
    await world.audited()


async def test_while_the_provider_is_away_it_stays_and_is_asked_about_as_usual(
    world: World, raw: Connection, database: Database, user: int, cashout: Cashout, payouts: Payouts, payer: Payer,
    clock: MovedClock,
) -> None:  # fmt: skip
    await payouts.tick()
    payer.is_away = True
    clock.advance(timedelta(seconds=10))
    await hears(database, says(cashout, "failed"))
    asked = []
    for _ in range(4):
        clock.advance(timedelta(seconds=20))
        await payouts.tick()
        asked.append(len(payer.asked))
    assert asked == [1, 1, 1, 2]
    assert await world.money(user) == (90, 10)
    payer.is_away = False
    clock.advance(timedelta(hours=1))
    await payouts.tick()
    assert await world.money(user) == (90, 0)


@pytest.mark.parametrize("how", ["sent", "lost"])
async def test_what_comes_before_the_answer_is_asked_about_as_soon_as_that_is_there(
    world: World, database: Database, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock,
    how: str,
) -> None:  # fmt: skip
    async def webhook(sending: Cashout) -> None:
        payer.meanwhile = nothing
        clock.advance(timedelta(seconds=1))
        await hears(database, says(sending, "done"))

    payer.how, payer.meanwhile = how, webhook
    await payouts.tick()
    assert await world.money(user) == (90, 10)
    await payouts.tick()
    assert await world.money(user) == (90, 0)
    await world.audited()


async def test_what_comes_while_it_is_asked_about_is_asked_about_again(
    world: World, database: Database, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    """What is being answered may be older."""
    await payouts.tick()
    payer.ends[cashout.reference] = "sent"
    clock.advance(timedelta(minutes=2))

    async def webhook(_: Cashout) -> None:
        payer.meanwhile = nothing
        clock.advance(timedelta(seconds=1))
        await hears(database, says(cashout, "done"))

    payer.meanwhile = webhook
    await payouts.tick()
    payer.ends[cashout.reference] = "done"
    await payouts.tick()
    assert await world.money(user) == (90, 0)


async def test_the_runner_asks_at_once(
    world: World, database: Database, user: int, cashout: Cashout, payouts: Payouts, payer: Payer
) -> None:
    await payouts.tick()
    database.on_changed = payouts.changed
    asked = trio.Event()

    async def seen(_: Cashout) -> None:
        asked.set()

    payer.meanwhile = seen
    async with trio.open_nursery() as nursery:
        nursery.start_soon(payouts.run)
        await hears(database, says(cashout, "done"))
        with trio.fail_after(5):
            await asked.wait()
        payouts.stop()
    assert payer.asked == [cashout.reference]


@pytest.mark.parametrize("outcome", ["done", "failed"])
async def test_of_what_another_provider_pays_it_ends_nothing(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, clock: MovedClock,
    outcome: Heard,
) -> None:  # fmt: skip
    kraken = Payer(clock, "kraken", "sent")
    await Payouts(database, clock, [kraken]).tick()
    await hears(database, says(cashout, outcome))
    assert await world.money(user) == (90, 10)
    assert await alarms(raw) == (["done"] if outcome == "done" else [])


async def test_of_what_nobody_has_sent_it_ends_nothing_and_that_is_not_sent(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, payouts: Payouts,
    payer: Payer,
) -> None:  # fmt: skip
    await hears(database, says(cashout, "done"), says(cashout, "done", 18), says(cashout, "failed"))
    await payouts.tick()
    assert payer.called == []
    assert await world.money(user) == (90, 10)
    assert await alarms(raw) == ["done", "done"]


async def test_who_pays_it_by_hand_hears_that_it_was_paid(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, payouts: Payouts,
    payer: Payer,
) -> None:  # fmt: skip
    payer.how = "waiting"
    await payouts.tick()
    await world.done(DecideCashout(staff, cashout.id, "waiting", "claim", "", ""))
    await hears(database, says(cashout, "failed"), says(cashout, "done"))
    await payouts.tick()
    assert (await world.money(user), await alarms(raw), len(payer.called)) == ((90, 10), ["heard_done"], 1)
    await world.done(DecideCashout(staff, cashout.id, "waiting", "paid", "by-hand", ""))
    assert await alarms(raw) == ["heard_done"]
    await world.audited()


async def test_paid_by_hand_and_said_to_be_paid_besides_is_seen(
    world: World, raw: Connection, database: Database, user: int, staff: int, cashout: Cashout, payouts: Payouts,
    payer: Payer,
) -> None:  # fmt: skip
    payer.how, payer.is_away = "lost", True
    await payouts.tick()
    await hears(database, says(cashout, "done"))
    await world.done(DecideCashout(staff, cashout.id, "unknown", "paid", "by-hand", ""))
    assert await alarms(raw) == ["heard_done"]


async def test_what_waits_is_tried_at_once(
    world: World, database: Database, user: int, cashout: Cashout, payouts: Payouts, payer: Payer
) -> None:
    """A provider that knows the reference says what became of it: it pays each once."""
    payer.how = "waiting"
    await payouts.tick()
    payer.how = "failed"
    await hears(database, says(cashout, "failed"))
    assert await world.money(user) == (90, 10)
    await payouts.tick()
    assert await world.money(user) == (100, 0)
    await world.audited()


async def test_what_is_said_of_nobodys_is_taken_and_told(
    raw: Connection, database: Database, staff: int, cashout: Cashout
) -> None:
    await hears(database, ended(customerReference="co-nobody"))
    assert len(await raw.fetch("SELECT FROM outbox WHERE kind = 'payout_of_nobody'")) == 1
