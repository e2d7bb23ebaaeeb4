"""How statements cost as the database grows: python -m scripts.growth [--users 100000] [--postings 10000000]

First users, tenfold each time, then postings. At each size the statements that people wait for are asked for people
drawn by `--seed`, in transactions that are rolled back, and what counts is the CPU time of PostgreSQL's process: it
hardly depends on what else the machine does. Ends in a table, with `--svg FILE` in a plot and with `--json FILE` in
that. PostgreSQL and all that is in it are thrown away.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Final, TypeAlias

import click
import structlog
import trio
from attrs import asdict, field, frozen
from rich.console import Console
from rich.table import Table

from lockbay.actors.inbox import SettleTurns
from lockbay.areas.admin.records import AdminDashboard
from lockbay.areas.balances import Wallet
from lockbay.areas.cashout.records import CashoutStart, RequestCashout
from lockbay.areas.deposits.records import ApplyPayment
from lockbay.areas.history.records import History
from lockbay.areas.menu.records import Menu
from lockbay.audit import SnapshotLedger
from lockbay.notices.records import DueNotices
from lockbay.postgres import bridge, files, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.catalogue import Catalogue, Declaration
from lockbay.postgres.embedded import EmbeddedPostgres
from scripts.growth_plot import plotted
from scripts.seed import RATES

Values: TypeAlias = Mapping[str, object]
Draw: TypeAlias = Callable[[random.Random, int, int], Values]  # a number, and how many people there are

TIMES: Final = 15
TOGETHER: Final = 24  # turns that are settled in one statement
OWNER: Final = 1
FIRST: Final = 10  # number of the first who has money
PREPARE: Final = f"""
UPDATE terms SET cashout_code = 'never', cashout_daily_count = 0, cashout_daily_usd = 0,
    cashout_unverified_daily_usd = 0;
INSERT INTO users (id, first_name, created_at) VALUES ({OWNER}, 'Owner', now());
INSERT INTO staff (user_id, role, by_settings, added_by, added_at) VALUES ({OWNER}, 'owner', false, {OWNER}, now());
INSERT INTO accounts (kind, currency) VALUES ('clearing:blockbee', 'USDT') ON CONFLICT DO NOTHING
"""
# Triggers look at each row: what is made here in one go is right anyway.
PEOPLE: Final = """
SET session_replication_role = replica;
INSERT INTO users (id, username, first_name, terms_at, onboarded_at, created_at)
SELECT n, 'user' || n, 'User ' || n, now(), now(), now() FROM generate_series({first}::bigint, {last}) n;
INSERT INTO accounts (user_id, kind, currency, balance, version)
SELECT n, 'available', 'USDT', 0, 0 FROM generate_series({first}::bigint, {last}) n;
INSERT INTO payins (user_id, currency, network, provider, address, nonce, reference, created_at)
SELECT n, 'USDT', 'TRC20', 'blockbee', 'address-' || n, 'nonce-' || n, 'reference-' || n, now()
FROM generate_series({first}::bigint, {last}) n;
SET session_replication_role = origin
"""
MONEY: Final = """
SET session_replication_role = replica;
CREATE TEMP TABLE fresh AS
SELECT (SELECT coalesce(max(id), 0) FROM transfers) + i AS id, {first} + (i - 1) % {people} AS owner,
    (i - 1) / {people} + 1 AS nth
FROM generate_series(1::bigint, {transfers}) i;
INSERT INTO transfers (id, request_key, kind, note, at) OVERRIDING SYSTEM VALUE
SELECT id, 'growth.' || id, 'deposit', 'txid', now() - interval '1 year' + id * interval '1 second' FROM fresh;
INSERT INTO requests (key, hash, operation, outcome, at)
SELECT 'growth.' || id, 'hash', 'deposits/apply', '{{"answer": {{}}, "changed": [], "told": 0}}', now() FROM fresh;
INSERT INTO postings (transfer_id, account_id, currency, amount, balance_after, version)
SELECT f.id, a.id, 'USDT', 100 * side, CASE side WHEN 1 THEN a.balance + 100 * f.nth END,
    CASE side WHEN 1 THEN a.version + f.nth END
