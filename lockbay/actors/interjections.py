"""Interjections: what people are told outside of any flow, or in the middle of one. Pure."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from lockbay.actors.person import Person
from lockbay.actors.screen import Link, NoKeyboard, Screen
from lockbay.actors.update import Sender
from lockbay.actors.words import words
from lockbay.errors import Invalid

TOAST: Final = 200  # Bot API: characters of a button's answer


def refusal(person: Person, problem: Invalid) -> Screen:
    return with_way_out(person, person.words("⚠️ {problem}", problem=person.words.problem(problem)))


def with_way_out(person: Person, text: Markup) -> Screen:
    return Screen(text, ((Link(person.words.label("Menu"), "menu"),),))


def closed(person: Person, why: str) -> Screen:
    """LockBay is in maintenance."""
    return with_way_out(person, person.words("🚧 <b>LockBay is closed for a while</b>\n\n{why}", why=why))


def closed_in_short(why: str) -> str:
    """The same, as the answer to a button."""
    return f"🚧 {why}"[:TOAST]


def stale(person: Person) -> str:
    """The answer to a button of a screen that is over. It may be a second press on one that did it, which nobody
    remembers any more.
    """
    return person.words.label(
        "This menu is no longer active, so this press changed nothing. What you pressed before counts: look at the "
        "newest message, or send /menu."
    )


def counted(person: Person) -> str:
    """The answer to the second press on a button."""
    return person.words.label(
        "You had pressed here already, and that press counted. The newest message says what came of it."
    )


def keyboard_back(person: Person) -> Screen:
    """They went elsewhere while they were asked for their number."""
    return Screen(person.words("Your number was not shared."), keyboard=NoKeyboard())


def changed_meanwhile(person: Person) -> Screen:
    """The journal does not fit what LockBay is now."""
    text = person.words(
        "LockBay changed while you were away, so what you were doing was closed. "
        "What you had confirmed is done; nothing else was."
    )
    return with_way_out(person, text)


def no_such_command(person: Person) -> Markup:
    """In the middle of a question."""
    return person.words("There is no such command, so nothing was done and nothing was sent. /menu leads out of this.")


def changes_are_not_seen(person: Person) -> Markup:
    """A message was edited that counts as it was first."""
    return person.words(
        "I do not see changes to a message. What you sent first is what counts; to correct it, write again."
    )


def delayed(sender: Sender) -> Screen:
    """The database does not answer, so nothing is known of them here either."""
    say = words(sender.language, "UTC")
    text = say(
        "⏳ This takes longer than usual.\n\n"
        "What you sent is kept, and nothing is lost. Please do not send it again: the answer comes by itself."
    )
    return Screen(text)


def failed(sender: Sender) -> Screen:
    """An update that was given up. Nothing is known of them here but what Telegram says."""
    say = words(sender.language, "UTC")
    text = say(
        "Something went wrong on our side, and we have been told.\n\n"
        "If you had just confirmed something, look into the menu before you do it again: it may be done."
    )
    return Screen(text, ((Link(say.label("Menu"), "menu"),),))
