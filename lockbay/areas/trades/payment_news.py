"""What the buyer is told of the payments of a trade: seen, in part, whole, too much, too late. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Final, TypeAlias

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.payin_screens import facts, told
from lockbay.areas.text import BLANK, fact, lines, paragraphs
from lockbay.areas.trades import promises
from lockbay.areas.trades.moves import move_button
from lockbay.areas.trades.records import Move, State


@frozen
class PaymentNews:
    """A payment for a trade. `amount` came in `currency`; `credited` of it went to the wallet. `total` and `missing`
    are the trade's, in `trade_currency`. What has arrived in other coins keeps its price until `price_until`.
    `is_vacant`: no seller has joined yet. `may_reduce`: it can go on with what has arrived, if the seller agrees.
    """

    trade_id: int
    slug: str
    state: State
    trade_currency: str
    total: Decimal
    missing: Decimal
    deadline: datetime | None
    currency: str
    network: str
    amount: Decimal
    credited: Decimal
    txid: str
    price_until: datetime | None = None
    is_vacant: bool = False
    may_reduce: bool = True


Telling: TypeAlias = Callable[[Words, PaymentNews], Markup]


def notices() -> Mapping[str, Notice]:
    """All kinds that sql/deposits writes about payments of trades."""
    return {kind: Notice(PaymentNews, partial(_draw, kind)) for kind in TITLES}


def _draw(kind: str, words: Words, news: PaymentNews) -> Screen:
    text = paragraphs((TITLES[kind](words, news), TELLINGS[kind](words, news), facts(words, news.network, news.txid)))
    return Screen(text, _rows(words, news, kind))


def _rows(words: Words, news: PaymentNews, kind: str) -> tuple[Row, ...]:
    moves: tuple[Row, ...] = ()
    if kind == "payment_part":
        offered: tuple[Move, ...] = ("pay", "reduce", "cancel") if news.may_reduce else ("pay", "cancel")
        moves = tuple((move_button(words, news.trade_id, move, has_parts=True),) for move in offered)
    wallet = ((buttons.wallet(words, "primary"),),) if news.credited else ()
    last = (Link(words.label("Open the trade"), "trade", (str(news.trade_id),)), buttons.menu(words))
    return (*moves, *wallet, last)


def _came(words: Words, news: PaymentNews) -> str:
    return told(words, news.amount, news.currency)


def _rest(words: Words, news: PaymentNews) -> str:
    return told(words, news.credited, news.currency)


def _by(words: Words, news: PaymentNews, label: str) -> Markup | None:
    return fact(words, label, words.time(news.deadline)) if news.deadline else None


TITLES: Final[Mapping[str, Telling]] = {
    "payment_seen": lambda words, news: words(
        "⏳ <b>Payment for trade {slug} on its way: {amount}</b>", slug=news.slug, amount=_came(words, news)
    ),
    "payment_part": lambda words, news: words(
        "🧩 <b>A part of trade {slug} is paid: {amount}</b>", slug=news.slug, amount=_came(words, news)
    ),
    "payment_done": lambda words, news: words("🔒 <b>Trade {slug} is paid</b>", slug=news.slug),
    "payment_extra": lambda words, news: words(
        "👛 <b>{amount} more came for trade {slug}</b>", slug=news.slug, amount=_came(words, news)
    ),
}


def _seen(words: Words, news: PaymentNews) -> Markup:
    waits = news.state in ("awaiting_payment", "underpaid")
    return lines(
        words("It counts as soon as the network has confirmed it. There is nothing for you to do.")
        if waits
        else words(
            "The trade is paid already: what it does not need is in your wallet as soon as the network has confirmed "
            "it. There is nothing for you to do."
        ),
        _by(words, news, words.label("The trade waits until")) if waits else None,
    )


def _part(words: Words, news: PaymentNews) -> Markup:
    return lines(
        fact(words, words.label("Price"), words.amount(news.total, news.trade_currency)),
        fact(words, words.label("Arrived"), words.amount(news.total - news.missing, news.trade_currency)),
        fact(words, words.label("Missing"), words.amount(news.missing, news.trade_currency)),
        _by(words, news, words.label("Choose until")),
        BLANK,
        promises.kept(words, news.price_until) if news.price_until else None,
        words(
            "Top up what is missing, go on with what arrived if the seller agrees, or take it back. "
            "If you do nothing, it is back in your wallet then."
        )
        if news.may_reduce
        else words("Top up what is missing, or take it back. If you do nothing, it is back in your wallet then."),
    )


def _done(words: Words, news: PaymentNews) -> Markup:
    came = _came(words, news)
    return lines(
        words(
            "{amount} has arrived. LockBay holds the money now. Send the seller the invitation: they are not here yet.",
            amount=came,
        )
        if news.is_vacant
        else words("{amount} has arrived. LockBay holds the money now, and the seller is told.", amount=came),
        words("{rest} was more than needed: it is in your wallet.", rest=_rest(words, news)) if news.credited else None,
    )


def _extra(words: Words, news: PaymentNews) -> Markup:
    if news.credited == news.amount:
        return words("The trade was paid already, so all of it is in your wallet now.")
    return lines(
        words("The trade was paid already, but for a little that was forgiven. That is made up for now."),
        words("{rest} of it was more than needed: it is in your wallet.", rest=_rest(words, news))
        if news.credited
        else None,
    )


TELLINGS: Final[Mapping[str, Telling]] = {
    "payment_seen": _seen,
    "payment_part": _part,
    "payment_done": _done,
    "payment_extra": _extra,
}
