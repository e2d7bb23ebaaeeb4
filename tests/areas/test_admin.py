"""The staff's screens and decisions on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson
import pytest
from attrs import evolve

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.inbox import BuryUpdate, Inbox, PutUpdates
from lockbay.actors.parse import Pressed
from lockbay.actors.person import Person
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Link, Screen, encode_link
from lockbay.actors.services import Services
from lockbay.actors.session import Session
from lockbay.actors.turn import Turn
from lockbay.actors.update import Press, Sender, Update
from lockbay.actors.words import words
from lockbay.areas import admin, menu, trades
from lockbay.areas.admin import books, screens, unapplied_screens
from lockbay.areas.admin.records import (
    AdminBooks,
    AdminDashboard,
    Clearing,
    Difference,
    Ending,
    HeldMoney,
    Payer,
    PayersTrade,
    ProviderAnswer,
    SaveStaff,
    TradeCount,
    UnappliedList,
    UnappliedPayment,
    WaitingPayment,
)
from lockbay.areas.deposits.records import ApplyPayment, FillPayin, Payin, RequestPayin
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.records import CancelTrade, TradeState
from lockbay.audit import audit
from lockbay.errors import Invalid
from lockbay.plan import plan
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.actors.house import Replies
from tests.areas.people import ANA, BEN, CLEO, available, fresh_key, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import BOT
from tests.clock import MovedClock
from tests.talk import Talk

ENGLISH = words("en", "UTC")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STAFF = CLEO
PLAN = Plan(together(trades.flows(BOT), menu.FLOWS, admin.flows(menu.FLOWS["menu"])), admin.COMMANDS, "menu", gate)


@pytest.fixture
async def staff(database: Database, clock: MovedClock) -> Talk:
    """Cleo, who runs LockBay, where Ana's payment of 40 USDT came after she had cancelled her trade with Ben."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await onboarded(database, STAFF, "Cleo", "cleo")
    await database.run(SaveStaff([STAFF]))
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, CancelTrade(ANA, trade.id))
    await done(database, paid(payin, "40"))
    return Talk(PLAN, database, clock, STAFF)


async def done(database: Database, operation: Operation[object]) -> object:
    answer = await database.perform(operation, fresh_key())
    assert not isinstance(answer, Refused), answer
    return answer


async def place(database: Database, trade: TradeState) -> Payin:
    wanted = await done(database, RequestPayin(ANA, trade.id, "USDT", "TRC20", None))
    assert isinstance(wanted, Payin)
    made = FillPayin(ANA, wanted.id, "blockbee", f"address {wanted.id}", None, "", Decimal(0))
    filled = await done(database, made)
    assert isinstance(filled, Payin)
    return filled


def paid(payin: Payin, amount: str, currency: str = "USDT", event: str = "") -> ApplyPayment:
    return ApplyPayment(
        "blockbee", event or fresh_key(), True, payin.reference, payin.nonce, payin.address, currency, "TRC20",
        Decimal(amount), "tx<1>", b"{}", "",
    )  # fmt: skip


async def notices(database: Database, user_id: int) -> list[tuple[str, Screen]]:
    """What a person was told by the staff or for it, in order."""
    found = await database.pool.fetch(
        "notices", "SELECT kind, data::text FROM outbox WHERE user_id = $1 ORDER BY id", (user_id,), reads=True
    )
    known = [(row["kind"], admin.NOTICES[row["kind"]], row["data"]) for row in found if row["kind"] in admin.NOTICES]
    return [(kind, told.draw(ENGLISH, rows.structurer(told.record)(orjson.loads(data)))) for kind, told, data in known]


async def test_the_staff_sees_the_state_of_the_house(staff: Talk, database: Database) -> None:
    await offered(database, ANA)
    text = sent(await staff.open("admin"))
    assert "People: 3, onboarded: 3" in text
    assert "Open trades: 1 awaiting payment" in text
    assert "Unapplied payments: 1" in text
    assert "Providers say what we have" in text


