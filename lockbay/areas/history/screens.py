"""What the history of a person's money looks like."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.history.records import History, Movement
from lockbay.areas.text import paragraphs


def history(words: Words, page: History, *, is_first: bool) -> Screen:
    """One page, the newest movement on top."""
    movements = [movement(words, each) for each in page.movements]
    text = paragraphs((words("📜 <b>History</b>"), *(movements or [_nothing(words, is_first=is_first)])))
    turning: Row = ()
    if page.next is not None:
        turning += (Link(words.label("Older"), "history", (str(page.next),)),)
    if not is_first:
        turning += (Link(words.label("Newest"), "history"),)
    last = (buttons.back(words, "wallet"), buttons.menu(words))
    return Screen(text, (turning, last) if turning else (last,))


def movement(words: Words, each: Movement) -> Markup:
    """What came or went, why, and when in the person's own time."""
    sign = "+" if each.amount > 0 else "−"
    return words(
        "<b>{amount}</b>\n{what} · {time}",
        amount=sign + words.amount(abs(each.amount), each.currency),
        what=_what(words, each),
        time=words.time(each.at),
    )


def _what(words: Words, each: Movement) -> Markup:
    what = _kind(words, each)
    return words("{what} (fee credit)", what=what) if each.account == "credit" else what


def _kind(words: Words, each: Movement) -> Markup:
    match each.kind:
        case "deposit" if each.trade_id is not None:
            return words("Came for {trade} after it was paid", trade=_trade(words, each))
        case "deposit":
            return words("Deposit")
        case "pay" if each.amount > 0:
            return words("More than needed for {trade}", trade=_trade(words, each))
        case "pay":
            return words("Paid for {trade}", trade=_trade(words, each))
        case "release":
            return words("Released to you from {trade}", trade=_trade(words, each))
        case "refund":
            return words("Refund of {trade}", trade=_trade(words, each))
        case "cashout":
            return words("Cash-out")
        case "cashout_refund":
            return words("Back from cash-out {slug}", slug=each.note)
        case "exchange":
            return words("Exchanged")
        case "opening":
            return words("Opening balance")


def _trade(words: Words, each: Movement) -> str:
    return each.slug or words.label("a trade")


def _nothing(words: Words, *, is_first: bool) -> Markup:
    if is_first:
        return words("Nothing has moved yet. Deposits, payments and refunds will be listed here.")
    return words("There is nothing older.")
