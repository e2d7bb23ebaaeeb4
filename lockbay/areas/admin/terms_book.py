"""The terms of the business while LockBay runs: looked at, changed, reset. For owners."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, Pressed, Reply, button
from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin.term_values import (
    CHOICES,
    GROUPS,
    amount,
    bounds,
    fees,
    group,
    shown,
    title,
    value,
)
from lockbay.areas.admin.terms_records import NetworkFee, SetFee, SetTerm, Term, TermsBook
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted
from lockbay.errors import Outdated
from lockbay.money import plain
from lockbay.postgres.queries import Refused

RESET: Final = "reset"
FEES: Final = "fees"
_FEE_WAS: Final = re.compile(r"was (\d{1,20}(?:\.\d{1,18})?) (\d{1,20}(?:\.\d{1,18})?)", re.ASCII)
_WAS: Final = re.compile(r"was ([a-z]{1,20}|\d{1,20}(?:\.\d{1,18})?)", re.ASCII)


async def terms_book(chat: Chat) -> None:
    """The groups."""
    await chat.read(TermsBook)
    await chat.show(groups(chat.words))


async def terms_group(chat: Chat, name: str) -> None:
    """The terms of a group, or the networks' fees."""
    view = await chat.read(TermsBook)
    await chat.show(_group(chat.words, view, name))


async def term(chat: Chat, name: str) -> None:
    """What shall it be, why, sure?"""
    view = await chat.read(TermsBook)
    words, held = chat.words, next((each for each in view.terms if each.name == name), None)
    if held is None:
        raise Outdated
    wanted = await chat.ask("value", question(words, held), parse=_new(words, held))
    note = await chat.ask("why", why(words, held, wanted), parse=answers.note(words))
    last = sure(words, held, wanted, note)
    expected = await chat.ask("confirm", last, parse=_shown(words))
    changed = SetTerm(chat.user_id, held.name, expected, wanted or None, note)
    await _show_outcome(chat, group(held.name), await chat.do("set", changed))


async def network_fee(chat: Chat, currency: str, network: str) -> None:
    """What does it cost, what is the least, why, sure?"""
    view = await chat.read(TermsBook)
    words = chat.words
    held = next((each for each in view.fees if (each.currency, each.network) == (currency, network)), None)
    if held is None:
        raise Outdated
    fee = await chat.ask("fee", fee_question(words, held), parse=amount(words, currency))
    least = await chat.ask("least", least_question(words, held, fee), parse=amount(words, currency, above=fee))
    note = await chat.ask("why", fee_why(words, held, fee, least), parse=answers.note(words))
    last = fee_sure(words, held, fee, least, note)
    expected = await chat.ask("confirm", last, parse=_fee_shown(words))
    changed = SetFee(chat.user_id, currency, network, *expected, fee, least, note)
    await _show_outcome(chat, FEES, await chat.do("set", changed))


async def _show_outcome(chat: Chat, name: str, outcome: str | Refused) -> None:
    """The group as it is now."""
    view = await chat.read(TermsBook)
    await chat.show(_group(chat.words, view, name).with_problem(refusals.problem(chat.words, outcome)))


def _new(words: Words, held: Term) -> Parse[str]:
    """A new value as the database reads it; "": as the settings say."""
    typed = value(words, held)

    def parse(reply: Reply) -> str:
        if isinstance(reply, Pressed) and reply.value == RESET:
            return ""
        return typed(reply)

    return parse


def _shown(words: Words) -> Parse[str]:
    """The value that was shown as the present one, out of the button that confirms."""

    def read(held: str) -> str | None:
        match = _WAS.fullmatch(held)
        return match[1] if match else None

    return button(words, read)


def _fee_shown(words: Words) -> Parse[tuple[Decimal, Decimal]]:
    """The fee and the least that were shown as the present ones, likewise."""

    def read(held: str) -> tuple[Decimal, Decimal] | None:
        match = _FEE_WAS.fullmatch(held)
        return (Decimal(match[1]), Decimal(match[2])) if match else None

    return button(words, read)


def groups(words: Words) -> Screen:
    """The groups of terms."""
    text = paragraphs(
        (
            words("📐 <b>Terms of the business</b>"),
            words(
                "What you change here holds at once and stands above the settings. Trades, quotes and cash-outs that "
                "were made before keep theirs."
            ),
        )
    )
    opened = tuple(Link(say(words), "terms_group", (name,)) for name, (say, _) in GROUPS.items())
    fee = Link(words.label("Network fees"), "terms_group", (FEES,))
    return Screen(text, (*buttons.rows((*opened, fee), 2), buttons.way_out(words, "admin")))


def _group(words: Words, view: TermsBook, name: str) -> Screen:
    if name == FEES:
        return fees(words, view)
    if name not in GROUPS:
        raise Outdated
    say, names = GROUPS[name]
    terms = [each for each in view.terms if each.name in names]
    text = paragraphs((words("📐 <b>{title}</b>", title=say(words)), *(_line(words, each) for each in terms)))
    opened = tuple(Link(cut(title(words, each.name), 60), "term", (each.name,)) for each in terms)
    return Screen(text, (*buttons.rows(opened, 1), buttons.way_out(words, "terms_book")))


