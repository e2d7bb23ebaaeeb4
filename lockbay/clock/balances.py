"""What providers have left to pay from: asked every few minutes; finance hears of what runs low, once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import ClassVar, Final, NoReturn

import structlog
import trio
from attrs import frozen
from prometheus_client import Counter, Gauge

from lockbay.errors import OutcomeUnknown, ProviderUnavailable, Unavailable
from lockbay.lookout import Lookout
from lockbay.payments.balances import Lows, Pot, Purse
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement

PERIOD: Final = 600.0  # s between two looks
LIMIT: Final = 60.0  # s for all pots of one provider

BALANCE = Gauge("lockbay_provider_balance", "What a provider has left to pay from", ["provider", "currency", "network"])
LOW = Gauge("lockbay_provider_balance_wanted", "Below this it is low", ["provider", "currency", "network"])
FAILURES = Counter("lockbay_provider_balance_failures", "Providers that did not say what they have left", ["provider"])
log = structlog.get_logger()


@frozen
class NoteBalance(Statement[bool]):
    """Notes what is left, and answers whether the staff was told because of it: when it becomes less than `low`, until
    there is a fifth more than that again. Repeated, it tells nobody.
    """

    file: ClassVar[str] = "clock/balance"
    provider: str
    currency: str
    network: str
    amount: Decimal
    low: Decimal


async def look(database: Database, purses: Sequence[Purse], lows: Lows) -> None:
    """Asks each provider about what is watched. One that fails, however it does, hinders no other. Raises what the
    database raises when it is away.
    """
    for purse in purses:
        try:
            await _look_into(database, purse, lows)
        except (ProviderUnavailable, trio.TooSlowError) as error:
            FAILURES.labels(purse.name).inc()
            log.warning("balance_not_told", provider=purse.name, error=str(error) or "too slow")
        except (Unavailable, OutcomeUnknown):
            raise
        except Exception:
            FAILURES.labels(purse.name).inc()
            log.exception("balance_not_told", provider=purse.name)


async def watch_balances(
    database: Database, purses: Sequence[Purse], lows: Lows, *, period: float = PERIOD
) -> NoReturn:
    """Now and every period, for ever. What failed is asked the next time. Cancel it at any time."""
    await Lookout("balances", period).keep(partial(look, database, purses, lows))


def _is_watched(lows: Lows, provider: str, currency: str, network: str) -> bool:
    return lows.of(provider, currency, network) > 0


async def _look_into(database: Database, purse: Purse, lows: Lows) -> None:
    with trio.fail_after(LIMIT):
        pots = await purse.left(partial(_is_watched, lows, purse.name))
    for pot in pots:
        await _note(database, purse.name, pot, lows.of(purse.name, pot.currency, pot.network))


async def _note(database: Database, provider: str, pot: Pot, low: Decimal) -> None:
    BALANCE.labels(provider, pot.currency, pot.network).set(float(pot.amount))
    LOW.labels(provider, pot.currency, pot.network).set(float(low))
    if await database.run(NoteBalance(provider, pot.currency, pot.network, pot.amount, low)):
        log.warning(
            "balance_low", provider=provider, currency=pot.currency, network=pot.network, amount=str(pot.amount)
        )
