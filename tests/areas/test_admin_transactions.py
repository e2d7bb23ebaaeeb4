"""The list of all that moves money; on the real database, killed and replayed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.actors.context import Context
from lockbay.actors.turn import Turn
from lockbay.areas.admin.people_records import Dossier, PersonsMoney, PersonsTrades
from lockbay.areas.admin.records import SaveStaff, UnappliedList
from lockbay.areas.admin.transaction_records import Place, TransactionCase, Transactions
from lockbay.areas.admin.transaction_screens import parse_place, place_value
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    PayTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.errors import Invalid
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, View
from tests.areas.deciding import requested
from tests.areas.people import ANA, BEN, CLEO, fund, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.staffing import PLAN
from tests.areas.unapplied import done, paid, place
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED
from tests.talk import Talk


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    """Cleo, and in this order: a deposit of Ana's, a trade with Ben that was cancelled, what came for it too late, a
    cash-out, an exchange.
    """
    await set_rates(database)
    await database.run(evolve(UNLIMITED, cashout_unverified_daily_usd=Decimal(0)))
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    await fund(database, ANA, "1000")
    clock.advance(timedelta(minutes=1))
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, CancelTrade(ANA, trade.id))
    clock.advance(timedelta(minutes=1))
    await done(database, paid(payin, "40"))
    clock.advance(timedelta(minutes=1))
    await requested(database)
    clock.advance(timedelta(minutes=1))
    await exchange(database)
    return Talk(PLAN, database, clock, CLEO)


async def exchange(database: Database) -> None:
    await database.pool.fetch(
        "test",
        "INSERT INTO conversions (transfer_id, user_id, from_wallet, to_wallet, from_currency, from_amount,"
        " to_currency, to_amount, price, at) SELECT min(id), $1, true, true, 'USDT', 90, 'BTC', 0.001, 0.00001, $2"
        " FROM transfers",
        (ANA, database.clock.now()), reads=False,
    )  # fmt: skip


def slugs(talk: Talk) -> list[str]:
    return [label for label in labels(talk.screen) if label[0] in "🤝💸📥🔄"]


@pytest.mark.parametrize(("view", "keys"), [
    (Transactions, ("a", "", 0, 0, 0, 0, 0)), (TransactionCase, ("t", 2)), (UnappliedList, (0,)),
    (Dossier, (ANA,)), (PersonsMoney, (ANA, 0)), (PersonsTrades, (ANA, 0)),
])  # fmt: skip
async def test_what_moves_is_there_at_the_next_look(
    staff: Talk, database: Database, clock: MovedClock, view: type[View], keys: tuple[object, ...]
) -> None:
    """The list of what fitted nothing was shorter than its number on the dashboard, for up to three minutes."""
    context = Context()

    def changed(changes: Sequence[Change]) -> None:
        for change in changes:
            if change.user_id == CLEO:
                context.drop(change.view)

    async def look() -> View | None:
        return await Turn(CLEO, database, {}, context, clock.now()).read(view, keys)

    database.on_changed = changed
    trade = await offered(database, ANA, "username", "@ben")
    payin, before = await place(database, trade), await look()
    assert before is not None
    await done(database, CancelTrade(ANA, trade.id))
    await done(database, paid(payin, "40"))
    await fund(database, ANA, "1", "BTC")
    assert await look() != before


async def test_everything_is_in_one_list_the_newest_first(staff: Talk) -> None:
    await staff.open("admin")
    await staff.press("Transactions")
    assert [label[0] for label in slugs(staff)] == ["🔄", "💸", "📥", "🤝", "📥"]
    text = sent(staff.screen)
    assert "90 USDT · done" in text
    assert "@ana → BTC" in text
    assert "40 USDT · unapplied" in text
    assert "105" not in text
    assert "100 USDT · cancelled" in text
    assert "1,000 USDT · booked" in text


async def test_it_is_filtered_by_kind_state_and_person(staff: Talk) -> None:
    await staff.open("transactions")
    await staff.press("Deposits")
    assert len(slugs(staff)) == 2
    await staff.press("State")
    await staff.press("unapplied")
    assert "Deposits · unapplied" in sent(staff.screen)
    assert len(slugs(staff)) == 1
    await staff.press("Person")
    assert "knows nobody called @zed" in sent(await staff.say("@zed"))
    await staff.say("@ben")
    assert "@ben" in sent(staff.screen)
    assert "There are none" in sent(staff.screen)
    await staff.press("All")
    assert [label[0] for label in slugs(staff)] == ["🤝"]  # as a seller, by their name
    await staff.press("Everybody")
    assert len(slugs(staff)) == 5


@pytest.mark.parametrize(("kind", "state", "count"), [
    ("t", "cancelled", 1), ("t", "paid", 0), ("c", "", 1), ("d", "booked", 1), ("d", "seen", 0), ("x", "", 1),
])  # fmt: skip
@pytest.mark.parametrize("person", [0, ANA])
async def test_each_filter_finds_its_own(staff: Talk, kind: str, state: str, count: int, person: int) -> None:
    await staff.open("transactions", kind, state, str(person))
    assert len(slugs(staff)) == count


async def test_one_is_opened_and_leads_to_what_can_be_done(staff: Talk) -> None:
    await staff.open("transactions")
    await staff.press("📥 D-2")
    assert "came after the trade was cancelled" in sent(staff.screen)
    assert {"unapplied_payment", "transaction", "user"} <= leads_to(staff.screen)
    await staff.press("🤝")
    text = sent(staff.screen)
    assert "Buyer: @ana" in text
    assert "A bicycle" in text
    await staff.press("Back")
    await staff.press("Cash-outs")
    await staff.press("💸")
    assert "Cash-out" in sent(staff.screen) or "C-" in sent(staff.screen)
    await staff.open("transactions", "x")
    await staff.press("🔄")
    assert "For: 0.001 BTC" in sent(staff.screen)


async def test_of_a_trade_it_says_what_is_held_and_agreed_and_when_it_has_ended_who_got_what(
    staff: Talk, database: Database
) -> None:
    async def said(trade: TradeState) -> list[str]:
        return sent(await staff.open("transaction", "t", str(trade.id))).splitlines()

    trade, back, unpaid = [await offered(database, ANA, "username", "@ben") for _ in range(3)]
    assert "Fee: 5 USDT" in await said(trade)
    for each in (trade, back):
        await done(database, PayTrade(ANA, each.id, Decimal(105)))
    assert {"Fee: 5 USDT", "Held: 105 USDT"} <= set(await said(trade))
    await done(database, AcceptTrade(BEN, trade.id))
    await done(database, DeliverTrade(BEN, trade.id))
    await done(database, ReleaseTrade(ANA, trade.id))
    got = {"Was held: 105 USDT", "The seller got: 100 USDT", "The buyer got back: 0 USDT", "Our fee: 5 USDT"}
    assert got <= set(await said(trade))
    await done(database, DeclineTrade(BEN, back.id))
    got = {"Was held: 105 USDT", "The seller got: 0 USDT", "The buyer got back: 105 USDT", "Our fee: 0 USDT"}
    assert got <= set(await said(back))
    await done(database, CancelTrade(ANA, unpaid.id))
    for each in (trade, back, unpaid):
        assert not [line for line in await said(each) if line.startswith(("Held", "Fee"))]


async def test_of_a_trade_it_says_whether_its_seller_had_marked_it_when_it_was_released(
    staff: Talk, database: Database
) -> None:
    """Who has released it at once, and complains, was perhaps told to."""
    for marks, told in ((True, "22 Nov"), (False, "never")):
        trade = await offered(database, ANA, "username", "@ben")
        await done(database, PayTrade(ANA, trade.id, Decimal(105)))
        await staff.open("transaction", "t", str(trade.id))
        assert "Accepted" not in sent(staff.screen)
        assert "Marked as delivered" not in sent(staff.screen)
        await done(database, AcceptTrade(BEN, trade.id))
        if marks:
            await done(database, DeliverTrade(BEN, trade.id))
        await done(database, ReleaseTrade(ANA, trade.id))
        await staff.open("transaction", "t", str(trade.id))
        assert "Accepted: 22 Nov" in sent(staff.screen)
        assert f"Marked as delivered: {told}" in sent(staff.screen)


async def test_its_pages_have_everything_once_in_order(staff: Talk, database: Database, clock: MovedClock) -> None:
    for number in range(24):
        clock.advance(timedelta(seconds=(7, -3, 20)[number % 3]))  # clocks may go back
        await (exchange(database) if number % 2 else offered(database, ANA))
    seen = list[tuple[str, int]]()
    at: Place | None = Place()
    while at is not None:
        page = await database.read(Transactions, CLEO, "a", "", 0, at.trades, at.cashouts, at.deposits, at.exchanges)
        assert page is not None
        seen += [(each.kind, each.id) for each in page.lines]
        at = page.next
        assert at is None or parse_place(place_value(at)) == at
    assert len(seen) == len(set(seen)) == 29
    for kind in "tcdx":
        numbers = [number for each, number in seen if each == kind]
        assert numbers == sorted(numbers, reverse=True)


async def test_a_button_fits_whatever_the_numbers_are(staff: Talk, database: Database) -> None:
    view = await database.read(Transactions, CLEO, "a", "", 0, 0, 0, 0, 0)
    assert view is not None
    assert len(place_value(Place(*[36**6] * 4))) == 31
    assert parse_place(".3w..") == Place(0, 140, 0, 0)


@pytest.mark.parametrize(
    "args",
    [
        ("z",), ("t", "nothing"), ("a", "paid"), ("t", "", "x"), ("a", "", "0", "1.2.3"), ("a", "", "0", "-1..."),
        ("a", "", "0", "zzzzzzzzzzzzz..."), ("a", "", "0", "ⅷ..."),
    ],
)  # fmt: skip
async def test_forged_filters_open_nothing(staff: Talk, args: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        await staff.open("transactions", *args)


async def test_nobody_else_sees_any(staff: Talk, database: Database, clock: MovedClock) -> None:
    other = Talk(PLAN, database, clock, ANA)
    menu = await other.open("menu")
    for flow, args in (
        ("transactions", ()), ("transaction_states", ("t",)), ("transaction_person", ()), ("transaction", ("t", "1")),
    ):  # fmt: skip
        assert await other.open(flow, *args) == menu
