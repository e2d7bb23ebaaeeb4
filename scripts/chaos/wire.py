"""HTTP as far as our own Telegram speaks it: requests of known length, JSON or multipart."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TypeAlias

import orjson

Fields: TypeAlias = dict[str, object]


class Call:
    """What the parser has read: whole requests in `done`."""

    def __init__(self) -> None:
        self.done: deque[tuple[str, str, bytes]] = deque()
        self._path, self._kind, self._parts = "", "", list[bytes]()

    def on_message_begin(self) -> None:
        self._path, self._kind, self._parts = "", "", []

    def on_url(self, url: bytes) -> None:
        self._path += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"content-type":
            self._kind = value.decode()

    def on_body(self, body: bytes) -> None:
        self._parts.append(body)

    def on_message_complete(self) -> None:
        self.done.append((self._path, self._kind, b"".join(self._parts)))


def parameters(kind: str, body: bytes) -> Mapping[str, object]:
    """Of JSON, or the texts of a multipart body."""
    if not kind.startswith("multipart/form-data"):
        found = orjson.loads(body) if body else {}
        assert isinstance(found, dict)
        return found
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    params: Fields = {}
    for part in body.split(boundary)[1:-1]:
        head, _, value = part[2:-2].partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        params[name] = "file" if b"filename=" in head else value.decode()
    return params


def http(status: int, body: bytes) -> bytes:
    return b"HTTP/1.1 %d Status\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        status,
        len(body),
        body,
    )
