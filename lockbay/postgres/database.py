"""The database as the rest of LockBay sees it: read a view, perform an operation, run a statement."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Final, TypeAlias, TypeVar, cast

import structlog
import trio
from attrs import define, field
from prometheus_client import Counter, Histogram

from lockbay.errors import (
    DatabaseUnavailable,
    KeyReused,
    LockBayError,
    OutcomeUnknown,
    SchemaMismatch,
    StatementTooSlow,
    WritesRefused,
)
from lockbay.postgres import files, rows
from lockbay.postgres.bridge import Limits, StatementFailed
from lockbay.postgres.catalogue import Catalogue, NoRow, Plan, Row
from lockbay.postgres.files import Command
from lockbay.postgres.gather import Gathering
from lockbay.postgres.locks import Lock, hold_lock
from lockbay.postgres.pool import Pool, open_pool
from lockbay.postgres.queries import Change, Operation, Refused, Statement, View
from lockbay.postgres.rows import Misfit
from lockbay.wallclock import SystemClock, WallClock

T = TypeVar("T")
V = TypeVar("V", bound=View)
Values: TypeAlias = Mapping[str, object]  # of a statement's parameters, by their names
log = structlog.get_logger()

LATENCY = Histogram(
    "lockbay_statement_seconds", "From asking to the answer, with the wait for a connection.", ["file"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)  # fmt: skip
FAILURES = Counter("lockbay_statement_errors_total", "Statements without answer.", ["file", "error"])

APART: Final = 2  # operations at once that wait for locks by themselves, where their kind goes together without
SLOW_SECONDS: Final = 0.05
ALIVE_SECONDS: Final = 2.0  # what /health waits for an answer
WRITES_AGAIN_SECONDS: Final = 90.0  # without a refusal, until writes count as taken: the clock writes every minute
SET_ASIDE: Final[Sequence[Row]] = ({"outcome": None},)  # of an operation that would have to wait for a lock
KEY_REUSED: Final = "LB001"  # raised by sql/requests/claim.sql


def ignore_changes(_: Sequence[Change]) -> None:
    """Until somebody listens."""


def ignore_notices() -> None:
    """Until somebody listens."""


@define(eq=False)
class Database:
    """All questions to PostgreSQL, as typed records. Any task may ask; each question is one round trip.

    Whatever asks raises DatabaseUnavailable when nothing happened and asking again is right, and StatementFailed when
    PostgreSQL refused a statement, which then changed nothing: a bug of ours.

    `on_changed` is called after the commit, with the views that an operation made old; `on_told` when it wrote notices.
    Both are called before the answer is returned, and must not raise. `statements` counts what was sent.
    """

    pool: Pool
    catalogue: Catalogue
    clock: WallClock
    secret: bytes = field(default=b"", repr=False)
    on_changed: Callable[[Sequence[Change]], None] = ignore_changes
    on_told: Callable[[], None] = ignore_notices
    statements: int = 0
    _refused_at: float = field(default=-math.inf, init=False)
    _latency: dict[str, Histogram] = field(factory=dict, init=False, repr=False)
    _gatherings: dict[tuple[str, str], Gathering[Values, Sequence[Row]]] = field(factory=dict, init=False, repr=False)
    _apart: trio.CapacityLimiter = field(factory=lambda: trio.CapacityLimiter(APART), init=False, repr=False)

    async def read(self, kind: type[V], user_id: int, *keys: object) -> V | None:
        """A view of one user; None when there is no row: it does not exist or is not theirs. Cancel-safe."""
        plan = self.catalogue.plan(kind)
        values = {"user_id": user_id, **dict(zip(kind.keys, keys, strict=True))}
        found = await self._gathered(plan, values, reads=True)
        return cast("V | None", answer(plan, found))

    async def perform(self, operation: Operation[T], key: str) -> T | Refused:
        """Does an operation exactly once per key: the same key again returns the first outcome.

        Once sent it is shielded from cancellation, within a bound. Raises OutcomeUnknown when no answer came, and
        KeyReused when the key belongs to another operation. After OutcomeUnknown and DatabaseUnavailable the caller
        repeats the SAME key, which is always safe.
        """
        plan = self.catalogue.plan(type(operation))
        values = fields_of(operation)
        values["request_key"] = key
        if plan.wants_hash:
            values["request_hash"] = rows.request_hash(plan.file, operation)
        try:
            found = await self._gathered(plan, values, reads=False, group=operation.gathers_with)
        except StatementFailed as error:
            if error.code == KEY_REUSED:
                raise KeyReused from error
            raise
        outcome = outcome_of(plan, found)
        self._report(outcome)
        return cast("T | Refused", result_of(plan, outcome))

    async def run(self, statement: Statement[T]) -> T:
        """Runs a statement once. Cancelled before it is sent, nothing happened; later, it may yet happen.

        Raises OutcomeUnknown when it was sent and no answer came.
        """
        plan = self.catalogue.plan(type(statement))
        found = await self._fetch(plan, fields_of(statement))
        return cast(T, answer(plan, found))

    async def is_alive(self) -> bool:
        """Whether PostgreSQL answers now."""
        with trio.move_on_after(ALIVE_SECONDS) as bound:
            try:
                await self.pool.fetch("is_alive", "SELECT 1", (), reads=True)
            except (DatabaseUnavailable, StatementFailed):
                return False
        return not bound.cancelled_caught

    @property
    def takes_writes(self) -> bool:
        """Whether nothing was refused of late because of a full disk: reads, and many a small write, go on with one."""
        return trio.current_time() - self._refused_at > WRITES_AGAIN_SECONDS

    @asynccontextmanager
    async def advisory_lock(self, name: str) -> AsyncIterator[Lock]:
        """Holds a lock that one process at a time can have, on a connection of its own; waits until it is free.

        The lock can be lost with its connection: see Lock. Raises DatabaseUnavailable when the database is away.
        """
        async with hold_lock(self.pool, name) as lock:
            yield lock

    async def _gathered(self, plan: Plan, values: Values, *, reads: bool, group: str = "") -> Sequence[Row]:
        """Views, and operations, which are shielded: with what others ask of the same kind meanwhile, if it gathers."""
        if plan.gathered is None:
            return await self._fetch(plan, values, reads=reads, shielded=not reads)
        gathering = self._gatherings.get((plan.file, group))
        if gathering is None:
            ask = partial(self._views if reads else self._operations, plan)
            gathering = self._gatherings[plan.file, group] = Gathering(ask, shielded=not reads)
        found = await gathering.answer(values)
        if reads or not is_set_aside(found):
            return found
        async with self._apart:
            return await self._fetch(plan, values, shielded=True)

    async def _views(self, plan: Plan, asked: Sequence[Values]) -> Sequence[Sequence[Row] | Exception]:
        """All in one statement; one by one where that takes too long, as it does with one of whom too much is asked."""
        if len(asked) == 1:
            return [await self._fetch(plan, asked[0], reads=True)]
        assert plan.gathered is not None, "only such plans are gathered"
        askers = [values["user_id"] for values in asked]
        try:
            found = await self._send(plan.file, plan.gathered, {"user_id": askers}, reads=True)
        except StatementTooSlow:
            log.info("gathered_views_parted", file=plan.file, views=len(asked))
            return [await self._view_alone(plan, values) for values in asked]
        rows = {row["asker"]: row for row in found}
        return [[rows[asker]] if asker in rows else [] for asker in askers]

    async def _view_alone(self, plan: Plan, values: Values) -> Sequence[Row] | Exception:
        try:
            return await self._fetch(plan, values, reads=True)
        except LockBayError as problem:
            return problem

    async def _operations(self, plan: Plan, asked: Sequence[Values]) -> Sequence[Sequence[Row]]:
        """One transaction for all, which waits for nobody's lock. What would have to is set aside; all of them are
        where PostgreSQL refuses one.
        """
        assert plan.gathered is not None, "only such plans are gathered"
        own = [name for name in plan.command.parameters if name in asked[0]]
        values: Values = {name: [values[name] for values in asked] for name in own}
        try:
            found = await self._send(plan.file, plan.gathered, values, shielded=True)
        except (StatementFailed, StatementTooSlow) as error:
            log.info("gathered_operations_parted", file=plan.file, operations=len(asked), error=type(error).__name__)
            return [SET_ASIDE for _ in asked]
        return [[row] for row in found]

    async def _fetch(self, plan: Plan, values: Values, *, reads: bool = False, shielded: bool = False) -> Sequence[Row]:
        return await self._send(plan.file, plan.command, values, reads=reads, shielded=shielded)

    async def _send(
        self, file: str, command: Command, values: Values, *, reads: bool = False, shielded: bool = False
    ) -> Sequence[Row]:
        arguments = [values[name] if name in values else self._inject(name) for name in command.parameters]
        self.statements += 1
        began = perf_counter()
        try:
            found = await self.pool.fetch(file, command.sql, arguments, reads=reads, shielded=shielded)
            return cast("Sequence[Row]", found)
        except (DatabaseUnavailable, OutcomeUnknown, StatementFailed) as error:
            FAILURES.labels(file, type(error).__name__).inc()
            if isinstance(error, WritesRefused):
                self._refused_at = trio.current_time()
            if isinstance(error, StatementFailed) and error.code != KEY_REUSED:
                log.warning("statement_failed", file=file, code=error.code)
            raise
        finally:
            self._observe(file, perf_counter() - began)

    def _inject(self, name: str) -> object:
        return self.clock.now() if name == "at" else self.secret

    def _observe(self, file: str, seconds: float) -> None:
        latency = self._latency.get(file)
        if latency is None:
            latency = self._latency[file] = LATENCY.labels(file)
        latency.observe(seconds)
        if seconds > SLOW_SECONDS:
            log.warning("statement_slow", file=file, milliseconds=round(seconds * 1000))

    def _report(self, outcome: Mapping[str, object]) -> None:
        changed = cast("Sequence[tuple[int, str]]", outcome.get("changed") or ())
        if changed:
            self.on_changed([Change(user_id, view) for user_id, view in changed])
        if outcome.get("told"):
            self.on_told()


def is_set_aside(found: Sequence[Row]) -> bool:
    """Whether a gathered operation was not begun: it would have had to wait for a lock."""
    return next(iter(found[0].values())) is None


def fields_of(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in rows.field_names(type(record))}


def answer(plan: Plan, found: Sequence[Row]) -> object:
    try:
        return plan.answer.of(found)
    except NoRow as error:
        raise SchemaMismatch(f"sql/{plan.file}.sql answered no row") from error
    except Misfit as error:
        raise SchemaMismatch(f"sql/{plan.file}.sql: the answer does not fit: {error}") from error


def outcome_of(plan: Plan, found: Sequence[Row]) -> Mapping[str, object]:
    """What an operation's function returned. It has committed."""
    outcome = next(iter(found[0].values())) if found else None
    if not isinstance(outcome, dict) or not outcome.keys() & {"answer", "refused"}:
        raise SchemaMismatch(f"sql/{plan.file}.sql returned neither an answer nor a refusal")
    return outcome


def result_of(plan: Plan, outcome: Mapping[str, object]) -> object:
    if "refused" in outcome:
        details = cast("Mapping[str, object]", outcome.get("details") or {})
        texts = {name: value if isinstance(value, str) else rows.write_json(value) for name, value in details.items()}
        return Refused(str(outcome["refused"]), texts)
    try:
        return plan.answer.of_json(outcome["answer"])
    except Misfit as error:
        raise SchemaMismatch(f"sql/{plan.file}.sql: the answer does not fit: {error}") from error


@asynccontextmanager
async def open_database(
    url: str,
    *,
    clock: WallClock | None = None,
    secret: bytes = b"",
    limits: Limits | None = None,
    catalogue: Catalogue | None = None,
) -> AsyncIterator[Database]:
    """A connected database; its exit lets queries in flight end, within a bound of a second, and closes everything.

    It does not migrate and does not check: see `schema`. Raises SettingsError or DatabaseUnavailable when it cannot
    connect. Without a `catalogue` all files of sql/ are read, which takes 10 ms.
    """
    book = catalogue or Catalogue(files.read_files(files.sql_folder()))
    async with open_pool(url, limits) as pool:
        yield Database(pool, book, clock or SystemClock(), secret)
