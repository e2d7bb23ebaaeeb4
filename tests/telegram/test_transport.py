"""The transport against raw local servers, well-behaved and not."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable

import pytest
import trio
from attrs import define, field
from prometheus_client import REGISTRY
from trio.testing import MockClock, wait_all_tasks_blocked

from lockbay.errors import TelegramUnavailable
from lockbay.telegram import transport as transport_module
from lockbay.telegram.proxy import Endpoint
from lockbay.telegram.refusals import AnswerLost
from lockbay.telegram.transport import IDLE_LIMIT, SLOW, open_transport
from tests.telegram.stub import BOUND, listening

REQUEST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers the n-th request of each connection as `script(connection, n)` says; None hangs up."""

    def __init__(self, script: Callable[[int, int], bytes | None] = lambda connection, n: OK) -> None:
        self.script = script
        self.requests: list[int] = []  # the connection of each
        self.open = self.most = self.connections = 0
        self.closed = trio.Event()

    async def __call__(self, stream: trio.SocketStream) -> None:
        self.connections += 1
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            await self._talk(stream, self.connections)
        finally:
            self.open -= 1
            self.closed.set()

    async def _talk(self, stream: trio.SocketStream, connection: int) -> None:
        n = 0
        while await stream.receive_some():
            n += 1
            self.requests.append(connection)
            answer = self.script(connection, n)
            if answer is None:
                return
            await stream.send_all(answer)

    async def hung_up(self) -> None:
        with trio.fail_after(BOUND):
            await self.closed.wait()


def at(port: int) -> Endpoint:
    return Endpoint("http", "127.0.0.1", port)


async def test_one_connection_serves_many_calls() -> None:
    server = Server()
    async with listening(server) as port, open_transport(at(port)) as transport:
        answers = [await transport.exchange(REQUEST, BOUND) for _ in range(5)]
    assert answers == [(200, b"ok")] * 5
    assert server.connections == 1


async def test_an_answer_in_chunks_and_pieces_is_put_together() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"

    async def dribble(stream: trio.SocketStream) -> None:
        while await stream.receive_some():
            for byte in chunked:
                await stream.send_all(bytes((byte,)))

    async with listening(dribble) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(REQUEST, BOUND) == (200, b"abcdefg")
        assert await transport.exchange(REQUEST, BOUND) == (200, b"abcdefg")


async def test_a_kept_connection_closed_by_the_server_is_replaced_once() -> None:
    server = Server(lambda connection, n: OK if n == 1 else None)
    async with listening(server) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    assert server.requests == [1, 1, 2]


async def test_a_fresh_connection_closed_without_an_answer_is_not_tried_again() -> None:
    server = Server(lambda connection, n: None)
    async with listening(server) as port, open_transport(at(port)) as transport:
        with pytest.raises(AnswerLost):
            await transport.exchange(REQUEST, BOUND)
    assert server.requests == [1]


async def test_a_replaced_connection_that_fails_too_is_the_end() -> None:
    server = Server(lambda connection, n: OK if (connection, n) == (1, 1) else None)
    async with listening(server) as port, open_transport(at(port)) as transport:
        await transport.exchange(REQUEST, BOUND)
        with pytest.raises(AnswerLost):
            await transport.exchange(REQUEST, BOUND)
    assert server.requests == [1, 1, 2]


