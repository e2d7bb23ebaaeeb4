"""Two of the staff act upon the same thing at the same moment: it is done once, and the other one reads why not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

import pytest
from attrs import evolve, frozen

from lockbay.actors.person import MeetPerson
from lockbay.areas.admin import refusals
from lockbay.areas.admin.cashout_records import DecideCashout, EndAlarm
from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.dead_letter_records import EndLetter, Retell
from lockbay.areas.admin.maintenance_records import SetMaintenance
from lockbay.areas.admin.people_records import BlockPerson, SetRole
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.admin.terms_records import SetFee, SetTerm
from lockbay.areas.disputes.records import TakeDispute
from lockbay.areas.support.records import AssignTicket, CloseTicket
from lockbay.areas.support.refusals import REFUSALS as TICKETS
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation
from lockbay.web.console.decisions import PROBLEMS
from tests.areas.disputing import decision
from tests.ledger.world import World, while_it_waits
from tests.web.consoling import FINANCE, OWNER, SUPPORT, Things, furnish, hire

OTHER: Final = 7_000_000_004  # another owner
ALARM: Final = """
WITH told AS (
    INSERT INTO payout_events (provider, reference, outcome, body, headers, at)
    VALUES ('blockbee', 'nobodys', 'done', '', '{}', now()) RETURNING id)
