"""Presses that wait for their answer: it goes with the screen that the press leads to, or soon without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NoReturn

import trio

LONGEST: Final = 0.03  # s; twice that is what a spinner turns at most before its answer goes by itself


class Spinners:
    """One at most for each chat: whoever presses twice gets the first answer at once. `answer` must not wait."""

    def __init__(self, answer: Callable[[str], None]) -> None:
        self._answer = answer
        self._turning: dict[int, tuple[str, float]] = {}  # since when (trio.current_time()); the oldest first
        self._news = trio.lowlevel.ParkingLot()

    def begin(self, chat_id: int, pressed: str) -> None:
        """A press that is to be answered with the chat's next screen."""
        before = self.end(chat_id)
        if before is not None:
            self._answer(before)
        self._turning[chat_id] = pressed, trio.current_time()
        if self._news:
            self._news.unpark_all()

    def end(self, chat_id: int) -> str | None:
        """The press that the caller answers now; None when there is none."""
        ended = self._turning.pop(chat_id, None)
        return None if ended is None else ended[0]

    async def run(self) -> NoReturn:
        """Answers whatever no screen has come for."""
        while True:
            while not self._turning:
                await self._news.park()
            await trio.sleep(LONGEST)
            latest = trio.current_time() - LONGEST
            for chat_id in [chat_id for chat_id, (_, since) in self._turning.items() if since <= latest]:
                self._answer(self._turning.pop(chat_id)[0])
