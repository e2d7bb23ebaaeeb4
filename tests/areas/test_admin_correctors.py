"""Who may propose, approve and decline a correction, and how much of it a day; on the real database, killed and
replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from lockbay.actors.parse import Pressed
from lockbay.areas.admin import correction_screens as screens
from lockbay.areas.admin import refusals, unapplied_endings
from lockbay.areas.admin.correction_records import CorrectionCase, DecideCorrection, PayoutEvent, ProposeCorrection
from lockbay.areas.admin.people_records import SetRole
from lockbay.audit import audit
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.correcting import DAN, decided, event_ids, long_of_finance, proposed
from tests.areas.deciding import ENGLISH, PLAN, settled, under_way
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.unapplied import notices
from tests.clock import MovedClock
from tests.talk import Talk


async def test_whose_role_is_new_hears_so_before_anything_is_asked(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await onboarded(database, DAN, "Dan", "dan")
    assert await database.perform(SetRole(CLEO, DAN, None, "finance", "x"), fresh_key()) == DAN
    dan = Talk(PLAN, database, clock, DAN)
    said = sent(await dan.open("correct", str(ANA)))
    assert "Your role is new" in said
    assert "You count from 23 Nov, 12:00 UTC on" in said
    assert "Credit" not in labels(dan.screen)
    clock.advance(timedelta(hours=24))
    assert "➕ Credit" in labels(await dan.open("correct", str(ANA)))


async def test_who_proposes_does_not_approve_and_nobody_corrects_their_own_wallet(
    staff: Talk, database: Database
) -> None:
    made = await proposed(database)
    assert await decided(database, made, by=CLEO) == Refused("same_person")
    own = ProposeCorrection(CLEO, CLEO, None, "USDT", Decimal(1), "x")
    assert await database.perform(own, fresh_key()) == Refused("own_wallet")
    for_ben = await proposed(database, person=BEN)
    assert await decided(database, for_ben, by=BEN) == Refused("own_wallet")
    assert "correction_proposed" not in [kind for kind, _ in (await notices(database, BEN))[1:]]
    assert await available(database, BEN) == 0


@pytest.mark.parametrize("amount", ["25", "-25"])
async def test_whose_wallet_it_is_does_not_decline_it_either(staff: Talk, database: Database, amount: str) -> None:
    """Else what they got by mistake could be taken from them only with their leave."""
    await database.perform(SetRole(CLEO, ANA, None, "finance", "x"), fresh_key())
    made = await proposed(database, amount)
    assert await decided(database, made, amount, by=ANA, approve=False) == Refused("own_wallet")
    page = await database.read(CorrectionCase, ANA, made)
    assert page is not None
    assert (page.is_own, page.state) == (True, "proposed")
    assert "decide_correction" not in leads_to(screens.case(ENGLISH, page))
    assert await decided(database, made, amount) == made


async def test_nobody_books_what_was_told_of_their_own_cashout(staff: Talk, database: Database) -> None:
    """Who was paid twice would have it explained to the audit, and keep it."""
    await database.perform(SetRole(CLEO, ANA, None, "finance", "x"), fresh_key())
    cashout = await under_way(database, "unknown")
    for txid in ("tx-1", "tx-2"):
        await settled(database, cashout, "done", txid)
    event = (await event_ids(database, cashout))[-1]
    own = ProposeCorrection(ANA, None, event, "USDT", Decimal(49), "a mistake of theirs")
    assert await database.perform(own, fresh_key()) == Refused("own_cashout")
    page = await database.read(PayoutEvent, ANA, event)
    assert page is not None
    assert page.problem == "own_cashout"
    by_cleo = ProposeCorrection(CLEO, None, event, "USDT", Decimal(49), "seen at the provider")
    made = await database.perform(by_cleo, fresh_key())
    assert isinstance(made, int)
    assert "correction_proposed" not in [kind for kind, _ in await notices(database, ANA)]
    for approve in (True, False):
        assert await decided(database, made, "49", by=ANA, approve=approve) == Refused("own_cashout")
    assert await decided(database, made, "49") == made
    assert (await audit(database)).passed


async def test_a_forged_approval_by_its_proposer_is_refused(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    await staff.open("decide_correction", str(made), "approve")
    await staff.reply(Pressed("book 25"))
    assert "somebody else has to approve it" in sent(staff.screen)
    assert await available(database, ANA) == 1000


async def test_nobody_else_declines_it_nor_without_a_reason(staff: Talk, database: Database, clock: MovedClock) -> None:
    made = await proposed(database)
    await onboarded(database, DAN, "Dan", "dan")
    for role in (None, "support"):
        if role:
            assert await database.perform(SetRole(CLEO, DAN, None, role, "x"), fresh_key()) == DAN
        for approve in (True, False):
            assert await decided(database, made, by=DAN, approve=approve) == Refused("not_staff")
    silently = DecideCorrection(BEN, made, Decimal(25), False, " ")
    assert await database.perform(silently, fresh_key()) == Refused("bad_note")


async def test_of_two_who_approve_at_once_one_posts_it(staff: Talk, database: Database, clock: MovedClock) -> None:
    await long_of_finance(database, clock, DAN, "dan")
    made, outcomes = await proposed(database), list[int | Refused]()

    async def approve(by: int) -> None:
        outcomes.append(await decided(database, made, by=by))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(approve, BEN)
        nursery.start_soon(approve, DAN)
    assert made in outcomes
    assert Refused("wrong_state") in outcomes
    assert await available(database, ANA) == 1025
    assert (await audit(database)).passed


async def test_who_proposed_and_was_let_go_since_has_proposed_nothing(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await long_of_finance(database, clock, DAN, "dan")
    made = await proposed(database, by=DAN)
    await database.perform(SetRole(CLEO, DAN, "finance", None, "x"), fresh_key())
    assert await decided(database, made) == Refused("proposer_gone")


async def test_who_was_just_given_a_role_is_no_second_person_until_a_day_later(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    """Else an owner gives the second role to another account of their own, and pays themselves within a minute."""
    await onboarded(database, DAN, "Dan", "dan")
    await database.perform(SetRole(CLEO, DAN, None, "finance", "x"), fresh_key())
    refused = Refused("role_new", {"until": "2026-11-23T12:00:00+00:00"})
    assert await decided(database, await proposed(database, "24"), "24", by=DAN) == refused
    by_dan = ProposeCorrection(DAN, ANA, None, "USDT", Decimal(25), "x")
    assert await database.perform(by_dan, fresh_key()) == refused
    for area in (refusals, unapplied_endings):
        assert "You count from 23 Nov, 12:00 UTC on." in str(area.sentence(ENGLISH, refused))
    clock.advance(timedelta(hours=23))
    await set_rates(database)
    made = await proposed(database)
    assert await decided(database, made, by=DAN) == refused
    assert await decided(database, await proposed(database, "26"), "26", by=DAN, approve=False) != refused
    clock.advance(timedelta(hours=1))
    await set_rates(database)
    assert await decided(database, made, by=DAN) == made
    made = await proposed(database, by=DAN)
    await database.perform(SetRole(CLEO, DAN, "finance", None, "x"), fresh_key())
    await database.perform(SetRole(CLEO, DAN, None, "finance", "x"), fresh_key())
    assert await decided(database, made) == Refused("proposer_gone")
    assert await available(database, ANA) == 1025


async def test_who_had_another_role_before_is_new_in_this_one(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await onboarded(database, DAN, "Dan", "dan")
    await database.perform(SetRole(CLEO, DAN, None, "support", "x"), fresh_key())
    clock.advance(timedelta(hours=24))
    await set_rates(database)
    await database.perform(SetRole(CLEO, DAN, "support", "finance", "x"), fresh_key())
    by_dan = ProposeCorrection(DAN, ANA, None, "USDT", Decimal(25), "x")
    assert await database.perform(by_dan, fresh_key()) == Refused("role_new", {"until": "2026-11-24T12:00:00+00:00"})


async def test_who_is_not_of_finance_sees_no_correction(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    assert await database.read(CorrectionCase, ANA, made) is None
    assert "decide_correction" in leads_to(await staff.open("correction", str(made)))
