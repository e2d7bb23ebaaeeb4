"""The wallet: a column that fits a phone, whatever is in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lockbay.actors.plan import Plan
from lockbay.actors.words import words
from lockbay.areas import wallet
from lockbay.areas.balances import Balance, Wallet
from lockbay.areas.wallet import screens
from lockbay.postgres.database import Database
from tests.areas.people import ANA, fund, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(wallet.FLOWS, wallet.COMMANDS, "wallet", lambda person, flow: None)
ENGLISH = words("en", "UTC")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOTHING = Decimal(0)


def view(*balances: Balance, total: str | None = "1355.75") -> Wallet:
    rates_at = None if total is None else NOW - timedelta(minutes=5)
    return Wallet(balances, None if total is None else Decimal(total), rates_at)


def test_what_is_there_held_and_only_for_fees_stand_apart() -> None:
    usdt = Balance("USDT", Decimal("1250.5"), Decimal("100.25"), Decimal(5), Decimal("1355.75"))
    empty = Balance("BTC", NOTHING, NOTHING, NOTHING, NOTHING)
    assert sent(screens.wallet(ENGLISH, view(usdt, empty), NOW)).splitlines() == [
        "👛 Wallet",
        "",
        "Total: $1,355.75",
        "Rates of 5 minutes ago",
        "",
        "USDT                   $1,355.75",
        " available          1,250.5 USDT",
        " held                100.25 USDT",
        " fee credit               5 USDT",
    ]


@pytest.mark.parametrize(
    "amount", ["0.000000000000000001", "1234567.123456789012345678", "999999999999999.123456789012345678"]
)
@pytest.mark.parametrize("language", ["en", "de", "ar", "fa", "hi"])
def test_no_line_of_the_column_is_wider_than_a_phone(amount: str, language: str) -> None:
    eth = Balance("ETH", Decimal(amount), Decimal(amount), Decimal(amount), Decimal(amount))
    screen = screens.wallet(words(language, "UTC"), view(eth), NOW)
    table = str(screen.text).partition("<pre>")[2].partition("</pre>")[0]
    widest = len(ENGLISH.amount(Decimal(amount), "ETH"))
    assert max(len(line) for line in table.splitlines()) <= max(screens.WIDTH, widest)
    assert screens.WIDTH <= 34
    sent(screen)


def test_rates_of_just_now_have_no_age() -> None:
    fresh = Wallet((Balance("USDT", Decimal(5), NOTHING, NOTHING, Decimal(5)),), Decimal(5), NOW)
    assert "Rates of this minute" in sent(screens.wallet(ENGLISH, fresh, NOW))


def test_fiat_has_two_decimals_and_coins_no_trailing_zeros() -> None:
    ngn = Balance("NGN", Decimal("1500.5"), NOTHING, NOTHING, Decimal(1))
    btc = Balance("BTC", Decimal("0.10000000"), NOTHING, NOTHING, Decimal(9000))
    shown = sent(screens.wallet(ENGLISH, view(ngn, btc), NOW))
    assert "1,500.50 NGN" in shown
    assert " 0.1 BTC" in shown
    assert "held" not in shown


def test_a_coin_without_a_rate_is_named_as_missing_in_the_total() -> None:
    usdt = Balance("USDT", Decimal(5), NOTHING, NOTHING, Decimal(5))
    doge = Balance("DOGE", Decimal(5), NOTHING, NOTHING, None)
    assert "Not in the total, for want of a fresh rate: DOGE." in sent(screens.wallet(ENGLISH, view(usdt, doge), NOW))


def test_without_any_rate_no_worth_is_told() -> None:
    shown = sent(screens.wallet(ENGLISH, view(Balance("USDT", Decimal(5), NOTHING, NOTHING, None), total=None), NOW))
    assert "no fresh rates" in shown
    assert "$" not in shown


async def test_an_empty_wallet_says_so_and_offers_a_deposit(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    assert "empty" in sent(await talk.open("wallet"))
    assert leads_to(talk.screen) == {"deposit", "cash_out", "cashouts", "contacts", "exchange", "history", "menu"}
    assert "Back" in labels(talk.screen)[-1]


async def test_a_funded_wallet_is_shown_with_the_age_of_its_rates(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "250.5")
    clock.advance(timedelta(hours=3))
    shown = sent(await Talk(PLAN, database, clock, ANA).open("wallet"))
    assert "Total: $250.50" in shown
    assert "Rates of 3 hours ago" in shown
    assert " available            250.5 USDT" in shown
