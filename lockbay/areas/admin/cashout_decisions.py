"""What the staff is asked before it decides about a cash-out, and told after it. Pure.

What cannot be decided any more is asked about no more: whoever opens such a question sees how it stands. Who answers
nevertheless is refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast, get_args

from attrs import evolve
from markupsafe import Markup

from lockbay.actors.parse import Parse, button, text
from lockbay.actors.screen import Answer, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import cashouts
from lockbay.areas.admin.answers import LONGEST_NOTE
from lockbay.areas.admin.cashout_records import CashoutCase, Decision
from lockbay.areas.admin.layout import copied
from lockbay.areas.payout import Cashout, State
from lockbay.areas.refusals import said
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, quoted
from lockbay.errors import Outdated
from lockbay.postgres.queries import Refused

LONGEST_TXID: Final = 120
NOTED: Final = ("refund", "decline")  # decisions whose reason is asked for


def which(argument: str) -> Decision:
    """A decision out of a button. Raises Outdated for what no button of ours holds."""
    if argument not in get_args(Decision):
        raise Outdated
    return cast(Decision, argument)


def state(argument: str) -> State:
    """A state out of a button. Raises Outdated for what no button of ours holds."""
    if argument not in get_args(State):
        raise Outdated
    return cast(State, argument)


def shown(page: CashoutCase, decision: Decision) -> str:
    """What the button holds that confirms: the decision, and the state that it was made in."""
    return f"{decision}/{page.id}/{page.state}"


def confirmed(words: Words, page: CashoutCase, decision: Decision) -> Parse[State]:
    """The state that was shown, out of the button for that decision."""
    states: dict[str, State] = {shown(evolve(page, state=each), decision): each for each in get_args(State)}
    return button(words, states.get)


def txid(words: Words) -> Parse[str]:
    """The id of the transaction that paid it."""
    return text(words, most=LONGEST_TXID)


def note(words: Words) -> Parse[str]:
    """What is kept with the decision, and told to the person."""
    return text(words, most=LONGEST_NOTE)


def is_late(page: CashoutCase) -> bool:
    """Whether it went on without the viewer, who has begun to pay it by hand."""
    return page.has_begun and page.state not in cashouts.DECISIONS


def which_transaction(words: Words, page: CashoutCase) -> Screen:
    """Paid by hand: how?"""
    ask = lines(
        *cashouts.facts(words, page),
        BLANK,
        _double(words, page, "paid"),
        words("Have you paid it all the same? Type the id of the transaction.")
        if is_late(page)
        else words(
            "Pay exactly that now, by your own means: LockBay does not try it any more, unless you press Retry. Then "
            "type the id of the transaction; the person is told."
        ),
    )
    return _question(words, page, "paid", words("🧾 <b>Paid {slug} by hand</b>", slug=page.slug), ask)


def reason(words: Words, page: CashoutCase, decision: Decision) -> Screen:
    """Why is it given back?"""
    ask = lines(
        *cashouts.facts(words, page),
        BLANK,
        _double(words, page, decision),
        words("Why? One sentence, which is kept with the cash-out and told to the person."),
    )
    return _question(words, page, decision, words("✍️ <b>{slug}: the reason</b>", slug=page.slug), ask)


def sure(words: Words, page: CashoutCase, decision: Decision, said: str) -> Screen:
    """Amount, person and destination, before it is done. `said` is the transaction or the reason, or nothing."""
    quote = (
        None if not said else copied(words, words.label("Transaction"), said) if decision == "paid" else quoted(said)
    )
    ask = lines(
        *cashouts.facts(words, page),
        BLANK,
        _meaning(words, page, decision),
        _double(words, page, decision),
        quote,
        None if decision == "retry" else words("This cannot be undone."),
    )
    title = words(TITLES[decision], slug=page.slug)
    confirm: Row = (Answer(words.label("✅ Confirm"), shown(page, decision), cashouts.STYLES.get(decision, "success")),)
    return _question(words, page, decision, title, ask, confirm)


TITLES: Final[Mapping[Decision, str]] = {
    "approve": "✅ <b>Approve {slug}?</b>",
    "decline": "✖️ <b>Decline {slug}?</b>",
    "paid": "🧾 <b>{slug} was paid by hand?</b>",
    "refund": "↩️ <b>Refund {slug}?</b>",
    "retry": "🔁 <b>Try {slug} again?</b>",
}


def _meaning(words: Words, page: CashoutCase, decision: Decision) -> Markup:
    name, whole = isolated(cut(page.person.name, 40)), words.amount(page.amount, page.currency)
    match decision:
        case "approve":
            return words("It is sent to {name} at once.", name=name)
        case "decline" | "refund":
            return words("{amount} goes back to the wallet of {name}.", amount=whole, name=name)
        case "paid" if is_late(page):
            return words("Your payment is written down beside that, and all who decide about money are told of it.")
        case "paid":
            return words("It is done then: {name} has been paid by you.", name=name)
        case "retry":
            return words("The provider is asked again to pay it.")


def _double(words: Words, page: CashoutCase, decision: Decision) -> Markup | None:
    """Nobody knows whether the provider has paid, or it went on without who pays it: what that means."""
    if is_late(page) and decision == "paid":
        return words(
            "⚠️ <b>Do not pay it any more: it went on without you.</b> {state}.",
            state=fact(words, words.label("State"), cashouts.standing(words, page.state)),
        )
    if page.state != "unknown" or decision not in ("refund", "paid"):
        return None
    return words(
        "⚠️ <b>{provider} may still pay it, or has paid it already: the money would leave twice.</b> Look into its own "
        "dashboard for the reference first.",
        provider=page.provider or "?",
    )


def done(words: Words, decision: Decision) -> Markup:
    """What has just become of it."""
    match decision:
        case "approve":
            return words("✅ Approved: it is sent now.")
        case "decline":
            return words("✅ Declined: the money is back in the wallet.")
        case "refund":
            return words("✅ Refunded: the money is back in the wallet.")
        case "paid":
            return words("✅ Written down as paid by hand.")
        case "retry":
            return words("✅ It is tried again now.")


def sentence(words: Words, refused: Refused) -> Markup:
    """Why nothing was done."""
    return said(words, refused, SENTENCES, GENERAL)


GENERAL: Final = "That was not possible, and no money moved."
SENTENCES: Final[Mapping[str, str]] = {
    "not_staff": "Only the people who run LockBay can do that. Nothing was done.",
    "unknown_cashout": "There is no such cash-out. Nothing was done.",
    "own_cashout": "This is your own cash-out: somebody else has to decide. Nothing was done.",
    "wrong_state": "It has moved on meanwhile, so nothing was done. This is how it stands now.",
    "claimed": "Somebody else is paying it by hand, so nothing was done. It is free again an hour after they began.",
    "told_paid": "A provider tells that it was paid already, so it is not sent. Write that down, or refund it.",
    "blocked": "They are blocked, so nothing of theirs is sent. Give it back, or unblock them first. Nothing was done.",
    "paid_besides": "It went on without you, so the money may have left twice. Your transaction is written down, and "
    "all who decide about money are told of it. This is how it stands now.",
    "bad_note": "That text is too long. Nothing was done.",
}


def refused(words: Words, outcome: Cashout | Refused) -> Screen:
    """The one who asked is not of the staff any more."""
    why = outcome if isinstance(outcome, Refused) else Refused("not_staff")
    return Screen(sentence(words, why), ((buttons.menu(words),),))


def _question(
    words: Words, page: CashoutCase, decision: Decision, title: Markup, ask: Markup, answers: Row = ()
) -> Screen:
    if decision not in cashouts.possible(page):
        is_sent = decision in cashouts.SENDING and page.person.is_blocked
        why = Refused("blocked" if is_sent else "wrong_state")
        return cashouts.case(words, page).with_problem(sentence(words, why))
    last = buttons.way_out(words, "payout", str(page.id))
    return Screen(lines(title, BLANK, ask), (answers, last))
