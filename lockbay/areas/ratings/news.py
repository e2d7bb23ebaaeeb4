"""What a person who was rated is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.ratings.screens import sign
from lockbay.areas.text import isolated, lines, quoted


@frozen
class News:
    """`may_rate`: the reader has not rated yet, and can."""

    trade_id: int
    slug: str
    by: str
    stars: int
    comment: str | None
    may_rate: bool


def rated(words: Words, news: News) -> Screen:
    """Who rated, and how."""
    headline = words(
        "⭐ <b>{name} rated trade {slug}:</b> {stars}", name=isolated(news.by), slug=news.slug, stars=sign(news.stars)
    )
    text = lines(headline, quoted(news.comment) if news.comment else None)
    rows: tuple[Row, ...] = (
        (buttons.rate(words, news.trade_id),) if news.may_rate else (),
        (Link(words.label("Open the trade"), "trade", (str(news.trade_id),)), buttons.profile(words)),
        (buttons.menu(words),),
    )
    return Screen(text, rows)


NOTICES: Final[Mapping[str, Notice]] = {"rated": Notice(News, rated)}
