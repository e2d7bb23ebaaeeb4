"""How what somebody writes in a trade's chat is understood."""

from __future__ import annotations

from typing import Final, NoReturn

from attrs import field, frozen

from lockbay.actors.parse import Parse, Reply, Said
from lockbay.actors.update import Sent
from lockbay.actors.words import Words
from lockbay.areas.trades.chat_records import MessageKind, SayMessage
from lockbay.errors import Invalid

LONGEST: Final = 1000  # characters of a text or a caption


@frozen
class Written:
    """A message on its way into the chat."""

    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(default="", repr=False)

    def operation(self, user_id: int, trade_id: int) -> SayMessage:
        """Said by this person in this trade."""
        return SayMessage(user_id, trade_id, self.kind, self.text, self.file_id)


def message(words: Words) -> Parse[Written]:
    """A text, a photo or a document. What looks like a command is for LockBay, never for the other side."""

    def parse(reply: Reply) -> Written:
        match reply:
            case Said(text) if text.startswith("/"):
                raise Invalid(words("That looks like a command, and LockBay has none of that name. It was not sent."))
            case Said(text) if text:
                return Written("text", _short(words, text))
            case Sent("photo" | "document" as kind, file_id, caption) if file_id:
                return Written(kind, _short(words, caption.strip()), file_id)
            case Sent():
                raise Invalid(words("I pass on texts, photos and files only, so that was not sent."))
            case _:
                raise Invalid(words("Please write a message, or send a photo or a file."))

    return parse


def enough(words: Words) -> Parse[NoReturn]:
    """Nothing is an answer to this: the journal of the conversation is full, and a button begins another."""

    def parse(_: Reply) -> NoReturn:
        raise Invalid(words("That was not sent. Press the button first, then send it again."))

    return parse


def _short(words: Words, text: str) -> str:
    if len(text) > LONGEST:
        raise Invalid(
            words(
                "That text has {n} characters; a message may have {most}. It was not sent: make it shorter, or two.",
                n=len(text),
                most=LONGEST,
            )
        )
    return text
