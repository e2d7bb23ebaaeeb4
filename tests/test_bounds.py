"""Terms that the settings may not say: the same bounds as in the chat, refused at the start by their variables."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.admin.terms_records import SetTerm
from lockbay.areas.terms import Terms
from lockbay.bounds import refuse_terms
from lockbay.errors import SettingsError
from lockbay.postgres.database import Database
from tests.altered import altered
from tests.areas.people import CLEO, fresh_key, onboarded

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


async def refusal(database: Database, terms: Terms) -> str:
    with pytest.raises(SettingsError) as caught:
        await refuse_terms(database, terms)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("exchange_sources", 0, "LOCKBAY_EXCHANGE_SOURCES must be from 1 to 10"),
        ("exchange_sources", 11, "LOCKBAY_EXCHANGE_SOURCES must be from 1 to 10"),
        ("trades_a_day", 0, "LOCKBAY_TRADES_A_DAY must be from 1 to 1000000"),
        ("trades_a_day", 10**20, "LOCKBAY_TRADES_A_DAY must be from 1 to 1000000"),
        ("unpaid_trades", -1, "LOCKBAY_UNPAID_TRADES must be from 1 to 1000000"),
        ("fee_percent", Decimal("50.1"), "LOCKBAY_FEE_PERCENT must be from 0 to 50"),
        ("fee_percent", Decimal(-1), "LOCKBAY_FEE_PERCENT must be from 0 to 50"),
        ("smallest_trade_usd", Decimal("-0.01"), "LOCKBAY_SMALLEST_TRADE_USD must be from 0 to 1000000"),
        ("rates_apart_percent", Decimal(0), "LOCKBAY_RATES_APART_PERCENT must be from 0.1 to 50"),
        ("payment_window", timedelta(), "LOCKBAY_PAYMENT_WINDOW must be from 00:05:00 to 24:00:00"),
        ("payment_window", 5 * MINUTE - MINUTE / 60, "LOCKBAY_PAYMENT_WINDOW must be from 00:05:00 to 24:00:00"),
        ("payment_window", -MINUTE, "LOCKBAY_PAYMENT_WINDOW must be from 00:05:00 to 24:00:00"),
        ("dispute_window", 15 * DAY, "LOCKBAY_DISPUTE_WINDOW must be from 01:00:00 to 336:00:00"),
        ("credit_second_usd", Decimal(-1), "LOCKBAY_CREDIT_SECOND_USD must be from 0 to 1000000000"),
        ("shortest_outage", MINUTE, "LOCKBAY_SHORTEST_OUTAGE must be 0, or from 00:05:00 to 168:00:00"),
        ("shortest_outage", -MINUTE, "LOCKBAY_SHORTEST_OUTAGE must be 0, or from 00:05:00 to 168:00:00"),
    ],
)
async def test_a_term_outside_its_bounds_is_refused_by_its_variable_with_the_bounds(
    database: Database, name: str, value: object, said: str
) -> None:
    assert await refusal(database, altered(Terms(), **{name: value})) == said


async def test_all_that_cannot_be_is_said_at_once(database: Database) -> None:
    said = "LOCKBAY_CODE_TRIES must be from 1 to 100; LOCKBAY_TRADES_A_DAY must be from 1 to 1000000"
    assert await refusal(database, Terms(trades_a_day=0, code_tries=0)) == said


async def test_a_least_above_its_most_is_refused(database: Database) -> None:
    said = "LOCKBAY_SMALLEST_TRADE_USD must not be more than LOCKBAY_LARGEST_TRADE_USD"
    assert await refusal(database, Terms(smallest_trade_usd=Decimal(20), largest_trade_usd=Decimal(10))) == said


async def test_a_most_below_the_least_of_an_owner_is_refused(database: Database) -> None:
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    await database.perform(SetTerm(CLEO, "smallest_trade_usd", "2", "50", "Too many small ones"), fresh_key())
    said = "LOCKBAY_SMALLEST_TRADE_USD (50, as an owner changed it) must not be more than LOCKBAY_LARGEST_TRADE_USD"
    assert await refusal(database, Terms(largest_trade_usd=Decimal(40))) == said
    await refuse_terms(database, Terms(largest_trade_usd=Decimal(50)))


@pytest.mark.parametrize(
    "terms",
    [
        Terms(),
        Terms(shortest_outage=timedelta()),
        Terms(cashout_code="never", cashout_daily_count=0, code_pause=timedelta(), credit_second_usd=Decimal(0)),
        Terms(payment_window=DAY, exchange_sources=10, fee_percent=Decimal(50)),
    ],
)
async def test_what_may_be_is_not_refused(database: Database, terms: Terms) -> None:
    await refuse_terms(database, terms)


async def test_every_term_has_bounds(database: Database) -> None:
    bounded = await database.pool.fetch("test", "SELECT name FROM terms_bounds()", (), reads=True)
    assert {row["name"] for row in bounded} == {each.name for each in attrs.fields(Terms)}
