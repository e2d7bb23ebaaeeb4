"""People with money, and trades between them: made by the operations themselves, never by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Final, TypeVar

import trio
from attrs import define, field

from lockbay import audit
from lockbay.actors.person import MeetPerson
from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import Applied, ApplyPayment, FillPayin, Payin, RequestPayin
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.areas.terms import Terms
from lockbay.areas.trades.fees import Fees, fees
from lockbay.areas.trades.records import (
    AcceptTrade,
    CreateTrade,
    DeliverTrade,
    FeePayer,
    PayTrade,
    SellerKind,
    TradeState,
)
from lockbay.areas.trades.timers import DueReminder, DueTimer
from lockbay.areas.wallet.records import SaveRates
from lockbay.clock.records import AskDue, Due
from lockbay.money import currency
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.clock import START
from tests.security.service_role import by_hand

T = TypeVar("T")
NUMBERS = count(1)
WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
# Most tests are not about limits.
UNLIMITED: Final = Terms(trades_a_day=100_000, trades_an_hour=100_000, unpaid_trades=100_000)


@define
class World:
    """Speaks to one database; each operation gets a key of its own."""

    database: Database
    people: count[int] = field(factory=lambda: count(5_000_000_001))

    async def prepare(self, terms: Terms | None = None, at: datetime = START) -> None:
        await self.database.run(terms or UNLIMITED)
        for code, price in (("USDT", "1"), ("BTC", "90000"), ("ETH", "3000"), ("NGN", "0.00069")):
            await self.agreed(code, price, at)

    async def without_levels(self) -> None:
        """Nobody gets a discount."""
        await by_hand(self.database, "UPDATE levels SET discount_percent = 0")

    async def rate(self, code: str, price: str, at: datetime) -> None:
        await self.database.run(SaveRates("test", code, "USD", Decimal(price), at))

    async def agreed(self, code: str, price: str, at: datetime) -> None:
        """As many sources say so as an exchange demands."""
        for source in ("test", "other"):
            await self.database.run(SaveRates(source, code, "USD", Decimal(price), at))

    async def timers(self) -> Sequence[DueTimer]:
        """What the clock has to do by now."""
        return (await self._due()).timers

    async def reminders(self) -> Sequence[DueReminder]:
        """What the clock has to remind of by now."""
        return (await self._due()).reminders

    async def _due(self) -> Due:
        return await self.database.run(AskDue(START - timedelta(days=365), [], [], 1000))

    async def do(self, operation: Operation[T], key: str | None = None) -> T | Refused:
        return await self.database.perform(operation, key or f"test.{next(NUMBERS)}")

    async def done(self, operation: Operation[T]) -> T:
        """The answer of an operation that must not be refused."""
        answer = await self.do(operation)
        assert not isinstance(answer, Refused), answer
        return answer

    async def meet(self, username: str | None = None) -> int:
        """Somebody who has not accepted the terms."""
        user_id = next(self.people)
        await self.database.run(MeetPerson(user_id, username or f"person{user_id}", "Ann", "en"))
        return user_id

    async def person(self, usdt: str | int = 0, username: str | None = None) -> int:
        user_id = await self.meet(username)
        await self.done(AcceptTerms(user_id))
        if usdt:
            await self.fund(user_id, Decimal(usdt))
        return user_id

    async def fund(self, user_id: int, amount: Decimal, code: str = "USDT") -> Applied:
        return await self.done(payment(await self.payin(user_id, code), amount))

    async def payin(
        self,
        user_id: int,
        code: str = "USDT",
        network: str | None = None,
        *,
        trade: int | None = None,
        amount: Decimal | None = None,
        minimum: str = "0",
    ) -> Payin:
        """A place to pay in, as if a provider had made it: an address, or a page for a bank transfer."""
        over = network or currency(code).networks[0]
        wanted = await self.done(RequestPayin(user_id, trade, code, over, amount))
        bank = over == "BANK"
        return await self.done(
            FillPayin(
                user_id,
                wanted.id,
                "fincra" if bank else "blockbee",
                None if bank else f"address-{wanted.id}",
                f"https://pay.example/{wanted.id}" if bank else None,
                f"external-{wanted.id}",
                Decimal(minimum),
            )
        )

    async def money(self, user_id: int, code: str = "USDT") -> tuple[Decimal, Decimal]:
        """What somebody has: available, held."""
        wallet = await self.database.read(Wallet, user_id)
        assert wallet is not None
        return next((each.available, each.held) for each in wallet.balances if each.currency == code)

    async def available(self, user_id: int, code: str = "USDT") -> Decimal:
        return (await self.money(user_id, code))[0]

    async def trade(self, buyer: int, seller: int, amount: str = "100", payer: FeePayer = "buyer") -> TradeState:
        return await self.done(creation(buyer, f"@person{seller}", amount, payer))

    async def paid(self, buyer: int, seller: int, amount: str = "100", payer: FeePayer = "buyer") -> TradeState:
        trade = await self.trade(buyer, seller, amount, payer)
        return await self.done(PayTrade(buyer, trade.id, trade.buyer_pays))

    async def accepted(self, buyer: int, seller: int, amount: str = "100") -> TradeState:
        return await self.done(AcceptTrade(seller, (await self.paid(buyer, seller, amount)).id))

    async def delivered(self, buyer: int, seller: int, amount: str = "100") -> TradeState:
        return await self.done(DeliverTrade(seller, (await self.accepted(buyer, seller, amount)).id))

    async def audited(self) -> audit.Report:
        report = await audit.audit(self.database)
        assert report.differences == ()
        return report


def cost(amount: Decimal, payer: FeePayer, code: str = "USDT") -> Fees:
    return fees(amount, currency(code), Terms().fee_percent, payer)


def creation(
    buyer: int,
    seller: str,
    amount: str = "100",
    payer: FeePayer = "buyer",
    kind: SellerKind = "username",
    code: str = "USDT",
    hours: int = 24,
) -> CreateTrade:
    price = cost(Decimal(amount), payer, code)
    return CreateTrade(
        buyer, code, Decimal(amount), "A used bicycle", hours, payer, kind, seller, price.fee, price.buyer_pays
    )


def payment(
    payin: Payin,
    amount: Decimal | str | int,
    *,
    event: str | None = None,
    confirmed: bool = True,
    provider: str | None = None,
    reference: str | None = "",
    address: str | None = "",
    nonce: str | None = "",
    coin: str | None = None,
    network: str | None = None,
    body: bytes = b"{}",
) -> ApplyPayment:
    """What a provider tells of a payment to a place to pay in. "" stands for what that place has."""
    number = next(NUMBERS)
    return ApplyPayment(
        provider or payin.provider or "blockbee",
        event or f"event-{number}",
        confirmed,
        payin.reference if reference == "" else reference,
        payin.nonce if nonce == "" else nonce,
        payin.address if address == "" else address,
        coin or payin.currency,
        network or payin.network,
        Decimal(amount),
        f"tx-{number}",
        body,
        "{}",
    )


HOUR = timedelta(hours=1)


@asynccontextmanager
async def locked(raw: Connection, rows: str) -> AsyncIterator[None]:
    """Somebody else's transaction holds these rows."""
    await raw.execute(f"BEGIN; SELECT FROM {rows} FOR NO KEY UPDATE")
    try:
        yield
    finally:
        with trio.CancelScope(shield=True):
            await raw.execute("COMMIT")


