"""The webhook over HTTP, on the real database: 200 means that the event is committed, all else that it is not."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
import trio
from attrs import evolve
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.errors import OutcomeUnknown
from lockbay.payments.provider import Call
from lockbay.postgres import bridge
from lockbay.postgres import database as database_module
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Refused
from tests.payments import charges
from tests.payments.callbacks import ADDRESS, NONCE, OFFICIAL, PUBLIC_URL, REFERENCE
from tests.web.site import DYNOPAY, SIGNER, Site, balance, give_address, give_page, open_site

OK = (200, "*ok*")
FORM = "application/x-www-form-urlencoded"
BODY = urlencode(OFFICIAL).encode()
OWN = f"reference={REFERENCE}&nonce={NONCE}"


@pytest.fixture
async def site(database: Database) -> AsyncIterator[Site]:
    await give_address(database)
    async with open_site(database) as site:
        yield site


def said(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.text


def events(outcome: str) -> float:
    labels = {"provider": "blockbee", "outcome": outcome}
    return REGISTRY.get_sample_value("lockbay_webhook_events_total", labels) or 0.0


async def test_a_payment_is_credited_and_then_acknowledged(site: Site, database: Database) -> None:
    assert said(await site.call(SIGNER.callback())) == OK
    assert await balance(database) == "25.5"


@pytest.mark.parametrize(
    ("kind", "body"), [(FORM, BODY), ("application/json", json.dumps(dict(OFFICIAL)).encode())], ids=["form", "json"]
)
async def test_a_payment_may_be_posted(site: Site, database: Database, kind: str, body: bytes) -> None:
    assert said(await site.call(SIGNER.post(body, kind, OWN))) == OK
    assert await balance(database) == "25.5"


@pytest.mark.parametrize("nonce", ["", "nonce=guess", "nonce=%00"])
@pytest.mark.parametrize("reference", ["", f"reference={REFERENCE}&"])
async def test_without_the_nonce_an_event_is_refused_and_does_not_keep_the_true_one_out(
    site: Site, database: Database, reference: str, nonce: str
) -> None:
    before = events("wrong_nonce")
    assert said(await site.call(SIGNER.post(BODY, FORM, reference + nonce)))[0] == 409
    assert await balance(database) == "0"
    assert events("wrong_nonce") == before + 1
    assert said(await site.call(SIGNER.post(BODY, FORM, OWN))) == OK
    assert await balance(database) == "25.5"


async def test_a_get_without_our_nonce_credits_nothing(site: Site, database: Database) -> None:
    assert said(await site.call(SIGNER.callback({"nonce": "another merchant's"})))[0] == 409
    assert await balance(database) == "0"


async def test_pending_then_confirmed_credits_once(site: Site, database: Database) -> None:
    assert said(await site.call(SIGNER.callback(pending="1"))) == OK
    assert await balance(database) == "0"
    assert said(await site.call(SIGNER.callback())) == OK
    assert said(await site.call(SIGNER.callback(pending="1"))) == OK
    assert await balance(database) == "25.5"


async def test_the_same_callback_three_times_at_once_credits_once_and_is_acknowledged_each_time(
    site: Site, database: Database
) -> None:
    answers: list[httpx.Response] = []

    async def call() -> None:
        answers.append(await site.call(SIGNER.callback()))

    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(call)
    assert [said(answer) for answer in answers] == [OK] * 3
    assert await balance(database) == "25.5"


async def test_a_repetition_with_more_confirmations_is_acknowledged(site: Site, database: Database) -> None:
    for confirmations in ("1", "2", "7"):
        assert said(await site.call(SIGNER.callback(confirmations=confirmations))) == OK
    assert await balance(database) == "25.5"


async def test_two_payments_of_the_same_amount_both_count(site: Site, database: Database) -> None:
    for uuid in ("first", "second"):
        assert said(await site.call(SIGNER.callback(uuid=uuid))) == OK
    assert await balance(database) == "51"


async def test_more_for_the_same_payment_counts_as_the_difference_and_less_as_nothing(
    site: Site, database: Database
) -> None:
    for value in ("10", "25.5", "12", "10"):
        assert said(await site.call(SIGNER.callback(value_coin=value))) == OK
    assert await balance(database) == "25.5"


async def test_a_callback_of_before_there_were_references_is_credited_by_its_address(
    site: Site, database: Database
) -> None:
    own = {"user": 1001, "currency": "USDT", "network": "TRC20", "nonce": NONCE}
    assert said(await site.call(SIGNER.callback(own))) == OK
    assert await balance(database) == "25.5"


@pytest.mark.parametrize(
    "change", [{"coin": "doge"}, {"coin": "bep20_usdt"}, {"address_in": "T" * 34}, {"value_coin": "0.5"}]
)
async def test_money_that_fits_nothing_is_kept_and_credits_nothing(
    site: Site, database: Database, change: dict[str, str]
) -> None:
    before = events("unapplied")
    assert said(await site.call(SIGNER.callback(**change))) == OK
    assert events("unapplied") == before + 1
    assert await balance(database) == "0"


def forged() -> list[Call]:
    call = SIGNER.callback()
    return [
        evolve(call, headers=[]),
        evolve(call, headers=[(b"x-ca-signature", b"AAAA")]),
        evolve(call, target=call.target.replace(b"25.5", b"99.5")),
        evolve(call, target=b"/webhooks/blockbee"),
        evolve(SIGNER.post(BODY, FORM, OWN), body=BODY + b" "),
        SIGNER.get(urlencode({**OFFICIAL, "nonce": NONCE}), "http://127.0.0.1"),
    ]


@pytest.mark.parametrize("call", forged())
async def test_a_forgery_learns_nothing(site: Site, database: Database, call: Call) -> None:
    answer = await site.call(call)
    assert said(answer) == (401, "")
    assert set(answer.headers) == {"content-length", "content-type", "date", "connection"}
    assert await balance(database) == "0"


async def test_what_is_signed_and_unreadable_is_a_bad_request_and_kept_once(
    site: Site, database: Database, database_url: str
) -> None:
    await database.run(SaveStaff([77]))
    for _ in range(2):
        assert said(await site.call(SIGNER.callback(value_coin="NaN"))) == (400, "")
        assert said(await site.call(SIGNER.get("uuid=1&uuid=2"))) == (400, "")
    async with bridge.open_connection(database_url) as connection:
        kept = await connection.fetch("SELECT problem, body FROM unreadable_events ORDER BY id")
        told = await connection.fetch("SELECT data ->> 'problem' AS problem FROM outbox WHERE kind = 'unreadable'")
    assert [b"NaN" in kept[0]["body"], kept[1]["body"].endswith(b"uuid=1&uuid=2")] == [True, True]
    assert len(told) == len(kept) == 2


async def test_the_target_is_verified_as_it_came_over_the_wire(site: Site, database: Database) -> None:
    odd = urlencode({**OFFICIAL, "reference": REFERENCE, "nonce": NONCE}).replace("-", "%2d").replace("%22", "'")
    assert said(await site.call(SIGNER.get(odd))) == OK
    assert await balance(database) == "25.5"


async def test_no_signature_no_nonce_and_no_address_is_logged(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "SLOW_SECONDS", math.inf)  # a machine that is busy is not what this is about
    call = SIGNER.callback()
    with capture_logs() as logs:
        await site.call(call)
        await site.call(evolve(call, headers=[]))
        await site.call(SIGNER.callback(uuid="é"))
    assert [each["event"] for each in logs] == ["webhook_taken", "webhook_not_taken", "webhook_not_taken"]
    for secret in (NONCE, call.headers[0][1].decode(), OFFICIAL["address_in"]):
        assert secret not in json.dumps(logs)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_not_allowed_even_when_signed(site: Site, database: Database, method: str) -> None:
    answer = await site.call(evolve(SIGNER.callback(), method=method))
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))
    assert await balance(database) == "0"


async def test_without_a_key_there_is_no_webhook(database: Database) -> None:
    async with open_site(database, receivers=[]) as site:
        assert (await site.call(SIGNER.callback())).status_code == 404


async def test_a_database_that_is_away_is_never_an_acknowledgement(database: Database, database_url: str) -> None:
    await give_address(database)
    async with open_database(database_url) as closed:
        pass
    async with open_site(closed) as site:
        answer = await site.call(SIGNER.callback())
    assert said(answer) == (503, "")
    assert int(answer.headers["retry-after"]) > 0
    assert await balance(database) == "0"
    async with open_site(database) as site:
        assert said(await site.call(SIGNER.callback())) == OK
    assert await balance(database) == "25.5"


async def test_an_unknown_outcome_is_never_an_acknowledgement(database: Database) -> None:
    """The commit went out and the answer was lost: the repetition finds what happened."""

    class Cut:
        async def perform(self, operation: ApplyPayment, key: str) -> Applied | Refused:
            await database.perform(operation, key)
            raise OutcomeUnknown

    await give_address(database)
    async with open_site(Cut(), examine=None) as site:  # type: ignore[arg-type]
        assert (await site.call(SIGNER.callback())).status_code == 503
    async with open_site(database) as site:
        assert said(await site.call(SIGNER.callback())) == OK
    assert await balance(database) == "25.5"


def dynopay(event: str = "payment.confirmed", at: float | None = None, **change: object) -> Call:
    """A webhook of DynoPay, signed now."""
    fields = {"event": event, "payment_id": "p1", "amount": 25.5, "currency": "USDT-TRC20", "address": ADDRESS,
              "txId": "0xabc", "meta_data": {"reference": REFERENCE}, **change}  # fmt: skip
    body, t = json.dumps(fields).encode(), str(int(at or time.time()))
    v1 = hmac.new(DYNOPAY.encode(), t.encode() + b"." + body, hashlib.sha256).hexdigest()
    return Call("POST", b"/webhooks/dynopay", [(b"x-dynopay-signature-v2", f"t={t},v1={v1}".encode())], body)


async def test_dynopay_tells_a_payment_many_times_and_it_is_credited_once(database: Database) -> None:
    await give_address(database, "dynopay")
    async with open_site(database) as site:
        for event in ("pending", "underpaid", "confirmed", "confirmed", "settled", "pending"):
            assert said(await site.call(dynopay(f"payment.{event}"))) == (200, "ok")
        assert said(await site.call(dynopay(meta_data=json.dumps({"reference": REFERENCE})))) == (200, "ok")
        assert said(await site.call(dynopay("payment.settled", amount="30"))) == (200, "ok")
    assert await balance(database) == "30"


async def test_dynopay_without_a_reference_is_credited_by_its_address(database: Database) -> None:
    await give_address(database, "dynopay")
    async with open_site(database) as site:
        assert said(await site.call(dynopay(meta_data=None))) == (200, "ok")
    assert await balance(database) == "25.5"


async def test_a_signature_of_dynopay_that_is_old_or_of_the_first_kind_is_refused(database: Database) -> None:
    await give_address(database, "dynopay")
    call = dynopay()
    async with open_site(database) as site:
        assert said(await site.call(dynopay(at=time.time() - 400))) == (401, "")
        assert said(await site.call(evolve(call, headers=[(b"x-dynopay-signature", b"00")]))) == (401, "")
    assert await balance(database) == "0"


async def test_fincra_is_credited_with_what_was_received(database: Database) -> None:
    await give_page(database)
    async with open_site(database) as site:
        for _ in range(2):
            assert said(await site.call(charges.told())) == (200, "ok")
        assert await balance(database, "NGN") == "200"
        assert said(await site.call(charges.told(chargeReference="fcr-bt-2"))) == (200, "ok")
    assert await balance(database, "NGN") == "400"


async def test_events_about_nothing_are_acknowledged_and_counted(database: Database) -> None:
    labels = {"provider": "fincra", "outcome": "nothing"}
    before = REGISTRY.get_sample_value("lockbay_webhook_events_total", labels) or 0.0
    async with open_site(database) as site:
        assert said(await site.call(charges.told(status="processing"))) == (200, "ok")
        assert said(await site.call(charges.told("payout.successful"))) == (200, "ok")
        assert said(await site.call(dynopay("webhook.test"))) == (200, "ok")
    assert REGISTRY.get_sample_value("lockbay_webhook_events_total", labels) == before + 2


async def test_one_provider_cannot_sign_for_another(database: Database) -> None:
    await give_page(database)
    async with open_site(database) as site:
        for path in (b"/webhooks/dynopay", b"/webhooks/blockbee"):
            assert said(await site.call(evolve(charges.told(), target=path))) == (401, "")
    assert await balance(database, "NGN") == "0"


async def test_what_the_database_will_not_take_is_never_an_acknowledgement(database: Database) -> None:
    class Strange:
        async def perform(self, operation: ApplyPayment, key: str) -> Applied | Refused:
            return Refused("something_new")

    async with open_site(Strange(), examine=None) as site:  # type: ignore[arg-type]
        answer = await site.call(SIGNER.callback())
    assert said(answer) == (503, "")
    assert "retry-after" in answer.headers


async def test_latency_and_outcomes_are_counted(site: Site) -> None:
    name, labels = "lockbay_webhook_seconds_count", {"provider": "blockbee"}
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    credited = events("credited")
    await site.call(SIGNER.callback())
    assert REGISTRY.get_sample_value(name, labels) == before + 1
    assert events("credited") == credited + 1
    assert PUBLIC_URL not in (await site.get("/metrics")).text


async def test_a_client_that_leaves_during_the_commit_does_not_stop_it(site: Site, database: Database) -> None:
    call = SIGNER.callback()
    head = b"GET %b HTTP/1.1\r\nHost: a\r\nx-ca-signature: %b\r\n\r\n" % (call.target, call.headers[0][1])
    async with await site.connect() as stream:
        await stream.send_all(head)
    with trio.fail_after(10):
        while await balance(database) != "25.5":
            await trio.lowlevel.checkpoint()
