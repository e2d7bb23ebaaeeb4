"""Rating the other side of a trade; on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest
import trio

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.notice import Notice
from lockbay.actors.parse import Pressed, Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.turn import Turn
from lockbay.actors.words import words
from lockbay.areas import trades
from lockbay.areas.ratings import screens
from lockbay.areas.ratings.news import NOTICES, News
from lockbay.areas.ratings.records import Rated, RateTrade, RatingList, TradeToRate
from lockbay.areas.trades.records import DeclineTrade, ReleaseTrade
from lockbay.errors import Invalid
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.rating import NASTY, PLAN, profile, released
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talking, talks

talking = talks(PLAN)
EN = words("en", "UTC")
ENDED: Final = "SELECT kind, data::text FROM outbox WHERE kind IN ('trade_released', 'trade_declined')"
TOLD: Final = "SELECT data::text FROM outbox WHERE user_id = $1 AND kind = 'rated' ORDER BY id"


async def news(database: Database, user_id: int) -> list[str]:
    """What somebody is told, as they see it."""
    told = await database.pool.fetch(
        "test",
        "SELECT data::text FROM outbox WHERE user_id = $1 AND kind = 'rated' ORDER BY id",
        (user_id,),
        reads=True,
    )
    notice = NOTICES["rated"]
    return [sent(notice.draw(EN, structured(notice, row["data"]))) for row in told]


def structured(notice: Notice, data: str) -> object:
    return rows.structurer(notice.record)(rows.parse_json(data))


async def test_both_sides_rate_after_the_end_and_are_told(world: World, talking: Talking, database: Database) -> None:
    buyer, seller, trade = await released(world)
    ben = talking(seller)
    assert "⭐ Rate" in labels(await ben.open("trade", str(trade)))
    assert "How was trade" in sent(await ben.press("⭐ Rate"))
    assert "Would you say why?" in sent(await ben.press("★★★★☆"))
    assert "Without a comment" in sent(await ben.press("Skip"))
    assert f"You gave @person{buyer} ★★★★☆" in sent(await ben.press("Confirm"))
    ana = talking(buyer)
    await ana.open("rate", str(trade))
    await ana.say("5")
    reviewed = await ana.say("Fast & <b>kind</b>")
    assert "Fast & <b>kind</b>" in sent(reviewed)
    await ana.press("✏️ Stars")
    await ana.press("★★★☆☆")
    await ana.press("✏️ Comment")
    await ana.say("Fast")
    await ana.press("Confirm")
    assert "⭐ Rate" not in labels(await ana.open("trade", str(trade)))
    assert f"@person{seller} rated trade" in (await news(database, buyer))[0]
    [told] = await news(database, seller)
    assert "★★★☆☆" in told
    assert "Fast" in told
    await world.audited()


async def test_the_notice_of_the_end_offers_it_where_there_was_a_deal(world: World, database: Database) -> None:
    buyer, seller, _ = await released(world)
    await world.done(DeclineTrade(seller, (await world.paid(buyer, seller)).id))
    told = await database.pool.fetch("test", ENDED, (), reads=True)
    kinds = trades.notices("lockbay_bot")
    offered = {
        row["kind"]: "⭐ Rate" in labels(kinds[row["kind"]].draw(EN, structured(kinds[row["kind"]], row["data"])))
        for row in told
    }
    assert offered == {"trade_released": True, "trade_declined": False}


async def test_who_has_rated_sees_what_they_gave(world: World, talking: Talking) -> None:
    buyer, _, trade = await released(world)
    await world.done(RateTrade(buyer, trade, 2, "Slow"))
    ana = talking(buyer)
    again = await ana.open("rate", str(trade))
    assert "You have rated trade" in sent(again)
    assert "★★☆☆☆" in sent(again)
    assert "Slow" in sent(again)
    await ana.say("5")
    await ana.press("Skip")
    assert "Once is all there is" in sent(await ana.press("Confirm"))


async def test_killed_after_the_commit_it_says_the_same_again(
    world: World, database: Database, clock: MovedClock
) -> None:
    buyer, _, trade = await released(world)

    async def chat() -> Chat:
        loaded = await database.run(LoadPerson(buyer))
        assert loaded is not None
        return Chat(Person(buyer, loaded.first_name, loaded.username, onboarded=True), clock.now())

    def turn() -> Turn:
        return Turn(buyer, database, {}, Context(), clock.now())

    flow = PLAN.flows["rate"]
    first = Conversation(flow, await chat(), Journal(9_000_001, "rate", (str(trade),)))
    await first.begin(turn())
    await first.answer(turn(), Pressed("5"))
    await first.answer(turn(), Said("Fine"))
    before = first.journal
    done = turn()
    await first.answer(done, Pressed("confirm"))
    revived = Conversation(flow, await chat(), before)
    replayed = turn()
    await revived.resume(replayed)
    assert not replayed.shown
    again = turn()
    await revived.answer(again, Pressed("confirm"))
    assert [screen for screen, _ in again.shown] == [screen for screen, _ in done.shown]
    assert len(await news(database, (await world.person()) - 1)) == 1


@pytest.mark.parametrize("forged", ["0", "6", "-1", "five", "", "5 "])
async def test_forged_stars_are_asked_for_again(forged: str, world: World, talking: Talking) -> None:
    buyer, _, trade = await released(world)
    ana = talking(buyer)
    await ana.open("rate", str(trade))
    again = await ana.reply(Pressed(forged))
    assert "1 to 5 stars" in sent(again)


async def test_what_is_too_long_or_no_text_is_asked_for_again(world: World, talking: Talking) -> None:
    buyer, _, trade = await released(world)
    ana = talking(buyer)
    await ana.open("rate", str(trade))
    await ana.say("5")
    assert "It may have 500" in sent(await ana.say("x" * 501))
    assert "type some words" in sent(await ana.send_photo())
    assert "looks like a command" in sent(await ana.say("/nothing"))
    await ana.say("&" * 500)
    assert "Thank you" in sent(await ana.press("Confirm"))


async def test_a_stranger_sees_no_trade_to_rate(world: World, talking: Talking) -> None:
    _, _, trade = await released(world)
    stranger = await world.person()
    assert "no such trade of yours" in sent(await talking(stranger).open("rate", str(trade)))
    with pytest.raises(Invalid):
        await talking(stranger).open("rate", "one")


async def test_the_time_to_rate_ends(world: World, talking: Talking, clock: MovedClock) -> None:
    buyer, seller, trade = await released(world)
    clock.advance(timedelta(days=90) - timedelta(seconds=1))
    assert "How was trade" in sent(await talking(buyer).open("rate", str(trade)))
    clock.advance(timedelta(seconds=1))
    late = await talking(seller).open("rate", str(trade))
    assert "for 90 days" in sent(late)
    assert "trade" in leads_to(late)


def test_every_refusal_has_a_sentence_and_a_way_out() -> None:
    for reason in screens.SENTENCES:
        screen = screens.not_rated(EN, reason, 2**62)
        assert "could not be saved" not in sent(screen)
        assert "menu" in leads_to(screen)


async def test_ratings_are_read_page_by_page_each_once(world: World, database: Database, talking: Talking) -> None:
    await world.without_levels()
    buyer, seller = await world.person(5000), await world.person()
    for n in range(12):
        trade = await world.delivered(buyer, seller, "10")
        await world.done(ReleaseTrade(buyer, trade.id))
        await world.done(RateTrade(buyer, trade.id, 1 + n % 5, f"No. {n}" if n % 2 else ""))
    known = await profile(database, buyer, seller)
    assert known is not None
    seen, before = [], 0
    while True:
        page = await database.read(RatingList, buyer, known.slug, before)
        assert page is not None
        seen += [(each.stars, each.comment) for each in page.ratings]
        if page.next is None:
            break
        before = page.next
    assert seen == [(1 + n % 5, f"No. {n}" if n % 2 else None) for n in reversed(range(12))]
    ana = talking(buyer)
    await ana.open("ratings", known.slug)
    await ana.press("Older")
    assert "Newest" in " ".join(labels(await ana.press("Older")))
    assert "person" in leads_to(ana.screen)


def test_whatever_people_are_called_and_write_fits_into_a_message() -> None:
    page = TradeToRate(2**62, "T-7K3Q9X", "&" * 1000, NASTY, None, 5, "&" * 500)
    for screen in (
        screens.stars(EN, page),
        screens.rated_before(EN, page),
        screens.comment(EN, 5),
        screens.review(EN, page, 5, "&" * 500),
        screens.done(EN, Rated(2**62, "T-7K3Q9X", 5, NASTY)),
    ):
        assert leads_to(screen) & {"menu", "trade"}
        sent(screen)


def test_what_was_said_stands_between_its_lines_without_empty_ones() -> None:
    """A quote is a block, and sets itself apart."""
    page = TradeToRate(1, "T-7K3Q9X", "A bicycle", "@ben", None, 5, "Thank you")
    shown = (screens.stars(EN, page), screens.rated_before(EN, page), screens.review(EN, page, 5, "Thank you"))
    told = NOTICES["rated"].draw(EN, News(1, "T-7K3Q9X", "@ana", 5, "Thank you", may_rate=False))
    for screen in (*shown, told):
        assert "<blockquote>" in screen.text
        assert "\n\n<blockquote>" not in screen.text
        assert "</blockquote>\n\n" not in screen.text


async def test_of_two_ratings_at_once_one_counts(world: World) -> None:
    buyer, seller, trade = await released(world)
    answers: list[Rated | Refused] = []

    async def rate(stars: int) -> None:
        answers.append(await world.do(RateTrade(buyer, trade, stars, "")))

    async with trio.open_nursery() as nursery:
        for stars in (1, 2, 3, 4, 5):
            nursery.start_soon(rate, stars)
    [given] = [each for each in answers if isinstance(each, Rated)]
    assert {each.reason for each in answers if isinstance(each, Refused)} == {"rated_already"}
    known = await profile(world.database, buyer, seller)
    assert known is not None
    assert (known.standing.ratings, known.standing.stars) == (1, Decimal(given.stars))
