"""A provider that floods us or that is slow holds up nobody else, and a database that is away is said to be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import trio
import trio.testing
from structlog.testing import capture_logs

from lockbay.areas.deposits.records import Applied, ApplyPayment
from lockbay.payments.blockbee_events import blockbee_events
from lockbay.payments.dynopay_events import dynopay_events
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.provider import Call, Receiver
from lockbay.postgres.database import APART, Database, open_database
from lockbay.postgres.queries import Refused
from lockbay.wallclock import SystemClock
from lockbay.web.health import Health
from lockbay.web.limits import Limits
from tests.payments import charges
from tests.payments.callbacks import PUBLIC_URL
from tests.web.mutations import PAID, originals
from tests.web.mutations import dynopay as signed_by_dynopay
from tests.web.site import DYNOPAY, SIGNER, Site, balance, give_address, open_site

SMALL = Limits(webhooks=3, statements=2)
# Made when it is sent: DynoPay's signature is good for five minutes.
PROVIDERS: dict[str, Callable[[], Call]] = {
    "blockbee": SIGNER.callback,
    "dynopay": lambda: signed_by_dynopay(charges.stringify(PAID)),
    "fincra": charges.told,
}


def payout() -> Call:
    return charges.told("payout.successful", status="successful", customerReference="co-1")


class Stuck:
    """A database whose statements about payments wait until they may go on."""

    def __init__(self) -> None:
        self.asked = 0
        self.go_on = trio.Event()

    async def perform(self, operation: ApplyPayment, key: str) -> Applied | Refused:
        self.asked += 1
        await self.go_on.wait()
        return Refused("something_new")


async def healthy() -> Health:
    return Health(database=True, polls=False, poller=None, inbox=None, outbox=None)


@asynccontextmanager
async def flooded(
    count: int, make: Callable[[], Call] = SIGNER.callback
) -> AsyncIterator[tuple[Site, Stuck, list[httpx.Response]]]:
    """So many events of one provider are told at once, and none of them can be applied."""
    stuck, answers = Stuck(), list[httpx.Response]()
    async with open_site(stuck, examine=healthy, limits=SMALL) as site:  # type: ignore[arg-type]

        async def tell() -> None:
            answers.append(await site.call(make()))

        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(tell)
            with trio.fail_after(10):
                while len(answers) < count - SMALL.webhooks:
                    await trio.lowlevel.checkpoint()
            yield site, stuck, answers
            stuck.go_on.set()


@pytest.mark.parametrize(
    ("make", "asked"), [(SIGNER.callback, SMALL.webhooks), (payout, SMALL.statements)], ids=["payments", "payouts"]
)
async def test_more_than_its_share_of_a_provider_is_told_to_come_again(make: Callable[[], Call], asked: int) -> None:
    """Payments that are taken in go to the database together, all else one by one."""
    with capture_logs():
        async with flooded(10, make) as (_, stuck, answers):
            assert [each.status_code for each in answers] == [503] * 7
            assert all(int(each.headers["retry-after"]) > 0 and each.text == "" for each in answers)
            await trio.testing.wait_all_tasks_blocked(0.01)
            assert stuck.asked == asked


async def test_while_a_provider_floods_health_is_told_at_once_and_forgeries_are_refused() -> None:
    with capture_logs():
        async with flooded(10) as (site, _, _answers):
            with trio.fail_after(5):
                assert (await site.get("/health")).status_code == 200
                assert (await site.call(Call("POST", b"/webhooks/fincra", [], b"{}"))).status_code == 401


async def test_another_providers_share_is_its_own() -> None:
    """It is not sent away."""
    with capture_logs():
        async with flooded(10) as (site, stuck, _answers):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(site.call, PROVIDERS["fincra"]())
                await trio.testing.wait_all_tasks_blocked(0.05)
                stuck.go_on.set()
            assert stuck.asked == SMALL.webhooks + 1


async def test_statements_of_webhooks_leave_connections_for_everybody_else(database: Database) -> None:
    payments = 2 + APART  # naira and coins, those of each together, and those that wait for somebody's locks
    assert Limits().statements + payments < database.pool.limits.connections


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_while_the_database_is_away_every_provider_is_told_to_come_again(
    provider: str, database: Database, database_url: str
) -> None:
    await give_address(database)
    async with open_database(database_url) as closed:
        pass
    with capture_logs():
        async with open_site(closed) as site:
            answer = await site.call(PROVIDERS[provider]())
    assert (answer.status_code, answer.text) == (503, "")
    assert int(answer.headers["retry-after"]) > 0
    async with open_site(database) as site:
        assert (await site.call(PROVIDERS[provider]())).status_code == 200


@pytest.mark.parametrize("missing", PROVIDERS)
async def test_a_provider_without_its_secret_has_no_route_and_the_operator_is_told(
    missing: str, database: Database
) -> None:
    with capture_logs() as logs:
        receivers = [receiver for receiver in without(missing) if receiver]
    assert [(each["log_level"], each["provider"]) for each in logs] == [("warning", missing)]
    async with open_site(database, receivers=receivers) as site:
        for provider, make in PROVIDERS.items():
            assert ((await site.call(make())).status_code == 404) == (provider == missing)


def without(missing: str) -> tuple[Receiver | None, ...]:
    return (
        blockbee_events("" if missing == "blockbee" else SIGNER.pem, PUBLIC_URL),
        dynopay_events("" if missing == "dynopay" else DYNOPAY, SystemClock()),
        fincra_events("" if missing == "fincra" else charges.SECRET),
    )


@pytest.mark.parametrize("call", originals(), ids=["get", "form", "json", "dynopay", "fincra"])
@pytest.mark.parametrize(
    "headers", [[], [(b"signature", b"00"), (b"x-ca-signature", b"AAAA"), (b"x-dynopay-signature-v2", b"t=1,v1=00")]]
)
async def test_a_forgery_of_any_provider_learns_nothing(
    call: Call, headers: list[tuple[bytes, bytes]], database: Database
) -> None:
    await give_address(database)
    with capture_logs():
        async with open_site(database) as site:
            answer = await site.call(Call(call.method, call.target, headers, call.body))
    assert (answer.status_code, answer.text) == (401, "")
    assert set(answer.headers) == {"content-length", "content-type", "date", "connection"}
    assert await balance(database) == "0"
