"""The mail that carries a code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve, field, frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.codes import Outgoing, code
from lockbay.areas.destinations_screens import goes_to
from lockbay.areas.networks import BANK
from lockbay.areas.text import lines, paragraphs


@frozen
class CodeMail:
    """What the outbox knows of a code: whose and what for, never the code."""

    user_id: int
    purpose: str
    nonce: str = field(repr=False)
    expires_at: datetime
    outgoing: Outgoing | None = None


@frozen
class EmailReplaced:
    """Whose address is another one since when."""

    user_id: int
    at: datetime


def notices(secret: bytes) -> Mapping[str, Notice]:
    """The secret is that of the database facade: code and hash are derived from the same."""

    def draw(words: Words, mail: CodeMail) -> Screen:
        return code_mail(words, mail, code(secret, mail.user_id, mail.purpose, mail.nonce))

    return {"email_code": Notice(CodeMail, draw), "email_replaced": Notice(EmailReplaced, replaced)}


def code_mail(words: Words, mail: CodeMail, digits: str) -> Screen:
    """The code in the subject, too: a phone shows it without opening the mail. It says what the code does."""
    until = words.zoned_time(mail.expires_at)
    text = paragraphs(
        (
            _subject(words, mail.purpose, digits),
            _lets_go(words, mail.outgoing) if mail.outgoing else None,
            words("Is anything of it not as you want it? Then do not type the code.") if mail.outgoing else None,
            words("Type it into the chat with LockBay. It is valid until {time}.", time=until),
            _not_you(words, mail.purpose),
        )
    )
    return Screen(text)


def _lets_go(words: Words, outgoing: Outgoing) -> Markup:
    """How much goes out, and where to: of an account no more than its owner needs to know it by."""
    is_bank = outgoing.network == BANK.code
    to = evolve(outgoing, address=f"•••• {outgoing.address[-4:]}") if is_bank else outgoing
    return lines(
        words("It is for this alone:"),
        words("Arrives: <b>{amount}</b>", amount=words.amount(outgoing.net, outgoing.currency)),
        goes_to(words, to),
    )


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
