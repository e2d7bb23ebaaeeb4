"""20 000 calls of providers, changed in every way: never a failure of ours, never money that was not signed and meant.

LOCKBAY_FUZZ_SEED repeats the calls of a run; LOCKBAY_FUZZ_CALLS makes more of them.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

import pytest
import trio
from starlette.types import ASGIApp, Message
from structlog.testing import capture_logs

from lockbay.audit import audit
from lockbay.payments.provider import Call
from lockbay.postgres.database import Database
from lockbay.web.app import web_app
from lockbay.web.health import examination
from lockbay.web.limits import Limits
from tests.web.mutations import PAGE, originals, signed_nonsense, tampered
from tests.web.site import Site, all_receivers, balance, give_address, give_page, open_site, status_of

CALLS: Final = int(os.environ.get("LOCKBAY_FUZZ_CALLS", "20000"))
TAMPERED, SIGNED, WIRE = CALLS * 65 // 100, CALLS * 15 // 100, CALLS * 20 // 100
AT_ONCE: Final = 40
FAILURES: Final = ("request_failed", "connection_failed", "request_too_slow")


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("LOCKBAY_FUZZ_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LOCKBAY_FUZZ_SEED={seed}")  # noqa: T201 shown when a test fails
    return random.Random(seed)


@pytest.fixture
async def paid(database: Database) -> Database:
    """Each of the originals has been taken: whatever is a copy of one moves nothing."""
    await give_page(database)
    await database.pool.fetch("named", "UPDATE payins SET reference = $1", (PAGE,))
    await give_address(database)
    app = app_on(database)
    for call in originals():
        assert await ask(app, call) == 200
    return database


def app_on(database: Database) -> ASGIApp:
    return web_app(database, all_receivers(), examination(database, database.clock, None))


async def ask(app: ASGIApp, call: Call) -> int:
    """The status that the app answers a call with, in process."""
    path, _, query = call.target.partition(b"?")
    scope = {
        "type": "http", "http_version": "1.1", "method": call.method, "path": path.decode("latin-1"), "raw_path": path,
        "query_string": query, "headers": list(call.headers), "root_path": "", "scheme": "http",
    }  # fmt: skip
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    await app(scope, receive, send)
    status: int = answers[0]["status"]
    return status


def on_the_wire(call: Call, chance: random.Random) -> bytes:
    """As it would be sent, whether or not that is HTTP; some are cut short."""
    headers = b"".join(b"%b: %b\r\n" % pair for pair in call.headers)
    length = b"" if call.method == "GET" and not call.body else b"Content-Length: %d\r\n" % len(call.body)
    start = b"%b %b HTTP/1.1\r\nHost: a\r\n" % (call.method.encode(), call.target)
    data = start + headers + length + b"\r\n" + call.body
    return data[: chance.randrange(len(data))] if chance.random() < 0.05 else data


def is_well_behaved(status: int | None) -> bool:
    return status is None or 200 <= status < 500 or status in (503, 505)


async def moved(database: Database) -> Sequence[Mapping[str, object]]:
    """Events that brought money."""
    found = await database.pool.fetch("moved", "SELECT * FROM provider_events WHERE moved <> 0", ())
    return [dict(row) for row in found]


async def test_changes_of_signed_calls_fail_nothing_and_move_nothing(paid: Database, chance: random.Random) -> None:
    before, held, app, calls = len(await moved(paid)), await balance(paid), app_on(paid), originals()
    statuses: Counter[int] = Counter()
    with capture_logs() as logs:
        for _ in range(TAMPERED):
            status = await ask(app, tampered(chance.choice(calls), chance))
            assert is_well_behaved(status), status
            statuses[status] += 1
    assert not failures(logs)
    assert statuses[401] > statuses.total() / 4
    assert (len(await moved(paid)), await balance(paid)) == (before, held)
    assert await ask(app, Call("GET", b"/health", [], b"")) == 200


async def test_signed_nonsense_fails_nothing_and_moves_what_it_says(paid: Database, chance: random.Random) -> None:
    app, said = app_on(paid), list[bytes]()
    with capture_logs() as logs:
        for _ in range(SIGNED):
            call = signed_nonsense(chance)
            said.append(call.body or call.target)
            status = await ask(app, call)
            assert is_well_behaved(status), (status, call)
    assert not failures(logs)
    await each_was_meant(paid)


async def test_changed_calls_over_the_wire_end_nothing(paid: Database, chance: random.Random) -> None:
    limits = Limits(head_seconds=2, idle_seconds=0.2, body_seconds=2)
    held, calls = await balance(paid), originals()
    data = iter([on_the_wire(tampered(chance.choice(calls), chance), chance) for _ in range(WIRE)])
    statuses: Counter[int | None] = Counter()

    async def send(site: Site) -> None:
        for request in data:
            async with await site.connect() as stream:
                status = await answered(stream, request)
                assert is_well_behaved(status), (status, request)
                statuses[status] += 1

    with capture_logs() as logs:
        async with open_site(paid, limits=limits, examine=examination(paid, paid.clock, None)) as site:
            async with trio.open_nursery() as nursery:
                for _ in range(AT_ONCE):
                    nursery.start_soon(send, site)
            assert (await site.get("/health")).status_code == 200
    assert not failures(logs)
    assert statuses[401] > 0
    assert await balance(paid) == held


async def answered(stream: trio.SocketStream, request: bytes) -> int | None:
    """The status, of whatever the server makes of the bytes and their end."""
    answer = b""
    try:
        await stream.send_all(request)
        await stream.send_eof()
        with trio.fail_after(20):
            async for piece in stream:
                answer += piece
    except (trio.BrokenResourceError, OSError):
        pass
    return status_of(answer)


def failures(logs: Sequence[Mapping[str, object]]) -> list[object]:
    return [each for each in logs if each["event"] in FAILURES or "exc_info" in each]


async def each_was_meant(database: Database) -> None:
    """Whatever moved money says in its own stored words that this much came, for Ada; and the books are right."""
    for event in await moved(database):
        body = bytes(event["body"])  # type: ignore[call-overload]
        assert any(Decimal(str(event["amount"])) == number for number in numbers(body)), body
        assert event["user_id"] is not None
    report = await audit(database)
    assert report.differences == ()


def numbers(body: bytes) -> list[Decimal]:
    """Everything in it that is a number."""
    words = body.decode("latin-1").translate(dict.fromkeys(map(ord, '&={}[]:,"\\ '), " ")).split()
    found = []
    for word in words:
        try:
            found.append(Decimal(word))
        except InvalidOperation:
            continue
    return found
