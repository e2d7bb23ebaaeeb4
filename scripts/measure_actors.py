"""What people who are here cost: python -m scripts.measure_actors [--actors 100000] [--json FILE]

Each gets an actor by one update and then says nothing more. What one takes is what the process grew by, divided; then
some of them, drawn by `--seed`, press something, and it is measured how long that takes to be in their flow's hands.
The rows come from a stand-in that answers at once: it is the memory and the way through the router that count here.
Exits with 1 when something is over its bound.
"""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Final, TypeVar, cast

import click
import trio
from attrs import asdict, define, frozen
from rich.console import Console
from rich.table import Table

from lockbay.actors.conversation import Chat
from lockbay.actors.inbox import Inbox, Settled
from lockbay.actors.person import Loaded, LoadPerson
from lockbay.actors.plan import Plan
from lockbay.actors.router import Router
from lockbay.actors.screen import Link, Origin, Screen
from lockbay.actors.services import Services
from lockbay.actors.update import Command, Sender, Update
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Statement
from lockbay.wallclock import SystemClock

T = TypeVar("T")
EACH: Final = 8192  # bytes of an idle actor without context
DELIVERY: Final = 0.001  # s, for half of all deliveries; on a busy machine the slowest say more about the others
BATCH: Final = 100  # updates of one getUpdates
PROBES: Final = 1000
FIRST: Final = 2**40  # ids that need more than 32 bits, as Telegram's do


@frozen
class Measured:
    """Bytes and seconds. `rss`: of the whole process, with all of them alive."""

    actors: int
    seed: int
    bytes_each: float
    rss: int
    seconds_to_make_each: float
    delivery_median: float
    delivery_p99: float

    @property
    def failures(self) -> tuple[str, ...]:
        found = []
        if self.bytes_each > EACH:
            found.append(f"an idle actor takes {self.bytes_each:.0f} bytes, not {EACH}")
        if self.delivery_median > DELIVERY:
            found.append(f"a delivery takes {self.delivery_median * 1000:.2f} ms, not {DELIVERY * 1000:.0f}")
        return tuple(found)


class Rows:
    """Everybody has a row."""

    async def run(self, statement: Statement[T]) -> T | Loaded | None:
        await trio.lowlevel.checkpoint()
        if not isinstance(statement, LoadPerson):
            return None
        return Loaded(
            statement.user_id, f"user{statement.user_id}", f"User {statement.user_id}", "en", "UTC", True, False, False,
            False, None, None, None, None, None, None, None,
        )  # fmt: skip


class Settling:
    """An inbox in which everything is stored already."""

    def settle(self, turn: Settled) -> None:
        turn.confirm()


@define
class Shown:
    """A courier that has always delivered."""

    screens: int = 0

    def reply(
        self,
        chat_id: int,
        screen: Screen,
        *,
        origin: Origin | None,
        edit: int | None,
        photo_edit: bool,
        done: Callable[[], None],
    ) -> None:
        self.screens += 1
        done()

    def answer(self, chat_id: int, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        pass


async def home(chat: Chat) -> None:
    await chat.show(Screen(chat.words("Hello {name}", name=chat.person.first_name), ((Link("Menu", "menu"),),)))


def update(number: int, user_id: int) -> Update:
    sender = Sender(user_id, f"User {user_id}", f"user{user_id}")
    return Update(number, sender, user_id, Command("menu"), b"{}")


async def measure(actors: int, seed: int, probes: int = PROBES) -> Measured:
    """Makes the actors, lets them idle, and delivers to some of them."""
    shown = Shown()
    plan = Plan({"menu": home}, {"menu": "menu"}, "menu", lambda _, __: None)
    services = Services(plan, cast(Database, Rows()), cast(Inbox, Settling()), shown, SystemClock(), lambda _: None)
    async with trio.open_nursery() as nursery:
        router = Router(services, nursery)
        router.route([update(0, FIRST - 1)])
        await router.quiesce()
        gc.collect()
        before, began = resident(), perf_counter()
        for first in range(0, actors, BATCH):
            router.route([update(n + 1, FIRST + n) for n in range(first, min(first + BATCH, actors))])
            await trio.lowlevel.checkpoint()
        await router.quiesce()
        took = perf_counter() - began
        gc.collect()
        each = (resident() - before) / actors
        times = sorted([await delivery(router, shown, actors + n, draw) for n, draw in drawn(seed, actors, probes)])
        nursery.cancel_scope.cancel()
    return Measured(actors, seed, each, peak(), took / actors, times[len(times) // 2], times[len(times) * 99 // 100])


def drawn(seed: int, actors: int, probes: int) -> list[tuple[int, int]]:
    dice = random.Random(seed)
    return [(n + 1, FIRST + dice.randrange(actors)) for n in range(probes)]


async def delivery(router: Router, shown: Shown, number: int, user_id: int) -> float:
    """Seconds from the update to the screen that it leads to."""
    before, began = shown.screens, perf_counter()
    router.route([update(number, user_id)])
    while shown.screens == before:
        await trio.lowlevel.checkpoint()
    return perf_counter() - began


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def table(measured: Measured) -> Table:
    shown = Table("what", "measured", "bound", title=f"{measured.actors} idle actors, seed {measured.seed}")
    shown.add_row("an idle actor without context", f"{measured.bytes_each:.0f} B", f"{EACH} B")
    shown.add_row("the process at its largest", f"{measured.rss / 2**20:.0f} MB", "")
    shown.add_row("to make one and answer it", f"{measured.seconds_to_make_each * 1e6:.0f} µs", "")
    shown.add_row("delivery, median", f"{measured.delivery_median * 1e6:.0f} µs", f"{DELIVERY * 1e6:.0f} µs")
    shown.add_row("delivery, 99th percentile", f"{measured.delivery_p99 * 1e6:.0f} µs", "")
    return shown


@click.command()
@click.option("--actors", type=click.IntRange(1), default=100_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "to_file", type=click.Path(path_type=Path), help="Write the figures there, too.")
def main(*, actors: int, seed: int, to_file: Path | None) -> None:
    """Makes so many actors and says what they cost."""
    measured = trio.run(measure, actors, seed)
    Console().print(table(measured))
    if to_file is not None:
        to_file.write_text(json.dumps({**asdict(measured), "failures": measured.failures}, indent=2) + "\n")
    for failure in measured.failures:
        click.echo(failure, err=True)
    sys.exit(bool(measured.failures))


if __name__ == "__main__":
    main()
