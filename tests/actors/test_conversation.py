"""Conversations: what they may do, and what they remember."""

from __future__ import annotations

import pytest
import trio

from lockbay.actors.conversation import Chat
from lockbay.actors.journal import LONGEST
from lockbay.actors.parse import Pressed, Said, heard, pressed, text
from lockbay.actors.screen import Origin
from lockbay.actors.update import Sent
from lockbay.errors import Diverged, Invalid
from lockbay.postgres.queries import Refused
from tests.actors.bench import Bench, Spend, begin, coins_up_to, say, spend


async def test_a_flow_shows_its_question_and_waits() -> None:
    bench, conversation = Bench(), begin(spend)
    await conversation.begin(bench)
    assert bench.texts == ["How many?"]
    assert bench.shown[0][1] == Origin(100, 0) == conversation.origin


async def test_a_refused_answer_asks_again_and_leaves_no_entry() -> None:
    bench, conversation = Bench(), begin(spend)
    await conversation.begin(bench)
    await conversation.answer(bench, Said("eleven"))
    assert bench.texts[-1] == "⚠️ At most 10.\n\nHow many?"
    assert conversation.journal.entries == ()
    assert bench.shown[-1][1] == Origin(100, 0), "the old buttons still fit"


async def test_of_several_answers_that_are_refused_only_the_last_reason_is_said() -> None:
    async def strict(chat: Chat) -> None:
        await chat.ask("coins", say("How many?").with_problem("It was full."), parse=coins_up_to(10))

    bench, conversation = Bench(), begin(strict)
    await conversation.begin(bench)
    await conversation.answer(bench, Said("eleven"))
    assert bench.texts == ["⚠️ It was full.\n\nHow many?", "⚠️ At most 10.\n\nHow many?"]


async def test_an_operation_is_done_under_a_key_of_conversation_step_and_occurrence() -> None:
    bench, conversation = Bench(), begin(spend)
    await conversation.begin(bench)
    await conversation.answer(bench, Said("3"))
    await conversation.answer(bench, Pressed("yes"))
    assert bench.done == [(Spend(3), "7.100.spend.1")]
    assert bench.texts[-2:] == ["Done: spent by 7.100.spend.1", "Again?"]


async def test_a_flow_that_ends_leaves_nothing_pending() -> None:
    bench, conversation = Bench(), begin(spend)
    await conversation.begin(bench)
    await conversation.answer(bench, Said("3"))
    await conversation.answer(bench, Pressed("no"))
    assert conversation.pending is None
    assert not bench.done


async def test_closing_answers_no_request_of_a_finally_block() -> None:
    async def clings(chat: Chat) -> None:
        try:
            await chat.ask("x", say("x"), parse=pressed(chat.words))
        finally:
            await chat.do("spend", Spend(1))

    bench, conversation = Bench(), begin(clings)
    await conversation.begin(bench)
    with pytest.raises(Diverged, match="finally"):
        conversation.close()
    assert bench.done == []


async def test_awaiting_anything_else_is_an_error_that_names_it() -> None:
    async def sleeps(chat: Chat) -> None:
        await trio.sleep(1)

    with pytest.raises(TypeError, match="only ask, read, do and show"):
        await begin(sleeps).begin(Bench())


async def test_a_journal_is_bounded() -> None:
    async def endless(chat: Chat) -> None:
        while True:
            await chat.ask("more", say("More?"), parse=text(chat.words, most=10))

    bench, conversation = Bench(), begin(endless)
    await conversation.begin(bench)
    for _ in range(LONGEST):
        await conversation.answer(bench, Said("more"))
    with pytest.raises(Invalid, match="too long"):
        await conversation.answer(bench, Said("more"))


async def test_the_same_step_twice_is_two_occurrences() -> None:
    async def twice(chat: Chat) -> None:
        for _ in range(2):
            assert not isinstance(await chat.do("spend", Spend(1)), Refused)

    bench = Bench()
    await begin(twice).begin(bench)
    assert [key for _, key in bench.done] == ["7.100.spend.1", "7.100.spend.2"]


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200e \u200f", "\ufeff\u2060", "\u2800", "\u3164", "\u202b\u202c", "  \n"]
)
def test_a_text_in_which_nothing_can_be_seen_says_nothing(unseen: str) -> None:
    """It was the description of a trade, and what somebody wrote to the other side."""
    assert heard(unseen) == heard(unseen * 2_000) == Sent("other")
    assert heard(f"{unseen}25 USDT{unseen}") == Said("25 USDT")
    assert heard(f"{unseen}👨\u200d👩 \u200f سلام") == Said("👨\u200d👩 \u200f سلام")
