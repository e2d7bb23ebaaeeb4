"""Invitations between people in Telegram, the number that Telegram tells, and the mail that comes instead of it."""

from __future__ import annotations

import re

from lockbay.sandbox.person import Person
from tests.e2e.conftest import Played
from tests.e2e.test_trade import create, deposit, passes_audit, welcome

SAMS = "+234 803 000 1002"


async def invited(played: Played, seller: str) -> str:
    """Ada offers a trade; the token of its invitation."""
    await welcome(played.ada)
    await create(played.ada, seller, "50")
    await played.ada.press("Confirm")
    page = await played.ada.sees("Invitation")
    return page.copied("Copy").partition("?start=")[2]


async def test_an_invitation_by_phone_number_lets_in_only_who_has_the_number(played: Played) -> None:
    token = await invited(played, SAMS)
    sam, olu = played.sam, played.olu
    await welcome(olu, token)
    await olu.press("Look at the invitation")
    await olu.press("Share my number")
    await olu.sees("Your phone number")
    await olu.send_contact(sam)
    await olu.sees("not your own number")
    await olu.share_contact()
    await olu.sees("names a phone number")
    await welcome(sam, token)
    await sam.press("Look at the invitation")
    await sam.press("Share my number")
    await sam.share_contact()
    await sam.sees("+2348030001002 is yours")
    await sam.press("Join as the seller")
    await played.ada.sees("has joined")
    await create(played.ada, SAMS, "60")
    await played.ada.press("Confirm")
    await sam.sees("invites you")
    await passes_audit(played)


async def test_a_newcomer_who_presses_an_invitation_keeps_it_through_the_onboarding(played: Played) -> None:
    sam = played.sam
    await sam.start()
    seen = await sam.sees("Welcome")
    token = await invited(played, "@sam")
    forged = {
        "id": "4711",
        "from": {"id": sam.id, "is_bot": False, "first_name": "Sam", "username": "sam"},
        "chat_instance": "1",
        "data": f"l:invitation:{token}",
        "message": seen.raw,
    }
    await played.town.client.post("/api/updates?kind=callback_query", json=forged)
    await sam.sees("A trade waits for you")
    await sam.press("Skip")
    await sam.press("Accept")
    await sam.sees("you are its seller")
    await sam.press("Open the trade")
    await sam.sees("bicycle")


async def pay(person: Person) -> None:
    """The trade that was just made, from the wallet."""
    await person.press("Pay")
    await person.press("From your wallet")
    await person.press("Confirm")


async def with_email(played: Played, person: Person, address: str, lands_at: str = "Hello") -> None:
    """Through the onboarding with a verified address."""
    await person.start()
    await person.sees("What is your e-mail")
    await person.say(address)
    code = re.match(r"\d{6}", (await played.town.mail(address, "LockBay code")).subject)
    assert code is not None
    await person.say(code[0])
    await person.press("Accept")
    await person.sees(lands_at)


async def test_who_has_blocked_the_bot_is_told_of_the_trade_by_mail_and_by_telegram_when_back(played: Played) -> None:
    ada, sam, address = played.ada, played.sam, "sam@example.com"
    await with_email(played, sam, address)
    await welcome(ada)
    await deposit(played, ada, "200")
    await sam.block()
    await create(ada, "@sam", "100")
    await ada.press("Confirm")
    invited = await played.town.mail(address, "invites you")
    assert "https://t.me/" in invited.text
    await pay(ada)
    paid = await played.town.mail(address, "your turn")
    assert "is paid: your turn" in paid.subject
    assert paid.id > invited.id
    await sam.unblock()
    await sam.say("/trades")
    await sam.press("👉")
    await sam.press("Decline")
    await sam.press("Confirm")
    await ada.sees("declined")


async def test_who_is_not_here_yet_is_mailed_the_invitation_and_that_it_is_their_turn(played: Played) -> None:
    ada, address = played.ada, "Eve@example.com"
    await welcome(ada)
    await deposit(played, ada, "200")
    await create(ada, address, "100")
    await ada.press("Confirm")
    invited = await played.town.mail(address, "invites you")
    await pay(ada)
    paid = await played.town.mail(address, "your turn")
    ways = {re.findall(r"https://t\.me/\w+\?start=(\w+)", letter.text)[0] for letter in (invited, paid)}
    assert len(ways) == 1
    eve = await played.town.join("Eve", "eve")
    await with_email(played, eve, "eve@example.com", "Somebody wants to buy from you")
    await eve.press("100 USDT from @ada")
    await eve.press("Join as the seller")
    await ada.sees("@eve has joined")
