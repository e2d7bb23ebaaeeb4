"""What each side gets of a disputed trade. Pure; the database computes the same and refuses other numbers."""

from __future__ import annotations

from decimal import Decimal, localcontext

from attrs import frozen

from lockbay.money import EXACT, Currency


@frozen
class Split:
    """The three parts of what is held; their sum is that, to the unit."""

    buyer_gets: Decimal
    seller_gets: Decimal
    fee: Decimal


def split(held: Decimal, payout: Decimal, percent: int, of: Currency) -> Split:
    """The seller's share is rounded down to whole units, so the odd one stays with the buyer; the fee, taken of that
    share alone, half up. 100 percent is what a release pays, `payout`; 0 is a whole refund.
    """
    whole, earned = _units(held, of), _units(held - payout, of)
    released = whole * percent // 100
    fee = (2 * earned * released + whole) // (2 * whole)
    return Split(_amount(whole - released, of), _amount(released - fee, of), _amount(fee, of))


def _units(amount: Decimal, of: Currency) -> int:
    with localcontext(EXACT):
        return int(amount.scaleb(of.scale))


def _amount(units: int, of: Currency) -> Decimal:
    with localcontext(EXACT):
        return Decimal(units).scaleb(-of.scale)
