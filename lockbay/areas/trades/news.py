"""What the two sides of a trade are told, in words; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeAlias

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import isolated
from lockbay.areas.trades.records import Role, State


@frozen
class News:
    """Something happened in a trade. `role` is the reader's; `token` is there for a seller who has not joined yet and
    is told by mail. `may_rate`: the reader can rate the other side now. `promised` is what the seller would get if all
    of the price were paid; `in_part`: it came in parts; `is_paid`: all that was asked for came. None: a version of
    before wrote it.
    """

    trade_id: int
    slug: str
    state: State
    role: Role
    other: str | None
    currency: str
    amount: Decimal
    buyer_pays: Decimal
    seller_gets: Decimal
    description: str
    deadline: datetime | None
    token: str | None = None
    promised: Decimal | None = None
    in_part: bool = False
    may_rate: bool = False
    is_paid: bool | None = None
    told_at: datetime | None = None

    @property
    def is_reduced(self) -> bool:
        """The buyer went on with less than was agreed."""
        return bool(self.is_paid) and self.promised is not None and self.seller_gets < self.promised


Telling: TypeAlias = Callable[[Words, News], Markup]


def _name(news: News) -> str:
    return isolated(news.other or "?")


def _pays(words: Words, news: News) -> str:
    return words.amount(news.buyer_pays, news.currency)


def _gets(words: Words, news: News) -> str:
    return words.amount(news.seller_gets, news.currency)


TITLES: Final[Mapping[str, Telling]] = {
    "trade_invited": lambda words, news: words("📨 <b>{name} invites you to a trade</b>", name=_name(news)),
    "trade_joined": lambda words, news: words(
        "🙋 <b>{name} has joined trade {slug}</b>", name=_name(news), slug=news.slug
    ),
    "trade_paid": lambda words, news: words("🔒 <b>Trade {slug} is paid: your turn</b>", slug=news.slug),
    "trade_accepted": lambda words, news: words("📦 <b>Trade {slug} is accepted</b>", slug=news.slug),
    "trade_declined": lambda words, news: words("🚫 <b>Trade {slug} was declined</b>", slug=news.slug),
    "trade_delivered": lambda words, news: words("📬 <b>Trade {slug} is delivered: your turn</b>", slug=news.slug),
    "trade_released": lambda words, news: words("✅ <b>Trade {slug} is completed</b>", slug=news.slug),
    "trade_cancelled": lambda words, news: words("✖️ <b>Trade {slug} was cancelled</b>", slug=news.slug),
    "trade_expired": lambda words, news: words("⌛ <b>Trade {slug} has expired</b>", slug=news.slug),
    "trade_refunded": lambda words, news: words("↩️ <b>Trade {slug} was refunded</b>", slug=news.slug),
    "trade_reduced": lambda words, news: words("⚠️ <b>Trade {slug} is paid with less: your turn</b>", slug=news.slug),
    "trade_proposed": lambda words, news: words(
        "🤝 <b>{name} proposes to cancel trade {slug} together</b>", name=_name(news), slug=news.slug
    ),
    "trade_disagreed": lambda words, news: words(
        "🚫 <b>{name} does not want to cancel trade {slug}</b>", name=_name(news), slug=news.slug
    ),
    "trade_withdrawn": lambda words, news: words(
        "↪️ <b>{name} does not propose to cancel trade {slug} any more</b>", name=_name(news), slug=news.slug
    ),
    "trade_agreed": lambda words, news: words("🤝 <b>Trade {slug} was cancelled together</b>", slug=news.slug),
    "trade_returned": lambda words, news: words(
        "↩️ <b>{name} has refunded trade {slug}</b>", name=_name(news), slug=news.slug
    ),
    "trade_reminder": lambda words, news: words("⏰ <b>Trade {slug} waits for you</b>", slug=news.slug),
}


def _invited(words: Words, news: News) -> Markup:
    return words(
        "You would get {amount}. Deliver nothing yet: you are told when it is paid.", amount=_gets(words, news)
    )


def _joined(words: Words, news: News) -> Markup:
    if news.state == "awaiting_payment":
        return words("The seller has seen what you want. Pay when you are ready: {total}", total=_pays(words, news))
    if news.state == "underpaid":
        return words("The seller has seen what you want. A part of the price is still missing.")
    return words("Your money is held. The seller can accept or decline now.")


def _paid(words: Words, news: News) -> Markup:
    return words(
        "LockBay holds {name}’s money. Accept or decline in time, or it goes back. You would get {amount}.",
        name=_name(news), amount=_gets(words, news),
    )  # fmt: skip


def _accepted(words: Words, news: News) -> Markup:
    return words("{name} delivers now. If it does not come in time, you get everything back.", name=_name(news))


def _declined(words: Words, news: News) -> Markup:
    if news.is_paid is False and news.in_part:
        return words(
            "{name} declined. What had arrived is back in your wallet. Send nothing more to its address; what is on "
            "its way already is not lost: our people decide what becomes of it.",
            name=_name(news),
        )
    if news.is_paid is False:
        return words(
            "{name} declined before it was paid. No money moved. Send none to its address any more; what is on its "
            "way already is not lost: our people decide what becomes of it.",
            name=_name(news),
        )
    return words("{name} declined. {amount} is back in your wallet.", name=_name(news), amount=_pays(words, news))


def _delivered(words: Words, news: News) -> Markup:
    return words(
        "{name} says that it is delivered. Check it, then release. "
        "If you say nothing in time, the seller gets the money.",
        name=_name(news),
    )


def _released(words: Words, news: News) -> Markup:
    if news.role == "seller":
        return words("{amount} is in your wallet now.", amount=_gets(words, news))
    return words("The time to check is over, so {name} got the money.", name=_name(news))


def _cancelled(words: Words, news: News) -> Markup:
    if news.is_paid:
        return words("{name} cancelled it before you had joined, and has the money back.", name=_name(news))
    if news.in_part:
        return words("{name} cancelled it before all of the price was paid.", name=_name(news))
    return words("{name} cancelled it before paying. No money was paid.", name=_name(news))


def _expired(words: Words, news: News) -> Markup:
    if not news.in_part:
        return words("It was not paid in time. No money was paid.")
    if news.role == "buyer":
        return words("The rest of the price did not come in time. What had arrived is back in your wallet.")
    return words("It was not paid in full in time, so nothing is held for you.")


def _refunded(words: Words, news: News) -> Markup:
    if news.role == "buyer":
        return words("The seller’s time ran out. {amount} is back in your wallet.", amount=_pays(words, news))
    return words("Your time ran out, so the buyer got everything back.")


def _reduced(words: Words, news: News) -> Markup:
    promised = words.amount(news.promised or news.amount, news.currency)
    return words(
        "{name} paid less than agreed: you would get <b>{amount}</b> instead of {promised}. "
        "Accept that, or decline and it goes back.",
        name=_name(news), amount=_gets(words, news), promised=promised,
    )  # fmt: skip


def _proposed(words: Words, news: News) -> Markup:
    if news.role == "buyer":
        return words("If you agree, the trade ends and you get {amount} back, all of it.", amount=_pays(words, news))
    return words("If you agree, the trade ends and the buyer gets {amount} back.", amount=_pays(words, news))


def _goes_on(words: Words, news: News) -> Markup:
    return words("No money moved, and the trade goes on as it is.")


def _agreed(words: Words, news: News) -> Markup:
    if news.role == "buyer":
        return words("{amount} is back in your wallet. No fee was taken.", amount=_pays(words, news))
    return words("The buyer got everything back.")


def _returned(words: Words, news: News) -> Markup:
    return words("{amount} is back in your wallet. No fee was taken.", amount=_pays(words, news))


def _reminder(words: Words, news: News) -> Markup:
    until = words.until(news.deadline, news.told_at) if news.deadline and news.told_at else words.label("soon")
    match news.state:
        case "underpaid":
            return words("The time to pay the rest ends {until}. Then what has arrived goes back to you.", until=until)
        case "paid":
            return words("The time to accept or decline ends {until}. Then the buyer gets it back.", until=until)
        case "accepted":
            return words("The time to deliver ends {until}. Mark it as delivered when it is.", until=until)
        case "delivered":
            return words("The time to check ends {until}. If you say nothing, the seller gets the money.", until=until)
        case _:
            return words("The time to pay ends {until}. Then the trade expires.", until=until)


TELLINGS: Final[Mapping[str, Telling]] = {
    "trade_invited": _invited,
    "trade_joined": _joined,
    "trade_paid": _paid,
    "trade_accepted": _accepted,
    "trade_declined": _declined,
    "trade_delivered": _delivered,
    "trade_released": _released,
    "trade_cancelled": _cancelled,
    "trade_expired": _expired,
    "trade_refunded": _refunded,
    "trade_reduced": _reduced,
    "trade_proposed": _proposed,
    "trade_disagreed": _goes_on,
    "trade_withdrawn": _goes_on,
    "trade_agreed": _agreed,
    "trade_returned": _returned,
    "trade_reminder": _reminder,
}
