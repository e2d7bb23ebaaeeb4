"""Maintenance: LockBay is closed for everybody but the staff, and opened again. For owners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import this
from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin.maintenance_records import MaintenancePage, SetMaintenance
from lockbay.areas.text import BLANK, lines, paragraphs, quoted
from lockbay.postgres.queries import Refused


async def maintenance(chat: Chat) -> None:
    """What are people told, why, sure? Or, while it is closed: open it?"""
    view = await chat.read(MaintenancePage)
    words, message = chat.words, None
    if view.maintenance is None:
        message = await chat.ask("message", closing(words), parse=answers.note(words))
    note = await chat.ask("why", why(words, view, message, chat.now), parse=answers.note(words))
    confirm = this(words, answers.CONFIRM)
    await chat.ask("confirm", sure(words, message, note), parse=confirm)
    outcome = await chat.do("set", SetMaintenance(chat.user_id, message, note))
    await chat.show(done(words, outcome))


def closing(words: Words) -> Screen:
    """What are people told?"""
    text = paragraphs(
        (
            words("🚧 <b>Close LockBay for maintenance</b>"),
            words(
                "Everybody but the staff gets a message for whatever they do, and what they are in the middle of "
                "waits. Payments that come are taken, and cash-outs that were confirmed go on. The clock acts upon no "
                "trade meanwhile, and when you open again every open trade has as much more time as it was closed."
            ),
            words("Type the message, 1 to 500 characters: what is going on, and until when."),
        )
    )
    return Screen(text, (buttons.way_out(words, "admin"),))


def why(words: Words, view: MaintenancePage, message: str | None, now: datetime) -> Screen:
    """Why? It is kept."""
    if view.maintenance is None or view.since is None:
        text = lines(words("🚧 <b>People are told</b>"), quoted(message or ""))
    else:
        text = lines(
            words(
                "🚧 <b>Closed since {time}</b>, {age}", time=words.time(view.since), age=words.until(view.since, now)
            ),
            quoted(view.maintenance),
            words("To open LockBay again:"),
        )
    ask = words("Why? One sentence for the log of the staff.")
    return Screen(lines(text, BLANK, ask), (buttons.way_out(words, "admin"),))


def sure(words: Words, message: str | None, note: str) -> Screen:
    """Before it is done."""
    if message is None:
        text = lines(words("✅ <b>Open LockBay again?</b>"), BLANK, quoted(note))
        confirm = Answer(words.label("✅ Open it"), answers.CONFIRM, "success")
    else:
        text = lines(words("🚧 <b>Close LockBay now?</b>"), BLANK, quoted(message), quoted(note))
        confirm = Answer(words.label("🚧 Close it"), answers.CONFIRM, "danger")
    return Screen(text, ((confirm,), buttons.way_out(words, "admin")))


def done(words: Words, outcome: bool | Refused) -> Screen:
    """What has become of it."""
    if isinstance(outcome, Refused):
        text = words("⚠️ {problem}", problem=refusals.sentence(words, outcome))
    elif outcome:
        text = words("🚧 <b>LockBay is closed</b>: only the staff gets in.")
    else:
        text = words("✅ <b>LockBay is open</b>")
    return Screen(text, (buttons.way_out(words, "admin"),))


FLOWS: Final[Mapping[str, Flow]] = {"maintenance": maintenance}