FROM fresh f CROSS JOIN (VALUES (1), (-1)) sides (side)
JOIN accounts a ON a.owner = CASE side WHEN 1 THEN f.owner ELSE 0 END AND a.currency = 'USDT'
    AND a.kind = CASE side WHEN 1 THEN 'available' ELSE 'clearing:blockbee' END
ORDER BY f.id, side;
UPDATE accounts a SET balance = a.balance + 100 * many.n, version = a.version + many.n
FROM (SELECT owner, count(*) AS n FROM fresh GROUP BY owner) many WHERE a.owner = many.owner AND a.currency = 'USDT';
SELECT setval(pg_get_serial_sequence('transfers', 'id'), (SELECT max(id) FROM transfers));
DROP TABLE fresh;
SET session_replication_role = origin
"""


@frozen
class Probe:
    """A statement that people wait for, and what it is asked."""

    name: str
    declaration: Declaration
    draw: Draw


def of_user(dice: random.Random, _: int, people: int) -> Values:
    return {"user_id": FIRST + dice.randrange(people)}


def history(dice: random.Random, number: int, people: int) -> Values:
    return {**of_user(dice, number, people), "before": 0, "kind": "all", "currency": "all"}


def payment(dice: random.Random, number: int, people: int) -> Values:
    who = FIRST + dice.randrange(people)
    return {
        "provider": "blockbee", "event_id": f"event-{number}", "confirmed": True, "reference": f"reference-{who}",
        "nonce": f"nonce-{who}", "address": f"address-{who}", "currency": "USDT", "network": "TRC20", "value": 10,
        "txid": "33d3e6e5a5f2cf1d9e2d0f9d8a0e5b5f", "body": b"{}", "headers": "{}", "doubted": False,
    }  # fmt: skip


def cashout(dice: random.Random, number: int, people: int) -> Values:
    return {
        **of_user(dice, number, people), "currency": "USDT", "network": "TRC20", "amount": 20, "net": 19,
        "address": "Tsomewhere", "bank_code": "", "bank_name": "", "account_name": "", "label": "", "code": None,
    }  # fmt: skip


def settling(dice: random.Random, number: int, people: int) -> Values:
    who = dice.sample(range(FIRST, FIRST + people), min(TOGETHER, people))
    return {
        "bot_id": 7, "holder": "", "update_ids": who, "ended": [],
        "user_ids": who, "ids": who, "flows": ["menu"] * len(who),
        "args": ["[]"] * len(who), "entries": ["[]"] * len(who), "questions": [1] * len(who),
        "deadlines": [None] * len(who),
    }  # fmt: skip


PROBES: Final = (
    Probe("wallet", Wallet, of_user),
    Probe("menu", Menu, of_user),
    Probe("history", History, history),
    Probe("cash-out, begun", CashoutStart, of_user),
    Probe("cash-out, requested", RequestCashout, cashout),
    Probe("payment, applied", ApplyPayment, payment),
    Probe(f"{TOGETHER} turns, settled", SettleTurns, settling),
    Probe("notices, due", DueNotices, lambda *_: asdict(DueNotices([], chats=True, mails=True, most=200))),
    Probe("dashboard", AdminDashboard, lambda *_: {"user_id": OWNER}),
)


@frozen
class Size:
    """What was measured at one size: microseconds of PostgreSQL's CPU, by statement."""

    users: int
    postings: int
    cost: Mapping[str, float]


@frozen
class Meter:
    """Asks on one connection, as the service would: prepared once, with plans that know no values."""

    connection: Connection
    process: int
    dice: random.Random
    at: datetime
    book: Catalogue = field(factory=lambda: Catalogue(files.read_files(files.sql_folder())))
    numbers: count[int] = field(factory=lambda: count(1))

    async def size(self, users: int, postings: int) -> Size:
        await self.connection.fetch(self.book.plan(SnapshotLedger).command.sql, self.at)
        await self.connection.execute("VACUUM ANALYZE")
        return Size(users, postings, {probe.name: await self.cost(probe, users) for probe in PROBES})

    async def cost(self, probe: Probe, people: int) -> float:
        once = [await self.once(probe, people) for _ in range(TIMES + 3)]
        return median(once[3:]) / 1000

    async def once(self, probe: Probe, people: int) -> float:
        """Nanoseconds. Raises AssertionError where it was refused: that measures nothing."""
        command = self.book.plan(probe.declaration).command
        number = next(self.numbers)
        injected = {"at": self.at, "secret": b"", "request_key": f"probe.{number}", "request_hash": "hash"}
        values = {**injected, **probe.draw(self.dice, number, people)}
        await self.connection.execute("BEGIN")
        try:
            before = burnt(self.process)
            found = await self.connection.fetch(command.sql, *(values[name] for name in command.parameters))
            after = burnt(self.process)
        finally:
            await self.connection.execute("ROLLBACK")
        answer = next(iter(found[0].values())) if found else None
        assert not isinstance(answer, dict) or "refused" not in answer, f"{probe.name}: {answer}"
        return after - before


