"""Corrections: proposed by one of finance, approved by another: of a person's wallet, or of a payout that was told."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import Parse, button, choice, identifier, this
from lockbay.actors.words import Words
from lockbay.areas.admin import answers, refusals
from lockbay.areas.admin import correction_screens as screens
from lockbay.areas.admin.correction_records import (
    CorrectionCase,
    Corrections,
    DecideCorrection,
    PayoutEvent,
    ProposeCorrection,
    named,
)
from lockbay.areas.admin.people_records import Dossier
from lockbay.areas.admin.term_values import amount
from lockbay.errors import Outdated
from lockbay.money import CURRENCIES, plain
from lockbay.postgres.queries import Refused

FIRST: Final = "0"


async def corrections(chat: Chat, which: str = "open", after: str = FIRST) -> None:
    """Those that wait, or the others, page by page."""
    if which not in ("open", "ended"):
        raise Outdated
    view = await chat.read(Corrections, which, identifier(after))
    await chat.show(screens.listed(chat.words, view, which))


async def correction(chat: Chat, correction_id: str) -> None:
    """One of them, and what can be decided about it."""
    page = await chat.read(CorrectionCase, identifier(correction_id))
    await chat.show(screens.case(chat.words, page))


async def correct(chat: Chat, person: str) -> None:
    """A person's wallet: which way, which currency, how much, why, sure?"""
    page = await chat.read(Dossier, identifier(person))
    book = await chat.read(Corrections, "open", 0)  # a dossier is support's, too
    words = chat.words
    if book.counts_from is not None and book.counts_from > chat.now:
        early = Refused("role_new", {"until": book.counts_from.isoformat()})
        return await chat.show(screens.listed(words, book, "open").with_problem(refusals.sentence(words, early)))
    gives = await chat.ask("way", screens.which_way(words, page), parse=choice(words, {"credit": True, "debit": False}))
    unit = await chat.ask(
        "currency", screens.which_currency(words, page), parse=choice(words, {c: c for c in CURRENCIES})
    )
    size = await chat.ask("amount", screens.how_much(words, page, unit, gives), parse=amount(words, unit, Decimal(0)))
    moved = size if gives else -size
    note = await chat.ask("why", screens.why(words, page, moved, unit), parse=answers.note(words))
    last = screens.sure(words, page, moved, unit, note)
    await chat.ask("confirm", last, parse=this(words, f"{plain(moved)} {unit}"))
    made = await chat.do("propose", ProposeCorrection(chat.user_id, page.id, None, unit, moved, note))
    await _show_outcome(chat, made)


async def book_payout(chat: Chat, event_id: str) -> None:
    """What was told of a payout: why, sure?"""
    page = await chat.read(PayoutEvent, identifier(event_id))
    words = chat.words
    if page.problem is not None:
        return await chat.show(screens.not_bookable(words, page))
    note = await chat.ask("why", screens.why_book(words, page), parse=answers.note(words))
    last = screens.sure_book(words, page, note)
    moved = await chat.ask("confirm", last, parse=_agreed(words))
    made = await chat.do("propose", ProposeCorrection(chat.user_id, None, page.id, page.currency, moved, note))
    await _show_outcome(chat, made)


async def decide_correction(chat: Chat, correction_id: str, decision: str) -> None:
    """Approve: sure? Decline: why?"""
    if decision not in ("approve", "decline"):
        raise Outdated
    page = await chat.read(CorrectionCase, identifier(correction_id))
    words, note = chat.words, ""
    if page.state != "proposed":
        return await chat.show(screens.case(words, page))
    if decision == "decline":
        note = await chat.ask("why", screens.why_not(words, page), parse=answers.note(words))
    last = screens.sure_to_decide(words, page, decision, note)
    moved = await chat.ask("confirm", last, parse=_agreed(words))
    decided = DecideCorrection(chat.user_id, page.id, moved, decision == "approve", note)
    await _show_outcome(chat, await chat.do("decide", decided), page.id)


def _agreed(words: Words) -> Parse[Decimal]:
    """The amount that was shown, out of the button."""

    def read(held: str) -> Decimal | None:
        match = screens.AGREED.fullmatch(held)
        return Decimal(match[1]) if match else None

    return button(words, read)


async def _show_outcome(chat: Chat, made: int | Refused, correction_id: int = 0) -> None:
    """The correction as it is now; the list where there is none."""
    page = await chat.find(CorrectionCase, named(made) or correction_id)
    if page is not None:
        screen = screens.case(chat.words, page)
    else:
        view = await chat.read(Corrections, "open", 0)
        screen = screens.listed(chat.words, view, "open")
    await chat.show(screen.with_problem(refusals.problem(chat.words, made)))


FLOWS: Final[Mapping[str, Flow]] = {
    "corrections": corrections,
    "correction": correction,
    "correct": correct,
    "book_payout": book_payout,
    "decide_correction": decide_correction,
}
