"""The outbox on real rows: everybody hears everything, in order, and what cannot be told harms nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import pytest
import trio
import trio.testing
from attrs import define, field, frozen
from structlog.testing import capture_logs
from structlog.typing import EventDict

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.errors import OutcomeUnknown, TelegramUnavailable
from lockbay.notices.forget import KEPT, forget_old
from lockbay.notices.forget import MOST as OLDEST
from lockbay.notices.mail import Mailer, Smtp
from lockbay.notices.outbox import FIRST_WAIT, LANES, LIFETIME, LONGEST_WAIT, MOST, Outbox
from lockbay.notices.records import ForgetNotices
from lockbay.notices.teller import Teller
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.courier import Courier
from lockbay.telegram.refusals import AnswerLost, BadRequest, ChatHeld, Unauthorized, Unreachable
from tests.clock import START, MovedClock
from tests.notices.smtp import MailServer
from tests.telegram.stub import TOKEN, Refused, serving_stub

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

    async def deliver(self, chat_id: int, screen: Screen, *, lane: Literal["notice", "bulk"], edits: int | None) -> int:
        assert lane == "notice"
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


@pytest.fixture
async def writer(raw: Connection, clock: MovedClock) -> Writer:
    for user_id, name in ((ANN, "Ann"), (BEN, "Ben")):
        await raw.fetch("INSERT INTO users (id, first_name, created_at) VALUES ($1, $2, $3)", user_id, name, START)
    return Writer(raw, clock)


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


def make_outbox(database: Database, telegram: Telegram, server: MailServer | None) -> Outbox:
    mailer = None if server is None else Mailer(Smtp.parse(f"smtp://127.0.0.1:{server.port}?from=bot@lockbay.test"))
    return Outbox(database, database.clock, Teller(database, telegram, NOTICES, mailer, "https://t.me/LockBayBot"))


@pytest.fixture
def outbox(database: Database, telegram: Telegram, server: MailServer) -> Outbox:
    return make_outbox(database, telegram, server)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    with capture_logs() as entries:
        yield entries


async def verify_email(raw: Connection, user_id: int, email: str) -> None:
    await raw.fetch("UPDATE users SET email = $2, email_verified_at = $3 WHERE id = $1", user_id, email, START)


async def unreachable_at(raw: Connection, user_id: int) -> datetime | None:
    [row] = await raw.fetch("SELECT unreachable_at FROM users WHERE id = $1", user_id)
    found: datetime | None = row["unreachable_at"]
    return found


async def test_everybody_hears_their_notices_in_order(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    for number in range(10):
        await writer.tell(ANN, f"a{number}")
        await writer.tell(BEN, f"b{number}")
    await outbox.flush()
    assert [text for chat, text in telegram.arrived if chat == ANN] == [f"a{number}" for number in range(10)]
    assert [text for chat, text in telegram.arrived if chat == BEN] == [f"b{number}" for number in range(10)]
    assert (await writer.row("a0"))[:3] == ("telegram", START, 0)


async def test_a_notice_is_told_once(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    await writer.tell(ANN, "paid")
    await outbox.flush()
    await outbox.flush()
    assert telegram.arrived == [(ANN, "paid")]


async def test_it_speaks_with_everybody_in_their_own_words(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    await raw.fetch("UPDATE users SET language = 'fr', time_zone = 'Africa/Lagos' WHERE id = $1", ANN)
    await writer.tell(ANN, "a", "at", {"text": "", "moment": START.isoformat()})
    await writer.tell(BEN, "b", "at", {"text": "", "moment": START.isoformat()})
    await outbox.flush()
    assert dict(telegram.arrived) == {ANN: "At 22 nov., 13:00", BEN: "At 22 Nov, 12:00 UTC"}


async def test_what_people_typed_is_escaped(writer: Writer, telegram: Telegram, outbox: Outbox) -> None:
    await writer.tell(ANN, "a <b>bold</b> name")
    await outbox.flush()
    assert telegram.arrived == [(ANN, "a <b>bold</b> name")]


async def test_one_who_is_held_holds_up_nobody_else(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    for text in ("a1", "a2"):
        await writer.tell(ANN, text)
    nursery.start_soon(outbox.run)
    await arrives(telegram, waits_for=ANN)
    await writer.tell(BEN, "b")
    outbox.told()
    await arrives(telegram, (BEN, "b"))
    assert telegram.arrived == [(BEN, "b")]
    telegram.held[ANN].set()
    await arrives(telegram, (ANN, "a2"))
    assert telegram.arrived == [(BEN, "b"), (ANN, "a1"), (ANN, "a2")]


async def test_many_whom_telegram_holds_keep_nobody_else_waiting(
    raw: Connection, writer: Writer, database: Database, nursery: trio.Nursery, clock: MovedClock
) -> None:
    """Whoever floods a chat of their own is held there; as many of them as there are lanes would stop all notices."""
    async with serving_stub() as stub, open_bot_api(TOKEN, url=stub.url) as api:
        hasty = [await writer.tell(number, f"h{number}") for number in await people(raw, LANES)]
        await writer.tell(ANN, "paid")
        stub.script("sendMessage", *[Refused(429, "Too Many Requests", {"retry_after": 60})] * LANES)
        outbox = Outbox(
            database, clock, Teller(database, Courier(api, nursery), NOTICES, None, "https://t.me/LockBayBot")
        )
        with trio.fail_after(20):
            await outbox.flush()
    assert (await writer.row("paid"))[0] == "telegram"
    for text in hasty:
        assert (await writer.row(text))[:4] == (None, None, 1, START + timedelta(seconds=60))


async def test_a_mail_server_that_says_nothing_keeps_nobody_elses_notices_waiting(
    writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer, nursery: trio.Nursery
) -> None:
    """Each letter waits for it up to a minute, and as many of them as there are lanes would stop all notices."""
    server.silent = {"EHLO"}
    for number in range(LANES):
        await writer.tell(f"{number}@example.com", f"m{number}")
    await writer.tell(BEN, "paid")
    nursery.start_soon(outbox.run)
    await arrives(telegram, (BEN, "paid"))


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


async def test_news_wake_a_sleeping_outbox_at_once(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    nursery.start_soon(outbox.run)
    for number in range(20):
        began = trio.current_time()
        text = await writer.tell(ANN, f"n{number}")
        outbox.told()
        await arrives(telegram, (ANN, text))
        assert trio.current_time() - began < 1  # far below the period


async def test_what_is_written_while_somebody_is_told_is_not_missed(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    await writer.tell(ANN, "first")
    nursery.start_soon(outbox.run)
    await arrives(telegram, waits_for=ANN)
    await writer.tell(ANN, "second")
    outbox.told()
    await trio.testing.wait_all_tasks_blocked(0.01)
    telegram.held.pop(ANN).set()
    began = trio.current_time()
    await arrives(telegram, (ANN, "second"))
    assert trio.current_time() - began < 1


async def test_more_recipients_than_lanes_and_more_rows_than_a_look_are_all_told(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    many = len(await people(raw, 3 * LANES))
    for part in range(MOST // many + 2):
        for user_id in range(1, many + 1):
            await writer.tell(user_id, f"{user_id}.{part}")
    await outbox.flush()
    for user_id in (1, many // 2, many):
        heard = [text for chat, text in telegram.arrived if chat == user_id]
        assert heard == [f"{user_id}.{part}" for part in range(MOST // many + 2)]
    assert await raw.fetch("SELECT FROM outbox WHERE sent_at IS NULL") == []
    assert len(telegram.arrived) == many * (MOST // many + 2)


async def test_who_is_unreachable_gets_an_email_if_it_is_proven(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer
) -> None:
    await verify_email(raw, ANN, ANNS)
    await raw.fetch("UPDATE users SET email = 'ben@example.com' WHERE id = $1", BEN)
    telegram.fails = {ANN: [Unreachable("bot was blocked", 403)], BEN: [Unreachable("bot was blocked", 403)]}
    await writer.tell(ANN, "to Ann")
    await writer.tell(BEN, "to Ben")
    await outbox.flush()
    [mail] = server.mails
    assert (mail["To"], mail["Subject"]) == (ANNS, "to Ann")
    assert (await writer.row("to Ann"))[0] == "email"
    assert (await writer.row("to Ben"))[0] == "nobody"
    assert (await writer.row("to Ben"))[4] == "unreachable; no verified e-mail"
    assert await unreachable_at(raw, ANN) == await unreachable_at(raw, BEN) == START


async def block(raw: Connection, user_id: int) -> None:
    await raw.fetch("UPDATE users SET unreachable_at = $2 WHERE id = $1", user_id, START)


async def test_who_is_known_to_be_unreachable_gets_the_email_at_once_and_nothing_in_telegram(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer
) -> None:
    await verify_email(raw, ANN, ANNS)
    await block(raw, ANN)
    for text in ("first", "second"):
        await writer.tell(ANN, text)
    await outbox.flush()
    assert telegram.arrived == []
    assert [mail["Subject"] for mail in server.mails] == ["first", "second"]
    assert (await writer.row("first"))[0::4] == ("email", "unreachable")


async def test_who_is_known_to_be_unreachable_and_has_no_email_is_tried_in_telegram_all_the_same(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    for user_id in (ANN, BEN):
        await block(raw, user_id)
    telegram.fails[BEN] = [Unreachable("bot was blocked", 403)]
    await writer.tell(ANN, "to Ann")
    await writer.tell(BEN, "to Ben")
    await outbox.flush()
    assert telegram.arrived == [(ANN, "to Ann")]
    assert (await writer.row("to Ben"))[0::4] == ("nobody", "unreachable; no verified e-mail")
    assert (await unreachable_at(raw, ANN), await unreachable_at(raw, BEN)) == (None, START)


async def test_without_a_mail_server_an_email_is_no_reason_to_leave_telegram_out(
    database: Database, raw: Connection, writer: Writer, telegram: Telegram
) -> None:
    await verify_email(raw, ANN, ANNS)
    await block(raw, ANN)
    await writer.tell(ANN, "x")
    await make_outbox(database, telegram, None).flush()
    assert telegram.arrived == [(ANN, "x")]


@pytest.mark.parametrize("is_back", [True, False])
async def test_a_dead_mailbox_of_somebody_unreachable_leaves_telegram_as_the_last_way(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer, is_back: bool
) -> None:
    await verify_email(raw, ANN, ANNS)
    await block(raw, ANN)
    server.refuses = {"RCPT": "550 5.1.1 no such mailbox"}
    telegram.fails[ANN] = [] if is_back else [Unreachable("bot was blocked", 403)]
    await writer.tell(ANN, "x")
    await outbox.flush()
    assert (await writer.row("x"))[0] == ("telegram" if is_back else "nobody")
    assert (await unreachable_at(raw, ANN) is None) == is_back


async def test_a_mail_that_has_to_wait_goes_by_mail_and_is_never_told_by_both(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer, clock: MovedClock
) -> None:
    """Telegram says that she is gone, the mail server that it is busy: later only the mail is left to do."""
    await verify_email(raw, ANN, ANNS)
    telegram.fails[ANN] = [Unreachable("bot was blocked", 403)]
    server.refuses = {"CONTENT": "451 4.3.0 later"}
    await writer.tell(ANN, "x")
    await outbox.flush()
    assert (await writer.row("x"))[:3] == (None, None, 1)
    server.refuses = {}
    clock.advance(FIRST_WAIT)
    await outbox.flush()
    await outbox.flush()
    assert ([mail["Subject"] for mail in server.mails], telegram.arrived) == (["x"], [])


async def test_a_mail_server_that_stays_away_is_tried_with_growing_waits_and_given_up_in_the_end(
    writer: Writer, clock: MovedClock, outbox: Outbox, server: MailServer, logged: list[EventDict]
) -> None:
    server.refuses = {"MAIL": "421 4.3.2 shutting down"}
    await writer.tell(ANNS, "x")
    waits = []
    while (await writer.row("x"))[0] is None:
        await outbox.flush()
        due_at = (await writer.row("x"))[3]
        waits.append(due_at - clock.now())
        clock.time = max(due_at, clock.now())
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert LIFETIME < clock.now() - START < LIFETIME + 2 * LONGEST_WAIT
    sent_by, _, _, _, error = await writer.row("x")
    assert sent_by == "nobody"
    assert error is not None
    assert error.startswith("given up")
    assert [entry["kind"] for entry in logged if entry["event"] == "notice_given_up"] == ["news"]


async def test_who_turns_out_to_be_unreachable_is_looked_at_again_when_they_write(
    database: Database, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    telegram.fails[ANN] = [Unreachable("bot was blocked", 403)]
    await writer.tell(ANN, "x")
    await outbox.flush()
    assert changes == [Change(ANN, "Person")]


async def test_who_is_known_to_be_out_of_reach_is_not_written_down_again(
    database: Database, raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    await block(raw, ANN)
    telegram.fails[ANN] = [Unreachable("bot was blocked", 403)]
    await writer.tell(ANN, "x")
    await outbox.flush()
    assert (await writer.row("x"))[0::4] == ("nobody", "unreachable; no verified e-mail")
    assert changes == []


async def test_notices_are_forgotten_90_days_after_they_were_over_and_no_others(
    database: Database, raw: Connection, writer: Writer, outbox: Outbox, clock: MovedClock
) -> None:
    await writer.tell(ANN, "old")
    await outbox.flush()
    await writer.tell(ANN, "waits")
    clock.advance(timedelta(days=30))
    await writer.tell(BEN, "young")
    await raw.fetch("UPDATE outbox SET sent_at = $1, sent_by = 'telegram' WHERE dedup = 'young'", clock.now())
    clock.advance(timedelta(days=60))
    assert await database.run(ForgetNotices(clock.now() - KEPT, 10)) == 0
    clock.advance(timedelta(seconds=1))
    assert await database.run(ForgetNotices(clock.now() - KEPT, 10)) == 1
    assert [row["dedup"] for row in await raw.fetch("SELECT dedup FROM outbox ORDER BY id")] == ["waits", "young"]


async def test_old_notices_go_in_small_batches_while_the_outbox_runs(
    database: Database, raw: Connection, writer: Writer, clock: MovedClock, outbox: Outbox, nursery: trio.Nursery
) -> None:
    many = 2 * OLDEST + 1
    old = "INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, sent_at, sent_by) "
    await raw.fetch(old + "SELECT $1, 'news', '{}', n::text, $2, $2, $2, 'email' FROM generate_series(1, $3::int) n",
        ANN, START, many)  # fmt: skip
    clock.advance(KEPT + timedelta(days=1))
    assert await database.run(ForgetNotices(clock.now() - KEPT, OLDEST)) == OLDEST
    nursery.start_soon(outbox.run)
    with trio.fail_after(10):
        while await raw.fetch("SELECT FROM outbox LIMIT 1"):
            await trio.lowlevel.checkpoint()


async def test_forgetting_waits_for_the_database_and_goes_on(
    database: Database, raw: Connection, writer: Writer, outbox: Outbox, clock: MovedClock, nursery: trio.Nursery
) -> None:
    await writer.tell(ANN, "old")
    await outbox.flush()
    clock.advance(KEPT + timedelta(days=1))
    await raw.fetch(CUT)
    nursery.start_soon(partial(forget_old, database, clock, period=0.01))
    with trio.fail_after(10):
        while await raw.fetch("SELECT FROM outbox LIMIT 1"):
            await trio.lowlevel.checkpoint()


async def test_who_comes_back_is_told_by_telegram_again(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    telegram.fails[ANN] = [Unreachable("bot was blocked", 403)]
    for text in ("lost", "heard"):
        await writer.tell(ANN, text)
    await outbox.flush()
    assert telegram.arrived == [(ANN, "heard")]
    assert await unreachable_at(raw, ANN) is None


async def test_an_address_gets_an_email_and_no_telegram(
    writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer
) -> None:
    await writer.tell(ANNS, "You are invited")
    await outbox.flush()
    assert [mail["To"] for mail in server.mails] == [ANNS]
    assert telegram.arrived == []
    assert (await writer.row("You are invited"))[0] == "email"


async def test_a_mailbox_that_does_not_exist_is_tried_once(writer: Writer, outbox: Outbox, server: MailServer) -> None:
    server.refuses = {"RCPT": "550 5.1.1 no such mailbox"}
    await writer.tell(ANNS, "x")
    await outbox.flush()
    sent_by, _, attempts, _, error = await writer.row("x")
    assert (sent_by, attempts, error) == ("nobody", 0, "MailRefused: 550 5.1.1 no such mailbox")


async def test_a_mistake_of_ours_about_the_mail_server_costs_nobody_their_mail(
    database: Database, writer: Writer, telegram: Telegram, server: MailServer
) -> None:
    """smtplib cannot send such a password, and each letter counted as refused."""
    server.login = ("bot", "pässword")
    smtp = Smtp("127.0.0.1", server.port, "none", "bot@lockbay.test", *server.login)
    teller = Teller(database, telegram, NOTICES, Mailer(smtp), "https://t.me/LockBayBot")
    await writer.tell(ANNS, "hello")
    await Outbox(database, database.clock, teller).flush()
    sent_by, _, attempts, due_at, _ = await writer.row("hello")
    assert (sent_by, attempts, due_at) == (None, 1, START + FIRST_WAIT)


async def test_a_mail_server_that_is_busy_is_tried_again_under_the_same_id(
    writer: Writer, clock: MovedClock, outbox: Outbox, server: MailServer
) -> None:
    await writer.tell(ANNS, "x")
    server.refuses = {"QUIT": "421 no", "CONTENT": "451 4.3.0 later"}
    await outbox.flush()
    assert (await writer.row("x"))[2] == 1
    server.refuses = {}
    clock.advance(FIRST_WAIT)
    await outbox.flush()
    assert [mail["Message-ID"] for mail in server.mails] == [f"<notice.1.{int(START.timestamp())}@lockbay.test>"]


async def test_without_a_mail_server_mails_reach_nobody_and_that_is_said_at_the_start(
    database: Database, writer: Writer, telegram: Telegram, logged: list[EventDict]
) -> None:
    outbox = make_outbox(database, telegram, None)
    await writer.tell(ANNS, "x")
    await outbox.flush()
    assert (await writer.row("x"))[0] == "nobody"
    assert (await writer.row("x"))[4] == "no e-mail configured"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(outbox.run)
        await trio.testing.wait_all_tasks_blocked(0.01)
        nursery.cancel_scope.cancel()
    assert "no_email_configured" in [entry["event"] for entry in logged]


@pytest.mark.parametrize(
    "failure", [TelegramUnavailable(), OutcomeUnknown(), Unauthorized("Unauthorized", 401), RuntimeError("a mistake")]
)
async def test_what_may_pass_is_tried_again_later_and_keeps_the_order(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock, failure: Exception
) -> None:
    telegram.fails[ANN] = [failure]
    for text in ("a1", "a2"):
        await writer.tell(ANN, text)
    await writer.tell(BEN, "b")
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b")]
    assert (await writer.row("a1"))[:4] == (None, None, 1, START + FIRST_WAIT)
    clock.advance(FIRST_WAIT - timedelta(microseconds=1))
    await writer.tell(ANN, "a3")
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b")]
    clock.advance(timedelta(microseconds=1))
    await outbox.flush()
    assert telegram.arrived == [(BEN, "b"), (ANN, "a1"), (ANN, "a2"), (ANN, "a3")]


async def test_tries_are_counted_as_far_as_the_column_goes(
    writer: Writer, telegram: Telegram, outbox: Outbox, raw: Connection, clock: MovedClock
) -> None:
    """A chat that is held for three seconds again and again is tried that often within the three days of a notice."""
    await writer.tell(ANN, "a")
    await raw.execute("UPDATE outbox SET attempts = 32767")
    telegram.fails[ANN] = [ChatHeld(3)]
    await outbox.flush()
    assert (await writer.row("a"))[:4] == (None, None, 32767, START + timedelta(seconds=3))
    clock.advance(timedelta(seconds=3))
    await outbox.flush()
    assert telegram.arrived == [(ANN, "a")]


async def test_the_waits_grow_to_a_limit_and_end_when_the_news_are_old(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock
) -> None:
    telegram.fails[ANN] = [TelegramUnavailable() for _ in range(1000)]
    await writer.tell(ANN, "old")
    waits = []
    while (await writer.row("old"))[0] is None:
        await outbox.flush()
        due_at = (await writer.row("old"))[3]
        waits.append(due_at - clock.now())
        clock.time = max(due_at, clock.now())
    assert waits[:4] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT, 8 * FIRST_WAIT]
    assert max(waits) == LONGEST_WAIT
    assert LIFETIME < clock.now() - START < LIFETIME + 2 * LONGEST_WAIT
    assert (await writer.row("old"))[0] == "nobody"


POISON: list[tuple[str, dict[str, object]]] = [
    ("unheard_of", {"text": "hunter2"}),
    ("news", {"text": 7, "code": "hunter2"}),
    ("news", {"code": "hunter2"}),
    ("at", {"text": "hunter2", "moment": "hunter2"}),
    ("broken", {"text": "hunter2"}),
]


@pytest.mark.parametrize(("kind", "data"), POISON)
async def test_a_row_that_cannot_be_drawn_is_reported_without_its_data_and_blocks_nobody(
    writer: Writer,
    telegram: Telegram,
    outbox: Outbox,
    logged: list[EventDict],
    kind: str,
    data: dict[str, object],
) -> None:
    await writer.tell(ANN, "poison", kind, data)
    await writer.tell(ANN, "next")
    await writer.tell(BEN, "other")
    await outbox.flush()
    assert sorted(telegram.arrived) == [(ANN, "next"), (BEN, "other")]
    sent_by, _, attempts, _, error = await writer.row("poison")
    assert (sent_by, attempts) == ("nobody", 0)
    assert error
    assert [entry["kind"] for entry in logged if entry["event"] == "notice_undrawable"] == [kind]
    assert "hunter2" not in repr(logged) + error


async def test_what_telegram_cannot_use_goes_by_email(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer
) -> None:
    await verify_email(raw, ANN, ANNS)
    telegram.fails[ANN] = [BadRequest("can't parse entities")]
    await writer.tell(ANN, "x")
    await outbox.flush()
    assert len(server.mails) == 1
    assert (await writer.row("x"))[0] == "email"
    assert (await writer.row("x"))[4] == "can't parse entities"


async def test_a_crash_between_telling_and_marking_repeats_a_notice_once(
    database: Database, database_url: str, raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    """The mark waits for a lock when the process and its connection die: what it sent has arrived."""
    await writer.tell(ANN, "first")
    await writer.tell(ANN, "second")
    async with (
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker,
        trio.open_nursery() as process,
    ):
        await locker.execute("BEGIN; SELECT FROM outbox WHERE dedup = 'first' FOR UPDATE")
        process.start_soon(outbox.run)
        with trio.fail_after(10):
            while not await raw.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        process.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await raw.fetch(KILL)  # before the lock goes: the mark must not get through
    assert (await writer.row("first"))[0] is None
    with trio.fail_after(10):
        while (await writer.row("second"))[0] is None:  # the pool first notices that its connections are gone
            await make_outbox(database, telegram, None).flush()
    assert telegram.arrived == [(ANN, "first"), (ANN, "first"), (ANN, "second")]


async def test_what_was_told_is_marked_even_when_the_end_comes_at_that_moment(
    writer: Writer, telegram: Telegram, database: Database
) -> None:
    async with trio.open_nursery() as process:

        class Ending(Telegram):
            async def deliver(
                self, chat_id: int, screen: Screen, *, lane: Literal["notice", "bulk"], edits: int | None
            ) -> int:
                sent = await Telegram.deliver(self, chat_id, screen, lane=lane, edits=edits)
                process.cancel_scope.cancel()
                return sent

        await writer.tell(ANN, "x")
        process.start_soon(make_outbox(database, Ending(), None).run)
    assert (await writer.row("x"))[0] == "telegram"


async def test_at_the_end_what_is_due_is_told_within_the_grace(
    writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    telegram.held[ANN] = trio.Event()
    nursery.start_soon(outbox.run)
    await trio.testing.wait_all_tasks_blocked(0.01)
    await writer.tell(ANN, "held")
    await writer.tell(BEN, "told")
    with trio.fail_after(5):
        await outbox.drain(0.2)
    assert telegram.arrived == [(BEN, "told")]


async def test_the_end_of_a_process_that_does_not_tell_leaves_the_telling_to_the_other(
    writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    await writer.tell(ANN, "x")
    await outbox.drain(1)
    assert telegram.arrived == []


async def test_it_waits_for_the_database_and_goes_on(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, nursery: trio.Nursery
) -> None:
    nursery.start_soon(outbox.run)
    await writer.tell(ANN, "before")
    outbox.told()
    await arrives(telegram, (ANN, "before"))
    await raw.fetch(CUT)
    await writer.tell(ANN, "after")
    outbox.told()
    await arrives(telegram, (ANN, "after"))


async def test_progress_edits_what_was_shown_of_the_same_subject_to_the_same_person(
    writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    """Whether it was told long ago, or is told in one go."""
    await writer.progress(ANN, "x", "x1")
    await outbox.flush()
    await writer.progress(ANN, "x", "x2")
    await writer.progress(ANN, "y", "y1", "y2")
    await writer.tell(ANN, "the end of x")
    await outbox.flush()
    await writer.progress(BEN, "x", "x1 of Ben")
    await outbox.flush()
    assert [text for _, text in telegram.arrived] == ["x1", "x2", "y1", "y2", "the end of x", "x1 of Ben"]
    assert telegram.edits == [None, 1, None, 3, None, None]


async def test_an_edit_keeps_its_place_behind_what_has_to_wait(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock
) -> None:
    await writer.progress(ANN, "x", "x1")
    await outbox.flush()
    telegram.fails[ANN] = [TelegramUnavailable()]
    await writer.tell(ANN, "between")
    await writer.progress(ANN, "x", "x2", "x3")
    await outbox.flush()
    assert telegram.arrived == [(ANN, "x1")]
    clock.advance(FIRST_WAIT)
    await outbox.flush()
    assert [text for _, text in telegram.arrived] == ["x1", "between", "x2", "x3"]
    assert telegram.edits == [None, None, 1, 1]


async def test_an_edit_that_may_pass_later_edits_the_same_message(
    writer: Writer, telegram: Telegram, outbox: Outbox, clock: MovedClock
) -> None:
    await writer.progress(ANN, "x", "x1")
    await outbox.flush()
    telegram.fails[ANN] = [AnswerLost()]
    await writer.progress(ANN, "x", "x2", "x3")
    await outbox.flush()
    clock.advance(FIRST_WAIT)
    await outbox.flush()
    assert telegram.arrived == [(ANN, "x1"), (ANN, "x2"), (ANN, "x3")]
    assert telegram.edits == [None, 1, 1]


async def test_an_edit_does_not_prove_that_somebody_can_be_reached_again(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox
) -> None:
    await writer.progress(ANN, "x", "x1")
    await outbox.flush()
    await block(raw, ANN)
    await writer.progress(ANN, "x", "x2")
    await outbox.flush()
    assert telegram.edits == [None, None]


async def test_progress_that_goes_by_email_is_a_mail_each_time_and_is_edited_by_telegram_later(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer
) -> None:
    await verify_email(raw, ANN, ANNS)
    await writer.progress(ANN, "x", "x1")
    await outbox.flush()
    await block(raw, ANN)
    await writer.progress(ANN, "x", "x2", "x3")
    await outbox.flush()
    assert [mail["Subject"] for mail in server.mails] == ["x2", "x3"]
    await raw.fetch("UPDATE users SET unreachable_at = NULL")
    await writer.progress(ANN, "x", "x4")
    await outbox.flush()
    assert (telegram.arrived, telegram.edits) == ([(ANN, "x1"), (ANN, "x4")], [None, 1])
