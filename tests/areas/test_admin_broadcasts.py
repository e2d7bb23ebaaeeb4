"""Announcements as owners make them; on the real database, killed and replayed."""

from __future__ import annotations

import pytest

from lockbay.actors.screen import Attachment
from lockbay.actors.update import Sent
from lockbay.areas.admin.broadcast_records import Audiences, BroadcastCase, Move, StartBroadcast, SteerBroadcast
from lockbay.areas.admin.records import SaveStaff
from lockbay.errors import Invalid
from lockbay.notices.broadcast_records import AdvanceBroadcast
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.areas.people import ANA, BEN, CLEO, change, fresh_key, onboarded
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.staffing import PLAN, actions
from tests.areas.unapplied import notices
from tests.clock import MovedClock
from tests.talk import Talk


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    await change(database, BEN, "language = 'pt-br', muted = '{announcements}'")
    return Talk(PLAN, database, clock, CLEO)


async def began(database: Database, audience: str = "all") -> int:
    made = await database.perform(StartBroadcast(CLEO, "text", "Hello", "", audience), fresh_key())
    assert isinstance(made, int)
    return made


async def test_it_is_written_seen_and_sent(owner: Talk, database: Database) -> None:
    changes: list[Change] = []
    database.on_changed = changes.extend
    await owner.open("admin")
    await owner.press("Announcements")
    assert "Nothing was announced yet" in sent(owner.screen)
    await owner.press("New announcement")
    await owner.say("We are <open> & well")
    assert "Everybody: 2, and 1 who want no announcements" in sent(owner.screen)
    assert labels(owner.screen)[:3] == ["Everybody (2)", "English (2)", "Portuguese (0)"]
    await owner.press("Everybody")
    preview, question = owner.screens[-2:]
    assert sent(preview) == "We are <open> & well"
    assert leads_to(preview) == {"menu", "settings"}
    assert "This is what they get" in sent(question)
    assert "People: 2" in sent(question)
    assert not changes
    await owner.press("Send (2)")
    text = sent(owner.screen)
    assert "Announcement № 1: under way" in text
    assert "Everybody: 0 of 3" in text
    assert "We are <open> & well" in text
    assert Change(0, "BroadcastOrders") in changes
    assert await actions(database) == [(CLEO, "start_broadcast", "broadcast 1", "We are <open> & well")]


async def test_a_photo_goes_as_it_was_sent(owner: Talk, database: Database) -> None:
    await owner.open("new_broadcast")
    assert "texts, photos and files only" in sent(await owner.reply(Sent("other")))
    assert "make it shorter" in sent(await owner.reply(Sent("photo", "picture", "🦊" * 600)))
    await owner.reply(Sent("photo", "picture", "Look"))
    await owner.press("Everybody")
    assert owner.screens[-2].attachment == Attachment("photo", "picture")
    await owner.press("Send (")
    page = await database.read(BroadcastCase, CLEO, 1)
    assert page is not None
    assert (page.kind, page.file_id, page.text) == ("photo", "picture", "Look")
    assert "With a photo" in sent(owner.screen)


async def test_it_is_paused_resumed_and_stopped_for_good(owner: Talk, database: Database) -> None:
    broadcast = await began(database)
    await owner.open("broadcast", str(broadcast))
    await owner.press("Pause")
    assert "paused" in sent(owner.screen)
    await owner.press("Resume")
    assert "under way" in sent(owner.screen)
    await owner.press("Stop for good")
    assert "nobody else gets it" in sent(owner.screen)
    await owner.press("Stop for good")
    assert "cancelled" in sent(owner.screen)
    assert labels(owner.screen) == ["🔄 Refresh", "⬅️ Back", "Menu"]
    assert [each[1] for each in await actions(database)] == [
        "start_broadcast", "pause_broadcast", "resume_broadcast", "cancel_broadcast",
    ]  # fmt: skip
    told = [sent(screen) for kind, screen in await notices(database, CLEO) if kind == "broadcast_progress"]
    assert [text.splitlines()[0].partition(": ")[2] for text in told] == ["paused", "under way", "cancelled"]


