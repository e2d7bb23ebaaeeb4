"""The three parts of the outside world: Telegram, where money is paid in, and where it is paid out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from attrs import frozen
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute

from lockbay.sandbox.acts import Acts
from lockbay.sandbox.blockbee import BlockBee
from lockbay.sandbox.blockbee_payouts import BlockBeePayouts
from lockbay.sandbox.callbacks import Callbacks
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
from lockbay.sandbox.journal import Counters, Journal, Table
from lockbay.sandbox.kraken import Kraken
from lockbay.sandbox.messages import Bot, Person
from lockbay.sandbox.methods import Methods
from lockbay.sandbox.payout_desk import PayoutDesk
from lockbay.sandbox.payouts import Payouts
from lockbay.sandbox.rate_sources import RateSources
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.signing import Signer
from lockbay.sandbox.telegram import BotApi
from lockbay.sandbox.till import Till, Webhooks
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.updates import Updates

PAGES: Final = Path(__file__).parent / "page"
PEOPLE: Final = (
    Person(1001, "Ada", "ada", "buyer"),
    Person(1002, "Sam", "sam", "seller"),
    Person(1003, "Olu", "olu", "operator"),
)
# How each begins at the real ones; whsec_ is part of DynoPay's secret.
BEGINNINGS: Final = {
    "dynopay_key": "dpk_test_", "dynopay_webhook": "whsec_", "fincra_secret": "sk_test_", "fincra_public": "pk_test_",
    "fincra_business": "", "fincra_webhook": "", "kraken_key": "", "fastforex": "",
}  # fmt: skip


@frozen
class Ground:
    """What all parts stand on."""

    journal: Journal
    counters: Counters
    feed: Feed
    callbacks: Callbacks
    clock: Callable[[], float]
    folder: Path


class Secrets:
    """Drawn once, and kept."""

    def __init__(self, kept: Table[str]) -> None:
        self._kept = kept
        self.token = self._of("token", secrets.token_urlsafe(26))
        self.blockbee = self._of("blockbee", secrets.token_urlsafe(26))
        # Kraken's are 64 bytes in base64.
        self.kraken_secret = self._of("kraken_secret", base64.b64encode(secrets.token_bytes(64)).decode())
        self._others = {name: self._of(name, start + secrets.token_hex(24)) for name, start in BEGINNINGS.items()}

    def __getitem__(self, name: str) -> str:
        return self._others[name]

    @property
    def fincra(self) -> Keys:
        return Keys(*(self[f"fincra_{name}"] for name in ("secret", "public", "business")))

    def _of(self, name: str, drawn: str) -> str:
        return self._kept.get(name) or self._kept.put(name, drawn)


class Messenger:
    """Telegram, with its chat page."""

    def __init__(self, ground: Ground, bot: Bot, answer_within: float) -> None:
        journal, counters, clock = ground.journal, ground.counters, ground.clock
        self._feed = ground.feed
        self._answer_within = answer_within
        self._updates = Updates(journal, counters, clock)
        self._files = Files(journal, counters, ground.folder / "files")
        self._chats = Chats(journal, counters, ground.feed, bot, clock)
        self._commands = Commands(journal)
        if not list(self._chats.people()):
            for person in PEOPLE:
                self._chats.keep(person)

    def routes(self, faults: Faults, connections: Connections) -> list[BaseRoute]:
        chats, updates, files, commands = self._chats, self._updates, self._files, self._commands
        methods = Methods(chats, updates, files, commands, self._answer_within)
        return [
            *BotApi(methods, updates, files, faults, connections).routes(),
            *Control(Acts(chats, updates, files), self._feed, faults, commands).routes(),
            *GroupControl(GroupActs(chats, updates), self._feed, commands).routes(),
        ]


class WaysIn:
    """The providers that take payments, and the prices of coins."""

    def __init__(self, ground: Ground, secret: Secrets, webhooks: Webhooks, first_retry: float) -> None:
        journal, callbacks, feed, clock = ground.journal, ground.callbacks, ground.feed, ground.clock
        rates, signer = Rates(journal, feed, clock), Signer(ground.folder / "blockbee.pem")
        self.blockbee = BlockBee.open(journal, secret.blockbee, signer, callbacks, feed, rates, clock, first_retry)
        dynopay = DynoPayTeller.open(journal, secret["dynopay_webhook"], callbacks, webhooks, clock)
        fincra = FincraTeller.open(journal, ground.counters, secret["fincra_webhook"], callbacks, webhooks, clock)
        self.till = Till((self.blockbee, dynopay, fincra), callbacks, feed, webhooks)
        self._rates = rates
        self._sources = RateSources(rates, secret["fastforex"])
        self._dynopay = DynoPay(secret["dynopay_key"], dynopay, feed, rates, clock)
        self._fincra = Fincra(secret.fincra, fincra, feed, clock)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        return [
            *self._rates.routes(),
            *self._sources.routes(troubles),
            *self._fincra.routes(troubles, page("checkout.html")),
            *self.blockbee.routes(troubles),
            *self._dynopay.routes(troubles),
            *self.till.routes(),
        ]


class WaysOut:
    """The providers that pay out."""

    def __init__(self, ground: Ground, secret: Secrets, webhooks: Webhooks) -> None:
        payouts = Payouts(ground.journal, ground.counters, ground.feed, ground.clock)
        self.fincra = FincraPayouts(
            secret.fincra, secret["fincra_webhook"], payouts, ground.callbacks, ground.counters, webhooks
        )
        self._banks = FincraBanks(secret.fincra)
        self._blockbee = BlockBeePayouts.open(ground.journal, secret.blockbee, payouts)
        self._kraken = Kraken.open(ground.journal, secret["kraken_key"], secret.kraken_secret, payouts)
        self._desk = PayoutDesk(payouts, self.fincra)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        """Before those of the ways in: BlockBee's payouts are below a coin's path, as its addresses are."""
        return [
            *self._banks.routes(troubles),
            *self.fincra.routes(troubles),
            *self._blockbee.routes(troubles),
            *self._kraken.routes(troubles),
            *self._desk.routes(),
        ]


def page(name: str) -> Callable[[Request], Response]:
    def page(_: Request) -> Response:
        return FileResponse(PAGES / name, headers={"cache-control": "no-cache"})

    return page
