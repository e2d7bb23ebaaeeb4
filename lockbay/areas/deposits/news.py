"""What people are told of payments to their wallet, and of payments that fit nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.payin_screens import facts, told
from lockbay.areas.text import paragraphs


@frozen
class DepositNews:
    """A payment to one of the person's places to pay in, seen or credited."""

    currency: str
    network: str
    amount: Decimal
    txid: str


@frozen
class WaitingNews(DepositNews):
    """A payment that fits no legal move, so that people decide. `trade_id` and `slug` are there when it was for a
    trade. Its coin may be one that LockBay does not hold.
    """

    reason: str
    trade_id: int | None = None
    slug: str | None = None


def seen(words: Words, news: DepositNews) -> Screen:
    """A payment was seen, and is not confirmed yet."""
    text = paragraphs(
        (
            words("⏳ <b>Deposit on its way: {amount}</b>", amount=told(words, news.amount, news.currency)),
            facts(words, news.network, news.txid),
            words("It is in your wallet as soon as the network has confirmed it. There is nothing for you to do."),
        )
    )
    return Screen(text, ((buttons.wallet(words), buttons.menu(words)),))


def credited(words: Words, news: DepositNews) -> Screen:
    """A payment is in the wallet."""
    text = paragraphs(
        (
            words("✅ <b>Deposit credited: {amount}</b>", amount=told(words, news.amount, news.currency)),
            facts(words, news.network, news.txid),
            words("It is in your wallet now."),
        )
    )
    first = (buttons.wallet(words, "primary"), buttons.new_trade(words))
    return Screen(text, (first, (buttons.my_trades(words), buttons.menu(words))))


def waits(words: Words, news: WaitingNews) -> Screen:
    """A payment arrived that could go nowhere by itself, or nobody knows whether it did."""
    amount = told(words, news.amount, news.currency)
    if news.reason == "unverified":
        title = words("⏳ <b>Your payment of {amount} is not confirmed</b>", amount=amount)
        why = words("It was seen on its way, and never confirmed. Nothing is credited yet.")
        then = words("Our people ask where it is and decide what becomes of it, and you are told. You need do nothing.")
    else:
        title = words("🛟 <b>Your payment of {amount} is safe</b>", amount=amount)
        why = _why(words, news)
        then = words(
            "Nothing of it is lost. Our people decide what becomes of it, and you are told. You need do nothing."
        )
    text = paragraphs((title, why, facts(words, news.network, news.txid), then))
    trade: Row = ()
    if news.trade_id is not None:
        trade = (Link(words.label("Open the trade"), "trade", (str(news.trade_id),)),)
    return Screen(text, ((*trade, buttons.wallet(words), buttons.menu(words)),))


def _why(words: Words, news: WaitingNews) -> Markup:
    trade = news.slug or words.label("a trade")
    match news.reason:
        case "trade_expired":
            return words("It arrived after trade {trade} had expired.", trade=trade)
        case "trade_cancelled":
            return words("It arrived after trade {trade} was cancelled.", trade=trade)
        case "trade_declined":
            return words("It arrived after the seller had declined trade {trade}.", trade=trade)
        case reason if reason.startswith("trade_"):
            return words("It arrived after trade {trade} had ended.", trade=trade)
        case "wrong_coin":
            return words("It came in another coin, or over another network, than the address is for.")
        case "below_minimum":
            return words("It is less than the smallest payment that this address takes.")
        case _:
            return words("It arrived, but not in a way that could be credited by itself.")


NOTICES: Final[Mapping[str, Notice]] = {
    "deposit_seen": Notice(DepositNews, seen),
    "deposit_credited": Notice(DepositNews, credited),
    "payment_waits": Notice(WaitingNews, waits),
}
