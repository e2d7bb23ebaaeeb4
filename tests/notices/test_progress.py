"""One message shows how a cash-out goes on: the real outbox and courier, on real rows and the local Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
import trio
from attrs import define

from lockbay.areas import cashout
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.terms import Terms
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.postgres import bridge, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.sandbox import Sandbox, serve_sandbox
from lockbay.sandbox.person import Person, Seen, open_town
from lockbay.telegram.api import BotApi, open_bot_api
from lockbay.telegram.courier import Courier
from tests.areas.cashing import PLAN, requested
from tests.areas.people import fresh_key, fund, onboarded, set_rates
from tests.clock import MovedClock
from tests.talk import Talk

ADA: Final = 1001
OTHERS: Final = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
WAITING: Final = f"SELECT {OTHERS} AND wait_event_type = 'Lock'"
KILL: Final = f"SELECT pg_terminate_backend(pid, 5000) {OTHERS} AND wait_event_type = 'Lock'"  # and waits for it: ms
UNTOLD: Final = "SELECT FROM outbox WHERE sent_at IS NULL"


@define
class Stage:
    """Ada, who has 10 USDT on their way out, and what tells her of it."""

    database: Database
    api: BotApi
    courier: Courier
    ada: Person
    cashout: Cashout

    def outbox(self) -> Outbox:
        """A process's own, that remembers nothing of another's."""
        teller = Teller(self.database, self.courier, cashout.NOTICES, None, "https://t.me/lockbay_bot")
        return Outbox(self.database, self.database.clock, teller)

    async def send(self) -> None:
        assert not isinstance(
            await self.database.perform(SendCashout(self.cashout.id, "blockbee"), fresh_key()), Refused
        )

    async def settle(self, outcome: Told) -> None:
        told = SettleCashout(self.cashout.reference, "blockbee", outcome, None, None, None, b"", "")
        assert not isinstance(await self.database.perform(told, fresh_key()), Refused)

    async def tell(self) -> list[Seen]:
        """Everything; what Ada has of the bot then, the oldest first."""
        await self.outbox().flush()
        return await self.seen()

    async def seen(self) -> list[Seen]:
        return [message for message in await self.ada.messages() if message.by_bot]


@pytest.fixture
async def sandbox(nursery: trio.Nursery, tmp_path: Path) -> Sandbox:
    started = await nursery.start(serve_sandbox, "127.0.0.1", 0, tmp_path)
    assert isinstance(started, Sandbox)
    return started


@pytest.fixture
async def stage(sandbox: Sandbox, database: Database, clock: MovedClock, nursery: trio.Nursery) -> AsyncIterator[Stage]:
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(0)))
    await set_rates(database)
    await fund(database, await onboarded(database, ADA, "Ada"), "100")
    made = await requested(Talk(PLAN, database, clock, ADA), database)
    async with open_town(sandbox.url) as town, open_bot_api(sandbox.token, url=sandbox.telegram_url) as api:
        ada = town.person(ADA)
        await ada.start()
        yield Stage(database, api, Courier(api, nursery), ada, made)


@pytest.mark.parametrize("at_once", [False, True])
async def test_one_message_shows_how_it_goes_on_and_the_end_is_a_new_one(stage: Stage, at_once: bool) -> None:
    """Whether each state is told before the next one comes, or several wait to be told."""
    await stage.send()
    if not at_once:
        [sending] = await stage.tell()
        assert "is being sent" in sending.text
    await stage.settle("unknown")
    await stage.settle("sent")
    [progress] = await stage.tell()
    assert "is on its way" in progress.text
    assert progress.edited
    await stage.settle("done")
    before, end = await stage.tell()
    assert (before, end.edited) == (progress, False)
    assert "is done" in end.text


async def test_money_that_comes_back_is_told_by_a_new_message(stage: Stage) -> None:
    await stage.send()
    await stage.tell()
    await stage.settle("failed")
    sending, end = await stage.tell()
    assert "is being sent" in sending.text
    assert "you have your money back" in end.text


async def test_progress_whose_message_is_gone_is_sent_anew_and_goes_on_there(stage: Stage) -> None:
    await stage.send()
    [sending] = await stage.tell()
    await stage.api.delete_message(ADA, sending.id)
    await stage.settle("unknown")
    [anew] = await stage.tell()
    assert (anew.id != sending.id, "is being looked into" in anew.text) == (True, True)
    await stage.settle("sent")
    [edited] = await stage.tell()
    assert (edited.id, "is on its way" in edited.text) == (anew.id, True)


async def test_a_crash_between_the_edit_and_its_mark_repeats_the_edit_and_nothing_else(
    stage: Stage, raw: Connection, database_url: str
) -> None:
    """The mark waits for a lock when the process and its connection die: the edit has arrived."""
    await stage.send()
    await stage.tell()
    await stage.settle("sent")
    async with (
        bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as locker,
        trio.open_nursery() as process,
    ):
        await locker.execute("BEGIN; SELECT FROM outbox WHERE sent_at IS NULL FOR UPDATE")
        process.start_soon(stage.outbox().run)
        with trio.fail_after(10):
            while not await raw.fetch(WAITING):
                await trio.lowlevel.checkpoint()
        process.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await raw.fetch(KILL)  # before the lock goes: the mark must not get through
    [edited] = await stage.seen()
    assert "is on its way" in edited.text
    assert len(await raw.fetch(UNTOLD)) == 1
    with trio.fail_after(10):
        while await raw.fetch(UNTOLD):  # the pool first notices that its connections are gone
            await stage.outbox().flush()
    assert await stage.seen() == [edited]


async def test_what_a_press_on_it_opens_does_not_take_its_place(stage: Stage) -> None:
    """Or the next edit would wipe out what somebody is at."""
    await stage.send()
    [progress] = await stage.tell()
    assert {str(progress.button(label)["callback_data"])[:2] for label in progress.buttons} == {"n:"}
    await stage.settle("done")
    _, end = await stage.tell()
    assert {str(end.button(label)["callback_data"])[:2] for label in end.buttons} == {"l:"}
