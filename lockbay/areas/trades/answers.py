"""How the answers to the questions about a new trade are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from lockbay.actors.parse import Parse, Pressed, Reply, Said, choice, entered, money, text
from lockbay.actors.words import Words
from lockbay.areas import handles
from lockbay.areas.trades.draft import LINK, Quote, Seller, limits
from lockbay.areas.trades.records import FeePayer
from lockbay.areas.trades.views import NewTrade
from lockbay.errors import Invalid
from lockbay.money import CURRENCIES, Currency, Money

Field: TypeAlias = Literal["seller", "amount", "currency", "description", "delivery", "fee"]
FIELDS: Final[tuple[Field, ...]] = ("seller", "amount", "currency", "description", "delivery", "fee")
PAYERS: Final[tuple[FeePayer, ...]] = ("buyer", "seller", "split")
CONFIRM: Final = "confirm"
LONGEST_DESCRIPTION: Final = 1000

_USERNAME: Final = re.compile(r"(?:https?://)?(?:t\.me/|@)?([a-z][a-z0-9_]{2,31})/?", re.ASCII | re.IGNORECASE)
_LOCAL_PHONE: Final = re.compile(r"(?:\D?\d){7,15}", re.ASCII)  # without a country code
_HOURS: Final = re.compile(
    r"(\d{1,4})\s*(?:h|hours?|heures?)?|(\d{1,3})\s*(?:d|days?|j|jours?)", re.ASCII | re.IGNORECASE
)


def seller(words: Words, terms: NewTrade) -> Parse[Seller]:
    """A @username, an e-mail address, a phone number, or the button for a link. Not oneself."""

    def parse(reply: Reply) -> Seller:
        if reply == Pressed(LINK.kind):
            return LINK
        typed = entered(reply)
        found = _handle(typed)
        if found is None and _LOCAL_PHONE.fullmatch(typed):
            raise Invalid(
                words("A phone number needs its country code here, for example <code>+234 803 123 4567</code>.")
            )
        if found is None:
            raise Invalid(
                words(
                    "I could not read that as a seller. Type a <code>@username</code>, an e-mail address or a "
                    "phone number, or press the button for a link."
                )
            )
        if found.handle.casefold() in _own(terms):
            raise Invalid(words("That is you. Name the person who sells to you."))
        return found

    return parse


def named(words: Words, terms: NewTrade, typed: str) -> Seller | None:
    """The seller whom a link or a command names; None: they have to be asked for."""
    if not typed:
        return None
    try:
        return seller(words, terms)(Said(typed.strip()))
    except Invalid:
        return None


def _handle(text: str) -> Seller | None:
    if username := _USERNAME.fullmatch(text):
        return Seller("username", f"@{username[1]}")
    if address := handles.email(text):
        return Seller("email", address)
    if number := handles.phone(text):
        return Seller("phone", number)
    return None


def _own(terms: NewTrade) -> set[str]:
    return {f"@{terms.username}".casefold(), (terms.email or "@").casefold()}


def currency(words: Words, terms: NewTrade) -> Parse[Currency]:
    """One of those that have a fresh rate."""
    return choice(words, {each.currency: CURRENCIES[each.currency] for each in terms.currencies if each.usd})


def amount(words: Words, terms: NewTrade, unit: Currency) -> Parse[Money]:
    """An exact amount within the limits."""
    least, most = limits(terms, unit)

    def parse(reply: Reply) -> Money:
        if not isinstance(reply, Said):
            raise Invalid(words("Please type the amount, for example {example}.", example=words.money(least)))
        typed = money(words, reply, unit)
        if typed < least:
            raise Invalid(words("The smallest trade is {least}.", least=words.money(least)))
        if most < typed:
            raise Invalid(words("The largest trade is {most}.", most=words.money(most)))
        return typed

    return parse


def description(words: Words) -> Parse[str]:
    """A text that two people can hold a delivery against."""
    return text(words, most=LONGEST_DESCRIPTION)


def delivery(words: Words, terms: NewTrade) -> Parse[int]:
    """Hours: 36, 36 h, 3 days."""
    least, most = terms.shortest_delivery_hours, terms.longest_delivery_hours

    def parse(reply: Reply) -> int:
        match = _HOURS.fullmatch(entered(reply))
        hours = int(match[1] or 0) + int(match[2] or 0) * 24 if match else 0
        if not least <= hours <= most:
            raise Invalid(
                words("Type a number of hours from {least} to {most}, for example 36.", least=least, most=most)
            )
        return hours

    return parse


def payer(words: Words) -> Parse[FeePayer]:
    """The buyer, the seller, or both."""
    return choice(words, {each: each for each in PAYERS})


def review(words: Words) -> Parse[Field | Quote]:
    """A field to change, or the numbers that were agreed to. Those are in the button: nobody agrees to others."""

    def parse(reply: Reply) -> Field | Quote:
        value = reply.value if isinstance(reply, Pressed) else ""
        for field in FIELDS:
            if value == field:
                return field
        agreed = Quote.decoded(value)
        if agreed is None:
            raise Invalid(words("Please press one of the buttons below."))
        return agreed

    return parse


def confirmed(words: Words) -> Parse[bool]:
    """The button, or its word."""
    return choice(words, {CONFIRM: True})
