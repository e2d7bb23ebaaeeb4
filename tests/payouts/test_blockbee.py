"""Another try of a payout at BlockBee, against a server that says what became of the first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

import pytest
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
