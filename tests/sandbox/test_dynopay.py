"""The local DynoPay: strict about what it is asked, and signed, copied and repeated webhooks."""

from __future__ import annotations

import hashlib
import hmac

import httpx
import pytest

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Town
from lockbay.sandbox.signing import dynopay_v2
from tests.sandbox.conftest import Hand
from tests.sandbox.dynopay import Made, fitting, ids, make, own, said, wanted
from tests.sandbox.service import Service, tried


@pytest.fixture
async def company(town: Town, service: Service) -> Service:
    """The service has also set a company URL."""
    await town.merchant("dynopay", f"{service.url}/hook?company=1")
    return service


def test_the_signature_is_that_of_the_vector() -> None:
    signature = "b475b4a778fb9972c6ca81c4c80579c37f8909f7e8a2dabdb3d108802032ebef"
    assert dynopay_v2("whsec_test", 1700000000, b'{"event":"payment.confirmed"}') == signature


async def test_an_address_is_made_for_what_the_amount_is_worth(dynopay: httpx.AsyncClient, service: Service) -> None:
    made = await make(dynopay, service, amount=90.5, currency="BTC")
    assert made["address"].startswith("bc1q")
    assert (made["amount"], made["currency"], made["base_amount"], made["base_currency"]) == (
        0.00150833, "BTC", 90.5, "USD",
    )  # fmt: skip
    assert made["qr_code"].startswith("data:image/png;base64,")
    assert (await make(dynopay, service))["address"].startswith("T")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1},
        {"amount": "60"},
        {"amount": True},
        {"amount": None},
        {"currency": "USDT"},
        {"currency": "XRP"},
        {"currency": 5},
        {"meta_data": "r-1"},
        {"meta_data": {"reference": "x" * 2048}},
        {"webhook_url": "https://example.com/hook"},
        {"webhook_url": "hook"},
        {"webhook_url": "http://127.0.0.1:99999/hook"},
        {"webhook_url": "http://[::1"},
        {"callback_url": 7},
        {"fee_payer": "nobody"},
    ],
)
async def test_wrong_wishes_are_refused(dynopay: httpx.AsyncClient, service: Service, wrong: dict[str, object]) -> None:
    response = await dynopay.post("/cryptoPayment", json=wanted(service, **wrong))
    assert (response.status_code, response.json()["success"]) == (400, False)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"amount": NaN}'])
