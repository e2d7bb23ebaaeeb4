"""What both sides of a dispute and the staff are told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, disputed
from lockbay.areas.disputed import How, Reason, Side
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, quoted


@frozen
class News:
    """A dispute. `role` is the reader's, `by` opened it; `how` and what follows say how it ended. `newest`: the last
    message in the chat that the dispute began with, which who opens the chat from here reads.
    """

    trade_id: int
    slug: str
    role: Literal["buyer", "seller", "admin"]
    by: Side
    reason: Reason
    text: str = field(repr=False)
    opened_at: datetime
    buyer: str
    seller: str
    currency: str
    held: Decimal
    how: How | None = None
    percent: int | None = None
    why: str | None = None
    fee: Decimal | None = None
    buyer_gets: Decimal | None = None
    seller_gets: Decimal | None = None
    newest: int = 0


def opened(words: Words, news: News) -> Screen:
    """To the other side."""
    text = lines(
        words("⚖️ <b>{name} disputes trade {slug}</b>", name=_who(news), slug=news.slug),
        BLANK,
        *_said(words, news),
        BLANK,
        words("The money stays held, and no time runs out. Answer in the chat: both sides and LockBay read it."),
    )
    return Screen(text, ((_chat(words, news, "primary"),), _trade(words, news)))


def to_decide(words: Words, news: News) -> Screen:
    """To support: a new one."""
    text = lines(words("⚖️ <b>Trade {slug} is disputed</b>", slug=news.slug), BLANK, *_case(words, news))
    return Screen(text, _deeds(words, news))


def waits(words: Words, news: News) -> Screen:
    """To support and owners: nobody has decided it for a day."""
    title = words("⏰ <b>The dispute of trade {slug} waits</b>", slug=news.slug)
    since = words("Nobody has decided it since {time}.", time=words.time(news.opened_at))
    return Screen(lines(title, BLANK, since, *_case(words, news)), _deeds(words, news))


def conceded(words: Words, news: News) -> Screen:
    """To who of the staff had it."""
    end = words("The money was released to the seller.") if news.percent else words("The buyer has everything back.")
    text = lines(
        words("🏁 <b>The dispute of trade {slug} is over</b>", slug=news.slug),
        BLANK,
        words("The sides have settled it themselves."),
        end,
    )
    return Screen(text, _deeds(words, news))


def resolved(words: Words, news: News) -> Screen:
    """To both sides: who gets what, and why."""
    is_buyer = news.role == "buyer"
    gets = news.buyer_gets if is_buyer else news.seller_gets
    got = gets is not None and gets > 0
    text = lines(
        words("⚖️ <b>The dispute of trade {slug} is resolved</b>", slug=news.slug),
        BLANK,
        words("You get {amount}; it is in your wallet now.", amount=words.amount(gets, news.currency))
        if got and gets is not None
        else words("You get nothing of what was held."),
        *_sums(words, news),
        quoted(news.why or ""),
    )
    wallet: tuple[Row, ...] = ((buttons.wallet(words, "primary"),),) if got else ()
    return Screen(text, (*wallet, (buttons.rate(words, news.trade_id),), _trade(words, news)))


def _sums(words: Words, news: News) -> tuple[Markup, ...]:
    named = (
        (words.label("Back to the buyer"), news.buyer_gets),
        (words.label("To the seller"), news.seller_gets),
        (words.label("Fee"), news.fee),
    )
    return tuple(
        fact(words, label, words.amount(amount, news.currency)) for label, amount in named if amount is not None
    )


def _said(words: Words, news: News) -> tuple[Markup, ...]:
    return fact(words, words.label("Reason"), disputed.reason(words, news.reason)), quoted(news.text)


def _case(words: Words, news: News) -> tuple[Markup, ...]:
    return (
        words("{who} says: <b>{reason}</b>", who=_who(news), reason=disputed.reason(words, news.reason)),
        quoted(news.text),
        fact(words, words.label("Held"), words.amount(news.held, news.currency)),
        fact(words, words.label("Buyer"), isolated(cut(news.buyer, 40))),
        fact(words, words.label("Seller"), isolated(cut(news.seller, 40))),
    )


def _deeds(words: Words, news: News) -> tuple[Row, ...]:
    look = Link(words.label("⚖️ Open the dispute"), "dispute", (str(news.trade_id),), "primary")
    return ((look,), (_chat(words, news), buttons.menu(words)))


def _who(news: News) -> str:
    return isolated(cut(news.buyer if news.by == "buyer" else news.seller, 40))


def _chat(words: Words, news: News, style: Literal["primary"] | None = None) -> Link:
    unread = ("0", str(news.newest)) if news.newest else ()
    return Link(words.label("💬 Chat"), "trade_chat", (str(news.trade_id), *unread), style)


def _trade(words: Words, news: News) -> Row:
    return (Link(words.label("Open the trade"), "trade", (str(news.trade_id),)), buttons.menu(words))


NOTICES: Final[Mapping[str, Notice]] = {
    "dispute_opened": Notice(News, opened),
    "dispute_to_decide": Notice(News, to_decide),
    "dispute_waits": Notice(News, waits),
    "dispute_conceded": Notice(News, conceded),
    "dispute_resolved": Notice(News, resolved),
}
