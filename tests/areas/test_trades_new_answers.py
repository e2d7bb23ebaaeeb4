"""What may be typed about a new trade, and what is asked again; on the real database, killed and replayed at every
answer."""

from __future__ import annotations

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Answer
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, offered
from tests.areas.sendable import sent
from tests.areas.trading import PLAN, drafted, market, page
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_who_was_bought_from_is_offered_again(database: Database, talking: Talking) -> None:
    await market(database)
    await offered(database, ANA, "username", "@ben")
    ana = talking(ANA)
    await ana.open("new_trade")
    assert Answer("@ben", "@ben") in [button for row in ana.screen.rows for button in row]
    assert "which currency" in sent(await ana.press("@ben"))


@pytest.mark.parametrize(
    ("typed", "kind", "kept"),
    [
        ("ben", "username", "@ben"),
        ("@BEN", "username", "@BEN"),
        ("https://t.me/ben", "username", "@ben"),
        ("t.me/ben/", "username", "@ben"),
        ("Ben.Smith+x@mail.example.com", "email", "Ben.Smith+x@mail.example.com"),
        ("Sue@XN--MNCHEN-3YA.example.com", "email", "Sue@münchen.example.com"),
        ("+234 803 123 4567", "phone", "+2348031234567"),
        ("00234-803-123-4567", "phone", "+2348031234567"),
        ("+1 (202) 555-0143", "phone", "+12025550143"),
        ("+888 0123 4567", "phone", "+88801234567"),  # one of Telegram's own
        ("link", "username", "@link"),  # typed, it is a name; the link is the button
    ],
)
async def test_a_seller_is_understood(database: Database, talking: Talking, typed: str, kind: str, kept: str) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, typed, "USDT", "100", "A bicycle", "48", "buyer")
    await ana.press("Confirm")
    trade = await page(database)
    assert (trade.seller_kind, trade.seller) == (kind, kept)


NO_SELLERS = [
    "@", "@be", "be n", "@ben!", "a@b", "a@@b.com", "a b@c.com", "a@b..com", "a@b.com\nBcc: x@y.z", "12345", "+1",
    "1" * 16, "<b>ben</b>", "😀", "مرحبا", "\u202eneb", "٣٣٣٣٣٣٣٣", "x" * 4096, "a@" + "b" * 300 + ".com",
]  # fmt: skip


async def test_a_phone_number_without_its_country_code_is_asked_again(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    assert "needs its country code" in sent(await ana.say("0803 123 4567"))
    assert "which currency" in sent(await ana.say("+234 803 123 4567"))


@pytest.mark.parametrize("typed", NO_SELLERS)
async def test_what_is_no_seller_is_asked_again(database: Database, talking: Talking, typed: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    screen = await ana.say(typed)
    assert "I could not read that as a seller" in sent(screen)
    assert "which currency" in sent(await ana.say("@ben"))


@pytest.mark.parametrize("typed", ["ana", "@ANA", "t.me/Ana"])
async def test_nobody_sells_to_oneself(database: Database, talking: Talking, typed: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    assert "That is you" in sent(await ana.say(typed))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("0", "more than zero"),
        ("-1", "more than zero"),
        ("1e30", "not an amount"),
        ("NaN", "not an amount"),
        ("1,5", "not sure which amount"),
        ("1.234.567", "not sure which amount"),
        ("٣", "not an amount"),
        ("1.1234567890123456789", "at most 6 decimals"),
        ("1.99", "The smallest trade is 2 USDT"),
        ("10000.000001", "The largest trade is 10,000 USDT"),
        ("9" * 4096, "more than anybody"),
        ("100 BTC", "not an amount"),
        ("<b>5</b>", "not an amount"),
        ("😀", "not an amount"),
    ],
)
async def test_an_amount_that_is_none_is_refused_with_the_reason(
    database: Database, talking: Talking, typed: str, why: str
) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.say("@ben")
    await ana.say("USDT")
    assert why in sent(await ana.say(typed))
    assert "what do you buy" in sent(await ana.say("1,250.50 USDT"))


@pytest.mark.parametrize("code", ["BTC", "ETH", "NGN"])
async def test_the_limits_that_are_shown_are_the_limits(database: Database, talking: Talking, code: str) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    await ana.say("@ben")
    text = sent(await ana.press(code))
    for bound in ("Smallest", "Largest"):
        shown = next(line for line in text.splitlines() if line.startswith(bound)).split(": ")[1].split(" (")[0]
        await drafted(ana, "@ben", code, shown, "A bicycle", "48", "buyer")
        assert "Your trade is created" in sent(await ana.press("Confirm")), shown


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b> 'quoted' \"twice\"", "مرحبا 100 USDT", "\u202eTDSU 001", "😀" * 1000, "&" * 1000]
)
async def test_a_description_is_shown_as_it_was_typed(database: Database, talking: Talking, text: str) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, "@ben", "USDT", "100", text, "48", "buyer")
    assert text in sent(ana.screen)
    await ana.press("Confirm")
    assert text in sent(ana.screen)
    assert text in sent(await talking(BEN).open("trade", str((await page(database)).id)))
    assert text[1:10] in sent(await ana.open("trades"))


async def test_a_description_of_4096_characters_or_a_photo_is_refused(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100"):
        await ana.say(answer)
    assert "has 4096 characters. It may have 1 to 1000" in sent(await ana.say("x" * 4096))
    assert "Please type a text" in sent(await ana.send_photo())
    assert "how long may the delivery take" in sent(await ana.say("x" * 1000))


@pytest.mark.parametrize(("typed", "hours"), [("1", 1), ("36 h", 36), ("36 hours", 36), ("7 days", 168), ("2D", 48)])
async def test_a_delivery_time_is_understood(database: Database, talking: Talking, typed: str, hours: int) -> None:
    await market(database)
    ana = talking(ANA)
    await drafted(ana, "@ben", "USDT", "100", "A bicycle", typed, "buyer")
    await ana.press("Confirm")
    assert (await page(database)).delivery_hours == hours


@pytest.mark.parametrize("typed", ["0", "169", "8 days", "-1", "1.5", "1e2", "٣", "soon", "", "9" * 4096, "\u0661"])
async def test_a_delivery_time_that_is_none_is_refused_with_the_bounds(
    database: Database, talking: Talking, typed: str
) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100", "A bicycle"):
        await ana.say(answer)
    assert "a number of hours from 1 to 168" in sent(await ana.say(typed))


async def test_photos_and_other_buttons_answer_no_question(database: Database, talking: Talking) -> None:
    await market(database)
    ana = talking(ANA)
    await ana.open("new_trade")
    for answer in ("@ben", "USDT", "100", "A bicycle", "48", "buyer"):
        assert "⚠️" in sent(await ana.send_photo())
        assert "⚠️" in sent(await ana.reply(Pressed("?")))
        await ana.say(answer)
    assert "⚠️" in sent(await ana.say("confirm"))  # which numbers they agree to is in the button only
    assert "⚠️" in sent(await ana.send_photo())
