"""Stands for LockBay's webhooks in the tests of the local providers."""

from __future__ import annotations

from collections.abc import Mapping

import trio
from attrs import define, field, frozen
from starlette.requests import Request
from starlette.responses import Response

from lockbay.sandbox.person import Town


@frozen
class Call:
    """A webhook as it came in."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


@define
class Service:
    """Answers what it is told to, and hands on every call. An answer is a text, or a status."""

    url: str = ""
    answers: list[str | int] = field(factory=list)
    calls: trio.MemoryReceiveChannel[Call] = field(init=False)
    _send: trio.MemorySendChannel[Call] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._send, self.calls = trio.open_memory_channel(100)

    async def hook(self, request: Request) -> Response:
        call = Call(request.method, str(request.url), await request.body(), request.headers)
        self._send.send_nowait(call)
        answer = self.answers.pop(0) if self.answers else "*ok*"
        return Response(answer) if isinstance(answer, str) else Response(status_code=answer)

    async def next(self) -> Call:
        with trio.fail_after(5):
            return await self.calls.receive()

    async def all(self, count: int) -> list[Call]:
        return [await self.next() for _ in range(count)]

    def is_quiet(self) -> bool:
        """Whether nothing came that was not looked at."""
        return self.calls.statistics().current_buffer_used == 0


async def tried(town: Town, to: str, times: int) -> Mapping[str, object]:
    """The first delivery of the newest payment to there, when all of them were tried so often."""
    with trio.fail_after(5):
        while True:
            payments = (await town.place(to))["payments"]
            assert isinstance(payments, list)
            deliveries = payments[0]["deliveries"]
            assert isinstance(deliveries, list)
            if all(delivery["tries"] >= times for delivery in deliveries):
                first = deliveries[0]
                assert isinstance(first, dict)
                return first
