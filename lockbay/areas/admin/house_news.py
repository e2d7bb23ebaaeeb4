"""What the staff hears of the house itself: money that runs low at a provider, wrong books, an outage. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from attrs import frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.layout import money
from lockbay.areas.text import BLANK, cut, fact, lines, quoted


@frozen
class LowBalance:
    """A provider has less to pay from than is wanted. `network` "": it is one pot for all of them."""

    provider: str
    currency: str
    network: str
    amount: Decimal
    low: Decimal


@frozen
class BooksDiffer:
    """The audit found differences; `first` are some of them, a line each."""

    differences: int
    kinds: str
    first: str


@frozen
class Outage:
    """Nobody could act in between."""

    since: datetime
    until: datetime


def balance_low(words: Words, news: LowBalance) -> Screen:
    """To finance."""
    text = lines(
        words("🪫 <b>{provider} runs low on {currency}</b>", provider=cut(news.provider, 20), currency=news.currency),
        BLANK,
        fact(words, words.label("Left"), money(words, news.amount, news.currency)),
        fact(words, words.label("Low is below"), money(words, news.low, news.currency)),
        fact(words, words.label("Over"), cut(news.network, 20)) if news.network else None,
        BLANK,
        words("What it cannot pay waits for you. You hear of this again when it was filled and runs low again."),
    )
    return Screen(text, ((Link(words.label("⚖️ Providers and books"), "books"),), (buttons.menu(words),)))


def books_differ(words: Words, news: BooksDiffer) -> Screen:
    """To the owners."""
    text = lines(
        words.count(
            "🚨 <b>The audit found {n} difference in the books</b>",
            "🚨 <b>The audit found {n} differences in the books</b>",
            news.differences,
        ),
        BLANK,
        fact(words, words.label("Kinds"), cut(news.kinds, 200)),
        quoted(cut(news.first, 600)),
        BLANK,
        words("Nothing was stopped. See all of them on the console or with --audit, and close LockBay if money leaks."),
    )
    return Screen(text, ((Link(words.label("⚖️ Providers and books"), "books"),), (buttons.menu(words),)))


def outage(words: Words, news: Outage) -> Screen:
    """To the owners."""
    text = lines(
        words("🔌 <b>Nobody could reach LockBay</b>"),
        BLANK,
        fact(words, words.label("From"), words.time(news.since)),
        fact(words, words.label("Until"), words.time(news.until)),
        BLANK,
        words("No deadline passed meanwhile: every open trade has got this time back. Nothing is left for you to do."),
    )
    return Screen(text, ((buttons.menu(words),),))


NOTICES: Final[Mapping[str, Notice]] = {
    "balance_low": Notice(LowBalance, balance_low),
    "books_differ": Notice(BooksDiffer, books_differ),
    "outage": Notice(Outage, outage),
}
