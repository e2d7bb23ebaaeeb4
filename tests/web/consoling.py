"""The console on a free port, with people and things to look at, and browsers that do what browsers do."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from ipaddress import ip_network
from itertools import count

import httpx
import pytest
import trio
from attrs import Factory, define, frozen

from lockbay.actors.inbox import BuryUpdate
from lockbay.actors.person import MeetPerson
from lockbay.areas.admin.console import Door, OpenConsole
from lockbay.areas.admin.correction_records import ProposeCorrection
from lockbay.areas.admin.terms_records import SetFee, SetTerm
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.support.records import AskSupport
from lockbay.areas.terms import Terms
from lockbay.areas.trades.records import CancelTrade
from lockbay.audit import Report, audit
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.app import web_app
from lockbay.web.console.access import Allowances
from lockbay.web.console.buckets import Allowance
from lockbay.web.console.chores import Chores
from lockbay.web.console.console import Console
from lockbay.web.health import Health
from lockbay.web.server import serve_web
from tests.areas.disputing import opening
from tests.ledger.world import World, payment

SITE = "https://lockbay.example"
SECRET = b"a secret of tests"
OWNER, FINANCE, SUPPORT = 7_000_000_001, 7_000_000_002, 7_000_000_003
ROLES = {"owner": OWNER, "finance": FINANCE, "support": SUPPORT}
EVIL = "<script>alert(1)</script>"
OFTEN = Allowance(1000, 100_000)
PROXIES = (ip_network("127.0.0.1"),)  # as whose requests all of these tests' come
GENEROUS = Allowances(OFTEN, OFTEN, OFTEN)

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_links = count(1)


@frozen
class Things:
    """What is there to look at, by id."""

    ada: int
    sam: int
    trade: int
    disputed: int
    cashout: int
    unapplied: int
    payable: int
    ticket: int
    letter: int = 77
    notice: int = 0

    @property
    def ids(self) -> Mapping[str, str]:
        """What stands in paths."""
        return {
            "trade_id": str(self.disputed), "person_id": str(self.ada), "cashout_id": str(self.cashout),
            "unapplied_id": str(self.unapplied), "account_id": "1", "transfer_id": "1", "alarm_id": "1",
            "update_id": str(self.letter), "ticket_id": str(self.ticket), "notice_id": str(self.notice),
        }  # fmt: skip


async def hire(raw: Connection, database: Database) -> None:
    """One of each role."""
    for role, user_id in ROLES.items():
        await database.run(MeetPerson(user_id, f"the_{role}", role.title(), "en"))
        await raw.fetch(
            "INSERT INTO staff (user_id, role, by_settings, added_at) VALUES ($1, $2, false, 'epoch')", user_id, role
        )


async def furnish(raw: Connection, world: World) -> Things:
    """Some of everything."""
    await world.database.run(Terms(cashout_approval_usd=Decimal(1), cashout_unverified_daily_usd=Decimal(0)))
    ada, sam = await world.person(1000), await world.person(0)
    await raw.fetch("UPDATE users SET first_name = $2, username = NULL WHERE id = $1", ada, EVIL)
    trade = await world.accepted(ada, sam)
    disputed = await world.accepted(ada, sam, "50")
    await world.done(opening(ada, disputed.id))
    cashout = await world.done(
        RequestCashout(ada, "USDT", "TRC20", Decimal(10), Decimal(9), "T-there", "", "", "", "", None)
    )
    late = await world.trade(ada, sam, "20")
    payin = await world.payin(ada, trade=late.id)
    await world.done(CancelTrade(ada, late.id))
    await world.done(payment(payin, 7))
    payable = await world.trade(ada, sam, "30")
    await world.database.run(BuryUpdate(7, "", 77, ada, b"{}", EVIL))
    notice = await raw.fetch(
        "INSERT INTO outbox (user_id, kind, data, dedup, created_at, due_at, sent_at, sent_by, error) "
        "VALUES ($1, 'trade_paid', '{}', 'd', now(), now(), now(), 'nobody', 'blocked') RETURNING id", ada
    )  # fmt: skip
    unapplied = await raw.fetch("SELECT id FROM unapplied")
    asked = await world.done(AskSupport(ada, "text", EVIL, ""))
    await world.done(ProposeCorrection(FINANCE, ada, None, "USDT", Decimal(5), EVIL))
    await world.done(SetTerm(OWNER, "fee_percent", "5", "6", EVIL))
    await world.done(SetFee(OWNER, "USDT", "TRC20", Decimal(1), Decimal(5), Decimal(2), Decimal(4), EVIL))
    return Things(
        ada, sam, trade.id, disputed.id, cashout.id, unapplied[0]["id"], payable.id, asked.ticket_id,
        notice=notice[0]["id"],
    )  # fmt: skip


@define
class Browser:
    """Keeps the cookie that it was given, and says where its forms come from."""

    address: str
    client: httpx.AsyncClient
    cookie: str = ""
    origin: str | None = SITE
    headers: dict[str, str] = Factory(dict)

    async def get(self, path: str) -> httpx.Response:
        return await self._ask("GET", path)

    async def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
        """The fields as they are, and nothing besides."""
        return await self._ask("POST", path, fields or {}, headers)

    async def submit(self, page: str, path: str, fields: Mapping[str, str]) -> httpx.Response:
        """A form of a page that was looked at: with all that is hidden in it."""
        hidden = hidden_in((await self.get(page)).text)
        return await self.post(path, {**hidden, **fields})

    async def enter(self, link: str) -> httpx.Response:
        """Opens the link and presses the button."""
        path = link.removeprefix(SITE)
        assert (await self.get(path)).status_code == 200
        return await self.post(path)

    async def _ask(
        self, method: str, path: str, fields: Mapping[str, str] | None = None, more: Mapping[str, str] | None = None
    ) -> httpx.Response:
        headers = {**self.headers, **(more or {})}
        if self.cookie:
            headers["Cookie"] = self.cookie
        if method == "POST" and self.origin is not None:
            headers.setdefault("Origin", self.origin)
        answer = await self.client.request(method, f"http://{self.address}{path}", data=fields, headers=headers)
        given = answer.headers.get("set-cookie")
        if given:
            self.cookie = given.partition(";")[0]
        return answer


def hidden_in(page: str) -> dict[str, str]:
    csrf, once = _CSRF.search(page), _ONCE.search(page)
    found = {"csrf": csrf, "once": once}
    return {name: html.unescape(match[1]) for name, match in found.items() if match}


@define
class Desk:
    """A console that is served. `routes`: each method and path of it."""

    address: str
    database: Database
    client: httpx.AsyncClient
    routes: frozenset[tuple[str, str]]
    door: Door = Factory(lambda: Door(SITE, SECRET))

    def browser(self) -> Browser:
        return Browser(self.address, self.client)

    async def link(self, user_id: int) -> str:
        made = await self.database.perform(OpenConsole(user_id), f"link.{next(_links)}")
        assert not isinstance(made, Refused)
        return self.door.url(user_id, made.nonce)

    async def inside(self, user_id: int) -> Browser:
        """A browser that somebody came in with."""
        browser = self.browser()
        assert (await browser.enter(await self.link(user_id))).status_code == 303
        return browser


async def well() -> Health:
    return Health(True, False, None, None, None)


def served(console: Console) -> frozenset[tuple[str, str]]:
    return frozenset((method, route.path) for route in console.routes for method in route.methods or ())


@asynccontextmanager
async def open_desk(
    database: Database,
    *,
    allowances: Allowances = GENEROUS,
    prove: Callable[[], Awaitable[Report]] | None = None,
    site: str = SITE,
    password: str = "",
) -> AsyncIterator[Desk]:
    async def proven() -> Report:
        return await audit(database)

    chores = Chores(database, prove or proven)
    console = Console(database, site, chores, proxies=PROXIES, password=password, allowances=allowances)
    app = web_app(database, [], well, console=console)
    async with trio.open_nursery() as nursery:
        await nursery.start(chores.run)
        address = await nursery.start(lambda task_status: serve_web(app, ("127.0.0.1", 0), task_status=task_status))
        async with httpx.AsyncClient(timeout=20) as client:
            yield Desk(address, database, client, served(console))
        nursery.cancel_scope.cancel()


@pytest.fixture
async def things(raw: Connection, world: World) -> Things:
    await hire(raw, world.database)
    return await furnish(raw, world)


@pytest.fixture
async def desk(database: Database, things: Things) -> AsyncIterator[Desk]:
    async with open_desk(database) as desk:
        yield desk
