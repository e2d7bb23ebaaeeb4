"""A strict little Bot API for these tests: h11 on 127.0.0.1, scripted answer by answer, and raw listeners for worse."""

from __future__ import annotations

import email.parser
import email.policy
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from urllib.parse import parse_qsl

import h11
import orjson
import trio
from attrs import define, field, frozen

TOKEN = "123456:SECRET-of_the_bot"
BOUND = 5.0  # s; for waits that must not hang a test run

Handler = Callable[[trio.SocketStream], Awaitable[None]]


@frozen
class Refused:
    code: int
    description: str
    parameters: dict[str, int] = field(factory=dict)


@frozen
class Raw:
    """These bytes instead of an HTTP answer, then the end of the connection."""

    data: bytes = b""


@frozen
class Body:
    """An HTTP answer with any content."""

    status: int
    content: bytes


@frozen
class Silence:
    """No answer, until the caller goes away."""


@frozen
class When:
    """An answer that waits for an event."""

    event: trio.Event
    answer: object = True


@frozen
class Call:
    method: str
    params: dict[str, object]
    connection: int
    files: dict[str, bytes] = field(factory=dict)
    at: float = 0.0


@define
class Stub:
    """What was called, and what is to be answered: script by method, then by chat, else a plain success."""

    url: str = ""
    calls: list[Call] = field(factory=list)
    scripts: dict[str, deque[object]] = field(factory=lambda: defaultdict(deque))
    chats: dict[object, Iterator[object]] = field(factory=dict)
    paths: set[str] = field(factory=set)
    closed: int = 0
    _changed: trio.Event = field(factory=trio.Event)
    _numbers: count[int] = field(factory=lambda: count(1))

    def script(self, method: str, *answers: object) -> None:
        self.scripts[method].extend(answers)

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def texts(self) -> list[object]:
        return [call.params.get("text", call.params.get("caption")) for call in self.calls]

    async def called(self, method: str, times: int = 1) -> list[Call]:
        """Waits until a method was called so often."""
        await self._until(lambda: len(self.of(method)) >= times)
        return self.of(method)

    async def hung_up(self, times: int = 1) -> None:
        """Waits until so many connections are closed."""
        await self._until(lambda: self.closed >= times)

    async def _until(self, true: Callable[[], bool]) -> None:
        with trio.fail_after(BOUND):
            while not true():
                await self._changed.wait()

    def changed(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    def success(self, call: Call) -> object:
        match call.method:
            case "sendMessage" | "sendDocument":
                return {"message_id": next(self._numbers), "chat": {"id": call.params["chat_id"]}, "date": 0}
            case "sendPhoto":
                sizes = [{"file_id": "small"}, {"file_id": "large"}]
                return {"message_id": next(self._numbers), "photo": sizes, "date": 0}
            case "getMe":
                return {"id": 2**40, "is_bot": True, "username": "LockBayBot", "first_name": "LockBay"}
            case "getUpdates":
                return []
        return True

    async def serve(self, stream: trio.abc.Stream) -> None:
        try:
            await self._talk(stream, next(self._numbers))
        finally:
            self.closed += 1
            self.changed()

    async def _talk(self, stream: trio.abc.Stream, number: int) -> None:
        wire = h11.Connection(h11.SERVER)
        while (request := await _event(wire, stream)) and isinstance(request, h11.Request):
            self.paths.add(request.target.decode())
            call = _call(request, await _body(wire, stream), number)
            self.calls.append(call)
            self.changed()
            if not await self._answer(wire, stream, self._next(call)):
                return
            if wire.our_state is h11.MUST_CLOSE:
                return
            wire.start_next_cycle()

    def _next(self, call: Call) -> object:
        if script := self.scripts[call.method]:
            return script.popleft()
        usual = self.success(call)
        return next(self.chats.get(call.params.get("chat_id"), iter(())), usual)

    async def _answer(self, wire: h11.Connection, stream: trio.abc.Stream, answer: object) -> bool:
        match answer:
            case Silence():
                await _event(wire, stream, waiting=True)
                return False
            case When(event, then):
                await event.wait()
                return await self._answer(wire, stream, then)
            case Raw(data):
                if data:
                    await stream.send_all(data)
                return False
            case Body(status, content):
                await _send(wire, stream, status, content)
            case Refused(code, description, parameters):
                refusal = {"ok": False, "error_code": code, "description": description}
                if parameters:
                    refusal["parameters"] = parameters
                await _send(wire, stream, code, orjson.dumps(refusal))
            case _:
                await _send(wire, stream, 200, orjson.dumps({"ok": True, "result": answer}))
        return True


async def _event(wire: h11.Connection, stream: trio.abc.Stream, *, waiting: bool = False) -> object:
    """The next event; None when the other side is gone. `waiting`: read past the end of the request."""
    while True:
        event = h11.PAUSED if waiting else wire.next_event()
        if event is not h11.NEED_DATA and not waiting:
            return None if isinstance(event, h11.ConnectionClosed) else event
        try:
            data = await stream.receive_some()
        except trio.BrokenResourceError:
            return None
        if waiting:
            return None
        wire.receive_data(bytes(data))


async def _body(wire: h11.Connection, stream: trio.abc.Stream) -> bytes:
    body = b""
    while isinstance(event := await _event(wire, stream), h11.Data):
        body += event.data
    return body


async def _send(wire: h11.Connection, stream: trio.abc.Stream, status: int, content: bytes) -> None:
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    data = wire.send(h11.Response(status_code=status, headers=headers))
    await stream.send_all((data or b"") + (wire.send(h11.Data(data=content)) or b""))
    wire.send(h11.EndOfMessage())


def _call(request: h11.Request, body: bytes, number: int) -> Call:
    path = request.target.decode().split("?")[0]
    kind = dict(request.headers).get(b"content-type", b"").decode()
    params, files = _params(kind, body)
    return Call(path.rsplit("/", 1)[1], params, number, files, trio.current_time())


def _params(kind: str, body: bytes) -> tuple[dict[str, object], dict[str, bytes]]:
    if kind == "application/json":
        return orjson.loads(body), {}
    if kind.startswith("multipart/"):
        return _multipart(kind, body)
    return dict(parse_qsl(body.decode())), {}


def _multipart(kind: str, body: bytes) -> tuple[dict[str, object], dict[str, bytes]]:
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    params: dict[str, object] = {}
    files: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(content, bytes)
        if part.get_filename() is not None:
            files[name] = content
        else:
            params[name] = content.decode()
    return params, files


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    """A server on a port of the system's choice; its connections die with it."""

    async def served(stream: trio.SocketStream) -> None:
        async with stream:
            try:
                await handler(stream)
            except trio.BrokenResourceError:
                return

    async with trio.open_nursery() as nursery:
        listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, served, listeners)
        yield listeners[0].socket.getsockname()[1]
        nursery.cancel_scope.cancel()


@asynccontextmanager
async def serving_stub() -> AsyncIterator[Stub]:
    stub = Stub()
    async with listening(stub.serve) as port:
        stub.url = f"http://127.0.0.1:{port}"
        yield stub
