"""What came in from Telegram, as the actors see it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen

MediaKind: TypeAlias = Literal["photo", "document", "other"]


@frozen
class Sender:
    """Who acted. Telegram ids need more than 32 bits."""

    id: int
    first_name: str
    username: str | None = None
    language: str = "en"


@frozen
class Command:
    """/name payload, wherever it was typed: a command is never an answer."""

    name: str
    payload: str = ""


@frozen
class Typed:
    """A text message."""

    text: str


@frozen
class Sent:
    """A photo (in its largest size), a document, or something that LockBay has no use for."""

    kind: MediaKind
    file_id: str = ""
    caption: str = ""


@frozen
class Contact:
    """A phone number, as Telegram tells it. `is_own`: it is the sender's, told by their account with this message.
    Anybody can send somebody else's, and forward what was their own once.
    """

    phone: str = field(repr=False)
    is_own: bool


@frozen
class Press:
    """A press on an inline button."""

    callback_id: str
    data: str
    message_id: int
    on_photo: bool = False


@frozen
class Edited:
    """A message was edited after it was sent. What it said when it arrived is what counted."""


@frozen
class Membership:
    """The person blocked the bot, or unblocked it."""

    blocked: bool


@frozen
class GroupEvent:
    """Something in a group, the update's chat: it concerns what the bot does there, not who did it."""


@frozen
class GroupMembership(GroupEvent):
    """Somebody brought the bot into the group, or it is out of it, `at` that second since 1970."""

    title: str
    is_in: bool
    at: int


@frozen
class AskedInGroup(GroupEvent):
    """/name@to in the group, `at` that second; `to` is empty where no bot was named. `by_the_group`: somebody who
    runs it wrote in its name, and nobody can tell who.
    """

    title: str
    name: str
    to: str
    at: int
    by_the_group: bool = False


@frozen
class GroupMoved(GroupEvent):
    """The group became a supergroup: its chat has another id now."""

    new_id: int


Event: TypeAlias = Command | Typed | Sent | Contact | Press | Edited | Membership | GroupEvent


@frozen
class Original:
    """A message of ours that somebody replied to, and when (seconds since 1970) Telegram says that it was sent.
    `edited`: it shows something else since then, a question maybe.
    """

    message_id: int
    sent_at: int
    edited: bool = False


@frozen
class Update:
    """One update of a private chat, or with a GroupEvent of a group. `raw` is the JSON that the inbox keeps, `reply_to`
    our message that it answers.
    """

    update_id: int
    sender: Sender
    chat_id: int
    event: Event
    raw: bytes = field(repr=False)
    reply_to: Original | None = None


@frozen
class DeadlinePassed:
    """A question's time is over. By now another question may be pending: then it means nothing."""

    conversation: int
    question: int
