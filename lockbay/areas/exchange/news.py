"""What those who run LockBay are told of the exchange. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.exchange.records import PositionNews
from lockbay.areas.text import lines, paragraphs


def position(words: Words, news: PositionNews) -> Screen:
    """No more of a currency may be given. Told once a day for each."""
    text = paragraphs(
        (
            words("📉 <b>The exchange has given as much {currency} as it may</b>", currency=news.currency),
            lines(
                words("Somebody wanted: <b>{amount}</b>", amount=words.amount(news.wanted, news.currency)),
                words("Left: <b>{amount}</b>", amount=words.amount(news.left, news.currency)),
                words("The limit is {usd} worth (LOCKBAY_EXCHANGE_POSITION_USD).", usd=words.usd(news.limit_usd)),
            ),
            words("They were refused. Buy some of it, or raise the limit."),
        )
    )
    return Screen(text, ((buttons.menu(words),),))


NOTICES: Final[Mapping[str, Notice]] = {"exchange_position": Notice(PositionNews, position)}
