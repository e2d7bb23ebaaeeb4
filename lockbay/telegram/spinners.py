"""Presses that wait for their answer: it goes with the screen that the press leads to, or soon without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

import trio
from attrs import frozen

LONGEST: Final = 0.03  # s; twice that is what a spinner turns at most before its answer goes by itself


@frozen
class Spinner:
    """A press (by its callback's id), and since when it waits (trio.current_time())."""

    pressed: str
    since: float


class Spinners:
    """One at most for each chat: who presses twice gets the first answer at once. `answer` must not wait."""

    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._turning: dict[int, Spinner] = {}  # the oldest first
        self._news = trio.lowlevel.ParkingLot()

    def begin(self, chat_id: int, pressed: str) -> None:
        """A press that is to be answered with the chat's next screen."""
        before = self.end(chat_id)
        if before is not None:
            self._answer(before)
        self._turning[chat_id] = Spinner(pressed, trio.current_time())
        self._news.unpark_all()

    def end(self, chat_id: int) -> str | None:
        """The press that the caller answers now; None when there is none."""
        ended = self._turning.pop(chat_id, None)
        return None if ended is None else ended.pressed

    async def run(self) -> NoReturn:
        """Answers whatever no screen has come for."""
        while True:
            while not self._turning:
                await self._news.park()
            await trio.sleep(LONGEST)
            latest = trio.current_time() - LONGEST
            for chat_id in [chat_id for chat_id, spinner in self._turning.items() if spinner.since <= latest]:
                self._answer(self._turning.pop(chat_id).pressed)
