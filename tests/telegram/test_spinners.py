"""A press's answer goes with the screen that it leads to; whatever becomes of the one is no matter of the other."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from lockbay.telegram import connection
from lockbay.telegram.api import BotApi, open_bot_api
from lockbay.telegram.courier import Courier
from lockbay.telegram.spinners import LONGEST, Spinners
from tests.telegram.desk import AWAY, GONE, NOT_MODIFIED, Desk, too_many
from tests.telegram.stub import TOKEN, Raw, Refused, Silence, Stub, When

BOTH = ["editMessageText", "answerCallbackQuery"]
TOO_OLD = Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")


@pytest.fixture
async def courier(api: BotApi, nursery: trio.Nursery) -> Courier:
    return Courier(api, nursery, random=lambda: 0.0, first_pause=0.001)


@pytest.fixture
def desk(courier: Courier) -> Desk:
    return Desk(courier)


def methods(stub: Stub) -> list[str]:
    return [call.method for call in stub.calls]


async def test_a_press_is_answered_in_one_go_with_its_screen(courier: Courier, desk: Desk, stub: Stub) -> None:
    courier.answer(1, "77")
    desk.reply(1, "wallet", edit=5)
    await desk.settled()
    assert methods(stub) == BOTH
    assert stub.calls[1].params == {"callback_query_id": "77"}
    assert stub.calls[0].connection == stub.calls[1].connection
    assert desk.done == ["wallet"]


async def test_another_chats_screen_does_not_answer_it(courier: Courier, desk: Desk, stub: Stub) -> None:
    courier.answer(1, "77")
    desk.reply(2, "other", edit=5)
    await desk.settled()
    assert methods(stub) == ["editMessageText"]
    [call] = await stub.called("answerCallbackQuery")
    assert call.params == {"callback_query_id": "77"}


async def test_a_screen_that_is_no_edit_leaves_the_answer_to_itself(courier: Courier, desk: Desk, stub: Stub) -> None:
    courier.answer(1, "77")
    desk.reply(1, "hello")
    await stub.called("answerCallbackQuery")
    await desk.settled()
    assert sorted(methods(stub)) == ["answerCallbackQuery", "sendMessage"]


async def test_nobody_waits_for_a_chat_that_hangs(courier: Courier, desk: Desk, stub: Stub) -> None:
    gate = trio.Event()
    stub.script("editMessageText", When(gate))
    desk.reply(1, "hangs", edit=5)
    await stub.called("editMessageText")
    courier.answer(1, "77")
    desk.reply(1, "behind it", edit=5)
    await stub.called("answerCallbackQuery")
    assert desk.done == []
    gate.set()
    await desk.settled()
    assert desk.done == ["hangs", "behind it"]


@pytest.mark.parametrize("failure", [TOO_OLD, AWAY, too_many(9)])
async def test_the_screen_is_there_whatever_becomes_of_the_answer(
    failure: object, courier: Courier, desk: Desk, stub: Stub
) -> None:
    stub.script("answerCallbackQuery", failure)
    courier.answer(1, "77")
    desk.reply(1, "wallet", edit=5)
    await desk.settled()
    desk.reply(1, "next", edit=5)
    await desk.settled()
    assert methods(stub) == [*BOTH, "editMessageText"]
    assert desk.done == ["wallet", "next"]


@pytest.mark.parametrize(
    ("failure", "after"), [(NOT_MODIFIED, []), (GONE, ["sendMessage"]), (AWAY, ["editMessageText"])]
)
async def test_the_answer_is_there_once_whatever_becomes_of_the_screen(
    failure: object, after: list[str], courier: Courier, desk: Desk, stub: Stub
) -> None:
    stub.script("editMessageText", failure)
    courier.answer(1, "77")
    desk.reply(1, "wallet", edit=5)
    await desk.settled()
    assert methods(stub) == [*BOTH, *after]
    assert desk.done == ["wallet"]


LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\nConnection: close\r\n\r\n" + b'{"ok":true,"result":true}'


@pytest.mark.parametrize(
    ("scripts", "called"),
    [
        pytest.param({"editMessageText": LAST}, BOTH, id="nginx after its 100th request: the one behind it is dropped"),
        pytest.param({"answerCallbackQuery": b""}, [*BOTH, BOTH[1]], id="the line breaks between the two answers"),
        pytest.param({"editMessageText": b""}, [BOTH[0], *BOTH], id="the line breaks before both"),
    ],
)
async def test_a_press_whose_answer_went_unanswered_is_answered_alone(
    scripts: dict[str, bytes], called: list[str], courier: Courier, desk: Desk, stub: Stub
) -> None:
    for method, data in scripts.items():
        stub.script(method, Raw(data))
    courier.answer(1, "77")
    desk.reply(1, "wallet", edit=5)
    await desk.settled()
    await stub.called("answerCallbackQuery", called.count("answerCallbackQuery"))
    assert sorted(methods(stub)) == sorted(called)
    assert {call.params["callback_query_id"] for call in stub.of("answerCallbackQuery")} == {"77"}
    assert desk.done == ["wallet"]


async def test_a_press_whose_answer_hangs_holds_up_nobody(
    stub: Stub, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "BEHIND", 0.01)
    stub.script("answerCallbackQuery", Silence())
    async with open_bot_api(TOKEN, url=stub.url, tick=0.01) as api:
        courier = Courier(api, nursery)
        desk = Desk(courier)
        courier.answer(1, "77")
        desk.reply(1, "wallet", edit=5)
        desk.reply(1, "next", edit=5)
        await desk.settled()
        await stub.called("answerCallbackQuery", 2)
    assert desk.done == ["wallet", "next"]
    assert stub.texts().count("wallet") == 1


async def test_a_field_that_the_server_does_not_know_costs_no_second_answer(
    courier: Courier, desk: Desk, stub: Stub
) -> None:
    stub.script("editMessageText", Refused(400, 'Bad Request: unknown field "link_preview_options"'))
    courier.answer(1, "77")
    desk.reply(1, "wallet", edit=5)
    await desk.settled()
    assert methods(stub) == [*BOTH, "editMessageText"]
    assert "link_preview_options" not in stub.calls[2].params


async def test_a_connection_that_dies_before_both_is_replaced(courier: Courier, desk: Desk, stub: Stub) -> None:
    stub.script("editMessageText", True, Raw())
    desk.reply(1, "first", edit=5)
    await desk.settled()
    courier.answer(1, "77")
    desk.reply(1, "second", edit=5)
    await desk.settled()
    assert methods(stub) == ["editMessageText", "editMessageText", *BOTH]
    assert desk.done == ["first", "second"]


@pytest.fixture
def answered() -> list[tuple[float, str]]:
    return []


@pytest.fixture
def spinners(answered: list[tuple[float, str]], nursery: trio.Nursery) -> Spinners:
    spinners = Spinners(lambda pressed: answered.append((trio.current_time(), pressed)))
    nursery.start_soon(spinners.run)
    return spinners


async def test_no_spinner_turns_for_long(
    spinners: Spinners, answered: list[tuple[float, str]], autojump_clock: MockClock
) -> None:
    began = trio.current_time()
    spinners.begin(1, "77")
    await trio.sleep(LONGEST / 2)
    spinners.begin(2, "78")
    await trio.sleep(1)
    assert [pressed for _, pressed in answered] == ["77", "78"]
    assert all(at - began <= 2.5 * LONGEST for at, _ in answered)
    spinners.begin(1, "79")
    await trio.sleep(1)
    assert len(answered) == 3, "it goes on"


async def test_who_presses_twice_gets_the_first_answer_at_once(
    spinners: Spinners, answered: list[tuple[float, str]]
) -> None:
    spinners.begin(1, "77")
    spinners.begin(1, "78")
    assert [pressed for _, pressed in answered] == ["77"]
    assert spinners.end(1) == "78"
    assert spinners.end(1) is None
    await wait_all_tasks_blocked()
    assert len(answered) == 1
