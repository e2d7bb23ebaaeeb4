"""Declarations over tests/postgres/sql: a small shop, so that these tests need nothing of the areas."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from attrs import frozen

from lockbay.postgres.queries import Operation, Statement, View


@frozen
class Purchase:
    price: Decimal
    at: datetime


@frozen
class Purse(View):
    file: ClassVar[str] = "shop/purse"
    coins: Decimal
    mood: Literal["calm", "angry"]
    read_at: datetime
    purchases: tuple[Purchase, ...]


@frozen
class Bought:
    left: Decimal
    at: datetime


@frozen
class Buy(Operation[Bought]):
    file: ClassVar[str] = "shop/buy"
    user_id: int
    price: Decimal
    pause: int = 0  # ms


@frozen
class Sleep(Statement[None]):
    file: ClassVar[str] = "shop/sleep"
    pause: float  # ms


@frozen
class Rename(Statement[None]):
    file: ClassVar[str] = "shop/rename"
    ids: tuple[int, ...]
    names: tuple[str, ...]


@frozen
class Names(Statement[list[str]]):
    file: ClassVar[str] = "shop/names"
    first: int


@frozen
class Name(Statement["str | None"]):
    file: ClassVar[str] = "shop/name"
    id: int


@frozen
class Kept:
    labels: tuple[Purchase, ...]
    price: Decimal
    until: datetime | None


@frozen
class Keep(Statement[Kept]):
    file: ClassVar[str] = "shop/keep"
    labels: tuple[Purchase, ...]
    price: Decimal
    until: datetime | None


ALL = (Purse, Buy, Sleep, Rename, Names, Name, Keep)
