"""Fincra's webhooks about payouts: read, settled once, and acknowledged."""

from __future__ import annotations

import pytest
from attrs import evolve

from lockbay.areas.payout import Cashout, SendCashout, SettleCashout
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.provider import Call, Malformed, NotSigned
from lockbay.postgres.database import Database
from tests.ledger.world import World
from tests.payments.charges import SECRET, signed, stringify
from tests.web.site import open_site

EVENTS = fincra_events(SECRET)
assert EVENTS
RECEIVE = EVENTS.receive


def ended(status: str = "successful", event: str | None = None, **change: object) -> Call:
    data = {
        "id": 17, "amountCharged": 1000, "amountReceived": 950, "fee": 50, "status": status, "reference": "fcr-d-1",
        "customerReference": "co-1", "reason": "Ọ̀rọ̀" if status == "failed" else None, "traceId": "NIBSS-1", **change,
    }  # fmt: skip
    return signed(stringify({"event": event or f"payout.{status}", "data": data}))


def test_a_payout_that_ended_is_told_of_our_reference() -> None:
    done = RECEIVE(ended())
    assert isinstance(done, SettleCashout)
    assert (done.reference, done.outcome, done.external_id, done.txid) == ("co-1", "done", "fcr-d-1", "NIBSS-1")
    assert done.problem is None
    failed = RECEIVE(ended("failed"))
    assert isinstance(failed, SettleCashout)
    assert (failed.outcome, failed.problem) == ("failed", "Ọ̀rọ̀")


def test_one_without_our_reference_is_nobodys() -> None:
    assert RECEIVE(ended(customerReference=None)) is None


@pytest.mark.parametrize(
    "call",
    [ended("successful", "payout.failed"), ended(customerReference="a b"), ended("failed", "payout.successful")],
)
def test_what_contradicts_itself_is_not_read(call: Call) -> None:
    with pytest.raises(Malformed):
        RECEIVE(call)


def test_a_forgery_is_refused() -> None:
    with pytest.raises(NotSigned):
        RECEIVE(evolve(ended(), body=ended("failed").body))


async def test_a_webhook_ends_a_payout_once_however_often_it_comes(
    world: World, database: Database, user: int, cashout: Cashout
) -> None:
    await world.done(SendCashout(cashout.id, "fincra"))
    call = ended(customerReference=cashout.reference)
    again = evolve(call, headers=[*call.headers, (b"date", b"another")])
    async with open_site(database) as site:
        answers = [await site.call(each) for each in (call, call, again)]
        nobodys = await site.call(ended(customerReference="co-nobody"))
    assert [(each.status_code, each.text) for each in (*answers, nobodys)] == [(200, "ok")] * 4
    assert await world.money(user) == (90, 0)
    await world.audited()
