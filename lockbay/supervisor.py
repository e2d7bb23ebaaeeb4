"""What systemd is told, if it has started us: that we serve, that the event loop still turns, that we stop.

A loop that hangs answers nothing and never ends: systemd restarts a service that does not say within WatchdogSec that
its loop turns (docs/lockbay.service). The protocol is sd_notify(3)'s, a datagram for each word.
"""

from __future__ import annotations

import os
import socket
from typing import Final

import structlog
import trio

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"
READY: Final = "READY=1\nSTATUS=serves"
STANDBY: Final = "READY=1\nSTATUS=waits for another service to end"
TURNS: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1\nSTATUS=stops"
log = structlog.get_logger()


def tell(what: str) -> None:
    """Nothing where nobody listens. Never waits and never raises: at worst we are restarted because nobody heard us."""
    address = os.environ.get(SOCKET, "")
    if not address:
        return
    if address.startswith("@"):  # Linux' abstract names begin with a zero
        address = f"\0{address[1:]}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC) as told:
            told.sendto(what.encode(), address)
    except OSError as error:
        log.warning("supervisor_not_told", what=what, error=str(error))


async def keep_alive() -> None:
    """Says twice in the time after which we would be restarted that the loop turns; until cancelled, or not at all
    where nobody wants to know.
    """
    microseconds = os.environ.get(WATCHDOG, "")
    if not microseconds.isdecimal() or os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return
    while True:
        tell(TURNS)
        await trio.sleep(int(microseconds) / 2_000_000)
