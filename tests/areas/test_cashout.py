"""Cash-outs in the chat: every way through the questions, killed and replayed at each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.database import Database
from tests.areas.cashing import (
    PLAN,
    TRON,
    fund_naira,
    made,
    money,
    more,
    reviewed,
    to_kuda,
)
from tests.areas.cashing import talk as talk
from tests.areas.people import ANA, fund, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk


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


async def test_an_amount_that_was_taken_is_not_asked_again_when_the_price_moves(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(50)))
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.say("50")
    await database.run(SaveRates("test", "USDT", "USD", Decimal("1.01"), database.clock.now()))
    assert "address" in sent(await talk.press("TRC20"))
