"""The payments that fit nothing: the list, each of them, and the three ways in which one can end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier, this
from lockbay.areas.admin import answers, correction_screens, unapplied_endings, unapplied_screens
from lockbay.areas.admin.correction_records import CorrectionCase, ProposeCorrection, Recipient, named
from lockbay.areas.admin.records import (
    AttachUnapplied,
    CreditUnapplied,
    Ended,
    PayableTrade,
    RefundUnapplied,
    UnappliedList,
    UnappliedPayment,
)
from lockbay.areas.admin.whom import whom
from lockbay.postgres.queries import Refused


async def unapplied(chat: Chat, after: str = "0") -> None:
    """The payments that wait, page by page."""
    view = await chat.read(UnappliedList, identifier(after))
    await chat.show(unapplied_screens.waiting(chat.words, view))


async def unapplied_payment(chat: Chat, unapplied_id: str) -> None:
    """One of them, and how it can end or has ended."""
    page = await chat.read(UnappliedPayment, identifier(unapplied_id))
    await chat.show(unapplied_screens.payment(chat.words, page))


async def credit_unapplied(chat: Chat, unapplied_id: str) -> None:
    """To a person's wallet: to whom, why, sure?"""
    page = await chat.read(UnappliedPayment, identifier(unapplied_id))
    receiver = await whom(chat, unapplied_endings.to_whom(chat.words, page), Recipient, page.id)
    note = await chat.ask("note", unapplied_endings.reason(chat.words, page), parse=answers.note(chat.words))
    sure = unapplied_endings.sure_to_credit(chat.words, page, receiver, note)
    await chat.ask("confirm", sure, parse=this(chat.words, unapplied_endings.agreed_to(receiver)))
    if receiver.needs_second:
        return await _propose(chat, page, receiver, note)
    ended = await chat.do("credit", CreditUnapplied(chat.user_id, page.id, page.amount, receiver.id, note))
    await _show_outcome(chat, page.id, ended)


async def refund_unapplied(chat: Chat, unapplied_id: str) -> None:
    """It was sent back outside: how, sure?"""
    page = await chat.read(UnappliedPayment, identifier(unapplied_id))
    note = await chat.ask("note", unapplied_endings.how_refunded(chat.words, page), parse=answers.note(chat.words))
    sure = unapplied_endings.sure_to_refund(chat.words, page, note)
    await chat.ask("confirm", sure, parse=this(chat.words, answers.CONFIRM))
    ended = await chat.do("refund", RefundUnapplied(chat.user_id, page.id, page.amount, note))
    await _show_outcome(chat, page.id, ended)


async def attach_unapplied(chat: Chat, unapplied_id: str) -> None:
    """To a trade that can still be paid: to which, why, sure?"""
    page = await chat.read(UnappliedPayment, identifier(unapplied_id))
    trade = await _trade(chat, page)
    note = await chat.ask(
        "note", unapplied_endings.reason_to_attach(chat.words, page, trade), parse=answers.note(chat.words)
    )
    sure = unapplied_endings.sure_to_attach(chat.words, page, trade, note)
    worth = await chat.ask("confirm", sure, parse=answers.agreed(chat.words, trade.id))
    ended = await chat.do("attach", AttachUnapplied(chat.user_id, page.id, page.amount, trade.id, worth, note))
    await _show_outcome(chat, page.id, ended)


async def _propose(chat: Chat, page: UnappliedPayment, receiver: Recipient, note: str) -> None:
    """To the others of finance: the correction that waits for one of them, whoever has proposed it."""
    wanted = ProposeCorrection(chat.user_id, receiver.id, None, page.currency, page.amount, note, page.id)
    made = await chat.do("propose", wanted)
    case = await chat.find(CorrectionCase, named(made))
    if case is None:
        return await _show_outcome(chat, page.id, made if isinstance(made, Refused) else Refused("not_staff"))
    screen = correction_screens.case(chat.words, case)
    if isinstance(made, Refused):
        screen = screen.with_problem(unapplied_endings.sentence(chat.words, made))
    await chat.show(screen)


async def _trade(chat: Chat, page: UnappliedPayment) -> PayableTrade:
    """Asks until it is a trade. Whether it can be paid is said later: the operation itself may have changed that."""
    shown = screen = unapplied_endings.to_which_trade(chat.words, page)
    while True:
        slug = await chat.ask("trade", shown, parse=answers.slug(chat.words))
        found = await chat.find(PayableTrade, page.id, slug)
        if found is not None:
            return found
        shown = screen.with_problem(unapplied_endings.no_trade(chat.words, slug))


async def _show_outcome(chat: Chat, unapplied_id: int, outcome: Ended | Refused) -> None:
    """The payment as it is now, under what has just become of it."""
    page = await chat.find(UnappliedPayment, unapplied_id)
    if page is None:
        return await chat.show(unapplied_endings.refused(chat.words, outcome))
    if isinstance(outcome, Refused):
        return await chat.show(
            unapplied_screens.payment(chat.words, page).with_problem(unapplied_endings.sentence(chat.words, outcome))
        )
    await chat.show(unapplied_screens.payment(chat.words, page, unapplied_endings.done(chat.words, outcome)))


FLOWS: Final[Mapping[str, Flow]] = {
    "unapplied": unapplied,
    "unapplied_payment": unapplied_payment,
    "credit_unapplied": credit_unapplied,
    "refund_unapplied": refund_unapplied,
    "attach_unapplied": attach_unapplied,
}
