"""Who brought whom, what each gets for it, and when: once, for what happened."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest
import trio

from lockbay.areas.onboarding.records import AcceptTerms, Brought, ComeByLink
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import MovedClock
from tests.ledger.referring import brought, credit, listed, page, released, told
from tests.ledger.world import HOUR, World


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
