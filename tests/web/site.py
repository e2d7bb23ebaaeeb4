"""The web server on a free port, with the real app over the real database, and a client that sends what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from decimal import Decimal

import httpx
import trio
from attrs import frozen

from lockbay.actors.person import MeetPerson
from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import FillPayin, RequestPayin
from lockbay.payments.blockbee_events import blockbee_events
from lockbay.payments.dynopay_events import dynopay_events
from lockbay.payments.fincra_events import fincra_events
from lockbay.payments.provider import Call, Receiver
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.wallclock import SystemClock
from lockbay.web.app import web_app
from lockbay.web.health import Examine, examination
from lockbay.web.limits import Limits
from lockbay.web.server import serve_web
from tests.payments.callbacks import ADDRESS, NONCE, PUBLIC_URL, REFERENCE, Signer
from tests.payments.charges import SECRET

ADA = 2**40
DYNOPAY = "whsec_test"
SIGNER = Signer()


@frozen
class Site:
    address: str
    client: httpx.AsyncClient

    async def call(self, call: Call) -> httpx.Response:
        """Sends a provider's call; the target goes over the wire as it is."""
        url = httpx.URL(f"http://{self.address}").copy_with(raw_path=call.target)
        return await self.client.request(call.method, url, headers=list(call.headers), content=call.body)

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"http://{self.address}{path}")

    async def connect(self) -> trio.SocketStream:
        host, port = self.address.split(":")
        return await trio.open_tcp_stream(host, int(port))

    async def send(self, data: bytes) -> bytes:
        """Sends bytes, and returns all that is answered until the server hangs up."""
        async with await self.connect() as stream:
            with suppress(trio.BrokenResourceError):  # it may hang up before it has read everything
                await stream.send_all(data)
            return await rest_of(stream)


async def rest_of(stream: trio.SocketStream) -> bytes:
    """What comes until the end, or until the connection is reset."""
    answer = b""
    with trio.fail_after(30), suppress(trio.BrokenResourceError):
        async for data in stream:
            answer += data
    return answer


def status_of(answer: bytes) -> int | None:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


@asynccontextmanager
async def open_site(
    database: Database,
    *,
    limits: Limits | None = None,
    receivers: Sequence[Receiver] | None = None,
    examine: Examine | None = None,
    shutdown_trigger: Callable[[], Awaitable[None]] = trio.sleep_forever,
    bot: str = "",
) -> AsyncIterator[Site]:
    limits = limits or Limits()
    if receivers is None:
        receivers = all_receivers()
    app = web_app(database, receivers, examine or examination(database, SystemClock(), None), limits=limits, bot=bot)
    async with trio.open_nursery() as nursery:
        address = await nursery.start(
            lambda task_status: serve_web(
                app, ("127.0.0.1", 0), limits=limits, shutdown_trigger=shutdown_trigger, task_status=task_status
            )
        )
        async with httpx.AsyncClient(timeout=20) as client:
            yield Site(address, client)
        nursery.cancel_scope.cancel()


def all_receivers() -> list[Receiver]:
    found = blockbee_events(SIGNER.pem, PUBLIC_URL), dynopay_events(DYNOPAY, SystemClock()), fincra_events(SECRET)
    return [receiver for receiver in found if receiver]


async def give_address(database: Database, provider: str = "blockbee") -> None:
    """Ada has the address that callbacks name."""
    await give_place(database, RequestPayin(ADA, None, "USDT", "TRC20", None), provider, ADDRESS)


async def give_page(database: Database) -> None:
    """Ada has a page of Fincra for a bank transfer."""
    await give_place(database, RequestPayin(ADA, None, "NGN", "BANK", Decimal("355.27")), "fincra", None)


async def give_place(database: Database, wanted: RequestPayin, provider: str, address: str | None) -> None:
    await database.run(MeetPerson(ADA, None, "Ada", "en"))
    payin = await database.perform(wanted, f"{provider}'s request")
    assert not isinstance(payin, Refused), payin
    link = None if address else "https://checkout.fincra.com/pay/1"
    made = FillPayin(ADA, payin.id, provider, address, link, REFERENCE, Decimal(1))
    assert not isinstance(await database.perform(made, f"{provider}'s place"), Refused)
    # What nobody can guess is what the calls of these tests were made with, before there was a database.
    known = "UPDATE payins SET reference = $2, nonce = $3 WHERE id = $1"
    await database.pool.fetch("known", known, (payin.id, REFERENCE, NONCE))


async def balance(database: Database, code: str = "USDT") -> str:
    """What Ada has of it."""
    wallet = await database.read(Wallet, ADA)
    assert wallet
    return f"{next(each.available for each in wallet.balances if each.currency == code).normalize():f}"
