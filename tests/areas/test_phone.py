"""Invitations by phone number find whose number it is, and nobody else; on the real database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio

from lockbay.actors.screen import AskContact, NoKeyboard
from lockbay.actors.update import Contact
from lockbay.areas.onboarding.records import AcceptTerms, ProvePhone
from lockbay.areas.trades.records import TradeState
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.inviting import NUMBER, PLAN, TOLD, join, phone_of, prove, standing, waiting
from tests.areas.inviting import buyer as buyer
from tests.areas.people import ANA, CLEO, fresh_key, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, sent
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_the_token_alone_does_not_open_an_invitation_by_phone_number(database: Database, buyer: int) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    stranger, rightful = await onboarded(database, CLEO), await onboarded(database, ANA)
    await prove(database, stranger, "+2348037654321")
    for user_id in (stranger, rightful):
        assert await standing(database, user_id, trade) == "not_for_you"
        assert await join(database, user_id, trade) == Refused("not_for_you")
    await prove(database, rightful)
    assert await standing(database, rightful, trade) == "open"
    joined = await join(database, rightful, trade)
    assert isinstance(joined, TradeState)
    assert joined.seller_id == rightful


async def test_a_newcomer_with_the_link_of_anothers_number_does_not_become_the_seller(
    database: Database, buyer: int
) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    entered = await database.perform(AcceptTerms(await met(database, CLEO), trade.token), fresh_key())
    assert not isinstance(entered, Refused)
    assert (entered.trade_id, entered.reason) == (None, "not_for_you")


async def test_a_seller_who_is_known_by_the_number_is_bound_at_once(database: Database, buyer: int) -> None:
    await prove(database, await onboarded(database, ANA))
    assert (await offered(database, buyer, "phone", NUMBER)).seller_id == ANA


@pytest.mark.parametrize("number", ["08031234567", "2348031234567", "+0348031234567", "+234 803", "+12345678901234567"])
async def test_numbers_in_another_form_are_refused_by_the_database(database: Database, buyer: int, number: str) -> None:
    with pytest.raises(AssertionError, match="bad_seller"):
        await offered(database, buyer, "phone", number)
    assert await database.perform(ProvePhone(buyer, number), fresh_key()) == Refused("bad_phone")


async def test_a_number_that_changed_hands_follows_the_newer_proof(
    database: Database, buyer: int, clock: MovedClock
) -> None:
    old, new = await onboarded(database, ANA), await onboarded(database, CLEO)
    await prove(database, old)
    bound = await offered(database, buyer, "phone", NUMBER)
    clock.advance(timedelta(days=200))
    await set_rates(database)
    changes: list[Change] = []
    database.on_changed = changes.extend
    assert (await prove(database, new)).verified_at == clock.now()
    assert (await phone_of(database, old), await phone_of(database, new)) == (None, NUMBER)
    assert {Change(old, "Onboarding"), Change(new, "Onboarding"), Change(old, "InvitationPage")} <= set(changes)
    assert {Change(old, "Preferences"), Change(new, "Preferences")} <= set(changes), "the settings show it at once"
    assert bound.seller_id == old, "what was joined stays joined"
    assert (await offered(database, buyer, "phone", NUMBER)).seller_id == new


async def test_two_who_prove_one_number_at_once_do_not_both_have_it(database: Database) -> None:
    """And two who take each other's number do not lock each other out."""
    other = "+2348037654321"
    await prove(database, await met(database, ANA), other)
    await prove(database, await met(database, CLEO))
    for _ in range(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(prove, database, ANA, NUMBER)
            nursery.start_soon(prove, database, CLEO, other)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(prove, database, ANA, other)
            nursery.start_soon(prove, database, CLEO, other)
        owners = [await phone_of(database, user_id) for user_id in (ANA, CLEO)]
        assert sorted(owner or "" for owner in owners) == ["", other]


async def test_the_invitee_shares_the_number_and_joins(database: Database, buyer: int, talking: Talking) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    assert trade.token is not None
    talk = talking(await onboarded(database, ANA, "Ana", "ana"))
    page = await talk.open("invitation", trade.token)
    assert "names a phone number" in sent(page)
    assert not any("Join" in label for label in labels(page))
    asked = await talk.press("Share my number")
    assert isinstance(asked.keyboard, AskContact)
    assert not asked.rows
    await talk.reply(TOLD)
    shared, invitation = talk.screens[-2:]
    assert (sent(shared), shared.keyboard) == (f"✅ {NUMBER} is yours.", NoKeyboard())
    assert "invites you" in sent(invitation)
    assert "Trade" in sent(await talk.press("Join"))
    assert await standing(database, ANA, trade) == "joined"


@pytest.mark.parametrize(
    "shared", [Contact("2348031234567", is_own=False), Contact("not a number", is_own=True), Contact("", is_own=True)]
)
async def test_a_contact_that_proves_nothing_is_asked_again(
    database: Database, talking: Talking, shared: Contact
) -> None:
    talk = talking(await onboarded(database, ANA))
    await talk.open("phone")
    again = await talk.reply(shared)
    assert "not your own number" in sent(again)
    assert isinstance(again.keyboard, AskContact)
    assert "proves nothing" in sent(await talk.say(NUMBER))
    assert await phone_of(database, ANA) is None
    await talk.reply(TOLD)
    assert await phone_of(database, ANA) == NUMBER


async def test_who_would_rather_not_share_gets_their_keyboard_back(
    database: Database, buyer: int, talking: Talking
) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    assert trade.token is not None
    talk = talking(await onboarded(database, ANA))
    await talk.open("phone", trade.token)
    await talk.say("Cancel")
    kept, page = talk.screens[-2:]
    assert kept.keyboard == NoKeyboard()
    assert "names a phone number" in sent(page)
    assert await phone_of(database, ANA) is None


async def test_a_number_that_is_shared_finds_all_that_wait_for_it(
    database: Database, buyer: int, talking: Talking
) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    talk = talking(await onboarded(database, ANA))
    assert "No trade waits" in sent(await talk.open("invitations"))
    await talk.press("Share my number")
    await talk.reply(TOLD)
    assert await waiting(database, ANA) == [trade.id]
    assert "100 USDT from @ben" in labels(talk.screen)
    assert "Share my number" not in " ".join(labels(talk.screen))
