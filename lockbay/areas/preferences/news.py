"""What a person is told about their account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from attrs import frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import paragraphs


@frozen
class AccountClosed:
    """Whose account was closed when."""

    user_id: int
    at: datetime


def account_closed(words: Words, news: AccountClosed) -> Screen:
    """By Telegram and by mail: somebody else may have done it."""
    text = paragraphs(
        (
            words("🔒 Your LockBay account was closed"),
            words(
                "You asked for it at {time}. You can open it again at any time: send /start.",
                time=words.zoned_time(news.at),
            ),
            words(
                "That was not you? Then somebody is in your Telegram account. End the other sessions in Telegram’s "
                "settings, under Devices, at once."
            ),
        )
    )
    return Screen(text, ((Link(words.label("Open it again"), "reopen_account"), buttons.support(words)),), stays=True)


NOTICES: Final[Mapping[str, Notice]] = {"account_closed": Notice(AccountClosed, account_closed)}
