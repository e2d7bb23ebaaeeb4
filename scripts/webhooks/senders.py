"""Senders of webhooks: one thread, many keep-alive connections, as cheap as Python allows.

What they cost is not the service's, but it is on the same machine: hence no HTTP library and no scheduler.
"""

from __future__ import annotations

import select
import socket
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

RECEIVE: Final = 65536
PATIENCE: Final = 10.0  # s, for the last answers
NOBODY: Final = 0  # the status of a request whose connection broke


@frozen
class Sent:
    """What came of a run. `latencies` in seconds, of the answers 200: in an open loop from the scheduled moment."""

    seconds: float
    latencies: Sequence[float] = field(repr=False)
    statuses: Counter[int]
    connects: int

    @property
    def rate(self) -> float:
        return self.statuses[200] / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies) or [float("nan")]
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@define(eq=False)
class Line:
    """One connection, and the request that it is busy with."""

    address: tuple[str, int]
    since: float = 0.0
    connects: int = 0
    _socket: socket.socket | None = None
    _answer: bytes = b""

    def send(self, request: bytes, since: float) -> int:
        """The file to wait for."""
        if self._socket is None:
            self._socket = socket.create_connection(self.address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connects += 1
        self.since, self._answer = since, b""
        self._socket.sendall(request)
        return self._socket.fileno()

    def take(self) -> int | None:
        """The status of a whole answer; None while there is more to come."""
        assert self._socket is not None
        try:
            data = self._socket.recv(RECEIVE)
        except OSError:
            data = b""
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not data:
            self.close()
            return NOBODY
        if not end or len(body) < length(head):
            return None
        if b"connection: close" in head.lower():
            self.close()
        return int(self._answer[9:12])

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def length(head: bytes) -> int:
    lower = head.lower()
    start = lower.find(b"content-length:")
    return int(lower[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0


def run(
    address: tuple[str, int], requests: Sequence[bytes], connections: int, seconds: float, rate: float | None = None
) -> Sent:
    """Sends for so many seconds, or until there are no more requests, and waits for the last answers.

    With `rate` each request has its moment, whatever became of those before; else every answer lets the next one go.
    """
    poll = select.epoll()
    idle = deque(Line(address) for _ in range(connections))
    lines, busy = list(idle), dict[int, Line]()
    statuses, latencies = Counter[int](), list[float]()
    began = now = time.perf_counter()
    next_one = 0
    while True:
        over = now - began > seconds or next_one == len(requests)
        while not over and idle and next_one < len(requests):
            since = now if rate is None else began + next_one / rate
            if since > now:
                break
            line = idle.popleft()
            file = line.send(requests[next_one], since)
            busy[file] = line
            poll.register(file, select.EPOLLIN)
            next_one += 1
        if over and (not busy or now - began > seconds + PATIENCE):
            break
        due = now + 0.1 if rate is None or not idle else began + next_one / rate
        ready = poll.poll(max(0.0, min(due - now, 0.1)))
        now = time.perf_counter()
        for file, _ in ready:
            line = busy[file]
            status = line.take()
            if status is not None:
                poll_forget(poll, file)
                del busy[file]
                idle.append(line)
                statuses[status] += 1
                if status == 200:
                    latencies.append(now - line.since)
    statuses[NOBODY] += len(busy)
    for line in lines:
        line.close()
    poll.close()
    return Sent(now - began, latencies, +statuses, sum(line.connects for line in lines))


def poll_forget(poll: select.epoll, file: int) -> None:
    """A connection that was closed is forgotten already."""
    try:
        poll.unregister(file)
    except OSError:
        return
