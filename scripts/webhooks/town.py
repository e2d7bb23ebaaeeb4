"""The world of the webhooks: PostgreSQL, Telegram and the service, each a process, and people who are paid."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import ROUND_UP, Decimal
from pathlib import Path
from typing import Final, TypeVar

import trio
from attrs import define, field, frozen

from lockbay.areas.deposits.records import FillPayin, RequestPayin
from lockbay.areas.terms import Terms
from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import CreateTrade
from lockbay.audit import Report, audit
from lockbay.money import currency
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.embedded import EmbeddedPostgres
from lockbay.postgres.queries import Operation, Refused
from scripts.processes import HOST, free_port, plain_environment
from scripts.seed import make_people
from scripts.webhooks.events import MIX, Kind, Place, Secrets
from scripts.webhooks.telegram import TOKEN, open_telegram

T = TypeVar("T")
FIRST: Final = 700_001
PRICE: Final = Decimal(30)  # USDT, of every trade; it is paid in three payments
PARTS: Final = 3
PATIENCE: Final = 30.0
UNLIMITED: Final = 1_000_000
AT_ONCE: Final = 6
# What payments bring to wallets, and over which network they come.
WALLETS: Final[Mapping[str, tuple[str, str, str]]] = {
    "blockbee": ("USDT", "TRC20", "2.5"),
    "dynopay": ("USDT", "ERC20", "3.25"),
    "fincra": ("NGN", "BANK", "1500"),
}


class NotUp(Exception):
    """The service did not answer in time."""


@define(eq=False)
class Service:
    """`python -m lockbay --poll`, whose log goes to a file. Its methods block."""

    settings: Mapping[str, str]
    address: tuple[str, int]
    log: Path
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> float:
        """Returns when it takes connections: after how many seconds. Raises NotUp."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lockbay", "--poll"], env=dict(self.settings), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=log, cwd=self.log.parent,
            )  # fmt: skip
        while not connectable(self.address):
            if not self.runs or time.monotonic() - began > PATIENCE:
                raise NotUp(self.log.read_text(errors="replace")[-3000:])
            time.sleep(0.01)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9, and nothing of it runs any more."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """It does nothing meanwhile."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE)


@frozen
class Town:
    """Everything that runs, and the places where people pay in, by kind."""

    server: EmbeddedPostgres
    service: Service
    secrets: Secrets
    places: Mapping[Kind, Sequence[Place]]

    @property
    def url(self) -> str:
        return self.server.url()

    def slice(self, number: int, of: int) -> dict[Kind, list[Place]]:
        """A share of the places: rounds that follow each other do not pay the same trades."""
        return {kind: list(places[number::of]) for kind, places in self.places.items()}

    def audited(self) -> Report:
        return trio.run(audited, self.url)


async def audited(url: str) -> Report:
    async with open_database(url, limits=Limits(connections=1, statement=300.0)) as database:
        return await audit(database)


