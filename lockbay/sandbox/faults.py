"""What can go wrong between the service and Telegram or a provider, on demand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from attrs import evolve, frozen

from lockbay.sandbox.refusal import Refusal, flooded

KINDS: Final = ("flood", "server_error", "latency", "timeout", "reset_before", "reset_after", "malformed", "refuse")


@frozen
class Fault:
    """One trouble: for a method and a chat (or all), a number of times and/or for some seconds. It is Telegram's,
    unless it names a provider: blockbee, dynopay, fincra or kraken, or a source of prices: coingecko, fastforex,
    kraken_rates or binance.

    flood: 429 with `retry_after`, or with what is left of `lasts`. server_error: `status`. latency: `seconds` before
    the call is handled. reset_before and reset_after: the connection breaks, without and with the call's effect.
    malformed: a cut JSON body, with the effect. refuse: `status` and `description` as a Bot API error.
    timeout (of providers): the call has its effect, and is never answered.
    """

    kind: str
    method: str = ""
    chat_id: int | None = None
    times: int | None = None
    lasts: float | None = None
    retry_after: int = 1
    status: int = 502
    seconds: float = 0.0
    description: str = "Bad Request: refused on demand"
    provider: str = ""
    until: float = math.inf

    def concerns(self, method: str, chat: int | None, provider: str) -> bool:
        return self.provider == provider and self.method.lower() in ("", method) and self.chat_id in (None, chat)


class Faults:
    """The troubles that are on. Not kept over restarts."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._faults: list[Fault] = []
        self._clock = clock

    def add(self, fault: Fault) -> None:
        until = math.inf if fault.lasts is None else self._clock() + fault.lasts
        self._faults.append(evolve(fault, until=until))

    def clear(self, provider: str | None = None) -> None:
        """All of them, or those of one provider."""
        self._faults = [fault for fault in self._faults if provider not in (None, fault.provider)]

    def active(self) -> list[Fault]:
        now = self._clock()
        self._faults = [fault for fault in self._faults if fault.until > now and fault.times != 0]
        return self._faults

    def strike(self, method: str, chat: int | None, provider: str = "") -> list[Fault]:
        """The faults that this call meets; each of them is used up by one."""
        struck = [fault for fault in self.active() if fault.concerns(method, chat, provider)]
        for fault in struck:
            if fault.times is not None:
                self._faults[self._faults.index(fault)] = evolve(fault, times=fault.times - 1)
        return struck

    def refusal(self, fault: Fault) -> Refusal:
        """What a flood or a refusal says."""
        if fault.kind == "refuse":
            return Refusal(fault.status, fault.description)
        left = fault.until - self._clock()
        return flooded(fault.retry_after if math.isinf(left) else max(1, math.ceil(left)))
