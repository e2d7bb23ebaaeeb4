"""An old button: who presses it hears what has become of the trade, and sees all that can be done now."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest
from markupsafe import Markup

from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas.stages import NOTHING_DONE, STAGES, known
from lockbay.areas.trades.agreement import EndProposal, GiveBack, ProposeCancel
from lockbay.areas.trades.records import DeclineTrade, PayTrade, ReleaseTrade, Role, State
from lockbay.areas.trades.refusals import sentence
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.plan import plan
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.disputing import opening
from tests.areas.drawing import EN
from tests.areas.people import ANA, BEN, do
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_trades_agreement import held
from tests.areas.trading import invited, market, usdt
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(plan("lockbay_bot"))

FR = words("fr", "UTC")
PLAIN = Screen(Markup("."))
PAYING = ("pay", "pay_wallet", "pay_coin", "pay_bank", "reduce")


def told(text: str) -> str:
    """What stands on top, in the person's words."""
    return text.removeprefix("⚠️ ").split("\n\n")[0]


async def test_who_presses_release_again_hears_that_they_have_released_it(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await held(database, "delivered")
    await do(database, ReleaseTrade(ANA, int(trade_id)))
    ana = talking(ANA)
    await ana.open("release", trade_id)
    assert told(sent(ana.screen)) == f"You have released the money of this trade: the seller has it.\n{NOTHING_DONE}"
    assert "completed" in sent(ana.screen)
    assert "✅ Confirm" not in labels(ana.screen)
    assert {"rate", "trades", "menu"} <= leads_to(ana.screen)
    await ana.say("confirm")  # who insists hears the same from the database
    assert told(sent(ana.screen)) == f"You have released the money of this trade: the seller has it.\n{NOTHING_DONE}"
    assert await usdt(database, BEN) == (100, 0)


async def test_what_has_become_of_a_trade_is_said_once(database: Database, talking: Talking) -> None:
    """Above its page stands that the money was released; at the end of the page it stood once more."""
    await market(database)
    released, returned = await held(database, "delivered"), await held(database, "delivered")
    await do(database, ReleaseTrade(ANA, int(released)))
    await do(database, GiveBack(BEN, int(returned)))
    assert "The money was released to the seller." in sent(await talking(ANA).open("trade", released))
    assert "The money was released" not in sent(await talking(ANA).open("release", released))
    assert "The money was released" not in sent(await talking(BEN).open("deliver", released))
    assert "The seller gave everything back to you." in sent(await talking(ANA).open("trade", returned))
    assert "gave everything back" not in sent(await talking(ANA).open("release", returned))
    declined = await held(database, "paid")
    await do(database, DeclineTrade(BEN, int(declined)))
    assert sent(await talking(BEN).open("accept", declined)).count("declined") == 2  # on top, and its state


async def test_what_the_clock_released_is_not_said_to_be_the_buyers_deed(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    trade_id = await held(database, "delivered")
    clock.advance(timedelta(hours=49))
    await do(database, ElapseTrade(int(trade_id), "release"))
    said = "This trade is completed: the seller has the money."
    assert told(sent(await talking(ANA).open("release", trade_id))) == f"{said}\n{NOTHING_DONE}"


@pytest.mark.parametrize("flow", PAYING)
async def test_who_pays_what_is_paid_sees_the_trade(database: Database, talking: Talking, flow: str) -> None:
    await market(database)
    trade_id = await invited(database)
    await do(database, PayTrade(ANA, int(trade_id), Decimal(105)))
    screen = await talking(ANA).open(flow, trade_id)
    assert told(sent(screen)).startswith("This trade is paid, and the seller has not accepted it yet.")
    assert "propose_cancel" in leads_to(screen)


@pytest.mark.parametrize(
    ("user_id", "flow", "state", "said"),
    [
        (BEN, "accept", "accepted", "You have accepted this trade"),
        (BEN, "decline", "delivered", "You have marked this trade as delivered"),
        (BEN, "deliver", "delivered", "You have marked this trade as delivered"),
        (ANA, "cancel_trade", "accepted", "The seller has accepted this trade"),
        (ANA, "release", "paid", "This trade is paid, and the seller has not accepted it yet."),
        (BEN, "deliver", "paid", "This trade is paid, and you have not accepted it yet."),
        (BEN, "release", "delivered", "That is not your move in this trade. Nothing was done and no money moved."),
        (ANA, "agree_cancel", "paid", "That proposal is not there any more"),
    ],
)
async def test_an_old_button_is_answered_with_where_the_trade_stands(
    database: Database, talking: Talking, user_id: int, flow: str, state: str, said: str
) -> None:
    await market(database)
    trade_id = await held(database, state)
    screen = await talking(user_id).open(flow, trade_id)
    assert told(sent(screen)).startswith(said)
    assert {"propose_cancel", "trade_chat"} <= leads_to(screen)
    assert "✅ Confirm" not in labels(screen)


async def test_what_ended_otherwise_is_said_to_have(database: Database, talking: Talking) -> None:
    await market(database)
    declined, given_back = await held(database, "paid"), await held(database, "accepted")
    await do(database, DeclineTrade(BEN, int(declined)))
    await do(database, GiveBack(BEN, int(given_back)))
    for user_id, flow, trade_id, said in (
        (ANA, "cancel_trade", declined, STAGES["declined"][0]),
        (BEN, "accept", declined, STAGES["declined"][1]),
        (ANA, "release", given_back, STAGES["refunded.returned"][0]),
        (BEN, "give_back", given_back, STAGES["refunded.returned"][1]),
    ):
        assert told(sent(await talking(user_id).open(flow, trade_id))) == f"{said}\n{NOTHING_DONE}"


async def test_who_is_told_nothing_of_the_stage_is_told_why(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    """What is refused for another reason than the stage."""
    await market(database)
    trade_id, proposed = await held(database, "paid"), await held(database, "accepted")
    await do(database, ProposeCancel(BEN, int(proposed)))
    assert "It is proposed already" in sent(await talking(ANA).open("propose_cancel", proposed))
    await do(database, EndProposal(BEN, int(proposed)))
    assert "That proposal is not there any more" in sent(await talking(ANA).open("decline_cancel", proposed))
    clock.advance(timedelta(hours=25))
    assert "The time for that is over" in sent(await talking(BEN).open("accept", trade_id))


async def test_a_dispute_of_what_cannot_be_disputed_any_more_says_where_it_stands(
    database: Database, talking: Talking
) -> None:
    await market(database)
    trade_id, other = await held(database, "delivered"), await held(database, "delivered")
    await do(database, ReleaseTrade(ANA, int(trade_id)))
    await do(database, opening(BEN, int(other), by_seller=True))
    released = await talking(BEN).open("open_dispute", trade_id)
    assert f"The buyer has released the money of this trade: you have it.\n{NOTHING_DONE}" in sent(released)
    disputed = await talking(ANA).open("open_dispute", other)
    assert "This trade is disputed: LockBay looks into it, and the money stays held." in sent(disputed)
    assert "trade" in leads_to(disputed)


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("state", get_args(State))
def test_of_every_stage_there_is_a_sentence_for_each_side_and_each_language(state: State, role: Role) -> None:
    for how in (None, *(key.split(".")[1] for key in STAGES if key.startswith(f"{state}."))):
        refused = Refused("wrong_state", {**known(state, role, how)})
        assert told(sent(PLAIN.with_problem(sentence(EN, refused)))).endswith(f".\n{NOTHING_DONE}")
        assert str(sentence(FR, refused)) != str(sentence(EN, refused))
