"""The screens of an exchange with the longest values, its prices and its refusals. Pure."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas import proof
from lockbay.areas.destinations import Destination
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
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Refused
from tests.areas.exchanging import (
    EN,
)
from tests.areas.exchanging import talk as talk
from tests.areas.sendable import labels, sent
from tests.clock import START

MOST = Decimal("999999999999999.123456789012345678")
LONG = "x" * 120
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
