"""Fee credit pays fees back, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay import audit
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.disputes.records import OpenDispute, ResolveDispute
from lockbay.areas.exchange.records import QuoteExchange
from lockbay.areas.trades.records import AcceptTrade, DeclineTrade, DeliverTrade, PayTrade, ReleaseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.referring import brought, credit, credit_back, released, told
from tests.ledger.world import HOUR, UNLIMITED, World, creation, while_it_waits


async def test_fee_credit_pays_the_buyers_fee_back_until_it_is_used_up(world: World, raw: Connection) -> None:
    await world.without_levels()
    ben, sam = await brought(world, await world.person(), 500), await world.person()
    first = await released(world, ben, sam, "60")
    assert (await credit(world, ben), await world.available(ben)) == (2, 500 - 63 + 3)
    second = (await world.delivered(ben, sam, "60")).id
    assert await credit_back(world, ben, second) == 2, "as much as there is"
    await world.done(ReleaseTrade(ben, second))
    assert (await credit(world, ben), await world.available(ben)) == (0, 440 - 63 + 2)
    await released(world, ben, sam, "60")
    assert await world.available(ben) == 379 - 63
    assert await told(raw, ben) == ["referral_welcome", "fee_credit_used", "fee_credit_used"]
    for trade, back in ((first, 3), (second, 2)):
        assert await credit_back(world, ben, trade) == back
    assert (await world.audited()).totals[0].fees == 9


async def test_credit_that_is_enough_for_one_of_two_trades_that_end_at_once_is_used_once(
    world: World, raw: Connection
) -> None:
    await world.without_levels()
    ann, sam = await world.person(500), await world.person()
    await released(world, await brought(world, ann, 500), sam, "120")
    first, second = [await world.delivered(ann, sam, "100") for _ in range(2)]
    found = f"SELECT FROM accounts WHERE owner = {ann} AND kind = 'credit' FOR NO KEY UPDATE"
    both = ReleaseTrade(ann, first.id), ReleaseTrade(ann, second.id)
    assert await while_it_waits(world, raw, found, *both) == ["done", "done"]
    assert (await credit(world, ann), await world.available(ann)) == (0, 500 - 210 + 5)
    assert (await told(raw, ann)).count("fee_credit_used") == 1
    await world.audited()


async def test_each_side_gets_its_own_share_back(world: World) -> None:
    await world.without_levels()
    ann = await world.person()
    ben, cleo = await brought(world, ann, 500), await brought(world, ann)
    trade = await world.done(creation(ben, f"@person{cleo}", "33.33", "split"))
    assert trade.fee == Decimal("1.6665")
    await world.done(PayTrade(ben, trade.id, trade.buyer_pays))
    assert [await credit_back(world, side, trade.id) for side in (ben, cleo)] == [Decimal("0.83325")] * 2
    await world.done(AcceptTrade(cleo, trade.id))
    await world.done(DeliverTrade(cleo, trade.id))
    await world.done(ReleaseTrade(ben, trade.id))
    assert [await credit_back(world, side, trade.id) for side in (ben, cleo)] == [Decimal("0.83325")] * 2
    await world.audited()


async def test_the_seller_who_pays_the_fee_gets_it_back_beside_the_price(world: World) -> None:
    await world.without_levels()
    ben, buyer = await brought(world, await world.person()), await world.person(200)
    trade = await world.paid(buyer, ben, "50", "seller")
    await world.done(AcceptTrade(ben, trade.id))
    await world.done(DeliverTrade(ben, trade.id))
    await world.done(ReleaseTrade(buyer, trade.id))
    assert (await world.available(ben), await credit(world, ben)) == (50, Decimal("2.5"))
    await world.audited()


async def test_of_a_divided_trade_the_part_that_is_released_counts(world: World) -> None:
    await world.without_levels()
    ann, sam, olu = await world.person(), await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await world.database.run(SaveStaff([olu]))
    trade = await world.delivered(ben, sam, "100")
    await world.done(OpenDispute(ben, trade.id, "not_as_described", "It is not what was agreed."))
    half, fee = Decimal("52.5"), Decimal("2.5")
    await world.done(ResolveDispute(olu, trade.id, 50, Decimal(105), half, half - fee, fee, "Half each"))
    assert await credit(world, ben) == 5 - fee
    await released(world, ben, sam, "49.99")
    assert await credit(world, ann) == 0
    await released(world, ben, sam, "2")
    assert await credit(world, ann) == 5
    await world.audited()


async def test_a_refund_uses_no_credit(world: World) -> None:
    ben, sam = await brought(world, await world.person(), 500), await world.person()
    trade = await world.paid(ben, sam, "60")
    await world.done(DeclineTrade(sam, trade.id))
    assert (await credit(world, ben), await world.available(ben)) == (5, 500)


async def test_nor_does_a_trade_that_is_too_small_for_a_fee(world: World) -> None:
    await world.database.run(evolve(UNLIMITED, smallest_trade_usd=Decimal(0)))
    ben, sam = await brought(world, await world.person(), 1), await world.person()
    await released(world, ben, sam, "0.000009")
    assert (await credit(world, ben), await world.available(sam)) == (5, Decimal("0.000009"))
    await world.audited()


async def test_a_fee_in_another_coin_comes_back_at_the_rate_of_now(world: World) -> None:
    await world.without_levels()
    ben, sam = await brought(world, await world.person()), await world.person()
    await world.fund(ben, Decimal("0.01"), "BTC")
    trade = await world.done(creation(ben, f"@person{sam}", "0.0005", code="BTC"))
    await world.done(PayTrade(ben, trade.id, trade.buyer_pays))
    await world.done(AcceptTrade(sam, trade.id))
    await world.done(DeliverTrade(sam, trade.id))
    await world.done(ReleaseTrade(ben, trade.id))
    assert (await credit(world, ben), await world.available(ben)) == (Decimal("2.75"), Decimal("2.25"))
    await world.audited()


async def test_without_a_fresh_rate_nothing_comes_back_now(world: World, clock: MovedClock) -> None:
    ben, sam = await brought(world, await world.person()), await world.person()
    await world.fund(ben, Decimal("0.01"), "BTC")
    trade = await world.done(creation(ben, f"@person{sam}", "0.0005", code="BTC"))
    await world.done(PayTrade(ben, trade.id, trade.buyer_pays))
    await world.done(AcceptTrade(sam, trade.id))
    await world.done(DeliverTrade(sam, trade.id))
    clock.advance(HOUR)
    assert await credit_back(world, ben, trade.id) is None
    await world.done(ReleaseTrade(ben, trade.id))
    assert (await credit(world, ben), await world.available(ben)) == (5, 0)
    await world.audited()


async def test_what_the_settings_do_not_give_is_not_given(world: World, raw: Connection) -> None:
    await world.database.run(evolve(UNLIMITED, referral_newcomer=Decimal(0), referral_referrer=Decimal(0)))
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await released(world, ben, sam, "120")
    assert (await credit(world, ann), await credit(world, ben)) == (0, 0)
    await world.audited()


async def test_fee_credit_neither_pays_nor_cashes_out(world: World) -> None:
    ben, sam = await brought(world, await world.person()), await world.person()
    trade = await world.trade(ben, sam, "3")
    refused = await world.do(PayTrade(ben, trade.id, trade.buyer_pays))
    assert isinstance(refused, Refused)
    assert refused.reason == "insufficient"


async def test_who_has_fee_credit_sends_and_exchanges_what_is_in_the_wallet(world: World) -> None:
    ann = await world.person()
    people = [await brought(world, ann, 40) for _ in range(3)]
    await world.done(QuoteExchange(people[0], "USDT", "NGN", Decimal(6)))
    for amount, net, left in ((Decimal(5), Decimal(4), (35, 5)), (None, Decimal(34), (0, 40))):
        async with trio.open_nursery() as nursery:
            for person in people:
                wanted = RequestCashout(person, "USDT", "TRC20", amount, net, "T-somewhere", "", "", "", "", None)
                nursery.start_soon(world.done, wanted)
        assert [await world.money(person) for person in people] == [left] * 3
    assert [await credit(world, person) for person in people] == [5] * 3
    await world.audited()


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        ("UPDATE accounts SET balance = 6 WHERE kind = 'credit' AND balance = 5", "balance"),
        ("DELETE FROM credit_uses", "transfer"),
        ("DELETE FROM referral_rewards WHERE kind = 'referrer'", "transfer"),
        ("UPDATE referral_rewards SET needed = 500 WHERE kind = 'referrer'", "referral_reward"),
        ("UPDATE credit_uses SET fee = fee + 1", "credit_use"),
        ("UPDATE users SET referred_by = NULL, referred_at = NULL WHERE referred_by IS NOT NULL", "referral_reward"),
        ("UPDATE users SET onboarded_at = now() + interval '9 years' WHERE referred_by IS NULL", "referral"),
    ],
)
async def test_the_audit_finds_credit_that_nothing_explains(
    world: World, raw: Connection, broken: str, kind: str
) -> None:
    await world.without_levels()
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await released(world, ben, sam, "50")
    await released(world, ben, sam, "50")
    await brought(world, ben)
    await world.audited()
    await raw.execute(f"SET session_replication_role = replica; {broken}; SET session_replication_role = DEFAULT")
    report = await audit.audit(world.database)
    assert kind in {each.kind for each in report.differences}
