"""Places to pay in over time: when they are used up, how long a trade waits for them, by what names they are paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.deposits.records import DepositInfo, FillPayin, Payin, RequestPayin
from lockbay.areas.trades.payment import TradePayment
from lockbay.areas.trades.records import PayTrade
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.clock.reconciliation_records import DuePayins, NoteAsked
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, World, payment

MINUTE = timedelta(minutes=1)


async def lend(world: World, user: int, name: str = "txn-1", trade: int | None = None) -> Payin | Refused:
    """An address that its provider gives to somebody else after a day; `name` is what the provider calls it."""
    wanted = await world.done(RequestPayin(user, trade, "BTC", "BTC", None))
    return await world.do(FillPayin(user, wanted.id, "dynopay", "bc1q", None, name, Decimal(0), lasts=False))


async def lent(world: World, user: int, name: str = "txn-1", trade: int | None = None) -> Payin:
    payin = await lend(world, user, name, trade)
    assert not isinstance(payin, Refused)
    return payin


async def test_a_page_that_was_paid_is_not_shown_again(world: World) -> None:
    """It takes one payment: who deposits the same amount twice gets two pages."""
    user = await world.person()
    first = await world.payin(user, "NGN", amount=Decimal(5000))
    assert (await world.payin(user, "NGN", amount=Decimal(5000))).id == first.id
    await world.done(payment(first, 5000))
    assert (await world.payin(user, "NGN", amount=Decimal(5000))).id != first.id
    await world.done(payment(first, 5000))  # it counts nevertheless
    assert await world.available(user, "NGN") == 10_000
    await world.audited()


async def test_a_page_of_a_trade_that_was_paid_is_not_shown_again_for_the_same_rest(world: World) -> None:
    buyer = await world.person()
    trade = await world.trade(buyer, await world.person())
    page = await world.payin(buyer, "NGN", trade=trade.id)
    assert page.amount is not None
    half = await world.payin(buyer, trade=trade.id)
    await world.done(payment(half, Decimal("52.5")))
    rest = await world.payin(buyer, "NGN", trade=trade.id)
    assert rest.amount is not None
    assert rest.amount < page.amount
    await world.done(payment(rest, 1, event="told first of one naira"))
    view = await world.database.read(TradePayment, buyer, trade.id)
    assert view is not None
    assert rest.id != (await world.payin(buyer, "NGN", trade=trade.id)).id
    assert [place.network for place in view.places] == ["TRC20"]
    await world.audited()


async def test_parts_give_time_to_choose_but_not_for_ever(world: World, clock: MovedClock, raw: Connection) -> None:
    """The seller waits as long: dust must not keep them."""
    buyer = await world.person()
    trade = await world.trade(buyer, await world.person())
    dust = await world.payin(buyer, "BTC", trade=trade.id)
    for _ in range(26):
        assert (await world.done(payment(dust, "0.000001"))).outcome == "part"
        clock.advance(HOUR)
    [row] = await raw.fetch(f"SELECT due_at FROM trades WHERE id = {trade.id}")
    assert row["due_at"] == START + timedelta(hours=26)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert await world.available(buyer, "BTC") == Decimal("0.000026")
    await world.audited()


async def test_an_address_of_a_day_is_not_asked_about_for_ever(world: World, clock: MovedClock) -> None:
    payin = await lent(world, await world.person())
    for days, due in ((20, [payin.id]), (20, [])):
        clock.advance(timedelta(days=days))
        await world.database.run(NoteAsked(payin.id, [], [], clock.now()))
        clock.advance(timedelta(days=7))
        assert [each.payin.id for each in await world.database.run(DuePayins("dynopay", 5))] == due


async def test_an_address_that_is_theirs_for_ever_is_shown_for_ever(world: World, clock: MovedClock) -> None:
    place = await world.payin(user := await world.person())
    clock.advance(timedelta(days=400))
    assert await world.payin(user) == place


async def test_the_address_of_a_trade_is_nobody_elses_while_the_trade_can_be_paid(
    world: World, clock: MovedClock
) -> None:
    """It got more time than it had when the address was made."""
    buyer, other = await world.person(), await world.person()
    trade = await world.trade(buyer, await world.person())
    place = await lent(world, buyer, trade=trade.id)
    clock.advance(50 * MINUTE)
    await world.done(payment(place, "0.0001", event="seen", confirmed=False))
    clock.advance(HOUR)
    assert await lend(world, other, "txn-2") == Refused("taken")
    paid = await world.done(payment(place, "0.0001", event="of no name", reference=None))
    assert (paid.outcome, paid.trade_id) == ("part", trade.id)
    clock.advance(2 * HOUR)
    await world.done(ElapseTrade(trade.id, "expire"))
    assert isinstance(await lend(world, other, "txn-3"), Payin)
    await world.audited()


async def test_the_address_of_a_trade_that_is_paid_is_somebody_elses_when_its_time_is_over(
    world: World, clock: MovedClock
) -> None:
    buyer, other = await world.person(500), await world.person()
    trade = await world.trade(buyer, await world.person())
    await lent(world, buyer, trade=trade.id)
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    assert await lend(world, other) == Refused("taken")
    clock.advance(HOUR)
    assert isinstance(await lend(world, other, "txn-2"), Payin)


@pytest.mark.parametrize("names", [("pay-1", "txn-1"), ("txn-1", "pay-1")])
async def test_one_payment_by_two_names_is_credited_once_and_people_decide(
    world: World, names: tuple[str, str]
) -> None:
    """Asked, a provider may call a payment what it calls the address; its webhook may not. Nobody can tell."""
    payin = await lent(world, user := await world.person())
    first, second = [await world.done(payment(payin, 1, event=name)) for name in names]
    assert (first.outcome, second.outcome, second.reason) == ("credited", "unapplied", "told_differently")
    assert await world.available(user, "BTC") == 1
    await world.audited()


async def test_two_payments_that_have_names_of_their_own_both_count(world: World) -> None:
    payin = await lent(world, user := await world.person())
    for name in ("pay-1", "pay-2"):
        await world.done(payment(payin, 1, event=name))
    assert await world.available(user, "BTC") == 2
    await world.audited()


async def test_who_is_told_that_a_payment_is_seen_is_told_how_long_the_trade_waits_now(
    world: World, clock: MovedClock, raw: Connection
) -> None:
    buyer = await world.person()
    trade = await world.trade(buyer, await world.person())
    payin = await world.payin(buyer, trade=trade.id)
    clock.advance(timedelta(minutes=50))
    await world.done(payment(payin, 105, confirmed=False))
    [row] = await raw.fetch(
        "SELECT t.due_at, (o.data->>'deadline')::timestamptz AS told "
        "FROM outbox o, trades t WHERE o.kind = 'payment_seen'"
    )
    assert row["told"] == row["due_at"] == START + timedelta(minutes=170)


async def test_an_address_that_was_somebody_elses_says_not_whose_the_money_is(world: World, clock: MovedClock) -> None:
    """Who asked first, and was given it last, may have the lower number; who had it before may pay to it again."""
    ann, ben = await world.person(), await world.person()
    await world.done(RequestPayin(ben, None, "BTC", "BTC", None))  # the provider was away
    await lent(world, ann)
    clock.advance(timedelta(hours=25))
    place = await lent(world, ben, "txn-2")
    found = await world.done(payment(place, 1, reference=None, nonce=None))
    assert (found.outcome, found.user_id, found.reason) == ("unapplied", None, "unknown_reference")
    named = await world.done(payment(place, 2, reference=None, nonce=None, event="txn-2"))
    assert (named.outcome, named.user_id) == ("credited", ben)
    assert (await world.available(ann, "BTC"), await world.available(ben, "BTC")) == (0, 2)
    await world.audited()


async def test_how_a_hexadecimal_address_is_written_does_not_matter(world: World) -> None:
    """Its capitals are a check sum, which not every provider writes. Those of all other addresses make another one."""
    user = await world.person()
    for code, address, outcome in (
        ("ETH", "0x58e90F31530A5566dA97e34205730323873eb88B", "credited"),
        ("BTC", "1FWQiwK27EnGXb6BiBMRLJvunJQZZPMcGd", "unapplied"),
    ):
        wanted = await world.done(RequestPayin(user, None, code, code, None))
        place = await world.done(FillPayin(user, wanted.id, "blockbee", address, None, "", Decimal(0)))
        assert (await world.done(payment(place, 1, address=address.lower()))).outcome == outcome
        assert (await world.done(payment(place, 1, address="0x" + "0" * 40))).reason == "wrong_address"
    await world.audited()


async def test_the_address_of_a_trade_is_not_given_for_anything_else_of_its_buyer(world: World) -> None:
    """Who says nothing but an address would pay the one for the other."""
    buyer, seller = await world.person(), await world.person()
    first, second = await world.trade(buyer, seller), await world.trade(buyer, seller)
    await lent(world, buyer, trade=first.id)
    for other in (second.id, None):
        assert await lend(world, buyer, "txn-2", other) == Refused("taken")


async def test_nobody_fills_the_place_of_somebody_else(world: World) -> None:
    wanted = await world.done(RequestPayin(await world.person(), None, "BTC", "BTC", None))
    filled = FillPayin(await world.person(), wanted.id, "dynopay", "bc1q", None, "", Decimal(0))
    assert await world.do(filled) == Refused("unknown_payin")


async def test_what_names_no_place_of_its_own_provider_is_nobodys(world: World) -> None:
    """Another provider may call a payment, or an address, the same; what is called so beside a reference that we do not
    know is not that.
    """
    user = await world.person()
    place = await world.payin(user)
    name = place.external_id
    for told in (
        payment(place, 5, provider="dynopay", reference=None, nonce=None),
        payment(place, 5, event=name, provider="dynopay", reference=None, address=None, nonce=None),
        payment(place, 5, event=name, reference="unheard-of", address=None, nonce=None),
        payment(place, 6, event=name, reference=None, address="elsewhere", nonce=None),
    ):
        found = await world.done(told)
        assert (found.outcome, found.user_id, found.reason) == ("unapplied", None, "unknown_reference")
    assert await world.available(user) == 0
    await world.audited()


async def test_an_address_of_two_coins_is_the_place_of_the_coin_that_came(world: World) -> None:
    user = await world.person()
    for code, network in (("USDT", "TRC20"), ("TRX", "TRX")):
        wanted = await world.done(RequestPayin(user, None, code, network, None))
        place = await world.done(FillPayin(user, wanted.id, "blockbee", "T-of-both", None, "", Decimal(0)))
        assert place.address == "T-of-both"
    for code, network in (("USDT", "TRC20"), ("TRX", "TRX")):
        told = payment(place, 5, coin=code, network=network, reference=None, nonce=None)
        assert (await world.done(told)).outcome == "credited"
    assert [await world.available(user, code) for code in ("USDT", "TRX")] == [5, 5]


async def test_two_providers_may_call_their_places_and_payments_the_same(world: World) -> None:
    ann, ben = await world.person(), await world.person()
    borrowed = await lent(world, ben)
    wanted = await world.done(RequestPayin(ann, None, "BTC", "BTC", None))
    place = await world.done(FillPayin(ann, wanted.id, "blockbee", borrowed.address, None, "", Decimal(0)))
    for each in (place, borrowed):
        told = await world.done(payment(each, 2, event="1", reference=None, nonce=None))
        assert (told.outcome, told.user_id) == ("credited", each.user_id)
    assert [await world.available(person, "BTC") for person in (ann, ben)] == [2, 2]
    await world.audited()


async def test_what_one_provider_calls_a_place_says_nothing_of_the_payments_of_another(world: World) -> None:
    """Nor does its address: by our own reference another one may tell of payments, too."""
    place = await world.payin(user := await world.person())
    names = "a", place.external_id
    others = [payment(place, 5, event=name, provider="dynopay", address="elsewhere") for name in names]
    for told in (*others, payment(place, 5, event="b")):
        assert (await world.done(told)).outcome == "credited"
    assert await world.available(user) == 15
    await world.audited()


async def test_what_was_only_seen_by_the_name_of_a_place_makes_nobody_doubt_what_came_by_another(world: World) -> None:
    payin = await lent(world, user := await world.person())
    await world.done(payment(payin, 1, event="txn-1", confirmed=False))
    assert (await world.done(payment(payin, 1, event="pay-1"))).outcome == "credited"
    assert await world.available(user, "BTC") == 1


async def test_an_address_of_which_its_provider_tells_by_a_reference_of_its_own_is_still_ours(world: World) -> None:
    place = await world.payin(user := await world.person())
    told = await world.done(payment(place, 5, reference="the provider's", nonce=None))
    assert (told.outcome, told.user_id) == ("credited", user)


async def test_an_address_that_its_buyer_was_given_again_is_what_they_were_given_it_for_last(
    world: World, clock: MovedClock
) -> None:
    buyer = await world.person(500)
    trade = await world.trade(buyer, await world.person())
    await lent(world, buyer, trade=trade.id)
    await world.done(PayTrade(buyer, trade.id, trade.buyer_pays))
    clock.advance(HOUR)
    place = await lent(world, buyer, "txn-2")
    told = await world.done(payment(place, 1, reference=None, nonce=None))
    assert (told.outcome, told.trade_id) == ("credited", None)


async def test_neither_the_address_of_a_trade_nor_one_whose_day_is_over_is_shown_as_that_of_a_wallet(
    world: World, clock: MovedClock
) -> None:
    buyer = await world.person()
    trade = await world.trade(buyer, await world.person())
    await world.payin(buyer, trade=trade.id)
    await lent(world, buyer)
    for coin, network, later in (("USDT", "TRC20", timedelta(0)), ("BTC", "BTC", timedelta(hours=24))):
        clock.advance(later)
        info = await world.database.read(DepositInfo, buyer, coin, network)
        assert info is not None
        assert info.payin is None
