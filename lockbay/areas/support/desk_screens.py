"""Support as the staff sees it: the queue, a ticket, what was answered. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.chat_page import below, files, paging, relayed
from lockbay.areas.messages import attachment, file_name
from lockbay.areas.support.layout import drawn, shown, standing
from lockbay.areas.support.records import (
    Answered,
    PersonTicket,
    PersonTickets,
    QueuedTicket,
    TicketMessage,
    TicketPage,
    TicketQueue,
)
from lockbay.areas.text import BLANK, cut, isolated, lines, paragraphs


def queue(words: Words, view: TicketQueue) -> Screen:
    """A page of it; each ticket has a button."""
    text = paragraphs(
        (
            words(
                "🛟 <b>Support. Waiting for an answer: {waiting}, open: {open}</b>",
                waiting=view.waiting,
                open=view.open,
            ),
            *(_line(words, each) for each in view.tickets),
            None if view.tickets else words("Nobody waits here."),
        )
    )
    opened = tuple(Link(_label(words, each), "ticket", (str(each.id),)) for each in view.tickets)
    place = view.next
    more: Row = ()
    if place is not None:
        more = (Link(words.label("Next"), "tickets", (str(place.answered), str(place.since), str(place.after))),)
    return Screen(text, (*buttons.rows(opened, 2), more, buttons.way_out(words, "admin")))


def _line(words: Words, each: QueuedTicket) -> Markup:
    time = words.time(each.since)
    return lines(
        words(
            "<b>{slug}</b> · {person} · {state}",
            slug=each.slug,
            person=isolated(cut(each.person, 40)),
            state=words("⏳ waits since {time}", time=time) if each.waits else words("answered {time}", time=time),
        ),
        words("With {name}", name=isolated(cut(each.assigned, 40))) if each.assigned else words("With nobody"),
        words("<i>{last}</i>", last=isolated(cut(each.last, 80))),
    )


def _label(words: Words, each: QueuedTicket) -> str:
    mark = "⏳" if each.waits else "✔️"
    return words.label("{mark} {slug} (mine)", mark=mark, slug=each.slug) if each.mine else f"{mark} {each.slug}"


def of_person(words: Words, view: PersonTickets) -> Screen:
    """A page of somebody's tickets; each has a button."""
    text = paragraphs(
        (
            words("🗂 <b>Tickets of {name}</b>", name=isolated(cut(view.name, 64))),
            *(_ticket_line(words, each) for each in view.tickets),
            None if view.tickets else words("There are none."),
        )
    )
    opened = tuple(Link(each.slug, "ticket", (str(each.id),)) for each in view.tickets)
    more = pages.onward(words, "user_tickets", str(view.person_id), next=view.next)
    last = (buttons.back(words, "tickets"), person(words, view.person_id), buttons.menu(words))
    return Screen(text, (*buttons.rows(opened, 2), more, last))


def _ticket_line(words: Words, each: PersonTicket) -> Markup:
    messages = words.count("{n} message", "{n} messages", each.messages)
    state = words("open") if each.state == "open" else words("closed")
    return lines(
        words("<b>{slug}</b> · {state} · {messages}", slug=each.slug, state=state, messages=messages),
        words("{opened} – {last}", opened=words.time(each.opened_at), last=words.time(each.last_at)),
        words("<i>{first}</i>", first=isolated(cut(each.first, 80))) if each.first else None,
    )


def ticket(words: Words, page: TicketPage, user_id: int) -> Screen:
    """Who asks, what was said, and what can be done."""
    messages = shown(words, page.messages, lambda message: author(words, message))
    heading = lines(
        words("🛟 <b>Ticket {slug}</b> · {state}", slug=page.slug, state=_state(words, page)),
        standing(words, page.person),
    )
    number = (str(page.id),)
    rows = (
        *files(words, "ticket_file", number, messages),
        paging(words, "ticket", number, page.newest, messages),
        *_moves(words, page, user_id),
        (person(words, page.person.id), Link(words.label("🗂 Their tickets"), "user_tickets", (str(page.person.id),))),
        buttons.way_out(words, "tickets"),
    )
    return Screen(below(heading, messages), rows)


def _state(words: Words, page: TicketPage) -> Markup:
    if page.closed_at is not None:
        name = isolated(cut(page.closed_by or "?", 40))
        return words("closed {time} by {name}", time=words.time(page.closed_at), name=name)
    assigned = words("with {name}", name=isolated(cut(page.assigned, 40))) if page.assigned else words("with nobody")
    if page.waits_since is None:
        return words("answered, {assigned}", assigned=assigned)
    return words("⏳ waits since {time}, {assigned}", time=words.time(page.waits_since), assigned=assigned)


def author(words: Words, message: TicketMessage) -> Markup:
    """Who wrote, and on which side."""
    name = isolated(cut(message.author or "?", 40))
    if message.role == "user":
        return words("<b>{name}</b>", name=name)
    return words("<b>{name}</b>, support", name=name)


