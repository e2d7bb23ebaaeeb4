"""Settings: each choice is one statement, and counts at once."""

from __future__ import annotations

from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.actors.words import Words, languages, words
from lockbay.areas import handles, topics
from lockbay.areas.preferences import answers, closing_screens, screens
from lockbay.areas.preferences.records import (
    CloseAccount,
    Closing,
    Hear,
    Preferences,
    ReopenAccount,
    Rest,
    ShowMe,
    Speak,
)
from lockbay.errors import Outdated
from lockbay.postgres.queries import Refused

MOST_SEARCHES: Final = 30


async def settings(chat: Chat) -> None:
    """Everything that can be chosen, and what it is now."""
    mine = await _mine(chat)
    await chat.show(screens.settings(_spoken(mine), mine, chat.now))


async def language(chat: Chat, code: str = "") -> None:
    """The languages that there are; with one of them, it is spoken from now on."""
    if code not in languages():
        return await chat.show(screens.language(chat.words, (await _mine(chat)).language))
    await chat.do("speak", Speak(chat.user_id, language=code))
    await settings(chat)


async def time_zone(chat: Chat) -> None:
    """By a city or a country that is typed."""
    mine = await _mine(chat)
    screen = screens.time_zone(chat.words, mine.time_zone, chat.now)
    for _ in range(MOST_SEARCHES):
        answer = await chat.ask("zone", screen, parse=answers.zone(chat.words))
        if isinstance(answer, str):
            await chat.do("speak", Speak(chat.user_id, time_zone=answer))
            return await settings(chat)
        screen = screens.places(chat.words, answer.text, answer.places, chat.now)
    await settings(chat)


async def notices(chat: Chat) -> None:
    """What they hear of."""
    await chat.show(screens.notices(chat.words, await _mine(chat)))


async def hear(chat: Chat, topic: str, muted: str) -> None:
    """Mutes a topic, or lets it be heard again: the button says which, so that pressing it twice does no harm."""
    mine = await _mine(chat)
    found = next((each for each in topics.choices(mine.role) if each == topic), None)
    if found is None:
        raise Outdated
    await chat.do("hear", Hear(chat.user_id, found, _flag(muted)))
    await notices(chat)


async def quiet_hours(chat: Chat) -> None:
    """When nothing sounds."""
    mine = await _mine(chat)
    night = await chat.ask("night", screens.quiet_hours(chat.words, mine, chat.now), parse=answers.night(chat.words))
    rested = await chat.do("rest", Rest(chat.user_id, night.begins, night.ends))
    if isinstance(rested, Refused):
        return await chat.show(screens.not_changed(chat.words))
    await settings(chat)


async def my_email(prove: Flow, chat: Chat) -> None:
    """The address that reaches them, and what a change of it means; one that is typed gets a code."""
    shown = screens.my_email(chat.words, await _mine(chat))
    await prove(chat, screens.PLACE, await chat.ask("address", shown, parse=handles.typed_email(chat.words)))


async def visibility(chat: Chat) -> None:
    """What others may see."""
    await chat.show(screens.visibility(chat.words, await _mine(chat)))


async def show_me(chat: Chat, is_public: str) -> None:
    """Whether others can look them up."""
    await chat.do("show", ShowMe(chat.user_id, is_public=_flag(is_public)))
    await visibility(chat)


async def announce_me(chat: Chat, may: str) -> None:
    """Whether groups may be told of their trades."""
    await chat.do("show", ShowMe(chat.user_id, may_announce=_flag(may)))
    await visibility(chat)


async def close_account(chat: Chat) -> None:
    """Money first; then a word that nobody types by mistake."""
    view = await chat.read(Closing)
    if closing_screens.obstacles(chat.words, view):
        return await chat.show(closing_screens.not_yet(chat.words, view))
    await chat.ask("sure", closing_screens.close_account(chat.words, view), parse=answers.agreed(chat.words))
    gone = await chat.do("close", CloseAccount(chat.user_id))
    await chat.show(
        closing_screens.not_closed(chat.words, gone)
        if isinstance(gone, Refused)
        else closing_screens.closed(chat.words)
    )


async def closed(chat: Chat) -> None:
    """All that is left for whoever has closed their account: to come back, and support."""
    await chat.show(closing_screens.closed(chat.words))


async def reopen_account(chat: Chat) -> None:
    """As if it had never been closed, but for what others may see."""
    await chat.do("reopen", ReopenAccount(chat.user_id))
    await chat.show(closing_screens.reopened(chat.words))


async def _mine(chat: Chat) -> Preferences:
    view = await chat.read(Preferences)
    return view


def _spoken(mine: Preferences) -> Words:
    """What was just chosen counts at once."""
    return words(mine.language, mine.time_zone)


def _flag(argument: str) -> bool:
    """Out of a button. Raises Outdated for what no button of ours holds."""
    return bool(identifier(argument))