async def test_the_update_that_asks_is_not_among_those_that_wait(staff: Talk, database: Database) -> None:
    await database.run(PutUpdates(7, "", 12, [11], [STAFF], [b"{}"]))
    assert "update that waits: none" in sent(await staff.open("admin"))
    await database.run(PutUpdates(7, "", 13, [12], [BEN], [b"{}"]))
    assert "update that waits: none" not in sent(await staff.open("admin"))


async def test_an_update_that_failed_for_good_is_seen(staff: Talk, database: Database) -> None:
    assert "failed three times" not in sent(await staff.open("admin"))
    await database.run(BuryUpdate(7, "", 7, 1, b"{}", "ZeroDivisionError: "))
    assert "Updates that failed three times: 1" in sent(await staff.open("admin"))


async def test_the_staff_is_told_and_finds_the_payment_from_there_and_from_the_list(
    staff: Talk, database: Database
) -> None:
    [(kind, told)] = await notices(database, STAFF)
    assert (kind, "40 USDT waits for a decision" in sent(told)) == ("unapplied", True)
    staff.screens.append(told)
    from_notice = await staff.press("Look at it")
    await staff.open("admin")
    await staff.press("Unapplied payments (1)")
    assert "#1: 40 USDT · @ana" in sent(staff.screen)
    await staff.press("#1")
    assert staff.screen == from_notice
    text = sent(staff.screen)
    for said in ("Amount: 40 USDT", "came after the trade was cancelled", "@ana", "tx<1>", "Over: TRC20, blockbee"):
        assert said in text


async def test_a_payment_is_credited_to_its_payer(staff: Talk, database: Database) -> None:
    await staff.open("unapplied_payment", "1")
    await staff.press("Credit to @ana")
    assert "40 USDT" in sent(staff.screen)
    await staff.press("@ana")
    await staff.say("She cancelled by mistake")
    assert "Credit 40 USDT to @ana?" in sent(staff.screen)
    await staff.press("Confirm")
    text = sent(staff.screen)
    assert "@ana has 40 USDT in the wallet" in text
    assert "Credited to @ana by @cleo" in text
    assert "She cancelled by mistake" in text
    assert await available(database, ANA) == 40
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "40 USDT is in your wallet" in sent(told)) == ("unapplied_credited", True)
    assert "She cancelled" not in sent(told)
    assert (await audit(database)).passed
    assert "Nothing waits" in sent(await staff.open("unapplied"))


async def test_a_payment_is_credited_to_somebody_else_who_is_named(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    assert "knows nobody called @dan" in sent(await staff.say("@dan"))
    assert "Type a @username" in sent(await staff.say("not a name!"))
    await staff.say("@BEN")
    await staff.say("Ben paid for Ana")
    assert "It was paid by @ana, who is somebody else" in sent(staff.screen)
    await staff.press("Confirm")
    assert (await available(database, BEN), await available(database, ANA)) == (40, 0)
    assert [kind for kind, _ in await notices(database, BEN)] == ["unapplied_credited"]
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "for another person" in sent(told)) == ("unapplied_moved", True)


async def test_somebody_is_named_by_number(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say(str(BEN))
    await staff.say("theirs")
    await staff.press("Confirm")
    assert await available(database, BEN) == 40


async def test_nobody_confirms_for_another_person_than_was_shown(staff: Talk, database: Database) -> None:
    await staff.open("credit_unapplied", "1")
    await staff.say("@ana")
    await staff.say("hers")
    assert "press one of the buttons" in sent(await staff.reply(Pressed(str(BEN))))
    assert "press one of the buttons" in sent(await staff.say("confirm"))
    assert (await available(database, ANA), await available(database, BEN)) == (0, 0)


async def test_a_payment_that_was_sent_back_is_written_down(staff: Talk, database: Database) -> None:
    await staff.open("unapplied_payment", "1")
    await staff.press("Refund")
    assert "only writes down" in sent(staff.screen)
    await staff.say("tx 0xabc")
    assert "40 USDT of @ana was sent back" in sent(staff.screen)
    await staff.press("Confirm")
    assert "Sent back by @cleo" in sent(staff.screen)
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "tx 0xabc" in sent(told)) == ("unapplied_refunded", True)
    assert (await audit(database)).passed


