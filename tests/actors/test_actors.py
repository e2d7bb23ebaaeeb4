"""Routers and actors on the real database: order, patience, failures, settling."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
import trio
from attrs import define, evolve, field, frozen
from markupsafe import Markup
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.actor import MAILBOX
from lockbay.actors.aside import Aside, InGroup
from lockbay.actors.conversation import Chat
from lockbay.actors.errand import Errand
from lockbay.actors.inbox import MOST, Inbox
from lockbay.actors.journal import LONGEST
from lockbay.actors.parse import pressed, text
from lockbay.actors.person import Reach
from lockbay.actors.plan import Plan
from lockbay.actors.router import Router
from lockbay.actors.screen import (
    Answer,
    AskContact,
    Link,
    NoKeyboard,
    Origin,
    PressedLink,
    Screen,
    decode,
    encode_answer,
    encode_link,
)
from lockbay.actors.services import Services
from lockbay.actors.update import (
    Command,
    Contact,
    DeadlinePassed,
    Edited,
    Event,
    Membership,
    Press,
    Sender,
    Sent,
    Typed,
    Update,
)
from lockbay.areas.preferences.records import Speak
from lockbay.areas.trades.views import NewTrade
from lockbay.errors import DatabaseUnavailable, Invalid, OutcomeUnknown, TimedOut
from lockbay.postgres import bridge
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Change
from tests.clock import START, MovedClock

ADA = Sender(2**40, "Ada", "ada")
BOB = Sender(1002, "Bob", "bob")
COUNTED = "You had pressed here already, and that press counted. The newest message says what came of it."
STALE = (
    "This menu is no longer active, so this press changed nothing. What you pressed before counts: look at the newest "
    "message, or send /menu."
)


@frozen
class Reply:
    chat_id: int
    text: str
    origin: Origin | None
    edit: int | None


@define
class Replies:
    """The courier's place: what would be sent. `hold` keeps deliveries open until they are released."""

    sent: list[Reply] = field(factory=list)
    arrived: trio.lowlevel.ParkingLot = field(factory=trio.lowlevel.ParkingLot)
    answers: list[tuple[str, str | None]] = field(factory=list)
    hold: bool = False
    waiting: list[Callable[[], None]] = field(factory=list)
    keyboards: list[AskContact | NoKeyboard | None] = field(factory=list)

    def reply(
        self,
        chat_id: int,
        screen: Screen,
        *,
        origin: Origin | None,
        edit: int | None,
        photo_edit: bool,
        done: Callable[[], None],
    ) -> None:
        self.sent.append(Reply(chat_id, str(screen.text), origin, edit))
        self.keyboards.append(screen.keyboard)
        self.arrived.unpark_all()
        if self.hold:
            self.waiting.append(done)
        else:
            done()

    def answer(self, chat_id: int, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        self.answers.append((callback_id, text))

    async def until(self, count: int, sender: Sender = ADA) -> None:
        """Until so many screens were sent to somebody."""
        with trio.fail_after(5):
            while len(self.texts(sender)) < count:
                await self.arrived.park()

    def release(self) -> None:
        """All that waits has arrived, and what follows will at once."""
        self.hold = False
        while self.waiting:
            self.waiting.pop(0)()

    def texts(self, sender: Sender = ADA) -> list[str]:
        return [reply.text for reply in self.sent if reply.chat_id == sender.id]


def parse_update(raw: bytes) -> Update:
    body = json.loads(raw)
    sender = ADA if body["user"] == ADA.id else BOB
    return Update(body["id"], sender, sender.id, Typed(body["text"]), raw)


_ids = itertools.count(1)


def update(event: Event, sender: Sender = ADA) -> Update:
    number = next(_ids)
    said = event.text if isinstance(event, Typed) else ""
    return Update(
        number, sender, sender.id, event, json.dumps({"id": number, "user": sender.id, "text": said}).encode()
    )


def say(chat: Chat, sentence: str, *buttons: str) -> Screen:
    return Screen(chat.words("{s}", s=sentence), tuple((Answer(button, button),) for button in buttons))


async def home(chat: Chat) -> None:
    await chat.show(say(chat, "home"))


async def echo(chat: Chat) -> None:
    heard: list[str] = []
    while len(heard) < 200:
        heard.append(
            await chat.ask(
                "word", say(chat, f"heard {len(heard)}: {'-'.join(heard[-3:])}"), parse=text(chat.words, most=50)
            )
        )


async def two_questions(chat: Chat) -> None:
    name = await chat.ask("name", say(chat, "name?"), parse=text(chat.words, most=20))
    sure = await chat.ask("sure", say(chat, f"{name}, sure?", "yes"), parse=pressed(chat.words))
    await chat.show(say(chat, f"{name} said {sure}"))


async def refuses(chat: Chat, what: str) -> None:
    raise Invalid(f"no {what}")


@define
class House:
    """Everything that lives around actors, with the levers that tests pull."""

    router: Router
    replies: Replies
    inbox: Inbox
    database: Database
    nursery: trio.Nursery
    services: Services

    async def receive(self, *updates: Update) -> None:
        """What the poller does with a batch."""
        self.inbox.expect(updates)
        skipped = self.router.route(updates)
        await self.inbox.put(list(updates), max(update.update_id for update in updates) + 1)
        self.router.stored(skipped)

    async def quiet(self) -> None:
        """Until everything received is handled and settled."""
        with trio.fail_after(10):
            await self.router.quiesce()

    async def sent(self, screens: int) -> None:
        """Until so many were handed over."""
        with trio.fail_after(10):
            while len(self.replies.sent) < screens:
                await trio.lowlevel.checkpoint()

    async def tell(self, event: Event, sender: Sender = ADA) -> None:
        await self.receive(update(event, sender))
        await self.quiet()

    async def left(self) -> list[bytes]:
        """What would be handled again after a kill -9."""
        rows = await self.database.pool.fetch("left", "SELECT body FROM inbox ORDER BY update_id", ())
        return [row["body"] for row in rows]

    async def restart(self) -> None:
        """Forgets everything that is not in a row."""
        await self.router.evict(idle_for=-1)
        assert len(self.router) == 0


@asynccontextmanager
async def open_house(
    database: Database,
    clock: MovedClock,
    flows: dict[str, object],
    *,
    aside: Aside | None = None,
    in_group: InGroup | None = None,
    **more: object,
) -> AsyncIterator[House]:
    every = {"menu": home, "echo": echo, "two": two_questions, "refuses": refuses, **flows}
    commands = {name: name for name in every if name != "refuses"}
    plan = Plan(every, commands, "menu", lambda _, __: None, aside, in_group, frozenset({"share"}))  # type: ignore[arg-type]
    replies, inbox = Replies(), Inbox(database, 1)
    services = Services(plan, database, inbox, replies, clock, parse_update, **more)  # type: ignore[arg-type]
    async with trio.open_nursery() as nursery:
        router = Router(services, nursery)
        database.on_changed = router.changed
        await nursery.start(inbox.run)
        yield House(router, replies, inbox, database, nursery, services)
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def no_answers(database: Database, url: str) -> AsyncIterator[Inbox]:
    """Every connection of the database is taken until the end of the block; the inbox that it gives has its own."""
    async with open_database(url) as beside, bridge.open_connection(url) as holder, trio.open_nursery() as takers:
        await holder.execute("SELECT pg_advisory_lock(7)")
        for _ in range(database.pool.limits.connections):
            takers.start_soon(database.pool.fetch, "takes", "SELECT pg_advisory_xact_lock_shared(7)", ())
        await wait_all_tasks_blocked(0.05)
        yield Inbox(beside, 1)
        await holder.execute("SELECT pg_advisory_unlock(7)")


async def test_a_burst_of_one_person_is_handled_in_strict_order(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        await house.receive(*[update(Typed(str(n))) for n in range(20)])
        await house.quiet()
        assert house.replies.texts()[-1] == "heard 20: 17-18-19"
        assert await house.left() == []


async def test_more_than_a_mailbox_holds_waits_in_the_inbox_and_keeps_its_order(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        burst = [update(Typed(str(n))) for n in range(2 * MAILBOX + 10)]
        await house.receive(*burst[: MAILBOX + 5])
        await house.receive(*burst[MAILBOX + 5 :])
        await house.quiet()
        last = len(burst)
        assert house.replies.texts()[-1] == f"heard {last}: {last - 3}-{last - 2}-{last - 1}"
        assert len(house.replies.texts()) == last + 1
        assert await house.left() == []


async def test_a_person_who_is_far_behind_catches_up_to_the_end(database: Database, clock: MovedClock) -> None:
    """More than one look into the inbox brings."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        burst = [update(Typed("again")) for _ in range(MOST + MAILBOX + 10)]
        await house.receive(*burst)
        await house.quiet()
        assert len(house.replies.texts()) == len(burst) + 1
        assert await house.left() == []


async def test_what_comes_while_somebody_catches_up_is_handled_once_and_in_order(
    database: Database, database_url: str, clock: MovedClock
) -> None:
    """When the inbox is asked, it may hold already what is routed after that."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        first, second, third, *more = [[update(Typed("again")) for _ in range(100)] for _ in range(5)]
        async with no_answers(house.database, database_url) as inbox:
            await inbox.put(first + second, second[-1].update_id + 1)
            house.router.stored(house.router.route(first))
            await wait_all_tasks_blocked(0.05)  # the mailbox is empty, and the rest is asked for
            skipped = house.router.route(second)
        await house.sent(1 + 100)
        async with no_answers(house.database, database_url) as inbox:
            house.router.stored(skipped)
            await wait_all_tasks_blocked(0.05)
            skipped = house.router.route(third)
            await inbox.put(third, third[-1].update_id + 1)
            house.router.stored(skipped)
        for batch in more:
            await house.receive(*batch)
        await house.quiet()
        assert len(house.replies.texts()) == 1 + 500
        assert await house.left() == []


async def test_a_conversation_goes_on_after_everything_in_memory_is_gone(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.restart()
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.texts() == ["name?", "Ada, sure?", "Ada said yes"]
        assert house.replies.answers == [("c1", None)]
        assert house.replies.sent[-1].edit == 5


async def test_an_old_button_is_recognised_and_does_nothing(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Command("menu"))
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.answers == [("c1", STALE)]
        assert house.replies.texts()[-1] == "home"
        assert len(house.replies.sent) == 3
        assert await house.left() == []


async def test_who_presses_twice_is_told_that_the_first_counted(database: Database, clock: MovedClock) -> None:
    """Not that it did nothing: of a Confirm that would be read as one of both."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        await house.tell(Press("c2", encode_answer(origin, "yes"), 5))
        await house.restart()  # and then nobody knows that it was pressed
        await house.tell(Press("c3", encode_answer(origin, "yes"), 5))
        assert house.replies.answers == [("c1", None), ("c2", COUNTED), ("c3", STALE)]
        assert "did nothing" not in STALE
        assert house.replies.texts()[-1] == "Ada said yes"
        assert len(house.replies.sent) == 3
        assert await house.left() == []


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "a:",
        "a:zz:1:yes",
        "a:1",
        "a:1:1:yes",
        "l:",
        "l:nowhere",
        "l:menu:17",
        "l:refuses",
        "é" * 40,
        "a:" + "9" * 60,
    ],
)
async def test_forged_button_data_is_answered_and_changes_nothing(
    database: Database, clock: MovedClock, data: str
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Press("c1", data, 5))
        assert house.replies.answers == [("c1", STALE)]
        await house.tell(Typed("Ada"))
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_a_command_ends_what_was_going_on(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Command("menu"))
        await house.restart()
        await house.tell(Typed("Ada"))
        assert house.replies.texts() == ["name?", "home", "home"]


@pytest.mark.parametrize("is_in_memory", [True, False])
async def test_who_leaves_a_question_that_took_their_keyboard_gets_it_back(
    database: Database, clock: MovedClock, *, is_in_memory: bool
) -> None:
    """Its button would answer whatever is asked next: what a trade is about, or the other side in a chat."""

    async def share(chat: Chat) -> None:
        asked = evolve(say(chat, "number?"), keyboard=AskContact("Share", ("Cancel",)))
        await chat.ask("share", asked, parse=text(chat.words, most=20))

    async with open_house(database, clock, {"share": share}) as house:
        await house.tell(Command("share"))
        if not is_in_memory:
            await house.restart()
        await house.tell(Command("two"))
        assert house.replies.texts() == ["number?", "Your number was not shared.", "name?"]
        assert house.replies.keyboards == [AskContact("Share", ("Cancel",)), NoKeyboard(), None]
        await house.tell(Command("menu"))
        assert house.replies.texts()[3:] == ["home"]


async def test_a_command_that_there_is_not_is_no_answer_and_no_way_out(database: Database, clock: MovedClock) -> None:
    """What somebody writes in a chat, or about what they buy, may begin like one: it was gone, and so was the form."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("shrug"))
        await house.tell(Command("two"))
        await house.tell(Typed("Ada"))
        await house.restart()
        await house.tell(Command("2", "pizzas"))
        first, *_, asked = house.replies.texts()
        assert first == "home", "outside of any form it leads there"
        assert asked.startswith("⚠️ There is no such command")
        assert asked.endswith("Ada, sure?")
        origin = house.replies.sent[-1].origin
        assert origin is not None
        await house.tell(Press("c1", encode_answer(origin, "yes"), 5))
        assert house.replies.texts()[-1] == "Ada said yes"


async def test_home_is_told_what_came_that_nothing_waited_for(database: Database, clock: MovedClock) -> None:
    """A photo for the other side of a trade, sent outside of the chat, was answered with the menu and not a word."""

    async def home(chat: Chat, came: str = "") -> None:
        await chat.show(say(chat, came or "home"))

    async with open_house(database, clock, {"menu": home}) as house:
        await house.tell(Typed("hello"))
        await house.tell(Sent("photo", "file"))
        await house.tell(Command("shrug"))
        await house.tell(Command("shrug", "said"))
        await house.tell(Command("menu"))
        assert house.replies.texts() == ["said", "said", "no_command", "no_command", "home"]


async def test_a_link_leads_to_another_flow_from_anywhere(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Press("c1", encode_link("menu", ()), 9))
        assert house.replies.sent[-1] == Reply(ADA.id, "home", None, 9)


async def test_an_answer_that_was_refused_has_not_counted(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        for number in (1, 2):
            await house.tell(Press(f"c{number}", encode_answer(origin, "no text"), 5))
        assert house.replies.answers == [("c1", None), ("c2", None)]
        assert len(house.replies.sent) == 3, "the question is asked again, twice"


async def test_a_link_that_did_something_is_not_followed_twice(database: Database, clock: MovedClock) -> None:
    """A second press on Delete said that there is no such thing, and nothing was changed. A screen that offers the same
    again is one that is looked at anew.
    """

    async def delete(chat: Chat, what: str) -> None:
        await chat.do("delete", Speak(chat.user_id, time_zone="Africa/Lagos"))
        await chat.show(say(chat, f"{what} is deleted"))

    async def look(chat: Chat) -> None:
        await chat.do("see", Speak(chat.user_id, time_zone="Africa/Lagos"))
        await chat.show(Screen(Markup("seen"), ((Link("Look again", "look"),),)))

    async with open_house(database, clock, {"delete": delete, "look": look}) as house:
        pressed = encode_link("delete", ("it",))
        for number, message in enumerate((9, 9, 10), 1):
            await house.tell(Press(f"c{number}", pressed, message))
        assert house.replies.texts() == ["it is deleted"] * 2
        assert house.replies.answers == [("c1", None), ("c2", COUNTED), ("c3", None)]
        for number in (4, 5):
            await house.tell(Press(f"c{number}", encode_link("look", ()), 9))
        assert house.replies.texts()[2:] == ["seen"] * 2
        await house.tell(Press("c6", pressed, 9))
        clock.advance(timedelta(minutes=1))
        await house.tell(Press("c7", pressed, 9))
        assert house.replies.texts()[4:] == ["it is deleted"] * 2, "later it is meant, where a message kept its buttons"


async def test_a_link_under_what_somebody_sent_leaves_it_where_it_is(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Press("c1", encode_link("menu", (), stays=True), 9, on_photo=True))
        assert house.replies.sent[-1] == Reply(ADA.id, "home", None, None)


async def test_a_conversation_that_is_too_long_is_closed_with_a_word_and_nothing_is_buried(
    database: Database, clock: MovedClock
) -> None:
    async def endless(chat: Chat) -> None:
        while True:
            await chat.ask("word", say(chat, "more?"), parse=text(chat.words, most=50))

    async with open_house(database, clock, {"endless": endless}) as house:
        await house.tell(Command("endless"))
        await house.receive(*(update(Typed("more")) for _ in range(LONGEST)))
        await house.quiet()
        await house.tell(Typed("one too many"))
        assert "too long" in house.replies.texts()[-1]
        assert await house.left() == []
        assert await database.pool.fetch("test", "SELECT FROM dead_letters", (), reads=True) == []
        await house.tell(Typed("hello"))
        assert house.replies.texts()[-1] == "home"


async def test_a_refusal_outside_of_a_question_is_a_screen_with_a_way_out(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Press("c1", encode_link("refuses", ("<b>",)), 9))
        assert house.replies.texts() == ["⚠️ no &lt;b&gt;"]


async def test_a_photo_or_an_edit_where_text_is_asked_asks_again(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        await house.tell(Sent("photo", "f"))
        await house.tell(Edited())
        assert all("name?" in shown for shown in house.replies.texts())
        assert len(house.replies.sent) == 3
        await house.tell(Typed("Ada"))
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_who_edits_what_nothing_waits_for_is_told_that_nobody_sees_it(
    database: Database, clock: MovedClock
) -> None:
    """It may be a message in a chat that somebody else has got."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        await house.tell(Edited())
        assert "I do not see changes to a message" in house.replies.texts()[-1]


async def test_a_turn_that_fails_three_times_is_buried_and_the_next_goes_on(
    database: Database, clock: MovedClock
) -> None:
    tries = []

    async def breaks(chat: Chat) -> None:
        tries.append(1)
        raise ZeroDivisionError

    async with open_house(database, clock, {"breaks": breaks}) as house:
        await house.tell(Command("breaks"))
        await house.tell(Command("menu"))
        assert len(tries) == 3
        assert house.replies.texts()[0].startswith("Something went wrong on our side")
        assert house.replies.texts()[1] == "home"
        assert await house.left() == []
        letters = await database.pool.fetch("test", "SELECT user_id, error FROM dead_letters", (), reads=True)
        assert [(row["user_id"], row["error"]) for row in letters] == [(ADA.id, "ZeroDivisionError: ")]


async def test_an_actor_whose_message_is_on_its_way_is_not_idle(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("two"))
        late = update(Typed("Ada"))
        house.inbox.expect([late])
        house.router.route([late])
        assert await house.router.evict(idle_for=-1) == 0
        await house.inbox.put([late], late.update_id + 1)
        await house.quiet()
        assert house.replies.texts()[-1] == "Ada, sure?"


async def test_a_hung_turn_is_ended_and_holds_up_nobody_else(database: Database, clock: MovedClock) -> None:
    hung = trio.Event()

    async def hang(errand: object, key: str) -> object:
        hung.set()
        await trio.sleep_forever()
        return None

    class Hang(Errand[str]):
        pass

    async def hangs(chat: Chat) -> None:
        await chat.do("hang", Hang())

    async with open_house(database, clock, {"hangs": hangs}, errands={Hang: hang}, turn_limit=0.2) as house:
        await house.receive(update(Command("hangs")))
        await hung.wait()
        await house.receive(update(Command("menu"), BOB))
        await house.replies.until(1, BOB)
        assert house.replies.texts() == []
        await house.quiet()
        assert house.replies.texts()[0].startswith("Something went wrong")


async def test_a_turn_is_settled_only_when_its_reply_is_delivered(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("two")))
        await house.receive(update(Typed("Ada")))
        await house.replies.until(2)
        house.replies.waiting[1]()  # delivered out of order
        await house.inbox.drain()
        assert len(await house.left()) == 2
        house.replies.waiting[0]()
        await house.quiet()
        assert await house.left() == []


async def test_what_was_not_settled_is_handled_again_the_same_way(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        await house.tell(Typed("one"))
        house.replies.hold = True
        await house.receive(update(Typed("two")))
        await house.replies.until(3)
    async with open_house(database, clock, {}) as house:  # the first one was killed
        rows = [parse_update(raw) for raw in await house.left()]
        assert [update.event for update in rows] == [Typed("two")]
        house.router.route(rows)
        await house.quiet()
        assert house.replies.texts() == ["heard 2: one-two"]
        assert await house.left() == []


async def test_a_deadline_is_an_answer_once_and_for_its_own_question_only(
    database: Database, clock: MovedClock
) -> None:
    async def hurry(chat: Chat) -> None:
        try:
            await chat.ask("quick", say(chat, "quick!"), parse=text(chat.words, most=5), within=timedelta(minutes=1))
        except TimedOut:
            await chat.show(say(chat, "too late"))

    async with open_house(database, clock, {"hurry": hurry}) as house:
        await house.tell(Command("hurry"))
        origin = house.replies.sent[-1].origin
        assert origin is not None
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question + 1))
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question))
        house.router.deadline(ADA.id, DeadlinePassed(origin.conversation, origin.question))
        await house.quiet()
        assert house.replies.texts() == ["quick!", "too late"]


async def test_a_name_that_changed_is_written_down(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("menu"))
        await house.tell(Command("menu"), Sender(ADA.id, "Ada <Queen>", "ADA2"))
        rows = await database.pool.fetch("test", "SELECT first_name, username FROM users", (), reads=True)
        assert [tuple(row.values()) for row in rows] == [("Ada <Queen>", "ADA2")]


async def test_an_idle_actor_ends_and_a_busy_one_does_not(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")))
        await house.replies.until(1)
        assert await house.router.evict(idle_for=-1) == 0
        house.replies.waiting[0]()
        await house.quiet()
        assert await house.router.evict(idle_for=-1) == 1


async def test_a_press_is_answered_once_however_often_its_turn_is_tried(database: Database, clock: MovedClock) -> None:
    outcomes: list[Exception | None] = [DatabaseUnavailable(), DatabaseUnavailable(), OutcomeUnknown(), None]

    class Fetch(Errand[str]):
        pass

    async def fetch(errand: object, key: str) -> object:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return "done"

    async def fetches(chat: Chat) -> None:
        await chat.show(say(chat, str(await chat.do("fetch", Fetch()))))

    async with open_house(database, clock, {"fetches": fetches}, errands={Fetch: fetch}) as house:
        await house.tell(Press("c1", encode_link("fetches", ()), 5))
        assert house.replies.texts() == ["done"]
        assert house.replies.answers == [("c1", None)]


async def test_a_question_has_no_more_time_after_everything_in_memory_is_gone(
    database: Database, clock: MovedClock
) -> None:
    async def hurry(chat: Chat) -> None:
        await chat.ask("quick", say(chat, "quick!"), parse=text(chat.words, most=5), within=timedelta(minutes=10))

    async with open_house(database, clock, {"hurry": hurry}) as house:
        await house.tell(Command("hurry"))
        clock.advance(timedelta(minutes=9))
        await house.restart()
        await house.tell(Typed("much too long"))
        rows = await database.pool.fetch("test", "SELECT deadline FROM conversations", (), reads=True)
        assert [row["deadline"] for row in rows] == [START + timedelta(minutes=10)]


async def test_what_a_long_stop_left_behind_is_settled_before_anything_new_comes(
    database: Database, clock: MovedClock
) -> None:
    """After six days nobody knows any more where Telegram counts on."""
    async with open_house(database, clock, {}) as house:
        house.replies.hold = True
        await house.receive(update(Command("menu")))
        await house.replies.until(1)
    clock.advance(timedelta(days=7))
    async with open_house(database, clock, {}) as house:
        house.router.route([parse_update(raw) for raw in await house.left()])
        await house.quiet()
        assert await house.left() == []


async def test_an_error_that_no_column_takes_is_buried_too(database: Database, clock: MovedClock) -> None:
    async def breaks(chat: Chat) -> None:
        raise ValueError("\0\ud800" + "x" * 10_000)

    async with open_house(database, clock, {"breaks": breaks}) as house:
        await house.receive(update(Command("breaks")), update(Command("menu")))
        await house.quiet()
        assert house.replies.texts()[-1] == "home"
        assert await house.left() == []
        [letter] = await database.pool.fetch("test", "SELECT error FROM dead_letters", (), reads=True)
        assert letter["error"].startswith("ValueError: ?x")


def test_changes_reach_only_who_is_there(clock: MovedClock) -> None:
    async def main() -> None:
        async with trio.open_nursery() as nursery:
            Router(None, nursery).changed([Change(1, "Wallet")])  # type: ignore[arg-type]

    trio.run(main)


def test_a_link_carries_its_arguments() -> None:
    assert encode_link("trade", ("17",)) == "l:trade:17"
    assert decode("l:trade:17") == PressedLink("trade", ("17",))


async def reach(house: House, sender: Sender = ADA) -> datetime | None:
    sql = "SELECT unreachable_at FROM users WHERE id = $1"
    [row] = await house.database.pool.fetch("reach", sql, (sender.id,), reads=True)
    found: datetime | None = row["unreachable_at"]
    return found


async def test_who_blocks_the_bot_is_unreachable_until_they_unblock_it(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        blocked_at = clock.now()
        await house.tell(Membership(blocked=True))
        assert await reach(house) == blocked_at
        clock.advance(timedelta(days=1))
        await house.tell(Membership(blocked=True))
        assert await reach(house) == blocked_at
        await house.tell(Membership(blocked=False))
        assert await reach(house) is None
        assert len(house.replies.texts()) == 1, "nobody is told of it"
        await house.tell(Typed("one"))
        assert house.replies.texts()[-1] == "heard 1: one", "what they were in the middle of goes on"


async def test_a_stranger_who_blocks_the_bot_is_written_down_as_unreachable(
    database: Database, clock: MovedClock
) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Membership(blocked=True), BOB)
        assert await reach(house, BOB) == clock.now()


async def test_who_writes_can_be_reached_whatever_was_known(database: Database, clock: MovedClock) -> None:
    """An unblocking that Telegram did not keep for us; and one that the outbox found out while they were here."""
    async with open_house(database, clock, {}) as house:
        await house.tell(Membership(blocked=True))
        await house.restart()
        await house.tell(Command("echo"))
        assert await reach(house) is None
        await database.run(Reach(ADA.id, blocked=True))
        database.on_changed([Change(ADA.id, "Person")])
        await house.tell(Typed("one"))
        assert await reach(house) is None


async def test_reachability_costs_people_who_are_here_no_statement(database: Database, clock: MovedClock) -> None:
    async with open_house(database, clock, {}) as house:
        await house.tell(Command("echo"))
        before = database.statements
        await house.tell(Typed("one"))
        assert database.statements - before == 2  # stored, settled


async def test_a_shared_contact_is_an_answer_and_survives_a_restart(database: Database, clock: MovedClock) -> None:
    def shared(reply: object) -> str:
        if isinstance(reply, Contact):
            return f"{reply.phone} {reply.is_own}"
        raise Invalid("no contact")

    async def phone(chat: Chat) -> None:
        number = await chat.ask("number", say(chat, "number?"), parse=shared)
        word = await chat.ask("word", say(chat, f"{number}?"), parse=text(chat.words, most=20))
        await chat.show(say(chat, f"{number} {word}"))

    async with open_house(database, clock, {"phone": phone}) as house:
        await house.tell(Command("phone"))
        await house.tell(Contact("234803", is_own=True))
        assert house.replies.texts()[-1] == "234803 True?"
        await house.restart()
        await house.tell(Typed("yes"))
        assert house.replies.texts()[-1] == "234803 True yes"


async def test_a_new_username_makes_what_was_prefetched_for_the_old_one_old(
    database: Database, clock: MovedClock
) -> None:
    async def name(chat: Chat) -> None:
        view = await chat.read(NewTrade)
        assert view is not None
        await chat.show(say(chat, str(view.username)))

    async with open_house(database, clock, {"name": name}) as house:
        await house.tell(Command("name"))
        await house.tell(Command("name"), Sender(ADA.id, "Ada", "countess"))
        assert house.replies.texts() == ["ada", "countess"]


async def test_a_gate_is_told_where_the_person_wanted_to_go(database: Database, clock: MovedClock) -> None:
    async def door(chat: Chat, wish: str = "") -> None:
        await chat.show(say(chat, f"door to {wish}"))

    async def room(chat: Chat, number: str) -> None:
        raise AssertionError("nobody gets here")

    async with open_house(database, clock, {"door": door, "room": room}) as house:
        gated = evolve(house.services.plan, gate=lambda _, flow: "door")
        services = evolve(house.services, plan=gated)
        house.router = Router(services, house.nursery)
        await house.tell(Press("1", encode_link("room", ("17",)), 5))
        await house.tell(Command("menu"))
        assert house.replies.texts() == ["door to /room/17", "door to "]
