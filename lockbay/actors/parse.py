"""Parsers for answers: what a person pressed or typed, as a value. Each raises Invalid with a sentence for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from attrs import frozen

from lockbay.actors.update import Contact, Sent
from lockbay.actors.words import Words
from lockbay.errors import Invalid, Outdated
from lockbay.money import Currency, Money, parse_amount


@frozen
class Pressed:
    """A button of the question's own screen."""

    value: str


@frozen
class Said:
    """A typed text, without what cannot be seen around it."""

    text: str


@frozen
class Late:
    """Nobody answered within the question's time."""


Reply: TypeAlias = Pressed | Said | Sent | Contact | Late
T = TypeVar("T")
Parse: TypeAlias = Callable[[Reply], T]
LARGEST_ID: Final = 2**63 - 1
DIGITS: Final = 19  # that it has
# White space, and what comes along with things that are pasted: marks of direction, joints, letters that are blank.
_UNSEEN: Final = (
    (0x9, 0xD), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160),
    (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F),
    (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
)  # fmt: skip
UNSEEN: Final = "".join(chr(code) for first, last in _UNSEEN for code in range(first, last + 1))


def heard(text: str) -> Said | Sent:
    """A text as people see it. One in which there is nothing to see says as little as a sticker."""
    seen = text.strip(UNSEEN)
    return Said(seen) if seen else Sent("other")


def entered(reply: Reply) -> str:
    """What was pressed or typed; nothing for any other reply."""
    match reply:
        case Pressed(text) | Said(text):
            return text
        case _:
            return ""


def button(words: Words, read: Callable[[str], T | None]) -> Parse[T]:
    """What the pressed button holds, as `read` understands it; None: it is not one of this question's."""

    def parse(reply: Reply) -> T:
        held = read(reply.value) if isinstance(reply, Pressed) else None
        if held is None:
            raise Invalid(words("Please press one of the buttons below."))
        return held

    return parse


def pressed(words: Words) -> Parse[str]:
    """A press on one of the screen's own buttons."""
    return button(words, str)


def this(words: Words, value: str) -> Parse[bool]:
    """A press on this very button: what was shown is in it, so that nobody agrees to anything else."""
    return button(words, lambda held: held == value or None)


def choice(words: Words, options: Mapping[str, T]) -> Parse[T]:
    """A press, or the option's name typed; names are compared without case."""
    named = {name.casefold(): value for name, value in options.items()}

    def parse(reply: Reply) -> T:
        name = reply.value if isinstance(reply, Pressed) else reply.text if isinstance(reply, Said) else ""
        try:
            return named[name.casefold()]
        except KeyError:
            raise Invalid(words("Please press one of the buttons below.")) from None

    return parse


def text(words: Words, *, most: int, least: int = 1) -> Parse[str]:
    """A typed text of `least` to `most` characters."""

    def parse(reply: Reply) -> str:
        if not isinstance(reply, Said):
            raise Invalid(words("Please type a text."))
        if not least <= len(reply.text) <= most:
            raise Invalid(
                words(
                    "That text has {n} characters. It may have {least} to {most}.",
                    n=len(reply.text),
                    least=least,
                    most=most,
                )
            )
        return reply.text

    return parse


def money(words: Words, reply: Pressed | Said, of: Currency) -> Money:
    """An amount: typed as the person writes numbers, or pressed, as buttons hold it. Raises Invalid."""
    if isinstance(reply, Pressed):
        return parse_amount(reply.value, of)
    return parse_amount(reply.text, of, writing=words.writing)


def identifier(argument: str) -> int:
    """A row's id out of a button. Raises Outdated for what no button of ours holds."""
    if len(argument) <= DIGITS and argument.isascii() and argument.isdigit() and int(argument) <= LARGEST_ID:
        return int(argument)
    raise Outdated