async def test_a_payment_is_attached_to_a_trade_that_is_typed(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    await staff.open("unapplied_payment", "1")
    await staff.press("Attach")
    assert "There is no trade T-ZZZZZZ" in sent(await staff.say("t-zzzzzz"))
    assert "Type the code" in sent(await staff.say("that one"))
    await staff.say(trade.slug.lower().removeprefix("t-"))
    await staff.say("meant for this one")
    text = sent(staff.screen)
    for said in (f"Give 40 USDT to trade {trade.slug}?", "Buyer: @ana", "Price: 105 USDT", "Missing: 105 USDT"):
        assert said in text
    await staff.press("Confirm")
    assert f"Trade {trade.slug} has 40 USDT and is underpaid" in sent(staff.screen)
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "still missing" in sent(told)) == ("unapplied_attached", True)
    assert "trade" in leads_to(told)
    assert (await audit(database)).passed


async def test_the_payers_own_trade_is_a_button_while_it_can_be_paid(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA, "username", "@ben")
    payin = await place(database, trade)
    await done(database, paid(payin, "7.5", event="e"))
    other = await place(database, await offered(database, ANA))
    await done(database, paid(other, "200", event="e"))
    await staff.open("unapplied_payment", "2")
    assert "told it differently" in sent(staff.screen)
    await staff.press("Attach")
    await staff.press("T-")
    await staff.say("its own")
    assert "over goes to the buyer" in sent(staff.screen)
    await staff.press("Confirm")
    assert "is paid" in sent(staff.screen)
    assert (await audit(database)).passed


async def test_a_trade_that_takes_no_more_offers_no_confirmation(staff: Talk, database: Database) -> None:
    ended = await offered(database, ANA)
    await done(database, CancelTrade(ANA, ended.id))
    await staff.open("attach_unapplied", "1")
    await staff.say(ended.slug)
    assert "is cancelled: it takes no more money" in sent(staff.screen)
    await staff.say("why")
    assert "Confirm" not in "".join(labels(staff.screen))
    await staff.reply(Pressed(f"{ended.id}/40"))
    assert "takes no more money now" in sent(staff.screen)
    assert "Credit to @ana" in "".join(labels(staff.screen))
    assert (await audit(database)).unapplied == 1


@pytest.mark.parametrize("flow", ["credit_unapplied", "refund_unapplied", "attach_unapplied"])
async def test_what_a_colleague_has_decided_meanwhile_is_shown(
    staff: Talk, database: Database, clock: MovedClock, flow: str
) -> None:
    await database.run(SaveStaff([STAFF, BEN]))
    trade = await offered(database, ANA)
    await staff.open(flow, "1")
    if flow != "refund_unapplied":
        await staff.say("@ana" if flow == "credit_unapplied" else trade.slug)
    await staff.say("why")
    colleague = Talk(PLAN, database, clock, BEN)
    await colleague.open("refund_unapplied", "1")
    await colleague.say("tx 1")
    await colleague.press("Confirm")
    await staff.press("Confirm")
    assert "Somebody has decided this already" in sent(staff.screen)
    assert "Sent back by @ben" in sent(staff.screen)
    assert "Confirm" not in "".join(labels(staff.screen))
    again = await staff.open(flow, "1")
    assert "Sent back by @ben" in sent(again)
    assert (await audit(database)).passed


