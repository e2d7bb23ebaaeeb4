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
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Final, TypeAlias

import structlog
import trio

from lockbay import plan, supervisor
from lockbay.actors.inbox import Inbox
from lockbay.actors.intake import Intake, take_up
from lockbay.actors.maintenance import Maintenance
from lockbay.actors.router import Router
from lockbay.actors.services import Services
from lockbay.actors.update import Update
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.deposits.errands import OpenPayin
from lockbay.clock.auditor import keep_proving
from lockbay.clock.balances import watch_balances
from lockbay.clock.disputes import watch_disputes
from lockbay.clock.figures import keep_figures
from lockbay.clock.heartbeat import Heartbeat
from lockbay.clock.lag import watch_lag
from lockbay.clock.lines import routes
from lockbay.clock.payouts import Payouts
from lockbay.clock.reconciler import reconcile
from lockbay.clock.snapshots import keep_snapshots
from lockbay.clock.stuck import watch_payouts
from lockbay.clock.sweeper import sweep
from lockbay.errors import SettingsError
from lockbay.house import House, open_house
from lockbay.notices.announcer import Announcer
from lockbay.notices.broadcaster import Broadcaster
from lockbay.notices.clerk import Clerk
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.payments.balances import Purse
from lockbay.payments.banks import bank_errands
from lockbay.payments.payins import open_payin
from lockbay.payments.providers import receivers, tried
from lockbay.payments.rates import keep_rates
from lockbay.postgres.queries import Change
from lockbay.settings import Settings, bind
from lockbay.telegram import json
from lockbay.telegram.commands import CommandLists
from lockbay.telegram.courier import Courier
from lockbay.telegram.groups import group_errands
from lockbay.telegram.poller import Pulse, poll
from lockbay.tenure import Tenure
from lockbay.wallclock import WallClock
from lockbay.web.app import standby_app, web_app
from lockbay.web.console.auditing import Errands
from lockbay.web.console.console import Console
from lockbay.web.health import Watch, examination, standing_by
from lockbay.web.server import serve_web

# What is needed seldom, and not by a start: read beside the loop when it serves, so that nobody waits for it either.
LATER: Final = ("email_validator", "phonenumbers", "Crypto.Hash.keccak", "segno")
YOUNG: Final = 5_000  # objects more than before begin a collection, which holds the loop for half as many µs
GRACE: Final = 7.0  # s for turns in flight and what they send, out of the 10 that a supervisor grants
FIRST: Final = 0.01  # s ahead for asking Telegram: what looks for work asks the database a dozen things at once
SETTLED: Final = 0.2  # s that the first looks for work take
STANDBY: Final = 1.0  # s: who waits longer for its turn answers probes meanwhile
log = structlog.get_logger()

