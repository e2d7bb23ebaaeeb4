"""Who cannot be told by Telegram, or has only an address, gets an e-mail; and what a mail server does harms nobody."""

from __future__ import annotations

import pytest
import trio
import trio.testing
from structlog.typing import EventDict

from lockbay.notices.lanes import LANES
from lockbay.notices.mail import Mailer, Smtp
from lockbay.notices.outbox import FIRST_WAIT, LIFETIME, LONGEST_WAIT, MOST, Outbox
from lockbay.notices.teller import Teller
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from lockbay.telegram.refusals import BadRequest, Unreachable
from tests.clock import START, MovedClock
from tests.notices.smtp import MailServer
from tests.notices.told import (
    ANN,
    ANNS,
    BEN,
    NOTICES,
    Telegram,
    Writer,
    arrives,
    block,
    make_outbox,
    people,
    unreachable_at,
    verify_email,
)


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


async def test_who_turns_out_to_be_out_of_reach_keeps_nobody_waiting_for_the_mail_server(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer, nursery: trio.Nursery
) -> None:
    """Many have blocked the bot since they were last told something; the news goes to their mailboxes."""
    server.silent = {"EHLO"}
    for user_id in await people(raw, LANES):
        await verify_email(raw, user_id, f"{user_id}@example.com")
        telegram.fails[user_id] = [Unreachable("bot was blocked", 403)]
        await writer.tell(user_id, f"n{user_id}")
    await writer.tell(BEN, "paid")
    nursery.start_soon(outbox.run)
    await arrives(telegram, (BEN, "paid"))


async def test_telegram_that_says_nothing_keeps_no_mail_waiting(
    raw: Connection, writer: Writer, telegram: Telegram, outbox: Outbox, server: MailServer, nursery: trio.Nursery
) -> None:
    """Nor do those whom it keeps waiting, however many they are: a code that nobody gets ends a cash-out."""
    many = await people(raw, LANES + MOST)
    telegram.held = {user_id: trio.Event() for user_id in many}
    for user_id in many:
        await writer.tell(user_id, f"n{user_id}")
    nursery.start_soon(outbox.run)
    with trio.fail_after(10):
        while len(telegram.waiting) < LANES:
            await trio.lowlevel.checkpoint()
    await writer.tell(ANNS, "code")
    outbox.told()
    with trio.fail_after(10):
        while not server.mails:
            await trio.lowlevel.checkpoint()
    assert len(telegram.waiting) == LANES


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
