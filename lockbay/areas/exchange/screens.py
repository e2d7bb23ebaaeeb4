"""What an exchange shows when nothing is asked: what was exchanged, why not, and the list. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.exchange.records import Exchanged, ExchangeHistory, Listed
from lockbay.areas.text import lines, paragraphs


def exchanged(words: Words, done: Exchanged) -> Screen:
    """It is done, and where it is now."""
    sent = done.cashout
    text = paragraphs(
        (
            words("✅ <b>Exchanged</b>"),
            lines(
                words("You gave: <b>{amount}</b>", amount=words.amount(done.from_amount, done.from_currency)),
                words("You got: <b>{amount}</b>", amount=words.amount(done.to_amount, done.to_currency)),
            ),
            words("It is in your wallet now.") if sent is None else None,
            words(
                "It is on its way as cash-out <b>{slug}</b>: {net} arrive. You are told how it goes on.",
                slug=sent.slug,
                net=words.amount(sent.net, sent.currency),
            )
            if sent is not None
            else None,
        )
    )
    first: Row = (buttons.wallet(words, "primary"), buttons.exchange(words))
    if sent is not None:
        first = (Link(words.label("Open the cash-out"), "cashout", (str(sent.id),), style="primary"), *first)
    return Screen(text, (first, (buttons.exchanges(words), buttons.menu(words))))


def not_exchanged(words: Words, why: Markup) -> Screen:
    """Nothing was exchanged, and why."""
    text = paragraphs((words("🔄 <b>Not exchanged</b>"), why))
    again = Link(words.label("Try again"), "exchange", style="primary")
    return Screen(text, ((again,), buttons.way_out(words, "wallet")))


def exchanges(words: Words, page: ExchangeHistory, *, is_first: bool) -> Screen:
    """One page, the newest on top."""
    listed = [_listed(words, each) for each in page.exchanges]
    nothing = words("Nothing was exchanged yet.") if is_first else words("There is nothing older.")
    text = paragraphs((words("🔄 <b>Exchanges</b>"), *(listed or [nothing])))
    turning = pages.turning(words, "exchanges", is_first=is_first, next=page.next)
    last = (buttons.exchange(words), *buttons.way_out(words, "wallet"))
    return Screen(text, (turning, last))


def _listed(words: Words, each: Listed) -> Markup:
    return words(
        "<b>{give} → {get}</b>\n{time}",
        give=words.amount(each.from_amount, each.from_currency),
        get=words.amount(each.to_amount, each.to_currency),
        time=words.time(each.at),
    )
