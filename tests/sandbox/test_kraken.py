"""The local Kraken: signed calls with rising nonces, and withdrawals to what somebody has registered."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

import httpx
import pytest
from attrs import define, field

from lockbay.sandbox import Sandbox, signing
from lockbay.sandbox.addresses import address
from lockbay.sandbox.person import Town
from tests.sandbox.conftest import Hand

TRC20 = "Tether USD (TRC20)"
ADA = address("trc20/usdt", "Ada")


@define
class Caller:
    """Signs by itself, so that nobody checks a signature with the code that made it."""

    client: httpx.AsyncClient
    sandbox: Sandbox
    nonce: int = 0
    headers: dict[str, str] = field(factory=dict)
    patience: float = 5.0

    async def raw(self, method: str, /, **fields: str) -> httpx.Response:
        self.nonce += 1
        return await self.sent(method, urlencode({"nonce": str(self.nonce), **fields}), str(self.nonce))

    async def sent(self, method: str, body: str, nonce: str) -> httpx.Response:
        path, secret = f"/0/private/{method}", base64.b64decode(self.sandbox.kraken_secret)
        signed = hmac.new(secret, path.encode() + hashlib.sha256((nonce + body).encode()).digest(), hashlib.sha512)
        headers = {
            "api-key": self.sandbox.kraken_api_key,
            "api-sign": base64.b64encode(signed.digest()).decode(),
            "content-type": "application/x-www-form-urlencoded",
            **self.headers,
        }
        url = f"{self.sandbox.kraken_url}{path}"
        return await self.client.post(url, content=body, headers=headers, timeout=self.patience)

    async def result(self, method: str, /, **fields: str) -> object:
        answer = (await self.raw(method, **fields)).json()
        assert answer["error"] == [], answer
        return answer["result"]

    async def error(self, method: str, /, **fields: str) -> str:
        """Of an answer with status 200."""
        response = await self.raw(method, **fields)
        assert (response.status_code, "result" in response.json()) == (200, False)
        return str(response.json()["error"][0])

    async def statuses(self, **fields: str) -> list[Mapping[str, object]]:
        found = await self.result("WithdrawStatus", **fields)
        assert isinstance(found, list)
        return found


@pytest.fixture
async def kraken(sandbox: Sandbox, town: Town) -> Caller:
    await town.payouts.register(TRC20, ADA, "Ada's")
    return Caller(town.client, sandbox)


WANTED = {"asset": "USDT", "key": "Ada's", "amount": "12.5"}


def test_the_signature_is_the_documented_one() -> None:
    secret = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    body = b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    assert signing.kraken(secret, "/0/private/AddOrder", "1616492376594", body) == (
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    )


async def test_what_is_withdrawn_is_less_by_the_fee_when_it_arrives(kraken: Caller, town: Town, hand: Hand) -> None:
    info = await kraken.result("WithdrawInfo", **WANTED)
    assert info == {"method": TRC20, "limit": "9999997.500000", "amount": "10.000000", "fee": "2.500000"}
    made = await kraken.result("Withdraw", **WANTED, address=ADA, max_fee="2.5")
    (status,) = await kraken.statuses(asset="USDT")
    assert made == {"refid": status["refid"]}
    assert (status["status"], status["txid"], status["info"], status["key"]) == ("Pending", None, ADA, "Ada's")
    assert (status["amount"], status["fee"], status["method"]) == ("10.000000", "2.500000", TRC20)
    hand.now += 2
    (status,) = await kraken.statuses()
    assert (status["status"], bool(status["txid"])) == ("Success", True)
    balance = await kraken.result("Balance")
    assert isinstance(balance, dict)
    assert (balance["USDT"], balance["XXBT"]) == ("9999987.500000", "100.00000000")
    assert (await town.payouts.sees(ADA, "done"))["amount"] == "10"


async def test_twice_is_twice(kraken: Caller) -> None:
    first, second = await kraken.result("Withdraw", **WANTED), await kraken.result("Withdraw", **WANTED)
    assert first != second
    assert len(await kraken.statuses()) == 2
    assert len(await kraken.statuses(limit="1")) == 1
    assert await kraken.statuses(asset="XBT") == []
    assert await kraken.statuses(method="Bitcoin") == []
    assert await kraken.statuses(start="1795000001") == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"key": "Sam's"}, "EFunding:Unknown withdraw key"),
        ({"asset": "XBT"}, "EFunding:Unknown withdraw key"),
        ({"asset": "MOON"}, "EFunding:Unknown asset"),
        ({"address": "elsewhere"}, "EFunding:Invalid address"),
        ({"amount": "2.5"}, "EFunding:Invalid amount"),
        ({"amount": "3.0000001"}, "EFunding:Invalid amount"),
        ({"amount": "much"}, "EGeneral:Invalid arguments"),
        ({"amount": ""}, "EGeneral:Invalid arguments:amount"),
        ({"amount": "10000001"}, "EFunding:Insufficient funds"),
        ({"max_fee": "2"}, "EFunding:Max fee exceeded"),
        ({"reference": "co-1"}, "EGeneral:Invalid arguments:reference"),
    ],
)
async def test_wrong_withdrawals_are_refused(kraken: Caller, wrong: dict[str, str], error: str) -> None:
    assert await kraken.error("Withdraw", **{**WANTED, **wrong}) == error
    assert await kraken.statuses() == []


async def test_only_who_signs_and_counts_up_is_heard(kraken: Caller) -> None:
    assert await kraken.error("Fly") == "EGeneral:Unknown method"
    kraken.headers = {"api-sign": "bm8="}
    assert await kraken.error("Balance") == "EAPI:Invalid signature"
    kraken.headers = {"api-key": "wrong"}
    assert await kraken.error("Balance") == "EAPI:Invalid key"
    kraken.headers = {"content-type": "application/json"}
    assert await kraken.error("Balance") == "EGeneral:Invalid arguments"
    kraken.headers = {}
    kraken.nonce = 100
    await kraken.result("Balance")
    for nonce in ("102", "101", "5", "-1", "x", "", str(1 << 64)):
        error = (await kraken.sent("Balance", f"nonce={nonce}", nonce)).json()["error"]
        assert error == ([] if nonce == "102" else ["EAPI:Invalid nonce"])
    twice = await kraken.sent("Balance", "nonce=200&nonce=201", "201")
    assert twice.json()["error"] == ["EAPI:Invalid nonce"]


async def test_a_nonce_is_used_up_by_what_is_refused(kraken: Caller) -> None:
    assert await kraken.error("Fly") == "EGeneral:Unknown method"
    again = await kraken.sent("Balance", f"nonce={kraken.nonce}", str(kraken.nonce))
    assert again.json()["error"] == ["EAPI:Invalid nonce"]


async def test_addresses_are_registered_by_hand(kraken: Caller, town: Town) -> None:
    assert await kraken.result("WithdrawAddresses", asset="USDT", method=TRC20) == [
        {"address": ADA, "asset": "USDT", "method": TRC20, "key": "Ada's", "verified": True}
    ]
    assert await kraken.result("WithdrawAddresses", key="Sam's") == []
    methods = await kraken.result("WithdrawMethods", asset="XXBT")
    assert methods == [{"asset": "XBT", "method": "Bitcoin", "network": "Bitcoin", "minimum": "0.00002"}]
    for method, to in (("Bitcoin", ADA), ("Cash", ADA), (TRC20, "nowhere")):
        with pytest.raises(AssertionError):
            await town.payouts.register(method, to)
    await town.payouts.register("Bitcoin", address("btc", "Sam"))
    made = await kraken.result("Withdraw", asset="XXBT", key=address("btc", "Sam"), amount="0.1")
    assert isinstance(made, dict)


@pytest.mark.parametrize(
    ("how", "error"), [("no_funds", "EFunding:Insufficient funds"), ("refuse", "EGeneral:Permission denied")]
)
async def test_what_is_not_taken_is_told_in_a_good_answer(kraken: Caller, town: Town, how: str, error: str) -> None:
    await town.payouts.next(how)
    assert await kraken.error("Withdraw", **WANTED) == error
    assert await kraken.statuses() == []


@pytest.mark.parametrize(("how", "taken"), [("timeout", 1), ("lost", 0), ("error", 1), ("broken", 0)])
async def test_who_gets_no_answer_has_to_ask(kraken: Caller, town: Town, how: str, taken: int) -> None:
    await town.payouts.next(how)
    if how in ("timeout", "lost"):
        kraken.patience = 0.3
        with pytest.raises(httpx.ReadTimeout):
            await kraken.raw("Withdraw", **WANTED)
        kraken.patience = 5
    else:
        response = await kraken.raw("Withdraw", **WANTED)
        assert (response.status_code, response.json()["error"]) == (503, ["EService:Unavailable"])
    assert len(await kraken.statuses()) == taken


async def test_what_fails_is_paid_back(kraken: Caller, town: Town, hand: Hand) -> None:
    await town.payouts.next("fail")
    await kraken.result("Withdraw", **WANTED)
    hand.now += 2
    (status,) = await kraken.statuses()
    assert (status["status"], status["txid"]) == ("Failure", None)
    balance = await kraken.result("Balance")
    assert isinstance(balance, dict)
    assert balance["USDT"] == "10000000.000000"
