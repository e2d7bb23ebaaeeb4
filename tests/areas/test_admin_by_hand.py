"""Who pays a cash-out by hand in the chat while its provider goes on, killed and replayed at every answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lockbay import plan
from lockbay.actors.words import words
from lockbay.areas import admin
from lockbay.areas.admin.cashout_news import StaffCashout
from lockbay.areas.payout import State, Told
from lockbay.audit import audit
from lockbay.postgres.database import Database
from tests.areas.deciding import PLAN, settled, staff, state, told_to, under_way
from tests.areas.people import ANA, BEN, CLEO
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.talk import Talk
from tests.test_french import check

__all__ = ["staff"]


async def test_what_its_provider_paid_meanwhile_is_told_and_a_second_payment_is_written_down_beside_it(
    staff: Talk, database: Database
) -> None:
    cashout = await under_way(database, "unknown")
    await staff.open("payout", str(cashout.id))
    await staff.press("Paid by hand")
    await settled(database, cashout, "done", "tx-of-provider")
    for member in (CLEO, BEN):
        kind, told = (await told_to(database, member))[-1]
        assert kind == "payout_claimed"
        assert "blockbee answers about cash-out C-" in sent(told)
        assert "which @cleo is paying by hand" in sent(told)
        assert "It has paid it. Do not pay it any more." in sent(told)
        assert "decide_payout" not in leads_to(told)
    text = sent(await staff.say("tx-by-hand"))
    assert "Do not pay it any more: it went on without you. State: done." in text
    assert "Your payment is written down beside that" in text
    text = sent(await staff.press("Confirm"))
    assert "the money may have left twice" in text
    assert "manual: done tx-by-hand" in text
    assert await state(database, cashout) == ("done", "tx-of-provider")
    kind, told = (await told_to(database, BEN))[-1]
    assert kind == "cashout_strange"
    assert "somebody of the staff has paid it by hand" in sent(told)
    assert [each.kind for each in (await audit(database)).differences] == ["cashout_told"]
    assert "🧾 Paid by hand" not in labels(await staff.open("payout", str(cashout.id)))


async def test_who_left_the_question_tells_of_the_payment_from_the_page(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    """Of one that they have seen in the provider's dashboard: it is no second one."""
    cashout = await under_way(database, "unknown")
    await staff.open("decide_payout", str(cashout.id), "paid", "unknown")
    await settled(database, cashout, "done", "tx-of-provider")
    staff.screens.append((await told_to(database, CLEO))[-1][1])
    await staff.press("Look at it")
    text = sent(await staff.press("Paid by hand"))
    assert "Do not pay it any more: it went on without you. State: done." in text
    assert "Have you paid it all the same?" in text
    assert "Pay exactly that now" not in text
    await staff.say("tx-of-provider")
    assert "Written down as paid by hand" in sent(await staff.press("Confirm"))
    assert (await audit(database)).passed
    colleague = await Talk(PLAN, database, clock, BEN).open("decide_payout", str(cashout.id), "paid", "unknown")
    assert "It has moved on meanwhile" in sent(colleague)
    assert "🧾 Paid by hand" not in labels(colleague)


async def test_what_has_moved_on_since_the_button_was_shown_is_not_claimed(staff: Talk, database: Database) -> None:
    """It may have been paid meanwhile, which the button did not say."""
    cashout = await under_way(database, "unknown")
    for seen in (("waiting",), ()):  # nor by a button of an older LockBay
        assert "It has moved on meanwhile" in sent(await staff.open("decide_payout", str(cashout.id), "paid", *seen))
        assert staff.is_over
    await staff.press("Paid by hand")
    assert "the money would leave twice" in sent(staff.screen)


async def test_what_failed_meanwhile_waits_and_is_written_down_as_paid(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await staff.open("decide_payout", str(cashout.id), "paid", "unknown")
    await settled(database, cashout, "failed")
    kind, told = (await told_to(database, CLEO))[-1]
    assert kind == "payout_claimed"
    assert "It does not go back by itself" in sent(told)
    assert {"🧾 Paid by hand", "↩️ Refund"} <= set(labels(told))
    await staff.say("tx-by-hand")
    assert "Written down as paid by hand" in sent(await staff.press("Confirm"))
    assert await state(database, cashout) == ("done", "tx-by-hand")
    assert await World(database).money(ANA) == (950, 0)
    assert (await audit(database)).passed


@pytest.mark.parametrize(
    ("told", "state", "says"),
    [("done", "done", "payé"), ("sent", "sent", "en route"), ("failed", "refunded", "de retour"),
     ("failed", "waiting", "remboursez-le"), ("failed", "unknown", "remboursez-le")],
)  # fmt: skip
@pytest.mark.parametrize("by", ["blockbee", "manual"])
def test_whatever_was_answered_is_said_in_french_too(told: Told, state: State, says: str, by: str) -> None:
    news = StaffCashout(
        1, "C-ABCDEFG", ANA, "<b>&" * 40, state, "USDT", "TRC20", Decimal(10), Decimal(9), None, "T-", "", "",
        "blockbee", None, None, told, by, claimed_by="@cleo",
    )  # fmt: skip
    assert says in sent(check(plan.notices("bot", b"secret")["payout_claimed"].draw(words("fr", "UTC"), news)))
    check(admin.NOTICES["cashout_strange"].draw(words("fr", "UTC"), news))
