"""Cash-outs in the chat that cannot be: too little, too much a day, to nobody; said before a code is mailed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Link, Screen
from lockbay.areas import proof
from lockbay.areas.cashout import refusals
from lockbay.areas.terms import Terms
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.cashing import (
    ENGLISH,
    PLAN,
    TRON,
    fund_naira,
    made,
    mailed_code,
    more,
    reviewed,
    verify,
)
from tests.areas.cashing import talk as talk
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk, Warm


def proving(screen: Screen) -> tuple[str, ...]:
    """What the button that proves an e-mail address says about where to go on."""
    [args] = [b.args for row in screen.rows for b in row if isinstance(b, Link) and b.flow == "email"]
    return args


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("4.99", "The least that can be cashed out is 5 USDT"), ("100.000001", "You have 100 USDT only"),
        ("10.0000001", "at most 6 decimals"), ("ten", "not an amount"), ("-5", "more than zero"), ("1,5", "not sure"),
    ],
)  # fmt: skip
async def test_an_amount_that_cannot_be_is_asked_again(talk: Talk, typed: str, says: str) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    assert says in sent(await talk.say(typed))


async def test_a_destination_of_somebody_else_or_none_is_said_to_be_gone(talk: Talk) -> None:
    assert "not there any more" in sent(await talk.open("cash_out_to", "17"))
    assert talk.is_over


async def test_an_empty_wallet_has_nothing_to_cash_out(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    screen = await talk.open("cash_out")
    assert "nothing to cash out" in sent(screen)
    assert "deposit" in leads_to(screen)


async def test_too_little_to_be_sent_is_said_and_is_no_button(database: Database, clock: MovedClock) -> None:
    await fund(database, await onboarded(database, ANA), "4")
    screen = await Talk(PLAN, database, clock, ANA).open("cash_out")
    assert "less than 5 USDT cannot be sent" in sent(screen)
    assert "USDT" not in labels(screen)


@pytest.mark.parametrize("of_trade", [False, True])
async def test_where_the_person_pays_in_is_refused_as_soon_as_it_is_typed(
    talk: Talk, database: Database, of_trade: bool
) -> None:
    """Into the wallet, or for a trade."""
    trade = await offered(database, ANA, "link", "") if of_trade else None
    world = World(database)
    payin = await world.payin(ANA, trade=trade.id if trade else None)
    await database.pool.fetch("ours", "UPDATE payins SET address = $1 WHERE id = $2", (TRON, payin.id), reads=False)
    assert "LockBay’s own" in sent(await reviewed(talk))


async def test_an_account_that_nobody_knows_is_not_paid(talk: Talk, database: Database) -> None:
    await fund_naira(database)
    await talk.open("cash_out")
    await talk.press("NGN")
    await talk.say("5000")
    await talk.say("kuda")
    await talk.press("Kuda")
    await talk.say("0000000000")
    assert "Your cash-out" not in sent(talk.screen)
    assert not any("Confirm" in label for label in labels(talk.screen))


async def test_money_that_is_gone_meanwhile_leads_back_to_the_review(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    talk = Warm(PLAN, database, clock, ANA)
    await reviewed(talk, "90")
    await more(database, "-50")
    screen = await talk.press("Confirm")
    assert "You have 50 USDT now, and this needs 90 USDT" in sent(screen)
    assert not any("Confirm" in label for label in labels(screen))
    await talk.press("Amount")
    await talk.say("50")
    await talk.press("Confirm")
    assert [cashout.amount for cashout in await made(database)] == [50]


async def test_a_day_s_limits_are_said_with_the_amount_and_kept_at_the_end(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_daily_count=2, cashout_unverified_daily_usd=Decimal(50)))
    first = await talk.open("cash_out")
    assert "Left within 24 hours: $50.00 of $50.00" in sent(first)
    assert "A verified e-mail address allows more, a day after it was verified." in sent(first)
    asked = await talk.press("USDT")
    assert labels(asked)[:3] == ["25% · 25 USDT", "50% · 50 USDT", "The most now · 50 USDT"]
    over = await talk.say("60")
    for line in ("That is about $60.00, and at most $50.00", "Now $50.00 are left of it, which is 50 USDT."):
        assert line in sent(over)
    for screen in (first, over):
        assert proving(screen) == ("/cash_out",), "who proves their address comes back to what they wanted"
    await talk.press("The most now")
    await talk.press("TRC20")
    await talk.say(TRON)
    await database.run(Terms(cashout_daily_count=2, cashout_unverified_daily_usd=Decimal(15)))  # while it is looked at
    refused = await talk.press("Confirm")
    assert "at most $15.00 may be cashed out" in sent(refused)
    assert "more than may be cashed out" in sent(refused)
    assert not any("Confirm" in label for label in labels(refused))
    await talk.press("Amount")
    assert "at most $15.00" in sent(await talk.say("20"))
    await talk.say("10")
    await talk.press("Confirm")
    assert [cashout.amount for cashout in await made(database)] == [10]


async def test_a_limit_says_when_it_allows_more(talk: Talk, database: Database, clock: MovedClock) -> None:
    await database.run(Terms(cashout_daily_count=2, cashout_unverified_daily_usd=Decimal(50)))
    await reviewed(talk)
    await talk.press("Confirm")
    clock.advance(timedelta(hours=2))
    await set_rates(database)
    first = sent(await talk.open("cash_out"))
    assert "Left within 24 hours: $40.00 of $50.00" in first
    assert "All of it again from 23 Nov, 12:00 UTC on." in first
    await talk.press("USDT")
    over = sent(await talk.say("45"))
    assert "Now $40.00 are left of it, which is 40 USDT." in over
    assert "From 23 Nov, 12:00 UTC on it would be possible." in over
    assert "possible" not in sent(await talk.say("51")), "never"
    await talk.say("20")
    await talk.press("TRC20")
    await talk.say(TRON)
    await talk.press("Confirm")
    await database.run(Terms(cashout_daily_count=9, cashout_unverified_daily_usd=Decimal(31)))
    assert "No cash-out until 23 Nov, 12:00 UTC" in sent(await talk.open("cash_out"))
    await talk.say("USDT")  # who insists
    nothing = sent(await talk.say("15"))
    assert "Now $1.00 are left of it, less than can be sent." in nothing
    assert "Nothing was sent; please come back then." in nothing, "no other amount helps"
    await database.run(Terms(cashout_daily_count=2, cashout_unverified_daily_usd=Decimal(50)))
    says = "No cash-out until 23 Nov, 12:00 UTC"
    assert says in sent(await talk.open("cash_out"))
    assert says in sent(await talk.say("USDT"))
    assert "as there may be: 2. Nothing was sent" in sent(await talk.say("11"))
    await talk.say("20")  # may be the one that was just made, heard again after a crash
    await talk.press("TRC20")
    await talk.say(TRON)
    assert "You had as many cash-outs within 24 hours as there may be: 2." in sent(await talk.press("Confirm"))
    assert len(await made(database)) == 2


async def test_the_own_deposit_address_is_no_destination_when_it_is_typed(talk: Talk, raw: Connection) -> None:
    await raw.execute(f"UPDATE payins SET address = '{TRON}' WHERE user_id = {ANA}")
    assert "address of LockBay’s own" in sent(await reviewed(talk))


async def test_what_stands_in_the_way_is_said_before_a_code_is_mailed(
    talk: Talk, database: Database, raw: Connection
) -> None:
    """Of other people's deposit addresses nothing is known before the statement: but that is asked before the mail."""
    await onboarded(database, BEN)
    await fund(database, BEN, "5")
    await raw.execute(f"UPDATE payins SET address = '{TRON}' WHERE user_id = {BEN}")
    await verify(raw)
    assert "a code is mailed to you" in sent(await reviewed(talk))
    refused = await talk.press("Confirm")
    assert "address of LockBay’s own" in sent(refused)
    assert "Confirm" in "".join(labels(refused)), "the review, with what can be changed"
    assert await raw.fetch("SELECT FROM outbox WHERE data ? 'nonce'") == []
    assert await made(database) == []
    await talk.press("Where to")
    await talk.say("TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7")
    assert "I sent a code" in sent(await talk.press("Confirm"))
    await talk.say(await mailed_code(database))
    assert len(await made(database)) == 1


@pytest.mark.parametrize("forged", ["9.5", "0", "-1", "1e3", "confirm", "99999999999999999999"])
async def test_nobody_agrees_to_numbers_that_were_not_shown(talk: Talk, database: Database, forged: str) -> None:
    await reviewed(talk)
    await talk.reply(Pressed(forged))
    assert await made(database) == []


@pytest.mark.parametrize("reason", [*refusals.SENTENCES, *sorted(proof.REASONS), "eclipse"])
def test_every_refusal_says_that_no_money_moved(reason: str) -> None:
    details = {
        "fee": "1", "net": "9", "total": "10", "available": "5", "least": "5", "limit": "50", "left": "5",
        "tries_left": "0", "retry_at": "2026-11-22T13:00:00+00:00",
    }  # fmt: skip
    told = refusals.sentence(ENGLISH, Refused(reason, details), "USDT", MovedClock().now())
    assert "o money moved" in told
    assert "{" not in told
    assert (
        "o money moved" in refusals.sentence(ENGLISH, Refused(reason), "USDT", MovedClock().now()) or reason == "wrong"
    )
