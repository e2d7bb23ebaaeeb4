"""Invitations by phone number, e-mail and username find their person, and nobody else; on the real database, killed and
replayed at every answer.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio

from lockbay import plan
from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import AskContact, NoKeyboard, Screen
from lockbay.actors.update import Contact
from lockbay.areas.onboarding.records import AcceptTerms, Onboarding, ProvenPhone, ProvePhone
from lockbay.areas.trades.records import CancelTrade, JoinTrade, TradeState
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_onboarding import mailed_code
from tests.clock import MovedClock
from tests.talk import Talk, Talking, talks

NUMBER = "+2348031234567"
TOLD = Contact("2348031234567", is_own=True)  # as Telegram tells it
PLAN = plan.plan("lockbay_bot")
talking = talks(PLAN)


@pytest.fixture
async def buyer(database: Database) -> int:
    await set_rates(database)
    return await onboarded(database, BEN, "Ben", "ben")


async def prove(database: Database, user_id: int, number: str = NUMBER) -> ProvenPhone:
    proven = await database.perform(ProvePhone(user_id, number), fresh_key())
    assert isinstance(proven, ProvenPhone)
    return proven


async def phone_of(database: Database, user_id: int) -> str | None:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return view.phone


async def waiting(database: Database, user_id: int) -> list[int]:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return [invitation.trade_id for invitation in view.invitations]


async def standing(database: Database, user_id: int, trade: TradeState) -> str:
    page = await database.read(InvitationPage, user_id, trade.token)
    assert page is not None
    return page.standing


async def join(database: Database, user_id: int, trade: TradeState) -> TradeState | Refused:
    assert trade.token is not None
    return await database.perform(JoinTrade(user_id, trade.token), fresh_key())


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


async def test_an_invitation_by_email_is_found_by_who_verifies_it_months_after_the_onboarding(
    database: Database, buyer: int, talking: Talking, clock: MovedClock
) -> None:
    talk = talking(await onboarded(database, ANA))
    clock.advance(timedelta(days=100))
    await set_rates(database)
    trade = await offered(database, buyer, "email", "Ana@München.example.com")
    assert trade.token is not None
    assert "names an e-mail address" in sent(await talk.open("invitation", trade.token))
    assert "Type your address" in sent(await talk.press("Verify my e-mail"))
    await talk.say("ana@XN--MNCHEN-3YA.example.com")
    assert await waiting(database, ANA) == []
    assert "not the code" in sent(await talk.say("000000"))
    await talk.say(await mailed_code(database))
    assert "is yours" in sent(talk.screens[-2])
    assert await waiting(database, ANA) == [trade.id]
    await talk.press("Join")
    assert await standing(database, ANA, trade) == "joined"


async def test_a_code_that_was_mailed_already_can_be_typed_or_left(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    await talk.open("email")
    await talk.say("ana@example.com")
    assert "Check your mail" in sent(await talk.open("email"))
    assert "No trade waits" in sent(await talk.press("Skip"))
    assert {"phone", "email", "menu"} <= leads_to(talk.screen)


async def test_an_invitation_waits_for_whoever_has_the_username_when_they_join(database: Database, buyer: int) -> None:
    trade = await offered(database, buyer, "username", "@The_Shop")
    former = await onboarded(database, ANA, "Ana", "the_shop")
    assert await waiting(database, former) == [trade.id]
    await database.run(MeetPerson(former, "new_name", "Ana", "en"))
    assert await waiting(database, former) == []
    assert await join(database, former, trade) == Refused("not_for_you")
    later = await onboarded(database, CLEO, "Cleo", "THE_SHOP")
    assert await waiting(database, later) == [trade.id]
    assert isinstance(await join(database, later, trade), TradeState)


@pytest.mark.parametrize("kind", ["phone", "link"])
async def test_an_invitation_to_a_trade_that_is_over_says_so(
    database: Database, buyer: int, talking: Talking, kind: str
) -> None:
    trade = await offered(database, buyer, kind, NUMBER if kind == "phone" else "")  # type: ignore[arg-type]
    assert trade.token is not None
    await database.perform(CancelTrade(buyer, trade.id), fresh_key())
    talk = talking(await onboarded(database, ANA))
    await prove(database, ANA)
    assert await waiting(database, ANA) == []
    page = await talk.open("invitation", trade.token)
    assert "This trade has ended" in sent(page)
    assert leads_to(page) == {"menu"}
    assert await join(database, ANA, trade) == Refused("ended")


async def came_in(talk: Talk, flow: str, args: tuple[str, ...]) -> Screen:
    """What a newcomer sees who wants to open something, and lets themselves be onboarded first."""
    await talk.open(*_flat(PLAN.entrance(await talk.person(), flow, args)))
    await talk.press("Skip")
    return await talk.press("Accept")


def _flat(entrance: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    return entrance[0], *entrance[1]


async def test_a_newcomer_who_pressed_an_invitation_becomes_its_seller(
    database: Database, buyer: int, talking: Talking
) -> None:
    trade = await offered(database, buyer)
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    assert "you are its seller" in sent(await came_in(talk, "invitation", (trade.token,)))
    assert await standing(database, ANA, trade) == "joined"


@pytest.mark.parametrize(
    ("flow", "args", "arrives"),
    [
        ("new_trade", (), "who is the seller"),
        ("wallet", (), "Wallet"),
        ("trade", ("17",), "no such trade"),
        ("phone", (), "Your phone number"),
        ("menu", (), "Hello, Ana"),
    ],
)
async def test_newcomers_come_out_where_they_wanted_to_go(
    database: Database, buyer: int, talking: Talking, flow: str, args: tuple[str, ...], arrives: str
) -> None:
    talk = talking(await met(database, ANA))
    assert arrives in sent(await came_in(talk, flow, args))


async def test_a_question_behind_the_gate_survives_a_restart(database: Database, buyer: int, talking: Talking) -> None:
    talk = talking(await met(database, ANA))
    await came_in(talk, "new_trade", ())
    await offered(database, buyer, "username", "@late")  # what waits meanwhile changes nothing
    await database.run(MeetPerson(ANA, "late", "Ana", "en"))
    assert "which currency" in sent(await talk.say("@ben"))


@pytest.mark.parametrize(
    "payload", ["/start/x", "/accept_terms", "/nowhere", "/trade", "/wallet/1/2", "/" + "x" * 60, "/trade/17\n", "//"]
)
async def test_a_place_that_is_none_leads_to_the_menu(database: Database, talking: Talking, payload: str) -> None:
    talk = talking(await met(database, ANA))
    await talk.open("start", payload)
    await talk.press("Skip")
    assert "Hello, Ana" in sent(await talk.press("Accept"))
    assert "Hello, Ana" in sent(await talk.open("start", payload))


async def test_a_newcomer_with_an_invitation_by_number_is_led_to_the_proof(
    database: Database, buyer: int, talking: Talking
) -> None:
    trade = await offered(database, buyer, "phone", NUMBER)
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    await talk.open("start", trade.token)
    await talk.press("Skip")
    assert "not shown to be yours" in sent(await talk.press("Accept"))
    await talk.press("Look at the invitation")
    await talk.press("Share my number")
    await talk.reply(TOLD)
    await talk.press("Join")
    assert await standing(database, ANA, trade) == "joined"
