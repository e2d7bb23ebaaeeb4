"""Ratings: what is asked of the database, and what it answers."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from attrs import frozen

from lockbay.areas.standing import Achievement, Standing
from lockbay.postgres.queries import Operation, Statement, View


@frozen
class TradeToRate(View):
    """A trade as one of its sides rates the other in it. `stars` and `comment` were given already; `barred` says what
    else stands in the way, as the reasons of RateTrade. None: no such trade, or not theirs.
    """

    file: ClassVar[str] = "ratings/trade"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    id: int
    slug: str
    description: str
    other: str
    barred: str | None
    stars: int | None
    comment: str | None


@frozen
class Rated:
    """A rating that was given, and to whom."""

    trade_id: int
    slug: str
    stars: int
    other: str


@frozen
class RateTrade(Operation[Rated]):
    """Rates the other side of a trade that was accepted and has ended, within 90 days, once and for ever; atomic. The
    comment may be "". Refused: `unknown_trade` (or not theirs), `not_ended`, `no_deal` (it ended before the seller had
    accepted), `too_late`, `rated_already`, `blocked`, `closed`, `bad_stars`, `bad_comment`.
    """

    file: ClassVar[str] = "ratings/rate"
    user_id: int
    trade_id: int
    stars: int
    comment: str


@frozen
class Rating:
    """What somebody who was the `role` in a trade said of the other side. Who it was is not told."""

    role: Literal["buyer", "seller"]
    stars: int
    comment: str | None
    at: datetime


@frozen
class RatingList(View):
    """One page of what was said of a person, the newest first: chat.find(RatingList, slug, 0) begins,
    chat.find(RatingList, slug, page.next) goes on. None: a profile that the viewer does not see.
    """

    file: ClassVar[str] = "ratings/list"
    keys: ClassVar[tuple[str, ...]] = ("slug", "before")

    slug: str
    name: str
    is_own: bool
    ratings: tuple[Rating, ...]
    next: int | None


@frozen
class PublicPage:
    """What everybody in the world may know of a person."""

    slug: str
    name: str
    standing: Standing
    achievements: tuple[Achievement, ...]
    ratings: tuple[Rating, ...]


@frozen
class GetPublicPage(Statement["PublicPage | None"]):
    """None: nobody, or nobody who has a public page."""

    file: ClassVar[str] = "ratings/page"
    slug: str
