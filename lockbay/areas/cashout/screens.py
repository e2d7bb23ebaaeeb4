"""What becomes of a cash-out, as its owner sees it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.cashout.answers import CONFIRM
from lockbay.areas.cashout.layout import facts, label, problem, telling, title
from lockbay.areas.cashout.records import CANCELLABLE, CashoutList, CashoutPage, Listed
from lockbay.areas.payout import Cashout
from lockbay.areas.text import BLANK, cut, fact, lines

LONGEST_LABEL: Final = 60
NEWEST: Final = 0


def requested(words: Words, cashout: Cashout) -> Screen:
    """It is on its way: nothing more to do."""
    text = lines(title(words, cashout), BLANK, facts(words, cashout), BLANK, telling(words, cashout), _told(words))
    look = Link(words.label("🔎 Look at it"), "cashout", (str(cashout.id),))
    return Screen(text, ((look, _cancel(words, cashout.id)), (buttons.wallet(words), buttons.menu(words))))


def _told(words: Words) -> Markup:
    return words("You are told here how it goes.")


def page(words: Words, cashout: CashoutPage, headline: Markup | None = None) -> Screen:
    """One cash-out as it is now."""
    text = lines(
        headline,
        title(words, cashout),
        BLANK,
        facts(words, cashout),
        fact(words, words.label("Worth then"), words.usd(cashout.usd_worth)) if cashout.usd_worth is not None else None,
        fact(words, words.label("Requested"), words.time(cashout.created_at)),
        fact(words, words.label("Ended"), words.time(cashout.ended_at)) if cashout.ended_at else None,
        BLANK,
        telling(words, cashout),
        problem(words, cashout),
    )
    own = str(cashout.id)
    first: Row = ()
    if cashout.ended_at is None:
        first = (Link(words.label("🔄 Look again"), "cashout", (own,)),)
    if cashout.state in CANCELLABLE:
        first += (_cancel(words, cashout.id),)
    every = Link(words.label("🗂 My cash-outs"), "cashouts")
    return Screen(text, (first, (every, buttons.wallet(words)), (buttons.menu(words),)))


def _cancel(words: Words, cashout_id: int) -> Link:
    return Link(words.label("✖️ Cancel it"), "cancel_cashout", (str(cashout_id),))


def cancel(words: Words, cashout: CashoutPage) -> Screen:
    """Asks before it is taken back."""
    back = buttons.back(words, "cashout", str(cashout.id))
    if cashout.state not in CANCELLABLE:
        text = lines(title(words, cashout), BLANK, words("It cannot be cancelled any more."), telling(words, cashout))
        return Screen(text, ((back, buttons.menu(words)),))
    text = lines(
        words("✖️ <b>Cancel cash-out {slug}?</b>", slug=cashout.slug),
        BLANK,
        facts(words, cashout),
        BLANK,
        words("All of {amount} go back to your wallet.", amount=words.amount(cashout.amount, cashout.currency)),
    )
    confirm = Answer(words.label("✅ Confirm"), CONFIRM, "danger")
    return Screen(text, ((confirm, back), (buttons.menu(words),)))


def cashouts(words: Words, view: CashoutList, before: int) -> Screen:
    """The list, the newest on top."""
    if not view.cashouts:
        nothing = words("No cash-outs yet.") if before == NEWEST else words("There is nothing older.")
        again = Link(words.label("💸 Cash out"), "cash_out", style="primary")
        return Screen(lines(_heading(words), BLANK, nothing), ((again,), buttons.way_out(words, "wallet")))
    rows: tuple[Row, ...] = tuple((_listed(words, each),) for each in view.cashouts)
    turning = pages.turning(words, "cashouts", is_first=before == NEWEST, next=view.next)
    text = lines(_heading(words), BLANK, words("Press one to look at it."))
    return Screen(text, (*rows, turning, buttons.way_out(words, "wallet")))


def _heading(words: Words) -> Markup:
    return words("🗂 <b>My cash-outs</b>")


def _listed(words: Words, each: Listed) -> Link:
    amount, state = words.amount(each.amount, each.currency), label(words, each.state)
    return Link(cut(f"{amount} · {state} · {words.time(each.created_at)}", LONGEST_LABEL), "cashout", (str(each.id),))


def unknown(words: Words) -> Screen:
    """There is no such cash-out of theirs."""
    every = Link(words.label("🗂 My cash-outs"), "cashouts", style="primary")
    return Screen(words("There is no such cash-out of yours."), ((every, buttons.menu(words)),))


def no_destination(words: Words) -> Screen:
    """What was saved is gone, or nothing is sent there any more."""
    text = words("That destination is not there any more, and no money moved. Choose another one.")
    return Screen(text, ((Link(words.label("💸 Cash out"), "cash_out", style="primary"), buttons.menu(words)),))


def barred(words: Words, until: datetime, now: datetime) -> Screen:
    """Nothing is asked: whoever replaced a proven e-mail address has to wait. It may have been somebody else."""
    text = lines(
        words("⏳ <b>No cash-out until {time}</b>", time=words.time(until)),
        BLANK,
        words(
            "Your e-mail address was replaced by another one. For a day after that no money goes out, so that nobody "
            "who got into your account can take it. You can cash out {when}; your money stays in your wallet.",
            when=words.until(until, now),
        ),
        BLANK,
        words("If it was not you who replaced it, please tell support now."),
    )
    return Screen(text, ((buttons.support(words), buttons.wallet(words)), (buttons.menu(words),)))


def not_requested(words: Words, why: Markup) -> Screen:
    """It ends here, without a cash-out."""
    text = lines(words("💸 <b>No cash-out was made</b>"), BLANK, why)
    again = Link(words.label("💸 Cash out"), "cash_out")
    return Screen(text, ((again, buttons.wallet(words)), (buttons.menu(words),)))
