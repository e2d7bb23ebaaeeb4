"""Currencies and amounts of them. Pure: no clock, no I/O, no float.

Rounding is stated once: half up, to the currency's own scale. A split gives the odd unit to the buyer.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from lockbay.errors import Invalid

# numeric(38, 18) holds it; nothing that people trade comes near.
LARGEST: Final = Decimal(10) ** 15
EXACT: Final = Context(prec=50)
_IN_BUTTON: Final = re.compile(r"\d{1,15}(?:\.\d{1,18})?", re.ASCII)


@frozen
class Currency:
    """A currency, the decimals that it is kept with, the networks it travels on, and what people write beside an amount
    of it instead of its code.
    """

    code: str
    scale: int
    networks: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    unit: Decimal = field(init=False, repr=False)  # the smallest amount: Decimal('0.01') for NGN

    @unit.default
    def _smallest(self) -> Decimal:
        return Decimal(1).scaleb(-self.scale)

    def __str__(self) -> str:
        return self.code


USDT: Final = Currency("USDT", 6, ("TRC20", "ERC20"))
BTC: Final = Currency("BTC", 8, ("BTC",))
ETH: Final = Currency("ETH", 18, ("ETH",))
LTC: Final = Currency("LTC", 8, ("LTC",))
DOGE: Final = Currency("DOGE", 8, ("DOGE",))
TRX: Final = Currency("TRX", 6, ("TRX",))
NGN: Final = Currency("NGN", 2, ("BANK",), ("₦", "naira", "N", "#"))
USD: Final = Currency("USD", 2)  # only to show worth: nobody holds it
CURRENCIES: Final = {currency.code: currency for currency in (USDT, BTC, ETH, LTC, DOGE, TRX, NGN)}


def currency(code: str) -> Currency:
    """The currency of that code. Raises Invalid for one that LockBay does not hold."""
    try:
        return CURRENCIES[code]
    except KeyError:
        raise Invalid("{code} is not a currency that LockBay holds.", code=code) from None


def rounded(amount: Decimal, to: Currency) -> Decimal:
    """Half up, to the currency's scale."""
    return amount.quantize(to.unit, ROUND_HALF_UP, EXACT)


def plain(amount: Decimal) -> str:
    """All its digits, without exponent and without zeros behind: equal amounts are equal texts, and none is rounded, as
    normalize() does.
    """
    digits = f"{amount:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def from_plain(text: str) -> Decimal | None:
    """The amount of which plain() made a text, as buttons hold it; None: no button of ours holds that."""
    return Decimal(text) if _IN_BUTTON.fullmatch(text) else None


def percent(amount: Decimal, rate: Decimal, of: Currency) -> Decimal:
    """`rate` percent of an amount, rounded."""
    with localcontext(EXACT):
        return rounded(amount * rate / 100, of)


def portion(amount: Decimal, rate: int, of: Currency) -> Decimal:
    """`rate` percent of what somebody has, rounded down: all portions together are there."""
    return EXACT.divide(EXACT.multiply(amount, rate), 100).quantize(of.unit, ROUND_DOWN, EXACT)


def halves(amount: Decimal, of: Currency) -> tuple[Decimal, Decimal]:
    """The buyer's and the seller's half; an odd unit goes to the buyer."""
    with localcontext(EXACT):
        sellers = (amount / 2 / of.unit).to_integral_value("ROUND_FLOOR") * of.unit
        return amount - sellers, sellers


@frozen(order=False)
class Money:
    """An amount of one currency, exact to its scale. Raises Invalid when it has more decimals than that."""

    amount: Decimal = field()
    currency: Currency

    @amount.validator
    def _is_exact(self, _: object, amount: Decimal) -> None:
        if not isinstance(amount, Decimal) or not amount.is_finite():
            raise Invalid("{amount} is not an amount.", amount=repr(amount))

    def __attrs_post_init__(self) -> None:
        if self.amount != rounded(self.amount, self.currency):
            raise Invalid("{currency} has at most {n} decimals.", currency=self.currency, n=self.currency.scale)

    @classmethod
    def of(cls, amount: str | int | Decimal, code: str) -> Money:
        """Money.of("12.5", "USDT")."""
        return cls(Decimal(amount), currency(code))

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"

    def _same(self, other: Money) -> Decimal:
        if other.currency != self.currency:
            raise TypeError(f"{self.currency} and {other.currency} do not mix")
        return other.amount


