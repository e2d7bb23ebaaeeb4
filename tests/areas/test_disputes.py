"""Disputes on the real database, killed and replayed at every answer: opened by one, talked about by three, decided."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Attachment, Screen
from lockbay.actors.update import Sent
from lockbay.actors.words import words
from lockbay.areas import admin, disputes, menu, trades
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputes.records import DisputeCase
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.records import AcceptTrade, DeliverTrade, PayTrade, ReleaseTrade, TradeState
from lockbay.audit import audit
from lockbay.errors import Invalid
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation
from tests.areas.disputing import STORY
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import BOT, market
from tests.clock import MovedClock
from tests.talk import Talk, Talking, talks

EN = words("en", "UTC")
HOME = menu.FLOWS["menu"]
PLAN = Plan(
    together(trades.flows(BOT), menu.FLOWS, disputes.flows(HOME), admin.flows(HOME)), trades.COMMANDS, "menu", gate
)
talking = talks(PLAN)
NOTICES = {**disputes.NOTICES, **trades.CHAT_NOTICES}
OLU = 10_000_000_004
NASTY = '<b>Pay & "go"</b> to <a href="tg://x">me</a>'


@pytest.fixture
async def trade_id(database: Database) -> str:
    """What Ana bought from Ben is delivered; Cleo runs LockBay."""
    await market(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    trade = await offered(database, ANA, "username", "@ben")
    await done(database, PayTrade(ANA, trade.id, trade.buyer_pays))
    await done(database, AcceptTrade(BEN, trade.id))
    await done(database, DeliverTrade(BEN, trade.id))
    return str(trade.id)


async def done(database: Database, operation: Operation[TradeState]) -> None:
    assert isinstance(await database.perform(operation, fresh_key()), TradeState)


async def told(database: Database, user_id: int, kind: str) -> list[Screen]:
    found = await database.pool.fetch(
        "told",
        "SELECT data::text FROM outbox WHERE user_id = $1 AND kind = $2 ORDER BY id",
        (user_id, kind),
        reads=True,
    )
    notice = NOTICES[kind]
    return [notice.draw(EN, rows.structurer(notice.record)(orjson.loads(str(row["data"])))) for row in found]


async def disputed(talk: Talk, trade_id: str, *, reason: str = "as described", files: int = 0) -> Screen:
    await talk.open("trade", trade_id)
    await talk.press("Dispute")
    await talk.press(reason)
    await talk.say(STORY)
    for number in range(files):
        await talk.reply(Sent("photo", f"file-{number}", f"number {number}"))
    if files < 10:
        await talk.press("Done")
    return await talk.press("Confirm")


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


async def test_the_staff_finds_it_takes_it_and_reads_both_histories(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("admin")
    await cleo.press("Disputes (1)")
    for said in (
        "wait for a decision: 1",
        "105 USDT",
        "The buyer: it is not as described",
        "@ana ↔ @ben",
        "nobody has it",
    ):
        assert said in sent(cleo.screen)
    await cleo.press("T-")
    for said in (STORY, "Held: 105 USDT", "A release pays the seller: 100 USDT",
                 "Marked as delivered: 22 Nov, 12:00 UTC", "Buyer: @ana (10000000001)", "Seller: @ben",
                 "No ratings yet", "Disputed trades: 1",
                 "Nobody has it yet"):  # fmt: skip
        assert said in sent(cleo.screen)
    await cleo.press("Take it")
    assert "It is yours" in sent(cleo.screen)
    assert "Take it" not in "".join(labels(cleo.screen))
    await cleo.press("Chat (1 new)")
    assert "chat of buyer, seller and LockBay" in sent(cleo.screen)
    await cleo.say("Ben, what do you say?")
    assert "Sent to both sides" in sent(cleo.screen)
    for person in (ANA, BEN):
        [heard] = await told(database, person, "dispute_message")
        assert "LockBay writes:\nBen, what do you say?" in sent(heard)
        assert "cleo" not in sent(heard).casefold()
    ben = talking(BEN)
    ben.screens.append(heard)
    await ben.press("Reply")
    assert "🆕 LockBay · 22 Nov, 12:00 UTC" in sent(ben.screen)
    await ben.say("It was not empty.")
    assert "Sent to @ana and LockBay" in sent(ben.screen)
    [heard] = await told(database, CLEO, "dispute_said")
    assert "@ben, the seller, writes:\nIt was not empty." in sent(heard)
    cleo.screens.append(heard)
    await cleo.press("Open the dispute")
    assert "💬 Chat (1 new)" in labels(cleo.screen)


@pytest.mark.parametrize(
    ("button", "percent", "title", "sums", "ending"),
    [
        ("Refund the buyer", None, "Refund T-", ("105 USDT", "0 USDT", "0 USDT"), "the buyer has everything back"),
        ("Release to the seller", None, "Release T-", ("0 USDT", "100 USDT", "5 USDT"), "the seller has the money"),
        ("Split", "33 %", "33% to the seller?", ("70.35 USDT", "33 USDT", "1.65 USDT"), "the seller has 33%"),
        ("Split", "75%", "75% to the seller?", ("26.25 USDT", "75 USDT", "3.75 USDT"), "the seller has 75%"),
    ],
)
async def test_a_decision_is_shown_in_exact_sums_before_it_is_made(
    database: Database, talking: Talking, trade_id: str, button: str, percent: str | None, title: str,
    sums: tuple[str, str, str], ending: str,
) -> None:  # fmt: skip
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("dispute", trade_id)
    await cleo.press(button)
    if percent is not None:
        assert "50%: buyer 52.5 USDT, seller 50 USDT, fee 2.5 USDT" in sent(cleo.screen)
        for wrong in ("0", "100", "1.5", "many"):
            assert "whole number from 1 to 99" in sent(await cleo.say(wrong))
        await (cleo.press(percent) if percent.startswith("75") else cleo.say(percent))
    shown = (
        f"The buyer gets back (@ana): {sums[0]}", f"The seller gets (@ben): {sums[1]}", f"Our fee: {sums[2]}"
    )  # fmt: skip
    assert all(each in sent(cleo.screen) for each in shown)
    await cleo.say("The <photos> show it.")
    assert title in sent(cleo.screen)
    assert all(each in sent(cleo.screen) for each in shown)
    await cleo.press("Confirm")
    assert ending in sent(cleo.screen)
    ended = (f"The buyer got back: {sums[0]}", f"The seller got: {sums[1]}", f"Our fee: {sums[2]}")
    assert all(each in sent(cleo.screen).splitlines() for each in ("Was held: 105 USDT", *ended))
    assert "A release pays" not in sent(cleo.screen)
    assert "The <photos> show it." in sent(cleo.screen)
    assert leads_to(cleo.screen) == {"trade_chat", "disputes", "menu"}
    for person, gets in ((ANA, sums[0]), (BEN, sums[1])):
        [heard] = await told(database, person, "dispute_resolved")
        assert "is resolved" in sent(heard)
        assert ("You get nothing" if gets == "0 USDT" else f"You get {gets}; it is in your wallet now.") in sent(heard)
        assert "The <photos> show it." in sent(heard)
        assert "⭐ Rate" in labels(heard)
        page = sent(await talking(person).open("trade", trade_id))
        assert "dispute resolved" in page
        assert f"The seller got: {sums[1]}" in page
        assert "LockBay decided that. The reason: The <photos> show it." in page
    assert (await audit(database)).passed
    await cleo.open("disputes")
    assert "There is none here" in sent(cleo.screen)
    await cleo.press("Those that have ended")
    assert "🏁" in sent(cleo.screen)


async def test_what_was_decided_by_another_meanwhile_is_shown_and_not_done_again(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await onboarded(database, OLU, "Olu", "olu")
    await database.run(SaveStaff([CLEO, OLU]))
    await disputed(talking(ANA), trade_id)
    one, two = talking(CLEO), talking(OLU)
    for each, button in ((one, "Refund"), (two, "Release")):
        await each.open("dispute", trade_id)
        await each.press(button)
        await each.say("Because")
    await one.press("Confirm")
    await two.press("Confirm")
    assert "It has ended already, so nothing was done" in sent(two.screen)
    assert "Refunded, @cleo" in sent(two.screen)
    await two.open("resolve_dispute", trade_id, "release")
    assert "It has ended already" in sent(two.screen)


async def test_a_forged_confirmation_decides_nothing(database: Database, talking: Talking, trade_id: str) -> None:
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("resolve_dispute", trade_id, "refund")
    await cleo.say("Because")
    for forged in ("100/105", "0/x", "confirm", "0/105/1", "0/", "00000/105"):
        assert "press one of the buttons" in sent(await cleo.reply(Pressed(forged)))
    await cleo.reply(Pressed("0/50"))
    assert "What is held has changed" in sent(cleo.screen)
    page = await database.read(DisputeCase, CLEO, int(trade_id))
    assert page is not None
    assert page.how is None


@pytest.mark.parametrize(
    ("flow", "args"),
    [("disputes", ()), ("dispute", ("1",)), ("take_dispute", ("1", "0")), ("resolve_dispute", ("1", "refund"))],
)
async def test_who_is_not_of_support_gets_the_menu(
    database: Database, talking: Talking, trade_id: str, flow: str, args: tuple[str, ...]
) -> None:
    await disputed(talking(ANA), trade_id)
    own = tuple(trade_id if each == "1" else each for each in args)
    assert sent(await talking(ANA).open(flow, *own)) == sent(await talking(ANA).open("menu"))


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
