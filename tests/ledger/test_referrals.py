"""Fee credit: given once, for what happened; it pays fees back, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
import trio
from attrs import evolve

from lockbay import audit
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.balances import Wallet
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.disputes.records import OpenDispute, ResolveDispute
from lockbay.areas.exchange.records import QuoteExchange
from lockbay.areas.onboarding.records import AcceptTerms, Brought, ComeByLink
from lockbay.areas.referrals.records import ReferralList, ReferralPage
from lockbay.areas.trades.records import AcceptTrade, DeclineTrade, DeliverTrade, PayTrade, ReleaseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World, creation, while_it_waits


async def page(world: World, user: int) -> ReferralPage:
    view = await world.database.read(ReferralPage, user)
    assert view is not None
    return view


async def listed(world: World, user: int, before: int = 0) -> ReferralList:
    view = await world.database.read(ReferralList, user, before)
    assert view is not None
    return view


async def credit(world: World, user: int) -> Decimal:
    wallet = await world.database.read(Wallet, user)
    assert wallet is not None
    return wallet.balances[0].credit


async def credit_back(world: World, user: int, trade: int) -> Decimal | None:
    view = await world.database.read(TradePage, user, trade)
    assert view is not None
    return view.credit_back


async def brought(world: World, referrer: int, usdt: str | int = 0) -> int:
    """Somebody who came by a link and has accepted the terms."""
    user = await world.meet()
    await world.done(ComeByLink(user, (await page(world, referrer)).code))
    await world.done(AcceptTerms(user))
    if usdt:
        await world.fund(user, Decimal(usdt))
    return user


async def released(world: World, buyer: int, seller: int, amount: str) -> int:
    trade = await world.delivered(buyer, seller, amount)
    await world.done(ReleaseTrade(buyer, trade.id))
    return trade.id


async def told(raw: Connection, user: int) -> list[str]:
    rows = await raw.fetch("SELECT kind FROM outbox WHERE user_id = $1 ORDER BY id", user)
    return [row["kind"] for row in rows if row["kind"].startswith(("referral", "fee_credit"))]


async def test_a_newcomer_who_accepts_the_terms_gets_fee_credit_once(world: World, raw: Connection) -> None:
    ann, ben = await world.person(), await world.meet()
    assert await world.done(ComeByLink(ben, (await page(world, ann)).code.upper())) == Brought("Ann")
    assert await credit(world, ben) == 0
    await world.done(AcceptTerms(ben))
    await world.done(AcceptTerms(ben))
    assert (await credit(world, ben), await credit(world, ann)) == (5, 0)
    assert (await told(raw, ben), await told(raw, ann)) == (["referral_welcome"], ["referral_joined"])
    report = await world.audited()
    assert (report.totals[0].promotions, report.totals[0].people) == (5, 5)


async def test_two_acceptances_at_once_give_it_once(world: World) -> None:
    ann, ben = await world.person(), await world.meet()
    await world.done(ComeByLink(ben, (await page(world, ann)).code))
    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(world.done, AcceptTerms(ben))
    assert await credit(world, ben) == 5
    await world.audited()


async def test_who_comes_without_a_link_gets_nothing(world: World) -> None:
    assert await credit(world, await world.person()) == 0


async def test_links_that_bring_nothing_are_refused(world: World, raw: Connection, clock: MovedClock) -> None:
    ann, ben, cleo, dan = [await world.person() for _ in range(2)] + [await world.meet() for _ in range(2)]
    codes = {user: (await page(world, user)).code for user in (ann, ben, cleo, dan)}
    assert await world.do(ComeByLink(ann, codes[ben])) == Refused("not_new")
    assert await world.do(ComeByLink(ann, codes[ann])) == Refused("own_link")
    assert await world.do(ComeByLink(cleo, codes[cleo])) == Refused("own_link")
    assert await world.do(ComeByLink(cleo, codes[dan])) == Refused("unknown_link")
    assert await world.do(ComeByLink(cleo, "nobody")) == Refused("unknown_link")
    await raw.execute(f"UPDATE users SET blocked_at = now() WHERE id = {ben}")
    assert await world.do(ComeByLink(cleo, codes[ben])) == Refused("gone")
    await raw.execute(f"UPDATE users SET blocked_at = NULL, closed_at = now() WHERE id = {ben}")
    assert await world.do(ComeByLink(cleo, codes[ben])) == Refused("gone")
    await world.done(ComeByLink(cleo, codes[ann]))
    clock.advance(HOUR)
    await world.done(ComeByLink(cleo, codes[ann]))
    await raw.execute(f"UPDATE users SET blocked_at = now() WHERE id = {ann}")
    await world.done(ComeByLink(cleo, codes[ann]))  # whom they came by stays
    await raw.execute(f"UPDATE users SET closed_at = NULL WHERE id = {ben}")
    assert await world.do(ComeByLink(cleo, codes[ben])) == Refused("came_before")
    assert (await page(world, ann)).invited == 1


async def test_a_circle_of_links_cannot_be_closed(world: World) -> None:
    ann = await world.person()
    ben = await brought(world, ann)
    assert await world.do(ComeByLink(ann, (await page(world, ben)).code)) == Refused("not_new")


async def test_two_newcomers_do_not_bring_each_other(world: World) -> None:
    ann, ben = await world.meet(), await world.meet()
    codes = [(await page(world, user)).code for user in (ann, ben)]
    answers: list[object] = []

    async def come(user: int, code: str) -> None:
        answers.append(await world.do(ComeByLink(user, code)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(come, ann, codes[1])
        nursery.start_soon(come, ben, codes[0])
    assert answers == [Refused("unknown_link")] * 2


@pytest.mark.parametrize(
    "change",
    [
        "referred_by = NULL, referred_at = NULL",
        "referred_by = {other}",
        "referred_at = now()",
        "referred_by = {newcomer}",
    ],
)
async def test_who_brought_somebody_never_changes(world: World, raw: Connection, change: str) -> None:
    ann, other = await world.person(), await world.person()
    newcomer = await world.meet()
    await world.done(ComeByLink(newcomer, (await page(world, ann)).code))
    with pytest.raises(asyncpg.PostgresError, match="never changes"):
        await raw.execute(f"UPDATE users SET {change.format(other=other, newcomer=newcomer)} WHERE id = {newcomer}")


async def test_who_brought_them_gets_theirs_when_they_have_traded_enough(world: World, raw: Connection) -> None:
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await released(world, ben, sam, "60")
    assert await credit(world, ann) == 0
    assert (await page(world, ann)).waiting == 1
    await released(world, ben, sam, "39.99")
    assert await credit(world, ann) == 0
    await released(world, ben, sam, "10")
    assert await credit(world, ann) == 5
    await released(world, ben, sam, "150")
    assert await credit(world, ann) == 5
    assert await told(raw, ann) == ["referral_joined", "referral_earned"]
    view = await page(world, ann)
    assert (view.invited, view.joined, view.traded, view.waiting, view.earned) == (1, 1, 1, 0, 5)
    await world.audited()


async def test_what_they_sell_counts_too(world: World) -> None:
    ann, buyer = await world.person(), await world.person(300)
    await released(world, buyer, await brought(world, ann), "100")
    assert await credit(world, ann) == 5


async def test_what_was_not_released_does_not_count(world: World) -> None:
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await world.delivered(ben, sam, "200")
    assert await credit(world, ann) == 0


async def test_trades_that_end_at_once_count_together_and_reward_once(world: World) -> None:
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 1000)
    trades = [await world.delivered(ben, sam, "30") for _ in range(4)]
    async with trio.open_nursery() as nursery:
        for trade in trades:
            nursery.start_soon(world.done, ReleaseTrade(ben, trade.id))
    assert await credit(world, ann) == 5
    await world.audited()


async def test_people_who_brought_each_other_trade_both_ways_at_once(world: World) -> None:
    """Each is buyer here and seller there, each release pays back, rewards and pays out: nobody waits for ever."""
    ann = await world.person(1000)
    ben = await brought(world, ann, 1000)
    cleo = await brought(world, ben, 1000)
    pairs = [(ann, ben), (ben, ann), (ben, cleo), (cleo, ben), (ann, cleo), (cleo, ann)]
    trades = [(buyer, await world.delivered(buyer, seller, "40")) for buyer, seller in pairs * 2]
    with trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            for buyer, trade in trades:
                nursery.start_soon(world.done, ReleaseTrade(buyer, trade.id))
    report = await world.audited()
    assert report.totals[0].promotions == 20


@pytest.mark.parametrize("since", ["blocked_at", "closed_at"])
async def test_who_is_not_here_earns_when_they_are_again(world: World, raw: Connection, since: str) -> None:
    ann, sam = await world.person(), await world.person()
    ben = await brought(world, ann, 500)
    await raw.execute(f"UPDATE users SET {since} = now() WHERE id = {ann}")
    await released(world, ben, sam, "120")
    assert await credit(world, ann) == 0
    await raw.execute(f"UPDATE users SET {since} = NULL WHERE id = {ann}")
    await released(world, ben, sam, "10")
    assert await credit(world, ann) == 5


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


async def test_those_who_were_brought_are_listed_by_pages_the_newest_first(world: World, clock: MovedClock) -> None:
    ann = await world.person()
    for minute in range(12):
        clock.advance(timedelta(minutes=minute % 2))  # two by two at once
        await brought(world, ann)
    first = await listed(world, ann)
    assert first.next is not None
    second = await listed(world, ann, first.next)
    times = [each.at for each in (*first.people, *second.people)]
    assert (len(first.people), len(second.people), second.next) == (10, 2, None)
    assert times == sorted(times, reverse=True)


async def test_the_list_says_how_far_each_has_come_and_no_more(world: World) -> None:
    ann, sam = await world.person(), await world.person()
    invited = await world.meet()
    await world.done(ComeByLink(invited, (await page(world, ann)).code))
    await brought(world, ann)
    await released(world, await brought(world, ann, 200), sam, "20")
    await released(world, await brought(world, ann, 200), sam, "120")
    assert Counter((each.state, each.earned) for each in (await listed(world, ann)).people) == Counter(
        {("invited", None): 1, ("joined", None): 1, ("traded", None): 1, ("earned", Decimal(5)): 1}
    )
    assert (await listed(world, sam)).people == ()


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
