"""The client of Kraken, against a server that answers as theirs does, and as it should not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from attrs import define, evolve, field
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from lockbay.areas.payout import Cashout
from lockbay.errors import SettingsError
from lockbay.payments.kraken import Signer, open_kraken
from lockbay.payments.payout import SETTLED
from tests.clock import START, MovedClock
from tests.payments.outside import outside

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
ADDRESS = "TKLsVu1Q5RBTHqbhhEUzTRAUZxaCzoGgy1"
SENDING = Cashout(
    id=7, slug="C-ABCDEFG", user_id=1, currency="USDT", network="TRC20", amount=Decimal(10), net=Decimal(9),
    address=ADDRESS, bank_code="", bank_name="", account_name="", reference="co-7", state="sending", version=2,
    provider="kraken", external_id=None, txid=None, problem=None, tries=1, created_at=START, sending_at=START,
    ended_at=None,
)  # fmt: skip
INFO = {"error": [], "result": {"method": "Tron", "limit": "100", "amount": "6.5", "fee": "2.5"}}
TAKEN = {"error": [], "result": {"refid": "REF-1"}}


def entry(**change: object) -> Mapping[str, object]:
    made = {
        "method": "Tron", "asset": "USDT", "refid": "REF-1", "txid": "tx", "info": ADDRESS, "amount": "9.00000000",
        "fee": "2.50000000", "time": int(START.timestamp()), "status": "Success", "key": ADDRESS,
    }  # fmt: skip
    return {**made, **change}


@define
class Sea:
    """What Kraken says to each method, what it was asked, and whose ids were kept."""

    says: dict[str, object]
    asked: list[tuple[str, dict[str, str]]] = field(factory=list)
    kept: dict[str, int] = field(factory=dict)

    async def script(self, request: Request) -> Response:
        method = request.url.path.rpartition("/")[2]
        body = await request.body()
        fields = dict(parse_qsl(body.decode()))
        signed = Signer(SECRET, MovedClock()).sign(f"/0/private/{method}", fields["nonce"], body)
        assert request.headers["api-sign"] == signed
        assert request.headers["api-key"] == "key"
        self.asked.append((method, fields))
        said = self.says[method]
        return said if isinstance(said, Response) else Response(json.dumps(said), media_type="application/json")

    async def keep(self, cashout_id: int, external_id: str) -> bool:
        return self.kept.setdefault(external_id, cashout_id) == cashout_id

    async def paid(self, cashout: Cashout = SENDING) -> tuple[str, str | None, str | None]:
        async with outside(self.script) as server, open_kraken(server.url, "key", SECRET, self.keep, MovedClock()) as k:
            answer = await k.pay(cashout)
        return answer.outcome, answer.external_id, answer.problem

    async def found(self, cashout: Cashout, after: timedelta = timedelta()) -> tuple[str, str | None] | None:
        clock = MovedClock(START + after)
        async with outside(self.script) as server, open_kraken(server.url, "key", SECRET, self.keep, clock) as k:
            answer = await k.ask(cashout)
        return None if answer is None else (answer.outcome, answer.external_id)


def complains(error: str, status: int = 200) -> Response:
    return Response(json.dumps({"error": [error]}), status, media_type="application/json")


def test_the_signature_is_that_of_the_documented_example() -> None:
    """docs.kraken.com/api/docs/guides/spot-rest-auth."""
    body = b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    assert Signer(SECRET, MovedClock()).sign("/0/private/AddOrder", "1616492376594", body) == (
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    )


def test_nonces_grow_also_when_the_clock_stands_still_or_goes_back() -> None:
    clock = MovedClock()
    signer = Signer(SECRET, clock)
    first, second = signer.nonce(), signer.nonce()
    clock.advance(timedelta(seconds=-5))
    assert int(first) < int(second) < int(signer.nonce())


def test_a_secret_that_is_none_is_said_at_once() -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_KRAKEN_SECRET"):
        Signer("not base64!", MovedClock())


async def test_so_much_is_withdrawn_that_the_net_arrives() -> None:
    sea = Sea({"WithdrawInfo": INFO, "Withdraw": TAKEN})
    assert await sea.paid() == ("sent", "REF-1", None)
    [(_, info), (_, asked)] = sea.asked
    assert (asked["asset"], asked["key"], asked["address"]) == ("USDT", ADDRESS, ADDRESS)
    assert (asked["amount"], asked["max_fee"]) == ("11.5", "2.5")
    assert int(asked["nonce"]) > int(info["nonce"])
    assert sea.kept == {"REF-1": 7}


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        ("EFunding:Unknown withdraw key", "unregistered"),
        ("EFunding:Insufficient funds", "no_funds"),
        ("EAPI:Rate limit exceeded", "EAPI:Rate limit exceeded"),
        ("EAPI:Invalid nonce", "EAPI:Invalid nonce"),
        ("EFunding:Max fee exceeded", "EFunding:Max fee exceeded"),
    ],
)
@pytest.mark.parametrize("method", ["WithdrawInfo", "Withdraw"])
async def test_what_kraken_says_no_to_waits(method: str, error: str, problem: str) -> None:
    sea = Sea({"WithdrawInfo": INFO, "Withdraw": TAKEN, method: complains(error)})
    assert await sea.paid() == ("waiting", None, problem)


@pytest.mark.parametrize(
    "said",
    [
        complains("EService:Unavailable", 503), complains("EService:Busy"), Response("<html>", 502), Response("{}"),
        {"error": [], "result": {}},
    ],
)  # fmt: skip
async def test_what_may_have_been_taken_is_unknown(said: object) -> None:
    outcome, _, _ = await Sea({"WithdrawInfo": INFO, "Withdraw": said}).paid()
    assert outcome == "unknown"
    if isinstance(said, Response):
        outcome, _, _ = await Sea({"WithdrawInfo": said}).paid()
        assert outcome == "waiting"


async def test_what_kraken_says_at_length_is_no_long_line_in_the_log() -> None:
    sea = Sea({"WithdrawStatus": complains("E" * 1_000_000)})
    with capture_logs() as logs:
        assert await sea.found(SENDING) is None
    assert len(str(logs)) < 1000


async def test_who_is_not_reached_has_taken_nothing() -> None:
    async with outside(Sea({}).script) as server:
        url = server.url
    async with open_kraken(url, "key", SECRET, Sea({}).keep, MovedClock()) as kraken:
        assert (await kraken.pay(SENDING)).outcome == "waiting"
        assert await kraken.ask(SENDING) is None


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (entry(), ("done", "REF-1")),
        (entry(amount="11.5"), ("done", "REF-1")),  # with the fee
        (entry(status="Pending"), ("sent", "REF-1")),
        (entry(status="Failure"), ("failed", "REF-1")),
        (entry(status="Partial"), None),
        (entry(amount="8"), None),
        (entry(info="T-other", key="T-other"), None),
        (entry(time=int(START.timestamp()) - 3600), None),
        (entry(refid=None), None),
    ],
)
async def test_after_a_time_out_ours_is_found(found: object, answer: object) -> None:
    sea = Sea({"WithdrawStatus": {"error": [], "result": [found]}})
    assert await sea.found(evolve(SENDING, state="unknown")) == answer


async def test_what_is_anothers_is_not_ours() -> None:
    sea = Sea({"WithdrawStatus": {"error": [], "result": [entry(), entry(refid="REF-2")]}}, kept={"REF-1": 8})
    assert await sea.found(evolve(SENDING, state="unknown")) == ("done", "REF-2")


async def test_only_what_was_never_answered_and_is_long_ago_was_not_taken() -> None:
    sea = Sea({"WithdrawStatus": {"error": [], "result": []}})
    assert await sea.found(SENDING) is None
    assert await sea.found(SENDING, SETTLED) == ("waiting", None)
    assert await sea.found(evolve(SENDING, state="unknown"), SETTLED) is None
    assert await sea.found(evolve(SENDING, external_id="REF-9"), SETTLED) is None


async def test_another_try_looks_for_the_first_before_it_pays() -> None:
    sea = Sea({"WithdrawStatus": {"error": [], "result": [entry(status="Pending")]}})
    assert await sea.paid(evolve(SENDING, tries=2)) == ("sent", "REF-1", None)
