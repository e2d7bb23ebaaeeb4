"""The books are proven every hour by themselves, beside everything else; the owners hear of a difference."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, Final, TypeAlias

import structlog
import trio
from attrs import frozen
from prometheus_client import Counter, Gauge

from lockbay.audit import AUDITED_AT, Difference, Report
from lockbay.errors import LockBayError
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation
from lockbay.wallclock import WallClock

FIRST: Final = 300.0  # s after the start: what came to a standstill before has settled by then
SHARE: Final = 20.0  # of its own duration it rests at least: it takes a twentieth of one processor at most
SHOWN: Final = 3  # differences in the news; all are on the console, and in --audit
LONGEST: Final = 200

FAILURES = Counter("lockbay_audit_failures", "Audits that did not come to their end")
PERIOD = Gauge("lockbay_audit_period_seconds", "From one audit to the next; 0: none is made by itself")
log = structlog.get_logger()

Prove: TypeAlias = Callable[[], Awaitable[Report]]


@frozen
class TellAudit(Operation[int]):
    """Tells the owners that the books are wrong, and answers how many differences there are."""

    file: ClassVar[str] = "clock/tell_audit"
    differences: int
    kinds: str
    first: str


async def prove(database: Database, clock: WallClock, audit: Prove) -> None:
    """One audit. The same differences are told once a day, whoever finds them. Raises as `audit` and the database."""
    report = await audit()
    if report.passed:
        return
    found = report.differences
    log.error("books_differ", differences=len(found), first=[_line(each) for each in found[:SHOWN]])
    told = TellAudit(len(found), _kinds(found), "\n".join(_line(each) for each in found[:SHOWN]))
    await database.perform(told, f"audit.{clock.now():%Y-%m-%d}.{_digest(found)}")


async def keep_proving(
    database: Database, clock: WallClock, audit: Prove, *, period: float, first: float = FIRST
) -> None:
    """Every period (s; 0: never), and less often where an audit takes long. Whatever failed is proven the next time."""
    PERIOD.set(period)
    AUDITED_AT.set(clock.now().timestamp())  # whoever asks how old the last proof is hears of audits that never succeed
    if period <= 0:
        return
    await trio.sleep(min(first, period))
    while True:
        began = trio.current_time()
        try:
            await prove(database, clock, audit)
        except LockBayError as error:
            FAILURES.inc()
            log.error("audit_not_made", error=type(error).__name__, reason=str(error))
        except Exception:
            FAILURES.inc()
            log.exception("audit_not_made")
        rest = max(period, SHARE * (trio.current_time() - began))
        PERIOD.set(rest)
        await trio.sleep(rest)


def _kinds(found: Iterable[Difference]) -> str:
    return ", ".join(sorted({each.kind for each in found}))


def _line(each: Difference) -> str:
    return f"{each.kind}: {each.subject}: {each.expected}, found {each.found}"[:LONGEST]


def _digest(found: Iterable[Difference]) -> str:
    return hashlib.sha256(repr(tuple(found)).encode()).hexdigest()[:32]
