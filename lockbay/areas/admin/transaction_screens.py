"""Everything that moves money, as the people who decide about it see it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from attrs import astuple, frozen
from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.acts import acted
from lockbay.areas.admin.layout import Noun, copied, money, reason, state
from lockbay.areas.admin.transaction_records import Place, TransactionCase, TransactionLine, Transactions
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted
from lockbay.errors import Outdated

ALL: Final = "a"
NAME: Final = 40
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
LONGEST_PLACE: Final = 13  # of these digits: 2**63
KINDS: Final[Mapping[str, Callable[[Words], str]]] = {
    ALL: lambda words: words.label("All"),
    "t": lambda words: words.label("Trades"),
    "c": lambda words: words.label("Cash-outs"),
    "d": lambda words: words.label("Deposits"),
    "x": lambda words: words.label("Exchanges"),
}
NOUNS: Final[Mapping[str, Noun]] = {"t": "trade", "c": "cash-out", "d": "payment", "x": "exchange"}
SIGNS: Final[Mapping[str, str]] = {"t": "🤝", "c": "💸", "d": "📥", "x": "🔄"}
STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "t": (
        "awaiting_payment", "underpaid", "paid", "accepted", "delivered", "disputed", "released", "resolved",
        "refunded", "declined", "cancelled", "expired",
    ),
    "c": (
        "awaiting_approval", "requested", "sending", "unknown", "waiting", "sent", "done", "refunded", "declined",
        "cancelled",
    ),
    "d": ("seen", "booked", "unapplied"),
}  # fmt: skip


@frozen
class Filter:
    """Which of them: `kind` "a" is all, `state` "" any, `person` 0 anybody."""

    kind: str
    state: str
    person: int


def place_value(place: Place) -> str:
    """For a button: four numbers, short."""
    return ".".join(_short(number) for number in astuple(place))


def parse_place(value: str) -> Place:
    """Raises Outdated for what no button of ours holds."""
    if not value:
        return Place()
    parts = value.split(".")
    if len(parts) != 4 or any(len(part) > LONGEST_PLACE or not set(part) <= set(DIGITS) for part in parts):
        raise Outdated
    numbers = [int(part or "0", 36) for part in parts]
    if max(numbers) >= 2**63:
        raise Outdated
    return Place(*numbers)


def _short(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits


def listed(words: Words, view: Transactions, wanted: Filter) -> Screen:
    """A page of them; each has a button, and each filter."""
    text = paragraphs(
        (
            _title(words, view, wanted),
            *(_line(words, each) for each in view.lines),
            None if view.lines else words("There are none."),
        )
    )
    opened = tuple(_opened(each) for each in view.lines)
    more: Row = ()
    if view.next is not None:
        more = (Link(words.label("Next"), "transactions", (*_args(wanted), place_value(view.next))),)
    return Screen(
        text,
        (
            *buttons.rows(opened, 2),
            more,
            *_filters(words, wanted),
            buttons.way_out(words, "admin"),
        ),
    )


def _title(words: Words, view: Transactions, wanted: Filter) -> Markup:
    return words(
        "📒 <b>Transactions</b>: {kind}{state}{whose}",
        kind=KINDS[wanted.kind](words),
        state=f" · {state(words, NOUNS[wanted.kind], wanted.state)}" if wanted.state else "",
        whose=f" · {isolated(cut(view.of_whom, NAME))}" if view.of_whom else "",
    )


def _args(wanted: Filter) -> tuple[str, str, str]:
    return wanted.kind, wanted.state, str(wanted.person)


def _filters(words: Words, wanted: Filter) -> tuple[Row, ...]:
    kinds = tuple(
        Link(label(words), "transactions", (kind, "", str(wanted.person)))
        for kind, label in KINDS.items()
        if kind != wanted.kind
    )
    states = Link(words.label("🔎 State"), "transaction_states", (wanted.kind, str(wanted.person)))
    person = Link(words.label("👤 Person"), "transaction_person", (wanted.kind, wanted.state))
    everybody = Link(words.label("👥 Everybody"), "transactions", (wanted.kind, wanted.state))
    whose = everybody if wanted.person else person
    return (*buttons.rows(kinds, 2), (states, whose) if wanted.kind in STATES else (whose,))


def _opened(each: TransactionLine) -> Link:
    label = f"{SIGNS[each.kind]} {each.slug}"
    return Link(label, "payout", (str(each.id),)) if each.kind == "c" else _case(each.kind, each.id, label)


def _case(kind: str, number: int, label: str) -> Link:
    return Link(label, "transaction", (kind, str(number)))


def _line(words: Words, each: TransactionLine) -> Markup:
    return words(
        "{sign} <b>{slug} {amount}</b> · {state} · {time}\n{who}{other}",
        sign=SIGNS[each.kind],
        slug=each.slug,
        amount=money(words, each.amount, each.currency),
        state=state(words, NOUNS[each.kind], each.state),
        time=words.time(each.at),
        who=isolated(cut(each.person or words.label("nobody whom we know"), NAME)),
        other=f" → {isolated(cut(each.other, NAME))}" if each.other else "",
    )


def states(words: Words, wanted: Filter) -> Screen:
    """Each has a button."""
    any_state = Link(words.label("Any"), "transactions", (wanted.kind, "", str(wanted.person)))
    each = tuple(
        Link(state(words, NOUNS[wanted.kind], name), "transactions", (wanted.kind, name, str(wanted.person)))
        for name in STATES.get(wanted.kind, ())
    )
    text = words("🔎 <b>{kind}</b>: of which state?", kind=KINDS[wanted.kind](words))
    return Screen(text, (*buttons.rows((any_state, *each), 3), buttons.way_out(words, "transactions", *_args(wanted))))


def of_whom(words: Words, wanted: Filter) -> Screen:
    """Whose?"""
    text = words("👤 <b>Whose?</b> Type a <code>@username</code> or a Telegram number.")
    return Screen(text, (buttons.way_out(words, "transactions", *_args(wanted)),))


def case(words: Words, page: TransactionCase) -> Screen:
    """All that is known of one, and what can be done about it."""
    text = lines(
        words(
            "{sign} <b>{slug} {amount}</b> · {state}",
            sign=SIGNS[page.kind],
            slug=page.slug,
            amount=money(words, page.amount, page.currency),
            state=state(words, NOUNS[page.kind], page.state),
        ),
        BLANK,
        *_facts(words, page),
        *(acted(words, each) for each in page.actions),
    )
    return Screen(text, (*buttons.rows(_leads(words, page), 2), buttons.way_out(words, "transactions", page.kind)))


def _delivery(words: Words, page: TransactionCase) -> tuple[Markup, ...]:
    """Of a trade that was accepted: a release that nobody was asked for may have been somebody else's idea."""
    if page.accepted_at is None:
        return ()
    marked = words.time(page.delivered_at) if page.delivered_at else words.label("never")
    return (
        fact(words, words.label("Accepted"), words.time(page.accepted_at)),
        fact(words, words.label("Marked as delivered"), marked),
    )


