"""Back in a form: the last answer is taken back, and what was answered is offered again."""

from __future__ import annotations

import orjson
from attrs import frozen
from markupsafe import Markup

from lockbay.actors import undo
from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.errand import Inquiry
from lockbay.actors.journal import LONGEST, Entry, Journal
from lockbay.actors.parse import Pressed, Reply, Said, pressed, text
from lockbay.actors.screen import Answer, Link, Row, Screen, encode_answer
from lockbay.actors.update import Command, Press, Typed
from lockbay.actors.words import words
from lockbay.areas.speech import Speak
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.actors.bench import Bench, Purse, Spend, begin, coins_up_to, say
from tests.actors.house import ADA, open_house
from tests.clock import MovedClock

CLOSED = (
    "LockBay changed while you were away, so what you were doing was closed. "
    "What you had confirmed is done; nothing else was."
)
BACK, AGAIN = Pressed(undo.UNDO), Pressed(undo.KEEP)


def step(said: str, *options: str) -> Screen:
    """A question of a form: it has Back."""
    choices = tuple(Answer(option.title(), option) for option in options)
    last: Row = (Answer("Back", undo.UNDO), Link("Cancel", "menu"))
    return Screen(Markup(said), ((choices, last) if choices else (last,)))


async def form(chat: Chat) -> None:
    purse = await chat.read(Purse)
    colour = await chat.ask("colour", step("Which colour?", "red", "blue"), parse=pressed(chat.words))
    coins = await chat.ask("coins", step(f"How many of {colour}?"), parse=coins_up_to(purse.coins))
    name = await chat.ask("name", step("Which name?"), parse=text(chat.words, most=200))
    sure = await chat.ask("sure", step(f"{coins} for {name}?"), parse=pressed(chat.words))
    await chat.do("spend", Spend(coins))
    await chat.ask("more", step(f"{sure}! More?", "yes"), parse=pressed(chat.words))


def buttons(bench: Bench) -> list[str]:
    return [button.label for row in bench.shown[-1][0].rows for button in row]


class Filled(Bench):
    """A form that is filled in, killed and replayed at every answer."""

    flow: Flow = staticmethod(form)
    world: type[Bench] = Bench

    def __init__(self) -> None:
        super().__init__()
        self.conversation = begin(self.flow, Journal(100, self.flow.__name__))

    async def fill(self, *replies: Reply) -> None:
        if self.conversation.pending is None:
            await self.conversation.begin(self)
        for reply in replies:
            row = orjson.loads(orjson.dumps(self.conversation.journal.plain()))
            was, asked = self.conversation.journal, self.conversation.pending
            entries = [Entry(each["step"], each["occurrence"], each["kind"], tuple(each["value"])) for each in row]
            journal = Journal.of(was.conversation, was.flow, was.args, entries, was.question, was.deadline)
            assert journal == was
            self.conversation = begin(self.flow, journal)
            await self.conversation.resume(self.world())
            assert self.conversation.pending is not None
            assert asked is not None
            assert self.conversation.pending.screen == asked.screen
            await self.conversation.answer(self, reply)


async def test_back_asks_the_question_before_and_keeps_what_was_answered() -> None:
    bench = Filled()
    await bench.fill(Pressed("red"), Said("3"), BACK)
    assert bench.texts[-1] == "How many of red?"
    assert buttons(bench) == ["➡️ Keep “3”", "Back", "Cancel"]
    await bench.fill(BACK)
    assert bench.texts[-1] == "Which colour?"
    assert buttons(bench) == ["Red", "Blue", "Cancel"], "its own button is there"
    await bench.fill(Pressed("red"), AGAIN)
    assert bench.texts[-2:] == ["How many of red?", "Which name?"]
    assert buttons(bench) == ["Back", "Cancel"]


async def test_another_answer_keeps_the_later_ones() -> None:
    bench = Filled()
    await bench.fill(Pressed("red"), Said("3"), BACK, BACK, Pressed("blue"))
    assert bench.texts[-1] == "How many of blue?"
    assert buttons(bench) == ["➡️ Keep “3”", "Back", "Cancel"]
    await bench.fill(Said("4"), Said("Ann"))
    assert bench.texts[-1] == "4 for Ann?"


async def test_a_long_answer_is_offered_by_its_beginning_and_kept_whole() -> None:
    long = "a\nb " * 40
    bench = Filled()
    await bench.fill(Pressed("red"), Said("3"), Said(long), BACK)
    assert buttons(bench)[0] == f"➡️ Keep “{'a b ' * 9}a b…”"
    await bench.fill(AGAIN)
    assert bench.texts[-1] == f"3 for {long}?"


async def test_buttons_of_before_do_not_fit_what_is_asked_again() -> None:
    bench = Filled()
    await bench.fill(Pressed("red"))
    old = bench.conversation.origin
    await bench.fill(BACK, Pressed("red"))
    assert bench.conversation.origin.question > old.question


async def test_nothing_is_taken_back_before_what_was_done_or_where_no_button_says_so() -> None:
    bench = Filled()
    await bench.fill()
    assert buttons(bench) == ["Red", "Blue", "Cancel"]
    await bench.fill(Pressed("red"), Said("3"), Said("Ann"), Pressed("sure"))
    assert bench.texts[-1] == "sure! More?"
    assert buttons(bench) == ["Yes", "Cancel"]
    await bench.fill(BACK)
    assert bench.done == [(Spend(3), "7.100.spend.1")], "it was an answer like any other"


