"""A payin as the database answers it, before any provider has made it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from attrs import evolve

from lockbay.areas.deposits.records import Payin
from tests.payments.callbacks import NONCE, REFERENCE

WALLET: Final = Payin(
    id=7, user_id=2**40, trade_id=None, currency="USDT", network="TRC20", reference=REFERENCE, nonce=NONCE, amount=None,
    usd=None, provider=None, address=None, link=None, external_id=None, minimum=Decimal(0),
    created_at=datetime(2026, 11, 22, tzinfo=UTC), valid_until=None, payer="Ada", email=None,
)  # fmt: skip
TRADE: Final = evolve(WALLET, trade_id=3, amount=Decimal("105.25"), usd=Decimal("105.2395"))
NAIRA: Final = evolve(WALLET, currency="NGN", network="BANK", amount=Decimal("355.270"), usd=Decimal("0.23"))


def coin(currency: str, network: str) -> Payin:
    return evolve(WALLET, currency=currency, network=network)