def _facts(words: Words, page: TransactionCase) -> tuple[Markup | None, ...]:
    person = words.label("Buyer") if page.kind == "t" else words.label("Person")
    becomes = None
    if page.other_amount is not None and page.other_currency is not None:
        becomes = fact(words, words.label("For"), words.amount(page.other_amount, page.other_currency))
    return (
        fact(words, words.label("When"), words.time(page.at)),
        fact(words, words.label("Paid"), words.time(page.paid_at)) if page.paid_at is not None else None,
        *_delivery(words, page),
        fact(words, words.label("Ended"), words.time(page.ended_at)) if page.ended_at is not None else None,
        fact(words, person, isolated(cut(page.person, NAME))) if page.person else None,
        fact(words, words.label("Seller"), isolated(cut(page.other, NAME))) if page.other else None,
        *_sums(words, page),
        becomes,
        fact(words, words.label("Over"), f"{cut(page.network or '', 20)}, {page.provider}") if page.provider else None,
        copied(words, words.label("Transaction"), page.txid) if page.txid else None,
        _note(words, page),
    )


def _sums(words: Words, page: TransactionCase) -> tuple[Markup, ...]:
    """What a trade holds and what a release would earn; once it has ended, what became of it."""
    sums = (
        ((words.label("Fee"), page.fee), (words.label("Held"), page.held))
        if page.to_seller is None
        else (
            (words.label("Was held"), page.held),
            (words.label("The seller got"), page.to_seller),
            (words.label("The buyer got back"), page.to_buyer),
            (words.label("Our fee"), page.fee),
        )
    )
    return tuple(fact(words, label, words.amount(each, page.currency)) for label, each in sums if each is not None)


def _note(words: Words, page: TransactionCase) -> Markup | None:
    if not page.note:
        return None
    return quoted(page.note) if page.kind == "t" else words("⚠️ {why}", why=reason(words, page.note))


def _leads(words: Words, page: TransactionCase) -> tuple[Link, ...]:
    """Only to what the viewer may see: disputes are support's."""
    found = list[Link]()
    if page.unapplied_id is not None:
        label = words.label("💰 Decide") if page.state == "unapplied" else words.label("💰 How it ended")
        found.append(Link(label, "unapplied_payment", (str(page.unapplied_id),)))
    if page.is_disputed and page.viewer == "owner" and page.trade_id is not None:
        found.append(Link(words.label("⚖️ Dispute"), "dispute", (str(page.trade_id),)))
    if page.kind == "d" and page.trade_id is not None and page.trade_slug is not None:
        found.append(_case("t", page.trade_id, f"{SIGNS['t']} {page.trade_slug}"))
    for number, name in ((page.person_id, page.person), (page.other_id, page.other)):
        if number is not None:
            found.append(Link(f"👤 {isolated(cut(name or str(number), NAME))}", "user", (str(number),)))
    return tuple(found)
