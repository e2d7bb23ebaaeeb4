"""Providers against the books: what they told, what came in, and where they say other than we have. Pure."""

from __future__ import annotations

from decimal import localcontext
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin.layout import money
from lockbay.areas.admin.records import AdminBooks, Clearing, Difference
from lockbay.areas.text import cut, isolated, lines, paragraphs
from lockbay.money import CURRENCIES, EXACT

LISTED: Final = 10  # sums on the page; with the longest texts they fit a message


def books(words: Words, view: AdminBooks) -> Screen:
    """The sums, and a page of differences."""
    text = paragraphs(
        (
            words("⚖️ <b>Providers and books</b>"),
            _clearings(words, view) if view.clearings else words("No provider has told of anything."),
            *(_difference(words, each) for each in view.differences),
            None if view.differences else words("Providers say what we have."),
        )
    )
    return Screen(text, (pages.onward(words, "books", next=view.next), buttons.way_out(words, "admin")))


def _clearings(words: Words, view: AdminBooks) -> Markup:
    """Those that are wrong first; people may send any coin of which nobody has heard."""
    listed = sorted(view.clearings, key=lambda each: (_is_right(each), each.currency not in CURRENCIES))[:LISTED]
    more = len(view.clearings) - len(listed)
    return lines(
        *(_clearing(words, each) for each in listed),
        words.some("… and {n} more", "… and {n} more", more),
    )


def _is_right(each: Clearing) -> bool:
    with localcontext(EXACT):
        return each.told == each.waits + each.returned + each.came_in


def _clearing(words: Words, each: Clearing) -> Markup:
    """A line per provider and currency. What waits or was never in the books explains the rest."""
    is_right = _is_right(each)
    parts = [words("{sign} {name}: told {told}", sign="✅" if is_right else "⚠️", name=each.provider,
                   told=money(words, each.told, each.currency))]  # fmt: skip
    if each.told != each.came_in or not is_right:
        parts.append(words("in the books {amount}", amount=money(words, each.came_in, each.currency)))
    if each.waits:
        parts.append(words("unapplied {amount}", amount=money(words, each.waits, each.currency)))
    if each.returned:
        parts.append(words("sent back {amount}", amount=money(words, each.returned, each.currency)))
    return Markup(", ").join(parts)


def _difference(words: Words, each: Difference) -> Markup:
    return words(
        "⚠️ <b>{provider}</b> · {person} · {time}\nTold {told}, we have {ours}\n<code>{reference}</code>",
        provider=each.provider,
        person=isolated(cut(each.person or "?", 40)),
        time=words.time(each.at),
        told=money(words, each.told, each.currency),
        ours=money(words, each.ours, each.currency),
        reference=each.reference,
    )
