"""How the messages of a ticket look, to the person who asked and to the staff. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.chat_page import fitting, quotation
from lockbay.areas.standing import rated, traded
from lockbay.areas.support.records import Asker, TicketMessage
from lockbay.areas.text import isolated, lines

ROOM: Final = 2900  # UTF-16 units for messages; heading, foot and a problem fit into what is left of a message's 4096
Name: TypeAlias = Callable[[TicketMessage], Markup]


def shown(words: Words, messages: tuple[TicketMessage, ...], name: Name) -> list[tuple[TicketMessage, Markup]]:
    """The newest ones that fit together, the oldest of them first; one always does."""
    return fitting(messages, lambda message: drawn(words, message, name(message)), ROOM)


def drawn(words: Words, message: TicketMessage, name: Markup) -> Markup:
    """One of them."""
    return quotation(words, words("{name} · {time}", name=name, time=words.time(message.at)), message)


def standing(words: Words, person: Asker) -> Markup:
    """Who somebody is, in a few lines."""
    flags = [
        words.label("⛔ blocked") if person.blocked else None,
        words.label("🚪 closed their account") if person.closed else None,
        words.label("🌱 has not accepted the terms") if not person.onboarded else None,
        _reach(words, person),
    ]
    return lines(
        words(
            "👤 <b>{name}</b>, here since {since}", name=isolated(person.name), since=words.time(person.standing.since)
        ),
        words("{rating} · {trades}", rating=rated(words, person.standing), trades=traded(words, person.standing)),
        ", ".join(flag for flag in flags if flag) or None,
    )


def _reach(words: Words, person: Asker) -> str | None:
    if not person.unreachable:
        return None
    if person.has_email:
        return words.label("✉️ has blocked the bot: hears you by e-mail")
    return words.label("📵 has blocked the bot, and has no e-mail: does not hear you")
