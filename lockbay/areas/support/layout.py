"""How the messages of a ticket look, to the person who asked and to the staff. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.screen import Link, Row
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.messages import CAPTION, MessageKind, file_name, fitted, units
from lockbay.areas.standing import rated, traded
from lockbay.areas.support.records import Asker, TicketMessage
from lockbay.areas.text import isolated, lines, quoted

BLANK: Final = Markup("")
ROOM: Final = 2900  # UTF-16 units for messages; heading, foot and a problem fit into what is left of a message's 4096
Name: TypeAlias = Callable[[TicketMessage], Markup]


def shown(words: Words, messages: tuple[TicketMessage, ...], name: Name) -> list[tuple[TicketMessage, Markup]]:
    """The newest ones that fit together, the oldest of them first; one always does."""
    fitting: list[tuple[TicketMessage, Markup]] = []
    room = ROOM
    for message in reversed(messages):
        drawn = _drawn(words, message, name)
        room -= units(drawn.unescape()) + 2
        if room < 0 and fitting:
            break
        fitting.append((message, drawn))
    return fitting[::-1]


def _drawn(words: Words, message: TicketMessage, name: Name) -> Markup:
    author = words("{name} · {time}", name=name(message), time=words.time(message.at))
    return lines(author, quoted(_said(words, message)))


def _said(words: Words, message: TicketMessage) -> str:
    if message.kind == "text":
        return message.text
    file = file_name(words, message.kind, message.n)
    return f"{file}: {message.text}" if message.text else file


def below(text: Markup, messages: list[tuple[TicketMessage, Markup]]) -> Markup:
    """The messages under a heading, with an empty line above each."""
    return lines(text, *(line for _, drawn in messages for line in (BLANK, drawn)))


def files(
    words: Words, flow: str, args: tuple[str, ...], messages: list[tuple[TicketMessage, Markup]]
) -> tuple[Row, ...]:
    """A button for each file: its name in the text alone says little."""
    found = tuple(
        Link(file_name(words, each.kind, each.n), flow, (*args, str(each.n)))
        for each, _ in messages
        if each.kind != "text"
    )
    return buttons.rows(found, 2)


def paging(
    words: Words, flow: str, args: tuple[str, ...], newest: int, messages: list[tuple[TicketMessage, Markup]]
) -> tuple[Row, ...]:
    """To the newest and to older messages, where there are such."""
    if not messages:
        return ()
    first, last = messages[0][0].n, messages[-1][0].n
    newer = (Link(words.label("⏮ Newest"), flow, args),) if last < newest else ()
    older = (Link(words.label("Older ▶️"), flow, (*args, str(first - 1))),) if first > 1 else ()
    return ((*newer, *older),) if newer or older else ()


def relayed(head: Markup, kind: MessageKind, text: str) -> Markup:
    """A message under a head, as long as a text or a caption can be."""
    most = CAPTION - units(head.unescape()) - 1 if kind != "text" else len(text) * 2
    return lines(head, quoted(fitted(text, most)) if text else None)


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
