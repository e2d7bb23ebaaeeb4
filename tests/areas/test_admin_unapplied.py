"""Payments that fit nothing, found and decided about by the staff; on the real database, killed and replayed at
every answer."""

from __future__ import annotations

import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.parse import Pressed
from lockbay.actors.person import Person
from lockbay.actors.turn import Turn
from lockbay.areas.admin.records import (
    SaveStaff,
)
from lockbay.areas.trades.records import CancelTrade
from lockbay.audit import audit
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, available, offered
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.unapplied import PLAN, STAFF, done, notices, paid, place
from tests.areas.unapplied import staff as staff
from tests.clock import MovedClock
from tests.talk import Talk


async def test_the_staff_is_told_and_finds_the_payment_from_there_and_from_the_list(
    staff: Talk, database: Database
) -> None:
    [(kind, told)] = await notices(database, STAFF)
    assert (kind, "40 USDT waits for a decision" in sent(told)) == ("unapplied", True)
    staff.screens.append(told)
    from_notice = await staff.press("Look at it")
    await staff.open("admin")
    await staff.press("Unapplied payments (1)")
    assert "#1: 40 USDT · @ana" in sent(staff.screen)
    await staff.press("#1")
    assert staff.screen == from_notice
    text = sent(staff.screen)
    for said in ("Amount: 40 USDT", "came after the trade was cancelled", "@ana", "tx<1>", "Over: TRC20, blockbee"):
        assert said in text


async def test_a_payment_is_credited_to_its_payer(staff: Talk, database: Database) -> None:
    await staff.open("unapplied_payment", "1")
    await staff.press("Credit to @ana")
    assert "40 USDT" in sent(staff.screen)
    await staff.press("@ana")
    await staff.say("She cancelled by mistake")
    assert "Credit 40 USDT to @ana?" in sent(staff.screen)
    await staff.press("Confirm")
    text = sent(staff.screen)
    assert "@ana has 40 USDT in the wallet" in text
    assert "Credited to @ana by @cleo" in text
    assert "She cancelled by mistake" in text
    assert await available(database, ANA) == 40
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "40 USDT is in your wallet" in sent(told)) == ("unapplied_credited", True)
    assert "She cancelled" not in sent(told)
    assert (await audit(database)).passed
    assert "Nothing waits" in sent(await staff.open("unapplied"))


async def test_a_payment_is_credited_to_somebody_else_who_is_named(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    assert "knows nobody called @dan" in sent(await staff.say("@dan"))
    assert "Type a @username" in sent(await staff.say("not a name!"))
    await staff.say("@BEN")
    await staff.say("Ben paid for Ana")
    assert "It was paid by @ana, who is somebody else" in sent(staff.screen)
    await staff.press("Confirm")
    assert (await available(database, BEN), await available(database, ANA)) == (40, 0)
    assert [kind for kind, _ in await notices(database, BEN)] == ["unapplied_credited"]
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "for another person" in sent(told)) == ("unapplied_moved", True)


