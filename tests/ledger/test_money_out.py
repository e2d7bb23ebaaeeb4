"""What must not happen to money on its way out: paid by two, paid after it was told paid, a code lost for nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio
import trio.testing
from attrs import evolve

from lockbay.actors.words import words
from lockbay.areas.admin.cashout_records import DecideCashout, Move
from lockbay.areas.cashout import questions
from lockbay.areas.cashout.records import CancelCashout, CashoutStart, RequestCashout
from lockbay.areas.codes import SendCode, outgoing
from lockbay.areas.destinations import Destination
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.onboarding.records import VerifyCode
from lockbay.areas.payout import Cashout, HearPayout, SendCashout, SettleCashout, Told
from lockbay.areas.wallet.records import SaveRates
from lockbay.clock.lines import Lines
from lockbay.clock.stuck import tell_stuck
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.ledger.test_cashout_limits import FREE, TOMORROW, mailed, send_code, verify
from tests.ledger.world import HOUR, World


def request(user: int, amount: str | None = "10", net: str = "9", typed: str | None = None) -> RequestCashout:
    whole = Decimal(amount) if amount else None
    return RequestCashout(user, "USDT", "TRC20", whole, Decimal(net), "T-somewhere", "", "", "", "", typed)


def settle(cashout: Cashout, outcome: Told, txid: str | None = None, provider: str = "blockbee") -> SettleCashout:
    return SettleCashout(cashout.reference, provider, outcome, None, txid, None, b"{}", "{}")


def decide(staff: int, cashout: Cashout, decision: Move, txid: str = "", note: str = "") -> DecideCashout:
    return DecideCashout(staff, cashout.id, cashout.state, decision, txid, note)


@pytest.fixture
async def user(world: World, raw: Connection) -> int:
    await world.database.run(FREE)
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true), (78, 'owner', true)")
    return await world.person(100)


async def to_send(world: World) -> list[int]:
    due = Lines([]).due()
    assert due
    return [each.id for each in (await world.database.run(due)).to_send]


async def test_a_code_is_not_used_up_by_what_there_is_not_enough_for(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await verify(raw, user)
    await world.done(send_code(user))
    right = await mailed(raw, user, "cashout")
    refused = await world.do(request(user, "101", "100", right))
    assert refused == Refused("insufficient", {"currency": "USDT", "total": "101", "available": "100"})
    assert (await world.done(request(user, typed=right))).state == "requested"


async def test_a_code_of_whom_none_was_asked_proves_nothing(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_code="verified"))
    cashout = await world.done(request(user, typed="123456"))
    [row] = await raw.fetch(f"SELECT proven FROM cashouts WHERE id = {cashout.id}")
    assert row["proven"] is False


@pytest.mark.parametrize("outcome", ["done", "sent"])
async def test_what_was_told_paid_before_it_was_sent_is_sent_by_nobody(
    world: World, user: int, raw: Connection, outcome: Told
) -> None:
    cashout = await world.done(request(user))
    assert (await world.done(settle(cashout, outcome, "tx"))).state == "waiting"
    assert await to_send(world) == []
    assert await world.do(SendCashout(cashout.id, "blockbee")) == Refused("wrong_state", {"state": "waiting"})
    waiting = evolve(cashout, state="waiting")
    assert await world.do(decide(77, waiting, "retry")) == Refused("told_paid")
    done = await world.done(decide(77, waiting, "paid", "tx"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


async def test_nor_when_it_waited_for_approval(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(5)))
    cashout = await world.done(request(user))
    assert (await world.done(settle(cashout, "done", "tx"))).state == "awaiting_approval"
    assert await world.do(CancelCashout(user, cashout.id)) == Refused("wrong_state", {"state": "awaiting_approval"})
    assert (await world.done(decide(77, cashout, "approve"))).state == "waiting"
    assert await to_send(world) == []


def heard(cashout: Cashout, txid: str = "tx") -> HearPayout:
    """A webhook of one that nobody has asked to pay it."""
    return HearPayout(cashout.reference, "fincra", "done", None, txid, b"{}", "{}")


@pytest.mark.parametrize("provider", ["manual", "kraken"])
async def test_what_is_told_paid_while_it_waits_is_sent_by_nobody(
    world: World, user: int, raw: Connection, clock: MovedClock, provider: str
) -> None:
    """Nobody pays over its network, or who does was short of money."""
    cashout = await world.done(request(user))
    if provider != "manual":
        await world.done(SendCashout(cashout.id, provider))
    waiting = await world.done(settle(cashout, "waiting", provider=provider))
    told = await world.done(heard(cashout))
    assert (told.state, told.problem) == ("waiting", "told_paid")
    assert len(await raw.fetch("SELECT FROM payout_alarms")) == 1
    clock.advance(HOUR)
    assert await to_send(world) == []
    assert await world.do(SendCashout(cashout.id, "kraken")) == Refused("wrong_state", {"state": "waiting"})
    assert await world.do(decide(77, waiting, "retry")) == Refused("told_paid")
    done = await world.done(decide(77, waiting, "paid", "tx"))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


@pytest.mark.parametrize("said", ["waiting", "failed"])
@pytest.mark.parametrize("is_unknown", [False, True])
async def test_what_another_told_paid_is_neither_tried_again_nor_given_back_when_who_was_asked_did_not_pay(
    world: World, user: int, clock: MovedClock, said: Told, is_unknown: bool
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "kraken"))
    if is_unknown:
        await world.done(settle(cashout, "unknown", provider="kraken"))
    await world.done(heard(cashout))
    waiting = await world.done(settle(cashout, said, provider="kraken"))
    assert (waiting.state, waiting.problem, await world.money(user)) == ("waiting", "told_paid", (90, 10))
    clock.advance(HOUR)
    assert await to_send(world) == []


async def test_what_was_told_paid_is_not_sent_whatever_its_row_says(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    """As an older LockBay has left it: due."""
    cashout = await world.done(request(user))
    await world.done(settle(cashout, "waiting", provider="manual"))
    await world.done(heard(cashout))
    await raw.execute(f"UPDATE cashouts SET ask_at = '{clock.now().isoformat()}'")
    assert await to_send(world) == [cashout.id]
    assert await world.do(SendCashout(cashout.id, "kraken")) == Refused("told_paid")
    clock.advance(HOUR)
    assert await to_send(world) == []


ALL: tuple[Move, ...] = ("claim", "retry", "refund", "decline", "paid")


async def test_what_one_pays_by_hand_nobody_else_of_the_staff_touches(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    waiting = await world.done(settle(cashout, "waiting"))
    await world.done(decide(77, waiting, "claim"))
    await world.done(decide(77, waiting, "claim"))  # asked again, after a restart
    for decision in ALL:
        refused = await world.do(decide(78, waiting, decision, "tx"))
        assert isinstance(refused, Refused)
        assert refused.reason == "claimed"
    clock.advance(HOUR)  # nobody holds it for ever
    await world.done(decide(78, waiting, "claim"))
    assert isinstance(await world.do(decide(77, waiting, "paid", "tx")), Refused)
    assert (await world.done(decide(78, waiting, "paid", "tx"))).state == "done"


async def test_a_wrong_source_alone_is_no_way_around_an_approval(world: World, user: int, clock: MovedClock) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(50)))
    now = world.database.clock.now()
    for source, price in (("one", "1"), ("two", "1.001"), ("broken", "0.001")):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal(price), now))
    assert (await world.done(request(user, "60", "59"))).state == "awaiting_approval"


async def test_of_sources_that_disagree_the_highest_counts_for_limits(
    world: World, user: int, clock: MovedClock
) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(50)))
    clock.advance(HOUR / 60)
    for source, price in (("other", "0.01"), ("broken", "0.001")):
        await world.database.run(SaveRates(source, "USDT", "USD", Decimal(price), clock.now()))
    assert (await world.done(request(user, "60", "59"))).state == "awaiting_approval"


async def test_no_more_is_kept_than_the_list_shows(world: World, user: int, raw: Connection) -> None:
    await raw.execute(
        "INSERT INTO destinations (user_id, label, currency, network, address, created_at) "
        f"SELECT {user}, 'n', 'USDT', 'TRC20', 'T-' || n, now() FROM generate_series(1, 50) n"
    )
    await world.done(evolve(request(user), label="one more"))
    start = await world.database.read(CashoutStart, user)
    assert start is not None
    assert "one more" not in {each.label for each in start.saved}
    [row] = await raw.fetch(f"SELECT count(*) AS n FROM destinations WHERE user_id = {user}")
    assert row["n"] == 50


async def test_a_code_is_not_used_up_by_an_exchange_that_there_is_not_enough_for(
    world: World, user: int, raw: Connection
) -> None:
    """The balance is taken between the check and the transfer: it must be locked before the code."""
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await verify(raw, user)
    for code, price in (("USDT", "1"), ("BTC", "90000"), ("NGN", "0.00069")):
        await world.database.run(SaveRates("other", code, "USD", Decimal(price), world.database.clock.now()))
    quote = await world.done(QuoteExchange(user, "USDT", "NGN", Decimal(95)))
    net, to = quote.to_amount - 50, Destination("BANK", "0123456789", "058", "GTBank", "ANN SAMPLE")
    await world.done(SendCode(user, "cashout", outgoing=outgoing("NGN", net, to)))
    right = await mailed(raw, user, "cashout")
    bank = (to.network, net, to.address, to.bank_code, to.bank_name, to.account_name, "")
    await raw.execute("BEGIN")
    await raw.execute(f"SELECT FROM accounts WHERE user_id = {user} AND currency = 'USDT' FOR NO KEY UPDATE")
    answers: list[object] = []

    async def confirm() -> None:
        answers.append(await world.do(ConfirmExchange(user, quote.id, *bank, right)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(confirm)
        await trio.testing.wait_all_tasks_blocked(0.2)
        await raw.execute(
            f"UPDATE accounts SET balance = 10, version = version + 1 WHERE user_id = {user} AND currency = 'USDT'"
        )
        await raw.execute("COMMIT")
    [refused] = answers
    assert isinstance(refused, Refused)
    assert refused.reason == "insufficient"
    [row] = await raw.fetch("SELECT used_at FROM verifications")
    assert row["used_at"] is None


async def test_who_replaced_the_email_gets_no_money_out_for_a_day_and_the_old_one_is_told(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    """Else whoever is in the Telegram account lets the codes be mailed to themselves."""
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await verify(raw, user)
    await world.done(SendCode(user, "email", "thief@example.com"))
    await world.done(VerifyCode(user, await mailed(raw, user, "email")))
    refused = await world.do(request(user))
    assert isinstance(refused, Refused)
    assert refused.reason == "email_changed"
    [told] = await raw.fetch("SELECT data FROM outbox WHERE kind = 'email_replaced' AND user_id IS NOT NULL")
    assert str(user) in str(told["data"])
    assert await world.money(user) == (100, 0)
    clock.advance(24 * HOUR)
    assert await world.do(request(user)) == Refused("code_needed")


async def test_a_first_email_is_no_replacement(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await world.done(SendCode(user, "email", "ann@example.com"))
    await world.done(VerifyCode(user, await mailed(raw, user, "email")))
    assert await world.do(request(user)) == Refused("code_needed")
    assert await raw.fetch("SELECT FROM outbox WHERE kind = 'email_replaced'") == []


async def test_what_somebody_wanted_to_pay_by_hand_and_did_not_is_told_again(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    waiting = await world.done(settle(cashout, "waiting"))
    counts = []
    for claims in (False, True, False):
        if claims:
            await world.done(decide(77, waiting, "claim"))
        clock.advance(HOUR)
        await tell_stuck(world.database, clock)
        counts.append(len(await raw.fetch("SELECT FROM outbox WHERE kind = 'payout_stuck' AND user_id = 77")))
    assert counts == [1, 2, 2]


async def test_what_was_claimed_while_unknown_is_not_tried_when_its_provider_says_that_it_did_not_pay(
    world: World, user: int, clock: MovedClock
) -> None:
    cashout = await world.done(request(user))
    await world.done(SendCashout(cashout.id, "blockbee"))
    unknown = await world.done(settle(cashout, "unknown"))
    await world.done(decide(77, unknown, "claim"))
    waiting = await world.done(settle(cashout, "waiting"))
    clock.advance(HOUR)
    assert await to_send(world) == []
    await world.done(decide(77, waiting, "retry"))
    assert await to_send(world) == [cashout.id]


async def test_a_first_email_lifts_the_lower_limit_a_day_later_where_there_was_money(
    world: World, user: int, raw: Connection, clock: MovedClock
) -> None:
    """Who got into somebody's Telegram proved an address of their own, and took everything at once."""
    await world.database.run(evolve(FREE, cashout_code="verified", cashout_unverified_daily_usd=Decimal(50)))
    newcomer = await world.person()
    for person in (user, newcomer):
        await world.done(SendCode(person, "email", f"p{person}@example.com"))
        await world.done(VerifyCode(person, await mailed(raw, person, "email")))
    refused = await world.do(request(user, "51", "50", "000000"))
    assert refused == Refused("new_email_daily_usd", {"limit": "50", "left": "50", "until": TOMORROW})
    start = await world.database.read(CashoutStart, user)
    assert start is not None
    assert (start.usd_left, start.is_verified, start.lower_until) == (50, True, clock.now() + timedelta(hours=24))
    assert "Your new e-mail address allows more from 23 Nov, 12:00 UTC on." in sent(
        questions.coin(words("en", "UTC"), start, clock.now())
    )
    await world.done(send_code(user, "30"))
    await world.done(request(user, "30", "29", await mailed(raw, user, "cashout")))
    details = {"limit": "50", "left": "20.00", "until": TOMORROW}
    assert await world.do(request(user, "30", "29")) == Refused("new_email_daily_usd", details)
    await world.fund(newcomer, Decimal(100))
    assert await world.do(request(newcomer, "51", "50")) == Refused("code_needed", {})
    clock.advance(timedelta(hours=24))
    await world.prepare(evolve(FREE, cashout_code="verified", cashout_unverified_daily_usd=Decimal(50)), clock.now())
    await world.done(send_code(user, "60"))
    await world.done(request(user, "60", "59", await mailed(raw, user, "cashout")))
    await world.audited()
