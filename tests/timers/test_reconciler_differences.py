"""What providers say other than the books: told to the staff once, and settled when it is explained."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.admin.records import AdminBooks, SaveStaff
from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.clock.reconciler import (
    SETTLING,
    UNVERIFIED,
    Reconciler,
    confirmed,
)
from lockbay.payments.provider import Unclear
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, payment
from tests.timers.outside import Outside
from tests.timers.reconciling import DAY, FIRST, differences, told
from tests.timers.reconciling import outside as outside
from tests.timers.reconciling import reconciler as reconciler


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


async def test_what_came_and_fitted_nothing_is_no_difference(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    payin = await world.payin(await world.person())
    event = payment(payin, 4, coin="BTC", network="BTC")
    await world.done(event)
    outside.told[payin.id] = [event]
    clock.advance(SETTLING + DAY)
    await reconciler.tick()
    assert (await world.audited()).unapplied == 1
    assert (outside.asked, await differences(raw)) == ([payin.id], [])


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
