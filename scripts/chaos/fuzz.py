"""50 000 updates that are changed in their structure, and as many webhooks: no crash, no hang, the others are served.

The updates go through the boundary (telegram/json), the inbox, the router and the actors, on the real database, in
this process; what would be sent is made into a message and dropped. Beside them somebody asks for the menu in every
batch. The webhooks are those of tests/web/test_fuzz.py, in a process of their own.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Final

import structlog
import trio
from attrs import define, evolve, field

from lockbay import plan
from lockbay.actors.inbox import Inbox
from lockbay.actors.intake import Intake
from lockbay.actors.router import Router
from lockbay.actors.screen import Origin, Screen
from lockbay.actors.services import Services
from lockbay.actors.update import Update
from lockbay.errors import TelegramUnavailable
from lockbay.postgres.bridge import Limits
from lockbay.postgres.database import Database, open_database
from lockbay.sandbox.html import parse_html
from lockbay.telegram import json
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.groups import group_errands
from lockbay.telegram.keyboard import screen_markup
from lockbay.telegram.refusals import AnswerLost
from lockbay.wallclock import SystemClock
from scripts.chaos.crowd import TOKEN, Crowd
from scripts.chaos.mutation import encoded, mutated, originals, scrambled
from scripts.chaos.world import World, open_world
from scripts.processes import ROOT, plain_environment
from scripts.report import Options, Row
from scripts.seed import make_people

UPDATES: Final = 50_000
CALLS: Final = 50_000
PEOPLE: Final = 60
FIRST: Final = 810_001
WITNESS: Final = FIRST + PEOPLE
BATCH: Final = 50
HANG: Final = 60.0  # s for a batch
ROOM: Final = 150.0  # MB that may be taken after the first tenth
SCRAMBLED: Final = 0.1  # of the batches, and only to be read
FINE: Final = ("update_skipped", "stored_update_unreadable")  # said of what cannot be read


@define
class Drain:
    """The courier's place: screens become messages, and go nowhere."""

    shown: Counter[int] = field(factory=Counter)
    problems: list[str] = field(factory=list)

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
        try:
            screen_markup(screen, origin)
            parse_html(str(screen.text))
        except Exception as problem:
            self.problems.append(f"a screen that cannot be sent: {problem}: {screen}"[:500])
        self.shown[chat_id] += 1
        done()

    def answer(self, chat_id: int, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        pass


@define
class Lab:
    """A run."""

    chance: random.Random
    drain: Drain = field(factory=Drain)
    counts: Counter[str] = field(factory=Counter)
    errors: list[str] = field(factory=list)
    slowest: float = 0.0
    offset: int = 1000

    def log(self, _: object, level: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
        """What is written down: errors are kept, the rest is counted."""
        if level in ("error", "critical", "exception") and event.get("event") not in FINE:
            why = traceback.format_exc(limit=-6) if event.get("exc_info") else ""
            self.errors.append(f"logged: {event} {why}"[:2500])
        raise structlog.DropEvent


async def run(options: Options) -> Row:
    """The scenario."""
    row = await updates(options)
    began = time.monotonic()
    failures = (*row.failures, *await webhooks(options))
    found = {**row.figures, "webhook calls": options.number(CALLS, 500)}
    return evolve(row, seconds=row.seconds + time.monotonic() - began, figures=found, failures=failures)


async def updates(options: Options) -> Row:
    """What comes from Telegram."""
    began, lab = time.monotonic(), Lab(random.Random(options.seed))
    async with open_world(fsync=False) as world:
        await make_people(world.url, PEOPLE + 1, FIRST, {})
        before = structlog.get_config()
        structlog.configure(processors=[lab.log])
        try:
            grown = await feed(lab, world, options.number(UPDATES, 500))
        finally:
            structlog.configure(**before)
        failures = [*lab.errors, *lab.drain.problems, *await verdict(lab, world, grown)]
    found = figures(lab, grown)
    return Row("fuzz", options.seed, time.monotonic() - began, found, tuple(failures))


async def feed(lab: Lab, world: World, updates: int) -> float:
    """All of them; the MB that were taken after the first tenth."""
    async with (
        open_database(world.url, limits=Limits(connections=4)) as database,
        trio.open_nursery() as nursery,
        open_bot_api(TOKEN, url=await nursery.start(Crowd(range(0), lambda _, __: []).serve)) as api,
    ):
        inbox = Inbox(database, 7)
        await nursery.start(inbox.run)
        services = Services(
            plan.plan("fuzz_bot", "", b"s"),
            database,
            inbox,
            lab.drain,
            SystemClock(),
            stored,
            group_errands(api, database),
        )
        router = Router(services, nursery)
        database.on_changed = router.changed
        intake = Intake(router, inbox, nursery)
        first = 0.0
        for number in range(updates // BATCH):
            with trio.move_on_after(HANG) as limit:
                await one_batch(lab, intake, router)
            if limit.cancelled_caught:
                lab.errors.append(f"batch {number} hangs")
                break
            if number == max(1, updates // BATCH // 10):
                first = resident()
        grown = resident() - first
        await settled(lab, inbox, database)
        nursery.cancel_scope.cancel()
    return grown


def stored(raw: bytes) -> Update | None:
    try:
        return json.update(raw)
    except json.MalformedUpdate:
        return None


async def one_batch(lab: Lab, intake: Intake, router: Router) -> None:
    """As the poller does: read, route and store; then until all of it is handled."""
    began, body = time.monotonic(), made(lab)
    if lab.chance.random() < SCRAMBLED:
        only_read(lab, scrambled(body, lab.chance))
    try:
        batch = json.batch(200, body)
    except Exception as problem:
        lab.errors.append(f"a batch is not read: {type(problem).__name__}: {problem}: {body[:300]!r}")
        return
    lab.counts["for us"] += len(batch.updates)
    lab.counts["unreadable"] += len(batch.skipped)
    await intake(batch.updates, batch.next_offset or lab.offset)
    await router.quiesce()
    lab.slowest = max(lab.slowest, time.monotonic() - began)


def made(lab: Lab) -> bytes:
    """An answer to getUpdates with the witness's /menu somewhere in it."""
    chance, parts = lab.chance, list[bytes]()
    at = chance.randrange(BATCH)
    for number in range(BATCH):
        lab.offset += 1
        if number == at:
            update = originals(WITNESS)[0] | {"update_id": lab.offset}
            lab.counts["menus"] += 1
        else:
            original = chance.choice(originals(FIRST + chance.randrange(PEOPLE)))
            update = {"update_id": lab.offset} | mutated(original, chance)
            if chance.random() < 0.01:
                update["update_id"] = chance.choice((None, "x", -1, 1.5, True, {}, 2**70))
            lab.counts["mutated"] += 1
        parts.append(encoded(update))
    return b'{"ok":true,"result":[%b]}' % b",".join(parts)


def only_read(lab: Lab, body: bytes) -> None:
    lab.counts["scrambled answers"] += 1
    try:
        json.batch(200, body)
    except (AnswerLost, TelegramUnavailable):
        lab.counts["scrambled answers refused"] += 1
    except Exception as problem:
        lab.errors.append(f"{type(problem).__name__} from {body[:300]!r}")


async def settled(lab: Lab, inbox: Inbox, database: Database) -> None:
    await inbox.drain()
    rows = await database.pool.fetch("left", "SELECT count(*) AS n FROM inbox", ())
    if rows[0]["n"]:
        lab.errors.append(f"{rows[0]['n']} updates are left in the inbox")


async def verdict(lab: Lab, world: World, grown: float) -> list[str]:
    found = [f"dead letter: {error}" for (error,) in await world.rows("SELECT error FROM dead_letters")]
    found += [f"audit: {difference}" for difference in (await world.audited()).differences]
    if lab.drain.shown[WITNESS] != lab.counts["menus"]:
        found.append(f"of {lab.counts['menus']} menus {lab.drain.shown[WITNESS]} were shown to who is well")
    return found + ([f"{grown:.0f} MB were taken"] if grown > ROOM else [])


async def webhooks(options: Options) -> list[str]:
    """Its own process, as it is a test. Bounded by that."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/web/test_fuzz.py",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "timeout=1800",
    ]
    environment = plain_environment() | {
        "LOCKBAY_FUZZ_CALLS": str(options.number(CALLS, 500)),
        "LOCKBAY_FUZZ_SEED": str(options.seed),
    }
    done = await trio.run_process(
        command, env=environment, cwd=ROOT, check=False, capture_stdout=True, capture_stderr=True
    )
    return [] if done.returncode == 0 else [f"webhooks: {done.stdout.decode(errors='replace')[-3000:]}"]


def resident() -> float:
    """MB of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def figures(lab: Lab, grown: float) -> dict[str, str | int | float]:
    return {
        **lab.counts,
        "screens shown": lab.drain.shown.total(),
        "slowest batch": f"{lab.slowest:.2f} s of {BATCH} updates",
        "MB taken after the first tenth": round(grown, 1),
        "load average": os.getloadavg()[0],
    }
