"""What providers have left to pay from, and how little of it is too little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, Protocol, TypeAlias, runtime_checkable

from attrs import frozen

from lockbay.errors import SettingsError
from lockbay.money import CURRENCIES
from lockbay.settings import PAYOUTS, PREFIX

SETTING: Final = f"{PREFIX}LOW_BALANCES"
WORDS: Final = frozenset(
    word.upper()
    for word in (*PAYOUTS, *CURRENCIES, *(network for each in CURRENCIES.values() for network in each.networks))
)

Wanted: TypeAlias = Callable[[str, str], bool]  # of a currency, over a network


@frozen
class Pot:
    """What a provider has left of a currency. `network` is "" where one pot pays over all of them."""

    currency: str
    network: str
    amount: Decimal


@runtime_checkable
class Purse(Protocol):
    """A provider that says what it has left. Any number of tasks may ask."""

    name: str

    async def left(self, wanted: Wanted) -> Sequence[Pot]:
        """Of what is wanted. Raises ProviderUnavailable."""


@frozen
class Lows:
    """From where on a balance is low: "NGN=500000,USDT=500,kraken.USDT=0". Of the entries all of whose words are a
    pot's, the last one counts; 0, or none: nobody is told.
    """

    entries: tuple[tuple[frozenset[str], Decimal], ...] = ()

    @classmethod
    def parse(cls, written: str) -> Lows:
        """Raises SettingsError."""
        return cls(tuple(_entry(part.strip()) for part in written.split(",") if part.strip()))

    def of(self, provider: str, currency: str, network: str) -> Decimal:
        pot = {provider.upper(), currency, network.upper()}
        return next((low for words, low in reversed(self.entries) if words <= pot), Decimal(0))


def _entry(written: str) -> tuple[frozenset[str], Decimal]:
    name, _, value = written.partition("=")
    words = frozenset(word.strip().upper() for word in name.split("."))
    try:
        low = Decimal(value.strip())
    except InvalidOperation:
        low = Decimal(-1)
    if not words <= WORDS or not low.is_finite() or low < 0:
        raise SettingsError(f"{SETTING} must be like NGN=500000,USDT=500,kraken.BTC=0.05, not {written!r}")
    return words, low
