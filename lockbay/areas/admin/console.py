"""The way into the web console: a link that opens once. Its token is in the chat only; the database keeps a hash."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import ClassVar

from attrs import field, frozen

from lockbay.actors.conversation import Chat
from lockbay.actors.screen import Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import paragraphs
from lockbay.errors import Unseen
from lockbay.postgres.queries import Operation, Refused


@frozen
class OpenedLink:
    """What the token is derived from, and until when it opens."""

    nonce: str = field(repr=False)
    expires_at: datetime


@frozen
class OpenConsole(Operation[OpenedLink]):
    """A link for one of the staff; their older ones open nothing any more. Refused: `not_staff`."""

    file: ClassVar[str] = "console/open"
    user_id: int


@frozen
class Door:
    """Where the console is, `site` "": nowhere, and what its tokens are derived from."""

    site: str
    secret: bytes = field(repr=False)

    def url(self, user_id: int, nonce: str) -> str:
        """sql/console/open.sql keeps the hash of the same token."""
        token = sha256(self.secret + f"console:{user_id}:{nonce}".encode()).digest()
        return f"{self.site}/admin/enter/{urlsafe_b64encode(token).rstrip(b'=').decode()}"


async def web_console(door: Door, chat: Chat) -> None:
    """A button that opens the console in a browser."""
    if not chat.person.is_admin:
        raise Unseen
    if not door.site:
        return await chat.show(nowhere(chat.words))
    made = await chat.do("open", OpenConsole(chat.user_id))
    if isinstance(made, Refused):
        raise Unseen
    await chat.show(opened(chat.words, door.url(chat.user_id, made.nonce)))


def opened(words: Words, url: str) -> Screen:
    """The link, as a button: nobody reads it off."""
    text = paragraphs(
        (
            words("🖥 <b>Web console</b>"),
            words("The button opens it in your browser, once, within ten minutes. Pass the link on to nobody."),
            words("Log out there, and every browser of yours is out. Another link makes this one useless."),
        )
    )
    return Screen(text, ((Url(words.label("Open the console"), url),), buttons.way_out(words, "admin")))


def nowhere(words: Words) -> Screen:
    """The settings do not say where we are reached."""
    text = words("The web console is off: LOCKBAY_PUBLIC_URL does not say where LockBay is reached.")
    return Screen(text, (buttons.way_out(words, "admin"),))
