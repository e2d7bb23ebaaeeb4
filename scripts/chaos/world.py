"""The world that chaos is made in: PostgreSQL, Telegram with all providers, and the service, each its own process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final

import orjson
from attrs import evolve, frozen

from lockbay.audit import Report, audit
from lockbay.postgres import bridge
from lockbay.postgres.bridge import Connection, Limits
from lockbay.postgres.database import open_database
from lockbay.postgres.embedded import EmbeddedPostgres
from lockbay.sandbox.person import Person, Town, open_town
from scripts.chaos.service import Service
from scripts.processes import HOST, free_port, open_sandbox, plain_environment
from scripts.seed import make_people

FIRST: Final = 800_001  # the first person's id; the others follow
WEALTH: Final = {"USDT": Decimal(100_000), "DOGE": Decimal(100_000), "NGN": Decimal(50_000_000)}
PATIENT: Final = Limits(connections=1, statement=120.0)
UNLIMITED: Final = ("TRADES_A_DAY", "TRADES_AN_HOUR", "UNPAID_TRADES")
NO_LIMIT: Final = ("CASHOUT_DAILY_COUNT", "CASHOUT_UNVERIFIED_DAILY_USD", "CASHOUT_APPROVAL_USD")
# What the sandbox tells of itself, by the settings that want it.
SAME: Final = (
    "telegram_url", "smtp_url", "blockbee_url", "blockbee_api_key", "blockbee_public_key", "dynopay_url",
    "dynopay_api_key", "dynopay_webhook_secret", "fincra_url", "fincra_secret_key", "fincra_public_key",
    "fincra_business_id", "fincra_webhook_secret", "rates_url", "rates_key", "fastforex_url", "fastforex_key",
    "kraken_rates_url", "binance_url",
)  # fmt: skip


@frozen
class World:
    """All of it. `folder` holds what the sandbox remembers; with a `line`, questions go over that."""

    server: EmbeddedPostgres
    service: Service
    town: Town
    folder: Path
    line: Connection | None = None

    @asynccontextmanager
    async def on_a_line(self) -> AsyncIterator[World]:
        """The same world, asked over one connection: for one task, where PostgreSQL is not killed."""
        async with bridge.open_connection(self.url, PATIENT) as connection:
            yield evolve(self, line=connection)

    @property
    def url(self) -> str:
        return self.server.url()

    async def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        if self.line is not None:
            return [tuple(row.values()) for row in await self.line.fetch(query, *values)]
        async with self.on_a_line() as world:
            return await world.rows(query, *values)

    async def audited(self) -> Report:
        async with open_database(self.url, limits=PATIENT) as database:
            return await audit(database)

    async def enter(self, count: int, first: int = FIRST) -> list[Person]:
        """So many onboarded people with money, who have Telegram."""
        await make_people(self.url, count, first, WEALTH)
        numbers = range(first, first + count)
        return [await self.town.join(f"User{number}", f"user{number}", number) for number in numbers]

    def payouts(self) -> list[dict[str, object]]:
        """Every payout that a provider was asked for, as it is now, out of the sandbox's own memory."""
        found: dict[str, dict[str, object]] = {}
        for line in (self.folder / "sandbox" / "journal.jsonl").read_bytes().splitlines():
            kind, key, *value = orjson.loads(line)
            if kind == "payout" and value:
                found[key] = value[0]
        return list(found.values())


@asynccontextmanager
async def open_world(*, fsync: bool = True, first_retry: float = 0.5) -> AsyncIterator[World]:
    """Nobody is there yet, and the service is not started. All that is left goes at the end."""
    with (
        _folder() as folder,
        _postgres(folder, fsync=fsync) as server,
        open_sandbox(folder / "sandbox", "--first-retry", str(first_retry)) as told,
    ):
        address = (HOST, free_port())
        service = Service(settings_for(told, server.url(), address), address, folder / "service.log")
        async with open_town(str(told["url"])) as town:
            for provider in ("fincra", "dynopay"):
                await town.merchant(provider, f"{public_url(address)}/webhooks/{provider}")
            try:
                yield World(server, service, town, folder)
            finally:
                if service.runs:
                    service.kill()


def public_url(address: tuple[str, int]) -> str:
    return f"http://{address[0]}:{address[1]}"


def settings_for(told: Mapping[str, object], url: str, address: tuple[str, int]) -> Mapping[str, str]:
    """All providers but Kraken's payouts, which want registered addresses. Nobody is limited or needs a code."""
    return {
        **plain_environment(),
        "LOCKBAY_BOT_TOKEN": str(told["token"]),
        "LOCKBAY_DATABASE_URL": url,
        "LOCKBAY_WEB_BIND": f"{address[0]}:{address[1]}",
        "LOCKBAY_PUBLIC_URL": public_url(address),
        "LOCKBAY_ADMIN_IDS": ",".join(map(str, _listed(told["admin_ids"]))),
        "LOCKBAY_CASHOUT_CODE": "never",
        **{f"LOCKBAY_{name}": "1000000" for name in UNLIMITED},
        **{f"LOCKBAY_{name}": "0" for name in NO_LIMIT},
        **{f"LOCKBAY_{name.upper()}": str(told[name]) for name in SAME},
    }


def _listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lockbay-chaos-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _postgres(folder: Path, *, fsync: bool) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder / "postgres", fsync=fsync)
    server.start()
    try:
        yield server
    finally:
        server.start()  # what a scenario has killed is stopped in order
        server.stop()
