"""Updates that failed and notices that nobody got: listed, tried again, discarded; on the real database."""

from __future__ import annotations

import pytest

from lockbay.actors.inbox import BuryUpdate, Inbox, SettleTurns, TakeAgain
from lockbay.areas.admin.dead_letter_records import DeadLetter, EndLetter, Retell
from lockbay.areas.admin.records import SaveStaff
from lockbay.notices.records import DueNotices, NoticesSent
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, CLEO, fresh_key, onboarded, set_rates
from tests.areas.sendable import sent
from tests.areas.staffing import PLAN, actions
from tests.clock import MovedClock
from tests.talk import Talk


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    """Cleo, where an update of Ana's has failed for good."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    await buried(database, 5, b'{"update_id": 5, "message": {"text": "<b>hello</b>"}}')
    return Talk(PLAN, database, clock, CLEO)


async def buried(database: Database, update_id: int, body: bytes) -> None:
    await database.run(BuryUpdate(7, "", update_id, ANA, body, "ZeroDivisionError: <division>"))


async def in_a_question(database: Database) -> None:
    await database.run(SettleTurns(7, "", [], [], [ANA], [1], ["cash_out"], ["[]"], ["[]"], [0], [None]))


async def test_an_update_is_looked_at_and_tried_again(owner: Talk, database: Database) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    await owner.open("admin")
    await owner.press("Undelivered (1)")
    assert "ZeroDivisionError: <division>" in sent(owner.screen)
    await owner.press("@ana")
    for said in ("Update 5 of @ana", "It was: a text", "<b>hello</b>"):
        assert said in sent(owner.screen)
    await owner.press("Try again")
    assert "as if it had just come" in sent(owner.screen)
    await owner.press("Try again")
    assert "failed three times: 0" in sent(owner.screen)
    assert "Update 5 of @ana is tried again" in sent(owner.screen)
    assert Change(ANA, "Inbox") in changes
    inbox = Inbox(database, 7)
    assert len(await inbox.again(ANA)) == 1
    assert await inbox.again(ANA) == []
    assert [each[1] for each in await actions(database)] == ["retry_update"]


async def test_one_is_discarded_with_a_reason(owner: Talk, database: Database) -> None:
    await owner.open("dead_letter", "5")
    await owner.press("Discard")
    await owner.say("A bug that is mended")
    assert "failed three times: 0" in sent(owner.screen)
    assert "Update 5 of @ana is discarded" in sent(owner.screen)
    assert await database.run(TakeAgain(ANA)) == []
    assert [each[1::2] for each in await actions(database)] == [("discard_update", "A bug that is mended")]
    assert "There are none" in sent(await owner.open("dead_letter", "5"))


async def test_what_would_answer_another_question_is_left_alone(owner: Talk, database: Database) -> None:
    await in_a_question(database)
    await owner.open("dead_letter", "5")
    assert "in the middle of something" in sent(owner.screen)
    await owner.press("Try again")
    await owner.press("Try again")
    assert "which this would disturb" in sent(owner.screen)
    assert "is tried again" not in sent(owner.screen)
    assert await database.run(TakeAgain(ANA)) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"callback_query": {"data": "l:cash_out"}}', "button"),
        (b'{"message": {"photo": [], "caption": "x"}}', "photo"),
        (b'{"message": {"document": {}}}', "document"), (b'{"edited_message": {}}', "edited"),
        (b'{"my_chat_member": {}}', "membership"),
        (b"{}", "other"), (b"no json", "other"), (b"\xff\xfe", "other"), (b"[1]", "other"), (b'"text"', "other"),
        (b'{"message": 3}', "other"),
    ],
)  # fmt: skip
async def test_whatever_an_update_was_it_can_be_looked_at(
    owner: Talk, database: Database, body: bytes, kind: str
) -> None:
    await buried(database, 6, body)
    page = await database.read(DeadLetter, CLEO, 6)
    assert page is not None
    assert page.kind == kind
    assert sent(await owner.open("dead_letter", "6"))


async def test_letters_have_pages(owner: Talk, database: Database) -> None:
    for number in range(10, 20):
        await buried(database, number, b"{}")
    await owner.open("dead_letters")
    assert "failed three times: 11" in sent(owner.screen)
    seen = sent(owner.screen).count("ZeroDivisionError")
    seen += sent(await owner.press("Next")).count("ZeroDivisionError")
    assert seen == 11


@pytest.mark.parametrize(("retry", "why", "reason"), [(False, " ", "bad_note"), (True, "x" * 501, "bad_note")])
async def test_ending_one_is_refused(owner: Talk, database: Database, retry: bool, why: str, reason: str) -> None:
    assert await database.perform(EndLetter(CLEO, 5, retry, why), fresh_key()) == Refused(reason)
    assert await database.perform(EndLetter(CLEO, 6, retry, "x"), fresh_key()) == Refused("wrong_state")


async def test_a_notice_that_nobody_got_is_told_again(owner: Talk, database: Database) -> None:
    wanted = "SELECT outbox_notice($1, 'blocked', '{\"why\": \"secret\"}', 'test', now())"
    await database.pool.fetch("test", wanted, (ANA,), reads=False)
    await database.run(NoticesSent([1], ["nobody"], ["she has blocked the bot"], [None]))
    await owner.open("dead_letters")
    await owner.press("Notices that nobody got")
    text = sent(owner.screen)
    assert "1 · blocked · @ana" in text
    assert "she has blocked the bot" in text
    assert "secret" not in text
    await owner.press("🔁 1")
    assert "There are none" in sent(owner.screen)
    assert "Notice 1 is told again" in sent(owner.screen)
    found = await database.pool.fetch("test", "SELECT sent_at, attempts FROM outbox WHERE id = 1", (), reads=True)
    assert (found[0]["sent_at"], found[0]["attempts"]) == (None, 0)
    assert [row.id for row in await database.run(DueNotices([], chats=True, mails=True, most=10))] == [1]
    assert await database.perform(Retell(CLEO, 1), fresh_key()) == Refused("wrong_state")
