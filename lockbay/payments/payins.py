"""The errand of somebody who wants to pay in: have a provider make the place, then keep it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
import trio
from attrs import frozen
from prometheus_client import Counter

from lockbay.actors.errand import Runner
from lockbay.areas.deposits.records import FillPayin, RequestPayin
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.errors import KeyReused, ProviderUnavailable
from lockbay.payments.client import LIMIT
from lockbay.payments.provider import Opened, Provider
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused

AWAY: Final = Refused("provider_away")
TAKEN: Final = "taken"  # of an address: its provider made a mistake, so the next one is asked
ALTOGETHER: Final = 9.0  # s for all providers that are tried: a turn may take 10

OPENED = Counter(
    "lockbay_payins_opened_total", "Places to pay in that were asked of a provider", ["provider", "outcome"]
)
log = structlog.get_logger()


def open_payin(providers: Sequence[Provider], database: Database, limit: float = ALTOGETHER) -> Runner:
    """The runner of OpenPayin; the providers are tried in their order, within `limit` (s) together.

    The payin is committed before any of them is called, and none is called inside a transaction. Whatever is repeated,
    the first place that was kept is the one that is answered; one that was made and not kept is never shown.
    """
    return _Opening(providers, database, limit).run


@frozen
class _Opening:
    providers: Sequence[Provider]
    database: Database
    limit: float

    async def run(self, errand: OpenPayin, key: str) -> Payin | Refused:
        wanted = RequestPayin(errand.user_id, errand.trade_id, errand.currency, errand.network, errand.amount)
        payin = await self.database.perform(wanted, f"{key}.request")
        if isinstance(payin, Refused) or payin.provider is not None:
            return payin
        offering = [provider for provider in self.providers if provider.offers(payin.currency, payin.network)]
        if self.providers and not offering:
            return Refused("unknown_currency")
        return await self._first(offering, payin, wanted, key)

    async def _first(
        self, offering: Sequence[Provider], payin: Payin, wanted: RequestPayin, key: str
    ) -> Payin | Refused:
        """What the first provider that is not away makes."""
        outcome: Payin | Refused = AWAY
        until = trio.current_time() + self.limit
        for provider in offering:
            made = await _made(provider, payin, until)
            if made is not None:
                outcome = await self._keep(made, wanted, key)
                if not (isinstance(outcome, Refused) and outcome.reason == TAKEN):
                    break
        return outcome

    async def _keep(self, made: FillPayin, wanted: RequestPayin, key: str) -> Payin | Refused:
        try:
            return await self.database.perform(made, f"{key}.fill.{made.provider}")
        except KeyReused:  # an earlier run of this errand was made something else, and that was decided
            kept = await self.database.perform(wanted, f"{key}.kept")
            return kept if isinstance(kept, Refused) or kept.provider is not None else AWAY


async def _made(provider: Provider, payin: Payin, until: float) -> FillPayin | None:
    """None when the provider is away, or `until` (trio's clock) has passed."""
    with trio.move_on_at(until):
        opened = await _opened(provider, payin) if trio.current_time() < until else None
        if opened is not None:
            place = (opened.address, opened.link, opened.external_id, opened.minimum, opened.lasts)
            return FillPayin(payin.user_id, payin.id, provider.name, *place)
    return None


async def _opened(provider: Provider, payin: Payin) -> Opened | None:
    """None when the provider is away."""
    outcome = "away"
    try:
        with trio.fail_after(LIMIT):
            opened = await provider.open(payin)
            outcome = "made"
            return opened
    except (ProviderUnavailable, trio.TooSlowError) as error:
        log.warning("payin_not_opened", provider=provider.name, payin_id=payin.id, error=str(error) or "too slow")
        return None
    finally:
        OPENED.labels(provider.name, outcome).inc()
