"""Referral links as people use them: a newcomer comes by one, and its owner looks at what came of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.actors.plan import Plan, onward, together
from lockbay.actors.screen import Copy, Url
from lockbay.actors.words import words
from lockbay.areas import menu, onboarding, referrals
from lockbay.areas.onboarding.records import Onboarding
from lockbay.areas.referrals.news import NOTICES, CreditUsed, EarnedNews, JoinedNews, Welcomed
from lockbay.areas.referrals.records import ReferralPage
from lockbay.areas.referrals.screens import referral
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, met, onboarded, set_rates
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk

BOT = "lockbay_bot"
ENGLISH = words("en", "UTC")


def plan() -> Plan:
    flows = {**menu.FLOWS, **referrals.flows(BOT)}
    flows |= onboarding.flows(menu.FLOWS["menu"], menu.FLOWS["menu"], onward(flows, "menu"))
    return Plan(together(flows), {**onboarding.COMMANDS, **referrals.COMMANDS}, "menu", onboarding.gate)


async def code(database: Database, user_id: int) -> str:
    page = await database.read(ReferralPage, user_id)
    assert page is not None
    return page.code


async def joins(database: Database, clock: MovedClock, user_id: int, payload: str) -> Talk:
    """Starts with a link and accepts the terms, killed and replayed at each answer."""
    talk = Talk(plan(), database, clock, user_id)
    await talk.open("start", payload)
    await talk.press("skip")
    await talk.press("accept")
    return talk


async def test_a_newcomer_is_told_who_invited_them_and_gets_fee_credit(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana <b>")
    await met(database, BEN, "Ben")
    talk = Talk(plan(), database, clock, BEN)
    greeting = await talk.open("start", f"r_{await code(database, ANA)}")
    assert "Ana <b> has invited you: 5 USDT of fee credit is yours when you accept the terms" in sent(greeting)
    await talk.press("skip")
    assert "Hello, Ben" in sent(await talk.press("accept"))
    page = await database.read(ReferralPage, BEN)
    assert page is not None
    assert page.credit == 5


async def test_the_link_counts_although_they_come_back_without_it(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana")
    await met(database, BEN, "Ben")
    await Talk(plan(), database, clock, BEN).open("start", f"r_{await code(database, ANA)}")
    talk = Talk(plan(), database, clock, BEN)
    assert "Ana has invited you" in sent(await talk.open("start"))


@pytest.mark.parametrize(
    ("whose", "sentence"),
    [("nobody", "Nobody has that link"), ("own", "That is your own link"), ("blocked", "not with LockBay any more")],
)
async def test_a_link_that_brings_nothing_says_so_and_keeps_nobody_out(
    database: Database, clock: MovedClock, whose: str, sentence: str
) -> None:
    await onboarded(database, ANA, "Ana")
    await met(database, BEN, "Ben")
    owner = {"own": BEN, "blocked": ANA}.get(whose)
    link = "r_0" if owner is None else f"r_{await code(database, owner)}"
    if whose == "blocked":
        await database.pool.fetch("test", "UPDATE users SET blocked_at = now() WHERE id = $1", (ANA,), reads=False)
    talk = Talk(plan(), database, clock, BEN)
    assert sentence in sent(await talk.open("start", link))
    await talk.press("skip")
    assert "Hello, Ben" in sent(await talk.press("accept"))


async def test_the_first_link_counts(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana")
    await onboarded(database, BEN, "Ben")
    await met(database, CLEO, "Cleo")
    talk = Talk(plan(), database, clock, CLEO)
    await talk.open("start", f"r_{await code(database, ANA)}")
    greeting = sent(await talk.open("start", f"r_{await code(database, BEN)}"))
    assert "You came by somebody else’s link before" in greeting
    assert "Ana has invited you" in greeting
    view = await database.read(Onboarding, CLEO)
    assert view is not None
    assert view.referrer == "Ana"


async def test_who_is_here_already_learns_what_links_are_for(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana")
    await onboarded(database, BEN, "Ben")
    talk = Talk(plan(), database, clock, BEN)
    assert "You are with LockBay already" in sent(await talk.open("start", f"r_{await code(database, ANA)}"))
    assert "That is your own link" in sent(await talk.open("start", f"r_{await code(database, BEN)}"))


async def test_the_page_shows_the_link_and_what_came_of_it(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await onboarded(database, ANA, "Ana")
    await met(database, BEN, "Ben")
    talk = Talk(plan(), database, clock, ANA)
    empty = await talk.open("referral")
    own = f"https://t.me/{BOT}?start=r_{await code(database, ANA)}"
    assert own in sent(empty)
    assert "Opened it: 0" in sent(empty)
    assert empty.photo is not None
    assert [b.text for row in empty.rows for b in row if isinstance(b, Copy)] == [own]
    [share] = [b.url for row in empty.rows for b in row if isinstance(b, Url)]
    assert share.startswith("https://t.me/share/url?url=https%3A%2F%2Ft.me%2Flockbay_bot%3Fstart%3Dr_")
    await joins(database, clock, BEN, f"r_{await code(database, ANA)}")
    page = sent(await talk.open("referral"))
    assert "Joined: 1\nHave traded: 0\nEarned: 0 USDT\nStill to come: 5 USDT" in page
    people = await talk.press("Whom you brought (1)")
    assert "joined" in sent(people)
    assert "Ben" in sent(people)
    assert "Referral" in sent(await talk.press("Back"))


async def test_the_list_has_pages(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana")
    own = await code(database, ANA)
    for number in range(11):
        await met(database, BEN + number, f"Ben{number}x")
        await Talk(plan(), database, clock, BEN + number).open("start", f"r_{own}")
    talk = Talk(plan(), database, clock, ANA)
    await talk.open("referral")
    first = sent(await talk.press("Whom you brought"))
    second = sent(await talk.press("Older"))
    assert sorted(n for n in range(11) if f"Ben{n}x" in first + second) == list(range(11))
    assert labels(talk.screen) == ["⏮ Newest", "⬅️ Back", "Menu"]


@pytest.mark.parametrize("forged", ["x", "-1", "9" * 30])
async def test_a_forged_page_is_refused(database: Database, clock: MovedClock, forged: str) -> None:
    await onboarded(database, ANA, "Ana")
    with pytest.raises(Invalid):
        await Talk(plan(), database, clock, ANA).open("referred", forged)


async def test_somebody_elses_place_in_the_list_shows_nothing_of_it(database: Database, clock: MovedClock) -> None:
    await onboarded(database, ANA, "Ana")
    await met(database, BEN, "Ben")
    await joins(database, clock, BEN, f"r_{await code(database, ANA)}")
    await onboarded(database, CLEO, "Cleo")
    assert "Ben" not in sent(await Talk(plan(), database, clock, CLEO).open("referred", str(BEN)))


def test_gifts_that_the_settings_do_not_give_are_not_promised() -> None:
    page = ReferralPage("c", Decimal(0), Decimal(0), Decimal(100), 1, 1, 0, 1, Decimal(0), Decimal(0))
    text = sent(referral(ENGLISH, page, BOT))
    assert "fee credit when" not in text
    assert "Still to come" not in text


@pytest.mark.parametrize(
    ("kind", "news", "sentence"),
    [
        ("referral_welcome", Welcomed(Decimal(5)), "5 USDT of fee credit is yours"),
        ("referral_joined", JoinedNews("<Ben>", Decimal(5), Decimal(100)), "<Ben> has joined by your link"),
        ("referral_joined", JoinedNews("Ben", Decimal(0), Decimal(100)), "Ben has joined by your link"),
        ("referral_earned", EarnedNews("Ben", Decimal(5)), "You have earned 5 USDT"),
        ("fee_credit_used", CreditUsed(7, "T-1", Decimal("0.5"), Decimal("4.5")), "0.5 USDT of the fee of trade T-1"),
    ],
)
def test_news_can_be_sent(kind: str, news: object, sentence: str) -> None:
    screen = NOTICES[kind].draw(ENGLISH, news)
    assert sentence in sent(screen)
    assert "Menu" in labels(screen)