INSERT INTO payout_alarms (event_id) SELECT id FROM told RETURNING event_id
"""
Pair: TypeAlias = tuple[Operation[object], Operation[object]]


@frozen
class Place:
    """What there is to act upon, and who is there."""

    world: World
    things: Things
    correction: int
    alarm: int


@pytest.fixture
async def place(database: Database, world: World, raw: Connection) -> Place:
    await hire(raw, database)
    await database.run(MeetPerson(OTHER, "the_other", "Other", "en"))
    hired = "INSERT INTO staff (user_id, role, by_settings, added_at) VALUES ($1, 'owner', false, 'epoch')"
    await raw.fetch(hired, OTHER)
    things = await furnish(raw, world)
    [alarm], [correction] = await raw.fetch(ALARM), await raw.fetch("SELECT id FROM corrections")
    return Place(world, things, correction["id"], alarm["event_id"])


async def disputes(place: Place) -> Pair:
    """The one gives it back, the other pays the seller."""
    trade = place.things.disputed
    return await decision(place.world, SUPPORT, trade, 0), await decision(place.world, OWNER, trade, 100)


async def takes(place: Place) -> Pair:
    return TakeDispute(SUPPORT, place.things.disputed, 0), TakeDispute(OWNER, place.things.disputed, 0)


async def cashouts(place: Place) -> Pair:
    approve = DecideCashout(FINANCE, place.things.cashout, "awaiting_approval", "approve", "", "")
    return approve, evolve(approve, user_id=OWNER, decision="decline", note="No")


async def credits(place: Place) -> Pair:
    """To two people."""
    seven, unapplied = Decimal(7), place.things.unapplied
    return (
        CreditUnapplied(FINANCE, unapplied, seven, place.things.ada, "x"),
        CreditUnapplied(OWNER, unapplied, seven, place.things.sam, "x"),
    )


async def credit_and_refund(place: Place) -> Pair:
    seven, unapplied = Decimal(7), place.things.unapplied
    return (
        CreditUnapplied(FINANCE, unapplied, seven, place.things.ada, "x"),
        RefundUnapplied(OWNER, unapplied, seven, "tx"),
    )


async def attachment_and_credit(place: Place) -> Pair:
    seven, things = Decimal(7), place.things
    return (
        AttachUnapplied(FINANCE, things.unapplied, seven, things.payable, seven, "x"),
        CreditUnapplied(OWNER, things.unapplied, seven, things.ada, "x"),
    )


async def proposals(place: Place) -> Pair:
    first = ProposeCorrection(FINANCE, place.things.sam, None, "USDT", Decimal(5), "x")
    return first, evolve(first, user_id=OWNER, why="y")


async def approvals(place: Place) -> Pair:
    approve = DecideCorrection(OWNER, place.correction, Decimal(5), True, "")
    return approve, evolve(approve, user_id=OTHER)


async def approval_and_decline(place: Place) -> Pair:
    approve = DecideCorrection(OWNER, place.correction, Decimal(5), True, "")
    return approve, evolve(approve, user_id=OTHER, approve=False, why="No")


async def tickets(place: Place) -> Pair:
    ticket = place.things.ticket
    return AssignTicket(SUPPORT, ticket, 0, SUPPORT), AssignTicket(OWNER, ticket, 0, OWNER)


async def gifts_of_a_ticket(place: Place) -> Pair:
    """Each gives it to the other."""
    ticket = place.things.ticket
    return AssignTicket(SUPPORT, ticket, 0, OWNER), AssignTicket(OWNER, ticket, 0, SUPPORT)


async def ends_of_a_ticket(place: Place) -> Pair:
    return CloseTicket(SUPPORT, place.things.ticket), CloseTicket(OWNER, place.things.ticket)


async def terms(place: Place) -> Pair:
    first = SetTerm(OWNER, "fee_percent", "6", "7", "x")
    return first, evolve(first, user_id=OTHER, value="8")


async def term_and_its_end(place: Place) -> Pair:
    first = SetTerm(OWNER, "fee_percent", "6", None, "x")
    return first, evolve(first, user_id=OTHER, value="8")


async def fees(place: Place) -> Pair:
    first = SetFee(OWNER, "USDT", "TRC20", Decimal(2), Decimal(4), Decimal(3), Decimal(4), "x")
    return first, evolve(first, user_id=OTHER, fee=Decimal(2), least=Decimal(9))


async def closings(place: Place) -> Pair:
    return SetMaintenance(OWNER, "Back at 7", "x"), SetMaintenance(OTHER, "Back at 8", "x")


async def blocks(place: Place) -> Pair:
    return BlockPerson(SUPPORT, place.things.ada, True, "x"), BlockPerson(FINANCE, place.things.ada, True, "y")


async def roles(place: Place) -> Pair:
    first = SetRole(OWNER, place.things.sam, None, "support", "x")
    return first, evolve(first, user_id=OTHER)


async def roles_of_two_kinds(place: Place) -> Pair:
    """Each has seen that they have none."""
    first = SetRole(OWNER, place.things.sam, None, "finance", "x")
    return first, evolve(first, user_id=OTHER, role="support")


async def letters(place: Place) -> Pair:
    return EndLetter(SUPPORT, place.things.letter, True, ""), EndLetter(OWNER, place.things.letter, False, "x")


async def notices(place: Place) -> Pair:
    return Retell(SUPPORT, place.things.notice), Retell(OWNER, place.things.notice)


async def alarms(place: Place) -> Pair:
    return EndAlarm(FINANCE, place.alarm, "x"), EndAlarm(OWNER, place.alarm, "y")


Make: TypeAlias = Callable[[Place], Awaitable[Pair]]
# The two, why the second is refused, and the sentences of where that is read.
CASES: Final[Mapping[Make, tuple[str, Mapping[str, object]]]] = {
    disputes: ("already_ended", PROBLEMS),
    takes: ("taken", PROBLEMS),
    cashouts: ("wrong_state", PROBLEMS),
    credits: ("already_ended", PROBLEMS),
    credit_and_refund: ("already_ended", PROBLEMS),
    attachment_and_credit: ("already_ended", PROBLEMS),
    proposals: ("same_waits", refusals.SENTENCES),
    approvals: ("wrong_state", refusals.SENTENCES),
    approval_and_decline: ("wrong_state", refusals.SENTENCES),
    tickets: ("taken", TICKETS),
    gifts_of_a_ticket: ("taken", TICKETS),
    ends_of_a_ticket: ("wrong_state", TICKETS),
    terms: ("terms_changed", refusals.SENTENCES),
    term_and_its_end: ("terms_changed", refusals.SENTENCES),
    fees: ("terms_changed", refusals.SENTENCES),
    closings: ("wrong_state", refusals.SENTENCES),
    blocks: ("wrong_state", refusals.SENTENCES),
    roles: ("same_role", refusals.SENTENCES),
    roles_of_two_kinds: ("terms_changed", refusals.SENTENCES),
    letters: ("wrong_state", PROBLEMS),
    notices: ("wrong_state", PROBLEMS),
    alarms: ("wrong_state", PROBLEMS),
}


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
async def test_of_two_one_acts_and_the_other_reads_why_not(place: Place, raw: Connection, make: Make) -> None:
    """The first has done all but write it into the log when the other comes."""
    reason, sentences = CASES[make]
    acts = "SELECT count(*) AS n FROM admin_actions"
    before = (await raw.fetch(acts))[0]["n"]
    first, then = await make(place)
    ended = await while_it_waits(place.world, raw, "LOCK TABLE admin_actions IN SHARE ROW EXCLUSIVE MODE", first, then)
    assert ended == ["done", reason]
    assert reason in sentences, "there is a sentence of its own"
    assert (await raw.fetch(acts))[0]["n"] == before + 1
    await place.world.audited()
