"""The errand of a deposit conversation: have an address made by the provider, then keep it."""

from __future__ import annotations

import secrets
from typing import Final

import structlog
from prometheus_client import Counter

from lockbay.actors.errand import Runner
from lockbay.areas.deposits.errands import MakeAddress
from lockbay.areas.deposits.records import DepositAddress, DepositInfo, SaveAddress
from lockbay.errors import KeyReused, ProviderUnavailable
from lockbay.payments.provider import Provider
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused

AWAY: Final = Refused("provider_away")
NONCE: Final = 24  # random bytes

MADE = Counter("lockbay_addresses_total", "Addresses asked of a provider", ["outcome"])
log = structlog.get_logger()


def make_address(provider: Provider | None, database: Database) -> Runner:
    """The runner of MakeAddress. The provider is called outside of any transaction.

    A repeated errand finds the address that the first one kept; one that was made and not kept stays unused, and nobody
    is ever shown it.
    """

    async def run(errand: MakeAddress, key: str) -> DepositAddress | Refused:
        known = await _known(errand, database)
        if known is not None:
            return known
        wanted = await _make(errand, provider)
        if isinstance(wanted, Refused):
            return wanted
        try:
            return await database.perform(wanted, key)
        except KeyReused:  # an earlier run of this errand, with a nonce of its own, was decided after we looked
            return await _known(errand, database) or AWAY

    return run


async def _known(errand: MakeAddress, database: Database) -> DepositAddress | None:
    info = await database.read(DepositInfo, errand.user_id, errand.currency, errand.network)
    return info.address if info else None


async def _make(errand: MakeAddress, provider: Provider | None) -> SaveAddress | Refused:
    if provider is None:
        return AWAY
    if not provider.offers(errand.currency, errand.network):
        return Refused("unknown_currency")
    nonce = secrets.token_urlsafe(NONCE)
    try:
        made = await provider.make_address(errand.user_id, errand.currency, errand.network, nonce)
    except ProviderUnavailable as error:
        MADE.labels("away").inc()
        log.warning("address_not_made", provider=provider.name, user_id=errand.user_id, error=str(error))
        return AWAY
    MADE.labels("made").inc()
    return SaveAddress(
        errand.user_id, errand.currency, errand.network, provider.name, made.address, nonce, made.minimum
    )
