"""What a day allows, by what is known: said where an amount is asked for. The statement decides. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.cashout.records import CashoutStart, Coin, Spent
from lockbay.areas.text import BLANK, fact, lines
from lockbay.errors import Invalid
from lockbay.money import EXACT

REPEATED: Final = timedelta(hours=23)  # of the 24 that it counts: within the hour after it was made


def told(words: Words, start: CashoutStart) -> tuple[Markup, ...]:
    """What is left, and when it is more."""
    if start.usd_left is None or start.usd_limit is None:
        return ()
    left = words("{left} of {limit}", left=words.usd(start.usd_left), limit=words.usd(start.usd_limit))
    return tuple(
        each
        for each in (
            BLANK,
            fact(words, words.label("Left within 24 hours"), left),
            _again(words, start),
            _more(words, start),
        )
        if each is not None
    )


def used_up(start: CashoutStart) -> datetime | None:
    """Until when nothing at all can go out; None: something can, or nobody knows."""
    if start.count_left == 0:
        return _next(start)
    there = [each for each in start.coins if each.available >= each.least(each.networks)]
    if any((now := most(start, each)) is None or now >= each.least(each.networks) for each in there):
        return None
    least = [worth for each in there if (worth := each.worth(each.least(each.networks))) is not None]
    return _possible(start, min(least)) if least else None


def why_used_up(words: Words, start: CashoutStart) -> Markup:
    """Which limit it is, and what it allows."""
    if start.count_left == 0:
        return words("You had as many cash-outs within 24 hours as there may be: {limit}.", limit=start.count_limit)
    limit = words.usd(start.usd_limit or Decimal(0))
    more = _more(words, start)
    said = words("At most {limit} may go out within 24 hours, and less is left of it than can be sent.", limit=limit)
    return said if more is None else lines(said, more)


def _next(start: CashoutStart) -> datetime:
    """When one counts no more that is one too many."""
    return start.spent[-(start.count_limit or 1)].until


def _again(words: Words, start: CashoutStart) -> Markup | None:
    if not start.spent:
        return None
    return words("<i>All of it again from {time} on.</i>", time=words.time(start.spent[-1].until))


def _more(words: Words, start: CashoutStart) -> Markup | None:
    if not start.is_verified:
        return words("<i>A verified e-mail address allows more, a day after it was verified.</i>")
    if start.lower_until is None:
        return None
    return words("<i>Your new e-mail address allows more from {time} on.</i>", time=words.time(start.lower_until))


def most(start: CashoutStart, of: Coin) -> Decimal | None:
    """As much of a coin as the day still allows; None: as much as there is."""
    if start.usd_left is None or not of.usd:
        return None
    return EXACT.divide(start.usd_left, of.usd).quantize(of.unit.unit, ROUND_DOWN, EXACT)


def is_over(start: CashoutStart, worth: Decimal | None) -> bool:
    """The day does not allow that much."""
    return start.usd_left is not None and worth is not None and worth > start.usd_left


def check(words: Words, start: CashoutStart, of: Coin, amount: Decimal | None, now: datetime) -> None:
    """Raises Invalid for an amount that would be refused in the end. Whoever has made the very same within the hour may
    be heard again after a crash, and is not asked about it.
    """
    if any(_is_repeated(each, of, amount, now) for each in start.spent):
        return
    if start.count_left == 0:
        raise Invalid(_too_often(words, start))
    worth = of.worth(of.available if amount is None else amount)
    if worth is not None and is_over(start, worth):
        raise Invalid(_too_much(words, start, of, worth))


def _is_repeated(each: Spent, of: Coin, amount: Decimal | None, now: datetime) -> bool:
    return each.until > now + REPEATED and each.currency == of.currency and amount in (None, each.amount)


def _too_often(words: Words, start: CashoutStart) -> Markup:
    return words(
        "You had as many cash-outs within 24 hours as there may be: {limit}. Nothing was sent; the next one is "
        "possible from {time} on.",
        limit=start.count_limit,
        time=words.time_from(_next(start)),
    )


def _too_much(words: Words, start: CashoutStart, of: Coin, worth: Decimal) -> Markup:
    """With what is possible now, and when the rest is."""
    assert start.usd_left is not None
    assert start.usd_limit is not None
    limit, left, at = words.usd(start.usd_limit), words.usd(start.usd_left), _possible(start, worth)
    now = most(start, of)
    some = now is not None and now >= of.least(of.networks)
    return lines(
        words("That is about {worth}, and at most {limit} may be cashed out within 24 hours.", worth=words.usd(worth),
              limit=limit),
        words("Now {left} are left of it, which is {amount}.", left=left, amount=words.amount(now, of.unit))
        if now is not None and some
        else words("Now {left} are left of it, less than can be sent.", left=left),
        words("From {time} on it would be possible.", time=words.time_from(at)) if at is not None else None,
        words("Nothing was sent; please type another amount.")
        if some or at is None
        else words("Nothing was sent; please come back then."),
    )  # fmt: skip


def _possible(start: CashoutStart, worth: Decimal) -> datetime | None:
    """From when on the limit leaves that much; None: never."""
    counted = sum((each.usd for each in start.spent), Decimal(0))
    for each in start.spent:
        counted = EXACT.subtract(counted, each.usd)
        if start.usd_limit is not None and EXACT.add(counted, worth) <= start.usd_limit:
            return each.until
    return None
