"""What the staff hears of cash-outs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from attrs import frozen
from markupsafe import Markup

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import cashouts
from lockbay.areas.admin.cashout_records import Decision
from lockbay.areas.admin.layout import copied, state
from lockbay.areas.payout import MANUAL, State
from lockbay.areas.text import BLANK, cut, fact, isolated, lines


@frozen
class StaffCashout:
    """A cash-out that somebody must look at. `told` and `by`: what contradicts it, or was answered while `claimed_by`
    paid it by hand, and who told it. `is_own`: it is the reader's, and nobody else could decide about it.
    """

    cashout_id: int
    slug: str
    user_id: int
    person: str
    state: State
    currency: str
    network: str
    amount: Decimal
    net: Decimal
    usd_worth: Decimal | None
    address: str
    bank_name: str
    account_name: str
    provider: str | None
    txid: str | None
    problem: str | None
    told: str = ""
    by: str = ""
    is_own: bool = False
    claimed_by: str = ""


def approval(words: Words, news: StaffCashout) -> Screen:
    """A large one: the buttons lead to the question before the decision."""
    title = (
        words("💸 <b>Your own cash-out {slug} waits for approval</b>", slug=news.slug)
        if news.is_own
        else words("💸 <b>Cash-out {slug} waits for your approval</b>", slug=news.slug)
    )
    return _screen(words, news, title, None, ("approve", "decline"))


def unknown(words: Words, news: StaffCashout) -> Screen:
    """It is asked about by itself; nobody need decide unless that goes on."""
    title = words("❔ <b>Nobody knows whether cash-out {slug} was paid</b>", slug=news.slug)
    more = words("{provider} is asked about it again and again, and it is not sent again.", provider=_provider(news))
    return _screen(words, news, title, more)


def waiting(words: Words, news: StaffCashout) -> Screen:
    """No provider took it."""
    title = words("⏳ <b>Cash-out {slug} waits for an operator</b>", slug=news.slug)
    return _screen(words, news, title, None, ("retry", "paid", "refund"))


def strange(words: Words, news: StaffCashout) -> Screen:
    """What a provider tells does not fit what was done."""
    title = words("🚨 <b>Cash-out {slug}: money may have left twice or been lost</b>", slug=news.slug)
    more = (
        words(
            "It is {state} with us, and somebody of the staff has paid it by hand. Nothing was paid or given back "
            "because of that; the audit shows it, too.",
            state=cashouts.standing(words, news.state),
        )
        if news.by == MANUAL
        else words(
            "It is {state} with us, and {provider} tells: {told}. Nothing was paid or given back because of that. "
            "Look into the provider’s dashboard; the audit shows it, too.",
            state=cashouts.standing(words, news.state),
            provider=news.by or _provider(news),
            told=state(words, "cash-out", news.told),
        )
    )
    return _screen(words, news, title, more)


def claimed(words: Words, news: StaffCashout) -> Screen:
    """Its provider has answered while somebody pays it by hand."""
    title = words(
        "🧾 <b>{provider} answers about cash-out {slug}, which {by} is paying by hand</b>",
        provider=news.by, slug=news.slug, by=isolated(cut(news.claimed_by, 40)),
    )  # fmt: skip
    if news.told == "failed" and news.state != "refunded":
        more = words(
            "It says that it has not paid it. It does not go back by itself: was it paid by hand, write that down; "
            "else refund it."
        )
        return _screen(words, news, title, more, ("paid", "refund"))
    said = SAID.get(news.told)
    more = words(
        "{said} <b>Do not pay it any more.</b> Was it paid by hand all the same, write that down: then the books know "
        "that the money left twice.",
        said=words(said) if said else news.told,
    )
    return _screen(words, news, title, more)


SAID: Final[Mapping[str, str]] = {
    "done": "It has paid it.",
    "sent": "It says that it is on its way.",
    "failed": "It has not paid it, and the money is back in the wallet.",
}


def stuck(words: Words, news: StaffCashout) -> Screen:
    """An hour, and no end."""
    title = words("🐌 <b>Cash-out {slug} is under way for more than an hour</b>", slug=news.slug)
    return _screen(words, news, title, None, cashouts.DECISIONS.get(news.state, ()))


def _screen(
    words: Words, news: StaffCashout, title: Markup, more: Markup | None, decisions: tuple[Decision, ...] = ()
) -> Screen:
    worth = "" if news.usd_worth is None else f" ({words.usd(news.usd_worth)})"
    text = lines(
        title,
        BLANK,
        fact(words, words.label("Amount"), f"{words.amount(news.amount, news.currency)}{worth}"),
        words("Person: <b>{name}</b> (<code>{id}</code>)", name=isolated(cut(news.person, 40)), id=news.user_id),
        fact(words, words.label("Over"), news.network),
        copied(words, words.label("To"), news.address),
        fact(
            words,
            words.label("Bank"),
            ", ".join(isolated(cut(each, 60)) for each in (news.bank_name, news.account_name)),
        )
        if news.bank_name
        else None,
        fact(words, words.label("State"), cashouts.standing(words, news.state)),
        fact(words, words.label("Problem"), isolated(cut(news.problem, cashouts.LONGEST_PROBLEM)))
        if news.problem
        else None,
        *((BLANK, more) if more is not None else ()),
        *((BLANK, _nobody_else(words)) if news.is_own else ()),
    )
    if news.is_own:
        return Screen(text, _own(words, news))
    look = Link(words.label("Look at it"), "payout", (str(news.cashout_id),), "primary")
    made = tuple(cashouts.decision(words, news.cashout_id, each, news.state) for each in decisions)
    return Screen(text, (*buttons.rows(made, 2), (look, buttons.menu(words))))


def _nobody_else(words: Words) -> Markup:
    return words(
        "🪞 <b>It is your own, and nobody else can decide about it.</b> Nobody decides about their own cash-out, and "
        "only you have the role finance or owner. Let an owner give such a role to somebody else; until then the money "
        "stays held for you."
    )


def _own(words: Words, news: StaffCashout) -> tuple[Row, ...]:
    """As anybody's whose it is; and to where a role is given."""
    look = Link(words.label("Look at it"), "cashout", (str(news.cashout_id),), "primary")
    return ((Link(words.label("🧑‍💼 Staff"), "team"),), (look, buttons.menu(words)))


