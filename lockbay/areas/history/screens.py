"""What the history of a person's money looks like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.history import labels
from lockbay.areas.history.records import History, Movement
from lockbay.areas.text import lines, paragraphs

NEWEST: Final = "0"
ALL: Final = "all"
WIDTH: Final = 5  # numbers in a row


@frozen
class Filter:
    """Which movements are listed."""

    kind: str = ALL
    currency: str = ALL

    @property
    def is_on(self) -> bool:
        return self != Filter()

    def args(self, before: str = NEWEST) -> tuple[str, ...]:
        """Of a Link to the page. As few as do."""
        every = (before, self.kind, self.currency)
        usual = (NEWEST, ALL, ALL)
        last = max((place for place in range(3) if every[place] != usual[place]), default=-1)
        return every[: last + 1]


def kinds(words: Words) -> dict[str, str]:
    """What can be looked for."""
    return {
        ALL: words.label("All"),
        "in": words.label("Deposits"),
        "out": words.label("Cash-outs"),
        "trades": words.label("Trades"),
        "exchange": words.label("Exchange"),
        "fees": words.label("Fees & credit"),
    }


def history(words: Words, page: History, wanted: Filter, before: str) -> Screen:
    """One page, the newest movement on top. Each has a number, and behind the button of that number its receipt."""
    listed = [
        Markup("<b>{}.</b> {}").format(place, movement(words, each)) for place, each in enumerate(page.movements, 1)
    ]
    title = words("📜 <b>History</b>")
    if wanted.is_on:
        title = lines(title, _looked_for(words, wanted))
    text = paragraphs((title, *(listed or [_nothing(words, page, wanted, before)]), _from_outside(words, page, wanted)))
    return Screen(text, _rows(words, page, wanted, before))


def movement(words: Words, each: Movement) -> Markup:
    """What came or went, why, and when in the person's own time."""
    return words(
        "<b>{amount}</b>\n{what} · {time}",
        amount=signed(words, each),
        what=labels.what(words, each),
        time=words.time(each.at),
    )


def signed(words: Words, each: Movement) -> str:
    """+100 USDT"""
    return words.signed(each.amount, each.currency)


def _rows(words: Words, page: History, wanted: Filter, before: str) -> tuple[Row, ...]:
    numbers = tuple(
        Link(str(place), "receipt", (str(each.id), *wanted.args(before)))
        for place, each in enumerate(page.movements, 1)
    )
    turning: Row = () if before == NEWEST else (pages.newest(words, "history", *wanted.args()),)
    if page.next is not None:
        turning += (pages.older(words, "history", *wanted.args(str(page.next))),)
    filters = (*_filters(words, wanted), *_currencies(words, page.currencies, wanted))
    files: Row = (Link(words.label("📄 Statement as a file"), "statement"),) if page.currencies else ()
    return (*buttons.rows(numbers, WIDTH), turning, *filters, files, buttons.way_out(words, "wallet"))


def _filters(words: Words, wanted: Filter) -> tuple[Row, ...]:
    row = tuple(
        Link(_marked(label, is_on=kind == wanted.kind), "history", Filter(kind, wanted.currency).args())
        for kind, label in kinds(words).items()
    )
    return buttons.rows(row, 3)


def _currencies(words: Words, codes: Sequence[str], wanted: Filter) -> tuple[Row, ...]:
    if len(codes) < 2 and wanted.currency == ALL:
        return ()
    row = tuple(
        Link(
            _marked(words.label("All coins") if code == ALL else code, is_on=code == wanted.currency),
            "history",
            Filter(wanted.kind, code).args(),
        )
        for code in (ALL, *codes)
    )
    return buttons.rows(row, 4)


def _marked(label: str, *, is_on: bool) -> str:
    return f"• {label}" if is_on else label


def _looked_for(words: Words, wanted: Filter) -> Markup:
    named = [kinds(words)[wanted.kind]] if wanted.kind != ALL else []
    if wanted.currency != ALL:
        named.append(wanted.currency)
    return words("Only: {what}", what=", ".join(named))


def _nothing(words: Words, page: History, wanted: Filter, before: str) -> Markup:
    if page.next is not None:
        return words("None among these. There are older movements.")
    if before != NEWEST:
        return words("There is nothing older.")
    if wanted.is_on:
        return words("There is no such movement.")
    return words("Nothing has moved yet. What comes to your wallet and leaves it will be listed here.")


def _from_outside(words: Words, page: History, wanted: Filter) -> Markup | None:
    """Where those look in vain who paid a trade with a coin or by bank transfer."""
    if wanted.kind != "trades" and (page.currencies or wanted.is_on):
        return None
    return words("<i>What you pay for a trade from outside goes past your wallet: it is on the page of the trade.</i>")
