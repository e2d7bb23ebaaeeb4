"""The local BlockBee pays out: requests, payouts of them, and processing, which sends once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.addresses import address
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Hand

USDT = "trc20/usdt"
ADA = address(USDT, "Ada")


@pytest.fixture
async def blockbee(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"apikey": sandbox.blockbee_api_key}
    async with httpx.AsyncClient(base_url=sandbox.blockbee_url, headers=headers, trust_env=False) as client:
        yield client


async def requested(blockbee: httpx.AsyncClient, to: str = ADA, amount: object = 12.5, ticker: str = USDT) -> str:
    answer = await blockbee.post(f"/{ticker}/payout/request/bulk/", json={"outputs": {to: amount}})
    assert answer.json()["status"] == "success", answer.text
    return str(answer.json()["request_ids"][0])


async def created(blockbee: httpx.AsyncClient, *requests: str) -> str:
    answer = await blockbee.post("/payout/create/", data={"request_ids": ",".join(requests)})
    assert answer.json()["status"] == "success", answer.text
    return str(answer.json()["payout_info"]["id"])


async def process(blockbee: httpx.AsyncClient, payout: str, **options: float) -> httpx.Response:
    return await blockbee.post("/payout/process/", data={"payout_id": payout}, **options)  # type: ignore[arg-type]


async def info(blockbee: httpx.AsyncClient, payout: str) -> Mapping[str, object]:
    found = (await blockbee.post("/payout/status/", data={"payout_id": payout})).json()["payout_info"]
    assert isinstance(found, dict)
    return found


async def requests(blockbee: httpx.AsyncClient, **query: str) -> list[dict[str, object]]:
    answer = (await blockbee.get(f"/{USDT}/payout/request/list/", params=query)).json()
    found = answer["payout_requests"]
    assert isinstance(found, list)
    return found


async def test_nothing_is_sent_before_it_is_processed(blockbee: httpx.AsyncClient, town: Town, hand: Hand) -> None:
    request = await requested(blockbee)
    (line,) = await requests(blockbee, status="pending")
    assert (line["id"], line["payout_id"], line["to"], line["value_requested"]) == (request, None, ADA, "12.5")
    payout = await created(blockbee, request)
    made = await info(blockbee, payout)
    assert (made["status"], made["display_status"], made["txid"], made["from"]) == ("created", "Created", "", "")
    assert (made["total_requested"], made["total_with_fee"], made["coin"]) == ("12.5", "12.625", "trc20_usdt")
    assert await town.payouts.all() == []
    queued = (await process(blockbee, payout)).json()
    assert (queued["status"], queued["queued"], queued["payout_info"]["status"]) == ("success", True, "processing")
    hand.now += 2
    done = await info(blockbee, payout)
    assert (done["status"], done["display_status"], done["requests"]) == ("done", "Done", {ADA: "12.5"})
    assert done["txid"]
    (line,) = await requests(blockbee)
    assert (line["status"], line["payout_id"]) == ("done", payout)
    listed = (await blockbee.get(f"/{USDT}/payout/list/", params={"status": "done", "p": "1"})).json()
    assert ([each["id"] for each in listed["payouts"]], listed["num_pages"]) == ([payout], 1)
    assert (await blockbee.get(f"/{USDT}/payout/list/", params={"status": "error"})).json()["payouts"] == []


async def test_a_payout_is_processed_once_and_a_request_has_one_payout(blockbee: httpx.AsyncClient, town: Town) -> None:
    request = await requested(blockbee)
    payout = await created(blockbee, request)
    again = await blockbee.post("/payout/create/", data={"request_ids": request})
    assert (again.status_code, again.json()["status"]) == (400, "error")
    await process(blockbee, payout)
    again = await process(blockbee, payout)
    assert (again.status_code, again.json()["error"]) == (400, "Payout was already processed")
    assert len(await town.payouts.all()) == 1


async def test_all_at_once_is_sent_too(blockbee: httpx.AsyncClient, town: Town) -> None:
    other = address(USDT, "Sam")
    outputs = {ADA: "1", other: "2.000001"}
    answer = await blockbee.post(f"/{USDT}/payout/request/bulk/process/", json={"outputs": outputs})
    assert (answer.json()["queued"], answer.json()["payout_info"]["requests"]) == (True, outputs)
    (sent,) = await town.payouts.all()
    assert (sent["amount"], sent["state"]) == ("3.000001", "processing")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"outputs": {}},
        {"outputs": [ADA]},
        {"outputs": {ADA: 1}, "more": 1},
        {"outputs": {ADA: 0}},
        {"outputs": {ADA: -1}},
        {"outputs": {ADA: "NaN"}},
        {"outputs": {ADA: True}},
        {"outputs": {ADA: "0.0000001"}},
        {"outputs": {"nowhere": 1}},
        {"outputs": {ADA[:-1] + ("1" if ADA[-1] != "1" else "2"): 1}},
        {"outputs": {address("doge", "Ada"): 1}},
        {"outputs": {ADA: 1, address("eth", "Ada"): 1}},
    ],
)
async def test_wrong_requests_are_refused_whole(blockbee: httpx.AsyncClient, body: dict[str, object]) -> None:
    for path in ("bulk", "bulk/process"):
        refused = await blockbee.post(f"/{USDT}/payout/request/{path}/", json=body)
        assert (refused.status_code, refused.json()["status"]) == (400, "error")
    assert await requests(blockbee) == []


async def test_what_is_not_known_is_refused(blockbee: httpx.AsyncClient) -> None:
    doge = {"outputs": {address("doge", "Ada"): 1}}
    assert (await blockbee.post("/doge/payout/request/bulk/", json=doge)).status_code == 404
    for path in ("process", "status"):
        assert (await blockbee.post(f"/payout/{path}/", data={"payout_id": "?"})).status_code == 404
        assert (await blockbee.post(f"/payout/{path}/", json={"payout_id": "?"})).status_code == 400
        assert (await blockbee.post(f"/payout/{path}/", data={"id": "?"})).status_code == 400
    assert (await blockbee.post("/payout/create/", data={"request_ids": "?"})).status_code == 400
    mixed = await requested(blockbee), await requested(blockbee, address("btc", "Ada"), "0.1", "btc")
    assert (await blockbee.post("/payout/create/", data={"request_ids": ",".join(mixed)})).status_code == 400
    for query in ({"status": "error"}, {"p": "0"}, {"p": "x"}):
        assert (await blockbee.get(f"/{USDT}/payout/request/list/", params=query)).status_code == 400


async def test_the_key_is_wanted(blockbee: httpx.AsyncClient) -> None:
    blockbee.headers["apikey"] = "wrong"
    refused = await blockbee.get(f"/{USDT}/payout/balance/")
    assert (refused.status_code, refused.json()["error"]) == (401, "API Key not valid")


async def test_without_funds_it_stays_created(blockbee: httpx.AsyncClient, town: Town) -> None:
    await town.payouts.pot("blockbee", USDT, "12.6")
    payout = await created(blockbee, await requested(blockbee))
    assert (await process(blockbee, payout)).json() == {"status": "error", "error": "Insufficient balance"}
    assert (await info(blockbee, payout))["status"] == "created"
    await town.payouts.pot("blockbee", USDT, "12.625")
    await town.payouts.next("no_funds")
    assert (await process(blockbee, payout)).status_code == 400
    assert (await process(blockbee, payout)).json()["queued"] is True
    assert (await blockbee.get(f"/{USDT}/payout/balance/")).json()["balance"] == "0"


async def test_one_that_fails_is_an_error_with_its_reason(blockbee: httpx.AsyncClient, town: Town, hand: Hand) -> None:
    await town.payouts.next("fail")
    payout = await created(blockbee, await requested(blockbee))
    await process(blockbee, payout)
    hand.now += 2
    failed = await info(blockbee, payout)
    assert (failed["status"], failed["txid"], bool(failed["error"])) == ("error", "", True)
    assert [line["status"] for line in await requests(blockbee)] == ["processing"]


async def test_one_that_is_refused_is_rejected_for_good(blockbee: httpx.AsyncClient, town: Town) -> None:
    await town.payouts.next("refuse")
    payout = await created(blockbee, await requested(blockbee))
    for _ in range(2):
        assert (await process(blockbee, payout)).json()["error"] == "Payout was rejected"
    assert (await info(blockbee, payout))["status"] == "rejected"
    assert [line["status"] for line in await requests(blockbee, status="rejected")] == ["rejected"]
    assert await town.payouts.all() == []


@pytest.mark.parametrize(("how", "state"), [("timeout", "processing"), ("lost", "created"), ("error", "processing")])
async def test_who_gets_no_answer_has_to_ask(blockbee: httpx.AsyncClient, town: Town, how: str, state: str) -> None:
    payout = await created(blockbee, await requested(blockbee))
    await town.payouts.next(how)
    if how == "error":
        assert (await process(blockbee, payout)).status_code == 500
    else:
        with pytest.raises(httpx.ReadTimeout):
            await process(blockbee, payout, timeout=0.3)
    assert (await info(blockbee, payout))["status"] == state


async def test_lists_have_pages_of_fifty(blockbee: httpx.AsyncClient) -> None:
    made = [await requested(blockbee, amount=number) for number in range(1, 52)]
    first, second, third = [await requests(blockbee, p=page) for page in ("1", "2", "3")]
    assert (len(first), [line["id"] for line in second], third) == (50, [made[0]], [])
