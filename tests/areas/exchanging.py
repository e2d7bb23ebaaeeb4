"""A person who exchanges, prices to do it at, and what they are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import words
from lockbay.areas.balances import Wallet
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
from lockbay.audit import audit
from lockbay.plan import plan
from lockbay.postgres.database import Database
from tests.areas.people import ANA, fund, onboarded
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.talk import Talk

EN = words("en", "UTC")
SECRET = b"a secret of tests"
PRICES = {"USDT": "1", "BTC": "90000", "ETH": "3000", "NGN": "0.0007"}
TRON = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"


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


async def to_the_quote_of(talk: Talk, purse: str, amount: str = "70") -> str:
    await talk.open("exchange")
    await talk.press(purse)
    await talk.press("NGN")
    return sent(await talk.say(amount))
