"""What somebody draws who tries anything: amounts at their ends, wallets that are filled, places to pay in."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

import asyncpg
from attrs import define, field

from lockbay.areas.deposits.records import FillPayin, Payin, RequestPayin
from lockbay.areas.wallet.records import SaveRates
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Operation, Refused
from tests.clock import MovedClock
from tests.ledger.ends import FILLED, PRICES
from tests.ledger.world import World

T = TypeVar("T")


@define
class Hand:
    world: World
    clock: MovedClock
    dice: random.Random
    people: Sequence[int]
    staff: Sequence[int]
    places: list[Payin] = field(factory=list)
    seen: Counter[str] = field(factory=Counter)

    async def ask(self, operation: Operation[T]) -> T | None:
        answer = await self.world.do(operation)
        self.seen[f"{type(operation).__name__} {answer.reason if isinstance(answer, Refused) else 'done'}"] += 1
        return None if isinstance(answer, Refused) else answer

    async def rows(self, query: str, *values: object) -> Sequence[asyncpg.Record]:
        return await self.world.database.pool.fetch("test", query, values, reads=True)

    def amount(self, coin: str, about: Decimal | None = None) -> Decimal:
        """A unit, some units, some USD worth, or what it is about, and a unit beside that."""
        unit = Decimal(1).scaleb(-min(CURRENCIES[coin].scale, 8))
        usd = Decimal(self.dice.choice((1, 3, 20, 100, 1000))) * self.dice.randint(1, 999) / 500
        some = [unit, unit * self.dice.randint(1, 3000), usd / Decimal(PRICES[coin][0])]
        if about is not None and about > 0:
            some = [*some, *(about, about / 2, about / 7) * 2, about + unit, about - unit, about * Decimal("0.97")]
        return max(self.dice.choice(some).quantize(unit, ROUND_DOWN), unit)

    async def filled(self) -> tuple[int, str, Decimal]:
        """A wallet with something in it."""
        found = await self.rows(FILLED, list(self.people))
        if not found:
            return self.people[0], "USDT", Decimal(0)
        row = self.dice.choice(found)
        return row["person"], row["coin"], row["balance"]

    async def place(self, person: int, coin: str, trade: int | None) -> Payin | None:
        network = CURRENCIES[coin].networks[0]
        amount = self.amount(coin) if network == "BANK" and trade is None else None
        wanted = await self.ask(RequestPayin(person, trade, coin, network, amount))
        if not isinstance(wanted, Payin):
            return None
        bank = network == "BANK"
        made = await self.ask(FillPayin(
            person, wanted.id, "fincra" if bank else "blockbee", None if bank else f"address-{wanted.id}",
            f"https://pay.example/{wanted.id}" if bank else None, f"external-{wanted.id}", Decimal(0),
        ))  # fmt: skip
        assert isinstance(made, Payin)
        self.places.append(made)
        return made

    async def priced(self) -> None:
        for coin, prices in PRICES.items():
            for source, price in zip(("test", "other"), prices, strict=True):
                await self.world.database.run(SaveRates(source, coin, "USD", Decimal(price), self.clock.now()))
