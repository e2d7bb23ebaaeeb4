"""The list of a person's trades. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.text import BLANK, cut, isolated, lines
from lockbay.areas.trades.layout import limit, when
from lockbay.areas.trades.states import SIGNS, status
from lockbay.areas.trades.views import TradeLine, TradeList

DESCRIPTION_IN_LIST: Final = 40


def trades(words: Words, page: TradeList, now: datetime, before: int) -> Screen:
    """A page of the list. Those that wait for the person are marked."""
    new = buttons.new_trade(words, None if page.trades else "primary")
    last = ((new, buttons.find_person(words)), (buttons.menu(words),))
    if not page.trades:
        nothing = words("Nothing here yet. Begin one as the buyer, or open an invitation as the seller.")
        return Screen(lines(words("🗂 <b>My trades</b>"), BLANK, nothing), last)
    text = lines(
        words("🗂 <b>My trades</b>"),
        words.some("👉 {n} waits for you", "👉 {n} wait for you", page.turns),
        *(line for each in page.trades for line in (BLANK, *_line(words, each, now))),
    )
    opens = tuple(Link(f"{_sign(each)} {each.slug}", "trade", (str(each.id),)) for each in page.trades)
    turning = pages.turning(words, "trades", is_first=not before, next=page.next)
    return Screen(text, (*buttons.rows(opens, 2), turning, *last))


def _line(words: Words, line: TradeLine, now: datetime) -> tuple[Markup, ...]:
    due = limit(line, now)
    at = words("until {when}", when=when(words, due, now)) if due else words.time(line.created_at)
    return (
        words(
            "{sign} <b>{slug}</b> · {amount} · {status}",
            sign=_sign(line),
            slug=line.slug,
            amount=words.amount(line.amount, line.currency),
            status=status(words, line.state),
        ),
        words(
            "{deed}: {what} · {other} · {at}",
            deed=words.label("Buying") if line.role == "buyer" else words.label("Selling"),
            what=isolated(cut(line.description, DESCRIPTION_IN_LIST)),
            other=isolated(line.other) if line.other else words.label("by link"),
            at=at,
        ),
        *((words.count("💬 {n} new message", "💬 {n} new messages", line.unread),) if line.unread else ()),
    )


def _sign(line: TradeLine) -> str:
    return "👉" if line.your_turn else SIGNS[line.state]
