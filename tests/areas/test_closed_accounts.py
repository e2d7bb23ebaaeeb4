"""Closing an account: by whom it cannot be done, and what is left of it; on the real database, killed and replayed
at every answer."""

from __future__ import annotations

import pytest
import trio

from lockbay.actors.person import Person
from lockbay.actors.words import words
from lockbay.areas.deposits.records import RequestPayin
from lockbay.areas.onboarding import gate
from lockbay.areas.preferences.closing_screens import not_closed
from lockbay.areas.preferences.records import Closed, ReopenAccount
from lockbay.areas.trades.records import CancelTrade, JoinTrade, TradeState
from lockbay.areas.trades.refusals import sentence
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, fresh_key, fund, offered, onboarded, set_rates
from tests.areas.preferring import chosen, close, set_column
from tests.areas.preferring import everything as everything
from tests.areas.preferring import talk as talk
from tests.areas.sendable import leads_to, sent
from tests.talk import Talk


async def test_an_account_is_closed_by_a_word_and_opened_by_a_button(talk: Talk, database: Database) -> None:
    await set_column(database, "email", "ana@example.com")
    await set_column(database, "email_verified_at", database.clock.now())
    await talk.open("settings")
    await talk.press("Close account")
    assert "Nothing was closed" in sent(await talk.say("yes"))
    assert "is closed" in sent(await talk.say("close"))
    assert (await chosen(database)).is_public is False
    rows = await database.pool.fetch(
        "test", "SELECT user_id, address FROM outbox WHERE kind = 'account_closed' ORDER BY id", (), reads=True
    )
    assert [tuple(row) for row in rows] == [(ANA, None), (None, "ana@example.com")]
    assert "Welcome back" in sent(await talk.press("Open it again"))
    assert await database.perform(ReopenAccount(ANA), fresh_key()) == Refused("not_closed")


async def test_who_has_money_keeps_their_account(talk: Talk, database: Database) -> None:
    await set_rates(database)
    await fund(database, ANA, "12.5")
    shown = sent(await talk.open("close_account"))
    assert "There is money in your wallet: 12.5 USDT" in shown
    assert "cash_out" in leads_to(talk.screen)
    assert await close(database) == Refused("money_left")


async def test_what_cannot_be_cashed_out_stays_behind(talk: Talk, database: Database) -> None:
    await fund(database, ANA, "0.25")
    assert "stays in your wallet: 0.25 USDT" in sent(await talk.open("close_account"))
    assert "is closed" in sent(await talk.say("CLOSE"))


async def test_who_trades_keeps_their_account(talk: Talk, database: Database) -> None:
    await set_rates(database)
    trade = await offered(database, ANA)
    assert "1 trade is open" in sent(await talk.open("close_account"))
    assert await close(database) == Refused("open_trades")
    assert isinstance(await database.perform(CancelTrade(ANA, trade.id), fresh_key()), TradeState)
    assert isinstance(await close(database), Closed)
    assert await close(database) == Refused("closed")


async def test_the_staff_and_the_blocked_keep_their_accounts(database: Database) -> None:
    await onboarded(database, ANA)
    await onboarded(database, BEN, "Ben")
    await set_column(database, "blocked_at", database.clock.now())
    await database.pool.fetch(
        "test", "INSERT INTO staff (user_id, role, by_settings) VALUES ($1, 'finance', false)", (BEN,), reads=False
    )
    assert await close(database) == Refused("blocked")
    assert await close(database, BEN) == Refused("staff")


REASONS = ("closed", "blocked", "staff", "open_trades", "open_cashouts", "open_tickets", "money_left", "new")


def test_each_refusal_to_close_has_a_sentence() -> None:
    say = words("en", "UTC")
    assert len({sent(not_closed(say, Refused(reason))) for reason in REASONS}) == len(REASONS)


async def test_who_has_closed_their_account_begins_nothing(database: Database) -> None:
    await set_rates(database)
    await onboarded(database, ANA)
    await onboarded(database, BEN, "Ben")
    invited = await offered(database, BEN)
    assert isinstance(await close(database), Closed)
    [row] = await database.pool.fetch(
        "test", "SELECT token FROM invitations WHERE trade_id = $1", (invited.id,), reads=True
    )
    joined = await database.perform(JoinTrade(ANA, row["token"]), fresh_key())
    assert joined == Refused("closed")
    assert "/start opens it again" in sentence(words("en", "UTC"), joined)
    wanted = RequestPayin(ANA, None, "USDT", "TRC20", None)
    assert await database.perform(wanted, fresh_key()) == Refused("closed")


async def test_who_has_closed_their_account_is_nobodys_seller(database: Database) -> None:
    """They are invited as somebody who is not here yet, and find the invitation when they are back."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana_sells")
    await onboarded(database, BEN, "Ben")
    assert isinstance(await close(database), Closed)
    trade = await offered(database, BEN, "username", "@ana_sells")
    [row] = await database.pool.fetch("test", "SELECT seller_id FROM trades WHERE id = $1", (trade.id,), reads=True)
    assert row["seller_id"] is None


async def test_of_two_at_once_one_closes(database: Database) -> None:
    await onboarded(database, ANA)
    outcomes: list[Closed | Refused] = []

    async def try_it() -> None:
        outcomes.append(await close(database))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(try_it)
        nursery.start_soon(try_it)
    assert sorted(isinstance(each, Closed) for each in outcomes) == [False, True]


@pytest.mark.parametrize(
    ("flow", "leads"),
    [("menu", "closed"), ("cash_out", "closed"), ("start", "closed"), ("reopen_account", None), ("support", None)],
)
def test_a_closed_account_leads_to_its_reopening_and_to_support(flow: str, leads: str | None) -> None:
    assert gate(Person(ANA, "Ana", onboarded=True, closed=True), flow) == leads