@pytest.mark.parametrize(
    ("first", "then"), [("cancel", "resume"), ("cancel", "cancel"), ("pause", "pause"), (None, "resume")]
)
async def test_a_move_that_makes_no_sense_is_refused(
    owner: Talk, database: Database, first: Move | None, then: Move
) -> None:
    broadcast = await began(database)
    if first is not None:
        await database.perform(SteerBroadcast(CLEO, broadcast, first), fresh_key())
    assert await database.perform(SteerBroadcast(CLEO, broadcast, then), fresh_key()) == Refused("wrong_state")


async def test_what_was_over_meanwhile_is_said(owner: Talk, database: Database) -> None:
    broadcast = await began(database)
    await owner.open("broadcast", str(broadcast))
    await owner.press("Stop for good")
    await database.run(AdvanceBroadcast(broadcast, 0, CLEO, 2, 0, 0, 1, 0, [], [], is_over=True))
    await owner.press("Stop for good")
    text = sent(owner.screen)
    assert "Somebody has done that already" in text
    assert "done" in text
    assert "100%" in text


@pytest.mark.parametrize(
    ("kind", "text", "file_id", "audience", "reason"),
    [
        ("text", " ", "", "all", "bad_text"), ("text", "x" * 1001, "", "all", "bad_text"),
        ("photo", "x", "", "all", "bad_text"), ("text", "x", "file", "all", "bad_text"),
        ("text", "x", "", "xx", "nobody"), ("text", "x", "", "everybody!", "nobody"),
    ],
)  # fmt: skip
async def test_what_cannot_be_sent_is_refused(
    owner: Talk, database: Database, kind: str, text: str, file_id: str, audience: str, reason: str
) -> None:
    order = StartBroadcast(CLEO, kind, text, file_id, audience)  # type: ignore[arg-type]  # forged
    assert await database.perform(order, fresh_key()) == Refused(reason)


async def test_progress_counts_once(owner: Talk, database: Database) -> None:
    broadcast = await began(database)
    step = AdvanceBroadcast(broadcast, 0, BEN, 1, 0, 0, 1, 0, [], [], is_over=False)
    assert await database.run(step) is not None
    assert await database.run(step) is None
    page = await database.read(BroadcastCase, CLEO, broadcast)
    assert page is not None
    assert (page.sent, page.muted, page.state) == (1, 1, "running")


async def test_nobody_else_sees_or_does_anything(owner: Talk, database: Database, clock: MovedClock) -> None:
    await began(database)
    other = Talk(PLAN, database, clock, ANA)
    menu = await other.open("menu")
    for flow, args in (
        ("broadcasts", ()), ("broadcast", ("1",)), ("new_broadcast", ()), ("steer_broadcast", ("1", "pause")),
    ):  # fmt: skip
        assert await other.open(flow, *args) == menu
    assert await database.read(Audiences, ANA) is None
    assert await database.perform(SteerBroadcast(ANA, 1, "pause"), fresh_key()) == Refused("not_staff")
    assert await database.perform(StartBroadcast(ANA, "text", "x", "", "all"), fresh_key()) == Refused("not_staff")


async def test_a_forged_move_is_none(owner: Talk, database: Database) -> None:
    await began(database)
    with pytest.raises(Invalid):
        await owner.open("steer_broadcast", "1", "restart")


async def test_the_list_has_pages(owner: Talk, database: Database) -> None:
    for _ in range(7):
        await began(database)
    await owner.open("broadcasts")
    assert "№ 7" in sent(owner.screen)
    assert "waits for an older one" in sent(owner.screen)
    await owner.press("Next")
    assert labels(owner.screen)[0] == "№ 1"
