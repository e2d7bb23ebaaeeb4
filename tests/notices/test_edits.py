"""Progress is shown in one message: what is told of a subject takes the place of what was told of it before."""

from __future__ import annotations

from lockbay.errors import TelegramUnavailable
from lockbay.notices.outbox import FIRST_WAIT, Outbox
from lockbay.postgres.bridge import Connection
from lockbay.telegram.refusals import AnswerLost
from tests.clock import MovedClock
from tests.notices.smtp import MailServer
from tests.notices.told import ANN, ANNS, BEN, Telegram, Writer, block, verify_email


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
