"""What closing an account looks like, and coming back. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.preferences.answers import closing_word
from lockbay.areas.preferences.records import Closing, Owned
from lockbay.areas.refusals import said
from lockbay.areas.text import lines, paragraphs
from lockbay.postgres.queries import Refused


def obstacles(words: Words, view: Closing) -> tuple[Markup, ...]:
    """What must end before the account can be closed; none: it can."""
    found = (
        words("• You are of LockBay’s staff: an owner has to take your role away first.") if view.is_staff else None,
        words.some("• {n} trade is open.", "• {n} trades are open.", view.open_trades),
        words.some("• {n} cash-out is on its way.", "• {n} cash-outs are on their way.", view.open_cashouts),
        words.some(
            "• {n} conversation with support is open.", "• {n} conversations with support are open.", view.open_tickets
        ),
        words("• There is money in your wallet: {money}. Cash it out.", money=_listed(words, view.money))
        if view.money
        else None,
    )
    return tuple(each for each in found if each is not None)


def not_yet(words: Words, view: Closing) -> Screen:
    """What has to end first, and the ways to it."""
    text = paragraphs(
        (
            words("🔒 <b>Close my account</b>"),
            words("Not yet. First this has to end:"),
            lines(*obstacles(words, view)),
        )
    )
    ways: Row = (
        *((buttons.my_trades(words),) if view.open_trades else ()),
        *((buttons.cash_out(words),) if view.money else ()),
        *((Link(words.label("💸 My cash-outs"), "cashouts"),) if view.open_cashouts else ()),
        *((buttons.support(words),) if view.open_tickets else ()),
    )
    return Screen(text, (*buttons.rows(ways, 2), buttons.way_out(words, "settings")))


def close_account(words: Words, view: Closing) -> Screen:
    """Once more, before it is closed."""
    small = (
        words("Less than can be cashed out, and so it stays in your wallet: {money}.", money=_listed(words, view.small))
        if view.small
        else None
    )
    credit = (
        words("Fee credit that you cannot use while it is closed: {money}.", money=_listed(words, view.credit))
        if view.credit
        else None
    )
    text = paragraphs(
        (
            words("🔒 <b>Close my account</b>"),
            words(
                "Nobody finds you here any more, nobody can trade with you, and you hear nothing but from support and "
                "of money that still comes in."
            ),
            words("What you did stays in the books, as it must. You can come back at any time, with one press."),
            small,
            credit,
            words("Type <b>{word}</b> to close it.", word=closing_word(words)),
        )
    )
    return Screen(text, ((Link(words.label("✖️ Cancel"), "settings"), buttons.menu(words)),))


def closed(words: Words) -> Screen:
    """All that who has closed their account sees."""
    text = paragraphs(
        (
            words("🔒 <b>Your account is closed</b>"),
            words("Nobody can trade with you, and nothing here moves. You can open it again at any time."),
        )
    )
    return Screen(
        text, ((Link(words.label("Open it again"), "reopen_account", style="primary"),), (buttons.support(words),))
    )


def reopened(words: Words) -> Screen:
    """They are back."""
    text = paragraphs(
        (
            words("🔓 <b>Welcome back</b>"),
            words("Your account is open again, with all that was in it. Your profile stays hidden until you show it."),
        )
    )
    return Screen(text, ((buttons.menu(words),), (buttons.preferences(words),)))


def not_closed(words: Words, refused: Refused) -> Screen:
    """Something came between the question and the answer."""
    why = said(words, refused, SENTENCES, GENERAL)
    return Screen(words("⚠️ {why}", why=why), (buttons.way_out(words, "settings"),))


GENERAL: Final = "That did not work, and nothing was closed. Please try again later."
SENTENCES: Final[Mapping[str, str]] = {
    "closed": "Your account is closed already.",
    "blocked": "Your account is blocked, so it cannot be closed. Please write to support.",
    "staff": "You are of LockBay’s staff: an owner has to take your role away first. Nothing was closed.",
    "open_trades": "A trade has begun meanwhile. Nothing was closed; end it first.",
    "open_cashouts": "A cash-out is on its way. Nothing was closed; please wait until it is over.",
    "open_tickets": "A conversation with support is open. Nothing was closed; close it first.",
    "money_left": "Money has come in meanwhile. Nothing was closed; cash it out first.",
}


def _listed(words: Words, money: Sequence[Owned]) -> str:
    return ", ".join(words.amount(each.amount, each.currency) for each in money)
