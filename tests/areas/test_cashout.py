"""Cash-outs in the chat: every way through the questions, killed and replayed at each, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Link, Screen
from lockbay.areas import proof
from lockbay.areas.cashout import refusals
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
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
    money,
    more,
    reviewed,
    talk,
    to_kuda,
    verify,
)
from tests.areas.people import ANA, BEN, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk, Warm

__all__ = ["talk"]


def proving(screen: Screen) -> tuple[str, ...]:
    """What the button that proves an e-mail address says about where to go on."""
    [args] = [b.args for row in screen.rows for b in row if isinstance(b, Link) and b.flow == "email"]
    return args


async def test_from_the_wallet_to_the_request(talk: Talk, database: Database) -> None:
    assert "cash_out" in leads_to(await talk.open("wallet"))
    assert "100 USDT" in sent(await talk.press("Cash out"))
    asked = sent(await talk.press("USDT"))
    assert "how much" in asked
    assert "Tron (TRC20): fee 1 USDT, smallest cash-out 5 USDT" in asked
    assert "which network" in sent(await talk.say("10"))
    assert "address" in sent(await talk.press("TRC20"))
    review = sent(await talk.say(TRON))
    for line in ("Amount: 10 USDT", "Fee: 1 USDT", "Arrives: 9 USDT", "Worth: about $10.00", "Tron (TRC20)", TRON):
        assert line in review
    assert "is requested" in sent(await talk.press("Confirm"))
    assert talk.is_over
    [cashout] = await made(database)
    assert (int(cashout.amount), int(cashout.net), cashout.address, cashout.network) == (10, 9, TRON, "TRC20")
    assert await money(database) == (90, 10)


@pytest.mark.parametrize(("part", "amount"), [("25%", 25), ("50%", 50), ("75%", 75), ("100%", 100)])
async def test_a_part_of_what_there_is_is_pressed(talk: Talk, database: Database, part: str, amount: int) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.press(part)
    await talk.press("TRC20")
    assert f"Arrives: {amount - 1} USDT" in sent(await talk.say(TRON))
    await talk.press("Confirm")
    assert (await made(database))[0].amount == amount


async def test_all_is_what_the_statement_finds_and_nobody_gets_other_numbers_than_shown(
    talk: Talk, database: Database
) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.press("100%")
    await talk.press("TRC20")
    await talk.say(TRON)
    await fund(database, ANA, "50", "BTC")
    await more(database, "20")
    again = sent(await talk.press("Confirm"))
    assert "The numbers have changed" in again
    assert "Arrives: 119 USDT" in again
    await talk.press("Confirm")
    assert [cashout.amount for cashout in await made(database)] == [120]


async def test_a_coin_of_one_network_is_not_asked_about_it(talk: Talk, database: Database) -> None:
    await fund(database, ANA, "1", "BTC")
    await talk.open("cash_out")
    await talk.press("BTC")
    assert "address" in sent(await talk.say("0.5"))


async def test_a_network_that_sends_only_more_is_no_button_and_no_answer(talk: Talk) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    screen = await talk.say("10")
    assert not any("ERC20" in label for label in labels(screen))
    assert "at least 20 USDT" in sent(await talk.say("ERC20"))
    assert "address" in sent(await talk.say("trc20"))


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


async def test_every_answer_can_be_changed_in_the_review(talk: Talk, database: Database) -> None:
    await reviewed(talk, "50")
    await talk.press("Amount")
    assert "Arrives: 39 USDT" in sent(await talk.say("40"))
    await talk.press("Network")
    await talk.press("ERC20")
    changed = sent(await talk.say("0x52908400098527886E0F7030069857D2E4169EE7"))
    assert "Arrives: 35 USDT" in changed
    await talk.press("Where to")
    assert "0x8617E340B3D01FA5F11F306F4090FD50E238070D" in sent(
        await talk.say("0x8617E340B3D01FA5F11F306F4090FD50E238070D")
    )
    await talk.press("Confirm")
    [cashout] = await made(database)
    assert (int(cashout.amount), int(cashout.net), cashout.network) == (40, 35, "ERC20")


async def test_a_destination_is_kept_and_then_two_taps_away(talk: Talk, database: Database) -> None:
    await reviewed(talk)
    await talk.press("Keep it")
    assert "Kept as: Binance" in sent(await talk.say("Binance"))
    assert "Keep it" not in " ".join(labels(talk.screen))
    await talk.press("Confirm")
    await talk.open("cash_out")
    assert "how much" in sent(await talk.press("Binance"))
    review = await talk.press("25%")
    assert TRON in sent(review)
    await talk.press("Confirm")
    newest, _ = await made(database)
    assert (newest.amount, newest.address, newest.network) == (Decimal("22.5"), TRON, "TRC20")


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


async def test_without_rates_and_limits_it_works(database: Database, clock: MovedClock) -> None:
    nothing = Decimal(0)
    await database.run(
        Terms(
            cashout_code="never", cashout_daily_count=0, cashout_unverified_daily_usd=nothing,
            cashout_approval_usd=nothing,
        )
    )  # fmt: skip
    await fund(database, await onboarded(database, ANA), "100")
    talk = Talk(PLAN, database, clock, ANA)
    assert "Worth" not in sent(await reviewed(talk))
    assert "requested" in sent(await talk.press("Confirm"))


async def test_a_large_one_waits_for_approval(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_approval_usd=Decimal(10), cashout_unverified_daily_usd=Decimal(0)))
    assert "one of our people approves it first" in sent(await reviewed(talk))
    assert "waits for approval" in sent(await talk.press("Confirm"))
    assert (await made(database))[0].state == "awaiting_approval"


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


async def test_the_naira_go_to_an_account_whose_name_was_shown(talk: Talk, database: Database) -> None:
    await fund_naira(database)
    await talk.open("cash_out")
    await talk.press("NGN")
    await talk.say("5000")
    await to_kuda(talk)
    review = sent(talk.screen)
    assert "ANA OBI" in review
    assert "Kuda Bank" in review
    assert "Arrives: 4,950.00 NGN" in review
    await talk.press("Confirm")
    [cashout] = await made(database)
    assert (cashout.bank_code, cashout.address, cashout.account_name) == ("50211", "0123456789", "ANA OBI")


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


async def test_back_out_of_a_change_comes_to_the_review_as_it_was(talk: Talk, database: Database) -> None:
    """It led to the wallet, and whatever was typed was gone."""
    before = sent(await reviewed(talk, "50"))
    for change, back in (
        ("Amount", ["Back"]),
        ("Network", ["Back"]),
        ("Network", ["ERC20", "Back", "Back"]),
        ("Where to", ["Back"]),
    ):
        await talk.press(change)
        for label in back:
            await talk.press(label)
        assert sent(talk.screen) == before, change
    await talk.press("Confirm")
    [cashout] = await made(database)
    assert (int(cashout.amount), cashout.network) == (50, "TRC20")


async def test_each_question_leads_back_to_the_one_before_and_keeps_its_answer(talk: Talk) -> None:
    """Back led to the wallet, and the coin and the amount were forgotten."""
    await talk.open("cash_out")
    assert labels(talk.screen)[-2:] == ["⬅️ Back", "Menu"]
    asked = [await talk.press("USDT"), await talk.say("50")]
    await talk.press("TRC20")
    for before in reversed(asked):
        assert sent(await talk.press("Back")) == sent(before)
    await talk.press("Keep “50”")
    await talk.press("TRC20")
    await talk.say(TRON)
    assert "Your cash-out" in sent(talk.screen)
    assert "50 USDT" in sent(talk.screen)


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


async def test_an_amount_that_was_taken_is_not_asked_again_when_the_price_moves(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.say("50")
    await database.run(SaveRates("test", "USDT", "USD", Decimal("1.01"), database.clock.now()))
    assert "address" in sent(await talk.press("TRC20"))


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
