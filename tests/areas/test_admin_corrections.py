"""What two of the staff book by hand, and what that does to the books; on the real database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.actors.parse import Pressed
from lockbay.areas.admin import correction_screens as screens
from lockbay.areas.admin import refusals, unapplied_endings
from lockbay.areas.admin.correction_records import CorrectionCase, DecideCorrection, PayoutEvent, ProposeCorrection
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.payout import Cashout, SettleCashout
from lockbay.audit import audit
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.deciding import ENGLISH, PLAN, TERMS, requested, settled, under_way
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_admin import notices
from tests.clock import MovedClock
from tests.talk import Talk

DAN = 10_000_000_004


async def proposed(database: Database, amount: str = "25", by: int = CLEO, person: int = ANA, why: str = "gift") -> int:
    made = await database.perform(ProposeCorrection(by, person, None, "USDT", Decimal(amount), why), fresh_key())
    assert isinstance(made, int), made
    return made


async def decided(
    database: Database, correction: int, amount: str = "25", by: int = BEN, *, approve: bool = True
) -> int | Refused:
    wanted = DecideCorrection(by, correction, Decimal(amount), approve, "" if approve else "no")
    return await database.perform(wanted, fresh_key())


async def long_of_finance(database: Database, clock: MovedClock, user_id: int, name: str) -> None:
    """Given by Cleo, long enough ago to be a second person."""
    await onboarded(database, user_id, name.title(), name)
    assert await database.perform(SetRole(CLEO, user_id, None, "finance", "x"), fresh_key()) == user_id
    clock.advance(timedelta(hours=24))
    await set_rates(database)


async def corrections_account(database: Database) -> Decimal:
    return next(total.corrections for total in (await audit(database)).totals if total.currency == "USDT")


async def event_ids(database: Database, cashout: Cashout, outcome: str = "done") -> list[int]:
    found = await database.pool.fetch(
        "events", "SELECT id FROM payout_events WHERE cashout_id = $1 AND outcome = $2 ORDER BY id",
        (cashout.id, outcome),
        reads=True,
    )  # fmt: skip
    return [int(row["id"]) for row in found]


async def booked(database: Database, event_id: int, amount: str) -> int | Refused:
    """Proposed by Cleo and approved by Ben; the first refusal, if there is one."""
    wanted = ProposeCorrection(CLEO, None, event_id, "USDT", Decimal(amount), "seen at the provider")
    made = await database.perform(wanted, fresh_key())
    return made if isinstance(made, Refused) else await decided(database, made, amount)


async def test_a_wallet_is_credited_by_two(staff: Talk, database: Database, clock: MovedClock) -> None:
    await staff.open("user", str(ANA))
    await staff.press("Correct the wallet")
    await staff.press("Credit")
    assert "They have 1,000 USDT" in sent(staff.screen)
    await staff.press("USDT")
    assert "Type an amount of USDT" in sent(await staff.say("much"))
    assert "must be more than 0 USDT" in sent(await staff.say("0"))
    assert "Type an amount of USDT" in sent(await staff.say("0.0000001"))
    await staff.say("25")
    await staff.say("Lost <bonus>")
    assert "+25 USDT" in sent(staff.screen)
    await staff.press("Propose")
    assert "Somebody else of finance has to approve it" in sent(staff.screen)
    assert "Approve" not in "".join(labels(staff.screen))
    assert await available(database, ANA) == 1000
    assert "correction_proposed" not in [kind for kind, _ in await notices(database, CLEO)]
    kind, told = (await notices(database, BEN))[-1]
    assert (kind, "+25 USDT" in sent(told)) == ("correction_proposed", True)
    ben = Talk(PLAN, database, clock, BEN)
    ben.screens.append(told)
    await ben.press("Look at it")
    assert "Lost <bonus>" in sent(ben.screen)
    await ben.press("Approve")
    assert "It is posted at once" in sent(ben.screen)
    await ben.press("Confirm")
    assert "Approved by @ben" in sent(ben.screen)
    assert await available(database, ANA) == 1025
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "25 USDT was added" in sent(told), "Lost <bonus>" in sent(told)) == ("corrected", True, True)
    assert (await audit(database)).passed
    assert await corrections_account(database) == -25
    assert "There are none" in sent(await ben.open("corrections"))
    assert "approved" in sent(await ben.press("Earlier"))


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


async def test_the_log_says_what_was_corrected_without_the_signs_of_a_file(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    assert await decided(database, made) == made
    log = sent(await staff.open("admin_log"))
    assert f"approved a correction: @ana\n– → amount: 25, currency: USDT, correction: {made}" in log
    assert f"proposed a correction: @ana\ngift\n– → amount: 25, currency: USDT, correction: {made}" in log


async def test_a_wallet_is_debited_by_two_as_far_as_there_is_something(staff: Talk, database: Database) -> None:
    made = await proposed(database, "-1000")
    page = await database.read(CorrectionCase, CLEO, made)
    assert page is not None
    assert f"#{made}: −1,000 USDT" in sent(screens.case(ENGLISH, page)), "the sign that a person's history has"
    assert await decided(database, made, "-1000") == made
    assert await available(database, ANA) == 0
    assert (await audit(database)).passed
    short = ProposeCorrection(CLEO, ANA, None, "USDT", Decimal(-1), "x")
    assert await database.perform(short, fresh_key()) == Refused("insufficient")


async def test_the_same_is_not_proposed_twice_while_one_waits(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    """Two of finance read the same letter, and each corrects the wallet."""
    await staff.open("correct", str(ANA))
    for label in ("Credit", "USDT"):
        await staff.press(label)
    await staff.say("25")
    await staff.say("Lost bonus")
    first = await proposed(database, by=BEN)
    text = sent(await staff.press("Propose"))
    assert f"The same correction waits for a second of you already, as #{first}. Nothing was done" in text
    assert f"Correction #{first}: +25 USDT" in text
    assert "decide_correction" in leads_to(staff.screen)
    assert await decided(database, first, by=CLEO) == first
    second = await proposed(database, by=BEN)
    clock.advance(timedelta(hours=24))
    await set_rates(database)
    third = await proposed(database, by=BEN)
    assert await decided(database, third, by=CLEO, approve=False) == third
    assert len({first, second, third, await proposed(database, by=BEN)}) == 4
    assert await available(database, ANA) == 1025


async def test_another_amount_or_wallet_is_not_the_same(staff: Talk, database: Database) -> None:
    await proposed(database)
    await proposed(database, "-25")
    await proposed(database, "25.01")
    await proposed(database, person=BEN)


async def test_what_was_spent_meanwhile_cannot_be_taken(staff: Talk, database: Database) -> None:
    made = await proposed(database, "-900")
    await requested(database, "200")
    assert await decided(database, made, "-900") == Refused("insufficient")
    assert (await audit(database)).passed


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


async def test_it_expires_after_a_day(staff: Talk, database: Database, clock: MovedClock) -> None:
    made = await proposed(database)
    clock.advance(timedelta(hours=24))
    await set_rates(database)
    assert await decided(database, made) == Refused("expired")
    assert "has expired" in sent(await staff.open("correction", str(made)))
    assert "There are none" in sent(await staff.open("corrections"))
    assert await available(database, ANA) == 1000


async def test_one_is_declined_with_a_reason_by_its_proposer_too(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    await staff.open("correction", str(made))
    await staff.press("Decline")
    await staff.say("A mistake")
    await staff.press("Decline")
    assert "Declined by @cleo" in sent(staff.screen)
    assert await decided(database, made) == Refused("wrong_state")
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


async def test_another_amount_than_was_shown_is_not_approved(staff: Talk, database: Database) -> None:
    assert await decided(database, await proposed(database), "24") == Refused("terms_changed")
    assert await available(database, ANA) == 1000


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


@pytest.mark.parametrize(
    ("amount", "unit", "reason"),
    [
        ("0", "USDT", "bad_amount"), ("0.0000001", "USDT", "bad_amount"), ("1", "EUR", "bad_amount"),
        ("5001", "USDT", "too_large"), ("1", "DOGE", "no_rate"),
    ],
)  # fmt: skip
async def test_what_cannot_be_booked_is_not_proposed(
    staff: Talk, database: Database, amount: str, unit: str, reason: str
) -> None:
    wanted = ProposeCorrection(CLEO, ANA, None, unit, Decimal(amount), "x")
    assert await database.perform(wanted, fresh_key()) == Refused(reason)


async def test_what_was_declined_uses_nothing_of_a_days_limit(staff: Talk, database: Database) -> None:
    await database.run(evolve(TERMS, correction_daily_usd=Decimal(60)))
    declined, approved = await proposed(database, "50"), await proposed(database, "40")
    assert await decided(database, declined, "50", approve=False) == declined
    assert await decided(database, approved, "40") == approved


async def test_a_days_corrections_have_a_limit_whoever_approves_at_once(staff: Talk, database: Database) -> None:
    await database.run(evolve(TERMS, correction_daily_usd=Decimal(60)))
    made = {await proposed(database, amount): amount for amount in ("24", "25", "26", "27")}
    outcomes = list[int | Refused]()

    async def approve(correction: int, amount: str) -> None:
        outcomes.append(await decided(database, correction, amount))

    async with trio.open_nursery() as nursery:
        for correction, amount in made.items():
            nursery.start_soon(approve, correction, amount)
    booked = [made[each] for each in outcomes if isinstance(each, int)]
    assert len(booked) == 2
    assert Refused("daily_limit", {"until": "2026-11-23T12:00:00+00:00"}) in outcomes
    assert await available(database, ANA) == 1000 + sum(map(Decimal, booked))


async def test_a_days_limit_says_when_it_leaves_that_much(staff: Talk, database: Database, clock: MovedClock) -> None:
    """As much as has to be forgotten of what was booked, the oldest first; more than a day allows is never possible."""
    await database.run(evolve(TERMS, correction_daily_usd=Decimal(60)))
    for amount in ("20", "30"):
        assert isinstance(await decided(database, await proposed(database, amount), amount), int)
        clock.advance(timedelta(hours=1))
        await set_rates(database)
    outcomes = [await refusal(database, amount) for amount in ("11", "30", "31", "60", "61")]
    noon, later = "2026-11-23T12:00:00+00:00", "2026-11-23T13:00:00+00:00"
    assert [each.details.get("until") for each in outcomes] == [noon, noon, later, later, None]
    assert "From 23 Nov, 12:00 UTC on it would be possible." in str(refusals.sentence(ENGLISH, outcomes[0]))
    assert "possible" not in str(refusals.sentence(ENGLISH, outcomes[-1]))


async def refusal(database: Database, amount: str) -> Refused:
    """Why that much cannot even be proposed now."""
    wanted = ProposeCorrection(CLEO, ANA, None, "USDT", Decimal(amount), "x")
    outcome = await database.perform(wanted, fresh_key())
    assert isinstance(outcome, Refused)
    assert outcome.reason == "daily_limit"
    return outcome


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


async def test_a_payout_that_left_twice_is_explained_by_two(staff: Talk, database: Database, clock: MovedClock) -> None:
    cashout = await under_way(database, "unknown")
    for txid in ("tx-1", "tx-2", "tx-2"):
        await settled(database, cashout, "done", txid)
    assert [each.kind for each in (await audit(database)).differences] == ["cashout_told"]
    await staff.open("payout_alarms")
    await staff.press("Book")
    assert "49 USDT left once more" in sent(staff.screen)
    await staff.say("Seen twice at BlockBee")
    await staff.press("Propose")
    ben = Talk(PLAN, database, clock, BEN)
    await ben.open("corrections")
    await ben.press("#1")
    await ben.press("Approve")
    await ben.press("Confirm")
    assert "Approved by @ben" in sent(ben.screen)
    assert (await audit(database)).passed
    assert await corrections_account(database) == -49
    assert await available(database, ANA) == 950
    first, _, again = await event_ids(database, cashout)
    assert await booked(database, again, "49") == Refused("already_booked")
    assert await booked(database, first, "49") == Refused("not_strange")
    assert "agree with what was told" in sent(await staff.open("book_payout", str(first)))


async def test_a_payout_that_was_given_back_and_paid_all_the_same_is_explained(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "failed")
    await settled(database, cashout, "done", "tx")
    assert not (await audit(database)).passed
    [event] = await event_ids(database, cashout)
    assert await booked(database, event, "48") == Refused("terms_changed")
    assert isinstance(await booked(database, event, "49"), int)
    assert (await audit(database)).passed
    made = await proposed(database, "-49", why="Paid although it was given back")
    assert await decided(database, made, "-49") == made
    assert await corrections_account(database) == 0
    assert (await audit(database)).passed


async def test_a_payout_that_came_back_is_explained_and_given_to_its_person(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await settled(database, cashout, "done", "tx")
    await settled(database, cashout, "failed")
    assert not (await audit(database)).passed
    [event] = await event_ids(database, cashout, "failed")
    page = await database.read(PayoutEvent, CLEO, event)
    assert page is not None
    assert (page.amount, page.problem) == (-49, None)
    assert isinstance(await booked(database, event, "-49"), int)
    made = await proposed(database, "49", why="The bank sent it back")
    assert await decided(database, made, "49") == made
    assert (await audit(database)).passed
    assert await corrections_account(database) == 0
    [done] = await event_ids(database, cashout)
    assert await booked(database, done, "49") == Refused("not_strange")


async def test_what_is_still_under_way_is_not_booked(staff: Talk, database: Database) -> None:
    cashout = await requested(database, "50")
    await settled(database, cashout, "done", "tx")
    [event] = await event_ids(database, cashout)
    assert await booked(database, event, "49") == Refused("not_ended")


async def test_who_is_not_of_finance_sees_no_correction(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    assert await database.read(CorrectionCase, ANA, made) is None
    assert "decide_correction" in leads_to(await staff.open("correction", str(made)))


async def test_what_failed_and_was_given_back_is_right_in_the_books_already(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "failed")
    [event] = await event_ids(database, cashout, "failed")
    assert await booked(database, event, "-49") == Refused("not_strange")
    assert (await audit(database)).passed


async def test_what_was_told_of_a_payout_is_booked_as_it_is_and_into_no_wallet(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    for txid in ("tx-1", "tx-2"):
        await settled(database, cashout, "done", txid)
    _, again = await event_ids(database, cashout)
    as_it_is = ProposeCorrection(CLEO, None, again, "USDT", Decimal(49), "seen at the provider")
    for wrong, reason in (
        (evolve(as_it_is, currency="BTC"), "terms_changed"),
        (evolve(as_it_is, amount=Decimal(50)), "terms_changed"),
        (evolve(as_it_is, person=ANA), "unknown_person"),
        (evolve(as_it_is, event_id=None), "unknown_person"),
    ):
        assert await database.perform(wrong, fresh_key()) == Refused(reason)


async def test_that_another_provider_did_not_pay_it_is_nothing_to_be_booked(staff: Talk, database: Database) -> None:
    cashout = await under_way(database, "unknown")
    await settled(database, cashout, "done", "tx")
    other = SettleCashout(cashout.reference, "fincra", "failed", None, None, None, b"{}", "{}")
    assert isinstance(await database.perform(other, fresh_key()), Cashout)
    [event] = await event_ids(database, cashout, "failed")
    assert await booked(database, event, "-49") == Refused("not_strange")
    assert (await audit(database)).passed
