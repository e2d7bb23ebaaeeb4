"""People as the staff sees them, blocks, the log; on the real database, killed and replayed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lockbay.actors.person import LoadPerson
from lockbay.areas.admin.people_records import BlockPerson, Dossier, People, PersonsTrades
from lockbay.areas.trades.records import CreateTrade
from lockbay.errors import Invalid
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, met
from tests.areas.sendable import leads_to, sent
from tests.areas.staffing import DAN, actions, given
from tests.areas.staffing import owner as owner
from tests.areas.unapplied import notices
from tests.clock import MovedClock
from tests.ledger.world import World, while_it_waits
from tests.talk import Talk


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


async def test_of_two_who_block_at_once_one_does(owner: Talk, database: Database, raw: Connection) -> None:
    """The others wait for the first, and find that it is done."""
    await given(database, DAN, "support")
    begun = f"DO $$ BEGIN PERFORM admin_block('first', '', now(), {CLEO}, {ANA}, true, 'x'); END $$"
    blocks = [BlockPerson(by, ANA, True, f"by {by}") for by in (CLEO, DAN)]
    assert await while_it_waits(World(database), raw, begun, *blocks) == ["wrong_state"] * 2


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
