"""How answers about disputes are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from lockbay.actors.parse import Parse, Pressed, Reply, Said, button, choice, entered, text
from lockbay.actors.update import Sent
from lockbay.actors.words import Words
from lockbay.areas.disputed import Reason, Side
from lockbay.areas.disputes.draft import SHORTEST_TEXT, File
from lockbay.areas.disputes.records import DisputeCase
from lockbay.errors import Invalid
from lockbay.money import from_plain, plain

CONFIRM: Final = "confirm"
DONE: Final = "done"
LONGEST: Final = 1000  # characters of a text or a caption
LONGEST_WHY: Final = 500
REASONS: Final[dict[Side, tuple[Reason, ...]]] = {
    "buyer": ("not_delivered", "not_as_described", "damaged", "no_answer", "other"),
    "seller": ("not_released", "no_answer", "payment", "other"),
}
PERCENTS: Final = (25, 50, 75)
_PERCENT: Final = re.compile(r"%?\s*([0-9]{1,3})\s*%?")  # \s: also the spaces of other languages before it


def reason(words: Words, role: Side) -> Parse[Reason]:
    """One of those that this side can have."""
    return choice(words, {each: each for each in REASONS[role]})


def story(words: Words) -> Parse[str]:
    """What happened: enough for somebody who was not there."""
    typed = text(words, least=SHORTEST_TEXT, most=LONGEST)

    def parse(reply: Reply) -> str:
        if isinstance(reply, Sent):
            raise Invalid(
                words("That was not kept: first tell in words what happened. Photos and files come right after that.")
            )
        return typed(reply)

    return parse


def evidence(words: Words) -> Parse[File | None]:
    """A photo or a file with its caption; None: that was all."""

    def parse(reply: Reply) -> File | None:
        match reply:
            case Pressed(value) if value == DONE:
                return None
            case Said(said) if said.casefold() == DONE:
                return None
            case Sent("photo" | "document" as kind, file_id, caption) if file_id and len(caption.strip()) <= LONGEST:
                return File(kind, file_id, caption.strip())
            case Sent("photo" | "document", file_id) if file_id:
                raise Invalid(
                    words("That text has more than {most} characters: send the file with a shorter one.", most=LONGEST)
                )
            case _:
                raise Invalid(
                    words(
                        "Only photos and files show something here, so that was not kept. A video? Please send it as a "
                        "file. Was that all? Press Done."
                    )
                )

    return parse


def confirmed(words: Words) -> Parse[bool]:
    """The button, or its word."""
    return choice(words, {CONFIRM: True})


def percent(words: Words) -> Parse[int]:
    """Whole percents from 1 to 99; all or nothing are decisions of their own."""

    def parse(reply: Reply) -> int:
        match = _PERCENT.fullmatch(entered(reply).strip())
        if match is None or not 1 <= int(match[1]) <= 99:
            raise Invalid(words("Type a whole number from 1 to 99: the seller’s part, in percent."))
        return int(match[1])

    return parse


def why(words: Words) -> Parse[str]:
    """What both sides are told as the reason."""
    return text(words, most=LONGEST_WHY)


def agreement(page: DisputeCase, share: int) -> str:
    """What the button holds that decides: the seller's percent, and what was held when that was shown."""
    return f"{share}/{plain(page.held)}"


def agreed(words: Words, share: int) -> Parse[Decimal]:
    """What was held by the numbers that were shown, out of the button for that part."""

    def read(held: str) -> Decimal | None:
        part, _, amount = held.partition("/")
        return from_plain(amount) if part == str(share) else None

    return button(words, read)
