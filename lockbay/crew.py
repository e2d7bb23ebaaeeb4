"""Who works in the house, and who tells whom of what. Which nursery each of them runs in is the service's matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import structlog
import trio
from attrs import frozen

from lockbay import plan
from lockbay.actors.errand import Runner
from lockbay.actors.inbox import Inbox
from lockbay.actors.router import Router
from lockbay.actors.services import Services
from lockbay.actors.update import Update
from lockbay.areas.payin import OpenPayin
from lockbay.clock.heartbeat import Heartbeat
from lockbay.clock.payouts import Payouts
from lockbay.house import House
from lockbay.notices.announcer import Announcer
from lockbay.notices.broadcaster import Broadcaster
from lockbay.notices.clerk import Clerk
from lockbay.notices.outbox import Outbox
from lockbay.notices.teller import Teller
from lockbay.payments.banks import bank_errands
from lockbay.payments.payins import open_payin
from lockbay.payments.providers import tried
from lockbay.postgres.queries import Change
from lockbay.telegram import json
from lockbay.telegram.commands import CommandLists
from lockbay.telegram.courier import Courier
from lockbay.telegram.groups import group_errands
from lockbay.telegram.poller import Pulse
from lockbay.tenure import Tenure

OnChanged: TypeAlias = Callable[[Sequence[Change]], None]
log = structlog.get_logger()


@frozen
class Crew:
    """None of them runs by being made. `services` are what the actors share."""

    tenure: Tenure
    pulse: Pulse
    heartbeat: Heartbeat
    inbox: Inbox
    courier: Courier
    services: Services
    outbox: Outbox
    clerk: Clerk
    announcer: Announcer
    broadcaster: Broadcaster
    payouts: Payouts
    commands: CommandLists

    def listen(self, router: Router) -> None:
        """From now on they and the actors hear of what is committed."""
        database = self.services.database
        database.on_told = self.outbox.told
        database.on_changed = _all(
            router.changed,
            self.services.maintenance.changed,
            self.payouts.changed,
            self.clerk.changed,
            self.broadcaster.changed,
            self.commands.changed,
        )


def assemble(house: House, tenure: Tenure, secret: bytes, couriers: trio.Nursery) -> Crew:
    """All of them, for one tenure. `couriers` is where the courier's lanes live, `secret` what codes and links into the
    console are derived from.
    """
    database, clock, pulse = house.database, house.clock, Pulse()
    inbox, courier = Inbox(database, house.bot.id, tenure.name), Courier(house.api, couriers)
    doings = plan.plan(house.bot.username, house.settings.public_url.rstrip("/"), secret)
    news = plan.notices(house.bot.username, secret)
    teller = Teller(database, courier, news, house.mailer, f"https://t.me/{house.bot.username}")
    announcer = Announcer(database, clock, courier)
    courier.on_moved = announcer.moved
    return Crew(
        tenure=tenure,
        pulse=pulse,
        heartbeat=Heartbeat(database, clock, pulse.age),
        inbox=inbox,
        courier=courier,
        services=Services(doings, database, inbox, courier, clock, _stored_update, _errands(house)),
        outbox=Outbox(database, clock, teller),
        clerk=Clerk(database, clock, courier),
        announcer=announcer,
        broadcaster=Broadcaster(database, clock, courier),
        payouts=Payouts(database, clock, house.payers),
        commands=CommandLists(house.api, database),
    )


def _errands(house: House) -> Mapping[type, Runner]:
    return {
        OpenPayin: open_payin(tried(house.settings, house.providers), house.database),
        **bank_errands(house.banks),
        **group_errands(house.api, house.database),
    }


def _stored_update(raw: bytes) -> Update | None:
    """An update out of the inbox. One that this release cannot read stays there, and is reported, but stops nobody."""
    try:
        return json.update(raw)
    except json.MalformedUpdate as error:
        log.error("stored_update_unreadable", update_id=error.update_id, problem=error.problem)
        return None


def _all(*listeners: OnChanged) -> OnChanged:
    def changed(changes: Sequence[Change]) -> None:
        for each in listeners:
            each(changes)

    return changed