async def test_what_is_no_object_is_refused(dynopay: httpx.AsyncClient, body: bytes) -> None:
    response = await dynopay.post("/cryptoPayment", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 400


async def test_only_the_merchants_key_opens(dynopay: httpx.AsyncClient, service: Service) -> None:
    for key in ("", "dpk_test_wrong"):
        response = await dynopay.post("/cryptoPayment", json=wanted(service), headers={"x-api-key": key})
        assert (response.status_code, response.json()["success"]) == (403, False)
    form = await dynopay.post("/cryptoPayment", data={"amount": "60", "currency": "BTC"})
    assert form.status_code == 400


async def test_an_idempotency_key_stands_for_one_body(dynopay: httpx.AsyncClient, service: Service) -> None:
    key = {"Idempotency-Key": "r-1"}
    first, again, other = [
        await dynopay.post("/cryptoPayment", json=wanted(service, amount=amount), headers=key) for amount in (1, 1, 2)
    ]
    assert first.json() == again.json()
    assert other.status_code == 409
    assert (await make(dynopay, service))["address"] != first.json()["data"]["address"]


async def test_each_event_comes_in_two_copies_and_both_are_signed(
    dynopay: httpx.AsyncClient, company: Service, town: Town, sandbox: Sandbox, hand: Hand
) -> None:
    made = await make(dynopay, company)
    await town.pay(made["address"], "60")
    calls = await company.all(6)
    events = ["payment.pending", "payment.confirmed", "payment.settled"]
    copies = own(calls), [call for call in calls if "company=1" in call.url]
    for copy in copies:
        assert [said(call)["event"] for call in copy] == [call.headers["x-dynopay-event"] for call in copy] == events
        assert {said(call)["payment_id"] for call in copy} == {made["transaction_id"]}
    assert len({call.headers["x-dynopay-webhook-id"] for call in calls}) == 6
    assert [said(copy[0])["meta_data"] for copy in copies] == [{"reference": "r-1"}, '{"reference":"r-1"}']
    assert [fitting(copy[0], sandbox.dynopay_webhook_secret) for copy in copies] == [[True], [False, True]]
    assert calls[0].headers["x-dynopay-signature-v2"].startswith(f"t={int(hand.now)},")
    assert (calls[0].headers["x-dynopay-type"], calls[0].headers["user-agent"]) == ("webhook", "Dynopay-Webhook/1.0")


async def test_the_older_signature_is_over_the_payload_with_its_timestamp_last(
    dynopay: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    await town.pay((await make(dynopay, service))["address"], "1")
    call = await service.next()
    assert call.body.endswith(b',"timestamp":%s}' % call.headers["x-dynopay-timestamp"].encode())
    mac = hmac.new(sandbox.dynopay_webhook_secret.encode(), call.body, hashlib.sha256).hexdigest()
    assert call.headers["x-dynopay-signature"] == mac


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("exact", [("payment.pending", 60), ("payment.confirmed", 60), ("payment.settled", 60)]),
        ("short", [("payment.pending", 54), ("payment.underpaid", 54), ("payment.settled", 54)]),
        (
            "over",
            [("payment.pending", 66), ("payment.confirmed", 66), ("payment.overpaid", 66), ("payment.settled", 66)],
        ),
        ("out_of_order", [("payment.confirmed", 60), ("payment.settled", 60), ("payment.pending", 60)]),
        (
            "again",
            [("payment.pending", 60), ("payment.confirmed", 60), ("payment.settled", 60), ("payment.confirmed", 60)],
        ),
    ],
)
async def test_people_pay_in_many_ways(
    dynopay: httpx.AsyncClient, company: Service, town: Town, how: str, told: list[tuple[str, int]]
) -> None:
    await town.pay((await make(dynopay, company))["address"], "60", how)
    calls = own(await company.all(2 * len(told)))
    assert [(said(call)["event"], said(call)["amount"]) for call in calls] == told


async def test_the_amount_is_all_that_has_come_for_the_payment(
    dynopay: httpx.AsyncClient, company: Service, town: Town
) -> None:
    address = (await make(dynopay, company))["address"]
    (first,) = await town.pay(address, "20")
    await town.told(first)
    second, third = await town.pay(address, "20", "twice")
    await town.told(second)
    await town.told(third)
    finals = [said(call) for call in own(await company.all(18)) if said(call)["event"] != "payment.pending"]
    amounts = {(body["event"], body["amount"]) for body in finals}
    assert amounts == {
        ("payment.underpaid", 20), ("payment.settled", 20), ("payment.underpaid", 40), ("payment.settled", 40),
        ("payment.confirmed", 60), ("payment.settled", 60),
    }  # fmt: skip
    assert len({body["payment_id"] for body in finals}) == 1
    assert len({body["txId"] for body in finals}) == 3


async def test_a_wrong_coin_is_told_by_its_own_name(dynopay: httpx.AsyncClient, service: Service, town: Town) -> None:
    await town.pay((await make(dynopay, service))["address"], "60", "wrong_coin")
    assert said(await service.next())["currency"] == "TRX"


async def test_a_wrong_coin_does_not_hide_the_right_one_from_who_asks(
    dynopay: httpx.AsyncClient, service: Service, town: Town
) -> None:
    made = await make(dynopay, service)
    await town.pay(made["address"], "7", "wrong_coin")
    assert ((found := await state(dynopay, made))["amount"], found["currency"]) == (7, "TRX")
    await town.pay(made["address"], "60", "never_told")
    await town.pay(made["address"], "8", "wrong_coin")
    assert ((found := await state(dynopay, made))["amount"], found["currency"]) == (60, "USDT-TRC20")


async def test_very_small_amounts_are_written_as_javascript_does(
    dynopay: httpx.AsyncClient, service: Service, town: Town
) -> None:
    await town.pay((await make(dynopay, service, currency="BTC"))["address"], "0.0000005")
    assert b'"amount":5e-7,' in (await service.next()).body


