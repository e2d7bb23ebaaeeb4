"""What the console shows to whom: every path, every role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pytest

from lockbay.areas.admin.records import CreditUnapplied
from lockbay.areas.support.records import CloseTicket
from lockbay.postgres.bridge import Connection
from lockbay.web.console.console import RUN_AUDIT
from lockbay.web.console.decisions import DECISIONS
from lockbay.web.console.pages import PAGES
from lockbay.web.console.rendering import PLACES
from tests.areas.disputing import decision
from tests.areas.powers import MAY
from tests.areas.powers import PAGES as PERMITTED
from tests.areas.test_names_are_isolated import NAME, TURNS
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.web.consoling import EVIL, FINANCE, OWNER, ROLES, SUPPORT, Desk, Things
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things
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
    await raw.execute("ALTER TABLE cashouts DISABLE TRIGGER stays")
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
