"""People as the staff sees them, blocks, roles, the log; on the real database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta

import pytest
import trio

from lockbay.actors.parse import Pressed
from lockbay.actors.person import LoadPerson
from lockbay.actors.plan import Plan, together
from lockbay.actors.words import words
from lockbay.areas import admin, menu
from lockbay.areas.admin.people_records import BlockPerson, Dossier, Member, People, PersonsTrades, SetRole, Team
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.admin.team import members
from lockbay.areas.onboarding.gate import gate
from lockbay.areas.trades.records import CreateTrade
from lockbay.errors import Invalid
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, fund, met, offered, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_admin import notices
from tests.clock import MovedClock
from tests.talk import Talk

PLAN = Plan(together(menu.FLOWS, admin.flows(menu.FLOWS["menu"])), admin.COMMANDS, "menu", gate)
DAN, EVE = 10_000_000_004, 10_000_000_005


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    """Cleo, an owner by the settings; Ana has 500 USDT and a trade with Ben."""
    await set_rates(database)
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo"), (DAN, "Dan")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    await fund(database, ANA, "500")
    await offered(database, ANA, "username", "@ben")
    return Talk(PLAN, database, clock, CLEO)


async def given(database: Database, user_id: int, role: str, by: int = CLEO) -> None:
    assert await database.perform(SetRole(by, user_id, None, role, "needed"), fresh_key()) == user_id


async def actions(database: Database) -> list[tuple[int, str, str, str]]:
    found = await database.pool.fetch(
        "actions", "SELECT user_id, action, subject, why FROM admin_actions ORDER BY id", (), reads=True
    )
    return [(row["user_id"], row["action"], row["subject"], row["why"]) for row in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("@ana", [ANA]), ("ANA", [ANA]), (str(BEN), [BEN]), ("T-SLUG", [ANA, BEN]), ("ana@example.com", [ANA]),
        ("Ana+more@example.com", [ANA]), ("+2348031234567", [BEN]), ("slug", [ANA]), ("an", []),
        ("dan@nowhere.com", []), ("%", []), ("@an_", []), ("99999999999999999999", []),
    ],
)  # fmt: skip
async def test_people_are_found_by_what_they_are_known_by(
    owner: Talk, database: Database, query: str, found: list[int]
) -> None:
    for statement in (
        "UPDATE users SET email = 'Ana@Example.com', email_verified_at = now() WHERE username = 'ana'",
        "INSERT INTO extra_contacts (user_id, kind, value, verified_at, created_at)"
        " SELECT id, 'email', 'ana+more@example.com', now(), now() FROM users WHERE username = 'ana'",
        "UPDATE users SET phone = '+2348031234567', phone_verified_at = now() WHERE username = 'ben'",
        "UPDATE users SET email = 'dan@nowhere.com' WHERE username = 'dan'",
    ):
        await database.pool.fetch("test", statement, (), reads=False)
    rows = await database.pool.fetch(
        "test", "SELECT t.slug, u.slug AS page FROM trades t, users u WHERE u.id = $1", (ANA,), reads=True
    )
    wanted = {"T-SLUG": rows[0]["slug"].lower(), "slug": rows[0]["page"].upper()}.get(query, query)
    page = await database.read(People, CLEO, wanted, 0)
    assert page is not None
    assert [each.id for each in page.people] == found


async def test_usernames_are_found_by_how_they_begin_page_by_page(owner: Talk, database: Database) -> None:
    for number in range(12):
        await met(database, 20_000_000_000 + number, "Eve", f"evening_{number}")
    await owner.open("people")
    text = sent(await owner.say("@eve"))
    assert "@evening_0" in text
    assert "@evening_11" not in text
    text = sent(await owner.press("Next"))
    assert "@evening_11" in text
    assert "@evening_0 " not in text
    await owner.say("@nobody_here")
    assert "LockBay knows nobody like that" in sent(owner.screen)
    await owner.say("@ana")
    await owner.press("@ana")
    assert "Open trades: 1" in sent(owner.screen)


async def test_a_profile_tells_who_somebody_is_and_what_they_have(owner: Talk, database: Database) -> None:
    text = sent(await owner.open("user", str(ANA)))
    for said in (
        f"@ana · {ANA}",
        "Here since",
        "none that is proven",
        "500 USDT",
        "Completed trades: 0",
        "Open trades: 1",
    ):
        assert said in text
    assert {"user_trades", "user_money", "block", "correct", "role", "admin_log"} <= leads_to(owner.screen)
    assert "buys from @ben" in sent(await owner.press("Trades"))
    await owner.press("Back")
    text = sent(await owner.press("Movements"))
    assert "+500 USDT · deposit" in text
    assert "then 500 USDT" in text


async def test_what_people_write_of_themselves_is_escaped(owner: Talk, database: Database) -> None:
    await met(database, 77, "<b>Eve</b> & \u202eco", None)
    assert "<b>Eve</b> &" in sent(await owner.open("user", "77"))
    await owner.open("people")
    assert "<b>Eve</b> &" in sent(await owner.say("77"))


async def test_trades_and_movements_of_somebody_have_pages(owner: Talk, database: Database) -> None:
    for number in range(10):
        trade = CreateTrade(DAN, "USDT", 100, f"Thing {number}", 24, "buyer", "link", "", 5, 105)  # type: ignore[arg-type]
        await database.pool.fetch(
            "test", "UPDATE terms SET trades_an_hour = 99, unpaid_trades = 99, trades_a_day = 99", (), reads=False
        )
        assert not isinstance(await database.perform(trade, fresh_key()), Refused)
    await owner.open("user_trades", str(DAN))
    assert "Thing 9" in sent(owner.screen)
    assert "Thing 1" not in sent(owner.screen)
    assert "Thing 1" in sent(await owner.press("Next"))
    assert await database.read(PersonsTrades, ANA, DAN, 0) is None


async def test_somebody_is_blocked_with_a_reason_and_let_in_again(owner: Talk, database: Database) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    await owner.open("user", str(ANA))
    await owner.press("Block")
    assert "Their trades go on" in sent(owner.screen)
    await owner.say("Stolen <account>")
    assert "Stolen <account>" in sent(owner.screen)
    await owner.press("Confirm")
    text = sent(owner.screen)
    assert "Blocked since" in text
    assert "Stolen <account>" in text
    assert Change(ANA, "Person") in changes
    loaded = await database.run(LoadPerson(ANA))
    assert loaded is not None
    assert loaded.blocked
    kind, told = (await notices(database, ANA))[-1]
    assert (kind, "Stolen <account>" in sent(told), "support" in leads_to(told)) == ("blocked", True, True)
    trade = CreateTrade(ANA, "USDT", 100, "Thing", 24, "buyer", "link", "", 5, 105)  # type: ignore[arg-type]
    assert await database.perform(trade, fresh_key()) == Refused("blocked")
    await owner.press("Unblock")
    await owner.say("It was theirs")
    await owner.press("Confirm")
    assert "Blocked" not in sent(owner.screen).replace("blocked: Stolen", "")
    assert [kind for kind, _ in await notices(database, ANA)][-2:] == ["blocked", "unblocked"]
    assert not isinstance(await database.perform(trade, fresh_key()), Refused)
    assert [each[1:3] for each in await actions(database)] == [("block", f"user {ANA}"), ("unblock", f"user {ANA}")]


@pytest.mark.parametrize(
    ("person", "block", "why", "reason"),
    [
        (BEN, True, "x", "is_staff"), (CLEO, True, "x", "is_staff"), (1, True, "x", "unknown_person"),
        (ANA, True, " ", "bad_note"), (ANA, True, "x" * 501, "bad_note"), (ANA, False, "x", "wrong_state"),
    ],
)  # fmt: skip
async def test_blocking_is_refused(
    owner: Talk, database: Database, person: int, block: bool, why: str, reason: str
) -> None:
    await given(database, BEN, "finance")
    await given(database, DAN, "support")
    assert await database.perform(BlockPerson(DAN, person, block, why), fresh_key()) == Refused(reason)


async def test_of_two_who_block_at_once_one_does(owner: Talk, database: Database) -> None:
    await given(database, DAN, "support")
    outcomes = []

    async def block(by: int) -> None:
        outcomes.append(await database.perform(BlockPerson(by, ANA, True, f"by {by}"), fresh_key()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(block, CLEO)
        nursery.start_soon(block, DAN)
    assert sorted(map(str, outcomes)) == sorted(["True", str(Refused("wrong_state"))])


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


async def test_an_owner_always_remains_whoever_takes_whose_role_at_once(owner: Talk, database: Database) -> None:
    await given(database, BEN, "owner")
    await given(database, DAN, "owner")
    await database.run(SaveStaff([]))

    async def take(by: int, person: int) -> None:
        await database.perform(SetRole(by, person, "owner", None, "x"), fresh_key())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take, BEN, DAN)
        nursery.start_soon(take, DAN, BEN)
    left = [user_id for user_id in (BEN, DAN) if await database.read(Team, user_id) is not None]
    assert len(left) == 1
    for role in (None, "support"):
        last = SetRole(left[0], left[0], "owner", role, "x")
        assert await database.perform(last, fresh_key()) == Refused("last_owner")


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


async def test_the_log_has_pages_and_is_of_one_person(owner: Talk, database: Database, clock: MovedClock) -> None:
    for number in range(8):
        await database.perform(BlockPerson(CLEO, ANA, number % 2 == 0, f"reason {number}"), fresh_key())
        clock.advance(timedelta(minutes=1))
    await database.perform(BlockPerson(CLEO, BEN, True, "another"), fresh_key())
    assert "another" in sent(await owner.open("admin_log"))
    assert "reason 0" not in sent(owner.screen)
    assert "reason 0" in sent(await owner.press("Next"))
    assert "another" not in sent(await owner.open("admin_log", "0", "0", str(ANA)))
    assert "by @cleo" in sent(await owner.open("admin_log", "0", str(CLEO)))
    assert "Nothing yet" in sent(await owner.open("admin_log", "0", str(DAN)))


async def test_a_forged_number_is_refused(owner: Talk) -> None:
    for flow in ("user", "block", "role", "user_trades"):
        with pytest.raises(Invalid):
            await owner.open(flow, "x")


async def test_nobody_reads_a_dossier_who_does_not_run_lockbay(owner: Talk, database: Database) -> None:
    assert await database.read(Dossier, ANA, BEN) is None
