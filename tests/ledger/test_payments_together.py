"""Payments that are told of at once share a transaction: each is applied once, by itself, and waits for nobody's locks
there. What would have to wait is done apart, and holds up no other.
"""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal

import pytest
import trio

from lockbay.areas.balances import Wallet
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.areas.trades.records import AcceptTrade, CancelTrade, DeliverTrade, PayTrade, ReleaseTrade
from lockbay.errors import KeyReused
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import APART
from lockbay.postgres.queries import Refused
from tests.ledger.world import World, locked, payment

ADDRESS = "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"


async def told(world: World, payments: list[ApplyPayment]) -> list[Applied | Refused | Exception]:
    """What became of each, all told at once."""
    outcomes: dict[int, Applied | Refused | Exception] = {}

    async def tell(number: int, event: ApplyPayment) -> None:
        try:
            outcomes[number] = await world.database.perform(event, event.request_key)
        except KeyReused as error:
            outcomes[number] = error

    async with trio.open_nursery() as nursery:
        for number, event in enumerate(payments):
            nursery.start_soon(tell, number, event)
    return [outcomes[number] for number in range(len(payments))]


def results(outcomes: list[Applied | Refused | Exception]) -> list[str]:
    return [each.outcome if isinstance(each, Applied) else type(each).__name__ for each in outcomes]


@pytest.fixture
async def people(world: World) -> list[int]:
    return [await world.person(100) for _ in range(8)]


async def test_payments_that_are_told_at_once_are_applied_in_one_statement(world: World, people: list[int]) -> None:
    events = [payment(await world.payin(person), 5) for person in people]
    sent = world.database.statements
    assert results(await told(world, events)) == ["credited"] * len(people)
    assert world.database.statements - sent == 1
    assert [await world.available(person) for person in people] == [105] * len(people)
    await world.audited()


async def test_payments_in_naira_are_under_way_beside_those_in_coins(
    world: World, people: list[int], raw: Connection
) -> None:
    """They touch other balances, so neither sets the other aside."""
    coins = [payment(await world.payin(person), 5) for person in people[:3]]
    pages = [await world.payin(person, "NGN", amount=Decimal(2000)) for person in people[:3]]
    await told(world, [payment(page, 1000, nonce=None) for page in pages])  # so that they have a balance
    naira = [payment(page, 1000, nonce=None) for page in pages]
    sent, outcomes = world.database.statements, list[Applied | Refused | Exception]()

    async def tell() -> None:
        outcomes.extend(await told(world, [*coins, *naira]))

    await raw.execute("BEGIN; LOCK TABLE provider_events IN ACCESS EXCLUSIVE MODE")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(tell)
        with trio.fail_after(5):
            while len(await raw.fetch("SELECT FROM pg_locks WHERE NOT granted")) < 2:
                pass
        await raw.execute("COMMIT")
    assert results(outcomes) == ["credited"] * 6
    assert world.database.statements - sent == 2
    await world.audited()


async def test_all_that_can_become_of_a_payment_becomes_of_it_in_company(world: World, people: list[int]) -> None:
    wallet = await world.payin(people[0])
    parts, whole, over = [await world.trade(people[0], people[1]) for _ in range(3)]
    places = [await world.payin(people[0], trade=trade.id) for trade in (parts, whole, over)]
    lost = payment(wallet, 3, reference="nobody's", address="nowhere", nonce=None)
    seen = payment(wallet, 7, confirmed=False)
    events = [
        payment(wallet, 1), payment(places[0], 60), payment(places[0], 45), payment(places[1], 105),
        payment(places[2], 110), lost, seen, payment(wallet, 2, nonce="another"),
    ]  # fmt: skip
    outcomes = results(await told(world, events))
    assert sorted(outcomes[1:3]) == ["paid", "part"]  # whichever came first
    assert [outcomes[0], *outcomes[3:]] == ["credited", "paid", "paid", "unapplied", "seen", "Refused"]
    assert await world.money(people[0]) == (106, 315)
    assert (await world.audited()).unapplied == 1


