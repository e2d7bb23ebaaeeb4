"""Further e-mail addresses of a person, added by a code and deleted; killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

from lockbay.areas.contacts.extras_records import ForgetExtra
from lockbay.areas.onboarding.records import ProvePhone
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.extra import OTHER, extras, have, values
from tests.areas.extra import ana as ana
from tests.areas.extra import talk as talk
from tests.areas.newcomers import mail
from tests.areas.people import ANA, BEN, another, fresh_key, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_codes import addresses, mailed
from tests.clock import MovedClock
from tests.talk import Talk


async def test_an_address_is_added_by_the_code_that_was_mailed_there(talk: Talk, database: Database) -> None:
    await talk.open("contacts")
    page = await talk.press("My other e-mails")
    assert "Codes to send money out never go to them" in sent(page)
    await talk.press("E-mail")
    assert "Ana.Work@example.com" in sent(await talk.say("Ana.Work@EXAMPLE.com"))
    assert await addresses(database) == ["Ana.Work@example.com"]
    assert "to add this e-mail address" in sent(await mail(database))
    assert await values(database) == [], "typed is not proven"
    assert "is yours" in sent(await talk.say(await mailed(database)))
    assert await values(database) == ["Ana.Work@example.com"]
    assert "Ana.Work@example.com" in sent(await talk.press("Back"))


async def test_the_page_of_all_takes_an_address_that_is_typed_there(talk: Talk, database: Database) -> None:
    page = await talk.open("extras")
    assert "Type an address to add it" in sent(page)
    assert "No mail can be sent to that" in sent(await talk.say("ana.work"))
    assert OTHER in sent(await talk.say(OTHER))
    assert await addresses(database) == [OTHER]
    await talk.say(await mailed(database))
    assert await values(database) == [OTHER]


async def test_the_page_of_all_says_what_to_do_when_there_can_be_no_more(talk: Talk, database: Database) -> None:
    await have(database, ANA, *(f"{n}@example.com" for n in range(5)))
    text = sent(await talk.open("extras"))
    assert "Delete one to add another" in text
    assert "Type an address" not in text
    assert "add_email" not in leads_to(talk.screen)
    assert "You have 5" in sent(await talk.say(OTHER))
    assert await addresses(database) == []


async def test_what_is_no_address_is_asked_again(talk: Talk, database: Database) -> None:
    await talk.open("add_email")
    for text in ("ana", "@", "ana@", "x" * 300 + "@example.com", "<b>@example.com"):
        assert "No mail can be sent to that" in sent(await talk.say(text))
    assert await addresses(database) == []


async def test_wrong_codes_are_counted_and_the_right_one_is_still_taken(talk: Talk, database: Database) -> None:
    await talk.open("add_email")
    await talk.say(OTHER)
    right = await mailed(database)
    assert "4 tries left" in sent(await talk.say(another(right)))
    assert "6 digits" in sent(await talk.say("12"))
    assert "3 tries left" in sent(await talk.say(another(right)))
    assert await values(database) == []
    assert "is yours" in sent(await talk.say(right))


async def test_after_five_wrong_codes_the_right_one_is_not_taken(talk: Talk, database: Database) -> None:
    await talk.open("add_email")
    await talk.say(OTHER)
    right = await mailed(database)
    for _ in range(5):
        await talk.say(another(right))
    assert "too many codes or tries" in sent(await talk.say(right))
    assert await values(database) == []


async def test_an_expired_code_is_replaced_by_another(talk: Talk, database: Database, clock: MovedClock) -> None:
    await talk.open("add_email")
    await talk.say(OTHER)
    old = await mailed(database)
    assert "just sent" in sent(await talk.press("Send again"))
    clock.advance(timedelta(minutes=10))
    assert "not valid any more" in sent(await talk.say(old))
    await talk.press("Send again")
    assert "is yours" in sent(await talk.say(await mailed(database)))


async def test_there_are_five_at_most_even_when_the_last_is_proven_meanwhile(talk: Talk, database: Database) -> None:
    await have(database, ANA, *(f"ana{n}@example.com" for n in range(4)))
    await talk.open("add_email")
    await talk.say(OTHER)
    code = await mailed(database)
    await have(database, ANA, "fifth@example.com")
    assert "no more" in sent(await talk.say(code))
    await talk.open("add_email")
    assert "no more" in sent(await talk.say("sixth@example.com"))
    assert len(await values(database)) == 5


async def test_an_address_is_deleted_after_a_question_by_its_owner_only(talk: Talk, database: Database) -> None:
    await have(database, ANA, OTHER)
    [mine] = (await extras(database)).extras
    assert await database.perform(ForgetExtra(await onboarded(database, BEN), mine.id), fresh_key()) == Refused(
        "unknown_extra"
    )
    await talk.open("extras")
    asked = await talk.press(OTHER)
    assert await values(database) == [OTHER]
    assert "is deleted" in sent(await talk.press("Delete"))
    assert await values(database) == []
    talk.screens.append(asked)
    assert "not there any more" in sent(await talk.press("Delete")), "the button of an old screen"


async def test_who_has_no_email_of_the_account_is_led_to_prove_that_first(talk: Talk, database: Database) -> None:
    """A further one raises no limit, and gets no codes."""
    assert "email" not in leads_to(await talk.open("extras"))
    await database.pool.fetch(
        "own", "UPDATE users SET email = NULL, email_verified_at = NULL, email_first_at = NULL", ()
    )
    screen = await talk.open("extras")
    assert "Your e-mail: none yet" in sent(screen)
    assert "email" in leads_to(screen)


async def test_the_number_is_the_one_that_telegram_told(talk: Talk, database: Database) -> None:
    assert "📱 Share my number" in labels(await talk.open("extras"))
    await database.perform(ProvePhone(ANA, "+2348031234567"), fresh_key())
    page = await talk.open("extras")
    assert "+2348031234567" in sent(page)
    assert "no further numbers" in sent(page)
    assert "📱 Share my number" not in labels(page)
