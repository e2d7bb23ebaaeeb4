"""The chat of a trade: what is asked of the database, and what it answers. Its two sides only, and support (`admin`) in
one that is or was disputed; others get no row.

Messages are numbered 1, 2, 3, … within their trade, without gaps, in the order in which they were committed.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.messages import MessageKind
from lockbay.postgres.queries import Operation, View

Voice: TypeAlias = Literal["buyer", "seller", "admin"]


@frozen
class Message:
    """Something that one of the sides wrote, or LockBay (`admin`; its people have names for each other only). `text` is
    a file's caption; `file_id` is Telegram's, "" for a text.
    """

    n: int
    mine: bool
    role: Voice
    name: str
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)
    at: datetime


@frozen
class ChatPage(View):
    """At most fifty messages, the oldest first: chat.find(ChatPage, 17, 0) the newest, chat.find(ChatPage, 17, 30)
    those up to the thirtieth. Looking marks nothing as read: `seen` is how far the viewer has come. `why_not` is the
    reason for which they cannot write now. `other` is the other side's name; None for support, who writes to both.
    """

    file: ClassVar[str] = "chat/page"
    keys: ClassVar[tuple[str, ...]] = ("trade_id", "last")

    trade_id: int
    slug: str
    other: str | None
    why_not: str | None
    seen: int
    newest: int
    messages: tuple[Message, ...]
    viewer: Voice = "buyer"
    disputed: bool = False


@frozen
class RepliedChat(View):
    """The trade in whose chat something was said, when somebody replies to our message that told of it; None: it told
    of something else.
    """

    file: ClassVar[str] = "chat/replied"
    keys: ClassVar[tuple[str, ...]] = ("message_id",)

    trade_id: int


@frozen
class Told:
    """A message that was written. `missed` counts those of others that its author had not read before."""

    n: int
    missed: int


@frozen
class SayMessage(Operation[Told]):
    """Writes a message and tells the other side, once; while the trade is disputed, both sides and who of support
    decides. Whoever writes has read what was there.

    Refused: `unknown_trade` (a stranger's, too), `no_seller`, `chat_over` (30 days after the end), `blocked`,
    `dispute_over` (support writes only while it is disputed),
    `too_fast` (details: most, in a minute), `bad_message` (details: longest).
    """

    file: ClassVar[str] = "chat/say"
    user_id: int
    trade_id: int
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class Marked:
    """The chat is read. `before` is the message up to which it was."""

    before: int


@frozen
class SeeMessages(Operation[Marked]):
    """Everything up to message `newest` is read. Those that came later stay unread. Refused: `unknown_trade`."""

    file: ClassVar[str] = "chat/see"
    user_id: int
    trade_id: int
    newest: int
