"""The sandbox as a whole: a local Telegram with its chat page, a local BlockBee, rates, and a mail catcher.

It stands for the outside world, speaks the real protocols, and knows nothing of the service: only URLs differ.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import trio
from attrs import field, frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Acts
from lockbay.sandbox.blockbee import BlockBee
from lockbay.sandbox.blockbee_payouts import BlockBeePayouts
from lockbay.sandbox.callbacks import Callbacks, Teller
from lockbay.sandbox.chat import Chats
from lockbay.sandbox.commands import Commands
from lockbay.sandbox.control import Control
from lockbay.sandbox.dynopay import DynoPay
from lockbay.sandbox.dynopay_teller import DynoPayTeller
from lockbay.sandbox.faults import Faults
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.files import Files
from lockbay.sandbox.fincra import Fincra, Keys
from lockbay.sandbox.fincra_banks import FincraBanks
from lockbay.sandbox.fincra_payouts import FincraPayouts
from lockbay.sandbox.fincra_teller import FincraTeller
from lockbay.sandbox.group_acts import GroupActs
from lockbay.sandbox.group_control import GroupControl
from lockbay.sandbox.http import Connections
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.kraken import Kraken
from lockbay.sandbox.mail import Mailbox, serve_smtp
from lockbay.sandbox.messages import Bot, Person
from lockbay.sandbox.methods import Methods
from lockbay.sandbox.payout_desk import PayoutDesk
from lockbay.sandbox.payouts import Payouts
from lockbay.sandbox.post import Post
from lockbay.sandbox.rate_sources import RateSources
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.signing import Signer
from lockbay.sandbox.telegram import BotApi
from lockbay.sandbox.till import Till, Webhooks
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.updates import Updates

PAGES: Final = Path(__file__).parent / "page"
PATHS: Final = {
    "/": "chat.html",
    "/pay": "pay.html",
    "/payouts": "payouts.html",
    "/mail": "mail.html",
    "/desk.css": "desk.css",
    "/desk.js": "desk.js",
    "/paying.js": "paying.js",
}
PEOPLE: Final = (
    Person(1001, "Ada", "ada", "buyer"),
    Person(1002, "Sam", "sam", "seller"),
    Person(1003, "Olu", "olu", "operator"),
)
OPERATORS: Final = (1003,)
# How each begins at the real ones; whsec_ is part of DynoPay's secret.
SECRETS: Final = {
    "dynopay_key": "dpk_test_", "dynopay_webhook": "whsec_", "fincra_secret": "sk_test_", "fincra_public": "pk_test_",
    "fincra_business": "", "fincra_webhook": "", "kraken_key": "", "fastforex": "",
}  # fmt: skip


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
        secret = journal.table("secret", str)
        token, key = (secret.get(n) or secret.put(n, secrets.token_urlsafe(26)) for n in ("token", "blockbee"))
        self._secrets = {name: secret.get(name) or secret.put(name, _secret(name)) for name in SECRETS}
        self._kraken_secret = secret.get("kraken_secret") or secret.put("kraken_secret", _kraken_secret())
        bot = Bot(7_000_000_001, f"7000000001:{token}", options.bot_username, options.bot_name)
        self.connections = Connections()
        self._feed = feed = Feed(counters)
        self._updates = Updates(journal, counters, clock)
        self._files = Files(journal, counters, data_dir / "files")
        self._chats = Chats(journal, counters, feed, bot, clock)
        self._commands = Commands(journal)
        self._faults = Faults(clock)
        self.mailbox = Mailbox(journal, counters, feed, data_dir / "mail", clock)
        self._rates = Rates(journal, feed, clock)
        self.callbacks = callbacks = Callbacks(journal, counters, feed, clock)
        signer, webhooks = (
            Signer(data_dir / "blockbee.pem"),
            Webhooks(journal.table("merchant_url", str), options.merchant_url),
        )
        self._blockbee = BlockBee.open(journal, key, signer, callbacks, feed, self._rates, clock, options.first_retry)
        dynopay = DynoPayTeller.open(journal, self._secrets["dynopay_webhook"], callbacks, webhooks, clock)
        fincra = FincraTeller.open(journal, counters, self._secrets["fincra_webhook"], callbacks, webhooks, clock)
        self.till = Till((self._blockbee, dynopay, fincra), callbacks, feed, webhooks)
        self._dynopay = DynoPay(self._secrets["dynopay_key"], dynopay, feed, self._rates, clock)
        keys = Keys(*(self._secrets[f"fincra_{name}"] for name in ("secret", "public", "business")))
        self._fincra = Fincra(keys, fincra, feed, clock)
        payouts = Payouts(journal, counters, feed, clock)
        self._banks = FincraBanks(keys)
        hook = self._secrets["fincra_webhook"]
        self._fincra_payouts = FincraPayouts(keys, hook, payouts, callbacks, counters, webhooks)
        self._blockbee_payouts = BlockBeePayouts.open(journal, key, payouts)
        self._kraken = Kraken.open(journal, self._secrets["kraken_key"], self._kraken_secret, payouts)
        self._payout_desk = PayoutDesk(payouts, self._fincra_payouts)
        self._answer_within = options.answer_within
        if not list(self._chats.people()):
            for person in PEOPLE:
                self._chats.keep(person)

    def tellers(self) -> list[Teller]:
        return [*self.till.payees, self._fincra_payouts]

    def app(self) -> Starlette:
        chats, updates, files, commands = self._chats, self._updates, self._files, self._commands
        methods = Methods(chats, updates, files, commands, self._answer_within)
        troubles = Troubles(self._faults, self.connections)
        routes: list[BaseRoute] = [
            *(Route(path, _page(name)) for path, name in PATHS.items()),
            *BotApi(methods, updates, files, self._faults, self.connections).routes(),
            *Control(Acts(chats, updates, files), self._feed, self._faults, commands).routes(),
            *GroupControl(GroupActs(chats, updates), self._feed, commands).routes(),
            *Post(self.mailbox, self._feed).routes(),
            *self._rates.routes(),
            *RateSources(self._rates, self._secrets["fastforex"]).routes(troubles),
            *self._fincra.routes(troubles, _page("checkout.html")),
            *self._banks.routes(troubles),
            *self._fincra_payouts.routes(troubles),
            *self._blockbee_payouts.routes(troubles),
            *self._blockbee.routes(troubles),
            *self._kraken.routes(troubles),
            *self._payout_desk.routes(),
            *self._dynopay.routes(troubles),
            *self.till.routes(),
        ]
        return Starlette(routes=routes)

    def described(self, url: str, smtp_url: str) -> Sandbox:
        return Sandbox(
            url=url,
            telegram_url=url,
            token=self._chats.bot.token,
            bot_username=self._chats.bot.username,
            blockbee_url=f"{url}/blockbee",
            blockbee_api_key=self._blockbee.api_key,
            blockbee_public_key=self._blockbee.signer.public_key,
            dynopay_url=f"{url}/dynopay",
            dynopay_api_key=self._secrets["dynopay_key"],
            dynopay_webhook_secret=self._secrets["dynopay_webhook"],
            fincra_url=f"{url}/fincra",
            fincra_secret_key=self._secrets["fincra_secret"],
            fincra_public_key=self._secrets["fincra_public"],
            fincra_business_id=self._secrets["fincra_business"],
            fincra_webhook_secret=self._secrets["fincra_webhook"],
            kraken_url=f"{url}/kraken",
            kraken_api_key=self._secrets["kraken_key"],
            kraken_secret=self._kraken_secret,
            rates_url=f"{url}/rates/api/v3",
            rates_key="sandbox",
            fastforex_url=f"{url}/fastforex",
            fastforex_key=self._secrets["fastforex"],
            kraken_rates_url=f"{url}/kraken",
            binance_url=f"{url}/binance",
            smtp_url=smtp_url,
            admin_ids=OPERATORS,
        )


def _secret(name: str) -> str:
    return SECRETS[name] + secrets.token_hex(24)


def _kraken_secret() -> str:
    """Kraken's are 64 bytes in base64."""
    return base64.b64encode(secrets.token_bytes(64)).decode()


def _page(name: str) -> Callable[[Request], Response]:
    def page(_: Request) -> Response:
        return FileResponse(PAGES / name, headers={"cache-control": "no-cache"})

    return page
