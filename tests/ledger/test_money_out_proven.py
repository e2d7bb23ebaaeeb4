"""Who sends money out has proven who they are: a code is lost for nothing, and an e-mail counts a day later."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import trio
import trio.testing
from attrs import evolve

from lockbay.actors.words import words
from lockbay.areas.cashout import questions
from lockbay.areas.cashout.records import CashoutStart
from lockbay.areas.codes import SendCode, outgoing
from lockbay.areas.destinations import Destination
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.onboarding.records import VerifyCode
from lockbay.areas.wallet.records import SaveRates
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.ledger.approving import request
from tests.ledger.approving import user as user
from tests.ledger.test_cashout_limits import FREE, TOMORROW, mailed, send_code, verify
from tests.ledger.world import HOUR, World


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
