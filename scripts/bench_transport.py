"""What one sendMessage-like call costs the caller: our transport, BotApi over it, and httpx.

A local server in a process of its own gives the same canned answer to all. Rounds are interleaved; the figure is the
median of CPU µs a call (system calls included) in this process. `floor` is the same exchange with blocking sockets and
no HTTP at all: what the machine takes for two system calls.

    python scripts/bench_transport.py [--calls 2000] [--rounds 9] [--json]
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from functools import partial
from statistics import median
from typing import TypeAlias

import httpx
import orjson
import trio
from rich.console import Console
from rich.table import Table

from lockbay.telegram.api import open_bot_api
from lockbay.telegram.proxy import Endpoint
from lockbay.telegram.transport import open_transport
from lockbay.telegram.types import Keyboard

TOKEN = "123456:benchmark"
TEXT = "Your balance is <b>1 250.00 USDT</b>, of which 250.00 are held for one trade. " * 3
KEYBOARD: Keyboard = {"inline_keyboard": [[{"text": f"Button {n}", "callback_data": f"l:flow:{n}"}] for n in range(6)]}
PARAMS = {"chat_id": 10**10, "text": TEXT, "parse_mode": "HTML", "reply_markup": KEYBOARD}
MESSAGE = {
    "message_id": 7,
    "chat": {"id": 10**10, "type": "private"},
    "date": 0,
    "text": TEXT,
    "reply_markup": KEYBOARD,
}

Call: TypeAlias = Callable[[], Awaitable[object]]


def answer() -> bytes:
    body = orjson.dumps({"ok": True, "result": MESSAGE})
    head = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    return head + body


def serve(listener: socket.socket) -> None:
    canned = answer()

    def talk(connection: socket.socket) -> None:
        while _whole_request(connection):
            connection.sendall(canned)

    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def _whole_request(connection: socket.socket) -> bool:
    """httpx sends head and body apart."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return False
        data += part
    head, body = data.split(b"\r\n\r\n", 1)
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return True


async def cost(call: Call, calls: int) -> float:
    began = time.process_time_ns()
    for _ in range(calls):
        await call()
    return (time.process_time_ns() - began) / calls / 1000


async def measure(port: int, calls: int, rounds: int) -> dict[str, float]:
    url = f"http://127.0.0.1:{port}"
    body = orjson.dumps(PARAMS)
    request = b"POST /bot/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    blocking = socket.create_connection(("127.0.0.1", port))

    async def floor() -> None:
        blocking.send(request)
        blocking.recv(65536)

    async with (
        open_transport(Endpoint("http", "127.0.0.1", port)) as transport,
        open_bot_api(TOKEN, url=url) as api,
        httpx.AsyncClient() as client,
    ):

        async def by_httpx() -> None:
            answered = await client.post(f"{url}/bot{TOKEN}/sendMessage", json=PARAMS)
            orjson.loads(answered.content)

        contestants: dict[str, Call] = {
            "floor": floor,
            "transport": partial(transport.exchange, request, 30.0),
            "BotApi.send_message": partial(api.send_message, 10**10, TEXT, KEYBOARD),
            "httpx": by_httpx,
        }
        return await medians(contestants, calls, rounds)


async def medians(contestants: dict[str, Call], calls: int, rounds: int) -> dict[str, float]:
    costs: dict[str, list[float]] = {name: [] for name in contestants}
    for round_ in range(rounds + 1):
        for name, call in contestants.items():
            spent = await cost(call, calls)
            if round_:  # the first one warms up
                costs[name].append(spent)
    return {name: round(median(each), 1) for name, each in costs.items()}


def show(figures: dict[str, float]) -> None:
    table = Table("", "CPU µs a call", "above the floor", "× httpx")
    for name, figure in figures.items():
        above = figure - figures["floor"]
        table.add_row(name, f"{figure:.1f}", f"{above:.1f}", f"1/{figures['httpx'] / figure:.1f}")
    Console().print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    listener = socket.create_server(("127.0.0.1", 0))
    server = multiprocessing.get_context("fork").Process(target=serve, args=(listener,), daemon=True)
    server.start()
    try:
        figures = trio.run(measure, listener.getsockname()[1], options.calls, options.rounds)
    finally:
        server.kill()
    if options.json:
        print(orjson.dumps(figures).decode())
    else:
        show(figures)


if __name__ == "__main__":
    main()
