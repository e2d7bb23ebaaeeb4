"""The news of a trade on a screen, or in an e-mail: what is said, what is known, and what can be done; pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import BLANK, fact, lines, quoted
from lockbay.areas.trades.layout import invitation_link
from lockbay.areas.trades.moves import move_button
from lockbay.areas.trades.news import TELLINGS, TITLES, News
from lockbay.areas.trades.records import Move, State

MOVES: Final[Mapping[str, tuple[Move, ...]]] = {
    "trade_invited": ("decline",),
    "trade_paid": ("accept", "decline"),
    "trade_reduced": ("accept", "decline"),
    "trade_delivered": ("release", "dispute"),
    "trade_proposed": ("agree", "disagree"),
}
REMINDED: Final[Mapping[State, tuple[Move, ...]]] = {
    "awaiting_payment": ("pay",),
    "underpaid": ("pay",),
    "paid": ("accept", "decline"),
    "accepted": ("deliver",),
    "delivered": ("release", "dispute"),
}
UNPAID: Final[frozenset[State]] = frozenset({"awaiting_payment", "underpaid"})
MONEY_CAME: Final = frozenset({"trade_released", "trade_declined", "trade_refunded", "trade_agreed", "trade_returned"})


def notices(bot: str) -> Mapping[str, Notice]:
    """All kinds that sql/trades writes. `bot` is the bot's username, for the links in mails."""
    return {kind: Notice(News, partial(_draw, bot, kind)) for kind in TITLES}


def _draw(bot: str, kind: str, words: Words, news: News) -> Screen:
    text = lines(
        TITLES[kind](words, news),
        BLANK,
        TELLINGS[kind](words, news),
        quoted(news.description),
        *_sums(words, news),
        _by(words, news, kind),
        *_way_in(words, news, bot),
    )
    return Screen(text, _rows(words, news, kind, bot))


def _sums(words: Words, news: News) -> tuple[Markup, ...]:
    """What was agreed, and what was paid where the trade went on with less."""
    agreed = words.amount(news.amount, news.currency)
    if not news.is_reduced:
        return (fact(words, words.label("Amount"), agreed),)
    paid = words.amount(news.buyer_pays, news.currency)
    return fact(words, words.label("Agreed"), agreed), fact(words, words.label("Paid instead"), paid)


def _by(words: Words, news: News, kind: str) -> Markup | None:
    """What the clock does when nobody moves; nothing waits in a trade that has ended."""
    labels: dict[State, str] = {
        "awaiting_payment": words.label("To be paid by"),
        "underpaid": words.label("To be paid by"),
        "paid": words.label("Answer by"),
        "accepted": words.label("Refund to the buyer after"),
        "delivered": words.label("Released by itself after"),
    }
    label = words.label("Until") if kind == "trade_reminder" else labels.get(news.state)
    return fact(words, label, words.time(news.deadline)) if label and news.deadline else None


def _way_in(words: Words, news: News, bot: str) -> tuple[Markup, ...]:
    """A mail has no buttons: who is not here yet needs the link in the text."""
    if news.token is None:
        return ()
    return BLANK, words("Open it in Telegram: {link}", link=invitation_link(bot, news.token))


def _rows(words: Words, news: News, kind: str, bot: str) -> tuple[Row, ...]:
    if news.token is not None:
        return ((Url(words.label("Open in Telegram"), invitation_link(bot, news.token)),),)
    reminded = kind == "trade_reminder" or (kind == "trade_joined" and news.state in UNPAID)
    offered = REMINDED.get(news.state, ()) if reminded else MOVES.get(kind, ())
    has_parts = news.state == "underpaid"
    moves = tuple(move_button(words, news.trade_id, move, has_parts=has_parts) for move in offered)
    came = kind in MONEY_CAME and _is_reader_paid(news) and (news.in_part or news.is_paid is not False)
    return (
        moves,
        (buttons.wallet(words, "primary"),) if came else (),
        (buttons.rate(words, news.trade_id),) if news.may_rate else (),
        (Link(words.label("Open the trade"), "trade", (str(news.trade_id),)), buttons.menu(words)),
    )


def _is_reader_paid(news: News) -> bool:
    return (news.role == "seller") == (news.state == "released")
