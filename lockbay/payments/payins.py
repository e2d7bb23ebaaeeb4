"""The errand of somebody who wants to pay in: have a provider make the place, then keep it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import structlog
import trio
from prometheus_client import Counter

from lockbay.actors.errand import Runner
from lockbay.areas.deposits.errands import OpenPayin
from lockbay.areas.deposits.records import FillPayin, Payin, RequestPayin
from lockbay.errors import KeyReused, ProviderUnavailable
from lockbay.payments.client import LIMIT
from lockbay.payments.provider import Opened, Provider
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused

AWAY: Final = Refused("provider_away")
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

    async def run(errand: OpenPayin, key: str) -> Payin | Refused:
        wanted = RequestPayin(errand.user_id, errand.trade_id, errand.currency, errand.network, errand.amount)
        payin = await database.perform(wanted, f"{key}.request")
        if isinstance(payin, Refused) or payin.provider is not None:
            return payin
        made = await _made(providers, payin, limit)
        if isinstance(made, Refused):
            return made
        try:
            return await database.perform(made, f"{key}.fill")
        except KeyReused:  # an earlier run of this errand was made something else, and that was decided
            kept = await database.perform(wanted, f"{key}.kept")
            return kept if isinstance(kept, Refused) or kept.provider is not None else AWAY

    return run


async def _made(providers: Sequence[Provider], payin: Payin, limit: float) -> FillPayin | Refused:
    offering = [provider for provider in providers if provider.offers(payin.currency, payin.network)]
    if providers and not offering:
        return Refused("unknown_currency")
    with trio.move_on_after(limit):
        for provider in offering:
            opened = await _opened(provider, payin)
            if opened is not None:
                place = (opened.address, opened.link, opened.external_id, opened.minimum, opened.lasts)
                return FillPayin(payin.user_id, payin.id, provider.name, *place)
    return AWAY


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
