"""Disputes, opened by one side and answered by the other; on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Attachment
from lockbay.actors.update import Sent
from lockbay.areas.disputes.records import DisputeCase
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.disputing import STORY
from tests.areas.people import ANA, BEN, CLEO
from tests.areas.quarrel import PLAN, disputed, done, told
from tests.areas.quarrel import trade_id as trade_id
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)
NASTY = '<b>Pay & "go"</b> to <a href="tg://x">me</a>'


async def test_a_buyer_disputes_with_what_shows_it_and_the_other_side_and_the_staff_hear_of_it(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ana = talking(ANA)
    assert "⚖️ Dispute" in labels(await ana.open("trade", trade_id))
    await ana.press("Dispute")
    assert "decide who gets the 105 USDT that is held" in sent(ana.screen)
    assert "Did you write to @ben first?" in sent(ana.screen)
    assert "It is delivered, and the money is not released" not in labels(ana.screen)
    await ana.press("It is not as described")
    assert "9 characters" in sent(await ana.say("too short"))
    early = sent(await ana.reply(Sent("photo", "a-photo", "An <empty> box, in a caption that would do")))
    assert "That was not kept: first tell in words what happened. Photos and files come right after that." in early
    await ana.say(NASTY)
    assert "Only photos and files show something here, so that was not kept." in sent(await ana.say("what?"))
    await ana.reply(Sent("photo", "a-photo", "An <empty> box"))
    assert "1 is kept" in sent(ana.screen)
    assert "Only photos and files" in sent(await ana.reply(Sent("other", "", "a voice")))
    await ana.reply(Sent("document", "a-file"))
    await ana.press("Done")
    assert NASTY in sent(ana.screen)
    assert "Photos and files: 2" in sent(ana.screen)
    assert (await talking(BEN).open("trade", trade_id)).text.count("disputed") == 0
    await ana.press("Confirm")
    assert sent(ana.screen).startswith("⚖️ Trade T-")
    assert {"trade_chat", "trade", "menu"} == leads_to(ana.screen)
    assert ana.is_over

    [to_ben] = await told(database, BEN, "dispute_opened")
    assert "@ana disputes trade T-" in sent(to_ben)
    assert NASTY in sent(to_ben)
    assert {"trade_chat", "trade", "menu"} == leads_to(to_ben)
    [to_cleo] = await told(database, CLEO, "dispute_to_decide")
    assert "@ana says: it is not as described" in sent(to_cleo)
    assert "Held: 105 USDT" in sent(to_cleo)
    ben = talking(BEN)
    ben.screens.append(to_ben)
    await ben.press("Open the trade")
    assert "⚖️ Trade T-" in sent(ben.screen)
    assert "Dispute opened by the buyer, 22 Nov, 12:00 UTC: it is not as described" in sent(ben.screen)
    assert {"↩️ Refund the buyer", "🤝 Cancel together"} <= set(labels(ben.screen))
    assert not {"⚖️ Dispute", "🔓 Release the money"} & set(labels(ben.screen))
    assert "🔓 Release the money" in labels(await talking(ANA).open("trade", trade_id))
    await ben.press("Chat")
    for said in (NASTY, "📷 Photo 2: An <empty> box", "📎 File 3", "and LockBay read it at once"):
        assert said in sent(ben.screen)
    await ben.press("Photo 2")
    assert ben.screen.attachment == Attachment("photo", "a-photo")


async def test_who_reads_the_chat_from_the_notice_has_read_what_it_began_with(
    database: Database, talking: Talking, trade_id: str
) -> None:
    """Who answered was told of two messages that they had not seen, which were on the screen."""
    await disputed(talking(ANA), trade_id, files=1)
    ben = talking(BEN)
    ben.screens.extend(await told(database, BEN, "dispute_opened"))
    assert sent(await ben.press("Chat")).count("🆕") == 2
    assert "came before" not in sent(await ben.say("I sent it on Monday."))


async def test_a_seller_has_reasons_of_their_own(database: Database, talking: Talking, trade_id: str) -> None:
    ben = talking(BEN)
    await ben.open("open_dispute", trade_id)
    assert not [label for label in labels(ben.screen) if "nothing was delivered" in label.casefold()]
    assert "press one of the buttons" in sent(await ben.reply(Pressed("not_delivered")))
    await disputed(ben, trade_id, reason="the money is not released")
    [to_ana] = await told(database, ANA, "dispute_opened")
    assert "@ben disputes trade" in sent(to_ana)


async def test_ten_files_are_the_most_and_need_no_done(talking: Talking, trade_id: str) -> None:
    ana = talking(ANA)
    await disputed(ana, trade_id, files=10)
    assert "is disputed" in sent(ana.screen)
    await ana.press("Chat")
    assert sum("Photo" in label for label in labels(ana.screen)) == 10
    assert STORY in sent(ana.screen)


async def test_a_trade_that_moved_meanwhile_is_not_disputed(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ana = talking(ANA)
    await ana.open("open_dispute", trade_id)
    await ana.press("something else")
    await ana.say(STORY)
    await ana.press("Done")
    await done(database, ReleaseTrade(ANA, int(trade_id)))
    await ana.reply(Pressed("confirm"))
    assert "was opened now" in sent(ana.screen)
    assert "Nothing was done" in sent(ana.screen)
    assert "Nothing was done" in sent(await ana.open("open_dispute", trade_id))


async def test_only_the_sides_can_dispute_and_forged_numbers_lead_nowhere(talking: Talking, trade_id: str) -> None:
    cleo = talking(CLEO)
    assert "no such trade of yours" in sent(await cleo.open("open_dispute", trade_id))
    assert "no such trade of yours" in sent(await talking(ANA).open("open_dispute", "999999"))
    with pytest.raises(Invalid):
        await talking(ANA).open("open_dispute", "x")
    for args in ((trade_id, "steal"), ("x", "refund")):
        with pytest.raises(Invalid):
            await cleo.open("resolve_dispute", *args)


async def test_the_trade_says_when_time_was_short_and_who_waits_is_told(
    database: Database, talking: Talking, trade_id: str, clock: MovedClock
) -> None:
    clock.advance(timedelta(hours=48))
    ana = talking(ANA)
    assert "⚖️ Dispute" not in labels(await ana.open("trade", trade_id))
    assert "The time to dispute this trade is over" in sent(await ana.open("open_dispute", trade_id))


async def test_the_buyer_can_still_release_and_the_seller_refund(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("dispute", trade_id)
    await cleo.press("Take it")
    ana = talking(ANA)
    await ana.open("trade", trade_id)
    await ana.press("Release")
    await ana.press("Confirm")
    assert "completed" in sent(ana.screen)
    [heard] = await told(database, CLEO, "dispute_conceded")
    assert "The sides have settled it themselves.\nThe money was released to the seller." in sent(heard)
    await cleo.open("dispute", trade_id)
    assert "Settled by the sides themselves, @ana" in sent(cleo.screen)
    page = await database.read(DisputeCase, CLEO, int(trade_id))
    assert page is not None
    assert page.seller_gets == Decimal(100)
