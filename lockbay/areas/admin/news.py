"""What the staff hears of payments that need a decision, and people of what was decided. Pure."""

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
from lockbay.areas.admin.layout import copied, money, reason
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, quoted


@frozen
class Waits:
    """A payment fits nothing: the staff decides."""

    unapplied_id: int
    provider: str
    currency: str
    network: str
    amount: Decimal
    reason: str
    txid: str
    slug: str | None = None


@frozen
class Differs:
    """A provider says other of a payin than we have."""

    provider: str
    reference: str
    currency: str
    network: str
    told: Decimal
    ours: Decimal
    person: str | None


@frozen
class Unreadable:
    """A provider signed something that we cannot read."""

    provider: str
    problem: str
    digest: str


@frozen
class Decided:
    """What became of somebody's payment that fitted nothing. `credited` went to the wallet; `note` says how it was sent
    back.
    """

    currency: str
    network: str
    amount: Decimal
    at: datetime
    credited: Decimal = Decimal(0)
    trade_id: int | None = None
    slug: str | None = None
    state: str | None = None
    note: str = ""


def waits(words: Words, news: Waits) -> Screen:
    """To the staff."""
    text = lines(
        words("💰 <b>A payment of {amount} waits for a decision</b>", amount=money(words, news.amount, news.currency)),
        BLANK,
        fact(words, words.label("Why"), reason(words, news.reason)),
        fact(words, words.label("Over"), f"{cut(news.network, 20)}, {news.provider}"),
        fact(words, words.label("Trade"), news.slug) if news.slug else None,
        copied(words, words.label("Transaction"), news.txid) if news.txid else None,
    )
    look = Link(words.label("Look at it"), "unapplied_payment", (str(news.unapplied_id),), "primary")
    return Screen(text, ((look,), (buttons.menu(words),)))


def unreadable(words: Words, news: Unreadable) -> Screen:
    """To the staff."""
    text = lines(
        words("⚠️ <b>{provider} told something that LockBay cannot read</b>", provider=news.provider),
        BLANK,
        fact(words, words.label("Problem"), cut(news.problem or "?", 200)),
        copied(words, words.label("Kept as"), news.digest),
        BLANK,
        words("Money may be behind it: look it up at the provider. It is in the table unreadable_events, as it came."),
    )
    return Screen(text, ((buttons.menu(words),),))


def differs(words: Words, news: Differs) -> Screen:
    """To the staff."""
    text = lines(
        words("⚖️ <b>{provider} says other than we have</b>", provider=news.provider),
        BLANK,
        fact(words, words.label("Told"), money(words, news.told, news.currency)),
        fact(words, words.label("We have"), money(words, news.ours, news.currency)),
        fact(words, words.label("Person"), isolated(cut(news.person or "?", 40))),
        copied(words, words.label("Reference"), news.reference),
    )
    return Screen(text, ((Link(words.label("⚖️ Providers and books"), "books"),), (buttons.menu(words),)))


def credited(words: Words, news: Decided) -> Screen:
    """To whoever has it now."""
    text = lines(
        words("✅ <b>{amount} is in your wallet</b>", amount=_amount(words, news)),
        BLANK,
        words("Our people looked at the payment of {time} and credited it to you.", time=words.time(news.at)),
    )
    return Screen(text, ((buttons.wallet(words, "primary"),), (buttons.menu(words),)))


def refunded(words: Words, news: Decided) -> Screen:
    """To the payer."""
    text = lines(
        words("↩️ <b>Your payment of {amount} was sent back</b>", amount=_amount(words, news)),
        BLANK,
        words("It arrived on {time} and fitted nothing. Our people sent it back:", time=words.time(news.at)),
        quoted(news.note),
    )
    return Screen(text, ((buttons.menu(words),),))


def attached(words: Words, news: Decided) -> Screen:
    """To the buyer of the trade that it was given to."""
    over = words("{amount} was over and is in your wallet.", amount=money(words, news.credited, news.currency))
    text = lines(
        words("✅ <b>{amount} was added to trade {slug}</b>", amount=_amount(words, news), slug=news.slug),
        BLANK,
        words("Our people looked at the payment of {time}: it was for this trade.", time=words.time(news.at)),
        words("The trade is paid.") if news.state == "paid" else words("A part of its price is still missing."),
        over if news.credited else None,
    )
    return Screen(text, ((Link(words.label("Open the trade"), "trade", (str(news.trade_id),)), buttons.menu(words)),))


def moved(words: Words, news: Decided) -> Screen:
    """To a payer whose payment was for somebody else."""
    text = lines(
        words("ℹ️ <b>Your payment of {amount} went where it belongs</b>", amount=_amount(words, news)),
        BLANK,
        words(
            "It arrived on {time}. Our people looked at it: it was for another person, who has it now.",
            time=words.time(news.at),
        ),
    )
    return Screen(text, ((buttons.menu(words),),))


def _amount(words: Words, news: Decided) -> str:
    return money(words, news.amount, news.currency)


NOTICES: Final[Mapping[str, Notice]] = {
    "unapplied": Notice(Waits, waits),
    "reconciliation": Notice(Differs, differs),
    "unreadable": Notice(Unreadable, unreadable),
    "unapplied_credited": Notice(Decided, credited),
    "unapplied_refunded": Notice(Decided, refunded),
    "unapplied_attached": Notice(Decided, attached),
    "unapplied_moved": Notice(Decided, moved),
}
