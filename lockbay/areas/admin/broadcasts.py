"""Broadcasts: written, seen, sent, and steered. For owners; anybody else gets the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, Reply, choice, identifier, this
from lockbay.actors.words import Words
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin import broadcast_screens as screens
from lockbay.areas.admin.broadcast_records import (
    Audience,
    Audiences,
    BroadcastCase,
    Broadcasts,
    Move,
    StartBroadcast,
    State,
    SteerBroadcast,
)
from lockbay.areas.messages import CAPTION, Written, message
from lockbay.errors import Invalid, Outdated
from lockbay.postgres.queries import Refused

FIRST: Final = "0"


async def broadcasts(chat: Chat, before: str = FIRST) -> None:
    """What was announced, page by page."""
    view = await chat.read(Broadcasts, identifier(before))
    await chat.show(screens.listed(chat.words, view))


async def broadcast(chat: Chat, broadcast_id: str) -> None:
    """One of them."""
    page = await chat.find(BroadcastCase, identifier(broadcast_id))
    if page is None:
        return await broadcasts(chat)
    await chat.show(screens.case(chat.words, page))


async def new_broadcast(chat: Chat) -> None:
    """What, to whom, and, below the very message that they get: sure?"""
    view = await chat.read(Audiences)
    words = chat.words
    written = await chat.ask("what", screens.what(words), parse=announced(words))
    chosen = await chat.ask("audience", screens.which(words, view), parse=_audience(words, view))
    await chat.show(screens.announcement(words, written.kind, written.text, written.file_id))
    confirm = this(words, answers.CONFIRM)
    await chat.ask("confirm", screens.sure(words, chosen), parse=confirm)
    start = StartBroadcast(chat.user_id, written.kind, written.text, written.file_id, chosen.name)
    outcome = await chat.do("start", start)
    if isinstance(outcome, Refused):
        return await chat.show(screens.refused(words, refusals.sentence(words, outcome)))
    await broadcast(chat, str(outcome))


async def steer_broadcast(chat: Chat, broadcast_id: str, move: str) -> None:
    """Pauses it or lets it go on, at once; what cannot be undone is asked."""
    made, words, number = _move(move), chat.words, identifier(broadcast_id)
    if made == "cancel":
        page = await chat.find(BroadcastCase, number)
        if page is None:
            return await broadcasts(chat)
        confirm = this(words, answers.CONFIRM)
        await chat.ask("confirm", screens.stopping(words, page), parse=confirm)
    outcome: State | Refused = await chat.do("steer", SteerBroadcast(chat.user_id, number, made))
    now = await chat.find(BroadcastCase, number)
    if now is None:
        return await broadcasts(chat)
    await chat.show(screens.case(words, now).with_problem(refusals.problem(words, outcome)))


def announced(words: Words) -> Parse[Written]:
    """A text, or a photo or a file with a caption that Telegram takes."""
    typed = message(words)

    def parse(reply: Reply) -> Written:
        written = typed(reply)
        if written.kind != "text" and len(written.text.encode("utf-16-le")) // 2 > CAPTION:
            raise Invalid(words("Telegram takes no caption as long as that: make it shorter."))
        return written

    return parse


def _audience(words: Words, view: Audiences) -> Parse[Audience]:
    return choice(words, {each.name: each for each in view.audiences})


def _move(word: str) -> Move:
    match word:
        case "pause" | "resume" | "cancel":
            return word
        case _:
            raise Outdated


FLOWS: Final[Mapping[str, Flow]] = {
    "broadcasts": broadcasts,
    "broadcast": broadcast,
    "new_broadcast": new_broadcast,
    "steer_broadcast": steer_broadcast,
}
