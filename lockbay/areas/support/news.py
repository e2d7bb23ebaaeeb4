"""How what happens to a ticket is told: to the staff what was asked, to the person what was answered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.chat_page import relayed
from lockbay.areas.messages import MessageKind, attachment
from lockbay.areas.support import desk_screens
from lockbay.areas.support.layout import standing
from lockbay.areas.support.records import Asker, Began
from lockbay.areas.text import BLANK, isolated, lines


@frozen
class TicketAsked:
    """A person wrote message `n`. `assigned`: whoever is told looks after the ticket; else all of support is told."""

    ticket_id: int
    slug: str
    n: int
    began: Began
    assigned: bool
    person: Asker
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class TicketAnswered:
    """The staff wrote message `n`."""

    ticket_id: int
    slug: str
    n: int
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


@frozen
class TicketClosed:
    """By the staff."""

    ticket_id: int
    slug: str


@frozen
class TicketAssigned:
    """Somebody of the staff gave the ticket to whoever is told."""

    ticket_id: int
    slug: str
    person: Asker
    by: str


def asked(words: Words, news: TicketAsked) -> Screen:
    """To the staff."""
    head = lines(
        _subject(words, news),
        standing(words, news.person),
        _wrote(words, news.kind),
    )
    take = () if news.assigned else (desk_screens.taking(words, news.ticket_id, None),)
    rows = (
        (desk_screens.answering(words, news.ticket_id), *take),
        (desk_screens.closing(words, news.ticket_id), desk_screens.opening(words, news.ticket_id)),
        (desk_screens.person(words, news.person.id), buttons.menu(words)),
    )
    text = relayed(head, news.kind, news.text)
    return Screen(text, rows, attachment=attachment(news.kind, news.file_id), stays=True)


def _subject(words: Words, news: TicketAsked) -> Markup:
    match news.began:
        case "opened":
            return words("🛟 <b>New ticket {slug}</b> · reply to answer", slug=news.slug)
        case "reopened":
            return words("🛟 <b>Ticket {slug} is open again</b> · reply to answer", slug=news.slug)
        case "resumed":
            return words("🛟 <b>Ticket {slug}</b> · reply to answer", slug=news.slug)


def _wrote(words: Words, kind: MessageKind) -> Markup:
    """It has to make sense in a mail, too, where no file is."""
    match kind:
        case "photo":
            return words("They sent a photo:")
        case "document":
            return words("They sent a file:")
        case "text":
            return words("They write:")


def answered(words: Words, news: TicketAnswered) -> Screen:
    """To the person who asked."""
    head = lines(words("🛟 <b>LockBay support answers</b> · ticket {slug}", slug=news.slug), _file(words, news.kind))
    reply = Link(words.label("↩️ Reply to support"), "support", style="primary")
    text = relayed(head, news.kind, news.text)
    rows = ((reply,), (buttons.menu(words),))
    return Screen(text, rows, attachment=attachment(news.kind, news.file_id), stays=True)


def _file(words: Words, kind: MessageKind) -> Markup | None:
    match kind:
        case "photo":
            return words("With a photo:")
        case "document":
            return words("With a file:")
        case "text":
            return None


def closed(words: Words, news: TicketClosed) -> Screen:
    """To the person who asked."""
    text = lines(
        words("✔️ <b>Support has closed ticket {slug}</b>", slug=news.slug),
        BLANK,
        words("If it is not done for you: within 7 days a message to support opens it again."),
    )
    return Screen(text, ((buttons.support(words), buttons.menu(words)),))


def assigned(words: Words, news: TicketAssigned) -> Screen:
    """To who looks after it now."""
    head = words("👥 <b>{name} gave you ticket {slug}</b> · reply to answer", name=isolated(news.by), slug=news.slug)
    rows = (
        (desk_screens.answering(words, news.ticket_id), desk_screens.opening(words, news.ticket_id)),
        (desk_screens.person(words, news.person.id), buttons.menu(words)),
    )
    return Screen(lines(head, standing(words, news.person)), rows, stays=True)


NOTICES: Final[Mapping[str, Notice]] = {
    "ticket_message": Notice(TicketAsked, asked),
    "ticket_answer": Notice(TicketAnswered, answered),
    "ticket_closed": Notice(TicketClosed, closed),
    "ticket_assigned": Notice(TicketAssigned, assigned),
}
