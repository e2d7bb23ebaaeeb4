"""What the staff is asked before it decides a dispute, and told after it. Pure.

What has ended is asked about no more: whoever opens such a question sees how it ended. Whoever answers nevertheless is
refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from markupsafe import Markup

from lockbay.actors.screen import Answer, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.disputes import cases
from lockbay.areas.disputes.answers import PERCENTS, agreement
from lockbay.areas.disputes.records import Decided, DisputeCase
from lockbay.areas.disputes.split import Split, split
from lockbay.areas.refusals import said
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, quoted
from lockbay.errors import Outdated
from lockbay.money import CURRENCIES
from lockbay.postgres.queries import Refused

Decision: TypeAlias = Literal["refund", "release", "split"]
WHOLE: Final[Mapping[str, int]] = {"refund": 0, "release": 100}


def which(argument: str) -> Decision:
    """A decision out of a button. Raises Outdated for what no button of ours holds."""
    match argument:
        case "refund" | "release" | "split":
            return argument
        case _:
            raise Outdated


def shares(page: DisputeCase, percent: int, held: Decimal | None = None) -> Split:
    """What each side gets, of what is `held` now or was when it was shown."""
    return split(page.held if held is None else held, page.payout, percent, CURRENCIES[page.currency])


def how_much(words: Words, page: DisputeCase, now: datetime, viewer: int) -> Screen:
    """The seller's part of a split; what usual parts come to is shown."""
    ask = lines(
        words("How many percent of the {held} that are held does the seller get? The fee is taken of that part alone.",
              held=words.amount(page.held, page.currency)),
        BLANK,
        *(_example(words, page, each) for each in PERCENTS),
        BLANK,
        words("Press a button, or type a whole number from 1 to 99."),
    )  # fmt: skip
    options: Row = tuple(Answer(words.percent(each), str(each)) for each in PERCENTS)
    return _question(words, page, now, viewer, words("✂️ <b>Split {slug}</b>", slug=page.slug), ask, options)


def _example(words: Words, page: DisputeCase, percent: int) -> Markup:
    gets = shares(page, percent)
    return words(
        "{percent}: buyer {buyer}, seller {seller}, fee {fee}",
        percent=words.percent(percent),
        buyer=words.amount(gets.buyer_gets, page.currency),
        seller=words.amount(gets.seller_gets, page.currency),
        fee=words.amount(gets.fee, page.currency),
    )


def reason(words: Words, page: DisputeCase, now: datetime, viewer: int, percent: int) -> Screen:
    """Why? Both sides read it."""
    ask = lines(
        *_sums(words, page, percent),
        BLANK,
        words("Why? Both sides are told what you type, in up to 500 characters, as the reason of LockBay."),
    )
    return _question(words, page, now, viewer, words("✍️ <b>{slug}: the reason</b>", slug=page.slug), ask)


def sure(words: Words, page: DisputeCase, now: datetime, viewer: int, percent: int, why: str) -> Screen:
    """Who gets what, before it is done."""
    ask = lines(*_sums(words, page, percent), quoted(why), words("Both sides are told. This cannot be undone."))
    confirm: Row = (Answer(words.label("✅ Confirm"), agreement(page, percent), "danger"),)
    return _question(words, page, now, viewer, _title(words, page, percent), ask, confirm)


def _title(words: Words, page: DisputeCase, percent: int) -> Markup:
    match percent:
        case 0:
            return words("↩️ <b>Refund {slug} to the buyer?</b>", slug=page.slug)
        case 100:
            return words("🔓 <b>Release {slug} to the seller?</b>", slug=page.slug)
        case _:
            return words(
                "✂️ <b>Split {slug}: {percent} to the seller?</b>", slug=page.slug, percent=words.percent(percent)
            )


def _sums(words: Words, page: DisputeCase, percent: int) -> tuple[Markup, ...]:
    gets = shares(page, percent)
    sums = (gets.buyer_gets, gets.seller_gets, gets.fee)
    people = (isolated(cut(page.buyer.name, cases.NAME)), isolated(cut(page.seller.name, cases.NAME)), "")
    return (
        fact(words, words.label("Held"), words.amount(page.held, page.currency)),
        *(
            fact(words, f"{label} ({name})" if name else label, words.amount(amount, page.currency))
            for label, name, amount in zip(cases.parts(words), people, sums, strict=True)
        ),
    )


def done(words: Words, decided: Decided) -> Markup:
    """What has just become of it."""
    match decided.how:
        case "refund":
            return words("✅ Decided: the buyer has everything back.")
        case "release":
            return words("✅ Decided: the seller has the money.")
        case _:
            return words(
                "✅ Decided: the seller has {percent}, the buyer the rest.", percent=words.percent(decided.percent)
            )


def taken(words: Words) -> Markup:
    """It is theirs."""
    return words("✅ It is yours: from now on you alone hear of it.")


def sentence(words: Words, refused: Refused) -> Markup:
    """Why nothing was done."""
    return said(words, refused, SENTENCES, GENERAL)


def nothing(words: Words, refused: Refused) -> Screen:
    """The one who asked cannot see it any more."""
    return Screen(sentence(words, refused), ((buttons.menu(words),),))


GENERAL: Final = "That was not possible, and no money moved."
SENTENCES: Final[Mapping[str, str]] = {
    "not_staff": "Only the people who run LockBay can do that. Nothing was done.",
    "unknown_dispute": "There is no such dispute. Nothing was done.",
    "own_dispute": "You are a side of this trade: somebody else has to decide. Nothing was done.",
    "already_ended": "It has ended already, so nothing was done. This is how.",
    "taken": "Somebody has taken it meanwhile: {by}. Nothing was done.",
    "terms_changed": "What is held has changed, so nothing was done and no money moved. Look at the numbers again, and "
    "decide then.",
    "bad_percent": "The seller’s part is 0 to 100 percent. Nothing was done.",
    "bad_why": "The reason must have 1 to 500 characters. Nothing was done.",
}


def _question(
    words: Words, page: DisputeCase, now: datetime, viewer: int, title: Markup, ask: Markup, answers: Row = ()
) -> Screen:
    if page.how is not None:
        return cases.case(words, page, now, viewer).with_problem(sentence(words, Refused("already_ended")))
    last = buttons.way_out(words, "dispute", str(page.trade_id))
    return Screen(lines(title, BLANK, ask), (answers, last))
