"""Exchange in the chat, on the real database, killed and replayed at every answer."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.person import MeetPerson
from lockbay.actors.screen import Answer, Link, Screen
from lockbay.actors.words import words
from lockbay.areas import codes, exchange, proof
from lockbay.areas.balances import Wallet
from lockbay.areas.destinations import Account, Bank, Banks, Destination, ListBanks, ResolveAccount
from lockbay.areas.exchange import questions, refusals, screens
from lockbay.areas.exchange.draft import Draft, Target
from lockbay.areas.exchange.news import position
from lockbay.areas.exchange.records import (
    Coin,
    Cost,
    ExchangeHistory,
    ExchangeQuote,
    ExchangeStart,
    Listed,
    PositionNews,
)
from lockbay.areas.onboarding.records import VerifyCode
from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import PayTrade
from lockbay.areas.wallet.records import SaveRates
from lockbay.audit import audit
from lockbay.money import CURRENCIES
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, another, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import START, MovedClock
from tests.talk import Talk

EN = words("en", "UTC")
SECRET = b"a secret of tests"
PRICES = {"USDT": "1", "BTC": "90000", "ETH": "3000", "NGN": "0.0007"}
TRON = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"
MOST = Decimal("999999999999999.123456789012345678")
LONG = "x" * 120


async def tell(database: Database, source: str, prices: dict[str, str]) -> None:
    for code, price in prices.items():
        await database.run(SaveRates(source, code, "USD", Decimal(price), database.clock.now()))


@pytest.fixture
async def talk(database: Database, clock: MovedClock) -> Talk:
    """Ana has 1000 USDT, and two sources agree."""
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(0)))
    await onboarded(database, ANA)
    await tell(database, "kraken", PRICES)
    await tell(database, "fastforex", PRICES)
    await fund(database, ANA, "1000")
    return Talk(plan("lockbay_bot"), database, clock, ANA)


async def to_the_quote(talk: Talk, amount: str = "100", get: str = "NGN") -> str:
    await talk.open("exchange")
    await talk.press("1,000 USDT")
    await talk.press(get)
    return sent(await talk.say(amount))


async def money(database: Database, code: str) -> tuple[Decimal, Decimal]:
    wallet = await database.read(Wallet, ANA)
    assert wallet is not None
    return next((each.available, each.held) for each in wallet.balances if each.currency == code)


async def is_sound(database: Database) -> None:
    assert (await audit(database)).differences == ()


def confirm(screen: Screen) -> str:
    """What the button that confirms says."""
    return next(b.value for row in screen.rows for b in row if isinstance(b, Answer) and "Confirm" in b.label)


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


async def test_on_to_an_address_in_the_same_confirmation(talk: Talk, database: Database) -> None:
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("NGN")
    await talk.press("USDT")
    await talk.press("100%")
    assert "fee 1 USDT" in "".join(labels(await talk.press("Send it on")))
    await talk.press("Tron")
    shown = sent(await talk.say(TRON))
    assert "You get: 96.04 USDT" in shown
    assert "Fee: 1 USDT" in shown
    assert "Arrives: 95.04 USDT" in shown
    assert TRON in shown
    shown = sent(await talk.press("Confirm"))
    assert "95.04 USDT arrive" in shown
    assert leads_to(talk.screen) >= {"cashout", "wallet", "exchanges"}
    assert (await money(database, "USDT"))[1] == Decimal("96.04")
    await is_sound(database)


async def test_on_to_a_bank_account_whose_owner_was_found_and_kept(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    async def banks(_: ListBanks, __: str) -> Banks:
        return Banks((Bank("058", "GTBank"),))

    async def resolved(errand: ResolveAccount, _: str) -> Account:
        return Account(errand.account_number, "ANN SAMPLE")

    talk = Talk(plan("lockbay_bot"), database, clock, ANA, {ListBanks: banks, ResolveAccount: resolved})
    await to_the_quote(talk)
    await talk.press("Send it on")
    await talk.press("GTBank")
    assert "ANN SAMPLE" in sent(await talk.say("0123456789"))
    await talk.press("Yes")
    assert "Arrives: 139,950.00 NGN" in sent(talk.screen)
    assert "To: ANN SAMPLE, GTBank, 0123456789" in sent(talk.screen)
    await talk.press("Keep it")
    assert "Kept as: mine" in sent(await talk.say("mine"))
    assert "139,950.00 NGN arrive" in sent(await talk.press("Confirm"))
    await to_the_quote_of(talk, "900 USDT")
    await talk.press("Send it on")
    await talk.press("mine")
    assert "To: ANN SAMPLE, GTBank, 0123456789" in sent(talk.screen)
    assert not any("Keep it" in label for label in labels(talk.screen))
    await is_sound(database)


async def to_the_quote_of(talk: Talk, purse: str, amount: str = "70") -> str:
    await talk.open("exchange")
    await talk.press(purse)
    await talk.press("NGN")
    return sent(await talk.say(amount))


async def in_naira(talk: Talk, amount: str) -> None:
    """At the review of naira into USDT that go on to an address."""
    await to_the_quote(talk)
    await talk.press("Confirm")
    await talk.open("exchange")
    await talk.press("NGN")
    await talk.press("USDT")
    await talk.say(amount)
    await talk.press("Send it on")
    await talk.press("Tron")
    await talk.say(TRON)


async def test_what_the_day_does_not_let_out_is_not_offered_to_be_sent_on(talk: Talk, database: Database) -> None:
    """It was refused at Confirm, after all questions about where to."""
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    await to_the_quote(talk, "60")
    assert "It can go to your wallet only: $50.00 may still leave it within 24 hours." in sent(talk.screen)
    assert not any("Send it on" in label for label in labels(talk.screen))
    await talk.press("Amount")
    assert "wallet only" not in sent(await talk.say("40"))
    assert any("Send it on" in label for label in labels(talk.screen))


async def test_it_may_stay_in_the_wallet_after_all(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    assert "To: your wallet" in sent(await talk.press("To my wallet"))
    assert "in your wallet now" in sent(await talk.press("Confirm"))
    assert (await money(database, "USDT"))[1] == 0


async def test_too_little_to_be_sent_on_cannot_be_confirmed(talk: Talk) -> None:
    await in_naira(talk, "2000")
    assert "Less than 5 USDT cannot be sent on" in sent(talk.screen)
    assert not any("Confirm" in label for label in labels(talk.screen))


async def test_a_fee_that_changed_is_shown_before_it_is_paid(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    await database.pool.fetch("test", "UPDATE payout_fees SET fee = 2 WHERE network = 'TRC20'", (), reads=False)
    shown = sent(await talk.press("Confirm"))
    assert "The network’s fee is 2 USDT now" in shown
    assert "Arrives: 94.04 USDT" in shown
    assert "94.04 USDT arrive" in sent(await talk.press("Confirm"))


async def test_a_limit_on_what_goes_out_leaves_the_wallet_as_a_way(talk: Talk, database: Database) -> None:
    await in_naira(talk, "140000")
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    shown = sent(await talk.press("Confirm"))
    assert "Without a verified e-mail address at most $50.00" in shown
    assert "To: your wallet" in shown
    assert "in your wallet now" in sent(await talk.press("Confirm"))


async def mailed(database: Database) -> str:
    """The code that was mailed last."""
    [row] = await database.pool.fetch(
        "mailed",
        "SELECT data::text AS data FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1",
        (),
        reads=True,
    )
    data = orjson.loads(row["data"])
    return codes.code(SECRET, data["user_id"], data["purpose"], data["nonce"])


async def verify(database: Database) -> None:
    assert not isinstance(await database.perform(codes.SendCode(ANA, "email", "a@b.example"), fresh_key()), Refused)
    assert not isinstance(await database.perform(VerifyCode(ANA, await mailed(database)), fresh_key()), Refused)


async def test_a_code_before_it_goes_out_wrong_resent_and_right(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    shown = sent(await talk.press("Confirm"))
    assert "I sent a code of 6 digits to a@b.example" in shown
    assert "Arrives: 95.04 USDT" in shown
    assert TRON in shown
    right = await mailed(database)
    wrong = another(right)
    assert "You have 4 tries left" in sent(await talk.say(wrong))
    assert "A code was just sent" in sent(await talk.press("Send again"))
    clock.advance(timedelta(seconds=61))
    assert "It is good until" in sent(await talk.press("Send again"))
    assert "type the 6 digits" in sent(await talk.say("code"))
    assert (await money(database, "USDT"))[1] == 0
    assert "95.04 USDT arrive" in sent(await talk.say(await mailed(database)))
    await is_sound(database)


async def test_a_code_that_was_typed_is_good_for_the_new_price(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    clock.advance(timedelta(minutes=8))
    await talk.press("Confirm")
    clock.advance(timedelta(minutes=3))
    shown = sent(await talk.say(await mailed(database)))
    assert "The price had ended" in shown
    assert (await money(database, "USDT"))[1] == 0
    assert "95.04 USDT arrive" in sent(await talk.press("Confirm"))


async def test_after_the_last_try_nothing_goes_out(talk: Talk, database: Database) -> None:
    await verify(database)
    await in_naira(talk, "140000")
    await talk.press("Confirm")
    wrong = another(await mailed(database))
    for _ in range(4):
        await talk.say(wrong)
    shown = sent(await talk.say(wrong))
    assert "it was the last try" in shown
    assert "To: your wallet" in shown
    assert (await money(database, "USDT"))[1] == 0


def shown_numbers(screen: Screen) -> tuple[Decimal, Decimal]:
    """What is given and got, as the person reads it."""
    found = [re.search(rf"You {verb}: ([0-9,.]+) ", sent(screen)) for verb in ("give", "get")]
    gives, gets = (Decimal(match[1].replace(",", "")) for match in found if match)
    return gives, gets


@pytest.mark.parametrize("seed", range(4))
async def test_nobody_pays_a_number_that_they_were_not_shown(
    talk: Talk, database: Database, clock: MovedClock, seed: int
) -> None:
    """Prices move, end and are asked for anew at every moment; what moves is what stood on the screen with Confirm."""
    dice, exchanged = random.Random(seed), 0
    for _ in range(12):
        clock.advance(timedelta(minutes=1))
        await market_of(database, dice)
        give, get = dice.choice([("USDT", "NGN"), ("USDT", "BTC"), ("NGN", "USDT"), ("NGN", "ETH"), ("BTC", "NGN")])
        before = (await money(database, give))[0], (await money(database, get))[0]
        await talk.open("exchange")
        await talk.reply(Pressed(give))
        await talk.reply(Pressed(get))
        if not any("25%" in label for label in labels(talk.screen)):
            continue
        await talk.press(dice.choice(["25%", "50%"]))
        while not talk.is_over and "Confirm" in "".join(labels(talk.screen)):
            gives, gets = shown_numbers(talk.screen)
            clock.advance(timedelta(minutes=dice.choice([0, 1, 5, 10])))
            await market_of(database, dice)
            await talk.press(dice.choice(["Confirm", "Confirm", "New price"]))
        if talk.is_over and "Exchanged" in sent(talk.screen):
            after = (await money(database, give))[0], (await money(database, get))[0]
            assert (before[0] - after[0], after[1] - before[1]) == (gives, gets)
            exchanged += 1
    assert exchanged > 3
    await is_sound(database)


async def market_of(database: Database, dice: random.Random) -> None:
    """Both sources tell the same new prices."""
    moved = {code: str(Decimal(price) * dice.randint(80, 120) / 100) for code, price in PRICES.items()}
    for source in ("kraken", "fastforex"):
        await tell(database, source, moved)


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


COSTS = tuple(Cost(network, Decimal(1), Decimal(5)) for network in ("TRC20", "ERC20"))
COINS = tuple(Coin(code, MOST, None if code == "TRX" else Decimal(1), MOST, COSTS) for code in CURRENCIES)
COIN = {coin.currency: coin for coin in COINS}
BEGIN = ExchangeStart(COINS, (), Decimal(2), Decimal(1), Decimal(10_000))
GOT = Decimal("999999999999999.12345678")  # nobody is given more digits than eight
QUOTE = ExchangeQuote(10**12, "ETH", MOST, "BTC", GOT, MOST, MOST, Decimal("2.50"), START + timedelta(minutes=1))
TO = Destination("BANK", LONG, LONG, LONG, LONG, "y" * 40)


def test_screens_can_be_sent_with_the_longest_values() -> None:
    ether, bitcoin = COIN["ETH"], COIN["BTC"]
    for target in (None, Target(COSTS[0], TO), Target(COSTS[0], Destination("TRC20", LONG))):
        draft = Draft(ether, bitcoin, MOST, QUOTE, target)
        sent(questions.review(EN, BEGIN, draft, QUOTE, START))
        sent(proof.question(EN, None, questions.purpose(EN, draft, QUOTE, MOST), START))
    for screen in (
        questions.give(EN, BEGIN),
        questions.get(EN, BEGIN, ether),
        questions.amount(EN, BEGIN, ether, bitcoin),
        questions.network(EN, bitcoin),
        questions.ended(EN, QUOTE),
        position(EN, PositionNews("ETH", MOST, Decimal(0), MOST)),
        screens.exchanges(
            EN,
            ExchangeHistory(tuple(Listed("ETH", MOST, "BTC", MOST, START) for _ in range(8)), 2**62),
            is_first=False,
        ),
    ):
        sent(screen)


@pytest.mark.parametrize(
    ("available", "offered"),
    [
        ("0.9", []),
        ("2", ["50% · 1 USDT", "75% · 1.5 USDT", "100% · 2 USDT"]),
        ("16000", ["25% · 4,000 USDT", "50% · 8,000 USDT"]),
    ],
)
def test_a_part_is_offered_that_can_be_exchanged(available: str, offered: list[str]) -> None:
    """From $1 to $10,000; what was offered and pressed was refused."""
    usdt = Coin("USDT", Decimal(available), Decimal(1), None, ())
    screen = questions.amount(EN, BEGIN, usdt, COIN["BTC"])
    assert [label for label in labels(screen) if "%" in label] == offered
    assert ("press a part" in sent(screen)) == bool(offered)


@pytest.mark.parametrize(
    "price", ["0.000000000000000000000001", "0.00000007", "0.69", "1", "1530.123456789", "98765432109"]
)
def test_a_price_is_told_by_its_digits_that_count(price: str) -> None:
    quote = ExchangeQuote(1, "NGN", Decimal(1), "BTC", Decimal(1), Decimal(price), Decimal(price), Decimal(2), START)
    coins = COIN["NGN"], COIN["BTC"]
    shown = sent(questions.review(EN, BEGIN, Draft(*coins, Decimal(1), quote), quote, START))
    assert "Price: " in shown
    assert "E+" not in shown
    assert "E-" not in shown


@pytest.mark.parametrize(
    ("price", "market", "said"),
    [
        ("0.00000001067538388", "0.000000010893246", "NGN = 1 BTC"),
        ("0.98", "1", "NGN = 1 BTC"),
        ("1530", "1561.22", "1 NGN ="),
    ],
)
def test_the_market_s_price_is_told_the_same_way_round(price: str, market: str, said: str) -> None:
    quote = ExchangeQuote(1, "NGN", Decimal(1), "BTC", Decimal(1), Decimal(price), Decimal(market), Decimal(2), START)
    coins = COIN["NGN"], COIN["BTC"]
    shown = sent(questions.review(EN, BEGIN, Draft(*coins, Decimal(1), quote), quote, START)).splitlines()
    ours, theirs = (next(line for line in shown if line.startswith(word)) for word in ("Price:", "The market’s:"))
    assert said in ours
    assert said in theirs


@pytest.mark.parametrize("reason", [*refusals.SENTENCES, "something_new"])
@pytest.mark.parametrize(
    "details",
    [{}, {"limit": "5", "worth": "1", "left": "3", "currency": "NGN", "total": "1", "available": "2", "fee": "1"}],
)
def test_every_refusal_says_what_happened_and_that_no_money_moved(reason: str, details: dict[str, str]) -> None:
    said = refusals.sentence(EN, Refused(reason, details), "USDT").casefold()
    assert "no money moved" in said
    assert "{" not in said


@pytest.mark.parametrize("reason", [*sorted(proof.REASONS), "something_new"])
def test_every_refusal_of_a_code_does_likewise(reason: str) -> None:
    details = {"tries_left": "1", "retry_at": START.isoformat()}
    for refused in (Refused(reason, details), Refused(reason)):
        assert "no money moved" in proof.sentence(EN, refused, START).casefold()


def test_who_begins_an_exchange_finds_it() -> None:
    assert exchange.COMMANDS["exchange"] == "exchange"
    assert Link("🔄 Exchange", "exchange") in [
        b for row in screens.exchanges(EN, ExchangeHistory((), None), is_first=True).rows for b in row
    ]
