"""A provider as a test has it: it knows what it has paid, and answers as it is told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import trio
from attrs import define, field

from lockbay.areas.payout import Cashout, SettleCashout, Told
from lockbay.payments.payout import is_settled, told
from tests.clock import MovedClock


async def nothing(_: Cashout) -> None:
    """Happens before the provider answers."""


@define(slots=False)
class Payer:
    """`how`: what pay does. sent, done, failed, waiting, unknown: answers so; lost: paid, and the answer is `unknown`;
    crash: raises; hang: takes the money and never answers. `paid` by reference: how often.
    """

    clock: MovedClock
    name: str = "blockbee"
    how: str = "done"
    paid: dict[str, int] = field(factory=dict)
    asked: list[str] = field(factory=list)
    called: list[str] = field(factory=list)
    ends: dict[str, Told] = field(factory=dict)
    is_away: bool = False
    meanwhile: Callable[[Cashout], Awaitable[None]] = nothing

    def pays(self, currency: str, network: str) -> bool:
        return True

    async def pay(self, cashout: Cashout) -> SettleCashout:
        self.called.append(cashout.reference)
        if self.how in ("sent", "done", "lost", "hang", "crash"):
            self.paid[cashout.reference] = self.paid.get(cashout.reference, 0) + 1
            self.ends.setdefault(cashout.reference, "done")
        await self.meanwhile(cashout)
        if self.how == "hang":
            await trio.sleep_forever()
        if self.how == "crash":
            raise RuntimeError("a bug")
        outcome: Told = "unknown" if self.how == "lost" else self.how  # type: ignore[assignment]
        return told(cashout, self.name, outcome, txid="tx" if outcome == "done" else None)

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        self.asked.append(cashout.reference)
        if self.is_away:
            return None
        end = self.ends.get(cashout.reference)
        await self.meanwhile(cashout)
        if end is not None:
            return told(cashout, self.name, end, txid="tx" if end == "done" else None)
        return told(cashout, self.name, "waiting") if is_settled(cashout, self.clock.now()) else None
