"""kill -9 of the service at every step of a trade's creation and payment: the same one trade, one hold, every message.

LOCKBAY_CRASH_ROUNDS=20 plays more trades; LOCKBAY_CRASH_SEED repeats the moments of a run.
"""

from __future__ import annotations

import signal
from typing import Final

import pytest
import trio

from tests.crash.conftest import NEWS, ROUNDS, TRADE, WITHIN, Stage, Step, of_bot

# The screens that stay in Ada's chat: questions that she answered by typing, and what the last press led to.
ASKED: Final = ("who is the seller", "how much", "what do you buy", "Paid")


async def kill_while_it_answers(stage: Stage, step: Step) -> int:
    """Takes the step, kills the service somewhere in its handling, restarts it. How many notices were told unmarked."""
    await step.take(stage.ada)
    moment = 10 ** stage.chance.uniform(-3.3, -0.8)  # from the first statement to a while after the last
    with trio.move_on_after(moment):
        await trio.sleep_forever()
    await stage.phoenix.die()
    untold = await stage.untold()
    await stage.phoenix.rise()
    if stage.chance.random() < 0.2:  # killed again while it takes up what was left
        with trio.move_on_after(stage.chance.uniform(0.5, 2.0)):
            await trio.sleep_forever()
        await stage.phoenix.die()
        untold += await stage.untold()
        await stage.phoenix.rise()
    await stage.ada.sees(step.seen, within=WITHIN)
    return untold


async def is_one_paid_trade(stage: Stage) -> None:
    """Whatever happened on the way."""
    trades = await stage.rows(
        "SELECT state, trim_scale(amount)::text, description, delivery_hours, fee_payer FROM trades"
    )
    assert trades == [("paid", "100", "A bicycle with a lock", 24, "buyer")]
    assert await stage.rows("SELECT trim_scale(amount)::text FROM holds") == [("105",)]
    assert await stage.rows("SELECT count(*) FROM dead_letters") == [(0,)]
    report = await stage.audited()
    assert report.passed, report.differences


async def settled(stage: Stage) -> None:
    """Waits until Telegram has nothing left, nor the inbox and the outbox. Telegram first: an answer can be seen before
    its update is in the inbox.
    """
    with trio.fail_after(WITHIN):
        while await stage.unread() or await stage.rows(
            "SELECT FROM inbox UNION ALL SELECT FROM outbox WHERE sent_at IS NULL"
        ):
            await trio.lowlevel.checkpoint()


async def told_once(stage: Stage, untold: int) -> int:
    """Sam has every news once; again only what was killed between Telegram's taking it and our marking it: how many."""
    news = [message.text for message in await of_bot(stage.sam)]
    counts = [sum(title in text for text in news) for title in NEWS.values()]
    assert all(counts), news
    doubled = sum(counts) - len(counts)
    assert doubled <= untold, news
    return doubled


async def doubled_questions(stage: Stage) -> int:
    """Ada was asked everything, and nothing else. Screens that were sent and not settled before a kill came again, with
    buttons that work as well: how many.
    """
    texts = [message.text for message in await of_bot(stage.ada)]
    for title in ASKED:
        assert any(title in text for text in texts), texts
    return len(texts) - len(set(texts))


@pytest.mark.parametrize("round", range(ROUNDS))
async def test_a_trade_survives_a_kill_at_each_of_its_answers(stage: Stage, round: int) -> None:
    untold = 0
    for step in TRADE:
        untold += await kill_while_it_answers(stage, step)
    await settled(stage)
    await is_one_paid_trade(stage)
    notices, questions = await told_once(stage, untold), await doubled_questions(stage)
    assert questions <= 2 * stage.phoenix.killed
    twice = f"{questions} questions and {notices} notices came twice"
    print(f"Round {round}, {stage.phoenix.killed} kills: {twice}")  # noqa: T201 the measure, with pytest -s


async def test_a_trade_survives_a_kill_between_its_answers(stage: Stage) -> None:
    for number, step in enumerate(TRADE):
        await step.take(stage.ada)
        await stage.ada.sees(step.seen, within=WITHIN)
        if number % 3 == 0:
            await settled(stage)
            await stage.phoenix.die()
            await stage.phoenix.rise()
    await settled(stage)
    await is_one_paid_trade(stage)
    assert await told_once(stage, 0) == 0
    assert await doubled_questions(stage) == 0


async def test_a_service_that_is_told_to_stop_finishes_its_turn_first(stage: Stage) -> None:
    """SIGTERM at each answer: exit 0 within 10 s, nothing left to do, and nothing twice after the next start."""
    for number, step in enumerate(TRADE):
        await step.take(stage.ada)
        if number % 2:
            stage.phoenix.process.signal(signal.SIGTERM)
            assert (await stage.phoenix.process.ended(within=10)).code == 0
            assert await stage.rows("SELECT FROM inbox") == []
            await stage.phoenix.bury()
            await stage.phoenix.rise()
        await stage.ada.sees(step.seen, within=WITHIN)
    await settled(stage)
    await is_one_paid_trade(stage)
    assert await told_once(stage, 0) == 0
    assert await doubled_questions(stage) == 0
