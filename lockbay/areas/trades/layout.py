"""What the screens of trades have in common: facts, people, times."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import fact, isolated
from lockbay.areas.trades.records import FeePayer, Role, SellerKind
from lockbay.areas.trades.views import Part, TradeLine, TradePage


def arrived(words: Words, parts: tuple[Part, ...], currency: str) -> tuple[Markup, ...]:
    """Arrived: 0.001 BTC (88.2 USDT)"""
    return tuple(fact(words, words.label("Arrived"), _worth(words, part, currency)) for part in parts)


def _worth(words: Words, part: Part, currency: str) -> str:
    amount = words.amount(part.amount, part.currency)
    return amount if part.currency == currency else f"{amount} ({words.amount(part.worth, currency)})"


def when(words: Words, moment: datetime, now: datetime) -> Markup:
    """22 Nov, 14:05 (in 3 hours)"""
    return words("{time} ({until})", until=words.until(moment, now), time=words.time(moment))


def limit(trade: TradePage | TradeLine, now: datetime) -> datetime | None:
    """By when who has to move must. A delivery is due before the clock acts on it: there are days of grace."""
    if trade.state == "accepted" and trade.deliver_by and now < trade.deliver_by:
        return trade.deliver_by
    return trade.deadline


def handle(words: Words, kind: SellerKind, typed: str) -> str:
    """How a seller was named who may not have joined yet."""
    return words.label("whoever opens the invitation link") if kind == "link" else isolated(typed)


def other_side(words: Words, page: TradePage) -> str:
    """Who the viewer trades with, as the viewer knows them."""
    if is_vacant(page):
        return words.label("{seller} (not here yet)", seller=handle(words, page.seller_kind, page.seller))
    if page.newest_message is None:
        return words.label("{seller} (never joined)", seller=handle(words, page.seller_kind, page.seller))
    return f"@{page.other_username}" if page.other_username else isolated(page.other or "?")


def who_pays(words: Words, payer: FeePayer, role: Role) -> str:
    """Who pays the fee, said to the buyer or to the seller."""
    if payer == "split":
        return words.label("half each")
    if payer == role:
        return words.label("you pay it")
    return words.label("the buyer pays it") if payer == "buyer" else words.label("the seller pays it")


def is_vacant(page: TradePage) -> bool:
    """Nobody has joined as the seller yet, and the viewer is the buyer."""
    return page.token is not None


def hours(words: Words, n: int) -> Markup:
    """48 hours"""
    return words.count("{n} hour", "{n} hours", n)


def invitation_link(bot: str, token: str) -> str:
    """Opens the chat with the bot, and the invitation in it."""
    return f"https://t.me/{bot}?start={token}"
