"""What a newcomer may answer: an address, a code, or a press. Which of them fits is for the conversation to say.

All are understood at every point of it, so that a replay reads an answer as it was meant when it came.
"""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from attrs import frozen
from email_validator import EmailNotValidError, validate_email

from lockbay.actors.parse import Parse, Pressed, Reply, Said
from lockbay.actors.words import Words
from lockbay.errors import Invalid

LONGEST_EMAIL: Final = 254  # RFC 5321, as erratum 1690 of RFC 3696 works out


@frozen
class Address:
    """An e-mail address, well-formed and normalized. Whose it is, is not known."""

    email: str


@frozen
class Code:
    """Six digits."""

    digits: str


@frozen
class Skip:
    """On without e-mail."""


@frozen
class Resend:
    """Another code to the same address."""


@frozen
class Change:
    """Another address."""


Answer: TypeAlias = Address | Code | Skip | Resend | Change
PRESSES: Final[dict[str, Answer]] = {"skip": Skip(), "resend": Resend(), "change": Change()}

_CODE: Final = re.compile(r"\d{6}", re.ASCII)
_MEANT_AS_CODE: Final = re.compile(r"[\d\s-]{1,20}")


def answer(words: Words) -> Parse[Answer]:
    """An address, a code or a press. Never repeats what was typed."""

    def parse(reply: Reply) -> Answer:
        match reply:
            case Pressed(value) if value in PRESSES:
                return PRESSES[value]
            case Said(text):
                return _typed(words, text)
            case _:
                raise Invalid(words("Please type an answer, or press one of the buttons below."))

    return parse


def _typed(words: Words, text: str) -> Answer:
    digits = re.sub(r"[\s-]", "", text)
    if _CODE.fullmatch(digits):
        return Code(digits)
    if _MEANT_AS_CODE.fullmatch(text):
        raise Invalid(words("The code has 6 digits, 0 to 9. Please look into the mail again."))
    return Address(_email(words, text))


def _email(words: Words, text: str) -> str:
    """Looks only at the form: no DNS, no network."""
    if "@" not in text or len(text) > LONGEST_EMAIL:
        raise Invalid(words("That is not an e-mail address. One looks like <code>ana@example.com</code>."))
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Invalid(
            words("No mail can be sent to that address. Please look for a typing mistake, and type it again.")
        ) from None
