"""The desk of support: what is open to whom, what is refused, and that its screens fit; on the real database."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import trio

from lockbay.areas.admin.records import AdminDashboard
from lockbay.areas.menu.records import Menu
from lockbay.areas.standing import Standing
from lockbay.areas.support import desk_screens
from lockbay.areas.support.records import (
    AnswerTicket,
    Asker,
    AssignTicket,
    CloseTicket,
    Colleague,
    PersonTickets,
    Place,
    QueuedTicket,
    ReopenTicket,
    SeeSupport,
    TicketMessage,
    TicketPage,
    TicketQueue,
)
from lockbay.areas.support.refusals import REFUSALS, refusal
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key
from tests.areas.sendable import sent
from tests.areas.supporting import DAN, ENGLISH, ask, page_of, recorded
from tests.areas.supporting import talking as talking
from tests.talk import Talking

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_the_views_of_both_sides_are_dropped(database: Database, talking: Talking) -> None:
    changed: set[tuple[int, str]] = set()
    database.on_changed = lambda changes: changed.update((each.user_id, each.view) for each in changes)
    asked = await ask(database, ANA, "one")
    desk = {TicketQueue.__name__, TicketPage.__name__, PersonTickets.__name__, AdminDashboard.__name__, Menu.__name__}
    both = {(person, view) for person in (BEN, CLEO) for view in desk} | {(ANA, "SupportPage"), (ANA, Menu.__name__)}
    assert changed == both
    changed.clear()
    await database.perform(AnswerTicket(CLEO, asked.ticket_id, "text", "x", ""), fresh_key())
    assert changed == both
    changed.clear()
    await database.perform(SeeSupport(ANA), fresh_key())
    assert changed == {(ANA, Menu.__name__)}


@pytest.mark.parametrize(
    "flow",
    [
        "tickets",
        "ticket",
        "ticket_file",
        "ticket_answer",
        "ticket_take",
        "ticket_assign",
        "ticket_close",
        "ticket_reopen",
    ],
)
async def test_who_does_not_answer_people_gets_the_menu_and_changes_nothing(
    database: Database, talking: Talking, flow: str
) -> None:
    asked = await ask(database, ANA, "secret")
    await database.pool.fetch(
        "t", f"INSERT INTO staff (user_id, role, by_settings) VALUES ({DAN}, 'finance', false)", (), reads=False
    )
    number = str(asked.ticket_id)
    args = {"tickets": (), "ticket_file": (number, "1")}.get(flow, (number,))
    for stranger in (DAN, ANA):
        if (flow, stranger) == ("ticket_close", ANA):
            continue  # her own: allowed
        talk = talking(stranger)
        assert "secret" not in sent(await talk.open(flow, *args))
        assert talk.is_over
    page = await page_of(database, asked.ticket_id)
    assert (page.state, page.assigned_to, page.newest) == ("open", None, 1)
    assert await recorded(database) == []


async def test_operations_refuse_who_does_not_answer_people_and_what_is_not_there(
    database: Database, talking: Talking
) -> None:
    asked = await ask(database, ANA, "one")
    for ticket_id, reason in ((asked.ticket_id, "not_staff"), (asked.ticket_id + 999, "unknown_ticket")):
        user_id = DAN if reason == "not_staff" else CLEO
        every: tuple[Operation[object], ...] = (
            AnswerTicket(user_id, ticket_id, "text", "x", ""),
            CloseTicket(user_id, ticket_id),
            ReopenTicket(user_id, ticket_id),
            AssignTicket(user_id, ticket_id, 0, CLEO),
        )
        for operation in every:
            assert await database.perform(operation, fresh_key()) == Refused(reason), operation
    assert await database.perform(ReopenTicket(CLEO, asked.ticket_id), fresh_key()) == Refused("wrong_state")
    await database.perform(CloseTicket(CLEO, asked.ticket_id), fresh_key())
    assert await database.perform(AssignTicket(CLEO, asked.ticket_id, 0, CLEO), fresh_key()) == Refused("wrong_state")
    empty = AnswerTicket(CLEO, asked.ticket_id, "text", " ", "")
    assert await database.perform(empty, fresh_key()) == Refused("bad_message", {"longest": "1000"})


def test_every_refusal_has_a_sentence() -> None:
    details = {"slug": "S-1", "name": "@ben", "most": "20", "longest": "1000"}
    sentences = {str(refusal(ENGLISH, Refused(reason, details))) for reason in (*REFUSALS, "another")}
    assert len(sentences) == len(REFUSALS) + 1


async def test_one_open_ticket_a_person_however_many_ask_at_once(database: Database, talking: Talking) -> None:
    async with trio.open_nursery() as nursery:
        for number in range(12):
            nursery.start_soon(ask, database, ANA, f"{number}")
    found = await database.pool.fetch(
        "n",
        "SELECT count(DISTINCT ticket_id) AS tickets, array_agg(n ORDER BY n) AS n FROM ticket_messages",
        (),
        reads=True,
    )
    assert (found[0]["tickets"], found[0]["n"]) == (1, list(range(1, 13)))


async def test_what_was_written_is_never_changed(database: Database, talking: Talking) -> None:
    await ask(database, ANA, "one")
    for change in ("UPDATE ticket_messages SET text = 'x'", "DELETE FROM ticket_messages"):
        with pytest.raises(Exception, match="never changed"):
            await database.pool.fetch("t", change, (), reads=False)


def test_the_fullest_screens_fit_a_message() -> None:
    odd, most = "<&" * 32, 2**63 - 1
    standing = Standing(None, 0, 10**6, Decimal(10), 5, 9, NOW)
    asker = Asker(most, odd, standing, False, True, True, True, True)
    message = TicketMessage(most, "staff", odd, "photo", "&" * 1000, "id", NOW)
    colleagues = tuple(Colleague(most - n, odd) for n in range(20))
    page = TicketPage(most, "S-ABCDEF", "closed", None, NOW, odd, asker, most, odd, most, (message,) * 10, colleagues)
    sent(desk_screens.ticket(ENGLISH, page, 1))
    sent(desk_screens.answer(ENGLISH, page))
    sent(desk_screens.colleagues(ENGLISH, page))
    sent(desk_screens.file(ENGLISH, page, message))
    line = QueuedTicket(most, "S-ABCDEF", odd, True, NOW, odd, True, odd)
    place = Place(1, 2**53, most)
    sent(desk_screens.queue(ENGLISH, TicketQueue((line,) * 8, place, 10**6, 10**6)))
