"""Roles, given and taken by an owner; on the real database, killed and replayed."""

from __future__ import annotations

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.person import LoadPerson
from lockbay.actors.words import words
from lockbay.areas.admin.people_records import Member, SetRole, Team
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.admin.team import members
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, met, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.staffing import DAN, EVE, PLAN, actions, given
from tests.areas.staffing import owner as owner
from tests.areas.unapplied import notices
from tests.clock import MovedClock
from tests.ledger.world import World, while_it_waits
from tests.talk import Talk


async def test_an_owner_gives_a_role_by_name_and_takes_it_again(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    await owner.open("admin")
    await owner.press("Staff")
    assert "@cleo · owner · by the settings" in sent(owner.screen)
    await owner.press("Give somebody")
    assert "knows nobody called @bennie" in sent(await owner.say("@bennie"))
    await owner.say("@BEN")
    assert "Which role for @ben?" in sent(owner.screen)
    assert labels(owner.screen)[:3] == ["Support", "Finance", "Owner"], "as all buttons are written"
    await owner.press("Finance")
    await owner.say("He knows money")
    assert "@ben becomes finance?" in sent(owner.screen)
    await owner.press("Confirm")
    assert "@ben · finance · by @cleo" in sent(owner.screen)
    kind, told = (await notices(database, BEN))[-1]
    assert (kind, "You run LockBay now: finance" in sent(told)) == ("role_changed", True)
    ben = Talk(PLAN, database, clock, BEN)
    shown = "".join(labels(await ben.open("admin")))
    assert "Cash-outs" in shown
    assert "Staff" not in shown
    assert "Undelivered" not in shown
    await owner.press("@ben")
    await owner.press("Role")
    await owner.press("Take the role")
    await owner.say("He left")
    await owner.press("Confirm")
    assert "@ben" not in sent(owner.screen)
    assert "wallet" in leads_to(await ben.open("admin"))
    await owner.open("admin_log")
    text = sent(owner.screen)
    assert "@cleo gave a role: @ben" in text
    assert "He left" in text
    assert "– → finance" in text


def test_two_of_the_staff_who_are_called_the_same_are_told_apart() -> None:
    team = Team(tuple(Member(number, "Sam", "finance", False, None, None) for number in (1007, 1008)))
    assert {"Sam · 1007", "Sam · 1008"} <= set(labels(members(words("en", "UTC"), team)))


async def test_a_role_goes_to_whom_was_shown_whoever_has_the_name_by_now(owner: Talk, database: Database) -> None:
    """A @username is looked up again when a conversation comes back from its journal."""
    await owner.open("give_role")
    await owner.say("@dan")
    await owner.press("Finance")
    await owner.say("New here")
    assert f"@dan becomes finance?\nTelegram number: {DAN}" in sent(owner.screen)
    await onboarded(database, EVE, "Eve", "dan")
    asked = sent(await owner.come_back())
    assert "That name is somebody else’s now, so nothing was done" in asked
    assert f"Which role for @dan?\nTelegram number: {EVE}" in asked
    assert await actions(database) == []


async def test_a_button_for_a_role_is_of_whom_it_was_shown_of(owner: Talk, database: Database) -> None:
    await owner.open("give_role")
    await owner.say("@dan")
    await onboarded(database, EVE, "Eve", "dan")
    assert "That name is somebody else’s now" in sent(await owner.press("Finance"))
    await owner.press("Finance")
    await owner.say("It is Eve whom I want")
    await owner.press("Confirm")
    assert [each[2] for each in await actions(database)] == [f"user {EVE}"]


async def test_a_role_that_another_owner_has_changed_meanwhile_is_left_as_it_is(
    owner: Talk, database: Database
) -> None:
    """Whom another one has just let into finance is not made support by a screen that says that they have no role."""
    await given(database, BEN, "owner")
    await owner.open("role", str(DAN))
    await owner.press("Support")
    await owner.say("Helps with tickets")
    assert "Now: none" in sent(owner.screen)
    await given(database, DAN, "finance", by=BEN)
    text = sent(await owner.press("Confirm"))
    assert "What you were shown has changed meanwhile, so nothing was done" in text
    assert "@dan · finance · by @ben" in text


async def test_a_role_is_given_by_a_name_with_which_many_others_begin(owner: Talk, database: Database) -> None:
    for number in range(9):
        await onboarded(database, 2000 + number, "X", f"dana{number}")
    await owner.open("give_role")
    assert f"Telegram number: {DAN}" in sent(await owner.say("@dan"))


async def test_all_who_decide_about_money_hear_at_once_whose_role_was_changed(owner: Talk, database: Database) -> None:
    """An owner alone could give the second role to an account of their own."""
    await given(database, BEN, "finance")
    await given(database, ANA, "support")
    await given(database, DAN, "owner")
    assert [kind for kind, _ in await notices(database, CLEO)] == []
    told = [sent(screen) for kind, screen in await notices(database, BEN) if kind == "team_changed"]
    assert len(told) == 2
    assert f"@cleo has made @ana ({ANA}) support" in told[0]
    assert f"@cleo has made @dan ({DAN}) owner" in told[1]
    assert "needed" in told[1]
    assert "second person" in told[1]
    assert "second person" not in told[0]
    assert await database.perform(SetRole(DAN, BEN, "finance", None, "gone"), fresh_key()) == BEN
    kind, screen = (await notices(database, CLEO))[-1]
    assert (kind, f"@dan has taken the role of @ben ({BEN})" in sent(screen)) == ("team_changed", True)
    assert [kind for kind, _ in await notices(database, BEN)][-1] == "role_changed"
    assert [kind for kind, _ in await notices(database, ANA)] == ["role_changed"]


async def test_who_is_supports_sees_what_support_may(owner: Talk, database: Database, clock: MovedClock) -> None:
    await given(database, DAN, "support")
    dan = Talk(PLAN, database, clock, DAN)
    screen = await dan.open("admin")
    assert "People" in "".join(labels(screen))
    for word in ("Cash-outs", "Unapplied", "Corrections", "Terms", "Maintenance", "Log"):
        assert word not in "".join(labels(screen))
    assert "Unapplied payments" not in sent(screen)
    assert not leads_to(await dan.open("user", str(ANA))) & {"correct", "role", "admin_log", "payout"}


@pytest.mark.parametrize(
    ("person", "held", "role", "reason"),
    [
        (CLEO, "owner", None, "by_settings"), (CLEO, "owner", "support", "by_settings"),
        (BEN, "owner", "owner", "same_role"), (BEN, None, "owner", "same_role"),
        (BEN, None, "support", "terms_changed"), (BEN, "support", None, "terms_changed"),
        (ANA, None, None, "same_role"), (ANA, None, "king", "bad_role"),
        (ANA, "finance", "support", "terms_changed"), (1, None, "support", "unknown_person"),
        (77, None, "support", "not_here"),
    ],
)  # fmt: skip
async def test_giving_roles_is_refused(
    owner: Talk, database: Database, person: int, held: str | None, role: str | None, reason: str
) -> None:
    await met(database, 77, "Eve", "eve")
    await given(database, BEN, "owner")
    assert await database.perform(SetRole(BEN, person, held, role, "x"), fresh_key()) == Refused(reason)


@pytest.mark.parametrize("column", ["blocked_at", "closed_at"])
async def test_who_is_not_here_gets_no_role(owner: Talk, database: Database, raw: Connection, column: str) -> None:
    await raw.execute(f"UPDATE users SET {column} = now() WHERE id = {ANA}")
    assert await database.perform(SetRole(CLEO, ANA, None, "support", "x"), fresh_key()) == Refused("not_here")


async def test_an_owner_always_remains_whoever_takes_whose_role_at_once(
    owner: Talk, database: Database, raw: Connection
) -> None:
    """The second waits for the first, whose own role is taken by then."""
    await given(database, BEN, "owner")
    await given(database, DAN, "owner")
    await database.run(SaveStaff([]))
    begun = f"DO $$ BEGIN PERFORM admin_set_role('first', '', now(), {BEN}, {DAN}, 'owner', NULL, 'x'); END $$"
    back, besides = SetRole(DAN, BEN, "owner", None, "x"), SetRole(DAN, ANA, None, "owner", "x")
    assert await while_it_waits(World(database), raw, begun, back, besides) == ["not_staff", "not_staff"]
    assert await database.read(Team, BEN) is not None
    for role in (None, "support"):
        assert await database.perform(SetRole(BEN, BEN, "owner", role, "x"), fresh_key()) == Refused("last_owner")


async def test_a_role_that_was_taken_in_the_middle_of_a_question_decides_nothing(
    owner: Talk, database: Database, clock: MovedClock
) -> None:
    await given(database, DAN, "support")
    dan = Talk(PLAN, database, clock, DAN)
    await dan.open("block", str(ANA))
    await dan.say("because")
    conversation = dan._conversation
    assert conversation is not None
    await database.perform(SetRole(CLEO, DAN, "support", None, "left"), fresh_key())
    turn = dan._turn()
    await conversation.answer(turn, Pressed("confirm"))
    assert "wallet" in leads_to(turn.shown[-1][0])
    loaded = await database.run(LoadPerson(ANA))
    assert loaded is not None
    assert not loaded.blocked