def _line(words: Words, each: Term) -> Markup:
    changed = None
    if each.changed_by is not None and each.changed_at is not None:
        changed = words(
            "<i>{name}, {time}; the settings say {setting}</i>",
            name=isolated(cut(each.changed_by, 40)),
            time=words.time(each.changed_at),
            setting=shown(words, each, each.setting),
        )
    return lines(fact(words, title(words, each.name), shown(words, each, each.value)), changed)


def question(words: Words, held: Term) -> Screen:
    """What shall it be?"""
    text = lines(
        words("📐 <b>{title}</b>", title=title(words, held.name)),
        BLANK,
        fact(words, words.label("Now"), shown(words, held, held.value)),
        fact(words, words.label("The settings say"), shown(words, held, held.setting)),
        BLANK,
        _how(words, held),
    )
    options: Row = ()
    if held.kind == "choice":
        options = tuple(Answer(say(words), each) for each, say in CHOICES.items())
    reset: Row = ()
    if held.changed_by is not None:
        reset = (Answer(words.label("↩️ As the settings say"), RESET),)
    way = buttons.way_out(words, "terms_group", group(held.name))
    return Screen(text, (options, reset, way))


def _how(words: Words, held: Term) -> Markup:
    if held.kind == "choice":
        return words("Press what it shall be.")
    if held.kind == "duration":
        return words(
            "Type how long, for example <code>90 m</code>, <code>24 h</code> or <code>2 d</code>: "
            "{lowest} to {highest}.",
            **bounds(words, held),
        )
    return words("Type a number, {lowest} to {highest}.", **bounds(words, held))


def _change(words: Words, held: Term, wanted: str) -> Markup:
    return lines(
        words("📐 <b>{title}</b>", title=title(words, held.name)),
        BLANK,
        words(
            "{before} → <b>{after}</b>",
            before=shown(words, held, held.value),
            after=shown(words, held, wanted or held.setting),
        ),
        None if wanted else words("It follows the settings again."),
    )


def why(words: Words, held: Term, wanted: str) -> Screen:
    """Why? It is kept."""
    ask = words("Why? One sentence, which is kept.")
    return Screen(lines(_change(words, held, wanted), BLANK, ask), (buttons.way_out(words, "term", held.name),))


def sure(words: Words, held: Term, wanted: str, note: str) -> Screen:
    """Before and after, before it is done."""
    confirm = Answer(words.label("✅ Confirm"), f"was {held.value}", "success")
    text = lines(_change(words, held, wanted), BLANK, quoted(note))
    return Screen(text, ((confirm,), buttons.way_out(words, "term", held.name)))


def fee_question(words: Words, held: NetworkFee) -> Screen:
    """What does it cost?"""
    ask = words("Type what a cash-out over this network costs, in {unit}.", unit=held.currency)
    return _fee(words, held, ask)


def least_question(words: Words, held: NetworkFee, fee: Decimal) -> Screen:
    """What is the least?"""
    ask = lines(
        fact(words, words.label("New fee"), words.amount(fee, held.currency)),
        words("Type the least that is cashed out over this network, in {unit}; it must be more.", unit=held.currency),
    )
    return _fee(words, held, ask)


def fee_why(words: Words, held: NetworkFee, fee: Decimal, least: Decimal) -> Screen:
    """Why? It is kept."""
    ask = lines(*_fee_change(words, held, fee, least), words("Why? One sentence, which is kept."))
    return _fee(words, held, ask)


def fee_sure(words: Words, held: NetworkFee, fee: Decimal, least: Decimal, note: str) -> Screen:
    """Before and after, before it is done."""
    confirm = Answer(words.label("✅ Confirm"), f"was {plain(held.fee)} {plain(held.least)}", "success")
    return _fee(words, held, lines(*_fee_change(words, held, fee, least), quoted(note)), (confirm,))


def _fee_change(words: Words, held: NetworkFee, fee: Decimal, least: Decimal) -> tuple[Markup, Markup]:
    unit = held.currency
    return (
        words("Fee: {before} → <b>{after}</b>", before=words.amount(held.fee, unit), after=words.amount(fee, unit)),
        words(
            "Least: {before} → <b>{after}</b>", before=words.amount(held.least, unit), after=words.amount(least, unit)
        ),
    )


def _fee(words: Words, held: NetworkFee, ask: Markup, row: Row = ()) -> Screen:
    title = words("📐 <b>{unit} over {network}</b>", unit=held.currency, network=held.network)
    now = words(
        "Now: {fee}, at least {least}",
        fee=words.amount(held.fee, held.currency),
        least=words.amount(held.least, held.currency),
    )
    way = buttons.way_out(words, "terms_group", FEES)
    return Screen(lines(title, now, BLANK, ask), (row, way))


FLOWS: Final[Mapping[str, Flow]] = {
    "terms_book": terms_book,
    "terms_group": terms_group,
    "term": term,
    "network_fee": network_fee,
}