@pytest.mark.parametrize(
    "half",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nonl",
        b"HTTP/1.1 200 O",
        b"HTTP/1.1 200 OK\r\n\r\nan end that only the connection tells",
    ],
)
async def test_a_half_read_answer_is_an_error_and_never_repeated(half: bytes) -> None:
    asked = []

    async def cut(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(OK)
        await stream.receive_some()
        asked.append(half)
        await stream.send_all(half)

    async with listening(cut) as port, open_transport(at(port)) as transport:
        await transport.exchange(REQUEST, BOUND)
        with pytest.raises(AnswerLost):
            await transport.exchange(REQUEST, BOUND)
    assert len(asked) == 1


async def test_silence_ends_at_the_time_limit_and_closes_the_connection() -> None:
    server = Server(lambda connection, n: b"")
    async with listening(server) as port, open_transport(at(port), tick=0.01) as transport:
        with pytest.raises(AnswerLost, match="in time"):
            await transport.exchange(REQUEST, 0.3)
        await server.hung_up()


async def test_where_one_kept_connection_is_dead_the_others_are_not_tried() -> None:
    """A router forgets all of its lines at once: each of them would take the whole time limit of somebody's call."""
    both, is_dead = trio.Event(), False
    connections = 0

    async def handler(stream: trio.SocketStream) -> None:
        nonlocal connections
        connections += 1
        number = connections
        if number == 3:
            both.set()
        while await stream.receive_some():
            await both.wait()
            if not is_dead or number > 3:
                await stream.send_all(OK)

    async with listening(handler) as port, open_transport(at(port), tick=0.01) as transport:
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(transport.exchange, REQUEST, BOUND)
        is_dead = True
        with pytest.raises(AnswerLost, match="in time"):
            await transport.exchange(REQUEST, 0.3)
        assert await transport.exchange(REQUEST, 0.3) == (200, b"ok")
    assert connections == 4


async def test_a_cancelled_call_never_gives_its_answer_to_the_next() -> None:
    reached, answers = trio.Event(), trio.Event()

    async def late(stream: trio.SocketStream) -> None:
        while request := await stream.receive_some():
            if request == b"slow":
                reached.set()
                await answers.wait()
                await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")
            else:
                await stream.send_all(OK)

    async with listening(late) as port, open_transport(at(port)) as transport:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(transport.exchange, b"slow", BOUND)
            await reached.wait()
            nursery.cancel_scope.cancel()
        answers.set()
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")


async def test_the_pool_is_bounded_and_waiting_is_fair() -> None:
    gate, served = trio.Event(), []

    async def gated(stream: trio.SocketStream) -> None:
        while request := await stream.receive_some():
            await gate.wait()
            served.append(request)
            await stream.send_all(OK)

    async with (
        listening(gated) as port,
        open_transport(at(port), size=1) as transport,
        trio.open_nursery() as nursery,
    ):
        for name in (b"a", b"b", b"c", b"d"):
            nursery.start_soon(transport.exchange, name, BOUND)
            await wait_all_tasks_blocked()
        gate.set()
    assert served == [b"a", b"b", b"c", b"d"]


@define
class Gates:
    """A server that answers each request when its gate opens."""

    gates: dict[bytes, trio.Event] = field(factory=lambda: defaultdict(trio.Event))
    heard: list[bytes] = field(factory=list)

    async def __call__(self, stream: trio.SocketStream) -> None:
        while request := bytes(await stream.receive_some()):
            self.heard.append(request)
            await self.gates[request].wait()
            await stream.send_all(OK)

    async def heard_all(self, count: int) -> None:
        with trio.fail_after(BOUND):
            while len(self.heard) < count:
                await wait_all_tasks_blocked()


async def test_calls_that_hang_keep_nobody_waiting_for_a_place(
    trio_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram accepts them and says nothing: everybody else waited until their time-out."""
    monkeypatch.setattr(transport_module, "HANGING", 3)
    server = Gates()
    server.gates[b"quick"].set()
    async with (
        listening(server) as port,
        open_transport(at(port), size=2, tick=0.01) as transport,
        trio.open_nursery() as nursery,
    ):
        for heard in (2, 13):
            for _ in range(2):
                nursery.start_soon(transport.exchange, b"hangs", 100 * BOUND)
            await server.heard_all(heard)
            trio_clock.jump(SLOW)
            if heard == 2:
                for _ in range(9):
                    assert await transport.exchange(b"quick", BOUND) == (200, b"ok")
        nursery.start_soon(transport.exchange, b"hangs", 100 * BOUND)
        await server.heard_all(14)
        trio_clock.jump(SLOW)
        heard = server.heard.count(b"quick")
        nursery.start_soon(transport.exchange, b"quick", 100 * BOUND)
        for _ in range(3):  # looks of the timekeeper: three have left their places, and no more may
            trio_clock.jump(SLOW)
            await wait_all_tasks_blocked()
        assert server.heard.count(b"quick") == heard
        server.gates[b"hangs"].set()


async def test_who_hung_gives_no_place_away_at_the_end(trio_clock: MockClock) -> None:
    server = Gates()
    async with listening(server) as port, open_transport(at(port), size=2, tick=0.01) as transport:
        async with trio.open_nursery() as nursery:
            for heard in (2, 4, 6):
                for _ in range(2):
                    nursery.start_soon(transport.exchange, b"hangs", 100 * BOUND)
                await server.heard_all(heard)
                trio_clock.jump(SLOW)
            for _ in range(3):
                nursery.start_soon(transport.exchange, b"waits", 100 * BOUND)
            await server.heard_all(8)
            server.gates[b"hangs"].set()
            server.gates[b"waits"].set()
        async with trio.open_nursery() as nursery:
            for _ in range(9):
                nursery.start_soon(transport.exchange, b"last", BOUND)
            await server.heard_all(11)
            await wait_all_tasks_blocked(0.001)
            assert server.heard.count(b"last") == 2
            server.gates[b"last"].set()
        assert server.heard.count(b"last") == 9


async def test_no_more_connections_than_places() -> None:
    server = Server()
    async with (
        listening(server) as port,
        open_transport(at(port), size=3) as transport,
        trio.open_nursery() as nursery,
    ):
        for _ in range(30):
            nursery.start_soon(transport.exchange, REQUEST, BOUND)
    assert server.most <= 3
    assert len(server.requests) == 30


async def test_the_connection_used_last_is_used_first() -> None:
    together = trio.Event()
    seen: list[int] = []

    async def handler(stream: trio.SocketStream) -> None:
        me = len(seen)
        while await stream.receive_some():
            seen.append(me)
            if len(seen) == 2:
                together.set()
            await together.wait()
            await stream.send_all(OK)

    async with listening(handler) as port, open_transport(at(port)) as transport:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(transport.exchange, REQUEST, BOUND)
            await wait_all_tasks_blocked()
            nursery.start_soon(transport.exchange, REQUEST, BOUND)
        for _ in range(4):
            await transport.exchange(REQUEST, BOUND)
    assert len(set(seen[2:])) == 1


async def test_who_waits_for_a_place_too_long_knows_that_nothing_was_sent() -> None:
    server = Server(lambda connection, n: b"")
    async with (
        listening(server) as port,
        open_transport(at(port), size=1) as transport,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(transport.exchange, REQUEST, BOUND)
        await wait_all_tasks_blocked()
        with pytest.raises(TelegramUnavailable) as caught:
            await transport.exchange(REQUEST, 0.01)
        assert not isinstance(caught.value, AnswerLost)
        nursery.cancel_scope.cancel()


async def test_random_cancellation_loses_no_place() -> None:
    dice = random.Random(7)
    waiting, all_there, gate = 0, trio.Event(), trio.Event()

    async def handler(stream: trio.SocketStream) -> None:
        nonlocal waiting
        while request := await stream.receive_some():
            if request == b"together":
                waiting += 1
                if waiting == 4:
                    all_there.set()
                await gate.wait()
            await stream.send_all(OK)

    async with listening(handler) as port, open_transport(at(port), size=4) as transport:

        async def call() -> None:
            with trio.move_on_after(dice.random() * 0.01):
                await transport.exchange(REQUEST, BOUND)

        async with trio.open_nursery() as nursery:
            for _ in range(300):
                nursery.start_soon(call)
        with trio.fail_after(BOUND):
            async with trio.open_nursery() as nursery:
                for _ in range(4):
                    nursery.start_soon(transport.exchange, b"together", BOUND)
                await all_there.wait()
                gate.set()


async def test_an_answer_longer_than_the_limit_is_not_taken() -> None:
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    server = Server(lambda connection, n: big)
    async with listening(server) as port, open_transport(at(port), answer_limit=1000) as transport:
        with pytest.raises(AnswerLost, match="longer than 1000"):
            await transport.exchange(REQUEST, BOUND)
        await server.hung_up()


@pytest.mark.parametrize(
    "answer",
    [
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong",
        OK + b"rubbish",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ],
)
async def test_a_connection_that_cannot_be_trusted_is_not_kept(answer: bytes) -> None:
    server = Server(lambda connection, n: answer)
    async with listening(server) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    assert server.requests == [1, 2]


@pytest.mark.parametrize(
    "unasked",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong",
        b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        None,
    ],
)
async def test_what_comes_between_two_calls_is_no_answer_to_the_second(unasked: bytes | None) -> None:
    """RFC 9112 §9.2. None: the server hangs up, and nothing more is sent there."""
    asked: list[bytes] = []
    answered, spoken = trio.Event(), trio.Event()

    async def handler(stream: trio.SocketStream) -> None:
        while request := await stream.receive_some():
            asked.append(request)
            await stream.send_all(OK)
            if len(asked) > 1:
                continue
            await answered.wait()
            await (stream.aclose() if unasked is None else stream.send_all(unasked))
            spoken.set()
            if unasked is None:
                return

    repeated = REGISTRY.get_sample_value("lockbay_telegram_stale_connections_total")
    async with listening(handler) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(b"first", BOUND) == (200, b"ok")
        answered.set()
        await spoken.wait()
        assert await transport.exchange(b"second", BOUND) == (200, b"ok")
        assert await transport.exchange(b"third", BOUND) == (200, b"ok")
    assert asked == [b"first", b"second", b"third"]
    assert REGISTRY.get_sample_value("lockbay_telegram_stale_connections_total") == repeated


async def test_interim_answers_are_passed_over() -> None:
    server = Server(lambda connection, n: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n" + OK)
    async with listening(server) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    assert server.connections == 1


@pytest.mark.parametrize(
    "other",
    [
        b"220 mail.example.org ESMTP\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
)
async def test_something_else_than_http_is_an_error(other: bytes) -> None:
    server = Server(lambda connection, n: other)
    async with listening(server) as port, open_transport(at(port)) as transport:
        with pytest.raises(AnswerLost, match="not HTTP"):
            await transport.exchange(REQUEST, BOUND)


async def test_a_refused_connection_means_that_nothing_was_sent() -> None:
    async with listening(Server()) as port:
        pass
    async with open_transport(at(port)) as transport:
        with pytest.raises(TelegramUnavailable) as caught:
            await transport.exchange(REQUEST, BOUND)
    assert not isinstance(caught.value, AnswerLost)


async def test_a_large_request_reaches_a_slow_reader_whole() -> None:
    body = bytes(range(256)) * 20_000
    got = bytearray()

    async def slow(stream: trio.SocketStream) -> None:
        while len(got) < len(body):
            got.extend(await stream.receive_some(4096))
            await trio.lowlevel.checkpoint()
        await stream.send_all(OK)

    async with listening(slow) as port, open_transport(at(port)) as transport:
        assert await transport.exchange(body, BOUND) == (200, b"ok")
    assert got == body


async def test_a_connection_idle_for_too_long_is_closed(trio_clock: MockClock) -> None:
    server = Server()
    async with listening(server) as port, open_transport(at(port), tick=0.01) as transport:
        await transport.exchange(REQUEST, BOUND)
        trio_clock.jump(IDLE_LIMIT)
        await server.hung_up()
        assert await transport.exchange(REQUEST, BOUND) == (200, b"ok")
    assert server.connections == 2


async def test_closing_ends_the_calls_under_way() -> None:
    server = Server(lambda connection, n: b"")
    async with listening(server) as port, open_transport(at(port)) as transport, trio.open_nursery() as nursery:

        async def call() -> None:
            with pytest.raises(AnswerLost):
                await transport.exchange(REQUEST, BOUND)

        nursery.start_soon(call)
        await wait_all_tasks_blocked()
        while not server.requests:
            await wait_all_tasks_blocked()
        transport.close()
