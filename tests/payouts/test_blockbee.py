"""Another try of a payout at BlockBee, against a server that says what became of the first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
from attrs import evolve
from starlette.requests import Request
from starlette.responses import Response

from lockbay.areas.payout import Cashout
from lockbay.payments.blockbee_payouts import open_blockbee_payouts
from tests.clock import START, MovedClock
from tests.payments.outside import outside

AGAIN = Cashout(
    id=7, slug="C-ABCDEFG", user_id=1, currency="USDT", network="TRC20", amount=Decimal(10), net=Decimal(9),
    address="TKLsVu1Q5RBTHqbhhEUzTRAUZxaCzoGgy1", bank_code="", bank_name="", account_name="", reference="co-7",
    state="sending", version=4, provider="blockbee", external_id="r-1", txid=None, problem=None, tries=2,
    created_at=START, sending_at=START, ended_at=None,
)  # fmt: skip
LISTED = {"status": "success", "payout_requests": [{"id": "r-1", "payout_id": "p-1", "status": "processing"}]}


@pytest.mark.parametrize(
    ("info", "outcome", "is_processed"),
    [
        ({"status": "created"}, "sent", True),
        ({"status": "error", "error": "insufficient balance"}, "sent", True),
        ({"status": "error", "error": "broadcast failed"}, "unknown", False),
        ({"status": "error", "error": "insufficient balance", "txid": "tx"}, "unknown", False),
        ({"status": "processing"}, "sent", False),
        ({"status": "done", "txid": "tx"}, "done", False),
    ],
)
async def test_what_was_processed_is_not_processed_again(
    info: Mapping[str, object], outcome: str, is_processed: bool
) -> None:
    asked: list[str] = []

    async def script(request: Request) -> Response:
        asked.append(request.url.path)
        said: object = LISTED
        if request.url.path == "/payout/status/":
            said = {"status": "success", "payout_info": {"id": "p-1", **info}}
        elif request.url.path == "/payout/process/":
            said = {"status": "success", "payout_info": {"id": "p-1", "status": "processing"}}
        return Response(json.dumps(said), media_type="application/json")

    async def keep(cashout_id: int, external_id: str) -> bool:
        return True

    async with outside(script) as server, open_blockbee_payouts(server.url, "key", keep, MovedClock()) as bee:
        answer = await bee.pay(AGAIN)
    assert (answer.outcome, "/payout/process/" in asked) == (outcome, is_processed)


@pytest.mark.parametrize(("kept", "made"), [({"r-8", "r-9"}, False), ({"r-9"}, False), (set[str](), True)])
async def test_a_request_whose_id_was_lost_is_found_again_and_not_made_twice(kept: set[str], made: bool) -> None:
    """Those that are like it are asked for; one that is another cash-out's already cannot be kept for this one."""
    asked: list[str] = []
    like = {"to": AGAIN.address, "value_requested": "9", "payout_id": None, "status": "pending"}
    others = [{**like, "id": "r-6", "value_requested": "9.5"}, {**like, "id": "r-7", "payout_id": "p-7"}]
    pending = [*others, {**like, "id": "r-8"}, {**like, "id": "r-9"}]

    async def script(request: Request) -> Response:
        asked.append(request.url.path)
        says: dict[str, object] = {"payout_requests": [*pending, {**like, "id": "r-new"}]}
        if request.query_params.get("status") == "pending":
            says = {"payout_requests": pending}
        elif request.url.path.endswith("/request/bulk/"):
            says = {"request_ids": ["r-new"]}
        elif request.url.path.startswith(("/payout/create/", "/payout/status/")):
            says = {"payout_info": {"id": "p-9", "status": "created"}}
        elif request.url.path == "/payout/process/":
            says = {"payout_info": {"id": "p-9", "status": "processing"}}
        return Response(json.dumps({"status": "success", **says}), media_type="application/json")

    async def keep(cashout_id: int, external_id: str) -> bool:
        return external_id in kept or external_id == "r-new"

    async with outside(script) as server, open_blockbee_payouts(server.url, "key", keep, MovedClock()) as bee:
        answer = await bee.pay(evolve(AGAIN, external_id=None))
    found = "r-new" if made else min(kept)
    assert (answer.outcome, answer.external_id) == ("sent", found)
    assert any(path.endswith("/request/bulk/") for path in asked) == made
