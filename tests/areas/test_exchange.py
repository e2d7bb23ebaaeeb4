"""Exchange in the chat, on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import Link
from lockbay.areas import exchange
from lockbay.areas.exchange import screens
from lockbay.areas.exchange.records import (
    ExchangeHistory,
)
from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import PayTrade
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.exchanging import (
    EN,
    PRICES,
    TRON,
    confirm,
    is_sound,
    money,
    tell,
    to_the_quote,
    to_the_quote_of,
)
from tests.areas.exchanging import talk as talk
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk


async def test_coin_coin_amount_price_confirm_done(talk: Talk, database: Database) -> None:
    assert labels(await talk.open("exchange"))[:2] == ["1,000 USDT", "🔄 My exchanges"]
    assert "USDT" not in labels(await talk.press("USDT"))
    shown = sent(await talk.press("NGN"))
    assert "In your wallet: 1,000 USDT" in shown
    assert "About 1 USDT = 1,400.00 NGN" in shown
    assert "From $1.00 to $10,000.00 worth" in shown
    assert labels(talk.screen)[:4] == ["25% · 250 USDT", "50% · 500 USDT", "75% · 750 USDT", "100% · 1,000 USDT"]
    shown = sent(await talk.press("25%"))
    assert "You give: 250 USDT" in shown
    assert "You get: 350,000.00 NGN" in shown
    assert "Price: 1 USDT = 1,400.00 NGN" in shown
    assert "The market’s: 1 USDT = 1,428.57 NGN, of which LockBay keeps 2%" in shown
    assert "Locked until 22 Nov, 12:10 UTC (in 10 minutes)" in shown
    assert "To: your wallet" in shown
    assert "You got: 350,000.00 NGN" in sent(await talk.press("Confirm"))
    assert talk.is_over
    assert (await money(database, "USDT"), await money(database, "NGN")) == (
        (Decimal(750), Decimal(0)),
        (Decimal(350_000), Decimal(0)),
    )
    assert "250 USDT → 350,000.00 NGN" in sent(await talk.press("My exchanges"))
    await is_sound(database)


@pytest.mark.parametrize(("get", "gets"), [("BTC", "0.00108888 BTC"), ("ETH", "0.03266666 ETH")])
async def test_coin_into_coin(talk: Talk, get: str, gets: str) -> None:
    assert f"You get: {gets}" in await to_the_quote(talk, get=get)
    assert f"You got: {gets}" in sent(await talk.press("Confirm"))


async def test_naira_back_into_a_coin_all_of_it(talk: Talk, database: Database) -> None:
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("140,000.00 NGN")
    await talk.press("USDT")
    assert "You get: 96.04 USDT" in sent(await talk.press("100%"))
    assert "Price: 1,457.73 NGN = 1 USDT" in sent(talk.screen)
    await talk.press("Confirm")
    assert (await money(database, "NGN"))[0] == 0
    await is_sound(database)


async def test_a_button_means_its_own_amount_however_the_person_writes_numbers(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await database.run(MeetPerson(BEN, "ben", "Ben", "pt-br"))
    await onboarded(database, BEN, "Ben", "ben")
    await fund(database, BEN, "4.5")
    ben = Talk(plan("lockbay_bot"), database, clock, BEN)
    await ben.open("exchange")
    await ben.press("4,5 USDT")
    await ben.press("NGN")
    assert "That may be 1125 or 1.1250: please type one of these." in sent(await ben.say("1.125"))
    assert "You give: 1,125 USDT" in sent(await ben.press("25% · 1,125 USDT"))


async def test_an_old_price_is_never_charged_and_a_new_one_is_shown(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await to_the_quote(talk)
    old = confirm(talk.screen)
    clock.advance(timedelta(minutes=10))
    for source in ("kraken", "fastforex"):
        await tell(database, source, {**PRICES, "NGN": "0.00071"})
    shown = sent(await talk.reply(Pressed(old)))
    assert "The price had ended, so nothing was exchanged" in shown
    assert "You get: 138,028.16 NGN" in shown
    assert "press one of the buttons" in sent(await talk.reply(Pressed(old)))
    assert await money(database, "NGN") == (Decimal(0), Decimal(0))
    await talk.press("Confirm")
    assert (await money(database, "NGN"))[0] == Decimal("138028.16")


async def test_a_price_that_ends_says_so_by_itself(talk: Talk, database: Database, clock: MovedClock) -> None:
    await to_the_quote(talk)
    clock.advance(timedelta(minutes=10))
    shown = sent(await talk.wait())
    assert "100 USDT for 140,000.00 NGN was not confirmed in time" in shown
    assert "press one of the buttons" in sent(await talk.say("confirm"))
    assert "Locked until 22 Nov, 12:20 UTC" in sent(await talk.press("New price"))
    assert "You got" in sent(await talk.press("Confirm"))


async def test_another_price_and_another_amount_on_request(talk: Talk, clock: MovedClock) -> None:
    await to_the_quote(talk)
    old = confirm(talk.screen)
    clock.advance(timedelta(minutes=2))
    assert "12:12" in sent(await talk.press("New price"))
    assert "press one of the buttons" in sent(await talk.reply(Pressed(old)))
    await talk.press("Amount")
    assert "You give: 10 USDT" in sent(await talk.say("10"))


async def test_back_out_of_a_change_comes_to_the_same_price(talk: Talk, database: Database) -> None:
    await to_the_quote(talk, get="ETH")
    before = sent(talk.screen)
    for change in (["Amount"], ["Send it on"], ["Send it on", "ERC20"]):
        for label in change:
            if any(label in each for each in labels(talk.screen)):
                await talk.press(label)
        assert sent(await talk.press("Back")) == before, change
    assert "You got" in sent(await talk.press("Confirm"))
    await is_sound(database)


async def test_who_comes_back_when_the_price_has_ended_is_told_so(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await to_the_quote(talk)
    await talk.press("Amount")
    clock.advance(timedelta(minutes=11))
    await talk.press("Back")
    assert "This price has ended" in sent(await talk.wait())
    await is_sound(database)


async def test_the_own_deposit_address_is_refused_when_it_is_typed(talk: Talk, database: Database) -> None:
    """It was when all was confirmed."""
    await database.pool.fetch("pay in", "UPDATE payins SET address = $1 WHERE user_id = $2", (TRON, ANA), reads=False)
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("NGN")
    await talk.press("USDT")
    await talk.press("100%")
    await talk.press("Send it on")
    await talk.press("TRC20")
    assert "address of LockBay’s own" in sent(await talk.say(TRON))


async def test_what_was_promised_is_charged_whatever_the_prices_do(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await to_the_quote(talk)
    clock.advance(timedelta(minutes=9, seconds=59))
    await tell(database, "kraken", {"NGN": "0.001"})
    await talk.press("Confirm")
    assert (await money(database, "NGN"))[0] == 140_000


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1000.000001", "You have 1,000 USDT, and this needs 1,000.000001 USDT"),
        ("0.5", "worth $0.50, and the smallest exchange is $1.00"),
        ("20000", "worth $20,000.00, and the largest exchange is $10,000.00"),
        ("much", "not an amount"),
        ("0.0000001", "at most 6 decimals"),
    ],
)
async def test_an_amount_that_cannot_be_is_asked_for_again(talk: Talk, typed: str, says: str) -> None:
    assert says in await to_the_quote(talk, typed)
    assert "how much?" in sent(talk.screen)
    assert "You give: 7 USDT" in sent(await talk.say("7"))


async def test_a_position_has_an_end_that_is_told(talk: Talk, database: Database) -> None:
    await database.run(Terms(exchange_position_usd=Decimal(70)))
    shown = await to_the_quote(talk)
    assert "LockBay can give at most 100,000.00 NGN at the moment" in shown
    assert "At the moment at most 100,000.00 NGN can be given." in shown
    assert "You get: 98,000.00 NGN" in sent(await talk.say("70"))
    await talk.press("Confirm")
    assert "LockBay can give at most 2,000.00 NGN" in await to_the_quote_of(talk, "930 USDT")


@pytest.mark.parametrize(
    ("wrong", "ago"), [({"NGN": "0.00077"}, timedelta()), ({}, timedelta(hours=1)), ({}, timedelta(minutes=15))]
)
async def test_sources_that_are_wrong_old_or_away_quote_nothing_and_it_is_said(
    talk: Talk, database: Database, clock: MovedClock, wrong: dict[str, str], ago: timedelta
) -> None:
    clock.advance(ago + timedelta(seconds=1))
    await tell(database, "kraken", {**PRICES, **wrong})
    if not ago:
        await tell(database, "fastforex", {**PRICES, "NGN": "0.0007"})
    shown = sent(await talk.open("exchange"))
    if ago:
        assert "There is no price for USDT just now that enough sources agree on" in shown
        assert "What do you want to give?" not in shown, "there is nothing to press"
    await talk.reply(Pressed("USDT"))
    assert "There is no price for" in sent(talk.screen)
    assert "NGN" not in labels(talk.screen)
    await talk.reply(Pressed("NGN"))
    shown = sent(await talk.say("100"))
    assert "Not exchanged" in shown
    assert "that enough sources agree on, and I do not guess. Nothing was exchanged and no money moved" in shown
    assert leads_to(talk.screen) == {"exchange", "wallet", "menu"}


async def test_one_wrong_source_of_three_is_outvoted(talk: Talk, database: Database) -> None:
    await tell(database, "coingecko", {"NGN": "0.0009"})
    assert "You get: 140,000.00 NGN" in await to_the_quote(talk)


async def test_the_list_has_pages(talk: Talk) -> None:
    for amount in range(1, 18):
        await talk.open("exchange")
        await talk.press("USDT")
        await talk.press("NGN")
        await talk.say(str(amount))
        await talk.press("Confirm")
    pages = [sent(await talk.open("exchanges"))]
    while "Older ▶️" in labels(talk.screen):
        pages.append(sent(await talk.press("Older")))
    assert [page.count("→") for page in pages] == [8, 8, 1]
    assert "17 USDT" in pages[0]
    assert "\n1 USDT →" in pages[2]
    assert "17 USDT" in sent(await talk.press("Newest"))


async def test_an_empty_wallet_leads_to_a_deposit(database: Database, clock: MovedClock) -> None:
    talk = Talk(plan("lockbay_bot"), database, clock, await onboarded(database, ANA))
    assert "nothing to exchange" in sent(await talk.open("exchange"))
    assert "deposit" in leads_to(talk.screen)
    assert "Nothing was exchanged yet" in sent(await talk.open("exchanges"))


@pytest.mark.parametrize("flow", ["cash_out", "exchange"])
async def test_a_wallet_of_which_all_is_held_is_not_called_empty(
    database: Database, clock: MovedClock, flow: str
) -> None:
    """Whoever had paid a trade with all they had was told that their wallet is empty."""
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "105")
    trade = await offered(database, ANA)
    assert not isinstance(await database.perform(PayTrade(ANA, trade.id, Decimal(105)), "pays"), Refused)
    told = sent(await Talk(plan("lockbay_bot"), database, clock, ANA).open(flow))
    assert "empty" not in told
    assert "Nothing in your wallet is available" in told
    assert "What is held" in told


def test_who_begins_an_exchange_finds_it() -> None:
    assert exchange.COMMANDS["exchange"] == "exchange"
    assert Link("🔄 Exchange", "exchange") in [
        b for row in screens.exchanges(EN, ExchangeHistory((), None), is_first=True).rows for b in row
    ]
