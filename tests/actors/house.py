"""Everything that lives around actors, with the levers that tests pull."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import trio
from attrs import define, field, frozen
from trio.testing import wait_all_tasks_blocked

from lockbay.actors.aside import Aside, InGroup
from lockbay.actors.conversation import Chat
from lockbay.actors.inbox import Inbox
from lockbay.actors.parse import pressed, text
from lockbay.actors.plan import Plan
from lockbay.actors.router import Router
from lockbay.actors.screen import Answer, AskContact, NoKeyboard, Origin, Screen
from lockbay.actors.services import Services
from lockbay.actors.update import Event, Sender, Typed, Update
from lockbay.errors import Invalid
from lockbay.postgres import bridge
from lockbay.postgres.database import Database, open_database
from tests.clock import MovedClock

ADA = Sender(2**40, "Ada", "ada")
BOB = Sender(1002, "Bob", "bob")


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
