"""Further e-mail addresses of a person: proven by a code, found by invitations; killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio

from lockbay import plan
from lockbay.areas.codes import CodeSent, Purpose, SendCode
from lockbay.areas.contacts.extras_records import Extra, Extras, ForgetExtra, ProveEmail
from lockbay.areas.onboarding.records import Onboarding, ProvePhone, VerifiedEmail, VerifyCode
from lockbay.areas.trades.records import JoinTrade, TradeState
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, BEN, CLEO, another, fresh_key, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_codes import addresses, mailed, verified
from tests.areas.test_onboarding import mail
from tests.clock import MovedClock
from tests.talk import Talk

OTHER = "ana.work@example.com"
PLAN = plan.plan("lockbay_bot")
FURTHER = (
    "INSERT INTO extra_contacts (user_id, kind, value, verified_at, created_at) "
    "VALUES ({0}, 'email', '{1}', now(), now())"
)
OWN = "UPDATE users SET email_verified_at = now(), email = '{1}' WHERE id = {0}"


@pytest.fixture
async def ana(database: Database) -> int:
    return await verified(database, ANA, "ana@example.com")


@pytest.fixture
def talk(database: Database, clock: MovedClock, ana: int) -> Talk:
    return Talk(PLAN, database, clock, ana)


async def extras(database: Database, user: int = ANA) -> Extras:
    view = await database.read(Extras, user)
    assert view is not None
    return view


async def values(database: Database, user: int = ANA) -> list[str]:
    return [each.value for each in (await extras(database, user)).extras]


async def coded(database: Database, user: int, email: str) -> str:
    """The code that was mailed to an address that is to be added."""
    assert isinstance(await database.perform(SendCode(user, "contact", email), fresh_key()), CodeSent)
    return await mailed(database)


async def prove(database: Database, user: int, email: str, code: str) -> Extra | Refused:
    return await database.perform(ProveEmail(user, email, code), fresh_key())


async def have(database: Database, user: int, *emails: str) -> None:
    """They are the person's, as if each had been proven long ago."""
    for email in emails:
        await database.pool.fetch("have", FURTHER.format(user, email), (), reads=False)


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


async def test_a_code_proves_the_address_that_it_was_mailed_to_only(database: Database, ana: int) -> None:
    code = await coded(database, ana, OTHER)
    assert await prove(database, ana, "eve@example.com", code) == Refused("expired")
    assert await prove(database, await onboarded(database, BEN), OTHER, code) == Refused("expired")
    assert isinstance(await database.perform(VerifyCode(ana, code), fresh_key()), Refused), "for another purpose"
    assert isinstance(await prove(database, ana, OTHER, code), Extra)
    assert await prove(database, ana, OTHER, code) == Refused("expired"), "once only"


async def test_what_is_somebodys_cannot_be_added(talk: Talk, database: Database) -> None:
    await verified(database, BEN, "ben@example.com")
    await have(database, BEN, "ben.work@example.com")
    await have(database, ANA, OTHER)
    await talk.open("add_email")
    for taken in ("Ben@example.com", "BEN.work@example.com"):
        assert "another account" in sent(await talk.say(taken))
    for mine in ("ANA@example.com", OTHER.upper()):
        assert "yours already" in sent(await talk.say(mine))
    assert await addresses(database) == []


async def test_what_somebody_else_proved_meanwhile_is_not_added(talk: Talk, database: Database) -> None:
    await talk.open("add_email")
    await talk.say(OTHER)
    code = await mailed(database)
    await have(database, await onboarded(database, BEN), OTHER)
    assert "another account" in sent(await talk.say(code))
    assert talk.is_over
    assert await values(database) == []


async def test_nobody_makes_anothers_further_address_the_one_of_their_account(database: Database, ana: int) -> None:
    ben = await onboarded(database, BEN)
    assert isinstance(await database.perform(SendCode(ben, "email", OTHER), fresh_key()), CodeSent)
    code = await mailed(database)
    await have(database, ana, OTHER)
    assert await database.perform(VerifyCode(ben, code), fresh_key()) == Refused("email_taken")
    cleo = await onboarded(database, CLEO)
    assert await database.perform(SendCode(cleo, "email", OTHER), fresh_key()) == Refused("email_taken")


async def test_ones_own_further_address_may_become_the_one_of_the_account(database: Database, ana: int) -> None:
    await have(database, ana, OTHER)
    await database.perform(SendCode(ana, "email", OTHER), fresh_key())
    proven = await database.perform(VerifyCode(ana, await mailed(database)), fresh_key())
    assert isinstance(proven, VerifiedEmail)
    view = await extras(database)
    assert (view.email, view.extras) == (OTHER, ())


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


