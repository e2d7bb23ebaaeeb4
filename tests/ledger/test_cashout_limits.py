"""What limits cash-outs: a count and a worth a day, less without a verified e-mail, an approval, a code. Two at once
cannot both be the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.codes import SendCode, code, outgoing
from lockbay.areas.destinations import Destination
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.altered import altered
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, UNLIMITED, World

SECRET = b"a secret of tests"
FREE = evolve(
    UNLIMITED, cashout_daily_count=0, cashout_daily_usd=Decimal(0), cashout_unverified_daily_usd=Decimal(0),
    cashout_approval_usd=Decimal(0), cashout_code="never",
)  # fmt: skip
DAY = timedelta(hours=24)
TOMORROW = (START + DAY).isoformat()


def request(user: int, amount: str = "10", typed: str | None = None) -> RequestCashout:
    whole = Decimal(amount)
    return RequestCashout(user, "USDT", "TRC20", whole, whole - 1, "T-somewhere", "", "", "", "", typed)


def send_code(user: int, amount: str = "10") -> SendCode:
    """For such a request."""
    to = Destination("TRC20", "T-somewhere")
    return SendCode(user, "cashout", outgoing=outgoing("USDT", Decimal(amount) - 1, to))


async def at_once(world: World, operations: Sequence[Operation[Cashout]]) -> tuple[list[Cashout], list[Refused]]:
    """What was done, and what was refused."""
    done: list[Cashout] = []
    refused: list[Refused] = []

    async def do(operation: Operation[Cashout]) -> None:
        answer = await world.do(operation)
        refused.append(answer) if isinstance(answer, Refused) else done.append(answer)

    async with trio.open_nursery() as nursery:
        for operation in operations:
            nursery.start_soon(do, operation)
    return done, refused


@pytest.fixture
async def user(world: World) -> int:
    return await world.person(1000)


async def test_so_many_a_day_also_at_once(world: World, user: int, clock: MovedClock) -> None:
    await world.database.run(evolve(FREE, cashout_daily_count=3))
    done, refused = await at_once(world, [request(user)] * 8)
    assert (len(done), refused) == (3, [Refused("daily_count", {"limit": "3", "until": TOMORROW})] * 5)
    await world.done(CancelCashout(user, done[0].id))
    await world.done(request(user))
    assert isinstance(await world.do(request(user)), Refused)
    clock.advance(DAY)
    await world.done(request(user))
    await world.audited()


async def test_so_much_a_day_also_at_once(world: World, user: int, clock: MovedClock) -> None:
    await world.database.run(evolve(FREE, cashout_daily_usd=Decimal(100)))
    done, refused = await at_once(world, [request(user, "40")] * 5)
    assert (len(done), refused) == (2, [Refused("daily_usd", {"limit": "100", "left": "20.00", "until": TOMORROW})] * 3)
    await world.done(request(user, "20"))
    assert await world.do(request(user, "5")) == Refused(
        "daily_usd", {"limit": "100", "left": "0.00", "until": TOMORROW}
    )
    clock.advance(DAY)
    await world.prepare(evolve(FREE, cashout_daily_usd=Decimal(100)), clock.now())
    await world.done(request(user, "100"))
    assert await world.money(user) == (800, 200)


async def test_what_came_back_does_not_count(world: World, user: int) -> None:
    await world.database.run(evolve(FREE, cashout_daily_usd=Decimal(100)))
    cashout = await world.done(request(user, "100"))
    await world.done(SendCashout(cashout.id, "blockbee"))
    assert isinstance(await world.do(request(user)), Refused)
    await world.done(SettleCashout(cashout.reference, "blockbee", "failed", None, None, None, b"", ""))
    await world.done(request(user, "100"))


async def test_less_without_a_verified_email(world: World, user: int, raw: Connection) -> None:
    await world.database.run(evolve(FREE, cashout_unverified_daily_usd=Decimal(50)))
    done, refused = await at_once(world, [request(user, "30")] * 3)
    assert (len(done), [each.reason for each in refused]) == (1, ["unverified_daily_usd"] * 2)
    assert refused[0].details == {"limit": "50", "left": "20.00", "until": TOMORROW}
    await verify(raw, user)
    await world.done(request(user, "30"))


@pytest.mark.parametrize(
    ("rules", "amount", "waits"),
    [
        ({"cashout_daily_count": 3}, "5", 0),
        ({"cashout_daily_usd": Decimal(100)}, "30", 0),
        ({"cashout_daily_usd": Decimal(100)}, "60", 1),
        ({"cashout_daily_usd": Decimal(100)}, "100", 2),
        ({"cashout_daily_usd": Decimal(100)}, "101", None),
        ({"cashout_unverified_daily_usd": Decimal(100)}, "60", 1),
    ],
)
async def test_a_limit_says_from_when_on_it_would_be_possible(
    world: World, user: int, clock: MovedClock, rules: dict[str, object], amount: str, waits: int | None
) -> None:
    """30, an hour later 30, and an hour later 20 went out; which of them has to count no more?"""
    terms = altered(FREE, **rules)
    await world.database.run(terms)
    for each in ("30", "30", "20"):
        await world.done(request(user, each))
        clock.advance(HOUR)
    refused = await world.do(request(user, amount))
    assert isinstance(refused, Refused)
    if waits is None:
        assert "until" not in refused.details
        return
    until = START + DAY + waits * HOUR
    assert datetime.fromisoformat(refused.details["until"]) == until
    clock.advance(until - clock.now() - timedelta(seconds=1))
    await world.prepare(terms, clock.now())
    assert isinstance(await world.do(request(user, amount)), Refused)
    clock.advance(timedelta(seconds=1))
    await world.done(request(user, amount))


async def test_an_exchange_is_no_way_around_the_limits(world: World, user: int) -> None:
    await world.database.run(evolve(FREE, cashout_daily_count=1, exchange_sources=1))
    await world.done(request(user))
    quote = await world.done(QuoteExchange(user, "USDT", "NGN", Decimal(100)))
    confirm = ConfirmExchange(user, quote.id, "BANK", quote.to_amount - 50, "0123456789", "058", "GTBank", "ANN SAMPLE")
    assert await world.do(confirm) == Refused("daily_count", {"limit": "1", "until": TOMORROW})
    assert await world.available(user) == 990


async def test_limits_without_a_price_let_nothing_out(world: World, user: int, clock: MovedClock) -> None:
    clock.advance(2 * DAY)
    for limit in ("cashout_daily_usd", "cashout_unverified_daily_usd", "cashout_approval_usd"):
        await world.database.run(altered(FREE, **{limit: Decimal(100)}))
        assert await world.do(request(user)) == Refused("no_rate", {"currency": "USDT"}), limit
    await world.database.run(FREE)
    await world.done(request(user))


async def test_from_the_threshold_on_somebody_has_to_approve_and_one_of_two_decides(
    world: World, user: int, raw: Connection
) -> None:
    await world.database.run(evolve(FREE, cashout_approval_usd=Decimal(100)))
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true), (78, 'owner', true)")
    assert (await world.done(request(user, "99.99"))).state == "requested"
    cashout = await world.done(request(user, "100"))
    assert cashout.state == "awaiting_approval"
    assert len(await raw.fetch("SELECT FROM outbox WHERE kind = 'cashout_approval'")) == 2
    done, refused = await at_once(
        world,
        [
            DecideCashout(77, cashout.id, "awaiting_approval", "approve", "", ""),
            DecideCashout(78, cashout.id, "awaiting_approval", "decline", "", "no"),
            CancelCashout(user, cashout.id),
        ],
    )
    # Approved and then taken back are two steps that both fit; all others exclude each other.
    assert {each.state for each in done} in ({"requested"}, {"declined"}, {"cancelled"}, {"requested", "cancelled"})
    assert all(each.reason == "wrong_state" for each in refused)
    await world.audited()


async def verify(raw: Connection, user: int) -> None:
    await raw.execute(f"UPDATE users SET email = 'p{user}@example.com', email_verified_at = now() WHERE id = {user}")


async def mailed(raw: Connection, user: int, purpose: str) -> str:
    """The code that is in the newest letter."""
    [row] = await raw.fetch(
        f"SELECT nonce FROM verifications WHERE user_id = {user} AND purpose = '{purpose}' ORDER BY id DESC LIMIT 1"
    )
    return code(SECRET, user, purpose, row["nonce"])


@pytest.fixture
async def proven(world: World, user: int, raw: Connection) -> int:
    """Somebody who has to prove cash-outs by a code."""
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await verify(raw, user)
    return user


async def test_a_code_is_good_for_one_cashout_also_at_once(world: World, proven: int, raw: Connection) -> None:
    assert await world.do(request(proven)) == Refused("code_needed")
    await world.done(send_code(proven))
    right = await mailed(raw, proven, "cashout")
    done, refused = await at_once(world, [request(proven, typed=right)] * 4)
    assert (len(done), refused) == (1, [Refused("expired")] * 3)
    assert await world.money(proven) == (990, 10)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Decimal("10.5"), "net": Decimal("9.5")},
        {"address": "T-elsewhere"},
        {"network": "ERC20", "amount": Decimal(20), "net": Decimal(15)},
        {"currency": "BTC", "network": "BTC", "amount": Decimal(1), "net": Decimal("0.99995")},
        {"bank_code": "058"},
        {"account_name": "EVE"},
    ],
)
async def test_a_code_is_good_for_what_its_mail_named_alone(
    world: World, proven: int, raw: Connection, other: dict[str, object]
) -> None:
    """Another amount or place wants a code of its own, and the try is none at guessing."""
    await world.fund(proven, Decimal(2), "BTC")
    await world.done(send_code(proven))
    right = await mailed(raw, proven, "cashout")
    for _ in range(6):
        assert await world.do(altered(request(proven, typed=right), **other)) == Refused("expired")
    assert (await world.done(request(proven, typed=right))).state == "requested"


async def test_a_code_is_good_for_less_than_its_mail_named(world: World, proven: int, raw: Connection) -> None:
    await world.done(send_code(proven))
    await world.done(request(proven, "9", await mailed(raw, proven, "cashout")))


async def test_a_code_is_good_for_its_purpose_and_its_person_alone(
    world: World, proven: int, raw: Connection, clock: MovedClock
) -> None:
    other = await world.person(1000)
    await verify(raw, other)
    for person in (proven, other):
        await world.done(send_code(person))
    await world.done(SendCode(proven, "contact", "else@example.com"))
    for wrong in {await mailed(raw, other, "cashout"), await mailed(raw, proven, "contact")}:
        refused = await world.do(request(proven, typed=wrong))
        assert isinstance(refused, Refused)
        assert refused.reason == "wrong"
    await world.done(request(proven, typed=await mailed(raw, proven, "cashout")))


async def test_wrong_codes_are_counted_also_at_once_and_across_letters(
    world: World, proven: int, raw: Connection, clock: MovedClock
) -> None:
    await world.done(send_code(proven))
    right = await mailed(raw, proven, "cashout")
    wrong = [f"{(int(right) + n) % 1_000_000:06d}" for n in range(1, 4)]
    _, refused = await at_once(world, [request(proven, typed=each) for each in wrong])
    assert sorted(each.details["tries_left"] for each in refused) == ["2", "3", "4"]
    clock.advance(timedelta(minutes=2))
    await world.done(send_code(proven))
    newer = await mailed(raw, proven, "cashout")
    bad = f"{(int(newer) + 1) % 1_000_000:06d}"
    reasons = [await world.do(request(proven, typed=each)) for each in (bad, bad, newer)]
    assert [each.reason for each in reasons if isinstance(each, Refused)] == ["wrong", "wrong", "too_many"]
    assert await world.money(proven) == (1000, 0)


async def test_who_has_no_verified_email_needs_no_code(world: World, user: int) -> None:
    await world.database.run(evolve(FREE, cashout_code="verified"))
    await world.done(request(user))


async def test_a_code_goes_to_no_address_that_was_never_proven(world: World, user: int, raw: Connection) -> None:
    await raw.execute(f"UPDATE users SET email = 'typed@example.com', email_verified_at = NULL WHERE id = {user}")
    assert await world.do(SendCode(user, "cashout")) == Refused("no_email")
    assert await raw.fetch("SELECT FROM verifications") == []
