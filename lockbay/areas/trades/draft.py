"""A trade that is being put together. Pure: nothing of it is in the database before it is confirmed."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from attrs import frozen

from lockbay.areas.trades.fees import fees
from lockbay.areas.trades.records import CreateTrade, FeePayer, SellerKind
from lockbay.areas.trades.views import NewTrade, Spendable
from lockbay.money import Currency, Money, from_plain, plain

SHOWN_DECIMALS: Final = 8  # of a limit: nobody types the 18 of ETH


@frozen
class Seller:
    """Who is to deliver: a handle as it was typed, or whoever opens the invitation link."""

    kind: SellerKind
    handle: str = ""


LINK: Final = Seller("link")


@frozen
class Quote:
    """What a person is shown that a trade costs. They agree to these very numbers, or to nothing."""

    fee: Decimal
    total: Decimal

    @property
    def seller_gets(self) -> Decimal:
        """Whoever pays the fee: what the buyer pays and the seller does not get."""
        return self.total - self.fee

    def encoded(self) -> str:
        """As the button has it that agrees to it."""
        return f"{plain(self.fee)}/{plain(self.total)}"

    @classmethod
    def decoded(cls, value: str) -> Quote | None:
        """None for what no button of ours has."""
        fee, total = (from_plain(number) for number in value.partition("/")[::2])
        return None if fee is None or total is None else cls(fee, total)


@frozen
class Draft:
    """All that the creation asks about."""

    seller: Seller
    amount: Money
    description: str
    delivery_hours: int
    fee_payer: FeePayer

    def quote(self, percent: Decimal) -> Quote:
        """What it costs at that fee."""
        return quote(self.amount, percent, self.fee_payer)

    def operation(self, buyer_id: int, agreed: Quote) -> CreateTrade:
        """What creates it, at the numbers that the buyer agreed to."""
        return CreateTrade(
            buyer_id, self.amount.currency.code, self.amount.amount, self.description, self.delivery_hours,
            self.fee_payer, self.seller.kind, self.seller.handle, agreed.fee, agreed.total,
        )  # fmt: skip


def quote(amount: Money, percent: Decimal, payer: FeePayer) -> Quote:
    """What a trade costs at a fee, depending on who pays it."""
    cost = fees(amount.amount, amount.currency, percent, payer)
    return Quote(cost.fee, cost.buyer_pays)


def spendable(terms: NewTrade, code: str) -> Spendable:
    """What the person has of a currency."""
    return next(each for each in terms.currencies if each.currency == code)


def limits(terms: NewTrade, unit: Currency) -> tuple[Money, Money]:
    """The smallest and the largest trade in a currency that has a rate; rounded into what is allowed."""
    usd = spendable(terms, unit.code).usd
    assert usd, f"{unit} has no rate"
    step = Decimal(1).scaleb(-min(unit.scale, SHOWN_DECIMALS))
    least = (terms.smallest_trade_usd / usd).quantize(step, ROUND_CEILING)
    most = (terms.largest_trade_usd / usd).quantize(step, ROUND_FLOOR)
    return Money(least, unit), Money(most, unit)
