"""A trade from its beginning to its end, as three people play it in Telegram."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lockbay.audit import audit
from lockbay.postgres.database import open_database
from lockbay.sandbox.person import Person
from tests.e2e.conftest import Played


async def welcome(person: Person, payload: str = "") -> None:
    """Through the onboarding without an e-mail address."""
    await person.start(payload)
    await person.press("Skip")
    await person.press("Accept")


async def deposit(played: Played, person: Person, amount: str) -> None:
    """Coins to the person's own address, until they are credited."""
    await person.say("/wallet")
    await person.press("Deposit")
    await person.press("USDT")
    await person.press("TRC20")
    screen = await person.sees("minimum")
    await played.town.pay(screen.copied("Copy"), amount)
    await person.sees("Deposit credited")


async def create(person: Person, seller: str, amount: str) -> None:
    """The questions of a new trade, up to the review."""
    await person.say("/trade")
    await person.sees("who is the seller")
    await person.say(seller)
    await person.press("USDT")
    await person.sees("how much")
    await person.say(amount)
    await person.sees("what do you buy")
    await person.say("A <b>used</b> bicycle & a lock")
    await person.press("24")
    await person.press("I pay it")
    await person.sees("Your new trade")


async def owns(person: Person, amount: str) -> bool:
    """Whether the wallet says that so much is available."""
    await person.say("/wallet")
    return re.search(rf"available\s+{amount}\b", (await person.sees("Wallet")).text) is not None


async def passes_audit(played: Played) -> None:
    async with open_database(played.settings.database_url, clock=played.clock) as database:
        report = await audit(database)
    assert report.passed, report.differences


async def test_a_trade_from_the_first_start_to_the_release(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await welcome(sam)
    await deposit(played, ada, "200")
    await create(ada, "@SAM", "100")
    review = await ada.last()
    assert "A <b>used</b> bicycle & a lock" in review.text, "typed text is shown as it was typed"
    assert "105 USDT" in review.text
    await ada.press("Confirm")
    await sam.sees("invites you")
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await ada.sees("Paid")
    await sam.sees("paid")
    await sam.press("Accept")
    await sam.press("Confirm")
    await ada.sees("accepted")
    await sam.press("Mark delivered")
    await sam.press("Confirm")
    await ada.sees("delivered")
    await ada.press("Release")
    await ada.press("Confirm")
    await sam.sees("100 USDT")
    assert await owns(ada, "95 USDT")
    assert await owns(sam, "100 USDT")
    await passes_audit(played)


async def test_an_invitation_link_waits_until_the_invitee_has_joined(played: Played) -> None:
    ada = played.ada
    await welcome(ada)
    await deposit(played, ada, "200")
    await ada.say("/trade")
    await ada.press("Invitation link")
    await ada.press("USDT")
    await ada.sees("how much")
    await ada.say("50")
    await ada.sees("what do you buy")
    await ada.say("A drawing")
    await ada.press("48")
    await ada.press("The seller pays it")
    await ada.press("Confirm")
    page = await ada.sees("Invitation")
    link = page.copied("Copy")
    token = link.partition("?start=")[2]
    eve = await played.town.join("Eve", "eve")
    await welcome(eve, token)
    await eve.press("Open the trade")
    await eve.sees("A drawing")
    await ada.sees("@eve has joined")
    await passes_audit(played)


async def test_a_trade_that_nobody_pays_expires_and_one_that_nobody_accepts_is_refunded(played: Played) -> None:
    ada, sam = played.ada, played.sam
    await welcome(ada)
    await welcome(sam)
    await deposit(played, ada, "300")
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    await ada.sees("Pay")
    played.clock.advance(timedelta(minutes=61))
    await ada.sees("expired")
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    await ada.sees("is created")  # the page of the first one has a button like that, too
    await ada.press("Pay")
    await ada.press("From your wallet")
    await ada.press("Confirm")
    await ada.sees("Paid")
    played.clock.advance(timedelta(hours=25))
    await ada.sees("105 USDT is back in your wallet")
    assert await owns(ada, "300 USDT")
    await passes_audit(played)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("0", "more than zero"),
        ("-1", "more than zero"),
        ("1e30", "not an amount"),
        ("NaN", "not an amount"),
        ("1,5", "not sure which amount"),
        ("1.234.567", "not sure which amount"),
        ("٣", "not an amount"),
        ("1.1234567890123456789", "at most 6 decimals"),
        ("1", "Smallest"),
        ("1000000", "Largest"),
        ("🚲" * 100, "not an amount"),
        ("x" * 4096, "not an amount"),
    ],
)
async def test_an_amount_that_is_none_is_asked_again_with_the_reason(played: Played, typed: str, answer: str) -> None:
    ada = played.ada
    await welcome(ada)
    await ada.say("/trade")
    await ada.press("Invitation link")
    await ada.press("USDT")
    await ada.sees("how much")
    await ada.say(typed)
    await ada.sees(answer)
    await ada.say("25")
    await ada.sees("what do you buy")


async def test_a_stranger_cannot_move_somebody_elses_trade(played: Played) -> None:
    ada, sam, olu = played.ada, played.sam, played.olu
    for person in (ada, sam, olu):
        await welcome(person)
    await deposit(played, ada, "200")
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    page = await ada.sees("Pay")
    pay = str(page.button("Pay")["callback_data"])
    await olu.say("/menu")
    menu = await olu.sees("Wallet")
    forged = {
        "id": "4711",
        "from": {"id": olu.id, "is_bot": False, "first_name": "Olu"},
        "chat_instance": "1",
        "data": pay,
        "message": menu.raw,
    }
    await played.town.client.post("/api/updates?kind=callback_query", json=forged)
    assert "bicycle" not in (await olu.sees("no such trade")).text
    assert await owns(ada, "200 USDT")
