"""For how many there is room beside those who are being told."""

from __future__ import annotations

import math

import pytest
import trio
from trio.testing import MockClock

from lockbay.notices.lanes import AGAIN, HANGING, LANES, MAILS, SLOW, Lane, Lanes, Room


def taken(*, asked: int = 0, by_mail: int = 0, again: int = 0, marked: int = 0) -> Lanes:
    """Some who wait for Telegram from now on, some of them again; some who have been told, and some who get mails."""
    lanes = Lanes()
    now = trio.current_time()
    for number in range(asked):
        lanes.of[f"asked {number}"] = Lane(by_mail=False, again=number < again, asks_since=now)
    for number in range(marked):
        lanes.of[f"marked {number}"] = Lane(by_mail=False, again=False)
    for number in range(by_mail):
        lanes.of[f"mail {number}"] = Lane(by_mail=True, again=False)
    return lanes


@pytest.mark.parametrize(
    ("asked", "after", "room"),
    [
        (LANES, 0.0, 0),
        (LANES, SLOW / 2, 0),
        (LANES, SLOW, LANES),
        (HANGING, SLOW, LANES),
        (HANGING + LANES - 1, SLOW, 1),
        (HANGING + LANES, SLOW, 0),  # each of them has a connection
        (HANGING + LANES, math.inf, 0),
    ],
)
async def test_who_gets_no_answer_takes_no_room_up_to_a_bound(
    autojump_clock: MockClock, asked: int, after: float, room: int
) -> None:
    lanes = taken(asked=asked)
    await trio.sleep(min(after, 3600))
    assert lanes.chats().lanes == room


async def test_who_was_told_and_waits_for_the_mark_takes_room(autojump_clock: MockClock) -> None:
    """While the database writes nothing, nobody more is to be told what would be told again."""
    lanes = taken(marked=LANES)
    await trio.sleep(3600)
    assert lanes.chats().lanes == 0


async def test_what_is_tried_again_takes_no_more_of_it_than_ever(autojump_clock: MockClock) -> None:
    lanes = taken(asked=LANES, again=int(LANES * AGAIN))
    await trio.sleep(SLOW)
    room = lanes.chats()
    assert not room.take(again=True)
    assert room.take(again=False)


async def test_chats_and_mails_take_no_room_from_each_other(autojump_clock: MockClock) -> None:
    lanes = taken(asked=LANES, by_mail=MAILS - 1)
    assert lanes.chats() == Room(0, int(LANES * AGAIN))
    assert lanes.mails() == Room(1, int(MAILS * AGAIN))


def test_room_is_taken_until_there_is_none() -> None:
    room = Room(3, 1)
    assert [room.take(again=again) for again in (True, True, False, False, False)] == [True, False, True, True, False]
