"""kill -9 of PostgreSQL during a trade, while the service lives: it answers within 5 s of the database's return."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from lockbay.postgres import schema
from lockbay.postgres.embedded import EmbeddedPostgres
from scripts.deaths import kill_all
from tests.conftest import programs
from tests.crash.conftest import TRADE, WITHIN, Stage, open_stage
from tests.crash.test_killed_service import doubled_questions, is_one_paid_trade, settled, told_once

BACK_WITHIN = 5.0  # s, from the database's return to the answer


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server of the test's own, to be killed. Not in tmp_path: another pytest that starts closes it to the server."""
    folder = Path(tempfile.mkdtemp(prefix="lockbay-killed-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    server = EmbeddedPostgres(folder / "server", fsync=False, programs=programs())
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


async def test_a_trade_survives_the_death_of_the_database_at_its_answers(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    await schema.migrate(server.url())
    async with open_stage(server.url(), tmp_path) as stage:
        for number, step in enumerate(TRADE):
            await step.take(stage.ada)
            if number % 3 == 0:
                await _bring_down_for_a_moment(stage, server)
                await stage.ada.sees(step.seen, within=BACK_WITHIN)
            else:
                await stage.ada.sees(step.seen, within=WITHIN)
        await settled(stage)
        await is_one_paid_trade(stage)
        assert await told_once(stage, 0) == 0
        assert await doubled_questions(stage) == 0


async def test_an_answer_given_while_the_database_is_away_is_taken_when_it_returns(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    await schema.migrate(server.url())
    async with open_stage(server.url(), tmp_path) as stage:
        await stage.ada.say("/trade")
        await stage.ada.sees("who is the seller", within=WITHIN)
        await trio.to_thread.run_sync(kill_all, server)
        await stage.ada.say("@sam")
        await stage.sam.say("/wallet")
        await trio.to_thread.run_sync(server.start)
        await stage.ada.sees("which currency", within=BACK_WITHIN)
        await stage.sam.sees("Wallet", within=BACK_WITHIN)
        assert stage.phoenix.process.code is None


async def _bring_down_for_a_moment(stage: Stage, server: EmbeddedPostgres) -> None:
    with trio.move_on_after(10 ** stage.chance.uniform(-3.3, -0.8)):
        await trio.sleep_forever()
    await trio.to_thread.run_sync(kill_all, server)
    await trio.to_thread.run_sync(server.start)
