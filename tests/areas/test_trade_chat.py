"""The chat of a trade, written to: what is passed on, and what is not; on the real database, killed and replayed at
every answer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.screen import Attachment
from lockbay.actors.turn import Turn
from lockbay.actors.update import Sent
from lockbay.areas.messages import IN_A_ROW
from lockbay.areas.trades.records import CancelTrade
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.chatting import chat_of, say, told
from tests.areas.chatting import trade_id as trade_id
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import PLAN, market
from tests.clock import MovedClock
from tests.talk import Talking, Warm, talks

talking = talks(PLAN)
NASTY = '<b>Pay & "go"</b>\nto <a href="tg://x">me</a>'


async def test_what_one_side_writes_the_other_is_told_and_can_answer(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trade", trade_id)
    await ana.press("Chat")
    assert "chat with @ben" in sent(ana.screen)
    await ana.say("Is it red?")
    assert sent(ana.screen).startswith("✅ Sent to @ben · trade T-")

    [notice] = await told(database, BEN)
    assert sent(notice).splitlines()[0].startswith("💬 Message in trade T-")
    assert "@ana, the buyer, writes:\nIs it red?" in sent(notice)
    ben.screens.append(notice)
    await ben.press("Reply")
    assert "🆕 @ana, buyer · 22 Nov, 12:00 UTC\nIs it red?" in sent(ben.screen)
    await ben.say("It is.")

    [answer] = await told(database, ANA)
    assert "@ben, the seller, writes:\nIt is." in sent(answer)
    await ana.say("Good")
    assert "1 message came before it" in sent(ana.screen)
    await ana.press("Show the chat")
    assert "You · 22 Nov, 12:00 UTC\nIs it red?" in sent(ana.screen)
    assert "@ben, seller · 22 Nov, 12:00 UTC\nIt is." in sent(ana.screen)
    assert "🆕" not in sent(ana.screen)
    await ana.press("Back to the trade")
    assert "T-" in sent(ana.screen)
    assert ana.is_over


async def test_messages_are_sent_one_after_the_other_each_once(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ana = talking(ANA)
    await ana.open("trade_chat", trade_id)
    for text in ("one", "two", "two", "three"):
        await ana.say(text)
        assert not ana.is_over
    assert [each.text for each in (await chat_of(database, BEN, trade_id)).messages] == ["one", "two", "two", "three"]
    assert [sent(notice).splitlines()[-1] for notice in await told(database, BEN)] == ["one", "two", "two", "three"]


async def test_a_message_whose_turn_was_lost_after_its_commit_is_not_sent_again(
    database: Database, clock: MovedClock, trade_id: str
) -> None:
    loaded = await database.run(LoadPerson(ANA))
    assert loaded is not None
    chat = Chat(Person(ANA, loaded.first_name, loaded.username, onboarded=True), clock.now())
    turn = partial(Turn, ANA, database, {}, Context(), clock.now())
    flow, journal = PLAN.flows["trade_chat"], Journal(9_000_000, "trade_chat", (trade_id,))
    first = Conversation(flow, chat, journal)
    await first.begin(turn())
    before = first.journal
    shown = turn()
    await first.answer(shown, Said("hello"))
    again = Conversation(flow, chat, before)
    await again.resume(turn())
    repeated = turn()
    await again.answer(repeated, Said("hello"))
    assert shown.shown[-1][0] == repeated.shown[-1][0]
    assert len((await chat_of(database, ANA, trade_id)).messages) == 1
    assert len(await told(database, BEN)) == 1


@pytest.mark.parametrize(
    ("kind", "said", "name"), [("photo", "a photo", "📷 Photo 1"), ("document", "a file", "📎 File 1")]
)
async def test_files_are_passed_on_under_their_caption_and_can_be_seen_again(
    database: Database, talking: Talking, trade_id: str, kind: str, said: str, name: str
) -> None:
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trade_chat", trade_id)
    await ana.reply(Sent("photo" if kind == "photo" else "document", "AgACAgQ-_id", " The <lock> "))
    assert "Sent to" in sent(ana.screen)
    await ana.say("see above")  # killed and replayed with the file in its journal
    notice, _ = await told(database, BEN)
    assert notice.attachment == Attachment("photo" if kind == "photo" else "document", "AgACAgQ-_id")
    assert f"@ana, the buyer, sent {said}\nThe <lock>" in sent(notice)
    await ben.open("trade_chat", trade_id)
    assert f"{name}: The <lock>" in sent(ben.screen)
    await ben.press(name)
    assert ben.screen.attachment == notice.attachment
    assert "The <lock>" in sent(ben.screen)
    await ben.press("Back to the chat")
    assert name in labels(ben.screen)


async def test_what_is_no_message_is_not_sent_and_asks_again(
    database: Database, talking: Talking, trade_id: str
) -> None:
    ana = talking(ANA)
    await ana.open("trade_chat", trade_id)
    assert "only, so that was not sent" in sent(await ana.reply(Sent("other", "", "a voice")))
    assert "1,001 characters" in sent(await ana.say("x" * 1001)).replace("1001", "1,001")
    assert "was not sent" in sent(await ana.reply(Sent("photo", "id", "x" * 1001)))
    assert "looks like a command" in sent(await ana.say("/menü"))
    assert (await chat_of(database, BEN, trade_id)).messages == ()
    await ana.say("😀" * 1000)
    assert sent((await told(database, BEN))[0]).endswith("😀" * 1000)


async def test_what_is_not_sent_does_not_stand_above_that_it_was_sent(talking: Talking, trade_id: str) -> None:
    """The message before it was."""
    ana = talking(ANA)
    await ana.open("trade_chat", trade_id)
    assert "✅ Sent to @ben" in sent(await ana.say("Hello"))
    for _ in range(2):
        refused = sent(await ana.reply(Sent("other", "", "a voice")))
        assert refused.startswith("⚠️ I pass on texts, photos and files only, so that was not sent.")
        assert "✅" not in refused
        assert "chat with @ben" in refused
        assert refused.endswith("Write on, or go back.")


async def test_free_text_and_names_cannot_break_out(database: Database, talking: Talking, trade_id: str) -> None:
    ana = talking(ANA)
    await ana.open("trade_chat", trade_id)
    await ana.say(NASTY)
    [notice] = await told(database, BEN)
    assert sent(notice).endswith(NASTY)
    assert NASTY in sent(await talking(BEN).open("trade_chat", trade_id))


async def test_only_the_two_sides_can_look_and_write(database: Database, talking: Talking, trade_id: str) -> None:
    await onboarded(database, CLEO, "Cleo", "cleo")
    await say(database, ANA, trade_id, "secret")
    for flow, *args in (
        ("trade_chat", trade_id),
        ("trade_chat", trade_id, "0", "1"),
        ("trade_chat_file", trade_id, "1"),
    ):
        cleo = talking(CLEO)
        assert "There is no such trade of yours" in sent(await cleo.open(flow, *args))
        assert cleo.is_over


async def test_there_is_no_chat_before_there_is_a_seller(database: Database, talking: Talking) -> None:
    await market(database)
    trade = await offered(database, ANA)
    ana = talking(ANA)
    await ana.open("trade", str(trade.id))
    assert "trade_chat" not in leads_to(ana.screen)
    await ana.open("trade_chat", str(trade.id))
    assert "the seller has not joined" in sent(ana.screen)
    await ana.say("anybody?")
    assert "⚠️ There is nobody to write to yet" in sent(ana.screen)


async def test_thirty_days_after_the_end_it_can_only_be_read(
    database: Database, talking: Talking, clock: MovedClock, trade_id: str
) -> None:
    await say(database, ANA, trade_id, "keep this")
    await database.perform(CancelTrade(ANA, int(trade_id)), fresh_key())
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    ben = talking(BEN)
    await ben.open("trade_chat", trade_id)
    await ben.say("just in time")
    assert "Sent to" in sent(ben.screen)
    clock.advance(timedelta(seconds=1))
    await ben.say("too late")
    assert "This chat is closed" in sent(ben.screen)
    await ben.press("Show the chat")
    assert "🔒 This chat is closed" in sent(ben.screen)
    assert "keep this" in sent(ben.screen)
    assert [each.text for each in (await chat_of(database, ANA, trade_id)).messages] == ["keep this", "just in time"]


async def test_too_many_messages_a_minute_are_refused_in_words_and_later_not(
    database: Database, talking: Talking, clock: MovedClock, trade_id: str
) -> None:
    await say(database, ANA, trade_id, *["x"] * 20)
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trade_chat", trade_id)
    await ana.say("one too many")
    assert "20 messages a minute are the most" in sent(ana.screen)
    await ben.open("trade_chat", trade_id)
    assert "Sent to" in sent(await ben.say("calm down"))
    clock.advance(timedelta(minutes=1))
    assert "Sent to" in sent(await ana.say("again"))


async def test_a_conversation_that_became_long_goes_on_in_another(
    database: Database, clock: MovedClock, trade_id: str
) -> None:
    ana = Warm(PLAN, database, clock, ANA)
    await ana.open("trade_chat", trade_id)
    for number in range(IN_A_ROW):
        clock.advance(timedelta(seconds=10))
        await ana.say(f"message {number}")
    assert "You have written a lot" in sent(ana.screen)
    await ana.come_back()
    await ana.say("not lost in silence")
    assert "That was not sent. Press the button first" in sent(ana.screen)
    await ana.press("Write on")
    await ana.say("and on")
    page = await chat_of(database, BEN, trade_id)
    assert (page.newest, page.messages[-1].text) == (IN_A_ROW + 1, "and on")


@pytest.mark.parametrize("args", [("x",), ("1", "-1"), ("1", "0", "1e3"), ("9" * 30,)])
async def test_a_forged_button_is_called_inactive(talking: Talking, trade_id: str, args: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="no longer active"):
        await talking(BEN).open("trade_chat", *args)


@pytest.mark.parametrize("n", ["0", "1", "2", str(2**63 - 1)])
async def test_a_button_to_a_file_that_is_none_is_called_inactive(
    database: Database, talking: Talking, trade_id: str, n: str
) -> None:
    await say(database, ANA, trade_id, "a text")
    with pytest.raises(Invalid, match="no longer active"):
        await talking(BEN).open("trade_chat_file", trade_id, n)