@pytest.mark.parametrize("flow", ["credit_unapplied", "refund_unapplied", "attach_unapplied"])
async def test_a_decision_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    staff: Talk, database: Database, flow: str
) -> None:
    trade = await offered(database, ANA)
    await staff.open(flow, "1")
    if flow != "refund_unapplied":
        await staff.say("@ana" if flow == "credit_unapplied" else trade.slug)
    await staff.say("why")
    asked = staff._conversation
    assert asked is not None
    before = asked.journal
    first = await staff.press("Confirm")

    def turn() -> Turn:
        return Turn(STAFF, database, {}, Context(), database.clock.now())

    chat = Chat(Person(STAFF, "Cleo", "cleo", onboarded=True), database.clock.now())
    revived = Conversation(PLAN.flows[flow], chat, before)
    await revived.resume(turn())
    assert revived.journal == before
    replayed = turn()
    confirm = {"credit_unapplied": str(ANA), "refund_unapplied": "confirm", "attach_unapplied": f"{trade.id}/40"}
    await revived.answer(replayed, Pressed(confirm[flow]))
    assert replayed.shown[-1][0] == first
    assert (await audit(database)).passed


@pytest.mark.parametrize(
    ("flow", "args"),
    [("admin", ()), ("books", ()), ("unapplied", ()), ("unapplied_payment", ("1",)), ("credit_unapplied", ("1",)),
     ("refund_unapplied", ("1",)), ("attach_unapplied", ("1",))],
)  # fmt: skip
async def test_who_is_not_of_the_staff_gets_the_menu(
    staff: Talk, database: Database, clock: MovedClock, flow: str, args: tuple[str, ...]
) -> None:
    screen = await Talk(PLAN, database, clock, ANA).open(flow, *args)
    assert "wallet" in leads_to(screen)
    for word in ("People", "Unapplied", "40 USDT"):
        assert word not in sent(screen)


async def test_who_has_left_the_staff_in_the_middle_decides_nothing(staff: Talk, database: Database) -> None:
    await staff.open("refund_unapplied", "1")
    await database.run(SaveStaff([]))
    conversation = staff._conversation
    assert conversation is not None
    turn = Turn(STAFF, database, {}, Context(), database.clock.now())
    await conversation.answer(turn, Pressed("x"))  # no text: asked again
    await database.run(SaveStaff([STAFF]))
    await staff.say("tx 1")
    await database.run(SaveStaff([]))
    conversation = staff._conversation
    assert conversation is not None
    await conversation.answer(turn, Pressed("confirm"))
    assert "Only the people who run LockBay" in sent(turn.shown[-1][0])
    assert (await audit(database)).unapplied == 1


@pytest.mark.parametrize("flow", ["unapplied", "books", "unapplied_payment", "credit_unapplied"])
@pytest.mark.parametrize("argument", ["-1", "x", "9" * 30])
async def test_a_forged_number_is_called_inactive(staff: Talk, flow: str, argument: str) -> None:
    with pytest.raises(Invalid, match="no longer active"):
        await staff.open(flow, argument)


async def test_the_list_goes_page_by_page(staff: Talk, database: Database) -> None:
    trade = await offered(database, ANA)
    payin = await place(database, trade)
    for _ in range(18):
        await done(database, paid(payin, "5", "SHIB"))
    seen: list[str] = []
    await staff.open("unapplied")
    while True:
        seen += [label for label in labels(staff.screen) if label.startswith("#")]
        if "Next" not in labels(staff.screen):
            break
        await staff.press("Next")
    assert [label.split()[0] for label in seen] == [f"#{n}:" for n in range(1, 20)]
    await staff.press("#19")
    assert "can only be sent back" in sent(staff.screen)
    assert not leads_to(staff.screen) & {"credit_unapplied", "attach_unapplied"}


async def test_providers_and_books_are_compared(staff: Talk) -> None:
    await staff.open("admin")
    await staff.press("Providers and books (0)")
    assert "✅ blockbee: told 40 USDT, in the books 0 USDT, unapplied 40 USDT" in sent(staff.screen)