OnChanged: TypeAlias = Callable[[Sequence[Change]], None]


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
    database, clock = house.database, house.clock
    tenure = Tenure(database, house.bot.id)
    inbox, pulse = Inbox(database, house.bot.id, tenure.name), Pulse()
    async with trio.open_nursery() as foundation, trio.open_nursery() as couriers:
        await foundation.start(watch_lag)
        foundation.start_soon(supervisor.keep_alive)
        await _take_tenure(house, tenure, foundation)
        await database.run(house.settings.terms)
        await database.run(SaveStaff(list(house.settings.admins)))
        await database.run(routes(house.payers))
        heartbeat = Heartbeat(database, clock, pulse.age)
        await heartbeat.begin()
        offset = await inbox.reached()
        await foundation.start(inbox.run)
        courier = Courier(house.api, couriers)
        maintenance = Maintenance()
        await maintenance.load(database)
        services = Services(
            plan.plan(house.bot.username, house.settings.public_url.rstrip("/"), secret),
            database,
            inbox,
            courier,
            clock,
            _stored_update,
            {
                OpenPayin: open_payin(tried(house.settings, house.providers), database),
                **bank_errands(house.banks),
                **group_errands(house.api, database),
            },
            maintenance=maintenance,
        )
        news = plan.notices(house.bot.username, secret)
        teller = Teller(database, courier, news, house.mailer, f"https://t.me/{house.bot.username}")
        outbox = Outbox(database, clock, teller)
        async with trio.open_nursery() as background:
            async with trio.open_nursery() as actors:
                router = Router(services, actors)
                payouts = Payouts(database, clock, house.payers)
                clerk = Clerk(database, clock, courier)
                announcer = Announcer(database, clock, courier)
                courier.on_moved = announcer.moved
                broadcaster = Broadcaster(database, clock, courier)
                commands = CommandLists(house.api, database)
                database.on_told = outbox.told
                database.on_changed = _all(
                    router.changed,
                    maintenance.changed,
                    payouts.changed,
                    clerk.changed,
                    broadcaster.changed,
                    commands.changed,
                )
                actors.start_soon(router.tend)
                await take_up(services, router)
                async with trio.open_nursery() as doors:
                    address = await doors.start(_serve_web, house, pulse, stop)
                    async with trio.open_nursery() as polling:
                        intake = Intake(router, inbox, actors)
                        polling.start_soon(
                            partial(poll, house.polling_api, intake, lock=tenure.turn, offset=offset, pulse=pulse)
                        )
                        await trio.sleep(FIRST)
                        polling.start_soon(sweep, database, clock, router.deadline, heartbeat.keep)  # wakes actors
                        background.start_soon(maintenance.run, database)
                        background.start_soon(outbox.run)
                        background.start_soon(clerk.run)
                        background.start_soon(announcer.run)
                        background.start_soon(broadcaster.run)
                        background.start_soon(keep_snapshots, database)
                        background.start_soon(watch_payouts, database, clock)
                        background.start_soon(watch_disputes, database, clock)
                        _watch_house(background, house)
                        background.start_soon(reconcile, database, clock, house.providers)
                        background.start_soon(payouts.run)
                        background.start_soon(commands.run)
                        for source in house.rates:
                            background.start_soon(keep_rates, source, database, clock)
                        background.start_soon(_settle_in)
                        log.info("serving", bot=house.bot.username, web=address)
                        supervisor.tell(supervisor.READY)
                        task_status.started()
                        await stop.wait()
                        log.info("stopping")
                        supervisor.tell(supervisor.STOPPING)
                        payouts.stop()
                        polling.cancel_scope.cancel()
                with trio.move_on_after(GRACE / 2):
                    await router.quiesce()
                actors.cancel_scope.cancel()
            await outbox.drain(GRACE / 4)
            background.cancel_scope.cancel()
        await courier.drain(GRACE / 4)
        with trio.move_on_after(GRACE / 8):
            await inbox.drain()
        couriers.cancel_scope.cancel()
        foundation.cancel_scope.cancel()
    log.info("stopped")


def _watch_house(nursery: trio.Nursery, house: House) -> None:
    """What nobody waits for: the staff hears of it, and it can be seen."""
    purses = [each for each in house.payers if isinstance(each, Purse)]
    nursery.start_soon(keep_figures, house.database)
    nursery.start_soon(watch_balances, house.database, purses, house.lows)
    period = house.settings.audit_period
    nursery.start_soon(partial(keep_proving, house.database, house.clock, house.prove, period=period))


async def _take_tenure(house: House, tenure: Tenure, foundation: trio.Nursery) -> None:
    """Waits for it, and meanwhile says to whoever asks that it waits."""
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


def _all(*listeners: OnChanged) -> OnChanged:
    def changed(changes: Sequence[Change]) -> None:
        for each in listeners:
            each(changes)

    return changed


async def _settle_in() -> None:
    """When Telegram was asked and the first look was taken. What is there then stays to the end: no collection looks at
    it again, which would hold the loop for 20 ms. The one that finds what the start has left behind holds it for 70.
    """
    await trio.sleep(SETTLED)
    for module in LATER:
        await trio.to_thread.run_sync(import_module, module)
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 1, 2_000)  # the middle generation twice as large as the young one, not ten times


def _stored_update(raw: bytes) -> Update | None:
    """An update out of the inbox. One that this release cannot read stays there, and is reported, but stops nobody."""
    try:
        return json.update(raw)
    except json.MalformedUpdate as error:
        log.error("stored_update_unreadable", update_id=error.update_id, problem=error.problem)
        return None


async def _serve_web(house: House, pulse: Pulse, stop: trio.Event, *, task_status: trio.TaskStatus[str]) -> None:
    """Until `stop`; webhooks in flight then still get their answers."""
    settings = house.settings
    watch = Watch(examination(house.database, house.clock, None), pulse.age)
    errands = Errands(house.database, house.prove)
    console = (
        Console(
            house.database,
            settings.public_url,
            errands,
            proxies=settings.proxies,
            password=settings.console_password,
        )
        if settings.public_url
        else None
    )
    app = web_app(
        house.database, receivers(settings, house.clock), watch.examine, bot=house.bot.username, console=console
    )
    address = bind(settings.web_bind, "WEB_BIND")
    async with trio.open_nursery() as beside:
        await beside.start(errands.run)
        await beside.start(watch.run)
        if console is not None:
            beside.start_soon(console.prepare)
        await serve_web(app, address, shutdown_trigger=stop.wait, task_status=task_status)
        beside.cancel_scope.cancel()
