"""The chat of a trade as its two sides see it, and support while it is disputed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, messages
from lockbay.areas.chat_page import below, files, fitting, paging, quotation, relayed
from lockbay.areas.messages import attachment, file_name
from lockbay.areas.refusals import said
from lockbay.areas.text import BLANK, isolated, lines
from lockbay.areas.trades.chat_layout import open_dispute, side
from lockbay.areas.trades.chat_records import ChatPage, Message, Told
from lockbay.postgres.queries import Refused

ROOM: Final = 3200  # UTF-16 units for messages; heading, foot and a problem fit into what is left of a message's 4096


def opened(words: Words, page: ChatPage, seen: int) -> Screen:
    """A page of the chat. What others wrote after message `seen` is marked as new."""
    shown = fitting(page.messages, lambda each: _drawn(words, each, is_new=each.n > seen and not each.mine), ROOM)
    text = lines(
        below(_heading(words, page), shown),
        BLANK if shown else None,
        _place(words, page, len(shown)),
        _foot(words, page),
    )
    trade = (str(page.trade_id),)
    rows = (
        *files(words, "trade_chat_file", trade, shown),
        paging(words, "trade_chat", trade, page.newest, shown),
        _way_out(words, page),
    )
    return Screen(text, rows)


def _heading(words: Words, page: ChatPage) -> Markup:
    if page.viewer == "admin":
        return words("💬 <b>Trade {slug}: chat of buyer, seller and LockBay</b>", slug=page.slug)
    if page.other is None:
        return words("💬 <b>Trade {slug}: chat</b>", slug=page.slug)
    if page.disputed:
        return words(
            "💬 <b>Trade {slug}: chat with {other} and LockBay</b>", slug=page.slug, other=isolated(page.other)
        )
    return words("💬 <b>Trade {slug}: chat with {other}</b>", slug=page.slug, other=isolated(page.other))


def _drawn(words: Words, message: Message, *, is_new: bool) -> Markup:
    mark = "🆕 " if is_new else ""
    time = words.time(message.at)
    if message.mine:
        author = words("<b>You</b> · {time}", time=time)
    elif message.role == "admin" and message.name == "LockBay":
        author = words("{mark}<b>LockBay</b> · {time}", mark=mark, time=time)
    else:
        author = words(
            "{mark}<b>{name}</b>, {role} · {time}",
            mark=mark, name=isolated(message.name), role=side(words, message.role), time=time,
        )  # fmt: skip
    return quotation(words, author, message)


def _place(words: Words, page: ChatPage, shown: int) -> Markup | None:
    """Which of all messages these are, where they are not all."""
    if not shown or shown == page.newest:
        return None
    last = page.messages[-1].n
    return words("Messages {first}–{last} of {n}", first=last - shown + 1, last=last, n=page.newest)


def _foot(words: Words, page: ChatPage) -> Markup:
    if page.why_not is not None:
        return words("🔒 {why}", why=refusal(words, Refused(page.why_not)))
    if page.viewer == "admin":
        return words("✍️ Write a message, or send a photo or a file. Both sides read it as written by LockBay.")
    if page.disputed:
        return words("✍️ Write a message, or send a photo or a file. The other side and LockBay read it at once.")
    return words("✍️ Write a message, or send a photo or a file. It goes to the other side at once.")


def _way_out(words: Words, page: ChatPage) -> Row:
    back = open_dispute if page.viewer == "admin" else buttons.the_trade
    return (back(words, page.trade_id), buttons.menu(words))


def told(words: Words, page: ChatPage, message: Told) -> Screen:
    """A message is on its way; the next one may follow."""
    on = words("Write on, or go back.")
    text = lines(*_sent(words, page, message), BLANK, on)
    return Screen(text, _look(words, page), under=lines(_heading(words, page), BLANK, on))


def aside(words: Words, page: ChatPage, message: Told) -> Screen:
    """The same, where something else may be going on."""
    return Screen(lines(*_sent(words, page, message)), _look(words, page))


def not_sent(words: Words, page: ChatPage, refused: Refused) -> Screen:
    """What was to be passed on was refused, where something else may be going on."""
    return Screen(words("⚠️ {problem}", problem=refusal(words, refused)), _look(words, page))


def _sent(words: Words, page: ChatPage, message: Told) -> tuple[Markup | None, ...]:
    return (
        words("✅ <b>Sent to {other}</b> · trade {slug}", other=_readers(words, page), slug=page.slug),
        words.some("💬 {n} message came before it.", "💬 {n} messages came before it.", message.missed),
    )


def _look(words: Words, page: ChatPage) -> tuple[Row, ...]:
    look = Link(words.label("💬 Show the chat"), "trade_chat", (str(page.trade_id),))
    return (look,), _way_out(words, page)


def _readers(words: Words, page: ChatPage) -> str:
    if page.viewer == "admin":
        return words.label("both sides")
    other = isolated(page.other or "?")
    return words.label("{other} and LockBay", other=other) if page.disputed else other


def enough(words: Words, page: ChatPage) -> Screen:
    """So many messages in a row that another conversation has to begin."""
    text = lines(
        words("💬 <b>You have written a lot in trade {slug}.</b>", slug=page.slug),
        BLANK,
        words("All of it that was not refused is sent. Press the button to write on."),
    )
    go_on = Link(words.label("💬 Write on"), "trade_chat", (str(page.trade_id),), "primary")
    return Screen(text, ((go_on,), _way_out(words, page)))


def file(words: Words, page: ChatPage, message: Message) -> Screen:
    """One photo or document of the chat again, under its caption."""
    author = words.label("You") if message.mine else isolated(message.name)
    head = words(
        "<b>{name}</b> · {author} · {time}",
        name=file_name(words, message.kind, message.n), author=author, time=words.time(message.at),
    )  # fmt: skip
    text = relayed(head, message.kind, message.text)
    back = Link(words.label("⬅️ Back to the chat"), "trade_chat", (str(page.trade_id),))
    return Screen(text, ((back, buttons.menu(words)),), attachment=attachment(message.kind, message.file_id))


def refusal(words: Words, refused: Refused) -> Markup:
    """Why a message was not sent, and what to do."""
    return said(words, refused, REFUSALS, GENERAL)


GENERAL: Final = "That could not be sent. Look at the trade before you try again."
REFUSALS: Final[Mapping[str, str]] = {
    **messages.REFUSALS,
    "unknown_trade": "There is no such trade of yours, so nothing was sent.",
    "no_seller": "There is nobody to write to yet: the seller has not joined.",
    "chat_over": "This chat is closed: the trade ended more than 30 days ago.",
    "dispute_over": "The dispute has ended: LockBay only reads here now.",
    "blocked": "You cannot write: your account is blocked.",
    "closed": "You cannot write: your account is closed. /start opens it again.",
}
