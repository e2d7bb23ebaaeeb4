"""Disputes, taken and decided by the staff; on the real database, killed and replayed at every answer."""

from __future__ import annotations

import pytest

from lockbay.actors.parse import Pressed
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.disputes.records import DisputeCase
from lockbay.audit import audit
from lockbay.postgres.database import Database
from tests.areas.disputing import STORY
from tests.areas.people import ANA, BEN, CLEO, onboarded
from tests.areas.quarrel import PLAN, disputed, told
from tests.areas.quarrel import trade_id as trade_id
from tests.areas.sendable import labels, leads_to, sent
from tests.talk import Talking, talks

talking = talks(PLAN)
OLU = 10_000_000_004


async def test_the_staff_finds_it_takes_it_and_reads_both_histories(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("admin")
    await cleo.press("Disputes (1)")
    for said in (
        "wait for a decision: 1",
        "105 USDT",
        "The buyer: it is not as described",
        "@ana ↔ @ben",
        "nobody has it",
    ):
        assert said in sent(cleo.screen)
    await cleo.press("T-")
    for said in (STORY, "Held: 105 USDT", "A release pays the seller: 100 USDT",
                 "Marked as delivered: 22 Nov, 12:00 UTC", "Buyer: @ana (10000000001)", "Seller: @ben",
                 "No ratings yet", "Disputed trades: 1",
                 "Nobody has it yet"):  # fmt: skip
        assert said in sent(cleo.screen)
    await cleo.press("Take it")
    assert "It is yours" in sent(cleo.screen)
    assert "Take it" not in "".join(labels(cleo.screen))
    await cleo.press("Chat (1 new)")
    assert "chat of buyer, seller and LockBay" in sent(cleo.screen)
    await cleo.say("Ben, what do you say?")
    assert "Sent to both sides" in sent(cleo.screen)
    for person in (ANA, BEN):
        [heard] = await told(database, person, "dispute_message")
        assert "LockBay writes:\nBen, what do you say?" in sent(heard)
        assert "cleo" not in sent(heard).casefold()
    ben = talking(BEN)
    ben.screens.append(heard)
    await ben.press("Reply")
    assert "🆕 LockBay · 22 Nov, 12:00 UTC" in sent(ben.screen)
    await ben.say("It was not empty.")
    assert "Sent to @ana and LockBay" in sent(ben.screen)
    [heard] = await told(database, CLEO, "dispute_said")
    assert "@ben, the seller, writes:\nIt was not empty." in sent(heard)
    cleo.screens.append(heard)
    await cleo.press("Open the dispute")
    assert "💬 Chat (1 new)" in labels(cleo.screen)


@pytest.mark.parametrize(
    ("button", "percent", "title", "sums", "ending"),
    [
        ("Refund the buyer", None, "Refund T-", ("105 USDT", "0 USDT", "0 USDT"), "the buyer has everything back"),
        ("Release to the seller", None, "Release T-", ("0 USDT", "100 USDT", "5 USDT"), "the seller has the money"),
        ("Split", "33 %", "33% to the seller?", ("70.35 USDT", "33 USDT", "1.65 USDT"), "the seller has 33%"),
        ("Split", "75%", "75% to the seller?", ("26.25 USDT", "75 USDT", "3.75 USDT"), "the seller has 75%"),
    ],
)
async def test_a_decision_is_shown_in_exact_sums_before_it_is_made(
    database: Database, talking: Talking, trade_id: str, button: str, percent: str | None, title: str,
    sums: tuple[str, str, str], ending: str,
) -> None:  # fmt: skip
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("dispute", trade_id)
    await cleo.press(button)
    if percent is not None:
        assert "50%: buyer 52.5 USDT, seller 50 USDT, fee 2.5 USDT" in sent(cleo.screen)
        for wrong in ("0", "100", "1.5", "many"):
            assert "whole number from 1 to 99" in sent(await cleo.say(wrong))
        await (cleo.press(percent) if percent.startswith("75") else cleo.say(percent))
    shown = (
        f"The buyer gets back (@ana): {sums[0]}", f"The seller gets (@ben): {sums[1]}", f"Our fee: {sums[2]}"
    )  # fmt: skip
    assert all(each in sent(cleo.screen) for each in shown)
    await cleo.say("The <photos> show it.")
    assert title in sent(cleo.screen)
    assert all(each in sent(cleo.screen) for each in shown)
    await cleo.press("Confirm")
    assert ending in sent(cleo.screen)
    ended = (f"The buyer got back: {sums[0]}", f"The seller got: {sums[1]}", f"Our fee: {sums[2]}")
    assert all(each in sent(cleo.screen).splitlines() for each in ("Was held: 105 USDT", *ended))
    assert "A release pays" not in sent(cleo.screen)
    assert "The <photos> show it." in sent(cleo.screen)
    assert leads_to(cleo.screen) == {"trade_chat", "disputes", "menu"}
    for person, gets in ((ANA, sums[0]), (BEN, sums[1])):
        [heard] = await told(database, person, "dispute_resolved")
        assert "is resolved" in sent(heard)
        assert ("You get nothing" if gets == "0 USDT" else f"You get {gets}; it is in your wallet now.") in sent(heard)
        assert "The <photos> show it." in sent(heard)
        assert "⭐ Rate" in labels(heard)
        page = sent(await talking(person).open("trade", trade_id))
        assert "dispute resolved" in page
        assert f"The seller got: {sums[1]}" in page
        assert "LockBay decided that. The reason: The <photos> show it." in page
    assert (await audit(database)).passed
    await cleo.open("disputes")
    assert "There is none here" in sent(cleo.screen)
    await cleo.press("Those that have ended")
    assert "🏁" in sent(cleo.screen)


async def test_what_was_decided_by_another_meanwhile_is_shown_and_not_done_again(
    database: Database, talking: Talking, trade_id: str
) -> None:
    await onboarded(database, OLU, "Olu", "olu")
    await database.run(SaveStaff([CLEO, OLU]))
    await disputed(talking(ANA), trade_id)
    one, two = talking(CLEO), talking(OLU)
    for each, button in ((one, "Refund"), (two, "Release")):
        await each.open("dispute", trade_id)
        await each.press(button)
        await each.say("Because")
    await one.press("Confirm")
    await two.press("Confirm")
    assert "It has ended already, so nothing was done" in sent(two.screen)
    assert "Refunded, @cleo" in sent(two.screen)
    await two.open("resolve_dispute", trade_id, "release")
    assert "It has ended already" in sent(two.screen)


async def test_a_forged_confirmation_decides_nothing(database: Database, talking: Talking, trade_id: str) -> None:
    await disputed(talking(ANA), trade_id)
    cleo = talking(CLEO)
    await cleo.open("resolve_dispute", trade_id, "refund")
    await cleo.say("Because")
    for forged in ("100/105", "0/x", "confirm", "0/105/1", "0/", "00000/105"):
        assert "press one of the buttons" in sent(await cleo.reply(Pressed(forged)))
    await cleo.reply(Pressed("0/50"))
    assert "What is held has changed" in sent(cleo.screen)
    page = await database.read(DisputeCase, CLEO, int(trade_id))
    assert page is not None
    assert page.how is None


@pytest.mark.parametrize(
    ("flow", "args"),
    [("disputes", ()), ("dispute", ("1",)), ("take_dispute", ("1", "0")), ("resolve_dispute", ("1", "refund"))],
)
async def test_who_is_not_of_support_gets_the_menu(
    database: Database, talking: Talking, trade_id: str, flow: str, args: tuple[str, ...]
) -> None:
    await disputed(talking(ANA), trade_id)
    own = tuple(trade_id if each == "1" else each for each in args)
    assert sent(await talking(ANA).open(flow, *own)) == sent(await talking(ANA).open("menu"))
