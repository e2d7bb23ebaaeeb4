"""Nobody looks like somebody else: a name with an @ in front is a username, which Telegram gives to one alone."""

from __future__ import annotations

import orjson
import pytest

from lockbay.actors.person import MeetPerson
from lockbay.actors.words import words
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.areas.trades.layout import other_side
from lockbay.areas.trades.records import JoinTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.telegram import json
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded, set_rates
from tests.telegram.said import message


@pytest.mark.parametrize(
    ("first_name", "shown"),
    [("@ben", "ben"), ("\uff20ben", "ben"), ("\ufe6bben", "ben"), ("✓ @ben", "✓ ben"), (" @ ", "?"), ("Ben", "Ben")],
)
async def test_who_joins_by_a_link_does_not_look_like_the_one_whom_the_buyer_knows(
    database: Database, first_name: str, shown: str
) -> None:
    """A bare link is for whoever has it; that the buyer sees who joined is all that stops somebody else."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    trade = await offered(database, ANA)
    update = json.update(orjson.dumps(message(text="hi", **{"from": {"id": CLEO, "first_name": first_name}})))
    assert update is not None
    await database.run(MeetPerson.of(update.sender))
    assert not isinstance(await database.perform(AcceptTerms(CLEO), fresh_key()), Refused)
    assert trade.token is not None
    assert not isinstance(await database.perform(JoinTrade(CLEO, trade.token), fresh_key()), Refused)
    page = await database.read(TradePage, ANA, trade.id)
    assert page is not None
    assert other_side(words("en", "UTC"), page).strip("\u2068\u2069") == shown
    [row] = await database.pool.fetch("name", "SELECT users_name($1) AS name", (CLEO,), reads=True)
    assert row["name"] == shown
