"""A screen as an e-mail: its first line is the subject, its buttons become a link to the chat. Pure."""

from __future__ import annotations

import html
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final, TypeAlias

import idna
from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.screen import Copy, Screen, Url
from lockbay.actors.words import Words

TAG: Final = re.compile(r"<[^>]*>")  # the screen's own: whatever people typed is escaped in it
QUOTE: Final = re.compile(r"<blockquote\b[^>]*>(.*?)</blockquote>", re.DOTALL)
TIME: Final = re.compile(r"\b\d{1,2}:\d\d\b")
PRE: Final = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
LONGEST_SUBJECT: Final = 120  # characters; more is cut off by most mail programs
PAGE: Final = Markup(
    '<!doctype html><html lang="{language}"><body style="font:16px/1.5 sans-serif;max-width:36em;margin:0 auto;'
    'padding:24px"><div>{text}</div>{links}{zone}</body></html>\n'
)
QUOTED: Final = '<blockquote style="margin:8px 0;padding-left:12px;border-left:3px solid #ccc">'
ZONE: Final = Markup('<p style="color:#777">{zone}</p>')
LINK: Final = Markup('<p><a href="{url}">{label}</a></p>')

if TYPE_CHECKING:
    Letter: TypeAlias = EmailMessage[str, str]  # typeshed's generic, whose headers here are all texts


@frozen
class Envelope:
    """Who writes to whom. `number` is the outbox row's id: the same notice again has the same Message-ID."""

    sender: str
    to: str = field(repr=False)
    number: int
    written_at: datetime

    @property
    def message_id(self) -> str:
        """With the time, as the ids begin anew in a new database."""
        domain = self.sender.rpartition("@")[2].rstrip(">")
        return f"<notice.{self.number}.{int(self.written_at.timestamp())}@{domain}>"


def letter(screen: Screen, words: Words, envelope: Envelope, chat_url: str) -> Letter:
    """Plain text and HTML of the same screen. Raises ValueError when an address cannot stand in a header."""
    links = _links(screen, words, chat_url)
    text = plain(screen.text)
    message: Letter = EmailMessage()
    message["From"] = envelope.sender
    message["To"] = _deliverable(envelope.to)
    message["Subject"] = _subject(text)
    message["Date"] = format_datetime(envelope.written_at)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    ways = (
        words.label("{label}: {target}", label=label, target=target) for label, target in links if target not in text
    )
    zone = _zone(text, words, envelope)
    message.set_content("\n\n".join([text, *ways, *filter(None, [zone])]) + "\n")
    message.add_alternative(_page(screen.text, words, links, zone), subtype="html")
    return message


def plain(text: Markup) -> str:
    """Without tags, with the characters that were escaped; what is quoted is marked as in mails."""
    quoted = QUOTE.sub(lambda quote: "> " + quote[1].replace("\n", "\n> "), str(text))
    return html.unescape(TAG.sub("", quoted)).strip()


def _zone(text: str, words: Words, envelope: Envelope) -> str:
    """Which clock the times of a mail are told by: whoever reads it may have no account, and so no time zone here."""
    name = envelope.written_at.astimezone(words.zone).tzname() or ""
    return words.label("All times are {zone}.", zone=name) if TIME.search(text) and name not in text else ""


def _deliverable(address: str) -> str:
    """With its domain as it stands in the DNS: not every server knows another alphabet."""
    mailbox, _, domain = address.rpartition("@")
    if domain.isascii():
        return address
    return f"{mailbox}@{idna.encode(domain, uts46=True).decode()}"


def _links(screen: Screen, words: Words, chat_url: str) -> list[tuple[str, str]]:
    """What leads out of the mail; a way to the chat always does."""
    buttons = [button for row in screen.rows for button in row]
    links = [(button.label, button.url) for button in buttons if isinstance(button, Url)]
    links += [(button.label, button.text) for button in buttons if isinstance(button, Copy)]
    if any(target.startswith(chat_url) for _, target in links):
        return links
    return [*links, (words.label("Open LockBay"), chat_url)]


def _subject(text: str) -> str:
    first = " ".join(text.split("\n", 1)[0].split())
    return first if len(first) <= LONGEST_SUBJECT else first[: LONGEST_SUBJECT - 1] + "…"


def _page(text: Markup, words: Words, links: list[tuple[str, str]], zone: str) -> str:
    lines = Markup(_with_breaks(str(text)))  # noqa: S704 the screen's own HTML
    drawn = (LINK.format(url=url, label=label) for label, url in links if url.startswith("https://"))
    told = ZONE.format(zone=zone) if zone else ""
    return str(PAGE.format(language=words.spoken.language, text=lines, links=Markup("").join(drawn), zone=told))


def _with_breaks(text: str) -> str:
    """In Telegram an end of line is one; in a mail only inside of <pre>. What is quoted ends its line by itself."""
    parts = PRE.split(text.replace("</blockquote>\n", "</blockquote>").replace("<blockquote>", QUOTED))
    return "".join(part if part.startswith("<pre") else part.replace("\n", "<br>\n") for part in parts)
