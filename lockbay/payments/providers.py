"""All providers together, as the settings have them: who makes places to pay in, and whose webhooks are served."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from lockbay.payments import blockbee, dynopay, fincra, kraken, manual
from lockbay.payments.blockbee_events import blockbee_events
from lockbay.payments.blockbee_payouts import open_blockbee_payouts
from lockbay.payments.dynopay_events import dynopay_events
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.fincra_payouts import open_fincra_payouts
from lockbay.payments.payout import Keep, PayoutProvider
from lockbay.payments.provider import Provider, Receiver
from lockbay.settings import PROVIDERS, Settings
from lockbay.wallclock import WallClock


@asynccontextmanager
async def open_providers(settings: Settings, home: str) -> AsyncIterator[tuple[Provider, ...]]:
    """Those that have a key: the ones that are tried, in that order, then those that are not: these are still asked
    about what they made earlier. `home` is where a page leads when it was paid. Raises SettingsError.
    """
    async with AsyncExitStack() as stack:
        names = dict.fromkeys((*settings.tried, *PROVIDERS))
        known = [_provider(name, settings, home) for name in names]
        yield tuple([await stack.enter_async_context(each) for each in known if each is not None])


def tried(settings: Settings, providers: Sequence[Provider]) -> tuple[Provider, ...]:
    """Those of them that make places to pay in, in their order."""
    return tuple(each for each in providers if each.name in settings.tried)


def _provider(name: str, settings: Settings, home: str) -> AbstractAsyncContextManager[Provider] | None:
    bee, dyno, fin, reached_at = settings.blockbee, settings.dynopay, settings.fincra, settings.reached_at
    if name == blockbee.NAME and bee.api_key:
        return blockbee.open_blockbee(bee.url, bee.api_key, reached_at)
    if name == dynopay.NAME and dyno.api_key:
        return dynopay.open_dynopay(dyno.url, dyno.api_key, reached_at)
    if name == fincra.NAME and fin.secret_key:
        payer = fincra.Payer.of(reached_at, home)
        return fincra.open_fincra(fin.url, fin.secret_key, fin.public_key, fin.business_id, payer)
    return None


@asynccontextmanager
async def open_payouts(settings: Settings, keep: Keep, clock: WallClock) -> AsyncIterator[tuple[PayoutProvider, ...]]:
    """Those that have a key, in the order in which they are tried. Raises SettingsError."""
    async with AsyncExitStack() as stack:
        wanted = [_payer(name, settings, keep, clock) for name in settings.paying]
        opened: list[PayoutProvider] = [await stack.enter_async_context(each) for each in wanted if each is not None]
        yield (*opened, *((manual.Manual(),) if manual.NAME in settings.paying else ()))


def _payer(
    name: str, settings: Settings, keep: Keep, clock: WallClock
) -> AbstractAsyncContextManager[PayoutProvider] | None:
    bee, fin, sea = settings.blockbee, settings.fincra, settings.kraken
    if name == blockbee.NAME and bee.api_key:
        return open_blockbee_payouts(bee.url, bee.api_key, keep, clock)
    if name == fincra.NAME and fin.secret_key:
        return open_fincra_payouts(fin.url, fin.secret_key, fin.business_id, clock)
    if name == kraken.NAME and sea.api_key and sea.secret:
        return kraken.open_kraken(sea.url, sea.api_key, sea.secret, keep, clock)
    return None


def receivers(settings: Settings, clock: WallClock) -> list[Receiver]:
    """Of every provider whose events can be verified, also of one that is not tried: money may still come to what it
    made earlier. Raises SettingsError.
    """
    found: tuple[Receiver | None, ...] = (
        blockbee_events(settings.blockbee.public_key, settings.reached_at),
        dynopay_events(settings.dynopay.webhook_secret, clock),
        fincra_events(settings.fincra.webhook_secret),
    )
    return [receiver for receiver in found if receiver is not None]
