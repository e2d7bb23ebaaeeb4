"""Disputes as the staff sees them: their list, and each of them. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, disputed, pages, standing
from lockbay.areas.disputed import How
from lockbay.areas.disputes.records import DisputeCase, DisputeLine, DisputeQueue, Party
from lockbay.areas.text import BLANK, capital, cut, fact, isolated, lines, paragraphs, quoted

NAME: Final = 40  # characters of a name in a line


def queue(words: Words, view: DisputeQueue, now: datetime, *, ended: bool) -> Screen:
    """A page of the list; each has a button."""
    title = (
        words("⚖️ <b>Disputes that have ended</b>")
        if ended
        else words("⚖️ <b>Disputes that wait for a decision: {n}</b>", n=view.open)
    )
    text = paragraphs(
        (
            title,
            *(_line(words, each, now) for each in view.disputes),
            None if view.disputes else words("There is none here."),
        )
    )
    opened = tuple(Link(_label(each), "dispute", (str(each.trade_id),)) for each in view.disputes)
    which = "1" if ended else "0"
    more = pages.onward(words, "disputes", which, next=view.next)
    other = (
        Link(words.label("⚖️ Those that wait ({n})", n=view.open), "disputes")
        if ended
        else Link(words.label("🗄 Those that have ended"), "disputes", ("1",))
    )
    rows = (*buttons.rows(opened, 2), more, (other,))
    return Screen(text, (*rows, buttons.way_out(words, "admin")))


def _line(words: Words, each: DisputeLine, now: datetime) -> Markup:
    return lines(
        words("<b>{slug} · {held}</b> · {age}", slug=each.slug, held=words.amount(each.held, each.currency),
              age=words.until(each.at, now)),
        words("{who}: {reason}", who=capital(disputed.side(words, each.by)),
              reason=disputed.reason(words, each.reason)),
        words("{buyer} ↔ {seller}", buyer=_name(each.buyer), seller=_name(each.seller)),
        _standing(words, each),
    )  # fmt: skip


def _standing(words: Words, each: DisputeLine) -> Markup:
    if each.how is not None:
        return words("🏁 {ending}", ending=ending(words, each.how))
    if each.is_mine:
        return words("👉 <b>yours</b>")
    if each.assigned is None:
        return words("🆕 nobody has it")
    return words("{name} has it", name=_name(each.assigned))


def _label(each: DisputeLine) -> str:
    return f"👉 {each.slug}" if each.is_mine and each.how is None else each.slug


def case(words: Words, page: DisputeCase, now: datetime, viewer: int, done: Markup | None = None) -> Screen:
    """All that is known of one, and what can be done. `done` is what has just been."""
    text = lines(
        *((done, BLANK) if done is not None else ()),
        words("⚖️ <b>Dispute of trade {slug}</b>", slug=page.slug),
        *_opened(words, page, now),
        BLANK,
        *_trade(words, page),
        BLANK,
        *_party(words, words.label("Buyer"), page.buyer),
        *_party(words, words.label("Seller"), page.seller),
        BLANK,
        *_ended(words, page, now, viewer),
    )
    return Screen(text, (*_deeds(words, page, viewer), buttons.way_out(words, "disputes")))


def _opened(words: Words, page: DisputeCase, now: datetime) -> tuple[Markup, ...]:
    who = capital(disputed.side(words, page.by))
    return (
        words("{who}, {age}: <b>{reason}</b>", who=who, age=words.until(page.opened_at, now),
              reason=disputed.reason(words, page.reason)),
        quoted(cut(page.text, 700)),
    )  # fmt: skip


def _trade(words: Words, page: DisputeCase) -> tuple[Markup | None, ...]:
    unit = page.currency
    return (
        isolated_line(cut(page.description, 300)),
        fact(words, words.label("Amount"), words.amount(page.amount, unit)),
        *_held(words, page),
        fact(words, words.label("Paid"), words.time(page.paid_at)),
        fact(words, words.label("Accepted"), words.time(page.accepted_at)),
        fact(words, words.label("Delivery was due"), words.time(page.deliver_by)),
        fact(words, words.label("Marked as delivered"),
             words.time(page.delivered_at) if page.delivered_at else words.label("never")),
    )  # fmt: skip


def _held(words: Words, page: DisputeCase) -> tuple[Markup, ...]:
    if page.how is not None:
        return (fact(words, words.label("Was held"), words.amount(page.held, page.currency)),)
    return (
        fact(words, words.label("Held"), words.amount(page.held, page.currency)),
        fact(words, words.label("A release pays the seller"), words.amount(page.payout, page.currency)),
    )


def isolated_line(text: str) -> Markup:
    """What people wrote, on a line of its own."""
    return Markup("{}").format(isolated(text))


def _party(words: Words, label: str, party: Party) -> tuple[Markup, ...]:
    """This trade's own dispute is one of theirs."""
    return (
        words("{label}: <b>{name}</b> (<code>{id}</code>)", label=label, name=_name(party.name), id=party.id),
        standing.summary(words, party),
        words("Disputed trades: {n} · {volume} traded · here since {since}", n=party.disputes,
              volume=words.usd(party.volume_usd), since=words.month(party.since)),
    )  # fmt: skip


