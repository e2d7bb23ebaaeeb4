"""Support as the person who asks sees it. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.chat_page import below, files, paging, relayed
from lockbay.areas.messages import attachment, file_name
from lockbay.areas.support.layout import shown
from lockbay.areas.support.records import Asked, Moved, SupportPage, TicketMessage
from lockbay.areas.text import BLANK, lines


def opened(words: Words, page: SupportPage) -> Screen:
    """What was said so far, and: go on."""
    messages = shown(words, page.messages, lambda message: _name(words, message))
    text = lines(below(_heading(words, page), messages), BLANK, _foot(words, page))
    rows = (*files(words, "support_file", (), messages), paging(words, "support", (), page.newest, messages))
    return Screen(text, (*rows, *_way_out(words, page)))


def _heading(words: Words, page: SupportPage) -> Markup:
    if page.slug is None:
        return words("🛟 <b>Support</b>")
    if page.state == "closed":
        return words("🛟 <b>Support</b> · ticket {slug}, closed", slug=page.slug)
    return words("🛟 <b>Support</b> · ticket {slug}", slug=page.slug)


def _foot(words: Words, page: SupportPage) -> Markup:
    if page.slug is None:
        return words(
            "✍️ What can we do for you? Write it here, or send a photo or a file: it goes to the people who run "
            "LockBay. Nobody of them ever asks for a password or a code."
        )
    if page.state == "closed":
        return words("✍️ Write a message, or send a photo or a file: that opens the ticket again.")
    return words("✍️ Write on, or send a photo or a file. You are told here when somebody answers.")


def _name(words: Words, message: TicketMessage) -> Markup:
    return words("<b>You</b>") if message.role == "user" else words("<b>LockBay support</b>")


def _way_out(words: Words, page: SupportPage) -> tuple[Row, ...]:
    if page.ticket_id is None or page.state == "closed":
        return ((buttons.menu(words),),)
    return ((close(words, page.ticket_id), buttons.menu(words)),)


def close(words: Words, ticket_id: int) -> Link:
    """The question is answered."""
    return Link(words.label("✔️ Close the ticket"), "support_close", (str(ticket_id),))


def asked(words: Words, message: Asked) -> Screen:
    """The staff has it; the next one may follow."""
    head = {
        "opened": words("✅ <b>Sent to support</b> · your ticket is {slug}", slug=message.slug),
        "reopened": words("✅ <b>Sent to support</b> · ticket {slug} is open again", slug=message.slug),
        "resumed": words("✅ <b>Sent to support</b> · ticket {slug}", slug=message.slug),
    }[message.began]
    on = words("Write on, or go back. You are told here when somebody answers.")
    under = lines(words("🛟 <b>Support</b> · ticket {slug}", slug=message.slug), BLANK, on)
    row = (close(words, message.ticket_id), buttons.menu(words))
    return Screen(lines(head, BLANK, on), ((_look(words),), row), under=under)


def aside(words: Words, message: Asked) -> Screen:
    """The same, where something else may be going on."""
    text = words("✅ <b>Sent to support</b> · ticket {slug}", slug=message.slug)
    return Screen(text, ((_look(words), buttons.menu(words)),))


def _look(words: Words) -> Link:
    return Link(words.label("🛟 Show the messages"), "support")


def enough(words: Words) -> Screen:
    """So many messages in a row that another conversation has to begin."""
    text = lines(
        words("🛟 <b>You have written a lot.</b>"),
        BLANK,
        words("All of it that was not refused is sent. Press the button to write on."),
    )
    return Screen(
        text, ((Link(words.label("🛟 Support: write on"), "support", style="primary"),), (buttons.menu(words),))
    )


def closed(words: Words, ticket: Moved) -> Screen:
    """By the person."""
    text = lines(
        words("✔️ <b>Ticket {slug} is closed</b>", slug=ticket.slug),
        BLANK,
        words("Thank you. Within 7 days a message to support opens it again."),
    )
    return Screen(text, ((buttons.support(words), buttons.menu(words)),))


def refused(words: Words, why: Markup) -> Screen:
    """Nothing was done."""
    return Screen(words("⚠️ {why}", why=why), ((buttons.support(words), buttons.menu(words)),))


def file(words: Words, message: TicketMessage) -> Screen:
    """One photo or document again, under its caption."""
    head = words(
        "<b>{file}</b> · {name} · {time}",
        file=file_name(words, message.kind, message.n), name=_name(words, message), time=words.time(message.at),
    )  # fmt: skip
    text = relayed(head, message.kind, message.text)
    rows = (buttons.way_out(words, "support"),)
    return Screen(text, rows, attachment=attachment(message.kind, message.file_id))
