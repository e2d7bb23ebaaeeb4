"""The notices about a message in a trade's chat: told once each, with what was said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from attrs import field, frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.chat_page import relayed
from lockbay.areas.messages import MessageKind, attachment
from lockbay.areas.text import isolated, lines
from lockbay.areas.trades.chat_layout import side
from lockbay.areas.trades.chat_records import Voice


@frozen
class MessageNews:
    """The other side wrote message `n`, or LockBay. `role` and `name` are theirs."""

    trade_id: int
    slug: str
    n: int
    role: Voice
    name: str | None
    kind: MessageKind
    text: str = field(repr=False)
    file_id: str = field(repr=False)


def _draw(back: str, words: Words, news: MessageNews) -> Screen:
    head = lines(_title(words, news, back), _author(words, news))
    text = relayed(head, news.kind, news.text)
    reply = Link(words.label("↩️ Reply"), "trade_chat", (str(news.trade_id), "0", str(news.n)), "primary")
    opened = words.label("Open the dispute") if back == "dispute" else words.label("Open the trade")
    trade = Link(opened, back, (str(news.trade_id),))
    return Screen(text, ((reply,), (trade, buttons.menu(words))), attachment=attachment(news.kind, news.file_id))


def _title(words: Words, news: MessageNews, back: str) -> Markup:
    if back == "dispute":
        return words("⚖️ <b>Message in the dispute of trade {slug}</b>", slug=news.slug)
    return words("💬 <b>Message in trade {slug}</b>", slug=news.slug)


def _author(words: Words, news: MessageNews) -> Markup:
    """It has to make sense in a mail, too, where no file is."""
    if news.role == "admin" and news.name == "LockBay":
        return _ours(words, news.kind)
    name, role = isolated(news.name or "?"), side(words, news.role)
    match news.kind:
        case "photo":
            return words("{name}, the {role}, sent a photo", name=name, role=role)
        case "document":
            return words("{name}, the {role}, sent a file", name=name, role=role)
        case "text":
            return words("{name}, the {role}, writes:", name=name, role=role)


def _ours(words: Words, kind: MessageKind) -> Markup:
    match kind:
        case "photo":
            return words("LockBay sent a photo")
        case "document":
            return words("LockBay sent a file")
        case "text":
            return words("LockBay writes:")


# While a trade is disputed, both sides hear more than the other side's words; `dispute_said` is for the staff.
NOTICES: Final[Mapping[str, Notice]] = {
    "chat_message": Notice(MessageNews, partial(_draw, "trade")),
    "dispute_message": Notice(MessageNews, partial(_draw, "trade")),
    "dispute_said": Notice(MessageNews, partial(_draw, "dispute")),
}
