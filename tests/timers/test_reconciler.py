"""Reconciliation: what a webhook failed to tell is found, once, and none of it stands in another's way."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs

from lockbay.areas.admin.records import AdminBooks, AdminDashboard, SaveStaff
from lockbay.areas.deposits.records import ApplyPayment, Payin, RequestPayin
from lockbay.areas.trades.records import CancelTrade
from lockbay.clock.reconciler import (
    LONGEST_PAUSE,
    MOST,
    POSTPONED,
    SETTLING,
    UNVERIFIED,
    Reconciler,
    confirmed,
    pause,
    reconcile,
)
from lockbay.payments.client import Declined
from lockbay.payments.provider import Unclear
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database, open_database
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, payment
from tests.timers.outside import Outside

FIRST = timedelta(minutes=5)  # after a payin is made
DAY = timedelta(days=1)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def reconciler(database: Database, clock: MovedClock, outside: Outside) -> Reconciler:
    return Reconciler(database, clock, outside)


async def ask_at(raw: Connection, payin: Payin) -> datetime | None:
    [row] = await raw.fetch(f"SELECT ask_at FROM payins WHERE id = {payin.id}")
    moment = row["ask_at"]
    assert moment is None or isinstance(moment, datetime)
    return moment


async def differences(raw: Connection) -> list[tuple[str, Decimal, Decimal, bool]]:
    rows = await raw.fetch("SELECT currency, told, ours, settled_at FROM reconciliations ORDER BY id")
    return [(row["currency"], row["told"], row["ours"], row["settled_at"] is None) for row in rows]


async def told(raw: Connection, kind: str) -> int:
    return len(await raw.fetch(f"SELECT FROM outbox WHERE kind = '{kind}'"))


async def test_what_the_webhook_failed_to_tell_is_found(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    person = await world.person()
    outside.pay(await world.payin(person), 30, "lost")
    clock.advance(FIRST - timedelta(microseconds=1))
    await reconciler.tick()
    assert outside.asked == []
    clock.advance(timedelta(microseconds=1))
    with capture_logs() as logs:
        await reconciler.tick()
    assert [line["outcome"] for line in logs if line["event"] == "payment_found"] == ["credited"]
    assert await world.available(person) == 30
    await world.audited()


async def test_a_payment_that_was_told_is_not_found_again(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    event = outside.pay(await world.payin(person), 30, "told")
    await world.do(event, event.request_key)
    clock.advance(FIRST)
    with capture_logs() as logs:
        await reconciler.tick()
    assert outside.asked
    assert [line for line in logs if line["event"] == "payment_found"] == []
    assert await world.available(person) == 30
    assert await differences(raw) == []


async def test_a_trades_payment_that_was_lost_pays_it(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    outside.pay(await world.payin(buyer, trade=trade.id), 105, "lost")
    clock.advance(FIRST)
    await reconciler.tick()
    assert await world.money(buyer) == (0, 105)
    await world.audited()


async def test_found_after_the_trade_has_ended_it_is_unapplied(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    payin = await world.payin(buyer, trade=trade.id)
    clock.advance(HOUR)
    for timer in await world.timers():
        await world.do(timer.operation, timer.key)
    outside.pay(payin, 105, "lost")
    await reconciler.tick()
    assert (await world.audited()).unapplied == 1
    assert await world.money(buyer) == (0, 0)


async def test_webhook_and_clock_at_once_count_one_payment(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    for number in range(10):
        event = outside.pay(payin, 3, f"event {number}")
        clock.advance(8 * DAY)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(world.database.perform, event, event.request_key)
            nursery.start_soon(reconciler.tick)
            nursery.start_soon(world.database.perform, event, event.request_key)
    assert await world.available(person) == 30
    await world.audited()


async def test_killed_between_asking_and_applying_it_asks_again(
    world: World, clock: MovedClock, outside: Outside, database_url: str, raw: Connection
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    outside.pay(payin, 30, "lost")
    clock.advance(FIRST)
    reached = trio.Event()

    async def for_ever(_: Payin) -> None:
        reached.set()
        await trio.sleep_forever()

    dying = evolve(outside, meanwhile=for_ever)
    async with open_database(database_url, clock=clock) as other, trio.open_nursery() as nursery:
        nursery.start_soon(Reconciler(other, clock, dying).tick)
        await reached.wait()
        nursery.cancel_scope.cancel()
    assert await world.available(person) == 0
    await Reconciler(world.database, clock, outside).tick()
    assert await world.available(person) == 30
    await world.audited()


async def test_one_that_is_cancelled_while_it_applies_is_made_up_for(
    world: World, clock: MovedClock, outside: Outside
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    for number in range(6):
        outside.pay(payin, 5, f"event {number}")
    clock.advance(FIRST)
    for checkpoints in range(1, 12):
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(Reconciler(world.database, clock, outside).tick)
                for _ in range(checkpoints * 3):
                    await trio.lowlevel.checkpoint()
                scope.cancel()
        await world.audited()
    await Reconciler(world.database, clock, outside).tick()
    assert await world.available(person) == 30
    await world.audited()


async def test_it_asks_less_and_less_often_and_of_a_wallet_weekly_for_ever(
    world: World, clock: MovedClock, reconciler: Reconciler, raw: Connection
) -> None:
    payin = await world.payin(await world.person())
    waits: list[timedelta] = []
    for _ in range(40):
        due = await ask_at(raw, payin)
        assert due is not None
        waits.append(due - clock.now())
        clock.advance(waits[-1])
        await reconciler.tick()
    assert waits[:3] == [FIRST, FIRST, FIRST]
    assert sorted(waits) == waits
    assert waits[-1] == timedelta(days=7)


async def test_a_payment_that_was_seen_is_asked_about_soon_until_it_is_there(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    clock.advance(365 * DAY)
    await reconciler.tick()
    clock.advance(DAY)
    seen = outside.pay(payin, 30, "slow", confirmed=False)
    await world.do(seen, seen.request_key)
    waits: list[timedelta] = []
    for _ in range(4):
        due = await ask_at(raw, payin)
        assert due is not None
        waits.append(due - clock.now())
        clock.advance(waits[-1])
        await reconciler.tick()
    assert waits == [FIRST] * 3 + [FIRST * 1.5]
    outside.pay(payin, 30, "slow")
    clock.advance(HOUR)
    await reconciler.tick()
    assert await world.available(person) == 30


@pytest.mark.parametrize("what", ["trade", "bank"])
async def test_thirty_days_after_its_end_nothing_is_asked_any_more(
    world: World, clock: MovedClock, raw: Connection, what: str
) -> None:
    buyer, seller = await world.person(), await world.person()
    outside = Outside("fincra" if what == "bank" else "blockbee")
    if what == "bank":
        payin = await world.payin(buyer, "NGN", "BANK", amount=Decimal(1000))
    else:
        trade = await world.trade(buyer, seller)
        payin = await world.payin(buyer, trade=trade.id)
        await world.done(CancelTrade(buyer, trade.id))
    clock.advance(30 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    clock.advance(7 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    assert await ask_at(raw, payin) is None
    clock.advance(100 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    assert len(outside.asked) <= 2


async def test_a_trade_that_goes_on_is_asked_about(world: World, clock: MovedClock, raw: Connection) -> None:
    buyer, seller = await world.person(200), await world.person()
    payin = await world.payin(buyer, trade=(await world.trade(buyer, seller)).id)
    clock.advance(60 * DAY)
    await Reconciler(world.database, clock, Outside()).tick()
    assert await ask_at(raw, payin) == clock.now() + timedelta(days=7)


async def test_a_place_that_nobody_has_made_is_not_asked_about(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    await world.done(RequestPayin(await world.person(), None, "USDT", "TRC20", None))
    clock.advance(DAY)
    await reconciler.tick()
    assert outside.asked == []


async def test_more_than_a_look_takes_is_asked_in_one_tick_each_once(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    await raw.execute(
        "INSERT INTO payins (user_id, currency, network, provider, link, created_at, valid_until, ask_at) "
        f"SELECT {person}, 'NGN', 'BANK', 'blockbee', 'https://pay.example', now(), now(), '2026-11-22' "
        f"FROM generate_series(1, {2 * MOST + 7})"
    )
    await reconciler.tick()
    assert len(outside.asked) == len(set(outside.asked)) == 2 * MOST + 7


async def test_a_provider_that_is_away_is_left_alone_the_longer_the_more_often(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    for _ in range(40):
        await world.payin(await world.person())
    outside.is_away = True
    clock.advance(FIRST)
    gone_at = clock.now()
    asked = []
    for _ in range(60):
        before = len(outside.asked)
        await reconciler.tick()
        asked.append(len(outside.asked) - before)
        clock.advance(timedelta(seconds=30))
    assert max(asked) <= 4
    assert 0 < sum(asked) < 30
    board = await world.database.read(AdminDashboard, staff)
    assert board is not None
    assert board.providers[0].away_since == gone_at

    outside.is_away = False
    clock.advance(LONGEST_PAUSE + POSTPONED)
    await reconciler.tick()
    assert len(set(outside.asked)) == 40
    board = await world.database.read(AdminDashboard, staff)
    assert board is not None
    assert (board.providers[0].away_since, board.providers[0].answered_at) == (None, clock.now())


def test_a_provider_that_is_away_for_ever_is_asked_every_quarter_of_an_hour() -> None:
    assert [pause(failures) for failures in (1, 4, 5, 1_000_000)] == [
        timedelta(minutes=1), timedelta(minutes=8), LONGEST_PAUSE, LONGEST_PAUSE,
    ]  # fmt: skip


async def test_a_clock_that_is_put_back_leaves_nobody_alone_for_as_long(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    await world.payin(await world.person())
    outside.is_away = True
    clock.advance(DAY)
    await reconciler.tick()
    assert outside.asked != []
    clock.advance(-DAY)
    outside.is_away = False
    payin = await world.payin(await world.person())
    clock.advance(FIRST)
    await reconciler.tick()
    assert outside.asked[-1] == payin.id


async def test_one_provider_that_hangs_holds_up_no_other(world: World, clock: MovedClock, raw: Connection) -> None:
    person = await world.person()
    coin = await world.payin(person)
    naira = await world.payin(person, "NGN", "BANK", amount=Decimal(1000))
    fincra, paid = Outside("fincra"), trio.Event()

    async def hang(_: Payin) -> None:
        await trio.sleep_forever()

    fincra.pay(naira, 1000, "lost")
    hanging = Outside(meanwhile=hang)
    world.database.on_changed = lambda changes: paid.set()
    clock.advance(FIRST)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reconcile, world.database, clock, [hanging, fincra])
        with trio.fail_after(10):
            await paid.wait()
        nursery.cancel_scope.cancel()
    assert await world.available(person, "NGN") == 1000
    assert hanging.asked == [coin.id]


@pytest.mark.parametrize("error", [Declined("no"), RuntimeError("a bug")], ids=["it says no", "a bug"])
async def test_one_payin_that_cannot_be_asked_about_holds_up_no_other(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection, error: Exception
) -> None:
    person = await world.person()
    bad = await world.payin(person, "BTC", "BTC")
    good = await world.payin(person)
    outside.fails[bad.id] = error
    outside.pay(good, 30, "lost")
    clock.advance(FIRST)
    await reconciler.tick()
    assert await world.available(person) == 30
    assert await ask_at(raw, bad) == clock.now() + POSTPONED


async def test_a_provider_that_says_no_to_everything_is_as_good_as_away(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    for _ in range(20):
        payin = await world.payin(await world.person())
        outside.fails[payin.id] = Declined("429")
    clock.advance(FIRST)
    await reconciler.tick()
    assert len(outside.asked) < 10


async def test_a_payment_that_is_told_unclearly_is_told_to_the_staff_until_its_webhook_comes(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    """The name of the payment is missing, or how much came: nothing is credited by guessing, and nothing forgotten."""
    staff, person = await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    payin = await world.payin(person, "TRX")
    outside.fails[payin.id] = Unclear(Decimal(30), "TRX")
    clock.advance(FIRST)
    await reconciler.tick()
    assert await world.available(person, "TRX") == 0
    assert await differences(raw) == [("TRX", 30, 0, True)]
    assert await told(raw, "reconciliation") == 1
    await world.done(payment(payin, 30))
    clock.advance(DAY)
    await reconciler.tick()
    assert await differences(raw) == [("TRX", 30, 0, False)]
    assert await told(raw, "reconciliation") == 1


@pytest.fixture
async def owner(world: World) -> int:
    owner = await world.person()
    await world.database.run(SaveStaff([owner]))
    return owner


def never_verified(outside: Outside, payin: Payin, amount: str | int) -> ApplyPayment:
    """Somebody pays, and the provider never says more than that so much came; the event that its webhook would tell."""
    seen = outside.pay(payin, amount, "never verified", confirmed=False)
    outside.fails[payin.id] = Unclear(seen.value, seen.currency, [seen])
    return seen


async def test_what_is_never_verified_reaches_the_staff_after_a_day_once(
    world: World, owner: int, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    never_verified(outside, await world.payin(person), 30)
    asked_until = clock.now() + 8 * DAY
    waited = []
    while clock.now() < asked_until:
        clock.advance(HOUR)
        await reconciler.tick()
        waited.append((await world.audited()).unapplied)
    assert waited.index(1) >= UNVERIFIED // HOUR
    assert (waited[-1], await world.available(person)) == (1, 0)
    assert (await told(raw, "unapplied"), await told(raw, "reconciliation"), await differences(raw)) == (1, 0, [])
    [waits] = await raw.fetch("SELECT reason, amount FROM unapplied")
    assert tuple(waits) == ("unverified", 30)


@pytest.mark.parametrize("amount", [30, 50])
async def test_verified_after_the_staff_has_heard_it_counts_once(
    world: World, owner: int, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection, amount: int
) -> None:
    """More than was seen before is new."""
    person = await world.person()
    payin = await world.payin(person)
    seen = never_verified(outside, payin, 30)
    for step in (FIRST, 2 * UNVERIFIED):
        clock.advance(step)
        await reconciler.tick()
    assert (await world.audited()).unapplied == 1
    late = evolve(seen, confirmed=True, value=Decimal(amount))
    await world.do(late, late.request_key)
    outside.fails, outside.told[payin.id] = {}, [late]
    clock.advance(8 * DAY)
    await reconciler.tick()
    assert (await world.audited()).unapplied == 1
    assert await world.available(person) == amount - 30
    assert await differences(raw) == []


async def test_verified_before_that_it_is_credited_and_the_staff_hears_nothing(
    world: World, owner: int, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    """What the provider answers may be older than what its webhook has told."""
    person = await world.person()
    seen = never_verified(outside, await world.payin(person), 30)
    clock.advance(FIRST)
    await reconciler.tick()
    verified = evolve(seen, confirmed=True)
    await world.do(verified, verified.request_key)
    for _ in range(30):
        clock.advance(HOUR)
        await reconciler.tick()
        assert await differences(raw) == []
    assert (await world.audited()).unapplied == 0
    assert await world.available(person) == 30


async def test_what_differs_is_told_to_the_staff_once(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    staff, person = await world.person(), await world.person()
    await world.database.run(SaveStaff([staff]))
    payin = await world.payin(person)
    await world.done(payment(payin, 30))  # the provider knows nothing of it
    clock.advance(SETTLING)
    for _ in range(3):
        clock.advance(8 * DAY)
        await reconciler.tick()
    assert await differences(raw) == [("USDT", 0, 30, True)]
    assert await told(raw, "reconciliation") == 1
    books = await world.database.read(AdminBooks, staff, 0)
    assert books is not None
    [shown] = books.differences
    assert (shown.told, shown.ours, shown.person) == (0, 30, f"@person{person}")

    outside.pay(payin, 30, "late in the books of the provider")
    outside.told[payin.id][0] = evolve(outside.told[payin.id][0], confirmed=False)
    clock.advance(8 * DAY)
    await reconciler.tick()
    assert len(await differences(raw)) == 1, "pending is not there yet"


async def test_a_difference_that_becomes_another_is_told_anew_and_one_that_is_gone_is_settled(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    payin = await world.payin(await world.person())
    first, second = outside.pay(payin, 30, "a"), outside.pay(payin, 5, "b")
    await world.done(first)
    await world.done(second)
    for known in ([], [first], [first, second]):
        outside.told[payin.id] = known
        clock.advance(8 * DAY)
        await reconciler.tick()
    assert await differences(raw) == [("USDT", 0, 35, False), ("USDT", 30, 35, False)]
    assert await told(raw, "reconciliation") == 2


async def test_what_was_told_while_it_was_asked_is_no_difference(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    payin = await world.payin(await world.person())
    clock.advance(FIRST)
    event = payment(payin, 30)

    async def webhook(_: Payin) -> None:
        await world.done(event)

    outside.meanwhile = webhook
    await reconciler.tick()
    assert await differences(raw) == []


async def test_a_payment_told_of_another_place_is_a_difference(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    first, second = await world.payin(await world.person()), await world.payin(await world.person())
    await world.done(outside.pay(first, 30, "e"))
    outside.pay(second, 30, "e")
    clock.advance(DAY)
    await reconciler.tick()
    assert await differences(raw) == [("USDT", 30, 0, True)]
    await world.audited()


async def test_what_was_told_with_another_place_and_is_not_any_more_is_settled(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    first, second = await world.payin(await world.person()), await world.payin(await world.person())
    outside.told[second.id] = [outside.pay(first, 30, "e")]
    for is_told in (True, False):
        clock.advance(8 * DAY)
        await reconciler.tick()
        assert await differences(raw) == [("USDT", 30, 0, is_told)]
        outside.told[second.id] = []


async def test_what_another_provider_told_of_is_none_of_the_one_that_is_asked(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    payin = await world.payin(await world.person())
    await world.done(payment(payin, 30, provider="dynopay"))
    clock.advance(SETTLING + DAY)
    await reconciler.tick()
    assert (outside.asked, await differences(raw)) == ([payin.id], [])


async def test_the_books_of_each_provider_explain_themselves(world: World) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    payin = await world.payin(staff)
    await world.done(payment(payin, 30))
    await world.done(payment(payin, 4, coin="BTC", network="BTC"))
    await world.done(payment(payin, 9, coin="SHIB"))
    books = await world.database.read(AdminBooks, staff, 0)
    assert books is not None
    shown = [(each.currency, each.told, each.waits, each.returned, each.came_in) for each in books.clearings]
    assert shown == [("BTC", 4, 4, 0, 0), ("SHIB", 9, 9, 0, 0), ("USDT", 30, 0, 0, 30)]
    assert await world.database.read(AdminBooks, await world.person(), 0) is None


async def test_sums_take_the_most_of_each_payment_that_is_there(world: World, outside: Outside) -> None:
    payin = await world.payin(await world.person())
    events = [
        payment(payin, 3, event="a"), payment(payin, 8, event="a"), payment(payin, 8, event="b"),
        payment(payin, 50, event="c", confirmed=False), payment(payin, 1, event="d", coin="TRX"),
    ]  # fmt: skip
    assert confirmed(events) == {"USDT": 16, "TRX": 1}
    huge = [payment(payin, "12345678901234.000000000000000001", event=f"{n}") for n in range(3)]
    assert confirmed(huge) == {"USDT": Decimal("37037036703702.000000000000000003")}
