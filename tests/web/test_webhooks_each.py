"""The webhooks of the other providers, and that none signs for another."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from attrs import evolve
from prometheus_client import REGISTRY

from lockbay.payments.provider import Call
from lockbay.postgres.database import Database
from tests.payments import charges
from tests.payments.callbacks import ADDRESS, REFERENCE
from tests.web.hooks import said
from tests.web.site import DYNOPAY, balance, give_address, give_page, open_site


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
