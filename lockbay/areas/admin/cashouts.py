"""Cash-outs that the staff has to look at: their list, and each of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.cashout_records import CashoutCase, CashoutQueue, Decision, ToldPayout, WaitingCashout
from lockbay.areas.admin.layout import copied, state
from lockbay.areas.payout import State
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs

LONGEST_PROBLEM: Final = 200
# What can be decided in a state; the database says so, too.
DECISIONS: Final[Mapping[State, tuple[Decision, ...]]] = {
    "awaiting_approval": ("approve", "decline"),
    "waiting": ("retry", "paid", "refund"),
    "unknown": ("paid", "refund"),
}
SENDING: Final[frozenset[Decision]] = frozenset({"approve", "retry"})  # not what is asked for by whoever is blocked
STYLES: Final[Mapping[Decision, Style]] = {"approve": "success", "decline": "danger", "refund": "danger"}


def queue(words: Words, view: CashoutQueue, only: str = "") -> Screen:
    """A page of what waits in the state `only`, or in any; each has a button."""
    text = paragraphs(
        (
            words("💸 <b>Cash-outs that wait for you: {n}</b>", n=view.counts.all),
            *(_line(words, each) for each in view.cashouts),
            None if view.cashouts else words("Nothing waits here."),
        )
    )
    opened = tuple(Link(_label(words, each), "payout", (str(each.id),)) for each in view.cashouts)
    more: Row = (Link(words.label("Next"), "payouts", (str(view.next), only)),) if view.next is not None else ()
    rows = (*buttons.rows(opened, 2), more, *_filters(words, view))
    return Screen(text, (*rows, buttons.way_out(words, "admin")))


def _filters(words: Words, view: CashoutQueue) -> tuple[Row, ...]:
    counts = view.counts
    return (
        (Link(words.label("To approve ({n})", n=counts.approval), "payouts", ("0", "awaiting_approval")),),
        (
            Link(words.label("For an operator ({n})", n=counts.waiting), "payouts", ("0", "waiting")),
            Link(words.label("Unknown ({n})", n=counts.unknown), "payouts", ("0", "unknown")),
        ),
    )


def _line(words: Words, each: WaitingCashout) -> Markup:
    worth = "" if each.usd_worth is None else f" ({words.usd(each.usd_worth)})"
    return words(
        "<b>{slug} {amount}</b>{worth} · {person}\n{state} · {time}",
        slug=each.slug,
        amount=words.amount(each.amount, each.currency),
        worth=worth,
        person=isolated(cut(each.person, 40)),
        state=standing(words, each.state),
        time=words.time(each.at),
    )


def _label(words: Words, each: WaitingCashout) -> str:
    return cut(f"{each.slug} {words.amount(each.amount, each.currency)}", 40)


def case(words: Words, page: CashoutCase, done: Markup | None = None) -> Screen:
    """All that is known of one. `done` is what has just become of it."""
    text = lines(
        *((done, BLANK) if done is not None else ()),
        words("💸 <b>Cash-out {slug}</b>", slug=page.slug),
        BLANK,
        *facts(words, page),
        BLANK,
        *_progress(words, page),
        BLANK,
        *_person(words, page),
        *((BLANK, *(_told(words, each) for each in page.events)) if page.events else ()),
        *((BLANK, own(words)) if page.is_own and page.state in DECISIONS else ()),
    )
    copy: Row = (Copy(words.label("Copy the destination"), page.address),)
    return Screen(text, (*_decisions(words, page), copy, buttons.way_out(words, "payouts")))


def facts(words: Words, page: CashoutCase) -> tuple[Markup | None, ...]:
    """What goes where: what every question about it shows again."""
    worth = words.label("not known") if page.usd_worth is None else words.usd(page.usd_worth)
    return (
        fact(words, words.label("Amount"), words.amount(page.amount, page.currency)),
        fact(words, words.label("To be paid"), words.amount(page.net, page.currency)),
        fact(words, words.label("Worth"), worth),
        fact(words, words.label("Over"), page.network),
        copied(words, words.label("To"), page.address),
        fact(words, words.label("Bank"), isolated(cut(page.bank_name, 60))) if page.bank_name else None,
        fact(words, words.label("Account name"), isolated(cut(page.account_name, 80))) if page.account_name else None,
    )


def _progress(words: Words, page: CashoutCase) -> tuple[Markup | None, ...]:
    decided = page.decided_by is not None and page.decided_at is not None
    return (
        fact(words, words.label("State"), standing(words, page.state)),
        fact(words, words.label("Asked for"), words.time(page.created_at)),
        fact(words, words.label("By a code"), words.label("yes") if page.proven else words.label("no")),
        fact(words, words.label("Provider"), page.provider) if page.provider else None,
        fact(words, words.label("Tries"), page.tries) if page.tries else None,
        fact(words, words.label("Problem"), isolated(cut(page.problem, LONGEST_PROBLEM))) if page.problem else None,
        copied(words, words.label("Our reference"), page.reference),
        copied(words, words.label("Their reference"), page.external_id) if page.external_id else None,
        copied(words, words.label("Transaction"), page.txid) if page.txid else None,
        words(
            "🧾 {by} has begun to pay it by hand, {time}",
            by=isolated(cut(page.claimed_by, 40)),
            time=words.time(page.claimed_at),
        )
        if page.claimed_by is not None and page.claimed_at is not None and page.ended_at is None
        else None,
        words("Decided by {by}, {time}", by=isolated(cut(page.decided_by or "", 40)), time=words.time(page.decided_at))
        if decided and page.decided_at is not None
        else None,
    )


def _person(words: Words, page: CashoutCase) -> tuple[Markup | None, ...]:
    person = page.person
    return (
        words("Person: <b>{name}</b> (<code>{id}</code>)", name=isolated(cut(person.name, 40)), id=person.id),
        words("Here since {time}, e-mail {mail}", time=words.time(person.since),
              mail=words.label("verified") if person.has_email else words.label("not verified")),
        words("Deposits: <b>{n}</b>, {amount} of this coin", n=person.deposits,
              amount=words.amount(person.deposited, page.currency)),
        words("Cash-outs done: <b>{n}</b>, {usd}", n=person.cashouts, usd=words.usd(person.cashed_out_usd)),
        words("⚠️ None of them went to this destination.") if person.elsewhere and person.cashouts else None,
        words("⛔ They are blocked: nothing of theirs is sent.") if person.is_blocked else None,
    )  # fmt: skip


def _told(words: Words, each: ToldPayout) -> Markup:
    outcome = state(words, "cash-out", each.outcome)
    said = words("{time} {provider}: {outcome}", time=words.time(each.at), provider=each.provider, outcome=outcome)
    return said if each.txid is None else Markup("{} <code>{}</code>").format(said, cut(each.txid, 80))


def own(words: Words) -> Markup:
    """Why there is nothing to press."""
    return words("🪞 It is your own: nobody decides about their own cash-out, somebody else of the staff has to.")


def _decisions(words: Words, page: CashoutCase) -> tuple[Row, ...]:
    if page.is_own:
        return ()
    made = tuple(decision(words, page.id, each, page.state) for each in possible(page))
    return buttons.rows(made, 2)


def possible(page: CashoutCase) -> tuple[Decision, ...]:
    """What the viewer can decide; in the other states who has begun to pay it can tell that they have."""
    decisions = DECISIONS.get(page.state, ("paid",) if page.has_begun else ())
    return tuple(each for each in decisions if not (page.person.is_blocked and each in SENDING))


def decision(words: Words, cashout_id: int, which: Decision, seen: State) -> Link:
    """The button that leads to the question before a decision."""
    args = (str(cashout_id), which, seen) if which == "paid" else (str(cashout_id), which)
    return Link(_names(words)[which], "decide_payout", args, STYLES.get(which))


def _names(words: Words) -> Mapping[Decision, str]:
    return {
        "approve": words.label("✅ Approve"),
        "decline": words.label("✖️ Decline"),
        "paid": words.label("🧾 Paid by hand"),
        "refund": words.label("↩️ Refund"),
        "retry": words.label("🔁 Retry"),
    }


def standing(words: Words, which: State) -> str:
    """A state, in words of the staff."""
    match which:
        case "awaiting_approval":
            return words.label("waits for approval")
        case "waiting":
            return words.label("waits for an operator")
        case "unknown":
            return words.label("nobody knows whether it was paid")
        case _:
            return state(words, "cash-out", which)
