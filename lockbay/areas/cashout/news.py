"""What the owner of a cash-out is told of it, each time that its state moves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.cashout.layout import facts, problem, telling, title
from lockbay.areas.cashout.records import CANCELLABLE, CashoutNews
from lockbay.areas.payout import State
from lockbay.areas.text import BLANK, lines

BACK: Final[frozenset[State]] = frozenset({"refunded", "declined", "cancelled"})


def told(words: Words, news: CashoutNews) -> Screen:
    """How it stands."""
    heading = (
        words("👍 <b>Cash-out {slug} is approved</b>", slug=news.slug)  # nobody is told of a request of their own
        if news.state == "requested"
        else title(words, news)
    )
    text = lines(heading, BLANK, telling(words, news), problem(words, news), BLANK, facts(words, news))
    look: Row = (Link(words.label("🔎 Look at it"), "cashout", (str(news.cashout_id),)),)
    if news.state in CANCELLABLE:
        look += (Link(words.label("✖️ Cancel it"), "cancel_cashout", (str(news.cashout_id),)),)
    style: Style | None = "primary" if news.state in BACK else None
    return Screen(text, (look, (buttons.wallet(words, style), buttons.menu(words))))


NOTICES: Final[Mapping[str, Notice]] = {f"cashout_is_{state}": Notice(CashoutNews, told) for state in get_args(State)}
