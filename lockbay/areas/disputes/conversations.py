"""Disputes: a side of a trade opens one, somebody of the staff decides it.

No flow looks at what its own operation changes before it has asked: killed after the operation, it is replayed on a
trade that has moved already, must ask the same, and then learns by the operation's key that it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.disputes import answers, cases, decisions, opening
from lockbay.areas.disputes.draft import MOST_FILES, Draft, File
from lockbay.areas.disputes.records import (
    Decided,
    DisputeCase,
    DisputeQueue,
    DisputeStart,
    ResolveDispute,
    TakeDispute,
)
from lockbay.postgres.queries import Refused


async def open_dispute(chat: Chat, trade_id: str) -> None:
    """Why, what happened, what shows it, sure?"""
    words = chat.words
    page = await chat.find(DisputeStart, identifier(trade_id))
    if page is None:
        return await chat.show(opening.unknown(words))
    reason = await chat.ask("reason", opening.why(words, page), parse=answers.reason(words, page.role))
    story = await chat.ask("text", opening.story(words, page), parse=answers.story(words))
    draft = Draft(reason, story, await _evidence(chat, page))
    await chat.ask("confirm", opening.review(words, page, draft), parse=answers.confirmed(words))
    outcome = await chat.do("open", draft.operation(chat.user_id, page.trade_id))
    if isinstance(outcome, Refused):
        moved = await chat.read(DisputeStart, page.trade_id)
        return await chat.show(opening.refused(words, moved, outcome))
    await chat.show(opening.opened(words, outcome))


async def _evidence(chat: Chat, page: DisputeStart) -> tuple[File, ...]:
    """Photos and files until Done, or until there are enough."""
    files: tuple[File, ...] = ()
    while len(files) < MOST_FILES:
        question = opening.evidence(chat.words, page, len(files))
        sent = await chat.ask("file", question, parse=answers.evidence(chat.words))
        if sent is None:
            break
        files = (*files, sent)
    return files


async def disputes(chat: Chat, ended: str = "0", after: str = "0") -> None:
    """Those that wait, or those that have ended, page by page."""
    which = min(identifier(ended), 1)
    view = await chat.read(DisputeQueue, which, identifier(after))
    await chat.show(cases.queue(chat.words, view, chat.now, ended=bool(which)))


async def dispute(chat: Chat, trade_id: str) -> None:
    """One of them, and what can be decided about it."""
    page = await chat.read(DisputeCase, identifier(trade_id))
    await chat.show(cases.case(chat.words, page, chat.now, chat.user_id))


async def take_dispute(chat: Chat, trade_id: str, expected: str) -> None:
    """It is theirs now, unless somebody was faster."""
    trade = identifier(trade_id)
    outcome = await chat.do("take", TakeDispute(chat.user_id, trade, identifier(expected)))
    page = await chat.read(DisputeCase, trade)
    if isinstance(outcome, Refused):
        shown = cases.case(chat.words, page, chat.now, chat.user_id)
        return await chat.show(shown.with_problem(decisions.sentence(chat.words, outcome)))
    await chat.show(cases.case(chat.words, page, chat.now, chat.user_id, decisions.taken(chat.words)))


async def resolve_dispute(chat: Chat, trade_id: str, how: str) -> None:
    """How much, why, sure? What is decided are the numbers that were shown with the last question."""
    decision = decisions.which(how)
    page = await chat.read(DisputeCase, identifier(trade_id))
    words, context = chat.words, (chat.words, page, chat.now, chat.user_id)
    percent = decisions.WHOLE.get(decision)
    if percent is None:
        percent = await chat.ask("percent", decisions.how_much(*context), parse=answers.percent(words))
    why = await chat.ask("why", decisions.reason(*context, percent), parse=answers.why(words))
    agreed = answers.agreed(words, percent)
    held = await chat.ask("confirm", decisions.sure(*context, percent, why), parse=agreed)
    gets = decisions.shares(page, percent, held)
    wanted = ResolveDispute(
        chat.user_id, page.trade_id, percent, held, gets.buyer_gets, gets.seller_gets, gets.fee, why
    )
    await _show_outcome(chat, page.trade_id, await chat.do("resolve", wanted))


async def _show_outcome(chat: Chat, trade_id: int, outcome: Decided | Refused) -> None:
    """The dispute as it is now, under what has just become of it."""
    page = await chat.find(DisputeCase, trade_id)
    if page is None:
        refused = outcome if isinstance(outcome, Refused) else Refused("not_staff")
        return await chat.show(decisions.nothing(chat.words, refused))
    if isinstance(outcome, Refused):
        shown = cases.case(chat.words, page, chat.now, chat.user_id)
        return await chat.show(shown.with_problem(decisions.sentence(chat.words, outcome)))
    await chat.show(cases.case(chat.words, page, chat.now, chat.user_id, decisions.done(chat.words, outcome)))


STAFF: Final[Mapping[str, Flow]] = {
    "disputes": disputes,
    "dispute": dispute,
    "take_dispute": take_dispute,
    "resolve_dispute": resolve_dispute,
}
