"""The client of DynoPay, against a server that answers as theirs does, and as it should not."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from attrs import evolve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.dynopay import NAMES, open_dynopay
from lockbay.payments.dynopay_events import dynopay_events
from lockbay.payments.provider import Call, Unclear
from tests.clock import MovedClock
from tests.payments.callbacks import ADDRESS, PUBLIC_URL, REFERENCE
from tests.payments.outside import outside, says
from tests.payments.places import TRADE, WALLET, coin

KEY = "dpk_test_a-key-that-must-stay-secret"
ID = "d4f1-77"
MADE = json.dumps({
    "success": True, "message": "Payment created", "data": {
        "transaction_id": ID, "qr_code": "data:image/png;base64,AAAA", "address": ADDRESS, "amount": "105.24",
        "currency": "USDT-TRC20", "base_amount": 105.24, "base_currency": "USD",
    },
})  # fmt: skip
FILLED = evolve(TRADE, provider="dynopay", address=ADDRESS, external_id=ID)


async def test_an_address_is_asked_for_with_our_reference_and_the_worth_of_it() -> None:
    bodies: list[bytes] = []

    async def script(request: Request) -> Response:
        bodies.append(await request.body())
        return Response(MADE, media_type="application/json")

    async with outside(script) as server, open_dynopay(f"{server.url}/api/user", KEY, PUBLIC_URL) as dynopay:
        made = await dynopay.open(TRADE)
        await dynopay.open(WALLET)
    assert (made.address, made.link, made.minimum, made.external_id) == (ADDRESS, None, 0, ID)
    asked = server.asked[0]
    assert (asked.method, asked.url.path) == ("POST", "/api/user/cryptoPayment")
    assert (asked.headers["x-api-key"], asked.headers["idempotency-key"]) == (KEY, REFERENCE)
    assert asked.headers["content-type"] == "application/json"
    body = json.loads(bodies[0], parse_float=Decimal)
    assert body == {
        "amount": Decimal("105.24"),
        "currency": "USDT-TRC20",
        "meta_data": {"reference": REFERENCE},
        "webhook_url": f"{PUBLIC_URL}/webhooks/dynopay",
    }
    assert json.loads(bodies[1])["amount"] == 10  # nobody knows what will come


@pytest.mark.parametrize(("pair", "name"), NAMES.items())
async def test_each_coin_has_its_name(pair: tuple[str, str], name: str) -> None:
    async def script(request: Request) -> Response:
        asked = json.loads(await request.body())
        return JSONResponse({"data": {"transaction_id": 4711, "address": "a", "currency": asked["currency"]}})

    async with outside(script) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        assert dynopay.offers(*pair)
        assert not dynopay.offers(pair[0], "BEP20")
        assert (await dynopay.open(coin(*pair))).external_id == "4711"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ('{"success": false, "message": "Invalid API key"}', 403), ('{"success": false, "message": "no"}', 200),
        (MADE, 500), (MADE, 302), (MADE, 409), (MADE, 429), ("", 200), ("<html>", 502), ("[]", 200), ("null", 200),
        ('{"success": true}', 200), ('{"data": null}', 200), ('{"data": []}', 200),
        (MADE.replace(ADDRESS, ""), 200), (MADE.replace(ADDRESS, "two words"), 200),
        (MADE.replace("USDT-TRC20", "USDT-ERC20"), 200), (MADE.replace('"currency"', '"coin"'), 200),
        (MADE.replace("transaction_id", "x"), 200), (MADE.replace(f'"{ID}"', '""'), 200),
    ],
)  # fmt: skip
async def test_any_other_answer_means_that_the_provider_is_away(content: str, status: int) -> None:
    async with outside(says(content, status)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        with pytest.raises(ProviderUnavailable) as caught:
            await dynopay.open(TRADE)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def state(**data: object) -> str:
    payment = {"transaction_id": ID, "status": "confirmed", "currency": "USDT-TRC20", "amount": 105.24, **data}
    return json.dumps({"success": True, "data": payment})


async def test_what_arrived_can_be_asked_for() -> None:
    answer = state(amount_received="60.5", txId="0xabc")
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        [found] = await dynopay.payments(FILLED)
    assert server.asked[0].url.path == f"/getSingleTransaction/{ID}"
    assert server.asked[0].headers["x-api-key"] == KEY
    assert (found.event_id, found.confirmed, found.value, found.txid) == (ID, True, Decimal("60.5"), "0xabc")
    assert (found.reference, found.nonce, found.currency, found.network) == (REFERENCE, None, "USDT", "TRC20")


async def test_asking_and_being_told_are_one_request() -> None:
    clock = MovedClock(datetime.fromtimestamp(1_700_000_000, UTC))
    events = dynopay_events("whsec_test", clock)
    assert events
    body = json.dumps({
        "event": "payment.underpaid", "payment_id": ID, "amount_received": 60.5, "currency": "USDT-TRC20",
        "address": ADDRESS, "meta_data": {"reference": REFERENCE},
    }).encode()  # fmt: skip
    v1 = hmac.new(b"whsec_test", b"1700000000." + body, hashlib.sha256).hexdigest()
    header = (b"x-dynopay-signature-v2", f"t=1700000000,v1={v1}".encode())
    told = events.receive(Call("POST", b"/webhooks/dynopay", [header], body))
    assert told
    answer = state(status="underpaid", received_amount="60.50")
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        with pytest.raises(Unclear) as caught:
            await dynopay.payments(FILLED)
    [asked] = caught.value.payments
    assert asked.request_key == told.request_key


@pytest.mark.parametrize("status", ["underpaid", "overpaid", "payment.underpaid", "OVERPAID"])
@pytest.mark.parametrize("name", ["status", "payment_status"])
async def test_less_or_more_than_was_asked_for_is_not_verified_yet_and_may_stay_so(name: str, status: str) -> None:
    answer = state(**{"status": None, name: status}, amount_received="60.5")
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        with pytest.raises(Unclear) as caught:
            await dynopay.payments(FILLED)
    [found] = caught.value.payments
    assert (found.confirmed, found.value, found.currency) == (False, Decimal("60.5"), "USDT")


@pytest.mark.parametrize("status", ["settled", "done", "confirmed"])
async def test_less_or_more_that_is_verified_has_arrived(status: str) -> None:
    answer = state(payment_status="underpaid", status=status, amount_received="60.5")
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        [found] = await dynopay.payments(FILLED)
    assert (found.confirmed, found.value) == (True, Decimal("60.5"))


@pytest.mark.parametrize(
    "answer",
    [
        state(),  # `amount` may be what was asked for
        state(received_amount=None), state(received_amount="many"), state(received_amount=0),
        state(status="expired", received_amount="5"), state(status=None, received_amount="5"),
        state(currency=None, received_amount="5"), state(transaction_id="another", received_amount="5"),
        '{"success": true}', '{"success": true, "data": []}',
    ],
)  # fmt: skip
async def test_an_answer_that_leaves_doubts_is_no_payment(answer: str) -> None:
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        assert await dynopay.payments(FILLED) == []


async def test_what_is_pending_is_seen_only() -> None:
    answer = state(status="pending", amount_received="5")
    async with outside(says(answer)) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        assert [each.confirmed for each in await dynopay.payments(FILLED)] == [False]


async def test_a_payin_that_it_did_not_make_is_not_asked_about() -> None:
    async with outside(says("")) as server, open_dynopay(server.url, KEY, PUBLIC_URL) as dynopay:
        assert await dynopay.payments(WALLET) == []
    assert server.asked == []


@pytest.mark.parametrize("url", ["", "api.dynopay.com", "ftp://api.dynopay.com", "http://"])
async def test_a_url_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_DYNOPAY_URL"):
        async with open_dynopay(url, KEY, PUBLIC_URL):
            raise AssertionError


@pytest.mark.parametrize("key", ["schlüssel", "two words", "line\nbreak"])
async def test_a_key_that_no_header_can_hold_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(SettingsError, match="dynopay") as caught:
        async with open_dynopay("http://127.0.0.1:1", key, PUBLIC_URL):
            raise AssertionError
    assert key not in str(caught.value)
