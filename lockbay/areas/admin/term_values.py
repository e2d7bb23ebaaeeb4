"""The terms by groups, what they are called, how their values are written and read. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.parse import Parse, Reply, Said, entered
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.terms_records import Term, TermsBook
from lockbay.areas.text import fact, lines, paragraphs
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES, plain, plain_digits

Say: TypeAlias = Callable[[Words], str]
SECONDS: Final[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400, "j": 86400}  # j: a French day
UNITS: Final[Sequence[tuple[Callable[[Words, str], str], int]]] = (
    (lambda words, n: words.label("{n} d", n=n), 86400),
    (lambda words, n: words.label("{n} h", n=n), 3600),
    (lambda words, n: words.label("{n} min", n=n), 60),
    (lambda words, n: words.label("{n} s", n=n), 1),
)
LARGEST: Final = Decimal(10**15)
_DURATION: Final = re.compile(r"(\d{1,7}) ?(s|m|h|d|j)[a-z]*", re.ASCII | re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,18})?", re.ASCII)


def title(words: Words, name: str) -> str:
    """What a term is called."""
    say = TITLES.get(name)
    return say(words) if say else name.replace("_", " ")


def group(name: str) -> str:
    """Where a term stands."""
    return next((group for group, (_, names) in GROUPS.items() if name in names), "other")


def shown(words: Words, held: Term, text: str) -> str:
    """A value as people read it."""
    if held.kind == "choice":
        return CHOICES[text](words)
    number = Decimal(text)
    match held.kind:
        case "percent":
            return words.percent(number)
        case "usd":
            return words.usd(number)
        case "ngn":
            return words.amount(number, "NGN")
        case "duration":
            return duration(words, int(number))
        case _:
            return words.number(number)


def duration(words: Words, seconds: int) -> str:
    """2 d 3 h"""
    parts = []
    for say, size in UNITS:
        count, seconds = divmod(seconds, size)
        parts += [say(words, words.number(Decimal(count)))] if count else []
    return " ".join(parts) or words.label("{n} s", n=0)


def value(words: Words, held: Term) -> Parse[str]:
    """A value of that kind within its bounds, as the database reads it."""

    def parse(reply: Reply) -> str:
        typed = entered(reply)
        if held.kind == "choice":
            if typed not in CHOICES:
                raise Invalid(words("Please press one of the buttons below."))
            return typed
        number = _seconds(typed) if held.kind == "duration" else _number(words, typed)
        if number is None or (held.kind == "count" and number != int(number)):
            raise Invalid(_unread(words, held))
        if not held.lowest <= number <= held.highest:
            raise Invalid(words("It must be {lowest} to {highest}.", **bounds(words, held)))
        return plain(number)

    return parse


def bounds(words: Words, held: Term) -> dict[str, str]:
    """Between which values it may be."""
    return {"lowest": shown(words, held, str(held.lowest)), "highest": shown(words, held, str(held.highest))}


def _unread(words: Words, held: Term) -> Markup:
    match held.kind:
        case "duration":
            return words("I cannot read that: type a number and its unit, as <code>90 m</code> or <code>24 h</code>.")
        case "count":
            return words("That is no whole number from {lowest} to {highest}.", **bounds(words, held))
        case _:
            return words("That is no number from {lowest} to {highest}.", **bounds(words, held))


def amount(words: Words, unit: str, above: Decimal | None = None) -> Parse[Decimal]:
    """An amount that the currency can hold: 0 or more, or more than another one."""

    def parse(reply: Reply) -> Decimal:
        number = _number(words, reply.text) if isinstance(reply, Said) else None
        if number is None or -int(number.normalize().as_tuple().exponent) > CURRENCIES[unit].scale or number >= LARGEST:
            raise Invalid(words("Type an amount of {unit}, for example <code>0.5</code>.", unit=unit))
        if above is not None and number <= above:
            raise Invalid(words("It must be more than {amount}.", amount=words.amount(above, unit)))
        return number

    return parse


def _number(words: Words, typed: str) -> Decimal | None:
    """Digits alone; what groups thousands is left out."""
    text = plain_digits(typed.strip().strip("%").strip(), words.writing)
    if text is None or not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _seconds(typed: str) -> Decimal | None:
    match = _DURATION.fullmatch(typed.strip())
    return None if match is None else Decimal(int(match[1]) * SECONDS[match[2].lower()])


def fees(words: Words, view: TermsBook) -> Screen:
    """What each network costs; each has a button."""
    listed = tuple(
        fact(words, f"{each.currency} · {each.network}", words.label("{fee}, at least {least}",
             fee=words.amount(each.fee, each.currency), least=words.amount(each.least, each.currency)))
        for each in view.fees
    )  # fmt: skip
    opened = tuple(
        Link(f"{each.currency} · {each.network}", "network_fee", (each.currency, each.network)) for each in view.fees
    )
    text = paragraphs((words("📐 <b>Network fees of cash-outs</b>"), lines(*listed)))
    return Screen(text, (*buttons.rows(opened, 2), buttons.way_out(words, "terms_book")))


GROUPS: Final[Mapping[str, tuple[Say, tuple[str, ...]]]] = {
    "trades": (
        lambda words: words.label("Trades and fee"),
        ("fee_percent", "smallest_trade_usd", "largest_trade_usd", "trades_a_day", "trades_an_hour", "unpaid_trades"),
    ),
    "times": (
        lambda words: words.label("Deadlines"),
        (
            "payment_window", "answer_window", "shortest_delivery_hours", "longest_delivery_hours", "dispute_window",
            "delivery_grace", "choice_window", "confirmation_window",
        ),
    ),
    "payments": (
        lambda words: words.label("Payments"),
        (
            "tolerance_small_percent", "tolerance_middle_percent", "tolerance_large_percent", "smallest_bank_deposit",
            "largest_bank_deposit",
        ),
    ),
    "exchange": (
        lambda words: words.label("Exchange and prices"),
        (
            "spread_percent", "quote_lock", "rate_age", "worth_age", "rates_apart_percent", "exchange_sources",
            "exchange_position_usd", "exchange_smallest_usd", "exchange_largest_usd",
        ),
    ),
    "cashouts": (
        lambda words: words.label("Cash-outs"),
        (
            "cashout_code", "cashout_daily_count", "cashout_daily_usd", "cashout_unverified_daily_usd",
            "cashout_approval_usd",
        ),
    ),
    "referrals": (
        lambda words: words.label("Referrals"),
        ("referral_newcomer", "referral_referrer", "referral_volume_usd"),
    ),
    "house": (
        lambda words: words.label("Codes and corrections"),
        (
            "code_lifetime", "code_tries", "code_pause", "codes_an_hour", "correction_largest_usd",
            "correction_daily_usd",
        ),
    ),
}  # fmt: skip
CHOICES: Final[Mapping[str, Say]] = {
    "verified": lambda words: words.label("with a proven e-mail"),
    "never": lambda words: words.label("never"),
}
TITLES: Final[Mapping[str, Say]] = {
    "fee_percent": lambda words: words.label("Fee of a trade"),
    "smallest_trade_usd": lambda words: words.label("Smallest trade"),
    "largest_trade_usd": lambda words: words.label("Largest trade"),
    "trades_a_day": lambda words: words.label("New trades a day"),
    "trades_an_hour": lambda words: words.label("New trades an hour"),
    "unpaid_trades": lambda words: words.label("Unpaid trades at once"),
    "payment_window": lambda words: words.label("Time to pay"),
    "answer_window": lambda words: words.label("Time for the seller to accept"),
    "shortest_delivery_hours": lambda words: words.label("Shortest delivery, hours"),
    "longest_delivery_hours": lambda words: words.label("Longest delivery, hours"),
    "dispute_window": lambda words: words.label("From delivery to release"),
    "delivery_grace": lambda words: words.label("From the missed deadline to the refund"),
    "choice_window": lambda words: words.label("Time to choose after a part was paid"),
    "confirmation_window": lambda words: words.label("Time for a payment that was seen"),
    "tolerance_small_percent": lambda words: words.label("May be missing, below $50"),
    "tolerance_middle_percent": lambda words: words.label("May be missing, below $500"),
    "tolerance_large_percent": lambda words: words.label("May be missing, from $500 on"),
    "smallest_bank_deposit": lambda words: words.label("Smallest bank deposit"),
    "largest_bank_deposit": lambda words: words.label("Largest bank deposit"),
    "spread_percent": lambda words: words.label("Spread of an exchange"),
    "quote_lock": lambda words: words.label("How long a quote holds"),
    "rate_age": lambda words: words.label("Oldest price that exchanges"),
    "worth_age": lambda words: words.label("Oldest price that tells a worth"),
    "rates_apart_percent": lambda words: words.label("How far sources may be apart"),
    "exchange_sources": lambda words: words.label("Sources that must agree"),
    "exchange_position_usd": lambda words: words.label("Largest position of a currency"),
    "exchange_smallest_usd": lambda words: words.label("Smallest exchange"),
    "exchange_largest_usd": lambda words: words.label("Largest exchange"),
    "cashout_code": lambda words: words.label("Code by mail for cash-outs"),
    "cashout_daily_count": lambda words: words.label("Cash-outs a day (0: any number)"),
    "cashout_daily_usd": lambda words: words.label("Cashed out a day (0: no limit)"),
    "cashout_unverified_daily_usd": lambda words: words.label("Cashed out a day without e-mail (0: no limit)"),
    "cashout_approval_usd": lambda words: words.label("Approval needed from (0: never)"),
    "referral_newcomer": lambda words: words.label("Fee credit for a newcomer"),
    "referral_referrer": lambda words: words.label("Fee credit for who brought them"),
    "referral_volume_usd": lambda words: words.label("What they must have traded for that"),
    "code_lifetime": lambda words: words.label("How long a code is good"),
    "code_tries": lambda words: words.label("Tries of codes an hour"),
    "code_pause": lambda words: words.label("Between two codes"),
    "codes_an_hour": lambda words: words.label("Codes an hour"),
    "correction_largest_usd": lambda words: words.label("Largest correction (0: no limit)"),
    "correction_daily_usd": lambda words: words.label("Corrections a day (0: no limit)"),
}
