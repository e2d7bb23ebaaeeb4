"""What people are told of referrals and fee credit. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import cut, isolated, paragraphs
from lockbay.money import USDT


@frozen
class Welcomed:
    """The reader came by a link, and has fee credit of `amount` USDT now."""

    amount: Decimal


@frozen
class JoinedNews:
    """Somebody whom the reader's link brought has joined. There are `amount` USDT to earn when they have traded
    `needed` USD.
    """

    name: str
    amount: Decimal
    needed: Decimal


@frozen
class EarnedNews:
    """Somebody whom the reader's link brought has traded enough."""

    name: str
    amount: Decimal


@frozen
class CreditUsed:
    """The reader's fee credit paid `amount` USDT of a trade's fee back; `left` is what remains of it."""

    trade_id: int
    slug: str
    amount: Decimal
    left: Decimal


def welcomed(words: Words, news: Welcomed) -> Screen:
    """Fee credit of one's own, and what it is good for."""
    text = paragraphs(
        (
            words("🎁 <b>{amount} of fee credit is yours</b>", amount=words.amount(news.amount, USDT)),
            words("When a trade of yours is completed, it pays your part of the fee back into your wallet."),
        )
    )
    return Screen(text, ((buttons.new_trade(words), buttons.menu(words)),))


def joined(words: Words, news: JoinedNews) -> Screen:
    """The link has worked."""
    to_come = words(
        "You get {amount} of fee credit when they have completed trades worth {usd}.",
        amount=words.amount(news.amount, USDT),
        usd=words.usd(news.needed),
    )
    text = paragraphs(
        (
            words("🙋 <b>{name} has joined by your link</b>", name=isolated(cut(news.name, 64))),
            to_come if news.amount else None,
        )
    )
    return Screen(text, ((buttons.referral(words), buttons.menu(words)),))


def earned(words: Words, news: EarnedNews) -> Screen:
    """It has paid off."""
    text = paragraphs(
        (
            words("🎁 <b>You have earned {amount} of fee credit</b>", amount=words.amount(news.amount, USDT)),
            words("{name}, whom your link brought, has traded enough.", name=isolated(cut(news.name, 64))),
        )
    )
    return Screen(text, ((buttons.referral(words), buttons.wallet(words)), (buttons.menu(words),)))


def used(words: Words, news: CreditUsed) -> Screen:
    """A fee came back."""
    text = paragraphs(
        (
            words(
                "🎁 <b>{amount} of the fee of trade {slug} came back</b>",
                amount=words.amount(news.amount, USDT),
                slug=news.slug,
            ),
            words("Your fee credit paid it. What is left of that: {amount}.", amount=words.amount(news.left, USDT)),
        )
    )
    open_trade = Link(words.label("Open the trade"), "trade", (str(news.trade_id),))
    return Screen(text, ((buttons.wallet(words), open_trade), (buttons.menu(words),)))


NOTICES: Final[Mapping[str, Notice]] = {
    "referral_welcome": Notice(Welcomed, welcomed),
    "referral_joined": Notice(JoinedNews, joined),
    "referral_earned": Notice(EarnedNews, earned),
    "fee_credit_used": Notice(CreditUsed, used),
}
