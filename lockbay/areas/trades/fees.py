"""What a trade costs whom. Pure; sql/trades/fees.sql computes the same, and what it computes is what is charged."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from lockbay.areas.trades.records import FeePayer
from lockbay.money import Currency, halves, percent


@frozen
class Fees:
    """The fee of a trade and its two sides' parts."""

    fee: Decimal
    buyer_fee: Decimal
    seller_fee: Decimal
    buyer_pays: Decimal
    seller_gets: Decimal


def fees(amount: Decimal, currency: Currency, rate: Decimal, payer: FeePayer) -> Fees:
    """`rate` percent of the amount, half up; of a split, the odd unit is the buyer's."""
    fee = percent(amount, rate, currency)
    buyers, sellers = halves(fee, currency) if payer == "split" else (fee, Decimal(0))
    if payer == "seller":
        buyers, sellers = sellers, buyers
    return Fees(fee, buyers, sellers, amount + buyers, amount - sellers)
