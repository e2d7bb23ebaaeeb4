"""A proven e-mail address that was replaced keeps money in for a day: said before anything is asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from lockbay.areas.cashout.records import CashoutStart
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
from lockbay.plan import plan
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.areas.cashing import reviewed, talk
from tests.areas.people import ANA
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

__all__ = ["talk"]

HOUR = timedelta(hours=1)


async def replace_email(raw: Connection, at: datetime) -> None:
    await raw.fetch(
        "UPDATE users SET email = 'new@example.com', email_verified_at = $1, email_changed_at = $1 WHERE id = $2",
        at, ANA,
    )  # fmt: skip


@pytest.mark.parametrize(("flow", "args"), [("cash_out", ()), ("cash_out_to", ("7",))])
async def test_it_is_told_before_the_first_question(
    talk: Talk, raw: Connection, clock: MovedClock, flow: str, args: tuple[str, ...]
) -> None:
    await replace_email(raw, clock.now())
    clock.advance(3 * HOUR)
    screen = await talk.open(flow, *args)
    assert talk.is_over, "nothing is asked"
    assert "No cash-out until" in sent(screen)
    assert "in 21 hours" in sent(screen)
    assert {"support", "wallet", "menu"} <= set(leads_to(screen))


async def test_after_a_day_it_is_asked_again(talk: Talk, raw: Connection, clock: MovedClock) -> None:
    await replace_email(raw, clock.now())
    clock.advance(24 * HOUR)
    assert "What do you want to cash out" in sent(await talk.open("cash_out"))


async def test_where_no_code_guards_a_cashout_nobody_is_held_up(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    """The statement that decides says the same."""
    await database.run(Terms(cashout_code="never"))
    await replace_email(raw, clock.now())
    view = await database.read(CashoutStart, ANA)
    assert view is not None
    assert view.barred_until is None
    await reviewed(talk)
    assert "is requested" in sent(await talk.press("Confirm"))


async def test_an_exchange_says_so_before_it_asks_where_to(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    """What is exchanged still comes to the wallet."""
    for source in ("kraken", "fastforex"):
        for code, price in (("USDT", "1"), ("BTC", "90000")):
            await database.run(SaveRates(source, code, "USD", Decimal(price), clock.now()))
    exchanging = Talk(plan("lockbay_bot"), database, clock, ANA)
    for is_barred in (False, True):
        await exchanging.open("exchange")
        await exchanging.press("USDT")
        await exchanging.press("BTC")
        review = await exchanging.say("50")
        assert ("📤 Send it on" in labels(review)) is not is_barred
        assert ("until 23 Nov, 12:00 UTC it can go to your wallet only" in sent(review)) is is_barred
        await replace_email(raw, clock.now())
    assert "You got" in sent(await exchanging.press("Confirm"))