async def test_a_forged_webhook_bears_no_signature_of_ours_and_nothing_is_known_of_it(
    dynopay: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox
) -> None:
    made = await make(dynopay, service)
    service.answers = [401]
    (payment,) = await town.pay(made["address"], "60", "bad_signature")
    assert fitting(await service.next(), sandbox.dynopay_webhook_secret) == [False]
    (delivery,) = await town.told(payment)
    assert (delivery["failed"], delivery["tries"]) == (True, 1)
    assert (await state(dynopay, made))["amount"] == 0


async def state(dynopay: httpx.AsyncClient, made: Made) -> dict[str, object]:
    by_id = (await dynopay.get(f"/getSingleTransaction/{made['transaction_id']}")).json()
    assert by_id == (await dynopay.get(f"/getCryptoTransaction/{made['address']}")).json()
    data = by_id["data"]
    assert isinstance(data, dict)
    return data


async def test_who_asks_learns_what_nobody_was_told(dynopay: httpx.AsyncClient, service: Service, town: Town) -> None:
    made = await make(dynopay, service)
    before = await state(dynopay, made)
    assert (before["status"], before["amount"], before["meta_data"]) == ("waiting", 0, {"reference": "r-1"})
    (payment,) = await town.pay(made["address"], "60", "never_told")
    after = await state(dynopay, made)
    assert (after["status"], after["amount"], after["currency"]) == ("settled", 60, "USDT-TRC20")
    assert (await town.told(payment), service.is_quiet()) == ([], True)
    await town.resend(payment)
    assert said(await service.next())["event"] == "payment.confirmed"
    assert (await dynopay.get("/getSingleTransaction/unknown")).status_code == 404


async def test_what_is_pending_is_not_known_as_confirmed(
    dynopay: httpx.AsyncClient, service: Service, town: Town, hand: Hand
) -> None:
    made = await make(dynopay, service)
    await town.pay(made["address"], "60", "pending", 30)
    await service.next()
    assert (await state(dynopay, made))["status"] == "pending"
    hand.now += 30
    assert (await state(dynopay, made))["status"] == "settled"


async def test_a_failure_is_tried_three_times_under_the_same_id_and_signed_anew(
    dynopay: httpx.AsyncClient, service: Service, town: Town, sandbox: Sandbox, hand: Hand
) -> None:
    service.answers = [500, 302, 429] * 6
    to = (await make(dynopay, service))["address"]
    await town.pay(to, "60")
    first = await service.all(6)
    for number, pause in ((1, 1), (2, 2)):
        await tried(town, to, number)
        assert service.is_quiet()
        hand.now += pause
        await town.confirm("")  # whatever is asked makes the sandbox look at its clock
        again = await service.all(6)
        assert ids(again) == ids(first)
        assert all(any(fitting(call, sandbox.dynopay_webhook_secret)) for call in again)
        assert {call.headers["x-dynopay-timestamp"] for call in again} == {str(int(hand.now))}
    assert (await tried(town, to, 3))["failed"]


async def test_404_is_not_repeated_and_five_of_them_close_a_url_for_a_day_or_until_somebody_resends(
    dynopay: httpx.AsyncClient, company: Service, town: Town, hand: Hand
) -> None:
    closed, missing = "This URL is disabled: it answered 404 five times in a row", "404 Not Found"
    to = (await make(dynopay, company, webhook_url=f"{company.url}/nowhere"))["address"]

    async def answers() -> list[object]:
        (payment,) = await town.pay(to, "60")
        told = await town.told(payment)
        assert all(delivery["tries"] == 1 or delivery["last"] == closed for delivery in told)
        return [delivery["last"] for delivery in told]

    assert (await answers())[:3] == [missing] * 3
    assert await answers() == [missing, missing, closed, closed, "200 *ok*", "200 *ok*", "200 *ok*", "200 *ok*"]
    assert (await answers())[:4] == [closed] * 4
    hand.now += 24 * 3600
    assert (await answers())[0] == missing
    (payment,) = await town.pay(to, "60", "never_told")
    await town.resend(payment)
    assert (await town.told(payment))[0]["last"] == missing
