"""The whole plan: each command that is offered answers, and everything is two taps away from the menu."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import trio
from structlog.testing import capture_logs
from trio.testing import MockClock

from lockbay import plan
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import languages, words
from lockbay.areas import commands
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.onboarding.records import ComeByLink
from lockbay.areas.referrals.records import ReferralPage
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from lockbay.telegram.api import open_bot_api
from lockbay.telegram.commands import PERIOD, CommandLists
from lockbay.telegram.json import GROUP_COMMANDS
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, met, offered, onboarded, set_rates
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.talk import Talk
from tests.telegram.conftest import stub
from tests.telegram.stub import TOKEN, Stub

__all__ = ["stub"]
ENGLISH = words("en", "UTC")
PLAN = plan.plan("lockbay_bot")
DESIGNED = {
    "start", "menu", "wallet", "trade", "trades", "cashout", "exchange", "history", "contacts", "referral", "support",
    "settings", "help", "cancel",
}  # fmt: skip
# Which word is on the screen that a command opens.
ANSWERS = {
    "menu": "LockBay", "start": "LockBay", "cancel": "LockBay", "wallet": "Wallet", "trade": "who is the seller",
    "trades": "My trades", "cashout": "Cash out", "exchange": "Exchange", "history": "History", "contacts": "Contacts",
    "referral": "Referral", "support": "Support", "settings": "Settings", "help": "Help", "admin": "Admin",
}  # fmt: skip
# Flows that need no argument and are no place to look for: gates, and what ends what they began.
GATES = {"start", "accept_terms", "blocked", "closed", "reopen_account"}
# What is done on a page that is two taps away, and what is offered there only when there is some of it.
DEEDS = {
    "add_email", "email", "share_profile", "give_role", "payout_alarms", "untold", "new_broadcast",
    "transaction_person",
}  # fmt: skip


def test_the_commands_are_those_of_the_design() -> None:
    assert {name for name, _ in commands.listed(ENGLISH)} == DESIGNED
    assert {name for name, _ in commands.listed(ENGLISH, is_admin=True)} == DESIGNED | {"admin"}


@pytest.mark.parametrize("command", sorted(DESIGNED | {"admin"}))
async def test_each_listed_command_answers(database: Database, clock: MovedClock, command: str) -> None:
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "12.5")
    await database.run(SaveStaff([ANA]))
    screen = await Talk(PLAN, database, clock, ANA).open(PLAN.commands[command])
    assert ANSWERS[command].casefold() in sent(screen).casefold()


async def test_what_people_type_without_looking_leads_there_too(database: Database, clock: MovedClock) -> None:
    screen = await Talk(PLAN, database, clock, await onboarded(database, ANA)).open(PLAN.commands["deposit"])
    assert "What do you want to pay in" in sent(screen)


async def test_everything_is_two_taps_away_from_the_menu(database: Database, clock: MovedClock) -> None:
    await set_rates(database)
    await onboarded(database, BEN, "Ben", "ben")
    await offered(database, BEN, "username", "@ana")
    await fund(database, await onboarded(database, ANA, "Ana", "ana"), "500")
    page = await database.read(ReferralPage, ANA)
    assert page is not None
    await database.perform(ComeByLink(await met(database, CLEO, "Cleo"), page.code), fresh_key())
    await database.run(SaveStaff([ANA]))
    found = await within_two_taps(database, clock, ANA)
    places = {name for name in PLAN.flows if PLAN.opens(name, ())} - GATES
    assert " ".join(sorted(places - found - DEEDS)) == ""


async def within_two_taps(database: Database, clock: MovedClock, user_id: int) -> set[str]:
    talk = Talk(PLAN, database, clock, user_id)
    first = links(await talk.open("menu"))
    second = [link for each in first for link in links(await talk.open(each.flow, *each.args))]
    return {link.flow for link in (*first, *second)} | {"menu"}


def links(screen: Screen) -> Sequence[Link]:
    return [button for row in screen.rows for button in row if isinstance(button, Link)]


async def test_the_staffs_list_comes_and_goes_with_their_role(database: Database, stub: Stub) -> None:
    for user_id in (ANA, BEN):
        await met(database, user_id)
    await database.run(SaveStaff([ANA]))
    async with open_bot_api(TOKEN, url=stub.url) as api, trio.open_nursery() as nursery:
        lists = CommandLists(api, database)
        nursery.start_soon(lists.run)
        listed = await stub.called("setMyCommands", 1 + 2 * len(languages()))
        everybody, staff = listed[0].params, listed[-1].params
        assert everybody["scope"] == {"type": "all_private_chats"}
        assert staff["scope"] == {"type": "chat", "chat_id": ANA}
        assert "'admin'" in str(staff["commands"])
        assert "'admin'" not in str(everybody["commands"])
        await database.run(SaveStaff([BEN]))
        lists.changed([Change(BEN, "Person")])
        [gone] = await stub.called("deleteMyCommands")
        assert gone.params["scope"] == {"type": "chat", "chat_id": ANA}
        assert stub.of("setMyCommands")[-1].params["scope"] == {"type": "chat", "chat_id": BEN}
        nursery.cancel_scope.cancel()


async def test_who_runs_a_group_is_offered_there_what_is_for_groups(database: Database, stub: Stub) -> None:
    """In every language; what is in the list is what the bot takes there."""
    async with open_bot_api(TOKEN, url=stub.url) as api, trio.open_nursery() as nursery:
        nursery.start_soon(CommandLists(api, database).run)
        listed = await stub.called("setMyCommands", 2 * len(languages()))
        groups = [each.params for each in listed if each.params["scope"] == {"type": "all_chat_administrators"}]
        assert [each.get("language_code") for each in groups] == [None, *languages()[1:]]
        for each in groups:
            commands = each["commands"]
            assert isinstance(commands, list)
            assert [row["command"] for row in commands] == list(GROUP_COMMANDS)
        nursery.cancel_scope.cancel()


async def test_the_staffs_list_comes_after_it_could_not_be_read(
    database: Database, stub: Stub, trio_clock: MockClock
) -> None:
    await met(database, ANA)
    async with open_bot_api(TOKEN, url=stub.url) as api, trio.open_nursery() as nursery:
        lists = CommandLists(api, database)
        await database.pool.fetch("test", "ALTER TABLE staff RENAME TO staff_of_old", ())
        with capture_logs() as lines:
            nursery.start_soon(lists.run)
            with trio.fail_after(5):
                while "lookout_failed" not in [line["event"] for line in lines]:
                    await trio.lowlevel.checkpoint()
        await database.pool.fetch("test", "ALTER TABLE staff_of_old RENAME TO staff", ())
        await database.run(SaveStaff([ANA]))
        trio_clock.jump(PERIOD)
        listed = await stub.called("setMyCommands", 1 + 2 * len(languages()))
        assert listed[-1].params["scope"] == {"type": "chat", "chat_id": ANA}
        nursery.cancel_scope.cancel()
