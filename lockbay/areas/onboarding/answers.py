"""What a newcomer may answer: an address, a code, or a press. Which of them fits is for the conversation to say.

All are understood at every point of it, so that a replay reads an answer as it was meant when it came.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.parse import Parse, Pressed, Reply, Said
from lockbay.actors.update import Contact
from lockbay.actors.words import Words
from lockbay.areas import handles
from lockbay.errors import Invalid


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


Asked: TypeAlias = Literal["email", "code", "terms"]
Answer: TypeAlias = Address | Code | Skip | Resend | Change
PRESSES: Final[dict[str, Answer]] = {"skip": Skip(), "resend": Resend(), "change": Change()}

_CODE: Final = re.compile(r"\d{6}", re.ASCII)


def answer(words: Words, asked: Asked) -> Parse[Answer]:
    """An address, a code or a press. Never repeats what was typed. What was `asked` decides only what is said of
    anything else.
    """

    def parse(reply: Reply) -> Answer:
        match reply:
            case Pressed(value) if value in PRESSES:
                return PRESSES[value]
            case Said(text):
                return _typed(words, text, asked)
            case _:
                raise Invalid(words("Please type an answer, or press one of the buttons below."))

    return parse


def _typed(words: Words, text: str, asked: Asked) -> Answer:
    digits = re.sub(r"[\s-]", "", text)
    if _CODE.fullmatch(digits):
        return Code(digits)
    if asked == "terms" and "@" not in text:
        raise Invalid(words("Please press Accept, if you agree to the terms."))
    if asked == "code" and "@" not in text:
        raise Invalid(words("The code has 6 digits, 0 to 9. Please look into the mail again."))
    return Address(_email(words, text))


def _email(words: Words, text: str) -> str:
    if "@" not in text or len(text) > handles.LONGEST_EMAIL:
        raise Invalid(words("That is not an e-mail address. One looks like <code>ana@example.com</code>."))
    address = handles.email(text)
    if address is None:
        raise Invalid(
            words("No mail can be sent to that address. Please look for a typing mistake, and type it again.")
        )
    return address


def shared_phone(words: Words) -> Parse[str | None]:
    """The person's own phone number, as Telegram tells it, in E.164; None: they would rather not. A typed number proves
    nothing, and neither does somebody else's contact.
    """

    def parse(reply: Reply) -> str | None:
        match reply:
            case Contact(phone, is_own=True) if number := handles.told_phone(phone):
                return number
            case Contact():
                raise Invalid(words("That is not your own number, told by Telegram just now. Please press the button."))
            case Said(text) if text == words.label("Cancel"):
                return None
            case _:
                raise Invalid(words("A number that is typed proves nothing. Please press one of the buttons below."))

    return parse
