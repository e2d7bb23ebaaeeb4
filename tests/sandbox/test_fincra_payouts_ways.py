"""The local Fincra as bad as one wishes: silent, slow, late, ended by hand."""

from __future__ import annotations

import httpx
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import NotSeen, Town
from tests.sandbox.conftest import Hand
from tests.sandbox.fincra import PAYOUTS, asked, moved, told
from tests.sandbox.fincra import fincra as fincra
from tests.sandbox.fincra import wanted as wanted
from tests.sandbox.service import Service


@pytest.mark.parametrize(("how", "taken"), [("timeout", True), ("lost", False), ("error", True), ("broken", False)])
async def test_who_gets_no_answer_has_to_ask(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, how: str, taken: bool
) -> None:
    await town.payouts.next(how)
    if how in ("timeout", "lost"):
        with pytest.raises(httpx.ReadTimeout):
            await fincra.post(PAYOUTS, json=wanted, timeout=0.3)
    else:
        broken = await fincra.post(PAYOUTS, json=wanted)
        assert (broken.status_code, broken.json()["errorType"]) == (500, "INTERNAL_SERVER_ERROR")
    known = await fincra.get(f"{PAYOUTS}/customer-reference/co-1")
    assert known.status_code == (200 if taken else 404)
    again = await fincra.post(PAYOUTS, json=wanted)
    assert again.is_success is not taken


@pytest.mark.parametrize(("how", "known"), [("late", 200), ("slow", 404)])
async def test_a_late_answer_is_preceded_by_its_effect_or_not(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, how: str, known: int
) -> None:
    await town.payouts.next(how, delay=0.5)
    answers: list[httpx.Response] = []

    async def ask() -> None:
        answers.append(await fincra.post(PAYOUTS, json=wanted))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(ask)
        with trio.fail_after(5):
            while (await town.payouts.orders()) != []:  # until the order has been taken
                await wait_all_tasks_blocked()
        assert (await fincra.get(f"{PAYOUTS}/customer-reference/co-1")).status_code == known
    assert answers[0].json()["data"]["status"] == "processing"
    assert (await asked(fincra))["status"] == "processing"


async def test_what_is_slow_is_taken_though_nobody_waits(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.next("slow", delay=0.5)
    with pytest.raises(httpx.ReadTimeout):
        await fincra.post(PAYOUTS, json=wanted, timeout=0.2)
    assert (await fincra.get(f"{PAYOUTS}/customer-reference/co-1")).status_code == 404
    assert (await town.payouts.sees("co-1"))["state"] == "processing"


async def test_a_slow_payout_whose_reference_came_again_is_paid_once(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.next("slow", delay=0.4)
    with pytest.raises(httpx.ReadTimeout):
        await fincra.post(PAYOUTS, json=wanted, timeout=0.1)
    await fincra.post(PAYOUTS, json=wanted)
    await town.payouts.next("slow", delay=0.5)
    await fincra.post(PAYOUTS, json={**wanted, "customerReference": "co-2"})  # after the first one has come
    assert [payout["reference"] for payout in await town.payouts.all()] == ["co-2", "co-1"]


async def test_only_who_asks_learns_what_nobody_is_told(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await town.payouts.next("silent")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 2)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("successful", True)
    await town.payouts.tells("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.successful"


async def test_an_end_may_be_told_twice(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, hand: Hand
) -> None:
    await town.payouts.next("again")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 2)
    first, second = await service.all(2)
    assert first.body == second.body


async def test_what_waits_is_ended_by_hand_and_may_be_sent_back(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await town.payouts.next("hold")
    await fincra.post(PAYOUTS, json=wanted)
    await moved(town, hand, 1e6)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("processing", True)
    with pytest.raises(AssertionError, match="has not ended"):
        await town.payouts.tells("co-1")
    await town.payouts.done("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.successful"
    await town.payouts.fails("co-1", "Account closed")
    event, data = told(await service.next(), sandbox)
    assert (event, data["reason"]) == ("payout.failed", "Account closed")


async def test_what_is_ended_before_its_time_is_told_once(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town, service: Service, sandbox: Sandbox, hand: Hand
) -> None:
    await fincra.post(PAYOUTS, json=wanted)
    await town.payouts.fails("co-1")
    assert told(await service.next(), sandbox)[0] == "payout.failed"
    payout = await town.payouts.sees("co-1", "failed")
    assert len(await town.told(str(payout["id"]))) == 1
    await moved(town, hand, 10)
    assert ((await asked(fincra))["status"], service.is_quiet()) == ("failed", True)


async def test_ways_come_one_after_another_before_the_usual_one(
    fincra: httpx.AsyncClient, wanted: dict[str, object], town: Town
) -> None:
    await town.payouts.always("refuse", "kraken")
    await town.payouts.always("no_funds", "fincra")
    await town.payouts.always("silent", "fincra")
    await town.payouts.next("hold", 2)
    await town.payouts.next("fail")
    for number in range(5):
        await fincra.post(PAYOUTS, json={**wanted, "customerReference": f"co-{number}"})
    hows = [payout["how"] for payout in await town.payouts.all()]
    assert hows == ["silent", "silent", "fail", "hold", "hold"]
    await town.payouts.usual()
    await fincra.post(PAYOUTS, json={**wanted, "customerReference": "co-5"})
    assert (await town.payouts.sees("co-5"))["how"] == "succeed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"how": "sideways"},
        {"how": "fail", "times": 0},
        {"how": "fail", "provider": "nobody"},
        {"how": "fail", "delay": -1},
        {"how": "fail", "unheard": 1},
    ],
)
async def test_a_way_that_makes_no_sense_is_refused(town: Town, wrong: dict[str, object]) -> None:
    assert (await town.client.post("/api/payouts/ways", json=wrong)).status_code == 400


async def test_what_was_asked_of_it_can_be_waited_for(town: Town) -> None:
    with pytest.raises(NotSeen, match="No payout co-9"):
        await town.payouts.sees("co-9", within=0.1)
    with pytest.raises(AssertionError, match="no payout co-9"):
        await town.payouts.done("co-9")
    with pytest.raises(AssertionError, match="no pot DOGE"):
        await town.payouts.pot("fincra", "DOGE", "1")
