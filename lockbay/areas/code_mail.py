"""The mail that carries a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas.codes import code
from lockbay.areas.text import paragraphs


@frozen
class CodeMail:
    """What the outbox knows of a code: whose and what for, never the code."""

    user_id: int
    purpose: str
    nonce: str = field(repr=False)
    expires_at: datetime


def notices(secret: bytes) -> Mapping[str, Notice]:
    """The secret is that of the database facade: code and hash are derived from the same."""

    def draw(words: Words, mail: CodeMail) -> Screen:
        return code_mail(words, code(secret, mail.user_id, mail.purpose, mail.nonce), mail.expires_at)

    return {"email_code": Notice(CodeMail, draw)}


def code_mail(words: Words, digits: str, expires_at: datetime) -> Screen:
    """The code in the subject, too: a phone shows it without opening the mail."""
    zone = expires_at.astimezone(words.zone).tzname()
    text = paragraphs(
        (
            words("{code} is your LockBay code", code=digits),
            words(
                "Type it into the chat with LockBay. It is valid until {time} {zone}.",
                time=words.time(expires_at),
                zone=zone,
            ),
            words("You did not ask for it? Then somebody mistyped their address, and there is nothing for you to do."),
        )
    )
    return Screen(text)
