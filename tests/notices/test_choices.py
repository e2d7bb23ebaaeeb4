"""Choices are respected, except where the security of an account or a deadline is at stake; nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import trio
from attrs import define, field, frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas.topics import RULES
from lockbay.notices.mail import Mailer, Smtp
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.plan import notices
from lockbay.postgres import files
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.telegram.refusals import Unreachable
from tests.clock import START, MovedClock
from tests.notices.smtp import MailServer

ANN = 5_000_000_001
ANNS = "ann@example.com"
NIGHT = (22 * 60, 7 * 60)


@frozen
class News:
    text: str


def draw(words: Words, news: News) -> Screen:
    return Screen(words("{text}", text=news.text))


# Real kinds, drawn simply: ordinary, important, low, security, and one of the staff's.
KINDS = (
    "trade_released", "trade_reminder", "rated", "email_replaced", "account_closed", "payout_stuck", "ticket_message",
    "books_differ", "team_changed", "unheard_of",
)  # fmt: skip


@define(eq=False)
class Telegram:
    """What arrived, and whether it made a sound."""

    arrived: list[tuple[str, bool]] = field(factory=list)
    is_blocked: bool = False

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        await trio.lowlevel.checkpoint()
        if self.is_blocked:
            raise Unreachable("Forbidden: bot was blocked by the user", 403)
        self.arrived.append((str(screen.text), not screen.silent))
        return len(self.arrived)

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = lambda: 0.0) -> int:
        return await self.deliver(chat_id, screen)


@define(eq=False)
class Desk:
    """Writes notices to Ann, and tells them."""

    raw: Connection
    outbox: Outbox
    telegram: Telegram
    clock: MovedClock
    server: MailServer

    async def choose(self, **columns: object) -> None:
        changes = ", ".join(f"{name} = ${number}" for number, name in enumerate(columns, 2))
        await self.raw.fetch(f"UPDATE users SET {changes} WHERE id = $1", ANN, *columns.values())

    async def tell(self, *kinds: str) -> None:
        for kind in kinds:
            data = {"text": kind, "user_id": ANN}
            await self.raw.fetch(
                "SELECT outbox_notice($1, $2, $3, $4, $5)",
                ANN,
                kind,
                data,
                f"{kind}.{self.clock.now()}",
                self.clock.now(),
            )
        await self.outbox.flush()

    async def ended(self, kind: str) -> tuple[str | None, str | None, datetime]:
        [row] = await self.raw.fetch(
            "SELECT sent_by, error, due_at FROM outbox WHERE kind = $1 AND user_id = $2", kind, ANN
        )
        return tuple(row)


@pytest.fixture
async def desk(raw: Connection, database: Database, clock: MovedClock, nursery: trio.Nursery) -> Desk:
    await raw.fetch("INSERT INTO users (id, first_name, created_at) VALUES ($1, 'Ann', $2)", ANN, START)
    server, telegram = MailServer(), Telegram()
    await nursery.start(server.serve)
    mailer = Mailer(Smtp.parse(f"smtp://127.0.0.1:{server.port}?from=bot@lockbay.test"))
    known = {kind: Notice(News, draw) for kind in KINDS}
    teller = Teller(database, telegram, known, mailer, "https://t.me/LockBayBot")
    return Desk(raw, Outbox(database, clock, teller), telegram, clock, server)


def night(clock: MovedClock) -> datetime:
    """Half past eleven in the evening, UTC."""
    return clock.now().replace(hour=23, minute=30, second=0, microsecond=0) + timedelta(days=1)


async def test_what_is_muted_is_told_by_nobody(desk: Desk) -> None:
    await desk.choose(muted=["trades", "staff_payouts"], email=ANNS, email_verified_at=START)
    await desk.tell("trade_released", "payout_stuck", "rated")
    assert desk.telegram.arrived == [("rated", True)]
    assert (await desk.ended("trade_released"))[:2] == ("nobody", "muted")
    assert desk.server.mails == []


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        (None, []), ("support", ["ticket_message"]), ("finance", ["payout_stuck", "team_changed"]),
        ("owner", ["payout_stuck", "ticket_message", "books_differ", "team_changed"]),
    ],
)  # fmt: skip
async def test_what_the_staff_is_told_reaches_who_has_that_role_when_it_is_told(
    desk: Desk, role: str | None, heard: list[str]
) -> None:
    """It waited for Telegram, or for the night to end, while the role was taken."""
    if role is not None:
        await desk.raw.fetch("INSERT INTO staff (user_id, role, by_settings) VALUES ($1, $2, false)", ANN, role)
    await desk.choose(email=ANNS, email_verified_at=START)
    await desk.tell("payout_stuck", "ticket_message", "books_differ", "team_changed")
    assert [kind for kind, _ in desk.telegram.arrived] == heard
    assert desk.server.mails == []
    if role is None:
        assert (await desk.ended("payout_stuck"))[:2] == ("nobody", "not of the staff")


async def test_what_needs_the_person_before_a_deadline_cannot_be_muted(desk: Desk) -> None:
    await desk.choose(muted=["trades"])
    await desk.tell("trade_reminder")
    assert desk.telegram.arrived == [("trade_reminder", True)]


async def test_what_concerns_security_cannot_be_muted_and_sounds_at_night(desk: Desk) -> None:
    desk.clock.time = night(desk.clock)
    await desk.choose(muted=["security", "trades"], quiet_from=NIGHT[0], quiet_until=NIGHT[1])
    await desk.tell("email_replaced", "unheard_of")
    assert desk.telegram.arrived == [("email_replaced", True), ("unheard_of", True)]


async def test_at_night_notices_make_no_sound_and_what_can_wait_waits(desk: Desk) -> None:
    desk.clock.time = night(desk.clock)
    await desk.choose(quiet_from=NIGHT[0], quiet_until=NIGHT[1], time_zone="Africa/Lagos")
    await desk.tell("rated", "trade_reminder", "trade_released")
    assert desk.telegram.arrived == [("trade_reminder", False), ("trade_released", False)]
    sent_by, _, due_at = await desk.ended("rated")
    assert sent_by is None
    assert (due_at.hour, due_at.minute) == (6, 0), "7:00 in Lagos"
    desk.clock.time = due_at
    await desk.outbox.flush()
    assert desk.telegram.arrived[2:] == [("rated", True)]


async def test_what_waited_once_waits_no_second_time(desk: Desk) -> None:
    desk.clock.time = night(desk.clock)
    await desk.choose(quiet_from=NIGHT[0], quiet_until=NIGHT[1])
    await desk.tell("rated")
    desk.clock.time = (await desk.ended("rated"))[2]
    await desk.choose(quiet_from=0, quiet_until=23 * 60)
    await desk.outbox.flush()
    assert desk.telegram.arrived == [("rated", False)]


async def test_who_closed_their_account_hears_what_is_theirs_and_nothing_else(desk: Desk) -> None:
    await desk.choose(closed_at=START)
    await desk.tell("rated", "trade_reminder", "email_replaced")
    assert desk.telegram.arrived == [("email_replaced", True)]
    assert (await desk.ended("trade_reminder"))[:2] == ("nobody", "closed")


async def test_what_goes_both_ways_is_mailed_once_when_telegram_does_not_reach_them(desk: Desk) -> None:
    await desk.choose(email=ANNS, email_verified_at=START)
    desk.telegram.is_blocked = True
    news = {"text": "closed"}
    await desk.raw.fetch("SELECT outbox_secure($1, 'account_closed', $2, 'x', $3)", ANN, news, desk.clock.now())
    await desk.outbox.flush()
    assert [mail["To"] for mail in desk.server.mails] == [ANNS]
    assert (await desk.ended("account_closed"))[0] == "nobody"


async def test_a_mail_to_a_person_speaks_as_they_do(desk: Desk) -> None:
    await desk.choose(language="fr", time_zone="Africa/Lagos")
    await desk.raw.fetch(
        "SELECT outbox_mail($1, 'email_replaced', $2, 'x', $3)", ANNS, {"text": "x", "user_id": ANN}, desk.clock.now()
    )
    await desk.outbox.flush()
    [mail] = desk.server.mails
    page = mail.get_body(("html",))
    assert page is not None
    assert '<html lang="fr">' in page.get_content()


def test_every_kind_of_notice_has_a_rule() -> None:
    assert sorted(notices("bot", b"secret").keys() - RULES.keys()) == []


def test_what_goes_both_ways_is_written_as_two_rows() -> None:
    texts = "\n".join(file.text for file in files.read_files(files.sql_folder()).values())
    for kind, rule in RULES.items():
        assert (f"outbox_secure(p_user_id, '{kind}'" in texts) == (rule.way == "both"), kind