Writing: TypeAlias = Literal["1,250.5", "1 250,5", "1.250,5"]  # how a person's numbers look
_PLAIN: Final = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_SPACED: Final = re.compile(r"[1-9]\d{0,2}([ \u00a0\u2009\u202f]\d{3})+(\.\d*)?", re.ASCII)
_WITH_COMMA: Final = re.compile(r"(\d+|[1-9]\d{0,2}([ \u00a0\u2009\u202f]\d{3})+)([.,]\d*)?|,\d+", re.ASCII)
_WITH_POINTS: Final = re.compile(r"[1-9]\d{0,2}(\.\d{3})+(,\d*)?", re.ASCII)
_COMMA_IN_TWO: Final = re.compile(r"([1-9]\d{0,2}),(\d{3})", re.ASCII)  # thousands here, decimals there
_EITHER_IN_TWO: Final = re.compile(r"([1-9]\d{0,2})[.,](\d{3})", re.ASCII)
_SHORT: Final = re.compile(r"[\d.,\s]+(k|thousand|mille|m|mil|million|millions)", re.IGNORECASE)
_POINTED: Final = str.maketrans(",", ".", " \u00a0\u2009\u202f")
_POINTLESS: Final = str.maketrans(",", ".", ".")


def parse_amount(text: str, of: Currency, *, writing: Writing = "1,250.5") -> Money:
    """What a person typed, as money: '25', '1250.50', '1,250.50', '1 250.50', also with the currency's code or sign
    beside it; and as their own screens show it.

    Never guesses. '1,5' where decimals stand behind a point, '1,250' where they stand behind a comma, '1.250' where
    points group the digits, and '1.234.567' where they do not are refused: elsewhere they mean another amount.
    Raises Invalid with a sentence for the person.
    """
    typed = _alone(text.strip(), of)
    digits = plain_digits(typed, writing)
    if digits is None:
        raise _complaint(typed, writing)
    amount = Decimal(digits)
    if not amount:
        raise Invalid("The amount must be more than zero.")
    if amount >= LARGEST:
        raise Invalid("That is more than anybody can trade here.")
    return Money(amount, of)


def _alone(typed: str, of: Currency) -> str:
    """Without the name of the currency before or behind it. The end of a word is none: 3 million are no naira."""
    folded = typed.casefold()
    for name in (of.code.casefold(), *(sign.casefold() for sign in of.signs)):
        if folded.startswith(name):
            return typed[len(name) :].strip()
        if folded.endswith(name) and not folded[: -len(name)][-1:].isalpha():
            return typed[: -len(name)].strip()
    return typed


def plain_digits(typed: str, writing: Writing) -> str | None:
    """A number without what groups its digits, and with a point before its decimals; None: it may mean two numbers,
    or none.
    """
    if _in_two(typed, writing):
        return None
    if writing == "1.250,5" and _WITH_POINTS.fullmatch(typed):
        return typed.translate(_POINTLESS)
    if writing != "1,250.5" and _WITH_COMMA.fullmatch(typed):
        return typed.translate(_POINTED)
    if _SPACED.fullmatch(typed):
        return typed.translate(_POINTED)
    if _GROUPED.fullmatch(typed):
        return typed.replace(",", "")
    return typed if _PLAIN.fullmatch(typed) else None


def _in_two(typed: str, writing: Writing) -> re.Match[str] | None:
    """Thousands and what is below them, or a number and its decimals."""
    match writing:
        case "1,250.5":
            return None
        case "1 250,5":
            return _COMMA_IN_TWO.fullmatch(typed)
        case "1.250,5":
            return _EITHER_IN_TWO.fullmatch(typed)


def _unsure(writing: Writing, example: str) -> Invalid:
    if writing == "1,250.5":
        return Invalid(
            "I am not sure which amount you mean. Type it with nothing between its thousands and a point before its "
            "decimals, for example {example}.",
            example=example,
        )
    return Invalid(
        "I am not sure which amount you mean. Type it with nothing between its thousands and a comma before its "
        "decimals, for example {example}.",
        example=example,
    )


def _complaint(typed: str, writing: Writing) -> Invalid:
    if two := _in_two(typed, writing):
        decimals = two[2].rstrip("0")
        less = f"{two[1]}.{decimals}" if decimals else two[1]
        return Invalid(
            "That may be {more} or {less}: please type one of these.",
            more=two[1] + two[2],
            less=f"{less}0" if len(decimals) == 3 else less,
        )
    if typed.startswith("-"):
        return Invalid("The amount must be more than zero.")
    example = "1250.50" if writing == "1,250.5" else "1250,50"
    if _SHORT.fullmatch(typed):
        return Invalid("Please type the whole number, with all its digits: 5000, not 5k.")
    if "," in typed or typed.count(".") > 1:
        return _unsure(writing, example)
    return Invalid("That is not an amount. Type a number, for example 25 or {example}.", example=example)
