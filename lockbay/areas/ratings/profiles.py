"""Profiles, as people see them in the chat: their own, and others'. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote as url_quoted

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages, standing
from lockbay.areas.payin_screens import qr
from lockbay.areas.ratings.records import Rating, RatingList
from lockbay.areas.ratings.screens import sign
from lockbay.areas.standing import Profile
from lockbay.areas.text import cut, isolated, lines, paragraphs, quoted

SHOWN: Final = 300  # characters of a comment in the list, of which five fit into a message whatever is in them


@frozen
class Links:
    """Where profiles are reached: `bot` is the bot's username, `site` the web server as the world sees it, or ""."""

    bot: str
    site: str = ""

    def chat(self, slug: str) -> str:
        """Opens the chat with the bot, and the profile in it."""
        return f"https://t.me/{self.bot}?start=p_{slug}"

    def page(self, slug: str) -> str | None:
        """The public page; None: this LockBay has no address of its own."""
        return f"{self.site}/u/{slug}" if self.site else None


def own(words: Words, profile: Profile) -> Screen:
    """What others see of oneself."""
    seen = (
        words("Everybody can see this.")
        if profile.is_public
        else words("Only those who trade with you see this: your profile is not public.")
    )
    text = paragraphs((words("🪪 <b>My profile</b>"), _facts(words, profile), seen))
    return Screen(
        text,
        (
            (Link(words.label("📨 Share my profile"), "share_profile"),) if profile.is_public else (),
            *_said(words, profile),
            (buttons.find_person(words),),
            buttons.way_out(words, "settings"),
        ),
    )


def other(words: Words, profile: Profile, links: Links, trade: int = 0) -> Screen:
    """Somebody else, before one trades with them. Of who is not public, their partners see stars and counts. `trade` is
    the one in which the viewer has met them.
    """
    facts = _facts(words, profile) if profile.is_public else standing.summary(words, profile.standing)
    text = paragraphs((words("👤 <b>{name}</b>", name=isolated(profile.name)), facts))
    page = links.page(profile.slug) if profile.is_public else None
    return Screen(
        text,
        (
            *((_buy(words, profile.username),) if profile.username else ()),
            *(_said(words, profile, trade) if profile.is_public else ()),
            (Url(words.label("🌐 Public page"), page),) if page else (),
            *_way_out(words, trade),
        ),
    )


def _way_out(words: Words, trade: int) -> tuple[Row, ...]:
    """Whoever came out of a trade goes back there."""
    find, menu = buttons.find_person(words), buttons.menu(words)
    return ((find,), (buttons.the_trade(words, trade), menu)) if trade else ((find, menu),)


def _buy(words: Words, username: str) -> Row:
    return (Link(words.label("🤝 Buy from @{name}", name=username), "new_trade", (username,), "primary"),)


def _said(words: Words, profile: Profile, trade: int = 0) -> tuple[Row, ...]:
    """To what others said of them."""
    if not profile.standing.ratings:
        return ()
    return (
        (Link(words.label("💬 Ratings ({n})", n=profile.standing.ratings), "ratings", _page(profile.slug, 0, trade)),),
    )


def _page(slug: str, before: int, trade: int) -> tuple[str, ...]:
    """Which page of what is said of whom."""
    if trade:
        return (slug, str(before), str(trade))
    return (slug, str(before)) if before else (slug,)


def _facts(words: Words, profile: Profile) -> Markup:
    it = profile.standing
    return lines(
        standing.summary(words, it),
        words("📊 Volume: {volume}", volume=standing.volume(words, it)) if it.completed else None,
        words.some("⚖️ {n} disputed trade", "⚖️ {n} disputed trades", it.disputes),
        words("📅 Here since {month}", month=words.month(it.since)),
        *(standing.achieved(words, each) for each in profile.achievements),
    )


def share(words: Words, profile: Profile, links: Links) -> Screen:
    """The link to oneself, as text, as a button and as a picture."""
    link = links.chat(profile.slug)
    page = links.page(profile.slug)
    text = paragraphs(
        (
            words("📨 <b>Share my profile</b>"),
            words("Who opens this link sees your stars and can begin a trade with you: {link}", link=link),
            words("Your public page, for those without Telegram: {page}", page=page) if page else None,
        )
    )
    greeting = words.label("My profile on LockBay")
    send = f"https://t.me/share/url?url={url_quoted(link, safe='')}&text={url_quoted(greeting, safe='')}"
    return Screen(
        text,
        (
            (Copy(words.label("📋 Copy the link"), link), Url(words.label("📨 Send it"), send)),
            (Url(words.label("🌐 My public page"), page),) if page else (),
            buttons.way_out(words, "profile"),
        ),
        photo=qr(link),
    )


def not_public(words: Words) -> Screen:
    """There is nothing to share."""
    text = words("🔒 Your profile is not public, so there is no link to it. You can change that in the settings.")
    return Screen(text, ((buttons.preferences(words),), buttons.way_out(words, "profile")))


def search(words: Words) -> Screen:
    """Who is looked for?"""
    text = paragraphs(
        (
            words("🔎 <b>Find somebody</b>"),
            words("Type their <code>@username</code>, or a link to their profile. You see how others rated them."),
        )
    )
    return Screen(text, ((buttons.cancel(words),),))


def nobody(words: Words, trade: int = 0) -> Screen:
    """Nobody, not public, blocked, closed: the same sentence, so that nobody learns which."""
    text = paragraphs(
        (
            words("🔍 <b>There is no public profile of that name.</b>"),
            words("Look whether it is written right. Who is new here has no ratings yet, so trade with care."),
        )
    )
    return Screen(text, _way_out(words, trade))


def ratings(words: Words, page: RatingList, before: int, trade: int = 0) -> Screen:
    """What was said of somebody, page by page."""
    title = (
        words("💬 <b>What others say of me</b>")
        if page.is_own
        else words("💬 <b>What others say of {name}</b>", name=isolated(page.name))
    )
    text = paragraphs((title, *(_rating(words, each) for each in page.ratings)))
    turning: Row = (pages.newest(words, "ratings", *_page(page.slug, 0, trade)),) if before else ()
    if page.next is not None:
        turning += (pages.older(words, "ratings", *_page(page.slug, page.next, trade)),)
    whose = (page.slug, str(trade)) if trade else (page.slug,)
    back = buttons.back(words, "profile") if page.is_own else buttons.back(words, "person", *whose)
    rows = (turning, (back, buttons.menu(words)))
    return Screen(text if page.ratings else lines(title, words("Nothing yet.")), rows)


def _rating(words: Words, rating: Rating) -> Markup:
    who = words.label("a buyer") if rating.role == "buyer" else words.label("a seller")
    return lines(
        words("{stars} {who}, {month}", stars=sign(rating.stars), who=who, month=words.month(rating.at)),
        quoted(cut(rating.comment, SHOWN)) if rating.comment else None,
    )