async def test_one_payment_that_is_told_many_times_at_once_moves_once(world: World, people: list[int]) -> None:
    event = payment(await world.payin(people[0]), 5)
    more = payment(await world.payin(people[0]), 8, event=event.event_id)  # all that has arrived of it by then
    outcomes = await told(world, [event, event, more, event, more])
    amounts = [each.amount for each in outcomes if isinstance(each, Applied)]
    assert amounts in ([5, 5, 3, 5, 3], [0, 0, 8, 0, 8])  # whichever came first
    assert await world.available(people[0]) == 108
    await world.audited()


async def test_a_payment_that_postgresql_refuses_takes_no_other_along(world: World, people: list[int]) -> None:
    events = [payment(await world.payin(person), 5) for person in people[:4]]
    taken = RequestCashout(people[5], "USDT", "TRC20", Decimal(20), Decimal(19), ADDRESS, "", "", "", "", "")
    await world.do(taken, events[2].request_key)
    assert results(await told(world, events)) == ["credited", "credited", "KeyReused", "credited"]
    assert [await world.available(person) for person in people[:4]] == [105, 105, 100, 105]
    await world.audited()


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ("accounts WHERE owner = {person}", "credited"),
        ("payins WHERE user_id = {person}", "credited"),  # as who is asked about
        ("trades WHERE buyer_id = {person}", "part"),
    ],
)
async def test_who_is_locked_holds_up_nobody_else(
    world: World, people: list[int], raw: Connection, rows: str, outcome: str
) -> None:
    """Neither other payments nor other statements, however many there are; and is paid afterwards."""
    busy, *others = people
    trade = await world.trade(busy, others[0])
    place = await world.payin(busy, trade=trade.id if outcome == "part" else None)
    stuck = [payment(place, 2) for _ in range(20)]
    free = [payment(await world.payin(person), 5) for person in others]
    after = payment(await world.payin(others[0]), 5)
    late: list[str] = []

    async def wait() -> None:
        late.extend(results(await told(world, stuck)))

    async with trio.open_nursery() as nursery, locked(raw, rows.format(person=busy)):
        nursery.start_soon(wait)
        assert results(await told(world, free)) == ["credited"] * len(others)
        assert results(await told(world, [after])) == ["credited"]  # asked for when all that is stuck had been
        assert await world.database.read(Wallet, others[0]) is not None
        assert late == []
        assert world.database._apart.borrowed_tokens == APART
    assert late == [outcome] * 20
    assert await world.money(busy) == ((100, 40) if outcome == "part" else (140, 0))
    await world.audited()


@pytest.mark.parametrize(
    "taken",
    [
        "(SELECT pg_advisory_xact_lock(hashtextextended('exchange USDT', 0))) exchange",
        "users WHERE id = {person} FOR UPDATE",  # as who closes their account
    ],
)
async def test_who_pays_in_another_coin_while_its_exchange_must_wait_holds_up_nobody_else(
    world: World, people: list[int], raw: Connection, taken: str
) -> None:
    busy, *others = people
    trade = await world.trade(busy, others[0])
    place = await world.payin(busy, "BTC", trade=trade.id)
    await world.fund(busy, Decimal("0.1"), "BTC")
    assert place.amount is not None
    stuck = payment(place, place.amount)
    free = [payment(await world.payin(person), 5) for person in others]
    late: list[str] = []

    async def wait() -> None:
        late.extend(results(await told(world, [stuck])))

    async with trio.open_nursery() as nursery, locked(raw, taken.format(person=busy)):
        nursery.start_soon(wait)
        assert results(await told(world, free)) == ["credited"] * len(others)
        assert results(await told(world, [payment(await world.payin(others[0]), 5)])) == ["credited"]
        assert late == []
    assert late == ["paid"]
    await world.audited()


