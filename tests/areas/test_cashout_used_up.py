"""Who has used up what a day allows hears it before the first question, with the time from when on there is more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.screen import Answer
from lockbay.areas.cashout.records import CashoutStart
from lockbay.areas.terms import Terms
from lockbay.postgres.database import Database
from tests.areas.cashing import TRON, lost_turn, made, requested, reviewed, talk
from tests.areas.people import ANA, set_rates
from tests.areas.sendable import leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["talk"]

ONE_A_DAY = Terms(cashout_daily_count=1, cashout_unverified_daily_usd=Decimal(0))
TEN_DOLLARS = Terms(cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(10))


async def kept(talk: Talk, database: Database) -> str:
    """The number of the destination that ten USDT went to."""
    await reviewed(talk)
    await talk.press("Keep")
    await talk.say("Mine")
    await talk.press("Confirm")
    view = await database.read(CashoutStart, ANA)
    assert view is not None
    return str(view.saved[0].id)


def asks(talk: Talk) -> list[str]:
    return [button.label for row in talk.screen.rows for button in row if isinstance(button, Answer)]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (ONE_A_DAY, "24 hours as there may be: 1."),
        (TEN_DOLLARS, "and less is left of it than can be sent."),
    ],
)
async def test_it_is_told_instead_of_the_first_question(
    talk: Talk, database: Database, clock: MovedClock, terms: Terms, why: str
) -> None:
    await database.run(terms)
    saved = await kept(talk, database)
    clock.advance(timedelta(hours=2, seconds=30))
    await set_rates(database)
    for flow, args in (("cash_out", ()), ("cash_out_to", (saved,))):
        told = sent(await talk.open(flow, *args))
        assert "No cash-out until 23 Nov, 12:00 UTC" in told
        assert why in told
        assert "in 22 hours" in told
        assert asks(talk) == [], "nothing is asked"
        assert {"wallet", "menu"} <= leads_to(talk.screen)
    assert ("email" in leads_to(talk.screen)) == (terms is TEN_DOLLARS)


async def test_when_the_day_is_over_it_is_asked_again(talk: Talk, database: Database, clock: MovedClock) -> None:
    await database.run(ONE_A_DAY)
    await requested(talk, database)
    clock.advance(timedelta(hours=24))
    await set_rates(database)
    assert "What do you want to cash out" in sent(await talk.open("cash_out"))
    assert asks(talk) == ["USDT"]


async def test_the_last_of_a_day_whose_turn_was_lost_is_answered_the_same(
    database: Database, clock: MovedClock, talk: Talk
) -> None:
    await database.run(ONE_A_DAY)
    replies: list[Reply] = [Pressed("USDT"), Pressed("10"), Pressed("TRC20")]
    lost = lost_turn(database, clock, "cash_out")
    typed = await reviewed(talk)
    confirm = next(b for row in typed.rows for b in row if isinstance(b, Answer) and "Confirm" in b.label)
    first, again = await lost.answered(*replies, Said(TRON), Pressed(confirm.value))
    assert first == again
    assert "requested" in sent(again)
    assert len(await made(database)) == 1