@pytest.mark.parametrize(("theirs", "purpose"), [(FURTHER, "contact"), (OWN, "contact"), (FURTHER, "email")])
async def test_of_two_who_prove_one_address_at_once_one_has_it(
    database: Database, raw: Connection, theirs: str, purpose: Purpose
) -> None:
    """As a further one, or as that of the account: the second waits for the first, and then finds it taken."""
    ana, ben = await onboarded(database, ANA), await onboarded(database, BEN)
    assert isinstance(await database.perform(SendCode(ana, purpose, OTHER), fresh_key()), CodeSent)
    code = await mailed(database)
    await raw.execute(f"BEGIN; SELECT contacts_lock_email('{OTHER}'); {theirs.format(ben, OTHER.upper())}")
    outcomes: list[Extra | VerifiedEmail | Refused] = []

    async def second() -> None:
        operation = ProveEmail(ana, OTHER, code) if purpose == "contact" else VerifyCode(ana, code)
        outcomes.append(await database.perform(operation, fresh_key()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(second)
        with trio.fail_after(5):
            while not await raw.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()
        await raw.execute("COMMIT")
    assert outcomes == [Refused("email_taken")]


async def test_a_code_is_used_once_by_two_at_once_and_a_request_answered_the_same(database: Database, ana: int) -> None:
    code, key = await coded(database, ana, OTHER), fresh_key()
    outcomes: list[Extra | Refused] = []

    async def once(key: str) -> None:
        outcomes.append(await database.perform(ProveEmail(ana, OTHER, code), key))

    async with trio.open_nursery() as nursery:
        for each in (key, key, fresh_key()):
            nursery.start_soon(once, each)
    assert len(await values(database)) == 1
    again = await database.perform(ProveEmail(ana, OTHER, code), key)
    assert outcomes.count(again) >= 2


async def test_an_invitation_to_a_further_address_is_found_and_joined(database: Database, ana: int) -> None:
    await set_rates(database)
    ben = await onboarded(database, BEN, "Ben", "ben")
    trade = await offered(database, ben, "email", OTHER.upper())
    assert trade.token is not None
    join = JoinTrade(ana, trade.token)
    assert await database.perform(join, fresh_key()) == Refused("not_for_you")
    changes: list[Change] = []
    database.on_changed = changes.extend
    await prove(database, ana, OTHER, await coded(database, ana, OTHER))
    assert {Change(ana, "Onboarding"), Change(ana, "Menu"), Change(ana, "InvitationPage")} <= set(changes)
    view, page = await database.read(Onboarding, ana), await database.read(InvitationPage, ana, trade.token)
    assert view is not None
    assert page is not None
    assert [each.trade_id for each in view.invitations] == [trade.id]
    assert page.standing == "open"
    assert await database.perform(JoinTrade(CLEO, trade.token), fresh_key()) == Refused("not_onboarded")
    cleo = await onboarded(database, CLEO, "Cleo", "cleo")
    assert await database.perform(JoinTrade(cleo, trade.token), fresh_key()) == Refused("not_for_you")
    joined = await database.perform(join, fresh_key())
    assert isinstance(joined, TradeState)
    assert joined.seller_id == ana


async def test_who_is_known_by_a_further_address_is_the_seller_at_once(database: Database, ana: int) -> None:
    await set_rates(database)
    await have(database, ana, OTHER)
    assert (await offered(database, await onboarded(database, BEN), "email", OTHER)).seller_id == ana
    with pytest.raises(AssertionError, match="own_trade"):
        await offered(database, ana, "email", OTHER)


async def test_an_address_that_is_not_proven_finds_nothing(database: Database, ana: int) -> None:
    await set_rates(database)
    await have(database, ana, OTHER)
    await database.pool.fetch("undo", "UPDATE extra_contacts SET verified_at = NULL", (), reads=False)
    trade = await offered(database, await onboarded(database, BEN), "email", OTHER)
    assert trade.seller_id is None
    assert trade.token is not None
    assert await database.perform(JoinTrade(ana, trade.token), fresh_key()) == Refused("not_for_you")
    view = await database.read(Onboarding, ana)
    assert view is not None
    assert view.invitations == ()


async def test_a_code_for_a_cashout_never_goes_to_a_further_address(database: Database, ana: int) -> None:
    await have(database, ana, OTHER)
    assert await database.perform(SendCode(ana, "cashout", OTHER), fresh_key()) == Refused("bad_email")
    await database.perform(SendCode(ana, "cashout"), fresh_key())
    assert await addresses(database) == ["ana@example.com"]


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
