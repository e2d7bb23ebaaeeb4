"""A large payment that fitted nothing goes to another than its payer only by two; on the real database, replayed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.actors.parse import Pressed
from lockbay.areas.admin.correction_records import CorrectionCase, DecideCorrection, ProposeCorrection, Recipient
from lockbay.areas.admin.people_records import SetRole
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, SaveStaff, UnappliedPayment
from lockbay.areas.terms import Terms
from lockbay.audit import audit
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas import unapplied
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key, offered, onboarded, set_rates
from tests.areas.sendable import labels, sent
from tests.areas.unapplied import PLAN, notices, paid, place
from tests.clock import MovedClock
from tests.ledger.world import World, while_it_waits
from tests.talk import Talk

DAN = 10_000_000_004
cleo = unapplied.staff


@pytest.fixture
async def staff(cleo: Talk, database: Database) -> Talk:
    """Cleo and Dan decide about money; Ana's 40 USDT are as much as needs both of them."""
    await onboarded(database, DAN, "Dan", "dan")
    await database.run(SaveStaff([CLEO, DAN]))
    await database.run(Terms(credit_second_usd=Decimal(40)))
    return cleo


def to(receiver: int, unapplied_id: int = 1, amount: str = "40") -> CreditUnapplied:
    return CreditUnapplied(CLEO, unapplied_id, Decimal(amount), receiver, "theirs")


def proposal(receiver: int = BEN, amount: str = "40", by: int = CLEO, unit: str = "USDT") -> ProposeCorrection:
    return ProposeCorrection(by, receiver, None, unit, Decimal(amount), "Ben paid for Ana", 1)


async def proposed(database: Database) -> int:
    made = await database.perform(proposal(), fresh_key())
    assert isinstance(made, int), made
    return made


async def approved(database: Database, correction: int, by: int = DAN) -> int | Refused:
    return await database.perform(DecideCorrection(by, correction, Decimal(40), True, ""), fresh_key())


async def waits(database: Database) -> bool:
    page = await database.read(UnappliedPayment, CLEO, 1)
    assert page is not None
    return page.ending is None


async def test_so_much_goes_to_another_than_its_payer_only_by_two(staff: Talk, database: Database) -> None:
    assert await database.perform(to(BEN), fresh_key()) == Refused("second_needed")
    await database.run(Terms(credit_second_usd=Decimal("40.01")))
    assert not isinstance(await database.perform(to(BEN), fresh_key()), Refused)
    assert await available(database, BEN) == 40


async def test_what_is_nobodys_goes_to_anybody_only_by_two(staff: Talk, database: Database) -> None:
    place_of_ana = await place(database, await offered(database, ANA, "username", "@ben"))
    nobodys = evolve(paid(place_of_ana, "40"), reference=None, nonce=None, address="never heard of")
    assert not isinstance(await database.perform(nobodys, nobodys.request_key), Refused)
    assert await database.perform(to(ANA, 2), fresh_key()) == Refused("second_needed")
    assert await available(database, ANA) == 0


async def test_its_payer_gets_it_by_one(staff: Talk, database: Database) -> None:
    assert not isinstance(await database.perform(to(ANA), fresh_key()), Refused)
    assert await available(database, ANA) == 40


async def test_without_a_limit_one_is_enough(staff: Talk, database: Database) -> None:
    await database.run(Terms(credit_second_usd=Decimal(0)))
    assert not isinstance(await database.perform(to(BEN), fresh_key()), Refused)


async def test_what_nobody_knows_the_worth_of_needs_two(staff: Talk, database: Database, clock: MovedClock) -> None:
    await database.run(Terms(credit_second_usd=Decimal(1000)))
    clock.advance(timedelta(days=2))
    assert await database.perform(to(BEN), fresh_key()) == Refused("second_needed")


async def test_what_its_provider_never_verified_needs_two_for_its_payer_too(staff: Talk, database: Database) -> None:
    """Who shows payments that never come, and has a friend among the staff, had money out of nothing, however small."""
    payin = await place(database, await offered(database, ANA, "username", "@ben"))
    unverified = evolve(paid(payin, "5"), doubted=True)
    assert not isinstance(await database.perform(unverified, unverified.request_key), Refused)
    assert await database.perform(to(ANA, 2, "5"), fresh_key()) == Refused("second_needed")


async def test_it_is_not_given_to_somebodys_trade_instead(staff: Talk, database: Database) -> None:
    trade = await offered(database, BEN, "username", "@ana")
    attach = AttachUnapplied(CLEO, 1, Decimal(40), trade.id, Decimal(40), "for that one")
    assert await database.perform(attach, fresh_key()) == Refused("second_needed")
    own = await offered(database, ANA, "username", "@ben")
    attach = AttachUnapplied(CLEO, 1, Decimal(40), own.id, Decimal(40), "for that one")
    assert not isinstance(await database.perform(attach, fresh_key()), Refused)


