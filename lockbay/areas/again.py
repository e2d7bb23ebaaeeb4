"""A question that is asked again, out of a review: Back leaves everything as it was."""

from __future__ import annotations

from typing import Final, TypeVar, cast

from attrs import evolve

from lockbay.actors.conversation import Chat, Fits
from lockbay.actors.parse import Parse, Pressed, Reply
from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons

T = TypeVar("T")
K = TypeVar("K")
BACK: Final = "back"


async def ask(chat: Chat, step: str, screen: Screen, parse: Parse[T], kept: K, fits: Fits[T] | None = None) -> T | K:
    """The answer, or `kept` for who presses Back."""

    def parse_or_back(reply: Reply) -> T | K:
        return kept if reply == Pressed(BACK) else parse(reply)

    def fits_or_back(answer: T | K) -> None:
        if fits is not None and answer is not kept:
            fits(cast(T, answer))

    return await chat.ask(step, with_back(chat.words, screen), parse=parse_or_back, fits=fits_or_back)


def with_back(words: Words, screen: Screen) -> Screen:
    """In place of the last row: that of the question when it was asked first leads out of the form."""
    return evolve(screen, rows=(*screen.rows[:-1], (Answer(words.label("⬅️ Back"), BACK), buttons.cancel(words))))
