"""What people write to each other through LockBay: a text, a photo or a file. How it is understood and how it is shown,
wherever there is such a chat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NoReturn, TypeAlias, TypeVar

from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Parse, Reply, Said
from lockbay.actors.screen import Attachment, Screen
from lockbay.actors.update import Contact, Sent
from lockbay.actors.words import Words
from lockbay.errors import Invalid
from lockbay.postgres.queries import Operation, Refused

T = TypeVar("T")
MessageKind: TypeAlias = Literal["text", "photo", "document"]
LONGEST: Final = 1000  # characters of a text or a caption
CAPTION: Final = 1024  # UTF-16 units; Bot API: sendPhoto, sendDocument
IN_A_ROW: Final = 40  # messages: two entries each, and of up to 1000 characters; a journal is to stay small

# Why a message was not sent; every chat has more reasons of its own.
REFUSALS: Final[Mapping[str, str]] = {
    "too_fast": "That was not sent: {most} messages a minute are the most. Wait a moment, then send it again.",
    "bad_message": "That was not sent: a message may have 1 to {longest} characters.",
}


@frozen
class Written:
    """A message on its way to others. `text` is a file's caption; `file_id` is Telegram's, "" for a text."""

    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(default="", repr=False)


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
            case Sent() | Contact():
                raise Invalid(
                    words(
                        "I pass on texts, photos and files only, so that was not sent. "
                        "A video? Please send it as a file."
                    )
                )
            case _:
                raise Invalid(words("Please write a message, or send a photo or a file."))

    return parse


def _enough(words: Words) -> Parse[NoReturn]:
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


async def talk(
    chat: Chat,
    first: Screen,
    say: Callable[[Written], Operation[T]],
    told: Callable[[T], Screen],
    refusal: Callable[[Refused], Markup],
    enough: Screen,
) -> None:
    """Every answer is a message, until a button leads elsewhere; `enough` asks for one after many messages. What was
    refused is said above the screen that stood before it.

    A replay sees a chat that has gone on: `say` must make the same operation of the same message.
    """
    screen, problem = first, None
    for _ in range(IN_A_ROW):
        written = await chat.ask("message", screen.with_problem(problem), parse=message(chat.words))
        done = await chat.do("say", say(written))
        if isinstance(done, Refused):
            problem = refusal(done)
        else:
            screen, problem = told(done), None
    await chat.ask("enough", enough.with_problem(problem), parse=_enough(chat.words))


def file_name(words: Words, kind: MessageKind, n: int) -> str:
    """A file of a chat, as its list and its button call it."""
    return words.label("📷 Photo {n}", n=n) if kind == "photo" else words.label("📎 File {n}", n=n)


def attachment(kind: MessageKind, file_id: str) -> Attachment | None:
    """The file of a message; a text has none."""
    return None if kind == "text" else Attachment(kind, file_id)


def units(text: str) -> int:
    """How long Telegram finds a text: in UTF-16 units, after its entities are read."""
    return len(text.encode("utf-16-le")) // 2


def fitted(text: str, most: int) -> str:
    """At most so many units of it."""
    if units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", "ignore") + "…"
