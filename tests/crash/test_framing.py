"""A bad network understands whole requests and answers, however they come over their connection."""

from __future__ import annotations

import pytest
import trio.testing

from scripts.chaos.framing import Messages, whole

POST = b"POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
GET = b"GET /two HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n2;x\r\n\r\n\r\n0\r\n\r\n"


@pytest.mark.parametrize("step", [1, 7, 1000])
async def test_messages_that_come_together_or_in_pieces_are_told_apart(step: int) -> None:
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1")
    sent = POST + GET + CHUNKS + POST
    async with await trio.testing.open_stream_to_socket_listener(listeners[0]) as client:
        server = await listeners[0].accept()
        messages = Messages(server)
        for at in range(0, len(sent), step):
            await client.send_all(sent[at : at + step])
        assert [await messages.next() for _ in range(4)] == [POST, GET, CHUNKS, POST]
        await client.send_eof()
        assert await messages.next() is None
        await server.aclose()
    await listeners[0].aclose()


@pytest.mark.parametrize("message", [POST, GET, CHUNKS])
def test_a_message_is_whole_at_its_last_byte_and_not_before(message: bytes) -> None:
    assert [whole(bytearray(message[:end])) for end in range(len(message))] == [None] * len(message)
    assert whole(bytearray(message + b"GET")) == len(message)