def test_what_waits_is_shown_with_its_age() -> None:
    view = AdminDashboard(2, 1, (), (), 0, 0, (), 0, NOW - timedelta(minutes=5), None)
    text = sent(screens.dashboard(ENGLISH, view, NOW))
    assert "update that waits: 5 minutes ago" in text
    assert "notice that waits: none" in text
    assert "Unapplied payments: none" in text
    assert "Held: nothing" in text


def test_the_fullest_dashboard_fits_a_message() -> None:
    states = ("awaiting_payment", "underpaid", "paid", "accepted", "delivered")
    view = AdminDashboard(
        10**6, 10**6, tuple(TradeCount(state, 10**6) for state in states),
        tuple(HeldMoney(code, Decimal(10**14)) for code in ("BTC", "DOGE", "ETH", "LTC", "NGN", "TRX", "USDT")),
        5000, 5000, (ProviderAnswer("blockbee", NOW, None), ProviderAnswer("fincra", NOW, NOW)), 10**6, NOW, NOW,
    )  # fmt: skip
    text = sent(screens.dashboard(ENGLISH, view, NOW))
    assert "fincra has not answered since" in text
    assert "Providers say other than we have: 5000" in text


def test_the_fullest_pages_fit_a_message() -> None:
    odd, huge = "<b>&" * 1000, Decimal("99999999999999.123456789012345678")
    line = WaitingPayment(2**63 - 1, NOW, "told_differently", huge, odd, 1, odd)
    sent(unapplied_screens.waiting(ENGLISH, UnappliedList((line,) * 8, 2**63 - 1, 10**6)))
    page = UnappliedPayment(
        2**63 - 1, NOW, odd[:30], huge, odd, odd, "blockbee", odd, odd, odd, odd, False, Payer(2**60, odd),
        PayersTrade(1, "T-ABCDEF", "awaiting_payment", True),
        Ending("refunded", NOW, "@cleo", None, None, None, None, "<" * 500),
    )  # fmt: skip
    sent(unapplied_screens.payment(ENGLISH, page))
    sent(unapplied_screens.payment(ENGLISH, evolve(page, ending=None, bookable=True)))
    difference = Difference(1, NOW, "blockbee", "r" * 24, "ETH", huge, huge, 1, odd)
    codes = ("BTC", "DOGE", "ETH", "LTC", "NGN", "TRX", "USDT")
    sums = tuple(Clearing(name, code, huge, huge, huge, huge) for name in ("blockbee", "dynopay") for code in codes)
    assert "⚠️" in sent(books.books(ENGLISH, AdminBooks(sums, (difference,) * 6, 6)))


async def test_what_differs_is_told_with_a_way_to_the_books(database: Database) -> None:
    told = admin.NOTICES["reconciliation"]
    data = {
        "provider": "fincra", "reference": "abc", "currency": "NGN", "network": "BANK", "told": "200", "ours": "0",
        "person": "@ana",
    }  # fmt: skip
    screen = told.draw(ENGLISH, rows.structurer(told.record)(data))
    assert "Told: 200.00 NGN" in sent(screen)
    assert Link("⚖️ Providers and books", "books") in screen.rows[0]


async def test_the_state_of_the_house_is_that_of_now_at_each_look(database: Database, clock: MovedClock) -> None:
    """Nobody tells the staff of each trade, so what they saw was shown again for three minutes, on Refresh too."""
    await set_rates(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    await database.run(SaveStaff([CLEO]))
    services = Services(plan("lockbay_bot"), database, Inbox(database, 7), Replies(), clock, lambda raw: None)
    session = Session(CLEO, services)

    async def look(update_id: int) -> str:
        press = Press("c", encode_link("admin", ()), 1)
        turn, _ = await session.take(Update(update_id, Sender(CLEO, "Cleo", "cleo"), CLEO, press, b"{}"))
        return sent(turn.shown[-1][0])

    assert "Open trades: none" in await look(1)
    await offered(database, await onboarded(database, ANA, "Ana", "ana"))
    assert "People: 2" in await look(2)
    assert "Open trades: none" not in await look(3)
