"""Conversations that run again from their first line: what is repeated, asked anew, or not guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.conversation import Chat
from lockbay.actors.journal import Entry, Journal, to_plain, to_reply
from lockbay.actors.parse import Late, Pressed, Reply, Said, pressed
from lockbay.actors.screen import Origin
from lockbay.actors.update import Sent
from lockbay.errors import Diverged, Invalid, TimedOut
from tests.actors.bench import NOON, Bench, begin, coins_up_to, say, spend


async def test_replay_shows_nothing_and_repeats_operations_under_their_first_keys() -> None:
    bench, first = Bench(), begin(spend)
    await first.begin(bench)
    await first.answer(bench, Said("3"))
    await first.answer(bench, Pressed("yes"))
    again, second = Bench(), begin(spend, first.journal)
    await second.resume(again)
    assert again.shown == []
    assert again.done == bench.done
    assert second.journal == first.journal
    assert second.pending is not None
    assert second.pending.step == "again"


async def test_an_answer_that_fresh_data_refuses_is_asked_anew() -> None:
    journal = Journal(
        100, "spend", (), (Entry("coins", 1, "ask", ("said", "11")), Entry("sure", 1, "ask", ("pressed", "yes"))), 2
    )
    bench, conversation = Bench(), begin(spend, journal)
    await conversation.resume(bench)
    assert bench.texts == ["⚠️ At most 10.\n\nHow many?"]
    assert bench.done == []
    assert conversation.journal.entries == ()
    assert conversation.origin == Origin(100, 3), "buttons of the forgotten questions do not fit"


async def test_a_renamed_question_is_asked_anew_with_a_word_about_it() -> None:
    journal = Journal(100, "spend", (), (Entry("amount", 1, "ask", ("said", "3")),), 1)
    bench, conversation = Bench(), begin(spend, journal)
    await conversation.resume(bench)
    assert bench.texts == ["⚠️ This changed while you were away, so I ask again.\n\nHow many?"]


async def test_an_operation_that_the_journal_does_not_know_is_not_guessed() -> None:
    entries = (
        Entry("coins", 1, "ask", ("said", "3")),
        Entry("sure", 1, "ask", ("pressed", "yes")),
        Entry("pay", 1, "do"),
    )
    bench, conversation = Bench(), begin(spend, Journal(100, "spend", (), entries, 2))
    with pytest.raises(Diverged, match="would do spend"):
        await conversation.resume(bench)
    assert bench.done == []


async def test_what_comes_before_an_operation_that_was_done_is_not_asked_anew() -> None:
    """It would be done again, by a key that belongs to other content."""
    journal = Journal(
        100,
        "spend",
        entries=(
            Entry("coins", 1, "ask", ("said", "11")),
            Entry("sure", 1, "ask", ("pressed", "yes")),
            Entry("spend", 1, "do"),
        ),
        question=2,
    )
    bench = Bench()
    with pytest.raises(Diverged, match="spend"):
        await begin(spend, journal).resume(bench)
    assert bench.done == []
    assert bench.shown == []


async def test_a_flow_shorter_than_its_journal_has_diverged() -> None:
    entries = (
        Entry("coins", 1, "ask", ("said", "3")),
        Entry("sure", 1, "ask", ("pressed", "no")),
        Entry("x", 1, "ask", ("said", "")),
    )
    bench, conversation = Bench(), begin(spend, Journal(100, "spend", (), entries, 3))
    with pytest.raises(Diverged, match="ended before its journal"):
        await conversation.resume(bench)


async def test_a_deadline_arrives_as_an_answer_and_is_replayed_as_one() -> None:
    async def hurry(chat: Chat) -> None:
        try:
            await chat.ask("quick", say("Quick!"), parse=pressed(chat.words), within=timedelta(minutes=10))
        except TimedOut:
            await chat.ask("slow", say("Too late."), parse=pressed(chat.words))

    bench, conversation = Bench(), begin(hurry)
    await conversation.begin(bench)
    assert conversation.journal.deadline == NOON + timedelta(minutes=10)
    await conversation.answer(bench, Late())
    assert bench.texts == ["Quick!", "Too late."]
    assert conversation.journal.deadline is None
    again, second = Bench(), begin(hurry, conversation.journal)
    await second.resume(again)
    assert second.pending is not None
    assert second.pending.step == "slow"


async def test_what_does_not_fit_now_is_asked_again_and_what_was_taken_is_not() -> None:
    most = [5]

    def fits(coins: int) -> None:
        if coins > most[0]:
            raise Invalid(f"Today at most {most[0]}.")

    async def today(chat: Chat) -> None:
        coins = await chat.ask("coins", say("How many?"), parse=coins_up_to(10), fits=fits)
        await chat.ask("sure", say(f"Spend {coins}?"), parse=pressed(chat.words))

    bench, conversation = Bench(), begin(today)
    await conversation.begin(bench)
    await conversation.answer(bench, Said("6"))
    assert bench.texts[-1] == "⚠️ Today at most 5.\n\nHow many?"
    await conversation.answer(bench, Said("5"))
    assert bench.texts[-1] == "Spend 5?"
    most[0] = 4
    again = begin(today, conversation.journal)
    await again.resume(bench)
    assert bench.texts[-1] == "Spend 5?", "nothing is shown"
    assert again.origin == conversation.origin


@pytest.mark.parametrize("reply", [Pressed("a:b"), Said("٣ <b>"), Sent("photo", "f", "c"), Late()])
def test_replies_survive_as_plain_data(reply: Reply) -> None:
    assert to_reply(to_plain(reply)) == reply


def test_an_unknown_reply_is_not_guessed() -> None:
    with pytest.raises(Diverged):
        to_reply(("shouted", "x"))
