"""The client of Fincra, against a server that answers as theirs does, and as it should not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from decimal import Decimal

import pytest
from attrs import evolve
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.client import Declined
from lockbay.payments.fincra import Fincra, Payer, open_fincra
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.provider import Unclear
from tests.payments.callbacks import PUBLIC_URL, REFERENCE
from tests.payments.charges import OFFICIAL, SECRET, stringify, told
from tests.payments.outside import Outside, outside, says
from tests.payments.places import NAIRA, WALLET

KEYS = ("sk_test_secret", "pk_test_public", "64f1c939")
LINK = "https://checkout.fincra.com/pay/fcr-p-1fdb97899"
HOME = "https://t.me/lockbay_bot"
MADE = json.dumps({
    "status": True, "message": "Hosted link generated",
    "data": {"link": LINK, "reference": "fcr-p-1fdb97899", "payCode": "fcr-p-1fdb97899"},
})  # fmt: skip
TAKEN = {"success": False, "error": "Merchant reference already exists", "errorType": "DUPLICATE"}


def opened(server: Outside) -> AbstractAsyncContextManager[Fincra]:
    return open_fincra(server.url, *KEYS, Payer.of(PUBLIC_URL, HOME))


async def test_a_page_is_asked_for_with_our_reference_and_the_exact_amount() -> None:
    bodies: list[bytes] = []

    async def script(request: Request) -> Response:
        bodies.append(await request.body())
        return Response(MADE, media_type="application/json")

    async with outside(script) as server, opened(server) as fincra:
        made = await fincra.open(NAIRA)
        await fincra.open(evolve(NAIRA, email="ada@mail.example", amount=Decimal("1E+3")))
    assert (made.address, made.link, made.minimum, made.external_id) == (None, LINK, 0, REFERENCE)
    asked = server.asked[0]
    assert (asked.method, asked.url.path) == ("POST", "/checkout/payments")
    assert (asked.headers["api-key"], asked.headers["x-pub-key"]) == KEYS[:2]
    assert b'"amount":355.27,' in bodies[0]
    body = json.loads(bodies[0], parse_float=Decimal)
    assert (body["currency"], body["reference"], body["redirectUrl"]) == ("NGN", REFERENCE, HOME)
    assert body["customer"] == {"name": "Ada", "email": "payments@pay.example"}
    assert body["paymentMethods"] == ["bank_transfer"]
    assert b'"amount":1000,' in bodies[1]
    assert json.loads(bodies[1])["customer"]["email"] == "ada@mail.example"


@pytest.mark.parametrize(
    ("public_url", "email"),
    [
        ("https://pay.example/lockbay", "payments@pay.example"),
        ("http://127.0.0.1:8080", "payments@lockbay.example"),
        ("http://[::1]:8080", "payments@lockbay.example"),
        ("http://localhost:8080", "payments@lockbay.example"),
    ],
)
def test_a_payer_without_verified_mail_has_an_address_of_the_house(public_url: str, email: str) -> None:
    assert Payer.of(public_url, HOME).email == email


async def test_only_naira_by_bank_is_offered() -> None:
    async with outside(says(MADE)) as server, opened(server) as fincra:
        assert fincra.offers("NGN", "BANK")
        assert not fincra.offers("NGN", "TRC20")
        assert not fincra.offers("USDT", "BANK")


async def test_when_a_page_was_made_and_its_link_was_lost_a_new_reference_begins_with_ours() -> None:
    asked: list[str] = []

    async def script(request: Request) -> Response:
        asked.append(json.loads(await request.body())["reference"])
        return Response(MADE) if len(asked) > 1 else JSONResponse(TAKEN, 422)

    async with outside(script) as server, opened(server) as fincra:
        made = await fincra.open(NAIRA)
    assert asked[0] == REFERENCE
    assert asked[1].startswith(f"{REFERENCE}.")
    assert (made.link, made.external_id) == (LINK, asked[1])


async def test_another_refusal_is_not_asked_again() -> None:
    answer = '{"success": false, "error": "Invalid authentication credentials"}'
    async with outside(says(answer, 401)) as server, opened(server) as fincra:
        with pytest.raises(ProviderUnavailable):
            await fincra.open(NAIRA)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [401, 403, 429])
async def test_who_is_refused_at_the_door_has_heard_nothing_of_what_they_asked(status: int) -> None:
    """A key that was revoked, or too many questions: the provider is away, and has not said no to this payment."""
    async with outside(says('{"success": false, "error": "no"}', status)) as server, opened(server) as fincra:
        with pytest.raises(ProviderUnavailable) as refused:
            await fincra.payments(NAIRA)
    assert not isinstance(refused.value, Declined)


def with_link(link: object) -> str:
    return json.dumps({"status": True, "data": {"link": link}})


@pytest.mark.parametrize("link", ["http://127.0.0.1:8081/fincra/pay/1", "http://localhost/pay", "http://[::1]/pay"])
async def test_a_page_on_this_machine_may_be_without_tls(link: str) -> None:
    async with outside(says(with_link(link))) as server, opened(server) as fincra:
        assert (await fincra.open(NAIRA)).link == link


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (MADE, 500), (MADE, 302), (MADE, 401), ("", 200), ("<html>", 502), ("[]", 200), ('{"status": true}', 200),
        (MADE.replace('"status": true', '"status": false'), 200),
        *((with_link(link), 200) for link in (
            None, "", 7, "http://checkout.fincra.com/pay/1", "javascript:alert(1)", "https://", "https:///pay",
            "https://a b", "https://fincra.com/\n", "https://fincra.cöm/", "https://[", "https://a/" + "x" * 500,
        )),
    ],
)  # fmt: skip
async def test_any_other_answer_means_that_the_provider_is_away(content: str, status: int) -> None:
    async with outside(says(content, status)) as server, opened(server) as fincra:
        with pytest.raises(ProviderUnavailable) as caught:
            await fincra.open(NAIRA)
    for secret in (*KEYS, REFERENCE):
        assert secret not in str(caught.value)


async def test_without_an_amount_there_is_no_page() -> None:
    async with outside(says(MADE)) as server, opened(server) as fincra:
        with pytest.raises(ProviderUnavailable):
            await fincra.open(WALLET)
    assert server.asked == []


def state(**change: object) -> str:
    data: Mapping[str, object] = {**OFFICIAL, "merchantReference": REFERENCE, **change}
    return stringify({"status": True, "data": data}).decode()


async def test_asking_and_being_told_are_one_request() -> None:
    events = fincra_events(SECRET)
    assert events
    webhook = events.receive(told())
    assert isinstance(webhook, ApplyPayment)
    async with outside(says(state())) as server, opened(server) as fincra:
        [asked] = await fincra.payments(evolve(NAIRA, provider="fincra", link=LINK, external_id=REFERENCE))
    assert asked.request_key == webhook.request_key
    assert asked.value == Decimal(200)
    assert server.asked[0].url.path == f"/checkout/payments/merchant-reference/{REFERENCE}"
    assert (server.asked[0].headers["api-key"], server.asked[0].headers["x-business-id"]) == (KEYS[0], KEYS[2])


async def test_a_page_of_a_new_reference_is_asked_for_by_it_and_is_ours() -> None:
    new = f"{REFERENCE}.1a2b3c4d"
    async with outside(says(state(reference=new))) as server, opened(server) as fincra:
        [asked] = await fincra.payments(evolve(NAIRA, external_id=new))
    assert server.asked[0].url.path.endswith(f"/{new}")
    assert asked.reference == REFERENCE


@pytest.mark.parametrize("status", ["processing", "pending", "initiated", "failed", None])
async def test_before_success_there_is_no_payment(status: object) -> None:
    async with outside(says(state(status=status))) as server, opened(server) as fincra:
        assert await fincra.payments(NAIRA) == []


@pytest.mark.parametrize("missing", ["amountReceived", "chargeReference", "currency"])
async def test_a_success_that_does_not_say_enough_is_left_to_the_operators(missing: str) -> None:
    async with outside(says(state(**{missing: None}))) as server, opened(server) as fincra:
        with pytest.raises(Unclear) as told:
            await fincra.payments(NAIRA)
    assert (told.value.amount, told.value.currency) == (Decimal("355.27"), "NGN")


@pytest.mark.parametrize("url", ["", "api.fincra.com", "http://"])
async def test_a_url_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="LOCKBAY_FINCRA_URL"):
        async with open_fincra(url, *KEYS, Payer.of(PUBLIC_URL, HOME)):
            raise AssertionError
