"""The sandbox by itself: python -m lockbay.sandbox. So the service can be killed while Telegram lives on."""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from pathlib import Path

import orjson
import trio
from attrs import asdict

from lockbay.errors import leaves
from lockbay.sandbox.world import Options, serve_sandbox


async def run(host: str, port: int, data_dir: Path, options: Options) -> None:
    """Serve until SIGTERM or Ctrl-C. Prints one line of JSON, where everything is, when it is ready."""
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            serve = partial(serve_sandbox, options=options)
            sandbox = await nursery.start(serve, host, port, data_dir)
            sys.stdout.buffer.write(orjson.dumps(asdict(sandbox)) + b"\n")
            sys.stdout.buffer.flush()
            async for _ in signals:
                nursery.cancel_scope.cancel()


def main() -> None:
    """Parse the command line and serve."""
    cli = argparse.ArgumentParser(prog="python -m lockbay.sandbox", description=__doc__)
    cli.add_argument(
        "--bind", type=address, default="127.0.0.1:8081", metavar="HOST:PORT", help="default %(default)s; port 0: any"
    )
    cli.add_argument("--data-dir", type=Path, default=Path("var/sandbox"), help="default %(default)s")
    cli.add_argument("--answer-within", type=float, default=15.0, help="seconds a press may wait for its answer")
    cli.add_argument("--first-retry", type=float, default=5.0, help="seconds before a callback is repeated")
    cli.add_argument("--merchant-url", default="", help="the service's public URL, where Fincra sends its webhooks")
    given = cli.parse_args()
    host, port = given.bind
    options = Options(answer_within=given.answer_within, first_retry=given.first_retry, merchant_url=given.merchant_url)
    problem: OSError | None = None
    try:
        trio.run(run, host, port, given.data_dir, options)
    except* OSError as group:
        problem = leaves(group)[0]
    if problem is not None:  # what is raised in an except* comes in a group before Python 3.11.4
        raise SystemExit(f"lockbay.sandbox: {problem}")


def address(said: str) -> tuple[str, int]:
    host, _, port = said.rpartition(":")
    return host or "127.0.0.1", int(port)


if __name__ == "__main__":
    main()
