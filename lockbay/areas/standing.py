"""What people have earned by trading, as others see it, wherever somebody decides whether to trade with them. Pure.

Amounts of money are told in bands only: what somebody is worth is nobody's business.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Literal, TypeAlias

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import lines
from lockbay.postgres.queries import View

BANDS: Final = (1_000_000, 100_000, 10_000, 1_000, 100)  # USD

Achievement: TypeAlias = Literal[
    "trades_1", "trades_5", "trades_10", "trades_25", "trades_50", "trades_100",
    "volume_1000", "volume_10000", "volume_100000", "five_stars", "a_year", "never_disputed",
]  # fmt: skip


@frozen
class Standing:
    """Counted from rows. `stars` is the mean of all ratings with one decimal, None without any; `volume_usd` what was
    held in completed trades; `disputes` counts the trades that were disputed, by whichever side.
    """

    stars: Decimal | None
    ratings: int
    completed: int
    volume_usd: Decimal
    disputes: int
    level: int
    since: datetime


@frozen
class Profile(View):
    """A person as others see them, by @username or else by the slug of their page: chat.find(Profile, slug, username).
    Both empty: oneself. None: nobody, or nobody who shows themselves to the viewer.
    """

    file: ClassVar[str] = "ratings/profile"
    keys: ClassVar[tuple[str, ...]] = ("slug", "username")

    slug: str
    name: str
    username: str | None
    is_public: bool
    is_own: bool
    standing: Standing
    achievements: tuple[Achievement, ...]


def summary(words: Words, standing: Standing) -> Markup:
    """⭐ 4.8 of 5 (23 ratings), and in a second line what they have done."""
    return lines(rated(words, standing), traded(words, standing))


def rated(words: Words, standing: Standing) -> Markup:
    """⭐ 4.8 of 5 (23 ratings)"""
    if standing.stars is None:
        return words("⭐ No ratings yet")
    return words(
        "⭐ <b>{stars}</b> of 5 ({ratings})",
        stars=words.number(standing.stars),
        ratings=words.count("{n} rating", "{n} ratings", standing.ratings),
    )


def traded(words: Words, standing: Standing) -> Markup:
    """🤝 12 completed trades · level 3"""
    if not standing.completed:
        return words("🤝 No completed trades yet")
    done = words.count("🤝 {n} completed trade", "🤝 {n} completed trades", standing.completed)
    if not standing.level:  # the levels may begin later
        return done
    return words("{done} · level {level}", done=done, level=standing.level)


def volume(words: Words, standing: Standing) -> str:
    """$1,000 or more"""
    for band in BANDS:
        if standing.volume_usd >= band:
            return words.label("${amount} or more", amount=words.number(Decimal(band)))
    return words.label("less than ${amount}", amount=words.number(Decimal(BANDS[-1])))


def achieved(words: Words, achievement: Achievement) -> str:
    """An achievement in a few words."""
    return {
        "trades_1": words.label("🌱 First trade"),
        "trades_5": words.label("🥉 5 trades"),
        "trades_10": words.label("🥈 10 trades"),
        "trades_25": words.label("🥇 25 trades"),
        "trades_50": words.label("🏅 50 trades"),
        "trades_100": words.label("🏆 100 trades"),
        "volume_1000": words.label("💵 $1,000 traded"),
        "volume_10000": words.label("💰 $10,000 traded"),
        "volume_100000": words.label("💎 $100,000 traded"),
        "five_stars": words.label("🌟 10 five-star ratings in a row"),
        "a_year": words.label("🎂 A year here"),
        "never_disputed": words.label("🕊 10 trades, never a dispute"),
    }[achievement]
