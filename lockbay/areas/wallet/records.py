"""The wallet: what rates are remembered."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import Statement


@frozen
class SaveRates(Statement[None]):
    """Remembers a price: one unit of `base` costs `price` of `quote`. Repeating it changes nothing."""

    file: ClassVar[str] = "wallet/save_rates"
    source: str
    base: str
    quote: str
    price: Decimal
    at: datetime