def _moves(words: Words, page: TicketPage, user_id: int) -> tuple[Row, ...]:
    answer = answering(words, page.id)
    if page.state == "closed":
        reopen = Link(words.label("↩️ Reopen"), "ticket_reopen", (str(page.id),))
        return ((answer, reopen),)
    close = closing(words, page.id)
    if user_id in (page.assigned_to, page.person.id):
        return ((answer, close), (_give(words, page),))
    return ((answer, close), (taking(words, page.id, page.assigned_to), _give(words, page)))


def _give(words: Words, page: TicketPage) -> Link:
    return Link(words.label("👥 Give to…"), "ticket_assign", (str(page.id), str(page.assigned_to or 0)))


def answering(words: Words, ticket_id: int) -> Link:
    """To writing an answer."""
    return Link(words.label("✍️ Answer"), "ticket_answer", (str(ticket_id),), "primary")


def closing(words: Words, ticket_id: int) -> Link:
    """It is done."""
    return Link(words.label("✔️ Close"), "ticket_close", (str(ticket_id),))


def taking(words: Words, ticket_id: int, was: int | None) -> Link:
    """The one who presses looks after it from now on."""
    return Link(words.label("🙋 Take it"), "ticket_take", (str(ticket_id), str(was or 0)))


def person(words: Words, user_id: int) -> Link:
    """To all that the staff may know of somebody."""
    return Link(words.label("👤 Open the person"), "user", (str(user_id),))


def opening(words: Words, ticket_id: int) -> Link:
    """To the ticket."""
    return Link(words.label("🛟 Open the ticket"), "ticket", (str(ticket_id),))


def answer(words: Words, page: TicketPage) -> Screen:
    """The question for an answer, under the last message."""
    last = page.messages[-1] if page.messages else None
    head = _to_answer(words, page.person.name, page.slug)
    said = None if last is None else drawn(words, last, author(words, last))
    foot = words("Write a message, or send a photo or a file. It is sent at once; your name is not told.")
    return Screen(paragraphs((head, said, foot)), (buttons.way_out(words, "ticket", str(page.id)),))


def _to_answer(words: Words, name: str, slug: str) -> Markup:
    return words("✍️ <b>Your answer to {name}</b> · ticket {slug}", name=isolated(name), slug=slug)


def answered(words: Words, answer: Answered) -> Screen:
    """It is on its way."""
    text = lines(
        words("✅ <b>Answered {name}</b> · ticket {slug}", name=isolated(answer.person), slug=answer.slug),
        words("👥 {name} answered as well, just before you.", name=isolated(answer.also)) if answer.also else None,
        words("The ticket was closed and is open again.") if answer.reopened else None,
        words("You look after this ticket now.") if answer.took else None,
    )
    row = (opening(words, answer.ticket_id), closing(words, answer.ticket_id))
    under = _to_answer(words, answer.person, answer.slug)
    return Screen(text, (row, (Link(words.label("🛟 All tickets"), "tickets"), buttons.menu(words))), under=under)


def enough(words: Words, page: TicketPage) -> Screen:
    """So many messages in a row that another conversation has to begin."""
    text = words("✍️ <b>You have written a lot in ticket {slug}.</b> Press the button to write on.", slug=page.slug)
    return Screen(text, ((answering(words, page.id),), buttons.way_out(words, "ticket", str(page.id))))


def colleagues(words: Words, page: TicketPage) -> Screen:
    """Who shall look after it?"""
    text = paragraphs(
        (
            words("👥 <b>Who looks after ticket {slug}?</b>", slug=page.slug),
            None if page.colleagues else words("There is nobody else who answers people."),
        )
    )
    each = tuple(Answer(isolated(cut(colleague.name, 40)), str(colleague.id)) for colleague in page.colleagues)
    return Screen(text, (*buttons.rows(each, 2), buttons.way_out(words, "ticket", str(page.id))))


def file(words: Words, page: TicketPage, message: TicketMessage) -> Screen:
    """One photo or document again, under its caption."""
    head = words(
        "<b>{file}</b> · {name} · {time}",
        file=file_name(words, message.kind, message.n), name=author(words, message), time=words.time(message.at),
    )  # fmt: skip
    text = relayed(head, message.kind, message.text)
    rows = (buttons.way_out(words, "ticket", str(page.id)),)
    return Screen(text, rows, attachment=attachment(message.kind, message.file_id))


def refused(words: Words, why: Markup) -> Screen:
    """Nothing was done, and there is no ticket to show."""
    return Screen(words("⚠️ {why}", why=why), ((Link(words.label("🛟 All tickets"), "tickets"), buttons.menu(words)),))


def forgotten(words: Words) -> Screen:
    """A reply to something older than what we remember."""
    text = lines(
        words("⌛ <b>That message is too old to reply to</b>"),
        BLANK,
        words("LockBay remembers for 90 days what it told. Nothing was sent: open the ticket and answer there."),
    )
    return Screen(text, ((Link(words.label("🛟 All tickets"), "tickets"), buttons.menu(words)),))