async def test_a_payment_that_is_being_told_by_another_service_holds_up_nobody_else(
    world: World, people: list[int], raw: Connection
) -> None:
    busy, *others = people
    stuck = payment(await world.payin(busy), 5, event="of both")
    free = [payment(await world.payin(person), 5) for person in others]
    late: list[str] = []

    async def wait() -> None:
        late.extend(results(await told(world, [stuck])))

    event = "(SELECT pg_advisory_xact_lock(hashtextextended('blockbee of both', 1))) event"
    async with trio.open_nursery() as nursery, locked(raw, event):
        nursery.start_soon(wait)
        assert results(await told(world, free)) == ["credited"] * len(others)
        assert results(await told(world, [payment(await world.payin(others[0]), 5)])) == ["credited"]
        assert late == []
    assert late == ["credited"]
    await world.audited()


async def test_the_first_payment_of_a_person_makes_the_account(world: World) -> None:
    fresh = [await world.person() for _ in range(4)]
    events = [payment(await world.payin(person, "BTC"), "0.5") for person in fresh]
    assert results(await told(world, events)) == ["credited"] * 4
    assert [await world.available(person, "BTC") for person in fresh] == [Decimal("0.5")] * 4
    await world.audited()


@pytest.mark.parametrize(("code", "price"), [("USDT", 105), ("BTC", None)])
async def test_who_pays_for_a_trade_needs_no_balance_for_company_unless_something_is_over(
    world: World, code: str, price: int | None
) -> None:
    known, buyers = await world.person(1), [await world.person() for _ in range(4)]
    await world.fund(known, Decimal("0.5"), code)  # the provider's account is there, too
    trades = [await world.trade(buyer, known) for buyer in buyers]
    places = [await world.payin(buyer, code, trade=trade.id) for buyer, trade in zip(buyers, trades, strict=True)]
    assert price in (None, places[0].amount)
    exact = [payment(place, place.amount or 0) for place in places[:3]]
    over = payment(places[3], 2 * (places[3].amount or 0))
    sent = world.database.statements
    assert results(await told(world, [*exact, over])) == ["paid"] * 4
    assert world.database.statements - sent == 2  # all, and the one with something over
    assert [await world.available(buyer, code) for buyer in buyers[:3]] == [0, 0, 0]
    assert await world.available(buyers[3], code) == places[3].amount
    await world.audited()


@pytest.mark.parametrize("seed", range(3))
async def test_payments_cash_outs_and_trades_of_the_same_people_never_wait_in_a_circle(
    world: World, people: list[int], seed: int
) -> None:
    """A circle is a DatabaseUnavailable for somebody, after a second. Each person does one thing after the other, as
    its actor does; providers tell of payments whenever they like.
    """
    await world.without_levels()  # who has completed some meanwhile would be told other terms
    chance = random.Random(seed)
    wallets = {person: await world.payin(person) for person in people}
    paid: Counter[int] = Counter()
    gone: Counter[int] = Counter()

    async def receive() -> None:
        for _ in range(12):
            person = chance.choice(people)
            await world.done(payment(wallets[person], 1))
            paid[person] += 1

    async def cash_out(person: int) -> None:
        asked = RequestCashout(person, "USDT", "TRC20", Decimal(10), Decimal(9), ADDRESS, "", "", "", "", "")
        gone[person] += isinstance(await world.do(asked), Refused) is False

    async def live(person: int) -> None:
        for _ in range(3):
            other = chance.choice([each for each in people if each != person])
            trade = await world.trade(person, other, "10")
            place = await world.payin(person, trade=trade.id)
            await cash_out(person)
            await world.do(payment(place, chance.choice(("4", "10.5", "12"))))
            await world.do(PayTrade(person, trade.id, trade.buyer_pays))
            if chance.random() < 0.3:
                await world.do(CancelTrade(person, trade.id))
            for move in (AcceptTrade(other, trade.id), DeliverTrade(other, trade.id), ReleaseTrade(person, trade.id)):
                await world.do(move)

    async with trio.open_nursery() as nursery:
        for person in people:
            nursery.start_soon(live, person)
        for _ in range(24):
            nursery.start_soon(receive)
    assert paid.total() == 24 * 12
    assert gone.total() > 0
    await world.audited()
