"""Deposits: the way to an address, on the real database and with the provider's errand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.plan import Plan
from lockbay.actors.screen import Copy, Screen, Url
from lockbay.actors.words import words
from lockbay.areas import deposits, payin_refusals, payin_screens
from lockbay.areas.deposits import news
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.networks import NETWORKS, is_coin
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.areas.terms import Terms
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES
from lockbay.payments.blockbee import CONFIRMATIONS, TICKERS
from lockbay.payments.payins import open_payin
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key, fund, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.till import Till
from tests.clock import MovedClock
from tests.ledger.world import payment
from tests.talk import Talk

PLAN = Plan(deposits.FLOWS, deposits.COMMANDS, "deposit", lambda person, flow: None)
ENGLISH = words("en", "UTC")


@pytest.fixture
def till() -> Till:
    return Till(minimum=Decimal("1.50"))


@pytest.fixture
async def talk(database: Database, clock: MovedClock, till: Till) -> Talk:
    run = open_payin([till], database)

    async def open_or_refuse(errand: OpenPayin, key: str) -> object:
        return Refused("something_new") if errand.currency == "LTC" else await run(errand, key)

    return Talk(PLAN, database, clock, await onboarded(database, ANA), {OpenPayin: open_or_refuse})


async def place(database: Database, code: str, network: str, amount: Decimal | None = None) -> Payin:
    """The place to pay in that the person has been shown."""
    payin = await database.perform(RequestPayin(ANA, None, code, network, amount), fresh_key())
    assert isinstance(payin, Payin)
    assert payin.provider is not None
    return payin


def copied(screen: Screen) -> str:
    return next(button.text for row in screen.rows for button in row if isinstance(button, Copy))


async def test_coin_network_address_with_picture_copy_button_and_facts(talk: Talk, database: Database) -> None:
    assert labels(await talk.open("deposit"))[:6] == ["USDT", "BTC", "ETH", "LTC", "DOGE", "TRX"]
    assert labels(await talk.press("USDT"))[:2] == ["Tron (TRC20)", "Ethereum (ERC20)"]
    screen = await talk.press("Tron")
    shown = sent(screen)
    address = (await place(database, "USDT", "TRC20")).address
    assert address is not None
    assert address in shown
    assert "Network: Tron (TRC20)" in shown
    assert "At least: 1.5 USDT" in shown
    assert "Arrives after: 1 confirmation\n" in shown
    assert "Send only USDT, only over Tron (TRC20)" in shown
    assert Copy("Copy address", address) in screen.rows[0]
    assert leads_to(screen) == {"deposit", "wallet", "menu"}


async def test_an_address_that_a_provider_gives_away_later_is_shown_for_a_day(
    talk: Talk, till: Till, clock: MovedClock
) -> None:
    till.lasts = False
    await talk.open("deposit")
    first = await talk.press("BTC")
    assert "Yours until: 23 Nov, 12:00 UTC. After that, ask for a new one." in sent(first)
    clock.advance(timedelta(hours=24))
    await talk.open("deposit")
    assert copied(await talk.press("BTC")) != copied(first)


async def test_a_coin_of_one_network_needs_no_second_question(talk: Talk) -> None:
    await talk.open("deposit")
    assert "Arrives after: 2 confirmations" in sent(await talk.press("BTC"))


async def test_the_address_is_made_once(talk: Talk, till: Till) -> None:
    first = await talk.open("deposit", "BTC")
    assert await talk.open("deposit", "BTC", "BTC") == first
    assert till.opened == 1


async def test_the_picture_is_a_small_png_of_that_address(talk: Talk) -> None:
    screen = await talk.open("deposit", "TRX")
    assert screen.photo is not None
    assert screen.photo.startswith(b"\x89PNG")
    assert len(screen.photo) < 4000
    assert screen.photo == payin_screens.qr(copied(screen)) != payin_screens.qr(copied(screen).upper())


@pytest.mark.parametrize(("coin", "says"), [("DOGE", "does not answer"), ("LTC", "no place to pay in just now")])
async def test_a_refusal_says_that_no_money_moved_and_what_to_do(talk: Talk, till: Till, coin: str, says: str) -> None:
    till.is_away = True
    shown = sent(await talk.open("deposit", coin))
    assert says in shown
    assert "o money has moved" in shown
    assert talk.screen.photo is None
    assert sent(await talk.press("Try again")) == shown
    assert "menu" in leads_to(talk.screen)


async def test_a_provider_that_is_back_makes_the_address(talk: Talk, till: Till) -> None:
    till.is_away = True
    await talk.open("deposit", "BTC")
    till.is_away = False
    assert "Arrives after" in sent(await talk.press("Try again"))


async def test_naira_come_by_bank_transfer_over_a_typed_or_pressed_amount(talk: Talk, database: Database) -> None:
    await database.run(Terms())
    await talk.open("deposit")
    shown = sent(await talk.press("bank transfer"))
    assert "At least: 100.00 NGN" in shown
    assert "At most: 5,000,000.00 NGN" in shown
    screen = await talk.say("7,500")
    assert "Deposit 7,500.00 NGN" in sent(screen)
    assert "good until 22 Nov, 13:00 UTC" in sent(screen)
    payin = await place(database, "NGN", "BANK", Decimal(7500))
    assert [b.url for row in screen.rows for b in row if isinstance(b, Url)] == [payin.link]
    assert leads_to(screen) == {"deposit", "wallet", "menu"}
    told = payment(payin, "7000")
    await database.perform(told, told.request_key)
    assert "Deposit credited: 7,000.00 NGN" in sent((await notices(database))[-1])
    await talk.press("Another amount")
    assert "Deposit 10,000.00 NGN" in sent(await talk.press("10,000.00 NGN"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [("99.99", "smallest transfer is 100.00 NGN"), ("5000000.01", "largest transfer is 5,000,000.00 NGN"),
     ("1.001", "at most 2 decimals"), ("much", "not an amount"), ("-5", "more than zero")],
)  # fmt: skip
async def test_an_amount_outside_of_the_limits_is_asked_for_again(
    talk: Talk, database: Database, till: Till, typed: str, says: str
) -> None:
    await database.run(Terms())
    await talk.open("deposit", "NGN")
    assert says in sent(await talk.say(typed))
    assert says in sent(await talk.reply(Pressed(typed)))
    assert "Please type the amount" in sent(await talk.send_photo())
    assert till.opened == 0


@pytest.mark.parametrize(
    "args",
    [("NGN", "TRC20"), ("XXX",), ("<b>" * 20,), ("BTC", "TRC20"), ("USDT", "BTC"), ("USDT", "trc20"), ("٣",)],
)
async def test_forged_coins_and_networks_are_refused(talk: Talk, till: Till, args: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        await talk.open("deposit", *args)
    assert till.opened == 0


def test_every_coin_has_named_networks_with_the_confirmations_that_the_provider_waits_for() -> None:
    routes = {(coin.code, network) for coin in CURRENCIES.values() for network in coin.networks}
    assert {network for _, network in routes} == set(NETWORKS)
    assert all(is_coin(CURRENCIES[code]) == (network != "BANK") for code, network in routes)
    for coin, network in routes & TICKERS.keys():
        assert NETWORKS[network].confirmations == CONFIRMATIONS.get(coin, 1)


async def notices(database: Database) -> list[Screen]:
    """The notices in the outbox, drawn as the outbox draws them."""
    found = await database.pool.fetch(
        "told",
        "SELECT kind, data::text FROM outbox WHERE kind LIKE ANY ('{deposit%,payment%}') ORDER BY id",
        (),
        reads=True,
    )
    told = [(deposits.NOTICES[row["kind"]], orjson.loads(row["data"])) for row in found]
    return [notice.draw(ENGLISH, rows.structurer(notice.record)(data)) for notice, data in told]


async def test_a_credited_deposit_is_told_with_its_amount(database: Database) -> None:
    await fund(database, await onboarded(database, ANA), "12.50")
    [notice] = await notices(database)
    assert sent(notice).startswith("✅ Deposit credited: 12.5 USDT\n\nNetwork: Tron (TRC20)\nTransaction: tx")
    assert leads_to(notice) == {"wallet", "new_trade", "trades", "menu"}


async def test_a_payment_that_fits_nothing_is_said_to_be_safe(talk: Talk, database: Database) -> None:
    await talk.open("deposit", "BTC")
    told = payment(await place(database, "BTC", "BTC"), "0.1", coin="SHIB", network="SHIB")
    await database.perform(told, told.request_key)
    [notice] = await notices(database)
    assert "Your payment of 0.1 SHIB is safe" in sent(notice)
    assert "another coin" in sent(notice)
    assert leads_to(notice) == {"wallet", "menu"}


def test_news_of_an_unknown_network_and_an_endless_transaction_can_be_sent() -> None:
    told = news.DepositNews("USDT", "<NEW>", Decimal("1.000000"), "<x>" * 4000)
    assert "Deposit on its way: 1 USDT" in sent(news.seen(ENGLISH, told))
    assert "<NEW>" in sent(news.credited(ENGLISH, told))


def test_an_amount_beyond_all_sense_can_be_told() -> None:
    assert payin_screens.told(ENGLISH, Decimal("1e40"), "USDT") == "1.000E+40 USDT"


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("trade_expired", "after trade T-1 had expired"), ("trade_cancelled", "after trade T-1 was cancelled"),
        ("trade_released", "after trade T-1 had ended"), ("wrong_coin", "another coin"),
        ("below_minimum", "less than the smallest"), ("unverified", "is not confirmed"), ("eclipse", "not in a way"),
    ],
)  # fmt: skip
def test_why_a_payment_waits_is_said_in_words(reason: str, says: str) -> None:
    told = news.WaitingNews("<b>" * 99, "<NEW>" * 99, Decimal("1e40"), "<x>" * 4000, reason, 17, "T-1")
    shown = sent(news.waits(ENGLISH, told))
    assert says in shown
    assert "You need do nothing" in shown
    assert leads_to(news.waits(ENGLISH, told)) == {"trade", "wallet", "menu"}


@pytest.mark.parametrize("reason", [*payin_refusals.SENTENCES, "eclipse"])
def test_every_refusal_says_that_no_money_has_moved(reason: str) -> None:
    assert "o money has moved" in payin_refusals.sentence(ENGLISH, Refused(reason))