async def test_what_is_no_answer_any_more_is_not_offered() -> None:
    journal = Journal(100, "form", (), (Entry("colour", 1, "ask", ("pressed", "red")),), 4, None,
                      (Entry("coins", 1, "kept", ("said", "11")),))  # fmt: skip
    conversation = begin(form, journal)
    await conversation.resume(Bench())
    assert conversation.pending is not None
    assert [button.label for row in conversation.pending.screen.rows for button in row] == ["Back", "Cancel"]


async def test_back_and_forth_does_not_make_a_journal_longer() -> None:
    bench = Filled()
    await bench.fill(Pressed("red"), *[BACK, Pressed("red")] * LONGEST)
    assert len(bench.conversation.journal.plain()) == 1


async def test_who_goes_back_is_asked_what_a_provider_said_anew() -> None:
    @frozen
    class Weather(Inquiry[str]):
        pass

    async def out(chat: Chat) -> None:
        day = await chat.ask("day", step("Which day?"), parse=pressed(chat.words))
        found = await chat.do("weather", Weather())
        await chat.ask("sure", step(f"{day}: {found}"), parse=pressed(chat.words))

    bench, conversation = Bench(), begin(out)
    await conversation.begin(bench)
    await conversation.answer(bench, Pressed("Monday"))
    await conversation.answer(bench, BACK)
    await conversation.answer(bench, Pressed("Tuesday"))
    assert bench.texts[-1].startswith("Tuesday: ")
    assert [entry.step for entry in conversation.journal.entries] == ["day"]


async def shop(chat: Chat) -> None:
    """Closes when somebody has changed their language."""
    if chat.person.language == "fr":
        return await chat.show(say("Closed"))
    name = await chat.ask("name", step("Which name?"), parse=text(chat.words, most=50))
    await chat.ask("sure", step(f"{name}?", "yes"), parse=pressed(chat.words))


async def test_back_is_durable_and_an_old_button_stays_old(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {"shop": shop}) as house:
        await house.tell(Command("shop"))
        await house.tell(Typed("Ann"))
        old = house.replies.sent[-1].origin
        assert old is not None
        await house.tell(Press("c1", encode_answer(old, undo.UNDO), 5))
        await house.restart()
        asked = house.replies.sent[-1].origin
        assert asked is not None
        await house.tell(Press("c2", encode_answer(old, "yes"), 5))
        await house.tell(Press("c3", encode_answer(asked, undo.KEEP), 5))
        assert house.replies.texts() == ["Which name?", "Ann?", "Which name?", "Ann?"]
        assert [text is None for _, text in house.replies.answers] == [True, False, True]
        assert await house.left() == []


async def test_back_to_what_is_not_asked_any_more_closes_the_form_with_a_word(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {"shop": shop}) as house:
        await house.tell(Command("shop"))
        await house.tell(Typed("Ann"))
        asked = house.replies.sent[-1].origin
        assert asked is not None
        await database.perform(Speak(ADA.id, language="fr"), "speak")
        await house.tell(Press("c1", encode_answer(asked, undo.UNDO), 5))
        [said] = house.replies.texts()[2:]
        assert said == words("fr", "UTC")(CLOSED)
        assert await database.pool.fetch("test", "SELECT FROM dead_letters", (), reads=True) == []
        assert await house.left() == []
        await house.tell(Typed("hello"))
        assert house.replies.texts()[-1] == "home"


async def bargain(chat: Chat) -> None:
    colour = await chat.ask("colour", step("Which colour?", "red", "blue"), parse=pressed(chat.words))
    outcome: object = None
    while not isinstance(outcome, str):
        asked = step(f"How many of {colour}?")
        shown = asked if outcome is None else asked.with_problem("Too many.")
        outcome = await chat.do("spend", Spend(await chat.ask("coins", shown, parse=coins_up_to(10))))
    await chat.ask("more", step(f"{outcome}. More?", "yes"), parse=pressed(chat.words))


class Stingy(Bench):
    """Refuses to spend more than two coins."""

    async def perform(self, operation: object, key: str) -> object:
        answer = await super().perform(operation, key)
        return Refused("insufficient") if isinstance(operation, Spend) and operation.coins > 2 else answer


class Poor(Stingy, Filled):
    flow = staticmethod(bargain)
    world = Stingy


async def test_an_answer_that_an_operation_refused_is_none_and_back_leads_before_it() -> None:
    bench = Poor()
    await bench.fill(Pressed("red"), Said("9"), Said("8"))
    assert bench.texts[-1].endswith("How many of red?")
    assert buttons(bench) == ["Back", "Cancel"]
    await bench.fill(BACK)
    assert bench.texts[-1] == "Which colour?"
    await bench.fill(Pressed("blue"), Said("7"), Said("2"))
    assert bench.texts[-1] == "spent by 7.100.spend.4. More?"
    assert len({key for _, key in bench.done}) == 4, "no key is of two requests"
    assert buttons(bench) == ["Yes", "Cancel"], "what was done stays done"


async def test_back_over_a_refusal_is_durable() -> None:
    bench = Poor()
    await bench.fill(Pressed("red"), Said("9"), BACK, Pressed("red"), Said("9"), BACK, BACK, Pressed("blue"), Said("1"))
    assert bench.texts[-1] == "spent by 7.100.spend.3. More?"
