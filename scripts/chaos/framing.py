"""Where one HTTP message ends and the next begins, on a connection that may carry several before one is answered."""

from __future__ import annotations

import re
from typing import Final

import trio
from attrs import define, field

MOST: Final = 65536  # bytes received at once
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)


@define(eq=False)
class Messages:
    """Those that come over a stream, each by its bytes. Bodies have a length or come in chunks (RFC 9112 §6.3); one
    that ends with its connection is not understood.
    """

    stream: trio.SocketStream
    _rest: bytearray = field(factory=bytearray)

    async def next(self) -> bytes | None:
        """None at the end of the connection."""
        while (end := whole(self._rest)) is None:
            data = await self.stream.receive_some(MOST)
            if not data:
                return None
            self._rest += data
        message = bytes(self._rest[:end])
        del self._rest[:end]
        return message


def whole(data: bytearray) -> int | None:
    """Where the first message ends; None while it is not all there."""
    body = data.find(b"\r\n\r\n") + 4
    if body < 4:
        return None
    head = bytes(data[: body - 2])
    if CHUNKED.search(head):
        return _chunks(data, body)
    found = LENGTH.search(head)
    end = body + int(found[1]) if found else body
    return end if end <= len(data) else None


def _chunks(data: bytearray, at: int) -> int | None:
    """After the last of them; trailers are not understood."""
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(bytes(data[at:line]).partition(b";")[0], 16)
        at = line + 2 + size + 2
        if size == 0:
            return at if at <= len(data) else None
    return None
