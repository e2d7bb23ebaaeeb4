"""The providers' side of payouts for tests: how they take the next ones, and what became of the others."""

from __future__ import annotations

import httpx
from attrs import field, frozen

from lockbay.sandbox.asking import PATIENCE, NotSeen, mapping, posted, sequence
from lockbay.sandbox.wire import Object, parse_object


@frozen
class PayoutHand:
    """`name` is a payout's id at the provider, our reference, or where it goes to: the newest of those."""

    client: httpx.AsyncClient = field(repr=False)

    async def next(self, how: str, times: int | None = 1, delay: float | None = None, provider: str = "") -> None:
        """How the next payouts are taken: see lockbay.sandbox.payouts.Order. times=None: all that follow."""
        fields: Object = {"how": how, "times": times, "delay": delay, "provider": provider}
        await posted(self.client, "/api/payouts/ways", fields)

    async def always(self, how: str, provider: str = "", delay: float | None = None) -> None:
        """All that follow are taken so, but for those that `next` says otherwise about."""
        await self.next(how, None, delay, provider)

    async def usual(self) -> None:
        """All that was said about the next ones is forgotten: they are paid."""
        (await self.client.delete("/api/payouts/ways")).raise_for_status()

    async def orders(self) -> list[Object]:
        """What is still said about the next ones."""
        answer = parse_object((await self.client.get("/api/payouts/ways")).raise_for_status().content)
        return [mapping(order) for order in sequence(answer["orders"])]

    async def all(self) -> list[Object]:
        """The newest 60, newest first."""
        answer = parse_object((await self.client.get("/api/payouts")).raise_for_status().content)
        return [mapping(payout) for payout in sequence(answer["payouts"])]

    async def sees(self, name: str, state: str = "", *, within: float = PATIENCE) -> Object:
        """The payout, when it is there, and in that state (processing, done, failed). Raises NotSeen."""
        query = {"name": name, "state": state, "timeout": str(within)}
        response = await self.client.get("/api/payouts/wait", params=query, timeout=within + PATIENCE)
        answer = parse_object(response.content)
        if response.is_error:
            raise NotSeen(answer.get("error"))
        return answer

    async def done(self, name: str) -> None:
        """It arrives now, and that is told."""
        await posted(self.client, "/api/payouts/end", {"name": name})

    async def fails(self, name: str, reason: str = "Sent back by the bank") -> None:
        """It fails now, and that is told; also one that was done."""
        await posted(self.client, "/api/payouts/end", {"name": name, "failed": True, "reason": reason})

    async def tells(self, name: str) -> None:
        """Its end is told once more, or for the first time: only Fincra tells."""
        await posted(self.client, "/api/payouts/tell", {"name": name})

    async def pot(self, provider: str, pot: str, amount: str) -> None:
        """That much is left from now on. Pots: NGN at Fincra, BlockBee's tickers, Kraken's assets such as XXBT."""
        await posted(self.client, "/api/payouts/pot", {"provider": provider, "pot": pot, "amount": amount})

    async def register(self, method: str, address: str, key: str = "") -> None:
        """An address that Kraken may send to from now on, under its own name or that of the key; methods: see
        lockbay.sandbox.kraken_books.METHODS.
        """
        fields: Object = {"key": key or address, "method": method, "address": address}
        await posted(self.client, "/api/kraken/keys", fields)
