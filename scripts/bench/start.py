"""From `python -m lockbay --poll` to its first getUpdates, with the embedded database initialised before."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from typing import Final

import trio

from lockbay.postgres import schema
from lockbay.postgres.embedded import EmbeddedPostgres
from scripts.bench.targets import Target, missed
from scripts.processes import burnt, plain_environment
from scripts.report import Figure, Options, Row

HOST: Final = "127.0.0.1"
PATIENCE: Final = 60.0
PAUSE: Final = 0.2  # s that a getUpdates with nothing takes
BOT: Final = {"id": 1, "is_bot": True, "first_name": "LockBay", "username": "lockbay_bot"}
TARGETS: Final = (Target("s to the first getUpdates, median", most=1.5),)


class Polled(ThreadingHTTPServer):
    """A Telegram that knows one thing: whether it has been asked for updates."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), Answer)
        self.asked = threading.Event()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Polled

    def do_POST(self) -> None:
        method = self.path.rpartition("/")[2]
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if method == "getUpdates":
            self.server.asked.set()
            time.sleep(PAUSE)
        result: object = {"getMe": BOT, "getUpdates": []}.get(method, True)
        body = json.dumps({"ok": True, "result": result}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        with suppress(ConnectionError):  # it stops while it waits for updates
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """It is not worth a line."""


@contextmanager
def telegram() -> Iterator[Polled]:
    with Polled() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def run(options: Options) -> Row:
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="lockbay-bench-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    try:
        initialise(folder)
        starts = [start(folder) for _ in range(options.number(5))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures: dict[str, Figure] = {
        "starts": len(starts),
        "s to the first getUpdates, median": median(took for took, _ in starts),
        "s to the first getUpdates, longest": max(took for took, _ in starts),
        "CPU s of the service until then": median(spent for _, spent in starts),
    }
    return Row("start", options.seed, time.monotonic() - began, figures, missed(options, figures, TARGETS))


def initialise(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    try:
        trio.run(schema.migrate, server.url())
    finally:
        server.stop()


def start(folder: Path) -> tuple[float, float]:
    """Seconds to the first getUpdates, and the CPU seconds of the service up to then. Then it is stopped."""
    with telegram() as server, (folder / "service.log").open("ab") as log:
        began = time.perf_counter()
        service = subprocess.Popen(
            [sys.executable, "-m", "lockbay", "--poll"], env=environment(server, folder), cwd=folder, stderr=log
        )
        try:
            polled = server.asked.wait(PATIENCE)
            found = time.perf_counter() - began, burnt(service.pid)
        finally:
            service.terminate()
            code = service.wait(PATIENCE)
    if not polled or code:
        raise RuntimeError((folder / "service.log").read_text(errors="replace")[-2000:])
    return found


def environment(server: Polled, folder: Path) -> Mapping[str, str]:
    return {
        **plain_environment(),
        "LOCKBAY_BOT_TOKEN": "1:a-token-of-the-bench-0123456789abcdef",
        "LOCKBAY_TELEGRAM_URL": f"http://{HOST}:{server.server_port}",
        "LOCKBAY_DATA_DIR": str(folder),
        "LOCKBAY_WEB_BIND": f"{HOST}:0",
    }