def burnt(process: int) -> int:
    """Nanoseconds of the processor so far."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])


async def grow(url: str, most_users: int, most_postings: int, seed: int) -> list[Size]:
    """Users first, each with ten payments; then payments to those that there are."""
    await schema.migrate(url)
    at = datetime.now(UTC)
    async with bridge.open_connection(url, schema.MIGRATION_LIMITS) as connection:
        await connection.fetch(RATES, at)
        await connection.execute(PREPARE)
        process = (await connection.fetch("SELECT pg_backend_pid()"))[0]["pg_backend_pid"]
        assert isinstance(process, int)
        meter, sizes = Meter(connection, process, random.Random(seed), at), list[Size]()
        postings = 0
        for users, wanted in plan(most_users, most_postings):
            await more_people(connection, sizes[-1].users if sizes else 0, users)
            await connection.execute(MONEY.format(first=FIRST, people=users, transfers=(wanted - postings) // 2))
            postings = wanted
            sizes.append(await meter.size(users, postings))
            print(f"{users} users, {postings} postings", file=sys.stderr, flush=True)
    return sizes


def plan(users: int, postings: int) -> list[tuple[int, int]]:
    """The sizes, in the order in which they are made: 100 users and more with 20 postings each, then more postings."""
    people = [10**power for power in range(2, 10) if 10**power <= users]
    money = [10**power for power in range(3, 12) if people[-1] * 20 < 10**power <= postings]
    return [*((each, each * 20) for each in people), *((people[-1], each) for each in money)]


async def more_people(connection: Connection, have: int, want: int) -> None:
    if want > have:
        await connection.execute(PEOPLE.format(first=FIRST + have, last=FIRST + want - 1))


def table(sizes: Sequence[Size]) -> Table:
    shown = Table("users", "postings", *(probe.name for probe in PROBES), title="CPU µs of PostgreSQL, median")
    for size in sizes:
        shown.add_row(f"{size.users:,}", f"{size.postings:,}", *(f"{size.cost[probe.name]:.0f}" for probe in PROBES))
    return shown


@click.command()
@click.option("--users", type=click.IntRange(100), default=100_000, show_default=True)
@click.option("--postings", type=click.IntRange(1000), default=10_000_000, show_default=True, help="Takes minutes.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--svg", type=click.Path(path_type=Path), help="Write a plot.")
@click.option("--json", "to_file", type=click.Path(path_type=Path), help="Write the figures there, too.")
def main(*, users: int, postings: int, seed: int, svg: Path | None, to_file: Path | None) -> None:
    """Measure statements on a database that grows."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    folder = Path(tempfile.mkdtemp(prefix="lockbay-growth-"))
    folder.chmod(0o711)  # as root, the server runs as somebody else
    server = EmbeddedPostgres(folder / "postgres", fsync=False)
    try:
        server.start()
        sizes = trio.run(grow, server.url(), users, postings, seed)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    Console(width=160).print(table(sizes))
    if to_file is not None:
        figures = [{"users": each.users, "postings": each.postings, "cpu_us": dict(each.cost)} for each in sizes]
        to_file.write_text(json.dumps({"seed": seed, "sizes": figures}, indent=2) + "\n")
    if svg is not None:
        labels = [f"{short(each.users)} / {short(each.postings)}" for each in sizes]
        svg.write_text(plotted(labels, {probe.name: [s.cost[probe.name] for s in sizes] for probe in PROBES}))


def short(number: int) -> str:
    """1000000 is 1M."""
    for unit, letter in ((10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:g}{letter}"
    return str(number)


if __name__ == "__main__":
    main()
