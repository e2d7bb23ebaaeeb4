"""The outbox as tests see it: two people, what is written for them, and what arrives where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import trio
import trio.testing
from attrs import define, field, frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.notices.mail import Mailer, Smtp
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import START, MovedClock
from tests.notices.smtp import MailServer

ANN, BEN = 5_000_000_001, 5_000_000_002
ANNS = "ann@example.com"
NOTICE = "SELECT outbox_notice($1, $2, $3, $4, $5, $6)"
MAIL = "SELECT outbox_mail($1, $2, $3, $4, $5)"
ROW = "SELECT sent_by, sent_at, attempts, due_at, error FROM outbox WHERE dedup = $1"
OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
WAITING = f"SELECT {OTHERS} AND wait_event_type = 'Lock'"
CUT = f"SELECT pg_terminate_backend(pid) {OTHERS}"
KILL = f"SELECT pg_terminate_backend(pid, 5000) {OTHERS} AND wait_event_type = 'Lock'"  # and waits for it: ms


@frozen
class News:
    text: str
    moment: datetime | None = None


def news(words: Words, record: News) -> Screen:
    return Screen(words("<b>{text}</b>", text=record.text))


def at(words: Words, record: News) -> Screen:
    assert record.moment is not None
    return Screen(words("At {time}", time=words.time(record.moment)))


def broken(words: Words, record: News) -> Screen:
    raise RuntimeError(f"cannot draw {record.text}")


NOTICES = {"news": Notice(News, news), "at": Notice(News, at), "broken": Notice(News, broken)}


@define(eq=False)
class Telegram:
    """The courier's side of the world: what arrived in which chat, and what goes wrong there.

    `fails` are raised once each, in order; a chat in `held` is not served before its event is set.
    """

    arrived: list[tuple[int, str]] = field(factory=list)
    fails: dict[int, list[Exception]] = field(factory=dict)
    held: dict[int, trio.Event] = field(factory=dict)
    waiting: set[int] = field(factory=set)
    edits: list[int | None] = field(factory=list)

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        self.waiting.add(chat_id)
        if chat_id in self.held:
            await self.held[chat_id].wait()
        await trio.lowlevel.checkpoint()
        self.waiting.discard(chat_id)
        if self.fails.get(chat_id):
            raise self.fails[chat_id].pop(0)
        self.arrived.append((chat_id, screen.text.striptags()))
        self.edits.append(edits)
        return len(self.arrived) if edits is None else edits

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = lambda: 0.0) -> int:
        return await self.deliver(chat_id, screen)


@define(eq=False)
class Writer:
    """Writes notices as the statements do, and looks at what became of them."""

    raw: Connection
    clock: MovedClock

    async def tell(self, to: int | str, text: str, kind: str = "news", data: dict[str, object] | None = None) -> str:
        given = (to, kind, data or {"text": text}, text, self.clock.now())
        if isinstance(to, int):
            await self.raw.fetch(NOTICE, *given, None)
        else:
            await self.raw.fetch(MAIL, *given)
        return text

    async def progress(self, to: int, subject: str, *texts: str) -> None:
        for text in texts:
            await self.raw.fetch(NOTICE, to, "news", {"text": text}, text, self.clock.now(), subject)

    async def row(self, dedup: str) -> tuple[str | None, datetime | None, int, datetime, str | None]:
        [row] = await self.raw.fetch(ROW, dedup)
        return tuple(row)


def make_outbox(database: Database, telegram: Telegram, server: MailServer | None) -> Outbox:
    mailer = None if server is None else Mailer(Smtp.parse(f"smtp://127.0.0.1:{server.port}?from=bot@lockbay.test"))
    return Outbox(database, database.clock, Teller(database, telegram, NOTICES, mailer, "https://t.me/LockBayBot"))


async def verify_email(raw: Connection, user_id: int, email: str) -> None:
    await raw.fetch("UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1", user_id, email, START)


async def unreachable_at(raw: Connection, user_id: int) -> datetime | None:
    [row] = await raw.fetch("SELECT unreachable_at FROM users WHERE id = $1", user_id)
    found: datetime | None = row["unreachable_at"]
    return found


async def people(raw: Connection, count: int) -> range:
    """So many more, by their numbers."""
    enter = "INSERT INTO users (id, first_name, created_at) SELECT n, 'N', $2 FROM generate_series(1, $1::int) n"
    await raw.fetch(enter, count, START)
    return range(1, count + 1)


async def arrives(telegram: Telegram, wanted: tuple[int, str] | None = None, waits_for: int | None = None) -> None:
    """Returns once it has; the database answers in between."""
    with trio.fail_after(10):
        while not (wanted in telegram.arrived or waits_for in telegram.waiting):
            await trio.testing.wait_all_tasks_blocked(0.001)


async def block(raw: Connection, user_id: int) -> None:
    await raw.fetch("UPDATE users SET unreachable_at = $2 WHERE id = $1", user_id, START)
