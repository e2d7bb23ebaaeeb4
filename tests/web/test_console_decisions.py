"""What the staff decides in the console, once, about what they were shown."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import trio

from lockbay.areas.admin.cashout_records import CashoutCase, DecideCashout
from lockbay.areas.admin.records import UnappliedPayment
from lockbay.areas.disputes.records import DisputeCase
from lockbay.areas.disputes.split import split
from lockbay.areas.payout import SettleCashout
from lockbay.money import USDT
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from lockbay.web.console import rendering
from lockbay.web.console.decisions import PROBLEMS
from tests.ledger.world import World, payment
from tests.web.consoling import FINANCE, OWNER, SUPPORT, Desk, Things
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things


async def test_a_cashout_is_approved_once_however_often_the_form_is_sent(
    desk: Desk, things: Things, world: World
) -> None:
    browser = await desk.inside(FINANCE)
    page = f"/admin/payouts/{things.cashout}"
    form = {"expected": "awaiting_approval", "decision": "approve", "once": "o" * 22}
    first = await browser.submit(page, page + "/decide", form)
    again = await browser.submit(page, page + "/decide", form)
    assert first.headers["location"] == again.headers["location"] == page + "?done"
    late = await browser.submit(page, page + "/decide", {**form, "once": "p" * 22})
    assert late.headers["location"] == page + "?problem=wrong_state"
    assert PROBLEMS["wrong_state"] in (await browser.get(late.headers["location"])).text
    changed = await browser.submit(page, page + "/decide", {**form, "decision": "decline", "note": "No"})
    assert changed.status_code == 409, "the same form with something else in it"
    others = await (await desk.inside(OWNER)).submit(
        page, page + "/decide", {**form, "decision": "decline", "note": "No"}
    )
    assert others.headers["location"] == page + "?problem=wrong_state", "nobody spoils a form of somebody else"
    case = await world.database.read(CashoutCase, FINANCE, things.cashout)
    assert case is not None
    assert (case.state, case.decided_by) == ("requested", "@the_finance")
    await world.audited()


async def test_of_two_who_decide_at_once_one_does(desk: Desk, things: Things, world: World) -> None:
    ends: list[str] = []

    async def decide(who: int, decision: str) -> None:
        browser = await desk.inside(who)
        page = f"/admin/payouts/{things.cashout}"
        form = {"expected": "awaiting_approval", "decision": decision, "note": "Because", "once": decision[0] * 22}
        ends.append((await browser.submit(page, page + "/decide", form)).headers["location"].partition("?")[2])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(decide, OWNER, "approve")
        nursery.start_soon(decide, FINANCE, "decline")
    assert sorted(ends) == ["done", "problem=wrong_state"]
    await world.audited()


async def test_who_pays_by_hand_claims_it_first(desk: Desk, things: Things, world: World, raw: Connection) -> None:
    assert not isinstance(
        await world.do(DecideCashout(OWNER, things.cashout, "awaiting_approval", "approve", "", "")), Refused
    )
    await raw.execute("UPDATE cashouts SET state = 'waiting'")
    browser, page = await desk.inside(FINANCE), f"/admin/payouts/{things.cashout}"
    assert "Id of the transaction" not in (await browser.get(page)).text
    claimed = await browser.submit(page, page + "/decide", {"expected": "waiting", "decision": "claim"})
    assert claimed.headers["location"].endswith("?done")
    assert "Id of the transaction" in (await browser.get(page)).text
    other = await (await desk.inside(OWNER)).submit(
        page, page + "/decide", {"expected": "waiting", "decision": "refund", "note": "No"}
    )
    assert other.headers["location"].endswith("?problem=claimed")
    paid = await browser.submit(page, page + "/decide", {"expected": "waiting", "decision": "paid", "txid": "0xabc"})
    assert paid.headers["location"].endswith("?done")
    assert "0xabc" in (await browser.get(page)).text
    await world.audited()


async def test_who_is_called_like_who_pays_by_hand_is_not_told_to_pay_it_too(
    desk: Desk, things: Things, raw: Connection
) -> None:
    """Two of finance, both just Sam: what the one has begun to pay, the other would have paid once more."""
    await raw.execute("UPDATE cashouts SET state = 'requested'; UPDATE cashouts SET state = 'waiting'")
    await raw.execute(f"UPDATE users SET first_name = 'Sam', username = NULL WHERE id IN ({FINANCE}, {OWNER})")
    browser, page = await desk.inside(FINANCE), f"/admin/payouts/{things.cashout}"
    await browser.submit(page, page + "/decide", {"expected": "waiting", "decision": "claim"})
    assert 'value="paid"' in (await browser.get(page)).text
    other = (await (await desk.inside(OWNER)).get(page)).text
    assert 'value="paid"' not in other
    assert "Pay exactly" not in other


async def test_who_paid_by_hand_what_went_on_without_them_tells_so(
    desk: Desk, things: Things, world: World, raw: Connection
) -> None:
    await raw.execute("UPDATE cashouts SET state = 'requested'; UPDATE cashouts SET state = 'waiting'")
    browser, page = await desk.inside(FINANCE), f"/admin/payouts/{things.cashout}"
    await browser.submit(page, page + "/decide", {"expected": "waiting", "decision": "claim"})
    [row] = await raw.fetch("SELECT reference FROM cashouts WHERE id = $1", things.cashout)
    await world.done(SettleCashout(row["reference"], "blockbee", "done", None, "0xdef", None, b"{}", "{}"))
    question = "Have you paid it by hand?"
    assert question not in (await (await desk.inside(OWNER)).get(page)).text
    assert question in (await browser.get(page)).text
    paid = await browser.submit(page, page + "/decide", {"expected": "done", "decision": "paid", "txid": "0xabc"})
    assert paid.headers["location"].endswith("?problem=paid_besides")
    after = (await browser.get(paid.headers["location"])).text
    assert PROBLEMS["paid_besides"] in after
    assert "0xabc" in after
    assert question not in after


async def test_an_unapplied_payment_is_credited_after_a_look(desk: Desk, things: Things, world: World) -> None:
    browser, page = await desk.inside(FINANCE), f"/admin/unapplied/{things.unapplied}"
    unknown = (await browser.get(page + "?person=@nobody_at_all")).text
    assert "There is nobody called @nobody_at_all" in unknown
    looked = (await browser.get(f"{page}?person=@person{things.sam}")).text
    assert f"Confirm: credit @person{things.sam}" in looked
    form = {"amount": "7", "receiver": str(things.sam), "note": "Sam showed the receipt"}
    credited = await browser.submit(f"{page}?person=@person{things.sam}", page + "/credit", form)
    assert credited.headers["location"] == page + "?done"
    assert "Sam showed the receipt" in (await browser.get(page)).text
    assert await world.available(things.sam) == 7
    await world.audited()


@pytest.mark.parametrize(
    "amount", ["1e15", "1000000000000000.5", "9.5e-20", "0." + "0" * 39 + "1", "9" * 40 + "." + "9" * 40, "1e99"]
)
async def test_what_the_books_cannot_hold_is_sent_back_by_what_the_page_says(
    desk: Desk, things: Things, world: World, amount: str
) -> None:
    payin = await world.payin(things.ada)
    assert (await world.done(payment(payin, amount, coin="SHIB", network="ERC20"))).outcome == "unapplied"
    browser, page = await desk.inside(FINANCE), f"/admin/unapplied/{things.unapplied + 1}"
    text = (await browser.get(page)).text
    assert "/credit" not in text
    shown = re.search(r'name="amount" value="([^"]+)"', text)
    assert shown
    assert Decimal(shown[1]) == Decimal(amount)
    for other in ("1e30", "1e-30"):
        wrong = await browser.submit(page, page + "/refund", {"amount": other, "note": "Back"})
        assert wrong.headers["location"].endswith("?problem=terms_changed")
    credit = {"amount": shown[1], "receiver": str(things.ada), "note": "Yes"}
    assert (await browser.submit(page, page + "/credit", credit)).headers["location"].endswith("?problem=not_bookable")
    back = await browser.submit(page, page + "/refund", {"amount": shown[1], "note": "Sent back by hand"})
    assert back.headers["location"] == page + "?done"
    assert "Sent back by hand" in (await browser.get(page)).text
    await world.audited()


async def test_an_unapplied_payment_is_given_to_a_trade(
    desk: Desk, things: Things, world: World, raw: Connection
) -> None:
    browser, page = await desk.inside(FINANCE), f"/admin/unapplied/{things.unapplied}"
    [row] = await raw.fetch("SELECT slug FROM trades WHERE id = $1", things.payable)
    looked = (await browser.get(f"{page}?trade={row['slug'].lower()}")).text
    worth = re.search(r'name="worth" value="([^"]+)"', looked)
    assert worth
    form = {"amount": "7", "trade_id": str(things.payable), "worth": worth[1], "note": "It was meant for this"}
    given = await browser.submit(page, page + "/attach", form)
    assert given.headers["location"] == page + "?done"
    ended = await world.database.read(UnappliedPayment, FINANCE, things.unapplied)
    assert ended is not None
    assert ended.ending is not None
    assert (ended.ending.how, ended.ending.slug) == ("attached", row["slug"])
    await world.audited()


async def test_a_dispute_is_taken_and_decided_with_the_sums_that_were_shown(
    desk: Desk, things: Things, world: World
) -> None:
    browser, page = await desk.inside(SUPPORT), f"/admin/disputes/{things.disputed}"
    taken = await browser.submit(page, page + "/take", {"expected": "0"})
    assert taken.headers["location"] == page + "?done"
    case = await world.database.read(DisputeCase, SUPPORT, things.disputed)
    assert case is not None
    assert case.assigned == "@the_support"
    shown = split(case.held, case.payout, 30, USDT)
    looked = (await browser.get(page + "?percent=30")).text
    assert f'name="seller_gets" value="{shown.seller_gets}"' in looked
    form = {name: str(value) for name, value in (
        ("percent", 30), ("held", case.held), ("buyer_gets", shown.buyer_gets), ("seller_gets", shown.seller_gets),
        ("fee", shown.fee), ("why", "Half of it was there"))}  # fmt: skip
    wrong = await browser.submit(page + "?percent=30", page + "/resolve", {**form, "fee": "0"})
    assert wrong.headers["location"] == page + "?problem=terms_changed"
    assert (await browser.submit(page + "?percent=30", page + "/resolve", form)).headers["location"] == page + "?done"
    assert "Half of it was there" in (await browser.get(page)).text
    trade = (await browser.get(f"/admin/trades/{things.disputed}")).text
    for label, amount in (
        ("Seller got", shown.seller_gets), ("Buyer got back", shown.buyer_gets), ("Fee earned", shown.fee)
    ):  # fmt: skip
        assert f"<dt>{label}</dt><dd>{rendering.amount(amount, 'USDT')}" in trade
    assert "Seller gets" not in trade
    await world.audited()


@pytest.mark.parametrize("typed", ["101", "999", "-1", "4.5", "half", "%D9%A3"])
async def test_a_part_that_is_none_is_said_to_be_none(desk: Desk, things: Things, typed: str) -> None:
    page = f"/admin/disputes/{things.disputed}"
    shown = (await (await desk.inside(SUPPORT)).get(f"{page}?percent={typed}")).text
    assert "must be a whole number from 0 to 100" in shown
    assert '<details class="decision" open><summary>Decide it' in shown
    assert "Confirm: decide it for good" not in shown


async def test_letters_and_notices_are_tried_again(desk: Desk, things: Things, raw: Connection) -> None:
    browser = await desk.inside(SUPPORT)
    retried = await browser.submit("/admin/letters", f"/admin/letters/{things.letter}/retry", {})
    told = await browser.submit("/admin/letters", f"/admin/notices/{things.notice}/retry", {})
    assert retried.headers["location"] == told.headers["location"] == "/admin/letters?done"
    assert [row["update_id"] for row in await raw.fetch("SELECT update_id FROM inbox")] == [things.letter]
    assert (await raw.fetch("SELECT sent_by FROM outbox WHERE id = $1", things.notice))[0]["sent_by"] is None
