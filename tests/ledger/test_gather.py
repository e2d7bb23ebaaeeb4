"""Questions that are asked at once go together; who asks notices nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
import trio
import trio.testing
from attrs import define, field

from lockbay.areas.balances import Wallet
from lockbay.areas.cashout.records import CashoutStart, RequestCashout
from lockbay.areas.menu.records import Menu
from lockbay.areas.payout import Cashout
from lockbay.errors import DatabaseUnavailable
from lockbay.postgres.catalogue import declared
from lockbay.postgres.gather import MOST, Gathering
from lockbay.postgres.queries import Refused, View
from tests.ledger.world import World

ADDRESS = "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"


@define
class Desk:
    """Answers when it is let: each number doubled, and 13 with an error."""

    batches: list[list[int]] = field(factory=list)
    gate: trio.Semaphore = field(factory=lambda: trio.Semaphore(0))

    async def ask(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(numbers))
        await self.gate.acquire()
        return [ValueError(number) if number == 13 else number * 2 for number in numbers]


async def test_who_comes_first_asks_for_nobody_else_and_those_who_come_meanwhile_go_together() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    answers: dict[int, int] = {}

    async def ask(number: int) -> None:
        answers[number] = await gathering.answer(number)

    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(ask, number)
            await trio.testing.wait_all_tasks_blocked()
        assert desk.batches == [[0]]
        desk.gate.release()
        await trio.testing.wait_all_tasks_blocked()
        assert desk.batches == [[0], [1, 2, 3, 4]]
        desk.gate.release()
    assert answers == {number: number * 2 for number in range(5)}


async def test_those_who_come_in_the_same_pass_of_the_loop_go_together() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(gathering.answer, number)
        await trio.testing.wait_all_tasks_blocked()
        assert [sorted(batch) for batch in desk.batches] == [[0, 1, 2, 3, 4]]
        desk.gate.release()


async def test_an_error_is_of_whose_question_it_was() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    outcomes: list[object] = []

    async def ask(number: int) -> None:
        try:
            outcomes.append(await gathering.answer(number))
        except ValueError as error:
            outcomes.append(error.args)

    async with trio.open_nursery() as nursery:
        for number in (1, 13, 2):
            nursery.start_soon(ask, number)
            await trio.testing.wait_all_tasks_blocked()
        desk.gate.release()
        desk.gate.release()
    assert outcomes == [2, (13,), 4]


async def test_where_an_answer_is_missing_all_hear_of_it_and_the_next_goes_on() -> None:
    asked: list[int] = []

    async def ask(numbers: Sequence[int]) -> list[int | Exception]:
        asked.extend(numbers)
        return []

    gathering = Gathering(ask)
    heard: list[int] = []

    async def wait(number: int) -> None:
        with pytest.raises(AssertionError):
            await gathering.answer(number)
        heard.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(3):
            nursery.start_soon(wait, number)
    await wait(3)
    assert sorted(heard) == sorted(asked) == [0, 1, 2, 3]


async def test_there_is_a_bound_on_how_many_go_together() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    async with trio.open_nursery() as nursery:
        for number in range(MOST + 10):
            nursery.start_soon(gathering.answer, number + 100)
            await trio.testing.wait_all_tasks_blocked()
        for _ in range(3):
            desk.gate.release()
    assert [len(batch) for batch in desk.batches] == [1, MOST, 9]


async def test_who_leaves_while_waiting_is_not_asked_for() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    leaver = trio.CancelScope()

    async def leave() -> None:
        with leaver:
            await gathering.answer(7)

    async with trio.open_nursery() as nursery:
        for start in (lambda: gathering.answer(1), leave, lambda: gathering.answer(2)):
            nursery.start_soon(start)
            await trio.testing.wait_all_tasks_blocked()
        leaver.cancel()
        await trio.testing.wait_all_tasks_blocked()
        desk.gate.release()
        desk.gate.release()
    assert desk.batches == [[1], [2]]


async def test_when_the_one_who_asked_for_all_is_cancelled_the_others_hear_it_and_the_next_goes_on() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask)
    leader = trio.CancelScope()
    heard: list[object] = []

    async def lead() -> None:
        with leader:
            await gathering.answer(2)

    async def follow(number: int) -> None:
        try:
            heard.append(await gathering.answer(number))
        except DatabaseUnavailable:
            heard.append("again")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(gathering.answer, 1)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(lead)
        await trio.testing.wait_all_tasks_blocked()
        nursery.start_soon(follow, 3)
        await trio.testing.wait_all_tasks_blocked()
        desk.gate.release()
        await trio.testing.wait_all_tasks_blocked()
        assert desk.batches[-1] == [2, 3]
        nursery.start_soon(follow, 4)
        await trio.testing.wait_all_tasks_blocked()
        leader.cancel()
        await trio.testing.wait_all_tasks_blocked()
        assert desk.batches[-1] == [4]
        desk.gate.release()
    assert heard == ["again", 8]


async def test_who_was_taken_along_by_a_shielded_one_waits_for_the_answer_when_cancelled() -> None:
    desk = Desk()
    gathering = Gathering(desk.ask, shielded=True)
    answers: list[int] = []
    leaver = trio.CancelScope()

    async def ask() -> None:
        with leaver:
            answers.append(await gathering.answer(3))

    async with trio.open_nursery() as nursery:
        for start in (lambda: gathering.answer(1), lambda: gathering.answer(2), ask):
            nursery.start_soon(start)
            await trio.testing.wait_all_tasks_blocked()
        desk.gate.release()
        await trio.testing.wait_all_tasks_blocked()
        leaver.cancel()
        await trio.testing.wait_all_tasks_blocked()
        assert answers == []
        desk.gate.release()
    assert answers == [6]


async def test_views_that_are_read_at_once_are_those_that_are_read_alone(world: World) -> None:
    people = [await world.person(100 + n) for n in range(6)]
    nobody = 4_999_999_999
    kinds: list[type[View]] = [Menu, Wallet, CashoutStart]
    for kind in kinds:
        alone = {person: await world.database.read(kind, person) for person in (*people, nobody)}
        sent, together = world.database.statements, dict[int, object]()

        async def read(person: int, kind: type[View] = kind, together: dict[int, object] = together) -> None:
            together[person] = await world.database.read(kind, person)

        async with trio.open_nursery() as nursery:
            for person in (*people, nobody, people[0]):
                nursery.start_soon(read, person)
        assert together == alone
        assert together[nobody] is None
        assert world.database.statements - sent == 1


async def test_cash_outs_that_are_requested_at_once_are_each_done_or_refused_by_themselves(world: World) -> None:
    people = [await world.person("100") for _ in range(6)]
    poor = await world.person("1")
    outcomes: dict[int, object] = {}

    async def request(person: int) -> None:
        asked = RequestCashout(person, "USDT", "TRC20", Decimal(50), Decimal(49), ADDRESS, "", "", "", "", "")
        outcomes[person] = await world.do(asked)

    sent = world.database.statements
    async with trio.open_nursery() as nursery:
        for person in (*people, poor):
            nursery.start_soon(request, person)
    assert world.database.statements - sent == 1
    assert isinstance(outcomes[poor], Refused)
    assert outcomes[poor].reason == "insufficient"  # type: ignore[attr-defined]
    assert {done.user_id for done in outcomes.values() if isinstance(done, Cashout)} == set(people)
    await world.audited()


async def test_one_that_postgresql_refuses_does_not_take_the_others_along(world: World) -> None:
    people = [await world.person("100") for _ in range(3)]
    await world.do(
        RequestCashout(people[0], "USDT", "TRC20", Decimal(20), Decimal(19), ADDRESS, "", "", "", "", ""), "taken"
    )
    outcomes: dict[int, object] = {}

    async def request(person: int, key: str) -> None:
        asked = RequestCashout(person, "USDT", "TRC20", Decimal(20), Decimal(19), ADDRESS, "", "", "", "", "")
        try:
            outcomes[person] = await world.do(asked, key)
        except Exception as error:
            outcomes[person] = type(error).__name__

    async with trio.open_nursery() as nursery:
        for person, key in zip(people, ("first", "taken", "third"), strict=True):
            nursery.start_soon(request, person, key)
    assert outcomes[people[1]] == "KeyReused"
    assert isinstance(outcomes[people[0]], Cashout)
    assert isinstance(outcomes[people[2]], Cashout)
    await world.audited()


async def test_everything_that_gathers_is_understood_by_postgresql(world: World) -> None:
    plans = [world.database.catalogue.plan(each) for each in declared()]
    together = [plan for plan in plans if plan.gathered is not None]
    assert len(together) > 5
    for plan in together:
        assert plan.gathered is not None
        connection = await world.database.pool._acquire()
        try:
            await connection.prepared(plan.gathered.sql)
        finally:
            world.database.pool._release(connection)
