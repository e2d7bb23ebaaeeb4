"""How far amounts, prices and terms go for whoever tries anything, and what can be tried next."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import evolve

from tests.ledger.world import UNLIMITED

COINS: Final = ("USDT", "BTC", "ETH", "NGN")
# What two sources say, who agree and are further apart than most spreads.
PRICES: Final[Mapping[str, tuple[str, str]]] = {
    "USDT": ("1", "0.98"), "BTC": ("90000", "91000"), "ETH": ("3000", "3000"), "NGN": ("0.00069", "0.00071"),
}  # fmt: skip
OPEN: Final = evolve(
    UNLIMITED, cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0), exchange_position_usd=Decimal(10**9),
    correction_largest_usd=Decimal(0), correction_daily_usd=Decimal(0), largest_trade_usd=Decimal(10**9),
    exchange_largest_usd=Decimal(10**9), largest_bank_deposit=Decimal(10**12), smallest_bank_deposit=Decimal(1),
)  # fmt: skip
# Both ends of what the terms may be, and something between.
ENDS: Final[Mapping[str, tuple[str, ...]]] = {
    "fee_percent": ("0", "0.01", "5", "50"), "spread_percent": ("0", "0", "2", "20"),
    "smallest_trade_usd": ("0", "0", "2"), "exchange_smallest_usd": ("0", "0", "1"),
    "tolerance_small_percent": ("0", "5", "20"), "tolerance_middle_percent": ("0", "3", "20"),
    "tolerance_large_percent": ("0", "1", "20"),
    "referral_newcomer": ("0", "5", "1000"), "referral_referrer": ("0", "5", "1000"),
    "referral_volume_usd": ("0", "100"),
    "exchange_position_usd": ("0", "50", "1000000000"), "cashout_approval_usd": ("0", "1", "500"),
}  # fmt: skip
TRADES: Final = """
SELECT t.id, t.buyer_id, t.seller_id, t.currency, t.amount, t.state, t.held, t.payout, t.amount + t.buyer_fee AS total,
    trades_missing(t, $1) AS missing, t.fee, t.proposed_by
FROM trades t WHERE ended_at IS NULL OR $2 ORDER BY id DESC LIMIT 4
"""
DISPUTED: Final = "SELECT * FROM trades WHERE state = 'disputed' ORDER BY id"
WAITS: Final = """
SELECT x.id, x.amount, e.currency, e.user_id, x.event_id FROM unapplied x JOIN provider_events e ON e.id = x.event_id
WHERE ended_as IS NULL ORDER BY x.id
"""
FILLED: Final = """
SELECT owner AS person, currency AS coin, balance FROM accounts
WHERE owner = ANY ($1::bigint[]) AND kind = 'available' AND balance > 0 ORDER BY id
"""
CASHOUTS: Final = "SELECT * FROM cashouts WHERE ended_at IS NULL ORDER BY id"
WORTH: Final = """
SELECT admin_worth(t, e, x.amount, $3) AS worth FROM trades t, unapplied x JOIN provider_events e ON e.id = x.event_id
WHERE t.id = $1 AND x.id = $2
"""
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "awaiting_payment": ("pay", "pay", "quote", "pay_quoted", "part", "part", "cancel", "decline"),
    "underpaid": ("pay", "quote", "pay_quoted", "part", "part", "reduce", "reduce", "cancel"),
    "paid": ("accept", "accept", "accept", "decline", "agree", "part"),
    "accepted": ("deliver", "deliver", "deliver", "release", "give_back", "dispute", "part"),
    "delivered": ("release", "release", "release", "release", "give_back", "dispute", "part"),
    "disputed": ("release", "give_back", "resolve", "resolve", "part", "agree"),
}
