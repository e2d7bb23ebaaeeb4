"""A service that dies and rises, in a world that stays: the sandbox lives in the test's process."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final

import pytest
import trio
from attrs import define, field, frozen

from lockbay.audit import Report, audit
from lockbay.postgres import bridge
from lockbay.postgres.database import open_database
from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.person import Person, Seen, Town, open_town
from scripts.seed import make_people
from tests.e2e.conftest import ADA, SAM, settings_for
from tests.process import Process, environment, lockbay

ROUNDS: Final = int(os.environ.get("LOCKBAY_CRASH_ROUNDS", "1"))
WITHIN: Final = 30.0  # s for an answer: a restart takes two seconds, on a loaded machine more


@frozen
class Step:
    """One answer of a person, and what they see next."""

    act: str
    text: str
    seen: str

    async def take(self, person: Person) -> None:
        if self.act == "say":
            await person.say(self.text)
        else:
            await person.press(self.text, within=WITHIN)


TRADE: Final = (
    Step("say", "/trade", "who is the seller"),
    Step("say", "@sam", "which currency"),
    Step("press", "USDT", "how much"),
    Step("say", "100", "what do you buy"),
    Step("say", "A bicycle with a lock", "how long"),
    Step("press", "24", "who pays the fee"),
    Step("press", "I pay it", "Your new trade"),
    Step("press", "Confirm", "is created"),
    Step("press", "Pay", "How do you want to pay"),
    Step("press", "From your wallet", "Left then"),
    Step("press", "Confirm", "Paid"),
)


@define
class Phoenix:
    """The service. `killed` counts; every process's log is searched for what must not be in it."""

    settings: dict[str, str]
    folder: Path
    nursery: trio.Nursery
    killed: int = 0
    _process: Process | None = field(default=None, repr=False)
    _over: trio.Event = field(factory=trio.Event, repr=False)

    @property
    def process(self) -> Process:
        assert self._process is not None
        return self._process

    async def rise(self) -> None:
        self._over = trio.Event()
        self._process = await self.nursery.start(self._live, self._over)

    async def die(self) -> None:
        """kill -9, and nothing of it is left."""
        self.process.kill()
        self.killed += 1
        await self.bury()

    async def bury(self) -> None:
        await self.process.ended()
        for line in self.process.lines:
            assert "Traceback" not in line, line
            assert "turn_failed" not in line, line
            assert "diverged" not in line, line
        self._over.set()

    async def _live(self, over: trio.Event, *, task_status: trio.TaskStatus[Process]) -> None:
        async with lockbay("--poll", environment=self.settings, folder=self.folder) as process:
            task_status.started(process)
            try:
                await over.wait()
            finally:
                print(f"The log of process {process.pid}:", *process.lines, sep="\n")  # noqa: T201 shown when a test fails


@frozen
class Stage:
    """Ada and Sam, who have been here before, and what the rows say."""

    phoenix: Phoenix
    town: Town
    token: str = field(repr=False)
    ada: Person
    sam: Person
    database_url: str
    chance: random.Random

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        async with bridge.open_connection(self.database_url) as connection:
            return [tuple(row.values()) for row in await connection.fetch(query)]

    async def unread(self) -> int:
        """Updates that Telegram still has: the service acknowledges them when they are stored."""
        answer = await self.town.client.get(f"/bot{self.token}/getWebhookInfo")
        return int(answer.json()["result"]["pending_update_count"])

    async def untold(self) -> int:
        """Notices to Sam that Telegram has taken and that nobody has marked: the kill came in between."""
        unmarked = await self.rows(f"SELECT kind FROM outbox WHERE sent_at IS NULL AND user_id = {SAM}")
        told = "\n".join(message.text for message in await self.sam.messages())
        return sum(NEWS[str(kind)] in told for (kind,) in unmarked)

    async def audited(self) -> Report:
        async with open_database(self.database_url) as database:
            return await audit(database)


NEWS: Final = {"trade_invited": "invites you to a trade", "trade_paid": "is paid: your turn"}


async def of_bot(person: Person) -> list[Seen]:
    return [message for message in await person.messages() if message.by_bot]


def drawn_seed() -> int:
    """LOCKBAY_CRASH_SEED, to repeat a run; else any."""
    seed = int(os.environ.get("LOCKBAY_CRASH_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LOCKBAY_CRASH_SEED={seed}")  # noqa: T201 shown when a test fails
    return seed


@pytest.fixture
def seed() -> int:
    return drawn_seed()


@asynccontextmanager
async def open_stage(database_url: str, folder: Path) -> AsyncIterator[Stage]:
    await make_people(database_url, 2, ADA, {"USDT": Decimal(200)})
    seed = drawn_seed()
    async with trio.open_nursery() as nursery:
        serve = partial(serve_sandbox, options=Options(first_retry=0.2))
        world: Sandbox = await nursery.start(serve, "127.0.0.1", 0, folder / "sandbox")
        phoenix = Phoenix(environment(settings_for(world, database_url)), folder, nursery)
        await phoenix.rise()
        async with open_town(world.url) as town:
            stage = Stage(
                phoenix, town, world.token, town.person(ADA), town.person(SAM), database_url, random.Random(seed)
            )
            for person in (stage.ada, stage.sam):
                await person.say("/menu")
                await person.sees("Wallet", within=WITHIN)
            yield stage
        await phoenix.die()
        nursery.cancel_scope.cancel()


@pytest.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(database_url, tmp_path) as stage:
        yield stage