async def test_somebody_is_named_by_number(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say(str(BEN))
    await staff.say("theirs")
    await staff.press("Confirm")
    assert await available(database, BEN) == 40


async def test_nobody_confirms_for_another_person_than_was_shown(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say("@ana")
    await staff.say("hers")
    assert "press one of the buttons" in sent(await staff.reply(Pressed(str(BEN))))
    assert "press one of the buttons" in sent(await staff.say("confirm"))
    assert (await available(database, ANA), await available(database, BEN)) == (0, 0)


async def test_a_payment_that_was_sent_back_is_written_down(staff: Talk, database: Database) -> None:
    await staff.open("unapplied_payment", "1")
    await staff.press("Refund")
    assert "only writes down" in sent(staff.screen)
    await staff.say("tx 0xabc")
    assert "40 USDT of @ana was sent back" in sent(staff.screen)
    await staff.press("Confirm")
    assert "Sent back by @cleo" in sent(staff.screen)
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "tx 0xabc" in sent(told)) == ("unapplied_refunded", True)
    assert (await audit(database)).passed


async def test_a_payment_is_attached_to_a_trade_that_is_typed(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    await staff.open("unapplied_payment", "1")
    await staff.press("Attach")
    assert "There is no trade T-ZZZZZZ" in sent(await staff.say("t-zzzzzz"))
    assert "Type the code" in sent(await staff.say("that one"))
    await staff.say(trade.slug.lower().removeprefix("t-"))
    await staff.say("meant for this one")
    text = sent(staff.screen)
    for said in (f"Give 40 USDT to trade {trade.slug}?", "Buyer: @ana", "Price: 105 USDT", "Missing: 105 USDT"):
        assert said in text
    await staff.press("Confirm")
    assert f"Trade {trade.slug} has 40 USDT and is underpaid" in sent(staff.screen)
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "still missing" in sent(told)) == ("unapplied_attached", True)
    assert "trade" in leads_to(told)
    assert (await audit(database)).passed


async def test_the_payers_own_trade_is_a_button_while_it_can_be_paid(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, paid(payin, "7.5", event="e"))
    other = await place(database, await offered(database, ANA))
    await done(database, paid(other, "200", event="e"))
    await staff.open("unapplied_payment", "2")
    assert "told it differently" in sent(staff.screen)
    await staff.press("Attach")
    await staff.press("T-")
    await staff.say("its own")
    assert "over goes to the buyer" in sent(staff.screen)
    await staff.press("Confirm")
    assert "is paid" in sent(staff.screen)
    assert (await audit(database)).passed


async def test_a_trade_that_takes_no_more_offers_no_confirmation(staff: Talk, database: Database) -> None:
    ended = await offered(database, ANA)
    await done(database, CancelTrade(ANA, ended.id))
    await staff.open("attach_unapplied", "1")
    await staff.say(ended.slug)
    assert "is cancelled: it takes no more money" in sent(staff.screen)
    await staff.say("why")
    assert "Confirm" not in "".join(labels(staff.screen))
    await staff.reply(Pressed(f"{ended.id}/40"))
    assert "takes no more money now" in sent(staff.screen)
    assert "Credit to @ana" in "".join(labels(staff.screen))
    assert (await audit(database)).unapplied == 1


@pytest.mark.parametrize("flow", ["credit_unapplied", "refund_unapplied", "attach_unapplied"])
async def test_what_a_colleague_has_decided_meanwhile_is_shown(
    staff: Talk, database: Database, clock: MovedClock, flow: str
) -> None:
    await database.run(SaveStaff([STAFF, BEN]))
    trade = await offered(database, ANA)
    await staff.open(flow, "1")
    if flow != "refund_unapplied":
        await staff.say("@ana" if flow == "credit_unapplied" else trade.slug)
    await staff.say("why")
    colleague = Talk(PLAN, database, clock, BEN)
    await colleague.open("refund_unapplied", "1")
    await colleague.say("tx 1")
    await colleague.press("Confirm")
    await staff.press("Confirm")
    assert "Somebody has decided this already" in sent(staff.screen)
    assert "Sent back by @ben" in sent(staff.screen)
    assert "Confirm" not in "".join(labels(staff.screen))
    again = await staff.open(flow, "1")
    assert "Sent back by @ben" in sent(again)
    assert (await audit(database)).passed


@pytest.mark.parametrize("flow", ["credit_unapplied", "refund_unapplied", "attach_unapplied"])
async def test_a_decision_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    staff: Talk, database: Database, flow: str
) -> None:
    trade = await offered(database, ANA)
    await staff.open(flow, "1")
    if flow != "refund_unapplied":
        await staff.say("@ana" if flow == "credit_unapplied" else trade.slug)
    await staff.say("why")
    asked = staff._conversation
    assert asked is not None
    before = asked.journal
    first = await staff.press("Confirm")

    def turn() -> Turn:
        return Turn(STAFF, database, {}, Context(), database.clock.now())

    chat = Chat(Person(STAFF, "Cleo", "cleo", onboarded=True), database.clock.now())
    revived = Conversation(PLAN.flows[flow], chat, before)
    await revived.resume(turn())
    assert revived.journal == before
    replayed = turn()
    confirm = {"credit_unapplied": str(ANA), "refund_unapplied": "confirm", "attach_unapplied": f"{trade.id}/40"}
    await revived.answer(replayed, Pressed(confirm[flow]))
    assert replayed.shown[-1][0] == first
    assert (await audit(database)).passed


async def test_who_has_left_the_staff_in_the_middle_decides_nothing(staff: Talk, database: Database) -> None:
    await staff.open("refund_unapplied", "1")
    await database.run(SaveStaff([]))
    conversation = staff._conversation
    assert conversation is not None
    turn = Turn(STAFF, database, {}, Context(), database.clock.now())
    await conversation.answer(turn, Pressed("x"))  # no text: asked again
    await database.run(SaveStaff([STAFF]))
    await staff.say("tx 1")
    await database.run(SaveStaff([]))
    conversation = staff._conversation
    assert conversation is not None
    await conversation.answer(turn, Pressed("confirm"))
    assert "Only the people who run LockBay" in sent(turn.shown[-1][0])
    assert (await audit(database)).unapplied == 1


@pytest.mark.parametrize("flow", ["unapplied", "books", "unapplied_payment", "credit_unapplied"])
@pytest.mark.parametrize("argument", ["-1", "x", "9" * 30])
async def test_a_forged_number_is_called_inactive(staff: Talk, flow: str, argument: str) -> None:
    with pytest.raises(Invalid, match="no longer active"):
        await staff.open(flow, argument)


async def test_the_list_goes_page_by_page(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA)
    payin = await place(database, trade)
    for _ in range(18):
        await done(database, paid(payin, "5", "SHIB"))
    seen: list[str] = []
    await staff.open("unapplied")
    while True:
        seen += [label for label in labels(staff.screen) if label.startswith("#")]
        if "Next" not in labels(staff.screen):
            break
        await staff.press("Next")
    assert [label.split()[0] for label in seen] == [f"#{n}:" for n in range(1, 20)]
    await staff.press("#19")
    assert "can only be sent back" in sent(staff.screen)
    assert not leads_to(staff.screen) & {"credit_unapplied", "attach_unapplied"}
