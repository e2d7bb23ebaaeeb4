"""A newcomer proves an e-mail address, or does not: on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.areas.code_mail import CodeMail
from lockbay.postgres.database import Database
from tests.areas.newcomers import EMAIL, PLAN, mail, mailed_code, state
from tests.areas.people import ANA, BEN, another, met
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_what_cannot_be_read_is_told_by_what_was_asked(database: Database, talking: Talking) -> None:
    """It was always called an e-mail address that is none, also where the code or the terms waited."""
    talk = talking(await met(database, ANA))
    await talk.open("start")
    for typed in ("hello", "12", "+234 803 123 4567", "0803 123 4567"):  # no mail was sent that one could look into
        assert "That is not an e-mail address" in sent(await talk.say(typed))
    await talk.say(EMAIL)
    for typed in ("hello", "12"):
        assert "The code has 6 digits" in sent(await talk.say(typed))
    assert "Check your mail" in sent(await talk.open("start"))
    assert "The code has 6 digits" in sent(await talk.say("hello"))
    assert "terms" in sent(await talk.press("Skip"))
    for typed in ("yes", "12"):
        assert "press Accept" in sent(await talk.say(typed))
    await talk.open("start")
    assert "press Accept" in sent(await talk.say("yes"))


async def test_a_newcomer_proves_the_email_with_the_code_from_the_mail(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert EMAIL in sent(await talk.say("ana@EXAMPLE.com"))
    code = await mailed_code(database)
    assert f"{EMAIL} is yours" in sent(await talk.say(f"{code[:3]} {code[3:]}"))
    await talk.press("Accept")
    assert (await state(database)).email == EMAIL


async def test_a_wrong_code_says_how_many_tries_are_left_and_five_end_it(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    wrong = another(await mailed_code(database))
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left", "last try. You can go on in 60 minutes"):
        assert left in sent(await talk.say(wrong))
    assert "You can go on in 60 minutes" in sent(await talk.say(await mailed_code(database)))
    assert (await state(database)).email_verified_at is None
    assert "terms" in sent(await talk.press("Skip"))


async def test_a_code_is_sent_again_after_a_minute_and_only_the_new_one_counts(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    old = await mailed_code(database)
    assert "in 60 seconds" in sent(await talk.press("Send again"))
    assert await mailed_code(database) == old
    clock.advance(timedelta(seconds=60))
    await talk.press("Send again")
    new = await mailed_code(database)
    assert new != old
    assert "not the code" in sent(await talk.say(old))
    assert "is yours" in sent(await talk.say(new))


async def test_an_expired_code_is_refused_and_a_new_one_offered(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    old = await mailed_code(database)
    clock.advance(timedelta(minutes=10))
    assert "not valid any more" in sent(await talk.say(old))
    await talk.press("New code to ana@example.com")
    assert "is yours" in sent(await talk.say(await mailed_code(database)))


async def test_the_address_can_be_changed_before_the_code_is_typed(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say("ana@exmaple.com")
    assert "Type your address" in sent(await talk.press("Change"))
    clock.advance(timedelta(minutes=2))
    assert EMAIL in sent(await talk.say(EMAIL))
    await talk.say(await mailed_code(database))
    assert (await state(database)).email == EMAIL


async def test_an_address_that_somebody_else_has_proven_is_refused(database: Database, talking: Talking) -> None:
    for user_id in (ANA, BEN):
        talk = talking(await met(database, user_id))
        await talk.open("start")
        await talk.say(EMAIL if user_id == ANA else "ANA@example.com")
        if user_id == ANA:
            await talk.say(await mailed_code(database))
    assert "belongs to another account" in sent(talk.screen)
    assert "Skip" in labels(talk.screen)


NO_ADDRESSES = ["ana", "ana@", "@example.com", "ana@example", "ana@@example.com", "a b@example.com", "ana@exa mple.com"]
ODD_TEXTS = ["<b>@example.com", "ana@[127.0.0.1]", "ana@example.com\nben@example.com", "😀", "مرحبا", "\u202eana"]
NO_CODES = ["12345", "1234567", "١٢٣٤٥٦", "9" * 4096]
TOO_LONG = ["@" * 4096, "a" * 4096, "a@" + "b" * 300 + ".com"]


@pytest.mark.parametrize("typed", NO_ADDRESSES + ODD_TEXTS + NO_CODES + TOO_LONG)
async def test_what_is_neither_address_nor_code_is_asked_again_and_never_repeated(
    database: Database, talking: Talking, typed: str
) -> None:
    talk = talking(await met(database, ANA))
    greeting = await talk.open("start")
    shown = sent(await talk.say(typed))
    assert shown.startswith("⚠️")
    assert shown.endswith(sent(greeting))
    assert (await state(database)).code is None


async def test_a_photo_instead_of_an_address_asks_again(database: Database, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    assert "type an answer" in sent(await talk.send_photo())


async def test_the_mail_has_the_code_in_its_subject_and_its_record_never_shows_the_nonce(
    database: Database, talking: Talking
) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start")
    await talk.say(EMAIL)
    subject, _, body = sent(await mail(database)).partition("\n")
    assert subject == f"{await mailed_code(database)} is your LockBay code"
    assert "22 Nov, 12:10 UTC" in body
    assert "nonsense" not in repr(CodeMail(ANA, "email", "nonsense", database.clock.now()))
