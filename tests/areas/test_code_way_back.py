"""Back from the question for a mailed code: to the review, and on from there with the code that has come."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.areas.cashing import made, mailed_code, reviewed, talk, verify
from tests.areas.people import another
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["talk"]


async def mails(database: Database) -> int:
    [row] = await database.pool.fetch(
        "mails", "SELECT count(*) AS n FROM outbox WHERE kind = 'email_code'", (), reads=True
    )
    return int(row["n"])


@pytest.fixture
async def asked(talk: Talk, raw: Connection) -> Talk:
    """Who has confirmed 10 USDT and is asked for the code."""
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    return talk


async def test_back_leads_to_the_review_and_the_code_that_came_is_good(asked: Talk, database: Database) -> None:
    assert labels(asked.screen) == ["Send again", "⬅️ Back", "✖️ Cancel"]
    for _ in range(3):
        assert "Your cash-out" in sent(await asked.press("Back"))
        assert "It is good until" in sent(await asked.press("Confirm"))
    assert await mails(database) == 1
    assert "requested" in sent(await asked.say(await mailed_code(database)))
    assert [cashout.amount for cashout in await made(database)] == [10]


@pytest.mark.parametrize(("minutes", "said"), [(2, "It is good until"), (11, "A new code is needed")])
async def test_after_the_pause_none_is_mailed_that_nobody_asked_for(
    asked: Talk, database: Database, clock: MovedClock, minutes: int, said: str
) -> None:
    await asked.press("Back")
    clock.advance(timedelta(minutes=minutes))
    assert said in sent(await asked.press("Confirm"))
    assert await mails(database) == 1
    if minutes > 10:
        await asked.press("Send again")
    assert "requested" in sent(await asked.say(await mailed_code(database)))


async def test_who_types_a_code_that_has_expired_hears_so_and_that_a_new_one_was_mailed(
    asked: Talk, database: Database, clock: MovedClock
) -> None:
    """They saw the same question again, and would have typed the same code."""
    old = await mailed_code(database)
    clock.advance(timedelta(minutes=11))
    told = sent(await asked.say(old))
    assert told.startswith("⚠️ That code is not valid any more, and no money moved. A new one was just mailed to you.")
    assert "It is good until" in told
    assert await mails(database) == 2
    assert "requested" in sent(await asked.say(await mailed_code(database)))


async def test_a_try_counts_however_they_come_back(asked: Talk, database: Database) -> None:
    wrong = another(await mailed_code(database))
    assert "4 tries left" in sent(await asked.say(wrong))
    await asked.press("Back")
    assert "tries left" not in sent(await asked.press("Confirm"))
    assert "3 tries left" in sent(await asked.say(wrong))
    assert await mails(database) == 1


async def test_what_is_changed_in_between_needs_a_code_of_its_own(
    asked: Talk, database: Database, clock: MovedClock
) -> None:
    first = await mailed_code(database)
    await asked.press("Back")
    await asked.press("Amount")
    await asked.say("20")
    assert "The last code is for something else" in sent(await asked.press("Confirm")) + sent(
        await asked.press("Send again")
    )
    await asked.press("Back")
    await asked.press("Amount")
    await asked.say("10")
    assert "It is good until" in sent(await asked.press("Confirm"))
    assert await mails(database) == 1
    assert "requested" in sent(await asked.say(first))
    assert [cashout.amount for cashout in await made(database)] == [10]


async def test_a_new_amount_is_mailed_a_code_that_names_it(asked: Talk, database: Database, clock: MovedClock) -> None:
    first = await mailed_code(database)
    await asked.press("Back")
    await asked.press("Amount")
    await asked.say("20")
    clock.advance(timedelta(seconds=61))
    assert "I sent a code" in sent(await asked.press("Confirm"))
    assert await mails(database) == 2
    await asked.say(first)
    assert await made(database) == []
    assert "requested" in sent(await asked.say(await mailed_code(database)))
    assert [cashout.amount for cashout in await made(database)] == [20]
