"""The supervision tree on one page: who runs in whose nursery, and the order in which it all stops.

    database, Telegram's connections, providers' connections             to the very end
    └── tenure, settling, what watches the loop and tells systemd        one service at a time; then the next may begin
        └── courier                                                      what was handed over is sent
            └── outbox, announcer, clerk, broadcaster, clock, payouts, rates
                └── actors                                               turns in flight finish
                    └── web server                                       webhooks in flight are answered
                        └── poller                                       stops first: no more updates

A nursery inside another ends before it. A crash in any of them is a bug and ends the service, for its supervisor
(systemd) to start it again: nothing is lost by that. What is expected to fail is data, and is handled where it happens.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
from functools import partial
from importlib import import_module
from typing import Final

import structlog
import trio

from lockbay import supervisor
from lockbay.actors.intake import Intake, take_up
from lockbay.actors.router import Router
from lockbay.areas.admin.records import SaveStaff
from lockbay.clock.auditor import keep_proving
from lockbay.clock.balances import watch_balances
from lockbay.clock.disputes import watch_disputes
from lockbay.clock.figures import keep_figures
from lockbay.clock.lag import watch_lag
from lockbay.clock.lines import routes
from lockbay.clock.reconciler import reconcile
from lockbay.clock.reconciliation_records import SaveAsked
from lockbay.clock.snapshots import keep_snapshots
from lockbay.clock.stuck import watch_payouts
from lockbay.clock.sweeper import sweep
from lockbay.crew import Crew, assemble
from lockbay.errors import SettingsError
from lockbay.house import House, open_house
from lockbay.payments.balances import Purse
from lockbay.payments.providers import receivers
from lockbay.payments.rates import keep_rates
from lockbay.settings import Settings, bind
from lockbay.telegram.poller import poll
from lockbay.tenure import Tenure
from lockbay.wallclock import WallClock
from lockbay.web.app import standby_app, web_app
from lockbay.web.console.chores import Chores
from lockbay.web.console.console import Console
from lockbay.web.health import Watch, examination, standing_by
from lockbay.web.server import serve_web

# Needed seldom, and not to start: imported beside the loop once it serves, so that nobody waits for them later.
LATER: Final = ("email_validator", "phonenumbers", "Crypto.Hash.keccak", "segno")
YOUNG: Final = 5_000  # new objects until a garbage collection, which holds the loop for half as many µs
GRACE: Final = 7.0  # s for turns in flight and what they send, out of the 10 that a supervisor grants
FIRST: Final = 0.01  # s that Telegram is asked before all lookouts ask the database, a dozen things at once
SETTLED: Final = 0.2  # s that the first looks for work take
STANDBY: Final = 1.0  # s of waiting for the tenure, until probes are answered meanwhile
log = structlog.get_logger()


async def serve(
    settings: Settings,
    clock: WallClock,
    *,
    stop: trio.Event,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Runs LockBay on a database that fits (see schema) until `stop` is set, then stops from the inside out, within
    some 10 s.

    Reports as started when updates are polled and webhooks served. Raises SettingsError and DatabaseUnavailable at its
    start.
    """
    secret = hmac.digest(settings.bot_token.encode(), b"lockbay codes", hashlib.sha256)
    async with open_house(settings, clock, secret) as house:
        await _live(house, secret, stop, task_status)


async def _live(house: House, secret: bytes, stop: trio.Event, task_status: trio.TaskStatus[None]) -> None:
    tenure = Tenure(house.database, house.bot.id)
    async with trio.open_nursery() as foundation, trio.open_nursery() as couriers:
        await foundation.start(watch_lag)
        foundation.start_soon(supervisor.keep_alive)
        await _take_tenure(house, tenure, foundation)
        await _write_settings(house)
        crew = assemble(house, tenure, secret, couriers)
        await crew.heartbeat.begin()
        await foundation.start(crew.inbox.run)
        await crew.services.maintenance.load(house.database)
        await _work(house, crew, stop, task_status)
        await crew.courier.drain(GRACE / 4)
        with trio.move_on_after(GRACE / 8):
            await crew.inbox.drain()
        couriers.cancel_scope.cancel()
        foundation.cancel_scope.cancel()
    log.info("stopped")


async def _work(house: House, crew: Crew, stop: trio.Event, task_status: trio.TaskStatus[None]) -> None:
    async with trio.open_nursery() as background:
        async with trio.open_nursery() as actors:
            router = Router(crew.services, actors)
            crew.listen(router)
            actors.start_soon(router.tend)
            await take_up(crew.services, router)
            async with trio.open_nursery() as doors:
                address = await doors.start(_serve_web, house, crew, router, stop)
                async with trio.open_nursery() as polling:
                    await _begin_polling(house, crew, Intake(router, crew.inbox, actors), polling)
                    polling.start_soon(sweep, house.database, house.clock, router.deadline, crew.heartbeat.keep)
                    _begin_background(house, crew, background)
                    log.info("serving", bot=house.bot.username, web=address)
                    supervisor.tell(supervisor.READY)
                    task_status.started()
                    await stop.wait()
                    log.info("stopping")
                    supervisor.tell(supervisor.STOPPING)
                    crew.payouts.stop()
                    polling.cancel_scope.cancel()
            with trio.move_on_after(GRACE / 2):
                await router.quiesce()
            actors.cancel_scope.cancel()
        await crew.outbox.drain(GRACE / 4)
        background.cancel_scope.cancel()


