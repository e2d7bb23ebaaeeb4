"""What two of the staff book by hand in a person's wallet; on the real database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.admin import correction_screens as screens
from lockbay.areas.admin import refusals
from lockbay.areas.admin.correction_records import CorrectionCase, ProposeCorrection
from lockbay.audit import audit
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.correcting import corrections_account, decided, proposed
from tests.areas.deciding import ENGLISH, PLAN, TERMS, requested
from tests.areas.deciding import staff as staff
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.unapplied import notices
from tests.clock import MovedClock
from tests.talk import Talk


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


async def test_another_amount_than_was_shown_is_not_approved(staff: Talk, database: Database) -> None:
    assert await decided(database, await proposed(database), "24") == Refused("terms_changed")
    assert await available(database, ANA) == 1000


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
