"""What a person sees and presses. Pure data: areas make screens, the courier sends them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import evolve, field, frozen
from markupsafe import Markup

from lockbay.errors import LockBayError

Style: TypeAlias = Literal["primary", "success", "danger"]
CALLBACK_BYTES: Final = 64  # Bot API: callback_data is 1-64 bytes


class CallbackTooLong(LockBayError):
    """A button's data does not fit into 64 bytes."""


@frozen
class Answer:
    """A button that answers the question on the screen. `value` is what the conversation's parser gets."""

    label: str
    value: str
    style: Style | None = None


@frozen
class Link:
    """A button that opens another flow, whatever is going on: Link("Wallet", "wallet"), Link("Open", "trade", "17")."""

    label: str
    flow: str
    args: tuple[str, ...] = ()
    style: Style | None = None


@frozen
class Copy:
    """A button that copies a text (1-256 characters) on the person's device. Nothing reaches LockBay."""

    label: str
    text: str


@frozen
class Url:
    """A button that opens a web page or a t.me link."""

    label: str
    url: str


@frozen
class Attachment:
    """A photo or a document that somebody sent, by the id under which Telegram keeps it for the bot."""

    kind: Literal["photo", "document"]
    file_id: str = field(repr=False)


Button: TypeAlias = Answer | Link | Copy | Url
Row: TypeAlias = tuple[Button, ...]


@frozen
class Document:
    """A file of ours (at most 50 MB), under the name that people keep it by."""

    name: str
    content: bytes = field(repr=False)


@frozen
class AskContact:
    """Buttons in the place of the person's keyboard: one sends their own phone number, the others type what they say.
    A message has these or rows of its own, not both.
    """

    label: str
    others: tuple[str, ...] = ()


@frozen
class NoKeyboard:
    """Takes those buttons away again. The message cannot have rows."""


def _filled(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return rows if all(rows) else tuple(row for row in rows if row)


@frozen
class Screen:
    """One message: HTML text (escaped already), rows of buttons (an empty one is none), at most one photo (PNG bytes),
    document or attachment. `keyboard` changes what stands in the place of the person's keyboard.

    What `stays` is still to be seen or edited later: its Links open new messages. So does what somebody sent (an
    attachment). What is `silent` arrives without a sound. `under` is for a text that says what was done: above what
    was not, it would be taken for that.
    """

    text: Markup
    rows: tuple[Row, ...] = field(default=(), converter=_filled)
    photo: bytes | None = field(default=None, repr=False)
    attachment: Attachment | None = None
    document: Document | None = None
    keyboard: AskContact | NoKeyboard | None = None
    stays: bool = False
    silent: bool = False
    under: Markup | None = field(default=None, eq=False, repr=False)  # what stands under a problem, if not the text

    def with_problem(self, problem: str | Markup | None) -> Screen:
        """The same screen with a sentence on top that says why an answer was not taken; the last, of several. None:
        there is nothing to say.
        """
        if problem is None:
            return self
        under = self.text if self.under is None else self.under
        return evolve(self, text=Markup("⚠️ {}\n\n{}").format(problem, under), under=under)


@frozen
class Origin:
    """Whose screen a button belongs to: a conversation and its question. Prefixed to every Answer's data."""

    conversation: int
    question: int


def encode_answer(origin: Origin, value: str) -> str:
    """Raises CallbackTooLong."""
    return _fitting(f"a:{origin.conversation:x}:{origin.question}:{value}")


def encode_link(flow: str, args: tuple[str, ...], *, stays: bool = False) -> str:
    """`stays`: what the press opens does not take the place of the screen. Raises CallbackTooLong."""
    return _fitting(":".join(("n" if stays else "l", flow, *args)))


def stays(data: str) -> bool:
    """Whether the screen with the button that was pressed keeps its place."""
    return data.startswith("n:")


@frozen
class PressedAnswer:
    """A press on an Answer, of a screen that may be an old one."""

    origin: Origin
    value: str


@frozen
class PressedLink:
    """A press on a Link."""

    flow: str
    args: tuple[str, ...]


def decode(data: str) -> PressedAnswer | PressedLink | None:
    """What was pressed; None for data that no screen of ours has (forged, or of an older version)."""
    match data.split(":", 3) if data.startswith("a:") else data.split(":"):
        case ["a", conversation, question, value]:
            try:
                return PressedAnswer(Origin(int(conversation, 16), int(question)), value)
            except ValueError:
                return None
        case ["l" | "n", flow, *args] if flow:
            return PressedLink(flow, tuple(args))
        case _:
            return None


def _fitting(data: str) -> str:
    if (len(data) if data.isascii() else len(data.encode())) > CALLBACK_BYTES:
        raise CallbackTooLong(f"{data!r} is longer than {CALLBACK_BYTES} bytes")
    return data
