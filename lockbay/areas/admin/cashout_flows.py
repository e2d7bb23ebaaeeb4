"""Cash-outs: what the staff looks at and decides. Whoever is not of the staff gets the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.parse import identifier
from lockbay.areas.admin import cashout_decisions as decisions
from lockbay.areas.admin import cashouts
from lockbay.areas.admin.cashout_records import CashoutCase, CashoutQueue, DecideCashout, Decision
from lockbay.areas.payout import Cashout
from lockbay.errors import Outdated
from lockbay.postgres.queries import Refused


async def payouts(chat: Chat, after: str = "0", only: str = "") -> None:
    """What waits for the staff, page by page; in one state, or in any."""
    if only and only not in cashouts.DECISIONS:
        raise Outdated
    view = await chat.read(CashoutQueue, only, identifier(after))
    await chat.show(cashouts.queue(chat.words, view, only))


async def payout(chat: Chat, cashout_id: str) -> None:
    """One of them, and what can be decided about it."""
    page = await chat.read(CashoutCase, identifier(cashout_id))
    await chat.show(cashouts.case(chat.words, page))


async def decide_payout(chat: Chat, cashout_id: str, decision: str, was: str = "waiting") -> None:
    """How or why, sure? What is decided is about the state that was shown with the last question; who pays by hand
    claims it in the state that it `was` in when the button was made: when that is replayed, it may have moved on.
    """
    made, expected = decisions.which(decision), decisions.state(was)
    page = await chat.read(CashoutCase, identifier(cashout_id))
    if page.is_own:
        return await chat.show(cashouts.case(chat.words, page))
    words, txid, note = chat.words, "", ""
    if made == "paid":  # from here on no provider is asked to pay it while somebody does so by hand
        claimed = await chat.do("claim", DecideCashout(chat.user_id, page.id, expected, "claim", "", ""))
        if isinstance(claimed, Refused) and not decisions.is_late(page):
            return await _show_outcome(chat, page.id, made, claimed)
        txid = await chat.ask("txid", decisions.which_transaction(words, page), parse=decisions.txid(words))
    elif made in decisions.NOTED:
        note = await chat.ask("note", decisions.reason(words, page, made), parse=decisions.note(words))
    sure = decisions.sure(words, page, made, txid or note)
    state = await chat.ask("confirm", sure, parse=decisions.confirmed(words, page, made))
    outcome = await chat.do("decide", DecideCashout(chat.user_id, page.id, state, made, txid, note))
    await _show_outcome(chat, page.id, made, outcome)


async def _show_outcome(chat: Chat, cashout_id: int, decision: Decision, outcome: Cashout | Refused) -> None:
    """The cash-out as it is now, under what has just become of it."""
    page = await chat.find(CashoutCase, cashout_id)
    if page is None:
        return await chat.show(decisions.refused(chat.words, outcome))
    if isinstance(outcome, Refused):
        return await chat.show(cashouts.case(chat.words, page).with_problem(decisions.sentence(chat.words, outcome)))
    await chat.show(cashouts.case(chat.words, page, decisions.done(chat.words, decision)))


FLOWS: Final[Mapping[str, Flow]] = {"payouts": payouts, "payout": payout, "decide_payout": decide_payout}