@contextmanager
def open_town(people: int, trades: int, *, known: bool = True, fsync: bool = True) -> Iterator[Town]:
    """All of it, and the service is up. `trades` are made for each provider; all that is left goes at the end. The
    people have started the bot if they are `known`; else Telegram refuses every notice.
    """
    folder = Path(tempfile.mkdtemp(prefix="lockbay-load-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    server = EmbeddedPostgres(folder / "postgres", fsync=fsync)
    try:
        server.start()
        places = trio.run(seed, server.url(), people, trades)
        last = FIRST + people - 1 if known else FIRST - 1
        with open_telegram(FIRST, last, plain_environment()) as telegram:
            address = (HOST, free_port())
            secrets = Secrets(f"http://{HOST}:{address[1]}")
            service = Service(settings_for(telegram, server.url(), address, secrets), address, folder / "service.log")
            service.start()
            try:
                yield Town(server, service, secrets, places)
            finally:
                if service.runs:
                    service.kill()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(telegram: str, url: str, address: tuple[str, int], secrets: Secrets) -> Mapping[str, str]:
    """The three providers' secrets, and trades without limits; no prices but those of the seed."""
    return {
        **plain_environment(),
        "LOCKBAY_BOT_TOKEN": TOKEN,
        "LOCKBAY_TELEGRAM_URL": telegram,
        "LOCKBAY_DATABASE_URL": url,
        "LOCKBAY_WEB_BIND": f"{address[0]}:{address[1]}",
        **{f"LOCKBAY_{name}": str(UNLIMITED) for name in ("TRADES_A_DAY", "TRADES_AN_HOUR", "UNPAID_TRADES")},
        **secrets.settings,
    }


async def seed(url: str, people: int, trades: int) -> dict[Kind, list[Place]]:
    """People with a place for each provider, and trades with one each; all by the operations of the service."""
    await make_people(url, people, FIRST, {})
    places: dict[Kind, list[Place]] = defaultdict(list)
    async with open_database(url, limits=Limits(connections=AT_ONCE)) as database:
        await database.run(Terms(trades_a_day=UNLIMITED, trades_an_hour=UNLIMITED, unpaid_trades=UNLIMITED))
        jobs = iter(
            [(kind, number) for kind in MIX for number in range(people if kind.purpose == "wallet" else trades)]
        )

        async def work() -> None:
            for kind, number in jobs:
                places[kind].append(await make(database, kind, number, people))

        async with trio.open_nursery() as nursery:
            for _ in range(AT_ONCE):
                nursery.start_soon(work)
        named = """
        UPDATE payins p SET reference = n.reference, nonce = 'nonce-of-' || n.reference
        FROM unnest($1::bigint[], $2::text[]) n (id, reference) WHERE p.id = n.id"""
        every = [place for some in places.values() for place in some]
        await database.pool.fetch("named", named, ([p.payin_id for p in every], [p.reference for p in every]))
    return {kind: sorted(some, key=lambda place: place.number) for kind, some in places.items()}


async def make(database: Database, kind: Kind, number: int, people: int) -> Place:
    """One place to pay in, as if its provider had made it."""
    code, network, value = WALLETS[kind.provider]
    user_id, trade_id = FIRST + number % people, None
    wanted = RequestPayin(user_id, None, code, network, Decimal(value) if network == "BANK" else None)
    if kind.purpose == "trade":
        trade_id = await make_trade(database, kind, user_id, FIRST + (number + 1) % people, number)
        wanted = RequestPayin(user_id, trade_id, code, network, None)
    name = f"{kind.reference(number)}.load"
    payin = await done(database, wanted, f"{name}.request")
    address = None if network == "BANK" else f"address-of-{kind.reference(number)}"
    link = f"https://checkout.example/{payin.id}" if address is None else None
    await done(database, FillPayin(user_id, payin.id, kind.provider, address, link, name, Decimal(1)), f"{name}.fill")
    third = (payin.amount or Decimal()) / PARTS
    each = Decimal(value) if trade_id is None else third.quantize(Decimal(1).scaleb(-currency(code).scale), ROUND_UP)
    return Place(kind, number, payin.id, user_id, trade_id, code, network, address, each)


async def make_trade(database: Database, kind: Kind, buyer: int, seller: int, number: int) -> int:
    price = fees(PRICE, currency("USDT"), Terms().fee_percent, "buyer")
    wanted = CreateTrade(
        buyer, "USDT", PRICE, "A bicycle", 24, "buyer", "username", f"@user{seller}", price.fee, price.buyer_pays
    )
    return (await done(database, wanted, f"{kind.reference(number)}.trade")).id


async def done(database: Database, operation: Operation[T], key: str) -> T:
    """The answer of an operation that must not be refused."""
    answer = await database.perform(operation, key)
    assert not isinstance(answer, Refused), answer
    return answer


def connectable(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True
