"""Prices as their sources tell them: what a price is, what a source does, how both are read. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, localcontext
from typing import Final, Protocol

import httpx
import trio
from attrs import frozen

from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import TooLong, received
from lockbay.payments.reading import number, parse

LIMIT: Final = 10.0  # s for one question
LARGEST: Final = Decimal("1e15")
NAIRA: Final = Decimal("0.00000001")  # a quotient has to end somewhere
DOLLARS: Final = Decimal("0.000000000001")
LATEST: Final = Decimal(2**33)  # a moment after this is nonsense, and would overflow


@frozen
class Price:
    """One unit of `base` costs `price` of `quote`. `at` is when its source learned it, as far as the source says so."""

    base: str
    quote: str
    price: Decimal
    at: datetime


class Source(Protocol):
    """Who tells prices. `name` goes with each of them into the database; it is asked every `period` seconds."""

    name: str
    period: float

    async def prices(self, now: datetime) -> list[Price]:
        """What it knows; what is missing or makes no sense is left out. No price is later than `now`.

        Raises ProviderUnavailable when there is no answer, or none of it can be used.
        """
        ...


async def ask(client: httpx.AsyncClient, name: str, path: str, query: Mapping[str, str]) -> bytes:
    """What a source answers with status 200. Raises ProviderUnavailable."""
    try:
        with trio.fail_after(LIMIT):
            status, content = await received(client, client.build_request("GET", path, params=query))
    except (httpx.HTTPError, trio.TooSlowError, TooLong) as error:
        raise ProviderUnavailable(f"{name} does not answer: {type(error).__name__}") from None
    if status != httpx.codes.OK:
        raise ProviderUnavailable(f"{name} answered {status} without prices")
    return content


async def ask_object(client: httpx.AsyncClient, name: str, path: str, query: Mapping[str, str]) -> Mapping[str, object]:
    """Likewise, as JSON; empty when it is no object."""
    return parse(await ask(client, name, path, query)) or {}


def some(name: str, found: list[Price]) -> list[Price]:
    """Those prices. Raises ProviderUnavailable when there are none."""
    if not found:
        raise ProviderUnavailable(f"{name} answered without prices")
    return found


def positive(fields: Mapping[str, object], name: str) -> Decimal | None:
    """A number that can be a price."""
    value = number(fields, name)
    return value if value is not None and 0 < value < LARGEST else None


def quotient(dividend: Decimal, divisor: Decimal, step: Decimal) -> Decimal:
    with localcontext(prec=200):  # wide enough for any two numbers that can be read: down to 1e-99
        return (dividend / divisor).quantize(step)


def naira(dollars_in_naira: Decimal, divisor: Decimal, at: datetime) -> list[Price]:
    """USD and NGN in each other; a price that rounds to nothing is left out, and one beyond all sense."""
    both = (
        Price("USD", "NGN", quotient(dollars_in_naira, divisor, NAIRA), at),
        Price("NGN", "USD", quotient(divisor, dollars_in_naira, DOLLARS), at),
    )
    return [each for each in both if 0 < each.price < LARGEST]


def seconds(told: Decimal | None, now: datetime) -> datetime:
    """A moment in Unix seconds, never later than now: a price must be able to grow old. `now` for what is none."""
    if told is None or not 0 < told < LATEST:
        return now
    return min(datetime.fromtimestamp(int(told), UTC), now)


def moment(told: str | None, now: datetime) -> datetime:
    """Likewise, of a moment in ISO 8601, in UTC unless it says otherwise."""
    try:
        at = datetime.fromisoformat(told or "")
        return min(at if at.tzinfo else at.replace(tzinfo=UTC), now)
    except (ValueError, OverflowError):
        return now