def _ended(words: Words, page: DisputeCase, now: datetime, viewer: int) -> tuple[Markup | None, ...]:
    if page.how is None:
        if page.assigned_to is None:
            return (words("🆕 Nobody has it yet."),)
        mine = page.assigned_to == viewer
        return (words("👉 <b>It is yours.</b>") if mine else words("{name} has it.", name=_name(page.assigned or "?")),)
    unit, gets = page.currency, (page.buyer_gets, page.seller_gets, page.fee)
    by = _name(page.resolved_by) if page.resolved_by else words.label("both sides")
    return (
        words("🏁 <b>{ending}</b>, {by}, {time}", ending=capital(ending(words, page.how)), by=by,
              time=words.time(page.resolved_at or now)),
        *(
            fact(words, label, words.amount(amount, unit))
            for label, amount in zip(became(words), gets, strict=True) if amount is not None
        ),
        quoted(page.why) if page.why else None,
    )  # fmt: skip


def parts(words: Words) -> tuple[str, str, str]:
    """What the held money becomes, by name."""
    return words.label("The buyer gets back"), words.label("The seller gets"), words.label("Our fee")


def became(words: Words) -> tuple[str, str, str]:
    """What the held money has become, by name."""
    return words.label("The buyer got back"), words.label("The seller got"), words.label("Our fee")


def ending(words: Words, how: How) -> str:
    """How it ended."""
    return {
        "refund": words.label("refunded"),
        "release": words.label("released"),
        "split": words.label("split"),
        "conceded": words.label("settled by the sides themselves"),
    }[how]


def _deeds(words: Words, page: DisputeCase, viewer: int) -> tuple[Row, ...]:
    """The chat, and while it is open, every way to end it."""
    own = (str(page.trade_id),)
    chat = (
        Link(
            words.label("💬 Chat ({n} new)", n=page.unread),
            "trade_chat",
            (*own, "0", str(page.newest_message)),
            "primary",
        )
        if page.unread
        else Link(words.label("💬 Chat ({n})", n=page.newest_message), "trade_chat", own)
    )
    if page.how is not None:
        return ((chat,),)
    taking = words.label("🙋 Take it") if page.assigned_to is None else words.label("🙋 Take it over")
    take: Row = (Link(taking, "take_dispute", (*own, str(page.assigned_to or 0)), "success"),)
    return (
        *(() if page.assigned_to == viewer else (take,)),
        (chat,),
        (
            Link(words.label("↩️ Refund the buyer"), "resolve_dispute", (*own, "refund"), "danger"),
            Link(words.label("🔓 Release to the seller"), "resolve_dispute", (*own, "release"), "danger"),
        ),
        (Link(words.label("✂️ Split"), "resolve_dispute", (*own, "split"), "danger"),),
    )


def _name(name: str) -> str:
    return isolated(cut(name, NAME))
