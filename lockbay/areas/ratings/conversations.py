"""Rating the other side of a trade, and looking at profiles.

`rate` asks the same whether or not it is done already: killed after its operation, it is replayed on a trade that is
rated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.ratings import answers, profiles, screens
from lockbay.areas.ratings.profiles import Links
from lockbay.areas.ratings.records import RateTrade, RatingList, TradeToRate
from lockbay.areas.standing import Profile
from lockbay.postgres.queries import Refused

NO_TRADE: Final = "0"


def flows(links: Links) -> Mapping[str, Flow]:
    """All flows by name."""
    return {
        "rate": rate,
        "profile": profile,
        "share_profile": partial(share_profile, links),
        "person": partial(person, links),
        "find_person": partial(find_person, links),
        "ratings": ratings,
    }


async def rate(chat: Chat, trade_id: str) -> None:
    """Stars, some words or none, and the confirmation."""
    page = await chat.find(TradeToRate, identifier(trade_id))
    reason = "unknown_trade" if page is None else page.barred
    if page is None or reason is not None:
        return await chat.show(screens.not_rated(chat.words, reason or "", identifier(trade_id)))
    given = await _stars(chat, page)
    said = await _comment(chat, given)
    while True:
        reviewed = screens.review(chat.words, page, given, said)
        change = await chat.ask("review", reviewed, parse=answers.review(chat.words))
        if change == "stars":
            given = await _stars(chat, page)
        elif change == "comment":
            said = await _comment(chat, given)
        else:
            break
    rated = await chat.do("rate", RateTrade(chat.user_id, page.id, given, said))
    if isinstance(rated, Refused):
        return await chat.show(screens.not_rated(chat.words, rated.reason, page.id))
    await chat.show(screens.done(chat.words, rated))


async def _stars(chat: Chat, page: TradeToRate) -> int:
    """Whoever has rated already is told so, and whatever they answer then is refused by the operation."""
    screen = screens.stars(chat.words, page) if page.stars is None else screens.rated_before(chat.words, page)
    return await chat.ask("stars", screen, parse=answers.stars(chat.words))


async def _comment(chat: Chat, given: int) -> str:
    return await chat.ask("comment", screens.comment(chat.words, given), parse=answers.comment(chat.words))


async def profile(chat: Chat) -> None:
    """One's own, as others see it."""
    await chat.show(profiles.own(chat.words, await _own(chat)))


async def share_profile(links: Links, chat: Chat) -> None:
    """The link to it."""
    view = await _own(chat)
    shown = profiles.share(chat.words, view, links) if view.is_public else profiles.not_public(chat.words)
    await chat.show(shown)


async def person(links: Links, chat: Chat, slug: str, trade_id: str = NO_TRADE) -> None:
    """Somebody's, by the slug of their page; out of a trade it leads back there."""
    await _show(links, chat, await chat.find(Profile, answers.slug(slug), ""), identifier(trade_id))


async def find_person(links: Links, chat: Chat) -> None:
    """Somebody's, by their @username or a link."""
    sought = await chat.ask("person", profiles.search(chat.words), parse=answers.sought(chat.words))
    await _show(links, chat, await chat.find(Profile, sought.slug, sought.username))


async def ratings(chat: Chat, slug: str, before: str = "0", trade_id: str = NO_TRADE) -> None:
    """What others said of somebody, page by page."""
    last, trade = identifier(before), identifier(trade_id)
    page = await chat.find(RatingList, answers.slug(slug), last)
    shown = profiles.nobody(chat.words, trade) if page is None else profiles.ratings(chat.words, page, last, trade)
    await chat.show(shown)


async def _show(links: Links, chat: Chat, found: Profile | None, trade: int = 0) -> None:
    if found is None:
        await chat.show(profiles.nobody(chat.words, trade))
    elif found.is_own:
        await chat.show(profiles.own(chat.words, found))
    else:
        await chat.show(profiles.other(chat.words, found, links, trade))


async def _own(chat: Chat) -> Profile:
    view = await chat.read(Profile, "", "")
    return view