def _provider(news: StaffCashout) -> str:
    return news.provider or "?"


@frozen
class StrangePayout:
    """A payment under a reference that is of no cash-out."""

    provider: str
    reference: str
    told: str
    txid: str | None


def of_nobody(words: Words, news: StrangePayout) -> Screen:
    """Somebody pays in our name, or a cash-out is not in our books."""
    text = lines(
        words("🚨 <b>{provider} tells of a payout that is not ours</b>", provider=cut(news.provider, 40)),
        BLANK,
        fact(words, words.label("Told"), cut(state(words, "cash-out", news.told), 40)),
        copied(words, words.label("Reference"), news.reference),
        copied(words, words.label("Transaction"), news.txid) if news.txid else None,
        BLANK,
        words("No cash-out here has that reference, and nothing was changed. Look into the provider’s dashboard."),
    )
    return Screen(text, ((Link(words.label("Strange payouts"), "payout_alarms", (), "primary"), buttons.menu(words)),))


_notice: Final = partial(Notice, StaffCashout)
NOTICES: Final[Mapping[str, Notice]] = {
    "cashout_approval": _notice(approval),
    "payout_unknown": _notice(unknown),
    "payout_waiting": _notice(waiting),
    "cashout_strange": _notice(strange),
    "payout_stuck": _notice(stuck),
    "payout_claimed": _notice(claimed),
    "payout_of_nobody": Notice(StrangePayout, of_nobody),
}
