"""How one side of a trade rates the other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.ratings.answers import CONFIRM, LONGEST, SKIP, STARS
from lockbay.areas.ratings.records import Rated, TradeToRate
from lockbay.areas.refusals import said
from lockbay.areas.text import BLANK, cut, isolated, lines, paragraphs, quoted
from lockbay.postgres.queries import Refused

DESCRIPTION: Final = 120  # characters, as a reminder of what it was about


def sign(stars: int) -> str:
    """★★★★☆"""
    return "★" * stars + "☆" * (5 - stars)


def stars(words: Words, page: TradeToRate) -> Screen:
    """How many?"""
    text = lines(
        words("⭐ <b>How was trade {slug} with {name}?</b>", slug=page.slug, name=isolated(page.other)),
        quoted(cut(page.description, DESCRIPTION)),
        words("Your stars count for their profile. You rate once, and cannot change it afterwards."),
    )
    choices = tuple((Answer(f"{n} {sign(n)}", str(n)),) for n in STARS)
    return Screen(text, (*choices, buttons.step_back(words)))


def rated_before(words: Words, page: TradeToRate) -> Screen:
    """It was done already: once is enough."""
    text = lines(
        words("⭐ <b>You have rated trade {slug}:</b> {stars}", slug=page.slug, stars=sign(page.stars or 0)),
        quoted(page.comment) if page.comment else None,
    )
    return Screen(text, (_way_out(words, page.id),))


def comment(words: Words, given: int) -> Screen:
    """In some words?"""
    text = paragraphs(
        (
            words("💬 <b>{stars} Would you say why?</b>", stars=sign(given)),
            words(
                "Type up to {n} characters. They stand on the profile, under “buyer” or “seller”, without your name. "
                "Name nobody, and no addresses or numbers.",
                n=LONGEST,
            ),
        )
    )
    return Screen(text, ((Answer(words.label("⏭ Skip"), SKIP),), buttons.step_back(words)))


def review(words: Words, page: TradeToRate, given: int, said: str) -> Screen:
    """Once more, before it stands for ever."""
    text = lines(
        words("🧾 <b>Your rating of {name}</b>", name=isolated(page.other)),
        BLANK,
        sign(given),
        quoted(said) if said else words("Without a comment."),
        words("It cannot be changed once you confirm."),
    )
    rows: tuple[Row, ...] = (
        (Answer(words.label("✅ Confirm"), CONFIRM, "success"),),
        (Answer(words.label("✏️ Stars"), "stars"), Answer(words.label("✏️ Comment"), "comment")),
        (buttons.cancel(words),),
    )
    return Screen(text, rows)


def done(words: Words, rated: Rated) -> Screen:
    """It stands."""
    text = paragraphs(
        (
            words("✅ <b>Thank you.</b> You gave {name} {stars}", name=isolated(rated.other), stars=sign(rated.stars)),
            words("They are told, and others see it on their profile."),
        )
    )
    return Screen(text, (_way_out(words, rated.trade_id),))


def not_rated(words: Words, reason: str, trade_id: int) -> Screen:
    """Why not."""
    is_theirs = reason != "unknown_trade"
    way_out = _way_out(words, trade_id) if is_theirs else (buttons.my_trades(words), buttons.menu(words))
    return Screen(lines(words("⭐ <b>Not rated.</b>"), sentence(words, Refused(reason))), (way_out,))


def _way_out(words: Words, trade_id: int) -> Row:
    return (Link(words.label("Open the trade"), "trade", (str(trade_id),)), buttons.menu(words))


def sentence(words: Words, refused: Refused) -> Markup:
    """Why a rating was not taken."""
    return said(words, refused, SENTENCES, GENERAL)


GENERAL: Final = "That could not be saved. Please try again later."
SENTENCES: Final[Mapping[str, str]] = {
    "unknown_trade": "There is no such trade of yours.",
    "not_ended": "The trade has not ended. When it has, you can rate it.",
    "no_deal": "The trade ended before the seller had accepted it, so there is nothing to rate.",
    "too_late": "A trade can be rated for 90 days after its end. They are over.",
    "rated_already": "You have rated this trade already. Once is all there is.",
    "blocked": "Your account is blocked, so you cannot rate.",
    "closed": "Your account is closed, so you cannot rate.",
    "bad_stars": "A rating has 1 to 5 stars.",
    "bad_comment": "A comment has up to 500 characters.",
}
