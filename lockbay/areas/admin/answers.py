"""How the staff's answers are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, TypeVar

from lockbay.actors.parse import Parse, Pressed, Reply, button, entered, text
from lockbay.actors.words import Words
from lockbay.errors import Invalid
from lockbay.money import plain

T = TypeVar("T")
CONFIRM: Final = "confirm"
LONGEST_NOTE: Final = 500

_HANDLE: Final = re.compile(r"@?[a-z][a-z0-9_]{2,31}|\d{1,18}", re.ASCII | re.IGNORECASE)
_SLUG: Final = re.compile(r"(?:T-?)?([2-9A-Z]{6})", re.ASCII | re.IGNORECASE)
_AGREED: Final = re.compile(r"(\d+)/(\d+(?:\.\d+)?)", re.ASCII)


def note(words: Words) -> Parse[str]:
    """What is kept with the decision."""
    return text(words, most=LONGEST_NOTE)


def handle(words: Words) -> Parse[str]:
    """A @username or Telegram's number, typed or on the button."""

    def parse(reply: Reply) -> str:
        typed = entered(reply)
        if not _HANDLE.fullmatch(typed):
            raise Invalid(words("Type a <code>@username</code> or a Telegram number, or press the button."))
        return typed

    return parse


def slug(words: Words) -> Parse[str]:
    """A trade's code, with or without its T-, in any case."""

    def parse(reply: Reply) -> str:
        match = _SLUG.fullmatch(entered(reply))
        if match is None:
            raise Invalid(words("Type the code of a trade, for example <code>T-7K3Q9A</code>."))
        return f"T-{match[1].upper()}"

    return parse


def about(person: int, value: str) -> str:
    """What a button holds that is of this very person."""
    return f"{person}/{value}"


def about_them(words: Words, person: int, parse: Parse[T]) -> Parse[T]:
    """Such a button. A @username is looked up again when a conversation comes back, and may be somebody else’s then."""

    def read(reply: Reply) -> T:
        of, slash, value = reply.value.partition("/") if isinstance(reply, Pressed) else ("", "", "")
        if not slash:
            raise Invalid(words("Please press one of the buttons below."))
        if of != str(person):
            raise Invalid(words("That name is somebody else’s now, so nothing was done. Look at who it is."))
        return parse(Pressed(value))

    return read


def agreement(trade_id: int, worth: Decimal) -> str:
    """What the button holds that attaches a payment to a trade."""
    return f"{trade_id}/{plain(worth)}"


def agreed(words: Words, trade_id: int) -> Parse[Decimal]:
    """What the payment was shown to be worth, out of the button for that trade."""

    def read(held: str) -> Decimal | None:
        match = _AGREED.fullmatch(held)
        return Decimal(match[2]) if match and match[1] == str(trade_id) else None

    return button(words, read)
