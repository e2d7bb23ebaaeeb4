"""Everything that is open before anything runs: the database, Telegram, providers, prices, mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import structlog
import trio
from attrs import frozen

from lockbay.audit import Report, audit_at
from lockbay.bounds import refuse_terms
from lockbay.clock.auditor import Prove
from lockbay.clock.payouts import KeepPayoutId
from lockbay.errors import OutcomeUnknown, SettingsError, TelegramError, Unavailable
from lockbay.notices.mail import Mailer, Smtp
from lockbay.payments.balances import Lows
from lockbay.payments.banks import BankDesk, open_banks
from lockbay.payments.payout import Keep, PayoutProvider
from lockbay.payments.prices import Source
from lockbay.payments.provider import Provider
from lockbay.payments.providers import open_payouts, open_providers
from lockbay.payments.rates import open_sources
from lockbay.postgres.catalogue import Catalogue
from lockbay.postgres.database import Database, open_database
from lockbay.settings import Settings
from lockbay.telegram.api import BotApi, open_bot_api
from lockbay.telegram.refusals import Unauthorized
from lockbay.telegram.types import BotInfo
from lockbay.wallclock import WallClock

CONNECTIONS: Final = 128  # to Telegram: a button takes two, one for its answer and one for the screen
AWAY: Final = 1.0  # s between tries to reach Telegram at start
log = structlog.get_logger()


@frozen
class House:
    """What the service works with. `prove` audits the books, one at a time."""

    settings: Settings
    clock: WallClock
    database: Database
    api: BotApi
    polling_api: BotApi
    providers: tuple[Provider, ...]
    payers: tuple[PayoutProvider, ...]
    banks: BankDesk | None
    rates: tuple[Source, ...]
    mailer: Mailer | None
    bot: BotInfo
    lows: Lows
    prove: Prove


@asynccontextmanager
async def open_house(settings: Settings, clock: WallClock, secret: bytes) -> AsyncIterator[House]:
    """All of it, until the block ends. Waits for Telegram. Raises SettingsError and DatabaseUnavailable."""
    lows = Lows.parse(settings.low_balances)
    async with AsyncExitStack() as stack:
        open_ = stack.enter_async_context
        database = await open_(open_database(settings.database_url, clock=clock, secret=secret))
        await refuse_terms(database, settings.terms)
        api = await open_(open_bot_api(settings.bot_token, url=settings.telegram_url, connections=CONNECTIONS))
        polling = await open_(open_bot_api(settings.bot_token, url=settings.telegram_url, connections=2))
        bot = await _introduction(api)
        yield House(
            settings,
            clock,
            database,
            api,
            polling,
            await open_(open_providers(settings, f"https://t.me/{bot.username}")),
            await open_(open_payouts(settings, _keeper(database), clock)),
            await open_(open_banks(settings.fincra.url, settings.fincra.secret_key)),
            await open_(open_sources(settings)),
            Mailer(Smtp.parse(settings.smtp_url)) if settings.smtp_url else None,
            bot,
            lows,
            partial(_audit, settings.database_url, database.catalogue, trio.Lock()),
        )


async def _introduction(api: BotApi) -> BotInfo:
    """Who we are, as soon as Telegram can be reached. Raises SettingsError for a token that is none."""
    while True:
        try:
            return await api.get_me()
        except Unauthorized:
            raise SettingsError("LOCKBAY_BOT_TOKEN is not accepted by Telegram") from None
        except (Unavailable, OutcomeUnknown, TelegramError) as error:
            log.warning("telegram_not_reached", error=str(error))
            await trio.sleep(AWAY)


def _keeper(database: Database) -> Keep:
    async def keep(cashout_id: int, external_id: str) -> bool:
        return await database.run(KeepPayoutId(cashout_id, external_id)) is not None

    return keep


async def _audit(database_url: str, catalogue: Catalogue, alone: trio.Lock) -> Report:
    async with alone:
        return await audit_at(database_url, catalogue)
