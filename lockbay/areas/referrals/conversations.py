"""The person's own link and what came of it, and those whom it brought, page by page."""

from __future__ import annotations

from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.referrals import screens
from lockbay.areas.referrals.records import ReferralList, ReferralPage

NEWEST: Final = "0"


def referral(bot: str) -> Flow:
    """The own link. With `code` the person has opened a link, although they are here already: it brings nothing."""

    async def flow(chat: Chat, code: str = "") -> None:
        page = await chat.read(ReferralPage)
        await chat.show(screens.referral(chat.words, page, bot, opened=code))

    return flow


async def referred(chat: Chat, before: str = NEWEST) -> None:
    """Those who were brought before one, from its page's button; the newest without."""
    page = await chat.read(ReferralList, identifier(before))
    await chat.show(screens.referred(chat.words, page, is_first=before == NEWEST))
