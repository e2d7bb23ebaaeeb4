"""Invitations by e-mail and username find their person, and newcomers come out where they wanted to go; on the real
database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import Screen
from lockbay.areas.trades.records import CancelTrade, TradeState
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.inviting import NUMBER, PLAN, TOLD, join, prove, standing, waiting
from tests.areas.inviting import buyer as buyer
from tests.areas.newcomers import mailed_code
from tests.areas.people import ANA, CLEO, fresh_key, met, offered, onboarded, set_rates
from tests.areas.sendable import leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk, Talking, talks

talking = talks(PLAN)


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
