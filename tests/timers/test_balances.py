"""What providers have left: finance hears of what runs low, once, and nobody's silence hides another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import define, field
from prometheus_client import REGISTRY

from lockbay.areas.admin.house_news import LowBalance, balance_low
from lockbay.clock.balances import NoteBalance, look
from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.balances import Lows, Pot, Wanted
from lockbay.postgres.database import Database
from tests.areas.deciding import ENGLISH, told_to
from tests.areas.people import BEN, CLEO
from tests.areas.sendable import sent
from tests.clock import MovedClock

LOWS = Lows.parse("USDT=500, NGN=1000, kraken.USDT=0")


@define
class Vault:
    """A provider with these pots."""

    name: str = "blockbee"
    pots: Sequence[Pot] = field(factory=list)
    fails_with: Exception | None = None

    async def left(self, wanted: Wanted) -> Sequence[Pot]:
        if self.fails_with is not None:
            raise self.fails_with
        return [pot for pot in self.pots if wanted(pot.currency, pot.network)]


def usdt(amount: int, network: str = "TRC20") -> Pot:
    return Pot("USDT", network, Decimal(amount))


@pytest.mark.parametrize(
    ("provider", "currency", "network", "low"),
    [
        ("fincra", "NGN", "BANK", 1000), ("blockbee", "USDT", "ERC20", 500), ("kraken", "USDT", "", 0),
        ("kraken", "BTC", "", 0),
    ],
)  # fmt: skip
def test_the_last_entry_that_fits_says_what_is_low(provider: str, currency: str, network: str, low: int) -> None:
    assert LOWS.of(provider, currency, network) == low


@pytest.mark.parametrize("written", ["USDT", "USDT=", "USDT=-1", "USDT=nan", "GBP=5", "=5", "nobody.USDT=5"])
def test_a_setting_that_is_none_is_said(written: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_LOW_BALANCES"):
        Lows.parse(written)


async def test_the_staff_hears_once_and_again_when_it_was_filled_meanwhile(
    database: Database, clock: MovedClock, staff: None
) -> None:
    told = []
    for amount in (500, 499, 480, 599, 400, 600, 499):
        clock.advance(timedelta(minutes=10))
        told.append(await database.run(NoteBalance("fincra", "NGN", "BANK", Decimal(amount), Decimal(500))))
    assert told == [False, True, False, False, False, False, True]
    assert len(await told_to(database, CLEO)) == 2
    assert await told_to(database, BEN) == []
    [_, (kind, news)] = await told_to(database, CLEO)
    assert kind == "balance_low"
    for said in ("fincra runs low on NGN", "Left: 499.00 NGN", "Low is below: 500.00 NGN", "Over: BANK"):
        assert said in sent(news)


@pytest.mark.parametrize("error", [ProviderUnavailable("away"), ArithmeticError("a sum of ours")])
async def test_each_provider_is_asked_for_what_is_watched_and_one_that_fails_hinders_no_other(
    database: Database, staff: None, error: Exception
) -> None:
    failures = {"provider": "fincra"}
    before = REGISTRY.get_sample_value("lockbay_provider_balance_failures_total", failures) or 0
    away, full = Vault("fincra", fails_with=error), Vault(pots=[usdt(600), usdt(499, "ERC20")])
    off = Vault("kraken", [usdt(0, "")])
    await look(database, [away, full, off], LOWS)
    found = await database.pool.fetch("pots", "SELECT * FROM provider_balances ORDER BY network", (), reads=True)
    assert [(row["network"], row["amount"], row["low_since"] is None) for row in found] == [
        ("ERC20", 499, False), ("TRC20", 600, True),
    ]  # fmt: skip
    assert len(await told_to(database, CLEO)) == 1
    labels = {"provider": "blockbee", "currency": "USDT", "network": "TRC20"}
    assert REGISTRY.get_sample_value("lockbay_provider_balance", labels) == 600
    assert REGISTRY.get_sample_value("lockbay_provider_balance_failures_total", failures) == before + 1


def test_a_pot_for_all_networks_names_none() -> None:
    news = LowBalance("kraken", "BTC", "", Decimal("0.001"), Decimal("0.01"))
    assert "Over" not in sent(balance_low(ENGLISH, news))
