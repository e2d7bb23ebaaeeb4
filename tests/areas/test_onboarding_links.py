"""Where a newcomer's link leads, before and after the terms: on the real database, killed and replayed at every
answer."""

from __future__ import annotations

import pytest

from lockbay.actors.screen import Link
from lockbay.areas.trades.records import JoinTrade
from lockbay.plan import plan
from lockbay.postgres.database import Database
from tests.areas.newcomers import PLAN, is_onboarded
from tests.areas.people import ANA, BEN, CLEO, do, met, offered, onboarded, set_rates
from tests.areas.sendable import leads_to, sent
from tests.clock import MovedClock
from tests.security.service_role import by_hand
from tests.talk import Talk, Talking, talks

talking = talks(PLAN)


@pytest.mark.parametrize("stage", ["new", "mailed", "skipped"])
@pytest.mark.parametrize("made_up", ["0" * 12, "trade_17", "T-ABCDEF", "x" * 64, "taken", "for somebody else"])
async def test_a_link_that_leads_nowhere_says_so_and_not_why(
    database: Database, talking: Talking, made_up: str, stage: str
) -> None:
    """The same of one that never was and of one that is no more: nobody learns which tokens there are."""
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    other = await offered(database, BEN, "username", "@zoe")
    await do(database, JoinTrade(await onboarded(database, CLEO, "Cleo"), str(trade.token)))
    talk = talking(await met(database, ANA))
    if stage != "new":
        await talk.open("start")
        await (talk.say("ana@example.com") if stage == "mailed" else talk.press("Skip"))
    token = {"taken": trade.token, "for somebody else": other.token}.get(made_up, made_up)
    text = sent(await talk.open("start", str(token)))
    assert text.startswith("⚠️ The link that brought you here is not valid, or not any more.")
    assert "A trade waits" not in text
    assert not talk.is_over


async def test_who_is_in_and_opens_a_link_that_leads_nowhere_is_told(database: Database, clock: MovedClock) -> None:
    talk = Talk(plan("lockbay_bot"), database, clock, await onboarded(database, ANA))
    for made_up in ("trade_17", "x" * 64, "hello there"):
        assert "This invitation cannot be found" in sent(await talk.open("start", made_up))


async def test_an_invited_newcomer_becomes_the_seller_when_they_accept_the_terms(
    database: Database, talking: Talking
) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    assert "A trade waits for you" in sent(await talk.open("start", trade.token))
    await talk.press("Skip")
    assert "you are its seller" in sent(await talk.press("Accept"))
    assert Link("Open the trade", "trade", (str(trade.id),), style="primary") in [
        b for row in talk.screen.rows for b in row
    ]


async def test_an_invitation_that_does_not_work_keeps_nobody_out(database: Database, talking: Talking) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"), "username", "@somebody")
    assert trade.token is not None
    for user_id, token, says in ((ANA, trade.token, "not shown to be yours"), (CLEO, "nosuchtoken", "does not exist")):
        talk = talking(await met(database, user_id))
        await talk.open("start", token)
        await talk.press("Skip")
        assert says in sent(await talk.press("Accept"))
        assert "menu" in leads_to(talk.screen)
        assert await is_onboarded(database, user_id)


@pytest.mark.parametrize(
    ("column", "says"),
    [("blocked_at", "account is blocked. No money moved"), ("closed_at", "account is closed. No money moved")],
)
async def test_who_was_barred_meanwhile_is_told_so_and_not_to_open_the_link_again(
    database: Database, talking: Talking, column: str, says: str
) -> None:
    await set_rates(database)
    trade = await offered(database, await onboarded(database, BEN, "Ben"))
    assert trade.token is not None
    talk = talking(await met(database, ANA))
    await talk.open("start", trade.token)
    await talk.press("Skip")
    await by_hand(database, f"UPDATE users SET {column} = now() WHERE id = {ANA}")
    text = sent(await talk.press("Accept"))
    assert says in text
    assert "Please open the link again" not in text


@pytest.mark.parametrize("payload", ["<b>", "a:b", "x" * 41, "é", "😀" * 40, "ref_1\n"])
async def test_a_start_payload_that_cannot_be_a_token_keeps_nobody_out(
    database: Database, talking: Talking, payload: str
) -> None:
    talk = talking(await met(database, ANA))
    assert "is not valid, or not any more" in sent(await talk.open("start", payload))
    assert "waits" not in sent(talk.screen)
    sent(await talk.press("Skip"))
    assert "The invitation that brought you here does not exist" in sent(await talk.press("Accept"))
    assert "wallet" in leads_to(await talk.press("Menu"))


async def test_who_is_in_lands_in_the_menu_or_at_the_invitation(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    assert "wallet" in leads_to(await talk.open("start"))
    assert sent(await talk.open("start", "abc123")) == "Invitation abc123"


async def test_trades_that_wait_for_a_username_are_offered_after_the_terms(
    database: Database, talking: Talking
) -> None:
    await set_rates(database)
    buyer = await onboarded(database, BEN, "<i>Ben</i> \u202e")
    trade = await offered(database, buyer, "username", "@ANA", description="<b>Bike</b>\n" * 70)
    talk = talking(await met(database, ANA, "Ana", "ana"))
    assert "waits for you" in sent(await talk.open("start"))
    await talk.press("Skip")
    shown = sent(await talk.press("Accept"))
    assert "100 USDT" in shown
    assert "<b>Bike</b> <b>Bike</b>" in shown
    assert sent(await talk.press("100 USDT from")) == f"Invitation {trade.token}"
    assert "100 USDT" in sent(await talk.open("invitations"))


async def test_without_invitations_the_list_says_so(database: Database, talking: Talking) -> None:
    talk = talking(await onboarded(database, ANA))
    assert "No trade waits" in sent(await talk.open("invitations"))
    assert "menu" in leads_to(talk.screen)