async def while_it_waits(
    world: World, raw: Connection, taken: str, first: Operation[object], then: Operation[object], *, free: str = ""
) -> list[str]:
    """How two operations end: the first waits for what somebody else has taken when the other begins. By then `free`
    finds nothing: the first has what both need.
    """
    ended = ["", ""]

    async def do(place: int, operation: Operation[object]) -> None:
        answer = await world.do(operation)
        ended[place] = answer.reason if isinstance(answer, Refused) else "done"

    await raw.execute(f"BEGIN; {taken}")
    try:
        with trio.fail_after(10):
            async with trio.open_nursery() as nursery:
                for place, operation in enumerate((first, then)):
                    nursery.start_soon(do, place, operation)
                    while not ended[place] and len(await waiting(world)) <= place:
                        await trio.lowlevel.checkpoint()
                    assert not free or not await world.database.pool.fetch("test", free, (), reads=False)
                await raw.execute("COMMIT")
    finally:
        with trio.CancelScope(shield=True):
            await raw.execute("ROLLBACK")
    return ended


async def waiting(world: World) -> Sequence[object]:
    """Who waits for a lock; told by another connection, as a transaction sees the same of that all the time."""
    return await world.database.pool.fetch("test", WAITING, (), reads=True)


ROWS = """
SELECT (SELECT count(*) FROM transfers), (SELECT count(*) FROM postings), (SELECT count(*) FROM holds),
    (SELECT count(*) FROM trades), (SELECT count(*) FROM outbox),
    (SELECT string_agg(t::text, ',' ORDER BY id) FROM trades t),
    (SELECT string_agg(a::text, ',' ORDER BY id) FROM accounts a)
"""
