"""The sandbox as a whole: a local Telegram with its chat page, the payment providers, rates, and a mail catcher.

It stands for the outside world, speaks the real protocols, and knows nothing of the service: only URLs differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import trio
from attrs import field, frozen
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.callbacks import Callbacks, Teller
from lockbay.sandbox.faults import Faults
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.http import Connections
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.mail import Mailbox, serve_smtp
from lockbay.sandbox.messages import Bot
from lockbay.sandbox.parts import Ground, Messenger, Secrets, WaysIn, WaysOut, page
from lockbay.sandbox.post import Post
from lockbay.sandbox.till import Webhooks
from lockbay.sandbox.troubles import Troubles

PATHS: Final = {
    "/": "chat.html",
    "/pay": "pay.html",
    "/payouts": "payouts.html",
    "/mail": "mail.html",
    "/desk.css": "desk.css",
    "/desk.js": "desk.js",
    "/paying.js": "paying.js",
}
OPERATORS: Final = (1003,)
BOT_ID: Final = 7_000_000_001


@frozen
class Options:
    """What a test may want otherwise. Times in seconds; `clock` tells seconds since 1970.

    `merchant_url` is the service's public URL, as it would be set in the dashboards of Fincra and DynoPay: they call
    /webhooks/fincra and /webhooks/dynopay below it.
    """

    answer_within: float = 15.0
    first_retry: float = 5.0
    bot_name: str = "LockBay"
    bot_username: str = "lockbay_bot"
    merchant_url: str = ""
    clock: Callable[[], float] = time.time


@frozen
class Sandbox:
    """Where everything is. What the service is configured with.

    Each URL stands for a base of the real world: `rates_url` for https://api.coingecko.com/api/v3, `fastforex_url` for
    https://api.fastforex.io, `kraken_url` and `kraken_rates_url` for https://api.kraken.com, `binance_url` for
    https://data-api.binance.vision.
    """

    url: str
    telegram_url: str
    token: str = field(repr=False)
    bot_username: str
    blockbee_url: str
    blockbee_api_key: str = field(repr=False)
    blockbee_public_key: str = field(repr=False)
    dynopay_url: str
    dynopay_api_key: str = field(repr=False)
    dynopay_webhook_secret: str = field(repr=False)
    fincra_url: str
    fincra_secret_key: str = field(repr=False)
    fincra_public_key: str = field(repr=False)
    fincra_business_id: str
    fincra_webhook_secret: str = field(repr=False)
    kraken_url: str
    kraken_api_key: str = field(repr=False)
    kraken_secret: str = field(repr=False)
    rates_url: str
    rates_key: str = field(repr=False)
    fastforex_url: str
    fastforex_key: str = field(repr=False)
    kraken_rates_url: str
    binance_url: str
    smtp_url: str
    admin_ids: tuple[int, ...]


async def serve_sandbox(
    bind_host: str,
    bind_port: int,
    data_dir: Path,
    *,
    options: Options | None = None,
    task_status: trio.TaskStatus[Sandbox] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Serve until cancelled; port 0 lets the system choose. Reports the record when all of it can be reached.

    The data directory remembers everything, over kill -9 too; it must not serve two at a time.
    Raises OSError when the directory cannot be written, and (in a group) when an address is taken.
    """
    journal = Journal(data_dir / "journal.jsonl")
    try:
        async with trio.open_nursery() as nursery:
            world = _World(journal, data_dir, options or Options())
            url = await nursery.start(world.connections.serve, world.app(), bind_host, bind_port)
            smtp_url = await nursery.start(serve_smtp, world.mailbox, bind_host)
            nursery.start_soon(world.callbacks.run, world.tellers())
            task_status.started(world.described(str(url), str(smtp_url)))
    finally:
        journal.close()


class _World:
    """Everything of one data directory, put together."""

    def __init__(self, journal: Journal, data_dir: Path, options: Options) -> None:
        clock, counters = options.clock, Counters(journal)
        feed = Feed(counters)
        self.callbacks = Callbacks(journal, counters, feed, clock)
        self.connections = Connections()
        self.mailbox = Mailbox(journal, counters, feed, data_dir / "mail", clock)
        ground = Ground(journal, counters, feed, self.callbacks, clock, data_dir)
        webhooks = Webhooks(journal.table("merchant_url", str), options.merchant_url)
        self._secrets = Secrets(journal.table("secret", str))
        self._bot = Bot(BOT_ID, f"{BOT_ID}:{self._secrets.token}", options.bot_username, options.bot_name)
        self._feed = feed
        self._faults = Faults(clock)
        self._messenger = Messenger(ground, self._bot, options.answer_within)
        self._ways_in = WaysIn(ground, self._secrets, webhooks, options.first_retry)
        self._ways_out = WaysOut(ground, self._secrets, webhooks)

    def tellers(self) -> list[Teller]:
        return [*self._ways_in.till.payees, self._ways_out.fincra]

    def app(self) -> Starlette:
        troubles = Troubles(self._faults, self.connections)
        routes: list[BaseRoute] = [
            *(Route(path, page(name)) for path, name in PATHS.items()),
            *self._messenger.routes(self._faults, self.connections),
            *Post(self.mailbox, self._feed).routes(),
            *self._ways_out.routes(troubles),
            *self._ways_in.routes(troubles),
        ]
        return Starlette(routes=routes)

    def described(self, url: str, smtp_url: str) -> Sandbox:
        secret, blockbee = self._secrets, self._ways_in.blockbee
        return Sandbox(
            url=url,
            telegram_url=url,
            token=self._bot.token,
            bot_username=self._bot.username,
            blockbee_url=f"{url}/blockbee",
            blockbee_api_key=blockbee.api_key,
            blockbee_public_key=blockbee.signer.public_key,
            dynopay_url=f"{url}/dynopay",
            dynopay_api_key=secret["dynopay_key"],
            dynopay_webhook_secret=secret["dynopay_webhook"],
            fincra_url=f"{url}/fincra",
            fincra_secret_key=secret["fincra_secret"],
            fincra_public_key=secret["fincra_public"],
            fincra_business_id=secret["fincra_business"],
            fincra_webhook_secret=secret["fincra_webhook"],
            kraken_url=f"{url}/kraken",
            kraken_api_key=secret["kraken_key"],
            kraken_secret=secret.kraken_secret,
            rates_url=f"{url}/rates/api/v3",
            rates_key="sandbox",
            fastforex_url=f"{url}/fastforex",
            fastforex_key=secret["fastforex"],
            kraken_rates_url=f"{url}/kraken",
            binance_url=f"{url}/binance",
            smtp_url=smtp_url,
            admin_ids=OPERATORS,
        )
