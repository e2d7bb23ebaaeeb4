"""Telegram for the load, as cheap as Python allows: it takes part of the same machine, and is not measured.

A process of its own: python -m scripts.webhooks.telegram FIRST LAST. Whoever has an id from FIRST to LAST has started
the bot, so that every message to them is shown; all others never have (403). Nobody writes, so a long poll is answered
with nothing, in its time. Not the sandbox, which parses and keeps every message as Telegram does: that takes a
millisecond.
"""

from __future__ import annotations

import heapq
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Final

import orjson
from attrs import define, field

from scripts.processes import ROOT

HOST: Final = "127.0.0.1"
TOKEN: Final = "42:token-of-the-load"
BOT: Final = {"id": 42, "is_bot": True, "first_name": "Load", "username": "load_bot"}
FORBIDDEN: Final = "Forbidden: bot can't initiate conversation with a user"
RECEIVE: Final = 65536
SENDING: Final = ("sendMessage", "sendPhoto", "sendDocument")


@define(eq=False)
class Telegram:
    """One thread, one epoll. `_later` are the long polls, by when they are answered."""

    known: range
    _listener: socket.socket = field(factory=lambda: socket.create_server((HOST, 0), backlog=128))
    _poll: select.epoll = field(factory=select.epoll)
    _lines: dict[int, socket.socket] = field(factory=dict)
    _half: dict[int, bytes] = field(factory=dict)
    _later: list[tuple[float, int]] = field(factory=list)
    _messages: Iterator[int] = field(factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """For ever."""
        self._poll.register(self._listener, select.EPOLLIN)
        while True:
            wait = max(self._later[0][0] - time.monotonic(), 0.0) if self._later else None
            for file, _ in self._poll.poll(wait):
                if file == self._listener.fileno():
                    self._accept()
                else:
                    self._hear(file)
            while self._later and self._later[0][0] <= time.monotonic():
                self._say(heapq.heappop(self._later)[1], done([]))

    def _accept(self) -> None:
        line, _ = self._listener.accept()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines[line.fileno()], self._half[line.fileno()] = line, b""
        self._poll.register(line, select.EPOLLIN)

    def _hear(self, file: int) -> None:
        try:
            data = self._lines[file].recv(RECEIVE)
        except OSError:
            data = b""
        if not data:
            return self._hang_up(file)
        data = self._half[file] + data
        while (end := whole(data)) is not None:
            answer = self._answer(file, data[:end])
            data = data[end:]
            if answer is not None:
                self._say(file, answer)
        self._half[file] = data

    def _say(self, file: int, answer: bytes) -> None:
        """To whoever is still there; our answers are small enough for any socket's buffer."""
        if file in self._lines:
            try:
                self._lines[file].sendall(answer)
            except OSError:
                self._hang_up(file)

    def _hang_up(self, file: int) -> None:
        self._lines.pop(file).close()
        del self._half[file]
        self._later = sorted(each for each in self._later if each[1] != file)

    def _answer(self, file: int, request: bytes) -> bytes | None:
        """None: later."""
        head, _, body = request.partition(b"\r\n\r\n")
        method = head.split(b" ", 2)[1].rpartition(b"/")[2].decode()
        if method in SENDING:
            return self._shown(int(orjson.loads(body)["chat_id"]))
        if method == "getMe":
            return done(BOT)
        if method == "getUpdates":
            heapq.heappush(self._later, (time.monotonic() + float(orjson.loads(body).get("timeout", 0)), file))
            return None
        return done(True)

    def _shown(self, chat_id: int) -> bytes:
        if chat_id not in self.known:
            return http(403, {"ok": False, "error_code": 403, "description": FORBIDDEN})
        chat = {"id": chat_id, "first_name": f"User{chat_id}", "type": "private"}
        now = int(time.time())
        return done({"message_id": next(self._messages), "from": BOT, "chat": chat, "date": now, "text": "shown"})


def whole(data: bytes) -> int | None:
    """Where the first request ends, if all of it is there."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    lower = data[:head].lower()
    start = lower.find(b"content-length:")
    length = int(lower[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
    end = head + 4 + length
    return end if len(data) >= end else None


def done(result: object) -> bytes:
    return http(200, {"ok": True, "result": result})


def http(status: int, answer: Mapping[str, object]) -> bytes:
    body = orjson.dumps(answer)
    head = b"HTTP/1.1 %d -\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % (status, len(body)) + body


@contextmanager
def open_telegram(first: int, last: int, environment: Mapping[str, str]) -> Iterator[str]:
    """Its URL, as long as it runs."""
    command = [sys.executable, "-m", "scripts.webhooks.telegram", str(first), str(last)]
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the load's own Ctrl-C ends it
    telegram = Telegram(range(int(sys.argv[1]), int(sys.argv[2]) + 1))
    print(telegram.url, flush=True)
    telegram.serve()


if __name__ == "__main__":
    main()
