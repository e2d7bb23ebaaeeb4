"""What is asked of the service besides, while something else loads it."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager


def page(address: tuple[str, int], path: str) -> str:
    """What is served there. Raises OSError, and HTTPException, when nobody answers."""
    with closing(http.client.HTTPConnection(*address, timeout=5)) as client:
        client.request("GET", path)
        return client.getresponse().read().decode()


@contextmanager
def repeated(ask: Callable[[], None], pause: float) -> Iterator[None]:
    """Asks all the time from a thread of its own, `pause` s after each answer."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(pause):
            ask()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
