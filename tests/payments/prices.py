"""What CoinGecko answers."""

from __future__ import annotations

from datetime import timedelta

from tests.clock import START

THEN = int((START - timedelta(seconds=40)).timestamp())
SIMPLE_PRICE = f"""{{
    "bitcoin": {{"usd": 60000.123456789012345, "ngn": 91800000, "last_updated_at": {THEN}}},
    "tether": {{"usd": 0.9, "ngn": 1377.000, "last_updated_at": {THEN}}},
    "dogecoin": {{"usd": 1.5e-1}}
}}"""
