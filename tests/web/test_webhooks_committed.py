"""A webhook's 200 means that the event is committed, all else that it is not."""

from __future__ import annotations

import trio
from prometheus_client import REGISTRY

from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.errors import OutcomeUnknown
from lockbay.postgres.database import Database, open_database
from lockbay.postgres.queries import Refused
from tests.payments.callbacks import PUBLIC_URL
from tests.web.hooks import OK, events, said
from tests.web.hooks import site as site
from tests.web.site import SIGNER, Site, balance, give_address, open_site


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