async def _write_settings(house: House) -> None:
    """Statements decide by rows: the terms, who owns the house, who pays out what, who is asked about payments."""
    await house.database.run(house.settings.terms)
    await house.database.run(SaveStaff(list(house.settings.admins)))
    await house.database.run(routes(house.payers))
    await house.database.run(SaveAsked([each.name for each in house.providers]))


async def _begin_polling(house: House, crew: Crew, intake: Intake, nursery: trio.Nursery) -> None:
    """Telegram is asked before anybody else begins."""
    offset = await crew.inbox.reached()
    nursery.start_soon(partial(poll, house.polling_api, intake, lock=crew.tenure.turn, offset=offset, pulse=crew.pulse))
    await trio.sleep(FIRST)


def _begin_background(house: House, crew: Crew, nursery: trio.Nursery) -> None:
    database, clock = house.database, house.clock
    nursery.start_soon(crew.services.maintenance.run, database)
    for each in (crew.outbox, crew.clerk, crew.announcer, crew.broadcaster, crew.payouts, crew.commands):
        nursery.start_soon(each.run)
    nursery.start_soon(reconcile, database, clock, house.providers)
    for source in house.rates:
        nursery.start_soon(keep_rates, source, database, clock)
    nursery.start_soon(keep_snapshots, database)
    nursery.start_soon(watch_payouts, database, clock)
    nursery.start_soon(watch_disputes, database, clock)
    _watch_house(house, nursery)
    nursery.start_soon(_settle_in)


def _watch_house(house: House, nursery: trio.Nursery) -> None:
    """The house looks at itself: what waits for whom, what providers have left, whether the books are right."""
    purses = [each for each in house.payers if isinstance(each, Purse)]
    nursery.start_soon(keep_figures, house.database)
    nursery.start_soon(watch_balances, house.database, purses, house.lows)
    period = house.settings.audit_period
    nursery.start_soon(partial(keep_proving, house.database, house.clock, house.prove, period=period))


async def _take_tenure(house: House, tenure: Tenure, foundation: trio.Nursery) -> None:
    """Waits for the tenure, and meanwhile tells the probes that it waits."""
    async with trio.open_nursery() as waiting:
        waiting.start_soon(_stand_by, house)
        await foundation.start(tenure.keep)
        waiting.cancel_scope.cancel()


async def _stand_by(house: House) -> None:
    await trio.sleep(STANDBY)
    supervisor.tell(supervisor.STANDBY)
    watch = Watch(standing_by(examination(house.database, house.clock, None)))
    async with trio.open_nursery() as beside:
        await beside.start(watch.run)
        try:
            await serve_web(standby_app(watch.examine), bind(house.settings.web_bind, "WEB_BIND"))
        except SettingsError as error:  # the one who serves is on the same machine
            log.info("standby_without_web", reason=str(error))
        beside.cancel_scope.cancel()


async def _settle_in() -> None:
    """Once the first looks were taken: imports what is needed later, and takes all that exists by now out of the
    garbage collector's sight. It stays to the end, and each collection that looked at it would hold the loop for 20 ms;
    the one that clears up after the start holds it for 70.
    """
    await trio.sleep(SETTLED)
    for module in LATER:
        await trio.to_thread.run_sync(import_module, module)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 1, 2_000)  # the middle generation twice as large as the young one, not ten times


async def _serve_web(
    house: House, crew: Crew, router: Router, stop: trio.Event, *, task_status: trio.TaskStatus[str]
) -> None:
    """Until `stop`; webhooks in flight then still get their answers."""
    settings, database = house.settings, house.database

    def held() -> list[int]:
        return router.waiting_for(crew.courier.refused())

    watch = Watch(examination(database, house.clock, None, held), crew.pulse.age)
    chores = Chores(database, house.prove)
    console = _console(house, chores)
    app = web_app(database, receivers(settings, house.clock), watch.examine, bot=house.bot.username, console=console)
    address = bind(settings.web_bind, "WEB_BIND")
    async with trio.open_nursery() as beside:
        await beside.start(chores.run)
        await beside.start(watch.run)
        if console is not None:
            beside.start_soon(console.prepare)
        await serve_web(app, address, shutdown_trigger=stop.wait, task_status=task_status)
        beside.cancel_scope.cancel()


def _console(house: House, chores: Chores) -> Console | None:
    """None where nobody could reach it."""
    url, proxies, password = house.settings.public_url, house.settings.proxies, house.settings.console_password
    return Console(house.database, url, chores, proxies=proxies, password=password) if url else None
