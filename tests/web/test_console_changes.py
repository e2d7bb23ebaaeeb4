"""Tickets, and what the staff changes by hand, in the console: who, what, when and why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from markupsafe import escape

from lockbay.areas.admin.correction_records import CorrectionCase, DecideCorrection
from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.terms_records import SetTerm
from lockbay.areas.support.records import AnswerTicket, AskSupport, CloseTicket
from lockbay.postgres.bridge import Connection
from lockbay.web.console.ticket_records import TicketFile, Tickets
from tests.clock import MovedClock
from tests.ledger.world import World
from tests.web.consoling import EVIL, FINANCE, OWNER, SUPPORT, Desk, Things
from tests.web.consoling import desk as desk
from tests.web.consoling import things as things


async def test_a_ticket_is_read_with_both_sides_of_it_and_who_took_it(desk: Desk, things: Things, world: World) -> None:
    browser, path = await desk.inside(SUPPORT), f"/admin/tickets/{things.ticket}"
    assert "waits for an answer" in (await browser.get(path)).text
    await world.done(AnswerTicket(SUPPORT, things.ticket, "text", "Where did you pay?", ""))
    page = (await browser.get(path)).text
    assert page.index(str(escape(EVIL))) < page.index("Where did you pay?"), "as it was written"
    assert "<b>@the_support</b> LockBay" in page
    assert ">answered<" in page
    assert "gave or took a ticket" in page
    assert path in (await browser.get("/admin/tickets")).text
    await world.done(CloseTicket(SUPPORT, things.ticket))
    assert path not in (await browser.get("/admin/tickets")).text
    assert path in (await browser.get("/admin/tickets?closed=1")).text
    assert "by @the_support" in (await browser.get(path)).text
    assert path in (await (await desk.inside(OWNER)).get("/admin/log")).text


async def test_a_long_ticket_is_read_page_by_page_each_message_once(
    things: Things, world: World, raw: Connection
) -> None:
    await raw.fetch(
        "INSERT INTO ticket_messages (ticket_id, n, author_id, role, kind, text, file_id, at) "
        "SELECT $1::bigint, n, $2::bigint, 'user', 'text', 'No. ' || n, '', now() FROM generate_series(2, 120) n",
        things.ticket, things.ada,
    )  # fmt: skip
    seen: list[int] = []
    before: int | None = 0
    while before is not None:
        page = await world.database.read(TicketFile, SUPPORT, things.ticket, before)
        assert page is not None
        seen = [each.n for each in page.messages] + seen
        before = page.next
    assert seen == list(range(1, 121))


@pytest.mark.parametrize("closed", [0, 1])
async def test_tickets_are_listed_page_by_page_each_once(things: Things, world: World, closed: int) -> None:
    people = [await world.person() for _ in range(55)]
    made = [things.ticket, *[(await world.done(AskSupport(each, "text", "Help", ""))).ticket_id for each in people]]
    if closed:
        for ticket in made:
            await world.done(CloseTicket(SUPPORT, ticket))
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = await world.database.read(Tickets, SUPPORT, closed, after)
        assert page is not None
        assert (page.open, page.waiting) == ((0, 0) if closed else (56, 56))
        seen += [each.id for each in page.tickets]
        after = page.next
    assert seen == sorted(made, reverse=bool(closed))


async def test_a_correction_says_who_proposed_it_who_decided_and_what_was_posted(
    desk: Desk, things: Things, world: World
) -> None:
    browser = await desk.inside(FINANCE)
    open_page = (await browser.get("/admin/corrections")).text
    assert "by @the_finance" in open_page
    assert "5 USDT" in open_page
    case = await world.database.read(CorrectionCase, OWNER, 1)
    assert case is not None
    await world.done(DecideCorrection(OWNER, 1, Decimal(5), True, "Right"))
    ended = (await browser.get("/admin/corrections?ended=1")).text
    assert "approved" in ended
    assert "by @the_owner" in ended
    assert "/admin/transfers/" in ended
    assert "None waits for somebody" in (await browser.get("/admin/corrections")).text


async def test_a_correction_that_nobody_decided_in_time_is_over(desk: Desk, clock: MovedClock) -> None:
    clock.advance(timedelta(days=1, seconds=1))
    assert "expired" in (await (await desk.inside(FINANCE)).get("/admin/corrections?ended=1")).text


async def test_the_terms_say_what_holds_what_it_was_and_who_changed_it(desk: Desk, world: World) -> None:
    browser = await desk.inside(OWNER)
    page = (await browser.get("/admin/terms")).text
    assert "<b>6%</b><br><small>the settings say 5%" in page
    assert page.count("by @the_owner") == 1, "one term was changed"
    assert "Fee of USDT TRC20" in page
    assert "2 <small>at least 4</small>" in page
    assert "<b>2 USDT</b>" in page
    await world.done(SetTerm(OWNER, "fee_percent", "6", None, "As before"))
    page = (await browser.get("/admin/terms")).text
    assert "<b>5%</b></td>" in page, "and nobody holds it otherwise"
    assert "as the settings say" in page
    assert page.index("As before") < page.index("Fee of USDT TRC20"), "the newest first"


async def test_maintenance_says_who_closed_the_house_when_why_and_what_people_were_told(
    desk: Desk, world: World
) -> None:
    browser = await desk.inside(OWNER)
    page = (await browser.get("/admin/maintenance")).text
    assert "LockBay is open" in page
    assert "It was never closed." in page
    await world.done(SetMaintenance(OWNER, "Back at noon", "A new disk"))
    page = (await browser.get("/admin/maintenance")).text
    assert "LockBay is closed" in page
    assert "<blockquote>Back at noon</blockquote>" in page
    await world.done(SetMaintenance(OWNER, None, "It works"))
    page = (await browser.get("/admin/maintenance")).text
    assert "LockBay is open" in page
    assert "<blockquote>" not in page
    assert page.index("It works") < page.index("A new disk")
    assert "Back at noon" in page, "what people were told is kept"


async def test_the_staff_is_listed_with_their_roles(desk: Desk) -> None:
    page = (await (await desk.inside(OWNER)).get("/admin/team")).text
    for name, role in (("owner", "owner"), ("finance", "finance"), ("support", "support")):
        assert f'@the_{name}</a></td><td><span class="badge open">{role}' in page
