"""The mail that carries a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.codes import code
from lockbay.areas.text import paragraphs


@frozen
class CodeMail:
    """What the outbox knows of a code: whose and what for, never the code."""

    user_id: int
    purpose: str
    nonce: str = field(repr=False)
    expires_at: datetime


@frozen
class EmailReplaced:
    """Whose address is another one since when."""

    user_id: int
    at: datetime


def notices(secret: bytes) -> Mapping[str, Notice]:
    """The secret is that of the database facade: code and hash are derived from the same."""

    def draw(words: Words, mail: CodeMail) -> Screen:
        return code_mail(words, mail.purpose, code(secret, mail.user_id, mail.purpose, mail.nonce), mail.expires_at)

    return {"email_code": Notice(CodeMail, draw), "email_replaced": Notice(EmailReplaced, replaced)}


def code_mail(words: Words, purpose: str, digits: str, expires_at: datetime) -> Screen:
    """The code in the subject, too: a phone shows it without opening the mail. It says what the code does."""
    text = paragraphs(
        (
            _subject(words, purpose, digits),
            words("Type it into the chat with LockBay. It is valid until {time}.", time=words.zoned_time(expires_at)),
            _not_you(words, purpose),
        )
    )
    return Screen(text)


def replaced(words: Words, news: EmailReplaced) -> Screen:
    """To the old address, the only one that somebody who took over the account cannot read; and to all devices of the
    person by Telegram.
    """
    text = paragraphs(
        (
            words("Your LockBay account has another e-mail address now"),
            words("It was replaced at {time}. For 24 hours no money goes out.", time=words.zoned_time(news.at)),
            words(
                "That was not you? Then somebody is in your Telegram account. End the other sessions in Telegram’s "
                "settings, under Devices, at once."
            ),
        )
    )
    return Screen(text, ((buttons.menu(words),),), stays=True)


def _subject(words: Words, purpose: str, digits: str) -> Markup:
    if purpose == "cashout":
        return words("{code} is your LockBay code to send money out", code=digits)
    if purpose == "contact":
        return words("{code} is your LockBay code to add this e-mail address", code=digits)
    return words("{code} is your LockBay code", code=digits)


def _not_you(words: Words, purpose: str) -> Markup:
    if purpose == "cashout":
        return words(
            "You did not ask for it? Then somebody is in your Telegram account. Give the code to nobody, not even us: "
            "without it no money moves. End the other sessions in Telegram’s settings, under Devices."
        )
    return words("You did not ask for it? Then somebody mistyped their address, and there is nothing for you to do.")
