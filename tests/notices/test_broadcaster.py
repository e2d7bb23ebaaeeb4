"""The broadcaster: everybody whom an announcement is for gets it, whatever breaks; hardly anybody gets it twice."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
import trio
import trio.testing

from lockbay.actors.screen import Attachment
from lockbay.areas.admin.broadcast_records import Move
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.errors import TelegramUnavailable
from lockbay.notices import broadcaster
from lockbay.notices.broadcaster import AT_ONCE, PAUSING, Broadcaster
from lockbay.postgres.database import Database
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.courier import Courier
from lockbay.telegram.refusals import BadRequest, ChatHeld, Unreachable
from tests.areas.people import change, onboarded
from tests.areas.sendable import leads_to, sent
from tests.clock import MovedClock
from tests.notices.crowd import MANY, OWNER, Chats, begun, case, counts, crowd, steered, told
from tests.telegram.stub import BOUND, TOKEN, When, serving_stub


async def test_everybody_gets_it_as_it_was_written(house: Database, clock: MovedClock, chats: Chats) -> None:
    broadcast = await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert chats.heard == [OWNER, OWNER + 1, OWNER + 2, OWNER + 3]
    screen = chats.arrived[0][1]
    assert sent(screen) == "Hello <all>"
    assert leads_to(screen) == {"menu", "settings"}
    assert screen.stays
    assert not screen.silent
    assert counts(await case(house, broadcast)) == ("done", 4, 0, 0, 0)
    assert (await told(house))[-1] == "done"
    await Broadcaster(house, clock, chats).tick()
    assert len(chats.arrived) == 4


async def test_people_hear_it_in_the_order_of_their_numbers(house: Database, clock: MovedClock, chats: Chats) -> None:
    """Else who has heard it before a pause, behind one who has not, hears it again: a whole batch, in half of them."""
    await crowd(house, 8 * AT_ONCE)
    await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert [chat for chat, _ in chats.arrived] == chats.heard


async def test_a_photo_is_passed_on_by_its_id(house: Database, clock: MovedClock, chats: Chats) -> None:
    await begun(house, "", kind="photo", file_id="picture")
    await Broadcaster(house, clock, chats).tick()
    assert {screen.attachment for _, screen in chats.arrived} == {Attachment("photo", "picture")}


async def test_who_cannot_or_does_not_want_to_hear_it_does_not(
    house: Database, clock: MovedClock, chats: Chats
) -> None:
    await crowd(house, 4)
    for number, what in enumerate(
        ("blocked_at = now()", "closed_at = now()", "unreachable_at = now()", "onboarded_at = NULL"), 20000000001
    ):
        await change(house, number, what)
    await change(house, OWNER + 1, "muted = '{announcements}'")
    broadcast = await begun(house)
    assert (await case(house, broadcast)).total == 4
    await Broadcaster(house, clock, chats).tick()
    assert chats.heard == [OWNER, OWNER + 2, OWNER + 3]
    assert counts(await case(house, broadcast)) == ("done", 3, 0, 0, 1)


async def test_it_makes_no_sound_at_night(house: Database, clock: MovedClock, chats: Chats) -> None:
    await change(house, OWNER + 1, "quiet_from = 660, quiet_until = 780")  # 11:00 to 13:00, and it is noon
    await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert [chat for chat, screen in chats.arrived if screen.silent] == [OWNER + 1]


async def test_a_language_is_everybody_who_speaks_it(house: Database, clock: MovedClock, chats: Chats) -> None:
    await change(house, OWNER + 1, "language = 'pt-br'")
    await change(house, OWNER + 2, "language = 'pt'")
    await begun(house, audience="pt")
    await Broadcaster(house, clock, chats).tick()
    assert chats.heard == [OWNER + 1, OWNER + 2]


async def test_active_is_who_did_something_lately(house: Database, clock: MovedClock, chats: Chats) -> None:
    """As conversations do it: under a request key of their own."""
    for number in (1, 2):
        await onboarded(house, OWNER * 10 + number)  # a number that begins with another's
        await house.perform(AcceptTerms(OWNER * 10 + number), f"{OWNER * 10 + number}.7.accept.1")
        clock.advance(timedelta(days=20))
    await begun(house, audience="active")
    await Broadcaster(house, clock, chats).tick()
    assert chats.heard == [OWNER * 10 + 2]


async def test_who_has_blocked_the_bot_is_counted_and_kept_in_mind(
    house: Database, clock: MovedClock, chats: Chats
) -> None:
    chats.fails = {
        OWNER + 1: [Unreachable("Forbidden: bot was blocked by the user", 403)],
        OWNER + 2: [BadRequest("no")],
    }
    broadcast = await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert counts(await case(house, broadcast)) == ("done", 2, 1, 1, 0)
    found = await house.pool.fetch("test", "SELECT id FROM users WHERE unreachable_at IS NOT NULL", (), reads=True)
    assert [row["id"] for row in found] == [OWNER + 1]


async def test_a_mistake_about_one_of_them_is_no_reason_to_tell_the_others_again(
    house: Database, clock: MovedClock, chats: Chats
) -> None:
    """It ended the batch, which began anew every half minute with those behind that one."""
    chats.fails = {OWNER + 1: [RuntimeError("a mistake")] * 3}
    broadcast = await begun(house)
    desk = Broadcaster(house, clock, chats)
    for _ in range(3):
        with suppress(ExceptionGroup):
            await desk.tick()
    assert chats.heard == [OWNER, OWNER + 2, OWNER + 3]
    assert counts(await case(house, broadcast)) == ("done", 3, 0, 1, 0)


async def test_while_telegram_is_away_it_waits_and_nobody_is_left_out(
    house: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcaster, "AWAY", 0.01)
    chats.fails = {OWNER + 2: [TelegramUnavailable("away"), TelegramUnavailable("away")]}
    broadcast = await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert counts(await case(house, broadcast)) == ("done", 4, 0, 0, 0)


async def test_while_telegram_holds_everybody_it_waits(house: Database, clock: MovedClock, chats: Chats) -> None:
    """A ban must not pour thousands into the outbox."""
    chats.fails = {OWNER + number: [ChatHeld(0.01)] for number in range(4)}
    broadcast = await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert counts(await case(house, broadcast)) == ("done", 4, 0, 0, 0)
    assert chats.heard == [OWNER, OWNER + 1, OWNER + 2, OWNER + 3]


async def test_pages_follow_each_other_without_a_gap(
    house: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcaster, "MOST", 7)
    await crowd(house, MANY)
    for number in range(10, 30):  # some pages have nobody
        await change(house, 20000000000 + number, "blocked_at = now()")
    broadcast = await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert len(chats.heard) == len(set(chats.heard)) == MANY + 4 - 20
    assert counts(await case(house, broadcast)) == ("done", MANY + 4 - 20, 0, 0, 0)


async def cut_off(database: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies in the middle of a batch, and writes nothing more, as after kill -9."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Broadcaster(database, clock, chats).run)
        await chats.stopped.wait()
        monkeypatch.setattr(broadcaster, "STOPPING", 0)
        nursery.cancel_scope.cancel()
    chats.stops_after = None


async def test_killed_in_the_middle_it_goes_on_nobody_is_left_out_and_few_get_it_twice(
    house: Database, clock: MovedClock, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await crowd(house, MANY)
    await begun(house)
    chats.stops_after = AT_ONCE + 10
    await cut_off(house, clock, chats, monkeypatch)
    await Broadcaster(house, clock, chats).tick()
    assert len(set(chats.heard)) == MANY + 4
    twice = [chat for chat, times in Counter(chats.heard).items() if times > 1]
    assert 0 < len(twice) <= AT_ONCE
    assert max(Counter(chats.heard).values()) == 2


async def test_stopped_in_good_order_it_knows_how_far_it_came(house: Database, clock: MovedClock, chats: Chats) -> None:
    await crowd(house, MANY)
    broadcast = await begun(house)
    chats.stops_after = 30
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Broadcaster(house, clock, chats).run)
        await chats.stopped.wait()
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert (await case(house, broadcast)).sent == 30
    chats.stops_after = None
    await Broadcaster(house, clock, chats).tick()
    assert len(chats.heard) == len(set(chats.heard)) == MANY + 4
    page = await case(house, broadcast)
    assert (page.state, page.sent) == ("done", MANY + 4)


@pytest.mark.parametrize(("move", "state"), [("pause", "paused"), ("cancel", "cancelled")])
async def test_it_stops_at_once_in_the_middle_of_a_batch(
    house: Database, clock: MovedClock, chats: Chats, move: Move, state: str
) -> None:
    await crowd(house, MANY)
    broadcast = await begun(house)
    chats.stops_after = 30
    desk = Broadcaster(house, clock, chats)
    house.on_changed = desk.changed
    with trio.fail_after(10):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(desk.tick)
            await chats.stopped.wait()
            await steered(house, broadcast, move)  # tick ends, as there is nothing to send any more
    chats.stops_after = None
    page = await case(house, broadcast)
    assert (page.state, page.sent) == (state, 30)
    await desk.tick()
    assert len(chats.heard) == 30
    if move == "pause":
        await steered(house, broadcast, "resume")
        await desk.tick()
        assert len(chats.heard) == len(set(chats.heard)) == MANY + 4
        assert (await case(house, broadcast)).state == "done"


async def test_paused_it_waits_for_the_answers_of_those_who_are_being_told(
    house: Database, clock: MovedClock, nursery: trio.Nursery, trio_clock: trio.testing.MockClock
) -> None:
    """Where Telegram took longer than a second for each, whoever was being told heard it again when it went on."""
    broadcast, answer = await begun(house), trio.Event()
    async with serving_stub() as stub, open_bot_api(TOKEN, url=stub.url) as api:
        stub.script("sendMessage", *[When(answer, {"message_id": 1})] * 4)
        desk = Broadcaster(house, clock, Courier(api, nursery))
        house.on_changed = desk.changed
        with trio.fail_after(BOUND + PAUSING):
            async with trio.open_nursery() as runs:
                runs.start_soon(desk.tick)
                await stub.called("sendMessage", 4)
                await steered(house, broadcast, "pause")
                await trio.testing.wait_all_tasks_blocked(0.01)
                trio_clock.jump(PAUSING / 2)
                await trio.testing.wait_all_tasks_blocked(0.01)
                answer.set()
    assert counts(await case(house, broadcast)) == ("done", 4, 0, 0, 0)  # there was nobody else


async def test_a_second_one_waits_for_the_first(house: Database, clock: MovedClock, chats: Chats) -> None:
    first = await begun(house, "first")
    second = await begun(house, "second")
    assert not (await case(house, first)).waits
    assert (await case(house, second)).waits
    await Broadcaster(house, clock, chats).tick()
    assert [sent(screen) for _, screen in chats.arrived] == ["first"] * 4 + ["second"] * 4


async def test_its_owner_sees_progress_every_five_seconds_at_most(
    house: Database, clock: MovedClock, chats: Chats
) -> None:
    await crowd(house, 4 * AT_ONCE)
    await begun(house)
    await Broadcaster(house, clock, chats).tick()
    assert await told(house) == ["running", "done"]  # the clock stands still
