"""The clerk: makes the files that people ordered, and sends them.

An order is a row, and stays due until its file was sent: after a crash it is made again. What is in a file was fixed
when it was ordered, so it is the same file; one that was sent just before the crash arrives twice, with one content.
Pages go from the database to the printer (printer.py, a process of its own) unread.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
import trio
from prometheus_client import Counter, Histogram

from lockbay.actors.screen import Document, Screen
from lockbay.actors.words import words
from lockbay.areas.admin import exports
from lockbay.areas.admin.export_file import Exported
from lockbay.areas.history import statements
from lockbay.areas.history.records import Ordered
from lockbay.areas.history.screens import ALL
from lockbay.areas.period import Period
from lockbay.errors import LockBayError, OutcomeUnknown, Unavailable, leaves
from lockbay.lookout import Lookout
from lockbay.notices.courier import Courier
from lockbay.notices.file_records import (
    END,
    EXPORT,
    DueFiles,
    EndFile,
    ExportLines,
    FileOrder,
    Page,
    PostponeFile,
    StatementLines,
)
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from lockbay.postgres.rows import Misfit, parse_json, structurer, write_json
from lockbay.telegram.refusals import Refusal, Unauthorized, Unreachable
from lockbay.wallclock import WallClock

PERIOD: Final = 5.0  # s between two looks, when nobody tells
PAGE: Final = 500  # movements: some milliseconds of the database
BOUND: Final = 300.0  # s for one file
TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=10)  # then twice as long each time
AWAY: Final = (Unavailable, OutcomeUnknown, Unauthorized)  # also a token, which can be mended
TOO_LARGE: Final = 413  # Telegram's code
VIEW: Final = "FileOrders"  # what an order makes old: nobody reads it, the clerk hears of it
PASSED_ON: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "PYTHONTZPATH")

MADE: Final = Counter("lockbay_files_made", "Files that people ordered", ["kind", "format", "outcome"])
SECONDS: Final = Histogram("lockbay_file_seconds", "From the order to the file", buckets=(0.5, 1, 2, 5, 10, 30, 120))
log = structlog.get_logger()


class NotMade(LockBayError):
    """The printer made no file."""


class NotTheirs(LockBayError):
    """Who ordered it may not see it any more."""


class Clerk:
    """One file at a time. Keeps nothing that is lost with it."""

    def __init__(self, database: Database, clock: WallClock, courier: Courier) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._lookout = Lookout("clerk", PERIOD)

    def changed(self, changes: Sequence[Change]) -> None:
        """Something was committed: looks at once when it was an order."""
        if any(change.view == VIEW for change in changes):
            self._lookout.wake()

    async def run(self) -> None:
        """For ever, whatever goes wrong. Cancel it at any time: the printer is killed, and the orders stay due."""
        await self._lookout.keep(self.tick)

    async def tick(self) -> None:
        """Makes all that is due by now. Raises what the database raises when it is away."""
        while orders := await self._database.run(DueFiles()):
            for order in orders:
                await self._fill(order)

    async def _fill(self, order: FileOrder) -> None:
        """Whatever becomes of one order, it is not due at once again."""
        try:
            await self._courier.deliver(order.user_id, await self._file(order))
        except Unreachable as refused:  # they have blocked the bot: nobody is there to be told
            await self._end(order, "refused", _reason(refused))
        except Exception as problem:
            await self._not_sent(order, _cause(problem))
        else:
            await self._end(order, "sent", None)
            SECONDS.observe((self._clock.now() - order.asked_at).total_seconds())

    async def _file(self, order: FileOrder) -> Screen:
        speech = words(order.language, order.time_zone)
        if order.kind == EXPORT:
            made: Exported = structurer(Exported)(parse_json(order.about))
            name = _name(order, Period.of(made.period), made.what)
            return exports.arrived(speech, made, Document(name, await self._printed(order)))
        ordered: Ordered = structurer(Ordered)(parse_json(order.about))
        content = await self._printed(order)
        what = "" if ordered.currency == ALL else ordered.currency
        return statements.arrived(speech, ordered, Document(_name(order, Period.of(ordered.period), what), content))

    async def _printed(self, order: FileOrder) -> bytes:
        """Raises NotMade, and what the database raises."""
        out: list[bytes] = []
        with trio.move_on_after(BOUND):
            async with trio.open_nursery() as nursery:
                printer = await nursery.start(_printer)
                nursery.start_soon(_collect, printer.stdout, out)
                await self._feed(order, printer)
                code = await printer.wait()
            if code == 0 and out:
                return b"".join(out)
            raise NotMade(f"the printer ended with {code}")
        raise NotMade(f"the printer took longer than {BOUND:.0f} s")

    async def _feed(self, order: FileOrder, printer: trio.Process) -> None:
        assert printer.stdin is not None
        try:
            async with printer.stdin as stdin:
                await stdin.send_all(write_json(order).encode() + b"\n")
                after = 0
                while (page := await self._page(order, after)).lines is not None:
                    await stdin.send_all(page.lines.encode() + b"\n")
                    after = page.last
                await stdin.send_all(END)
        except trio.BrokenResourceError:
            return  # it has ended early, and its code says that it failed

    async def _page(self, order: FileOrder, after: int) -> Page:
        if order.kind != EXPORT:
            return await self._database.run(StatementLines(order.id, after, PAGE))
        page = await self._database.run(ExportLines(order.id, after, PAGE))
        if not page.allowed:
            raise NotTheirs
        return page

    async def _not_sent(self, order: FileOrder, why: Exception) -> None:
        if isinstance(why, NotTheirs):  # nor are they told: they know of their role
            await self._end(order, "refused", _reason(why))
        else:
            await self._put_off(order, why)

    async def _put_off(self, order: FileOrder, why: Exception) -> None:
        """Five times, and for as long as something is away. What Telegram refuses, it refuses again."""
        error = str(why) if isinstance(why, LockBayError) and not isinstance(why, Misfit) else ""
        log.warning("file_put_off", order=order.id, attempt=order.attempts + 1, error=type(why).__name__, why=error)
        is_over = isinstance(why, Refusal) or order.attempts + 1 >= TRIES
        if is_over and not isinstance(why, AWAY):
            await self._fail(order, why)
        else:
            await self._postpone(order, why)

    async def _postpone(self, order: FileOrder, why: Exception) -> None:
        wait = FIRST_WAIT * 2 ** min(order.attempts, 6)
        await self._database.run(PostponeFile(order.id, self._clock.now() + wait, type(why).__name__))

    async def _fail(self, order: FileOrder, why: Exception) -> None:
        """Whoever waits for the file hears that it does not come; later, where Telegram is away now."""
        log.error("file_not_made", order=order.id, kind=order.kind, error=type(why).__name__)
        is_too_large = isinstance(why, Refusal) and why.code == TOO_LARGE
        told = statements.failed(words(order.language, order.time_zone), is_too_large=is_too_large)
        try:
            await self._courier.deliver(order.user_id, told)
        except AWAY as away:
            return await self._postpone(order, away)
        except LockBayError as unsaid:
            log.info("file_failure_not_told", order=order.id, error=type(unsaid).__name__)
        except Exception:  # the order has to end all the same: it would be the first of each look
            log.exception("file_failure_not_told", order=order.id)
        await self._end(order, "failed", _reason(why))

    async def _end(self, order: FileOrder, outcome: str, problem: str | None) -> None:
        MADE.labels(order.kind, order.format, outcome).inc()
        log.info("file_over", order=order.id, kind=order.kind, format=order.format, outcome=outcome)
        await self._database.run(EndFile(order.id, problem))


def _cause(problem: Exception) -> Exception:
    """Of what comes out of a nursery what counts: something that was away, else the first."""
    causes = leaves(problem) if isinstance(problem, ExceptionGroup) else [problem]
    return next((cause for cause in causes if isinstance(cause, AWAY)), causes[0])


def _reason(why: Exception) -> str:
    """For the row. Only Telegram's own words are told: another message may quote the data."""
    return f"{type(why).__name__}: {why}" if isinstance(why, Refusal) else type(why).__name__


def _name(order: FileOrder, days: Period, what: str) -> str:
    """lockbay-2026-11-01-2026-11-22-USDT.pdf; of everything without the last."""
    parts = [f"{day}" for day in (days.first, days.last) if day is not None] or [f"{order.asked_at:%Y-%m-%d}"]
    return f"{'-'.join(filter(None, ['lockbay', *parts, what]))}.{order.format}"


async def _printer(*, task_status: trio.TaskStatus[trio.Process]) -> None:
    """A process that knows of no secret of the service's, and that a Ctrl-C in the terminal does not reach."""
    await trio.run_process(
        [sys.executable, "-m", "lockbay.notices.printer"],
        stdin=-1,
        stdout=-1,
        stderr=None,
        check=False,
        start_new_session=True,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        task_status=task_status,
    )


async def _collect(stdout: trio.abc.ReceiveStream | None, out: list[bytes]) -> None:
    assert stdout is not None
    out.extend([bytes(chunk) async for chunk in stdout])
