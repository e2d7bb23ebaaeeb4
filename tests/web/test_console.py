"""What the console shows to whom, and what it decides: every path, every role."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from lockbay.areas.admin.cashout_records import CashoutCase, DecideCashout
from lockbay.areas.admin.records import CreditUnapplied, UnappliedPayment
from lockbay.areas.disputes.records import DisputeCase
from lockbay.areas.disputes.split import split
from lockbay.areas.payout import SettleCashout
from lockbay.areas.support.records import CloseTicket
from lockbay.audit import Difference, Report
from lockbay.errors import DatabaseUnavailable
from lockbay.money import USDT
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.console import rendering
from lockbay.web.console.console import RUN_AUDIT
from lockbay.web.console.decisions import DECISIONS, PROBLEMS
from lockbay.web.console.ledger_records import Audits
from lockbay.web.console.pages import PAGES
from lockbay.web.console.rendering import PLACES
from tests.areas.disputing import decision
from tests.areas.test_names_are_isolated import NAME, TURNS
from tests.areas.test_permissions import MAY
from tests.areas.test_permissions import PAGES as PERMITTED
from tests.clock import MovedClock
from tests.ledger.world import World, payment
from tests.web.consoling import EVIL, FINANCE, OWNER, ROLES, SUPPORT, Desk, Things, furnish, hire, open_desk
from tests.web.links import unlinked

# Who finds a page. A page without an entry fails the test below.
SEEN_BY: Mapping[str, frozenset[str]] = {path: MAY[power] - {"nobody"} for path, power in PERMITTED.items()}
# Who decides by which form, and a form that only their role lets through or not.
DECIDED_BY: Mapping[str, tuple[set[str], Mapping[str, str]]] = {
    "/admin/payouts/{cashout_id}/decide": (
        {"finance", "owner"},
        {"expected": "awaiting_approval", "decision": "decline", "note": "No", "txid": ""},
    ),
    "/admin/unapplied/{unapplied_id}/credit": ({"finance", "owner"}, {"amount": "7", "receiver": "1", "note": "Yes"}),
    "/admin/unapplied/{unapplied_id}/refund": ({"finance", "owner"}, {"amount": "7", "note": "Yes"}),
    "/admin/unapplied/{unapplied_id}/attach": (
        {"finance", "owner"},
        {"amount": "7", "trade_id": "1", "worth": "7", "note": "Yes"},
    ),
    "/admin/alarms/{alarm_id}/end": ({"finance", "owner"}, {"note": "Yes"}),
    "/admin/disputes/{trade_id}/take": ({"support", "owner"}, {"expected": "0"}),
    "/admin/disputes/{trade_id}/resolve": (
        {"support", "owner"},
        {"percent": "0", "held": "1", "buyer_gets": "1", "seller_gets": "0", "fee": "0", "why": "Yes"},
    ),
    "/admin/letters/{update_id}/retry": ({"support", "owner"}, {}),
    "/admin/letters/{update_id}/discard": ({"support", "owner"}, {"note": "Yes"}),
    "/admin/notices/{notice_id}/retry": ({"support", "owner"}, {}),
    RUN_AUDIT: ({"finance", "owner"}, {}),
}


@pytest.fixture
async def things(raw: Connection, world: World) -> Things:
    await hire(raw, world.database)
    return await furnish(raw, world)


@pytest.fixture
async def desk(database: Database, things: Things) -> AsyncIterator[Desk]:
    async with open_desk(database) as desk:
        yield desk


def test_every_page_and_every_decision_says_whose_it_is() -> None:
    assert {page.path for page in PAGES} == SEEN_BY.keys()
    assert {*(each.path for each in DECISIONS), RUN_AUDIT} == DECIDED_BY.keys()


def test_the_navigation_leads_where_the_role_finds_something() -> None:
    assert {place.path: set(place.roles) for place in PLACES} == {
        path: SEEN_BY[path] for path in SEEN_BY if "{" not in path and path != "/admin/live"
    }


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_finds_its_pages_and_nothing_else(desk: Desk, things: Things, role: str) -> None:
    browser = await desk.inside(ROLES[role])
    found = {path: (await browser.get(path.format(**things.ids))).status_code for path in SEEN_BY}
    assert found == {path: 200 if role in roles else 404 for path, roles in SEEN_BY.items()}


async def test_who_is_not_in_finds_nothing(desk: Desk, things: Things) -> None:
    nobody = desk.browser()
    pages = {path: (await nobody.get(path.format(**things.ids))).status_code for path in SEEN_BY}
    assert set(pages.values()) == {401}
    forms = {path: (await nobody.post(path.format(**things.ids), form)).status_code
             for path, (_, form) in DECIDED_BY.items()}  # fmt: skip
    assert set(forms.values()) == {401}


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_decides_what_is_its_and_nothing_else(
    desk: Desk, things: Things, raw: Connection, role: str
) -> None:
    browser = await desk.inside(ROLES[role])
    refused = {}
    for path, (_, form) in DECIDED_BY.items():
        answer = await browser.submit("/admin/trades", path.format(**things.ids), {"once": path_key(path), **form})
        assert answer.status_code == 303, (path, answer.text)
        refused[path] = answer.headers["location"].endswith("?problem=not_staff")
    assert refused == {path: role not in roles for path, (roles, _) in DECIDED_BY.items()}


def path_key(path: str) -> str:
    return re.sub(r"\W", "", path)[-22:].rjust(22, "x")


@pytest.mark.parametrize(
    "path",
    ["/admin/", "/admin/nothing", "/admin/trades/0", "/admin/trades/x", "/admin/trades/" + "9" * 40, "/admin/users/999",
     "/admin/trades?before=x", "/admin/trades?before=-1", "/admin/trades?state=odd", "/admin/payouts?state=done",
     "/admin/ledger/999999", "/admin/transfers/999999", "/admin/disputes/999", "/adminx"],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    assert (await (await desk.inside(OWNER)).get(path)).status_code == 404


async def test_what_people_wrote_is_text(desk: Desk, things: Things) -> None:
    browser = await desk.inside(OWNER)
    for path in SEEN_BY:
        page = (await browser.get(path.format(**things.ids))).text
        assert EVIL not in page, path
    person = (await browser.get(f"/admin/users/{things.ada}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in person
    searched = await browser.get("/admin/trades?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&state=paid")
    assert "<script>alert" not in searched.text
    assert "&#34;&gt;&lt;script&gt;" in searched.text


async def test_whatever_a_page_names_it_leads_to(
    desk: Desk, things: Things, raw: Connection, world: World, clock: MovedClock
) -> None:
    await world.payin(things.sam)
    await raw.fetch(
        "INSERT INTO reconciliations (payin_id, provider, currency, told, ours, at)"
        " SELECT max(id), 'blockbee', 'USDT', 2, 1, $1 FROM payins", clock.now(),
    )  # fmt: skip
    browser = await desk.inside(OWNER)
    await raw.fetch("UPDATE users SET username = 'ada_has_a_name' WHERE id = $1", things.ada)
    found, names = dict[str, list[str]](), (f"@person{things.sam}", "@ada_has_a_name")
    for path in sorted({path.format(**things.ids) for path in SEEN_BY} | {f"/admin/users/{things.sam}"}):
        found[path] = unlinked((await browser.get(path)).text, *names)
    assert {path: those for path, those in found.items() if those} == {}
    await world.done(CreditUnapplied(OWNER, things.unapplied, Decimal(7), things.sam, "theirs"))
    assert unlinked((await browser.get(f"/admin/unapplied/{things.unapplied}")).text, *names) == []


async def test_a_name_turns_nothing_around_on_any_page(
    desk: Desk, things: Things, raw: Connection, world: World
) -> None:
    """Who has no @username is called what they call themselves, beside amounts and in what is to be confirmed."""
    browser = await desk.inside(OWNER)
    await raw.fetch("UPDATE users SET first_name = $1, username = NULL", NAME)
    await raw.fetch(
        "UPDATE cashouts SET bank_name = $1, account_name = $1, problem = $1, decided_by = $2, decided_at = now()",
        NAME, OWNER,
    )  # fmt: skip
    await raw.execute(f"UPDATE disputes SET assigned_to = {OWNER}, assigned_at = now()")
    await raw.execute(f"UPDATE tickets SET assigned_to = {OWNER}")
    looks = {f"/admin/unapplied/{things.unapplied}?person={things.ada}", f"/admin/users?q={things.ada}"}
    for path in looks | {path.format(**things.ids) for path in SEEN_BY}:
        page = (await browser.get(path)).text
        assert "anA" in page or path == "/admin/live", path  # at least who looks
        assert not TURNS.search(page.replace("\u2068anA\u2069", "")), path
    await world.done(await decision(world, OWNER, things.disputed, 40))
    await world.done(CloseTicket(OWNER, things.ticket))
    for path in (f"/admin/disputes/{things.disputed}", f"/admin/tickets/{things.ticket}"):
        page = (await browser.get(path)).text
        assert not TURNS.search(page.replace("\u2068anA\u2069", "")), path


@pytest.mark.parametrize("role", ["support", "finance"])
async def test_what_two_people_wrote_is_for_who_decides_disputes(desk: Desk, things: Things, role: str) -> None:
    browser = await desk.inside(ROLES[role])
    disputed = (await browser.get(f"/admin/trades/{things.disputed}")).text
    assert ("The parcel came, and it was empty." in disputed) == (role == "support")


async def test_the_dashboard_says_what_is_and_renews_itself(desk: Desk) -> None:
    browser = await desk.inside(OWNER)
    page, part = (await browser.get("/admin")).text, (await browser.get("/admin/live")).text
    for text in (page, part):
        assert "unapplied payment" in text
        assert text.count("<svg") == 8
    assert 'data-live="/admin/live"' in page
    assert "<html" not in part


TILE = re.compile(r'<a class="tile( alarm)?" href="([^"]+)"><b>([^<]+)</b><span>([^<]+)</span></a>')


@pytest.mark.parametrize(
    ("role", "waits"),
    [
        ("support", {"/admin/disputes": "1", "/admin/tickets": "1"}),
        ("finance", {"/admin/payouts": "1", "/admin/unapplied": "1", "/admin/corrections": "1"}),
    ],
)
async def test_the_dashboard_says_what_waits_for_who_looks(
    desk: Desk, things: Things, role: str, waits: dict[str, str]
) -> None:
    shown = (await (await desk.inside(ROLES[role])).get("/admin")).text
    tiles = TILE.findall(shown)
    assert shown.count("</b><span>") == len(tiles), "each tile leads to what it counts"
    assert {path: count for alarm, path, count, _ in tiles if alarm and path != "/admin/letters"} == waits


async def test_the_dashboard_says_that_the_house_is_closed(desk: Desk, raw: Connection) -> None:
    browser = await desk.inside(SUPPORT)
    assert "is closed" not in (await browser.get("/admin")).text
    await raw.execute("UPDATE house SET maintenance = 'Back at 7', maintenance_since = now()")
    for path in ("/admin", "/admin/live"):
        shown = (await browser.get(path)).text
        assert "LockBay is closed" in shown
        assert "Back at 7" in shown


async def test_every_page_says_whose_time_its_times_are(desk: Desk, things: Things) -> None:
    browser = await desk.inside(OWNER)
    for path in ("/admin", f"/admin/trades/{things.trade}", "/admin/log"):
        assert "Times are UTC." in (await browser.get(path)).text


async def test_trades_are_found_by_code_by_person_and_by_state(desk: Desk, things: Things, raw: Connection) -> None:
    browser = await desk.inside(SUPPORT)
    [row] = await raw.fetch("SELECT slug FROM trades WHERE id = $1", things.trade)
    all_of_them = {"accepted", "disputed", "cancelled", "awaiting_payment"}

    async def states(query: str) -> set[str]:
        page = (await browser.get(f"/admin/trades{query}")).text
        rows = page.partition("<tbody>")[2]
        return {state for state in all_of_them if f">{state.replace('_', ' ')}</span>" in rows}

    assert await states("") == all_of_them
    assert await states(f"?q={row['slug']}") == {"accepted"}
    assert await states(f"?q={row['slug'].removeprefix('T-').lower()}") == {"accepted"}
    assert await states(f"?q={things.ada}") == all_of_them
    assert await states(f"?q=@person{things.sam}") == all_of_them
    assert await states(f"?q={things.ada}&state=disputed") == {"disputed"}
    assert await states("?state=cancelled") == {"cancelled"}
    assert await states("?q=@nobody_at_all") == set()


async def test_people_are_found(desk: Desk, things: Things, raw: Connection) -> None:
    await raw.execute(f"UPDATE users SET email = 'Sam@example.com', email_verified_at = now() WHERE id = {things.sam}")
    browser = await desk.inside(SUPPORT)
    for query in (f"@person{things.sam}", f"PERSON{things.sam}", str(things.sam), "sam@EXAMPLE.com"):
        page = (await browser.get(f"/admin/users?q={query}")).text
        assert f'href="/admin/users/{things.sam}"' in page, query
        assert f'href="/admin/users/{things.ada}"' not in page, query
    assert "Nobody fits." in (await browser.get("/admin/users?q=nobody_at_all")).text


async def test_every_row_is_on_one_page(desk: Desk, world: World) -> None:
    people = {await world.meet() for _ in range(60)}
    browser = await desk.inside(OWNER)
    path, seen = "/admin/users?before=0", []
    while path:
        page = (await browser.get(path)).text
        seen += re.findall(r'<td><a href="/admin/users/(\d+)"', page)
        more = re.search(r'class="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == len(set(seen))
    assert people <= set(map(int, seen))


@pytest.mark.parametrize("house", [True, False])
async def test_every_posting_of_an_account_is_on_one_page(
    desk: Desk, world: World, raw: Connection, things: Things, house: bool
) -> None:
    for _ in range(60):
        await world.fund(things.sam, Decimal(1))
    owner, kind = (0, "clearing:blockbee") if house else (things.sam, "available")
    [account] = await raw.fetch(
        "SELECT id FROM accounts WHERE owner = $1 AND kind = $2 AND currency = 'USDT'", owner, kind
    )
    wanted = await raw.fetch("SELECT transfer_id FROM postings WHERE account_id = $1", account["id"])
    browser = await desk.inside(FINANCE)
    path, seen = f"/admin/ledger/{account['id']}", []
    while path:
        page = (await browser.get(path)).text
        seen += re.findall(r'<td><a href="/admin/transfers/(\d+)"', page)
        more = re.search(r'class="next" href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert sorted(map(int, seen)) == sorted(row["transfer_id"] for row in wanted)


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


async def test_the_audit_is_run_and_its_result_stays(desk: Desk, database: Database) -> None:
    browser = await desk.inside(FINANCE)
    begun = await browser.submit("/admin/audit", RUN_AUDIT, {})
    assert begun.headers["location"] == "/admin/audit?done"
    with trio.fail_after(10):
        while (await read_audits(database)).is_running:
            await trio.testing.wait_all_tasks_blocked(0.01)
    shown = (await browser.get("/admin/audit")).text
    assert "The books are right." in shown
    for column in ("Came in", "Opening", "Promotions", "People", "Held", "Fees", "Exchange", "Went out", "Corrections"):
        assert f'<th class="number">{column}</th>' in shown, "what came in is the sum of the others"


async def read_audits(database: Database) -> Audits:
    audits = await database.read(Audits, FINANCE)
    assert audits is not None
    return audits


async def test_one_audit_runs_at_a_time_and_a_dead_one_is_replaced(
    database: Database, things: Things, clock: MovedClock
) -> None:
    go, runs = trio.Event(), 0

    async def prove() -> Report:
        nonlocal runs
        runs += 1
        await go.wait()
        return Report((Difference("balance", "account 1", "1", "2"),), (), 1, 2, 3, 0)

    async with open_desk(database, prove=prove) as desk:
        browser = await desk.inside(FINANCE)
        assert (await browser.submit("/admin/audit", RUN_AUDIT, {"once": "o" * 22})).headers["location"][-4:] == "done"
        same = await browser.submit("/admin/audit", RUN_AUDIT, {"once": "o" * 22})
        other = await (await desk.inside(OWNER)).submit("/admin/audit", RUN_AUDIT, {})
        assert same.headers["location"] == "/admin/audit?done"
        assert other.headers["location"] == "/admin/audit?problem=already_running"
        assert "It is running" in (await browser.get("/admin/audit")).text
        assert runs == 1
        go.set()
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
        assert '<a href="/admin/ledger/1">account 1</a>' in (await browser.get("/admin/audit")).text
        assert "1 differences" in (await browser.get("/admin/audit")).text
        go = trio.Event()
        await browser.submit("/admin/audit", RUN_AUDIT, {})
    async with open_desk(database) as desk:  # the run of before died with its process
        clock.advance(timedelta(minutes=16))
        browser = await desk.inside(FINANCE)
        assert (await browser.submit("/admin/audit", RUN_AUDIT, {})).headers["location"] == "/admin/audit?done"
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
    assert [run.problem for run in (await read_audits(database)).runs] == [None, "stopped", None]


async def test_an_audit_that_cannot_be_made_says_so(database: Database, things: Things) -> None:
    async def prove() -> Report:
        raise DatabaseUnavailable

    async with open_desk(database, prove=prove) as desk:
        browser = await desk.inside(FINANCE)
        await browser.submit("/admin/audit", RUN_AUDIT, {})
        with trio.fail_after(10):
            while (await read_audits(database)).is_running:
                await trio.testing.wait_all_tasks_blocked(0.01)
        assert "DatabaseUnavailable" in (await browser.get("/admin/audit")).text
