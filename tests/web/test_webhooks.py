"""BlockBee's webhook over HTTP, on the real database: what is credited, how often, and what is refused."""

from __future__ import annotations

import json
import math
from urllib.parse import urlencode

import httpx
import pytest
import trio
from attrs import evolve
from structlog.testing import capture_logs

from lockbay.areas.admin.records import SaveStaff
from lockbay.payments.provider import Call
from lockbay.postgres import bridge
from lockbay.postgres import database as database_module
from lockbay.postgres.database import Database
from tests.payments.callbacks import NONCE, OFFICIAL, REFERENCE
from tests.web.hooks import BODY, FORM, OK, OWN, events, said
from tests.web.hooks import site as site
from tests.web.site import SIGNER, Site, balance, open_site


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
