"""The terms of the business: what a trade costs, how small and large it may be, how long everybody has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.postgres.queries import Statement

Kind: TypeAlias = Literal["percent", "usd", "ngn", "count", "duration", "choice"]


@frozen
class Terms(Statement[None]):
    """All settings of the business; between what each must lie: sql/terms/bounds.sql. `await database.run(terms)`
    stores them, at start, in the table that every SQL function reads: what is shown and what is enforced are one thing.
    Storing them again changes nothing. Trades made before keep their fee and deadlines.
    """

    file: ClassVar[str] = "terms/save"

    fee_percent: Decimal = Decimal(5)
    smallest_trade_usd: Decimal = Decimal(2)
    largest_trade_usd: Decimal = Decimal(10_000)
    trades_a_day: int = 10
    trades_an_hour: int = 5
    unpaid_trades: int = 5  # at once
    payment_window: timedelta = timedelta(minutes=60)
    answer_window: timedelta = timedelta(hours=24)
    shortest_delivery_hours: int = 1
    longest_delivery_hours: int = 168
    dispute_window: timedelta = timedelta(hours=48)  # from delivery to release, when nobody says anything
    delivery_grace: timedelta = timedelta(hours=24)  # from the missed deadline to the refund
    worth_age: timedelta = timedelta(hours=24)  # older rates tell no worth; no money is exchanged by them
    choice_window: timedelta = timedelta(hours=2)  # for the buyer to say what becomes of a part of the price
    confirmation_window: timedelta = timedelta(hours=2)  # an unpaid trade waits for a payment that was seen
    tolerance_small_percent: Decimal = Decimal(5)  # what may be missing of a price below 50 USD; out of the fee
    tolerance_middle_percent: Decimal = Decimal(3)  # below 500 USD
    tolerance_large_percent: Decimal = Decimal(1)
    spread_percent: Decimal = Decimal(2)  # off the market's price, when a currency is exchanged
    quote_lock: timedelta = timedelta(minutes=10)
    rate_age: timedelta = timedelta(minutes=15)  # older rates exchange nothing
    rates_apart_percent: Decimal = Decimal(3)  # sources that differ by more exchange nothing
    smallest_bank_deposit: Decimal = Decimal(100)  # NGN
    largest_bank_deposit: Decimal = Decimal(5_000_000)
    cashout_code: Literal["verified", "never"] = "verified"  # who has a verified e-mail proves a cash-out by a code
    cashout_daily_count: int = 10  # here and below: 0 is no limit
    cashout_daily_usd: Decimal = Decimal(0)
    cashout_unverified_daily_usd: Decimal = Decimal(50)  # without a verified e-mail
    cashout_approval_usd: Decimal = Decimal(500)  # from there on somebody of the staff has to approve
    exchange_sources: int = 2  # of prices, which must agree before anything is exchanged
    exchange_position_usd: Decimal = Decimal(25_000)  # the most of a currency that LockBay gives more than it took
    exchange_smallest_usd: Decimal = Decimal(1)
    exchange_largest_usd: Decimal = Decimal(10_000)
    credit_second_usd: Decimal = Decimal(100)  # from there on two credit to another what fitted nothing; 0: never two
    correction_largest_usd: Decimal = Decimal(5_000)  # what two of the staff may book by hand at once; 0 is no limit
    correction_daily_usd: Decimal = Decimal(10_000)  # and within 24 hours
    referral_newcomer: Decimal = Decimal(5)  # USDT of fee credit to whoever came by a link and accepts the terms
    referral_referrer: Decimal = Decimal(5)  # to whose link it was, when the newcomer has traded as much as here:
    referral_volume_usd: Decimal = Decimal(100)
    code_lifetime: timedelta = timedelta(minutes=10)
    code_tries: int = 5  # within an hour, or as long as a code lives, whatever code they were for
    code_pause: timedelta = timedelta(seconds=60)
    codes_an_hour: int = 4
    shortest_outage: timedelta = timedelta(minutes=10)  # from there on its time is given back to open trades; 0: never


@frozen
class Bound:
    """Between what a term must lie, in seconds where it is a duration. `off`: or it is 0."""

    name: str
    kind: Kind
    lowest: Decimal
    highest: Decimal
    off: bool


@frozen
class TermsOutside(Statement[list[Bound]]):
    """The bounds of those of these terms that are outside them."""

    file: ClassVar[str] = "terms/outside"
    values: Mapping[str, str]


@frozen
class Crossing:
    """A least above its most; `…_changed` is what an owner made of it, above what the settings say."""

    smaller: str
    larger: str
    smaller_changed: str | None
    larger_changed: str | None


@frozen
class TermsCrossed(Statement[list[Crossing]]):
    """What would cross, were these the terms of the settings."""

    file: ClassVar[str] = "terms/crossing"
    said: Mapping[str, str]