async def test_one_proposes_it_in_the_chat_and_another_approves(
    staff: Talk, database: Database, clock: MovedClock
) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say("@ben")
    await staff.say("Ben paid for Ana")
    assert "Somebody else of finance has to approve it" in sent(staff.screen)
    assert "press one of the buttons" in sent(await staff.reply(Pressed(str(BEN))))
    await staff.press("Propose it")
    text = sent(staff.screen)
    assert "+40 USDT" in text
    assert "Unapplied payment #1 of @ana" in text
    assert "Approve" not in "".join(labels(staff.screen))
    assert await available(database, BEN) == 0
    assert "Correction #1" in "".join(labels(await staff.open("unapplied_payment", "1")))
    kind, told = (await notices(database, DAN))[-1]
    assert (kind, "Unapplied payment #1" in sent(told)) == ("correction_proposed", True)
    dan = Talk(PLAN, database, clock, DAN)
    dan.screens.append(told)
    await dan.press("Look at it")
    await dan.press("Approve")
    await dan.press("Confirm")
    assert "Approved by @dan" in sent(dan.screen)
    assert (await available(database, BEN), await available(database, ANA)) == (40, 0)
    assert [kind for kind, _ in await notices(database, BEN)] == ["unapplied_credited"]
    assert "Credited to @ben by @dan" in sent(await staff.open("unapplied_payment", "1"))
    report = await audit(database)
    assert (report.passed, report.unapplied) == (True, 0)


async def test_who_proposes_or_gets_it_does_not_approve_it(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    assert await approved(database, made, by=CLEO) == Refused("same_person")
    for_dan = await database.perform(proposal(DAN), fresh_key())
    assert isinstance(for_dan, int)
    assert await approved(database, for_dan) == Refused("own_wallet")
    assert await database.perform(proposal(CLEO), fresh_key()) == Refused("own_wallet")
    assert await waits(database)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (proposal(amount="41"), "terms_changed"), (proposal(unit="BTC"), "terms_changed"),
        (evolve(proposal(), unapplied_id=99), "unknown_payment"), (proposal(12), "unknown_person"),
        (proposal(by=BEN, receiver=ANA), "not_staff"),
        (evolve(proposal(), person=None, event_id=1), "unknown_person"),
    ],
)  # fmt: skip
async def test_nothing_else_than_that_payment_is_proposed(
    staff: Talk, database: Database, wanted: ProposeCorrection, reason: str
) -> None:
    assert await database.perform(wanted, fresh_key()) == Refused(reason)


async def test_it_is_not_proposed_to_the_same_person_twice(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say("@ben")
    await staff.say("Ben paid for Ana")
    first = await proposed(database)
    text = sent(await staff.press("Propose"))
    assert f"That is proposed already, as #{first}. Nothing was done" in text
    assert f"Correction #{first}: +40 USDT" in text
    assert await approved(database, first) == first


async def test_what_has_ended_otherwise_is_not_credited_again(staff: Talk, database: Database) -> None:
    made = await proposed(database)
    assert not isinstance(await database.perform(to(ANA), fresh_key()), Refused)
    assert await approved(database, made) == Refused("already_ended")
    assert (await available(database, ANA), await available(database, BEN)) == (40, 0)
    assert (await audit(database)).passed


async def test_at_once_with_another_ending_it_ends_once(staff: Talk, database: Database) -> None:
    first, second = await proposed(database), await database.perform(proposal(ANA), fresh_key())
    assert isinstance(second, int)
    outcomes: list[object] = []

    async def approve(correction: int) -> None:
        outcomes.append(await approved(database, correction))

    async def credit() -> None:
        outcomes.append(await database.perform(to(ANA), fresh_key()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(approve, first)
        nursery.start_soon(approve, second)
        nursery.start_soon(credit)
    assert outcomes.count(Refused("already_ended")) == 2
    assert await available(database, ANA) + await available(database, BEN) == 40
    report = await audit(database)
    assert (report.passed, report.unapplied) == (True, 0)


async def test_it_counts_into_no_limit_of_corrections(staff: Talk, database: Database) -> None:
    """Limits are of money that the staff makes; this has come."""
    await set_rates(database)
    await database.run(
        Terms(credit_second_usd=Decimal(1), correction_largest_usd=Decimal(10), correction_daily_usd=Decimal(10))
    )
    made = await proposed(database)
    assert await approved(database, made) == made
    gift = await database.perform(ProposeCorrection(CLEO, BEN, None, "USDT", Decimal(9), "gift"), fresh_key())
    assert isinstance(gift, int)
    wanted = DecideCorrection(DAN, gift, Decimal(9), True, "")
    assert await database.perform(wanted, fresh_key()) == gift


async def test_of_what_payment_it_is_stands_on_its_page(staff: Talk, database: Database) -> None:
    page = await database.read(CorrectionCase, DAN, await proposed(database))
    assert page is not None
    assert (page.unapplied_id, page.payer) == (1, "@ana")


async def test_what_is_sent_back_while_it_is_approved_is_not_credited_too(
    staff: Talk, database: Database, raw: Connection
) -> None:
    made = await proposed(database)
    begun = f"DO $$ BEGIN PERFORM admin_refund_unapplied('back', '', now(), {CLEO}, 1, 40, 'by hand'); END $$"
    approves = DecideCorrection(DAN, made, Decimal(40), True, "")
    assert await while_it_waits(World(database), raw, begun, approves, approves) == ["already_ended"] * 2
    assert await available(database, BEN) == 0


@pytest.mark.parametrize(("role", "seen"), [("owner", True), ("finance", True), ("support", False)])
async def test_whom_it_could_go_to_is_looked_up_for_finance_alone(
    staff: Talk, database: Database, role: str, seen: bool
) -> None:
    assert await database.perform(SetRole(CLEO, BEN, None, role, "x"), fresh_key()) == BEN
    assert (await database.read(Recipient, BEN, 1, "@ana") is not None) == seen
