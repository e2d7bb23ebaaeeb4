"""What has come of a request, as httptools' parser tells it."""

from __future__ import annotations

import re
from collections import deque
from typing import Final

from attrs import define, field

WHOLE_URL: Final = re.compile(rb"https?://[^/?#]+", re.IGNORECASE)


@define(eq=False)
class Incoming:
    """A request as far as it has come. The parser calls the methods, also for what was sent ahead: the first counts."""

    target: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(factory=list)
    pieces: deque[bytes] = field(factory=deque)
    has_head: bool = False
    is_whole: bool = False
    sent_ahead: bool = False

    def on_message_begin(self) -> None:
        self.sent_ahead = self.is_whole

    def on_url(self, part: bytes) -> None:
        if not self.has_head:
            self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # later it is a trailer
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.has_head = True

    def on_body(self, piece: bytes) -> None:
        if not self.is_whole:
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        self.is_whole = True

    def values(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]

    @property
    def wants_end(self) -> bool:
        """Whether the client wants no other answer. httptools says so only while the message's last byte is read."""
        asked = b",".join(self.values(b"connection")).lower().split(b",")
        return b"close" in [each.strip() for each in asked] or bool(self.values(b"upgrade"))


def origin_form(target: bytes) -> bytes:
    """A path and query; out of a whole URL, too, as proxies may ask (RFC 9112 §3.2.2)."""
    inside = WHOLE_URL.sub(b"", target, count=1) if WHOLE_URL.match(target) else target
    return inside if inside.startswith(b"/") or inside == target else b"/" + inside
