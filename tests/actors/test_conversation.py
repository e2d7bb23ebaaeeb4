"""Conversations: what they may do, what they remember, and what becomes of them when they are killed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
import trio
from attrs import frozen

import lockbay
from lockbay.actors.conversation import Chat, Conversation, Flow
from lockbay.actors.journal import LONGEST, Entry, Journal, to_plain, to_reply
from lockbay.actors.parse import Late, Parse, Pressed, Reply, Said, heard, pressed, text
from lockbay.actors.person import Person
from lockbay.actors.screen import Origin, Screen
from lockbay.actors.update import Sent
from lockbay.actors.words import words
from lockbay.errors import Diverged, Invalid, TimedOut
from lockbay.postgres.queries import Operation, Refused, View

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
EN = words("en", "UTC")


@frozen
class Purse(View):
    file: ClassVar[str] = "purse"
    coins: int


@frozen
class Spend(Operation[str]):
    file: ClassVar[str] = "spend"
    coins: int


class Bench:
    """Carries requests out and writes down what came: an actor without a database."""

    def __init__(self) -> None:
        self.shown: list[tuple[Screen, Origin | None]] = []
        self.done: list[tuple[object, str]] = []
        self.reads = 0

    @property
    def texts(self) -> list[str]:
        return [str(screen.text) for screen, _ in self.shown]

    async def read(self, view: type[View], keys: tuple[object, ...]) -> View | None:
        self.reads += 1
        return Purse(10)

    async def perform(self, operation: object, key: str) -> object:
        self.done.append((operation, key))
        return f"spent by {key}"

    async def show(self, screen: Screen, origin: Origin | None) -> None:
        self.shown.append((screen, origin))


def say(sentence: str) -> Screen:
    return Screen(EN("{s}", s=sentence))


def begin(flow: Flow, journal: Journal | None = None) -> Conversation:
    return Conversation(flow, Chat(Person(7, "Ada"), NOON), journal or Journal(100, "spend"))


async def spend(chat: Chat) -> None:
    purse = await chat.read(Purse)
    coins = await chat.ask("coins", say("How many?"), parse=coins_up_to(purse.coins))
    sure = await chat.ask("sure", say(f"Spend {coins}?"), parse=pressed(chat.words))
    if sure == "yes":
        receipt = await chat.do("spend", Spend(coins))
        await chat.show(say(f"Done: {receipt}"))
        await chat.ask("again", say("Again?"), parse=pressed(chat.words))


def coins_up_to(most: int) -> Parse[int]:
    def parse(reply: Reply) -> int:
        if isinstance(reply, Said) and reply.text.isdigit() and int(reply.text) <= most:
            return int(reply.text)
        raise Invalid(f"At most {most}.")

    return parse


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


async def test_the_same_step_twice_is_two_occurrences() -> None:
    async def twice(chat: Chat) -> None:
        for _ in range(2):
            assert not isinstance(await chat.do("spend", Spend(1)), Refused)

    bench = Bench()
    await begin(twice).begin(bench)
    assert [key for _, key in bench.done] == ["7.100.spend.1", "7.100.spend.2"]


@pytest.mark.parametrize("reply", [Pressed("a:b"), Said("٣ <b>"), Sent("photo", "f", "c"), Late()])
def test_replies_survive_as_plain_data(reply: Reply) -> None:
    assert to_reply(to_plain(reply)) == reply


def test_an_unknown_reply_is_not_guessed() -> None:
    with pytest.raises(Diverged):
        to_reply(("shouted", "x"))


FORBIDDEN = {
    "time",
    "random",
    "uuid",
    "secrets",
    "os",
    "io",
    "trio",
    "httpx",
    "asyncpg",
    "socket",
    "datetime",
    "pathlib",
    "threading",
}
FORBIDDEN_CALLS = {"open", "input", "print", "eval", "exec"}
CONVERSATIONS = sorted((Path(lockbay.__file__).parent / "areas").glob("*/conversations.py"))


def offences(tree: ast.AST) -> Iterator[str]:
    """Clock, randomness, I/O, awaits in a finally block: what would make a replay another conversation."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name.split(".")[0] in FORBIDDEN)
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in FORBIDDEN:
                yield from (
                    f"{module}.{alias.name}" for alias in names if alias.name not in ("datetime", "timedelta", "UTC")
                )
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                yield name
            case ast.Attribute(attr="now" | "utcnow" | "today", value=ast.Name(id="datetime" | "date")):
                yield "datetime.now"
            case ast.Try(finalbody=final):
                yield from (
                    "await in finally" for step in final for part in ast.walk(step) if isinstance(part, ast.Await)
                )


def test_there_are_conversations_to_check() -> None:
    assert CONVERSATIONS


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.parent.name)
def test_a_conversation_has_no_clock_no_chance_and_no_io(path: Path) -> None:
    assert list(offences(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import random",
        "from time import sleep",
        "datetime.now()",
        "open('x')",
        "async def f():\n try: pass\n finally: await g()",
    ],
)
def test_the_check_finds_what_it_looks_for(code: str) -> None:
    assert list(offences(ast.parse(code)))


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200e \u200f", "\ufeff\u2060", "\u2800", "\u3164", "\u202b\u202c", "  \n"]
)
def test_a_text_in_which_nothing_can_be_seen_says_nothing(unseen: str) -> None:
    """It was the description of a trade, and what somebody wrote to the other side."""
    assert heard(unseen) == heard(unseen * 2_000) == Sent("other")
    assert heard(f"{unseen}25 USDT{unseen}") == Said("25 USDT")
    assert heard(f"{unseen}👨\u200d👩 \u200f سلام") == Said("👨\u200d👩 \u200f سلام")
