"""How an unapplied payment ends: the questions before it, and what is said after it. Pure.

A payment that has ended is asked about no more: whoever opens such a question sees how it ended. Who answers
nevertheless is refused by the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin import unapplied_screens
from lockbay.areas.admin.answers import CONFIRM, about, agreement
from lockbay.areas.admin.correction_records import Recipient
from lockbay.areas.admin.layout import money, state
from lockbay.areas.admin.records import Ended, PayableTrade, UnappliedPayment
from lockbay.areas.admin.refusals import ROLE_NEW
from lockbay.areas.refusals import Sentence, said
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, quoted
from lockbay.postgres.queries import Refused

PROPOSE: Final = "propose"


def to_whom(words: Words, page: UnappliedPayment) -> Screen:
    """Whose wallet? The payer's is a button."""
    payer: Row = ()
    if page.person is not None:
        payer = (Answer(isolated(cut(page.person.name, 40)), str(page.person.id), "success"),)
    ask = words("To whose wallet? Press the button, or type a <code>@username</code> or a Telegram number.")
    return _question(words, page, words("👛 <b>Credit {amount}</b>", amount=_amount(words, page)), ask, payer)


def reason(words: Words, page: UnappliedPayment) -> Screen:
    """Why? It is kept."""
    ask = words("Why? One sentence, which is kept with the payment. The person does not see it.")
    return _question(words, page, words("✍️ <b>{amount}: the reason</b>", amount=_amount(words, page)), ask)


def sure_to_credit(words: Words, page: UnappliedPayment, receiver: Recipient, note: str) -> Screen:
    """Amount and person, before it is done, or proposed."""
    name, amount = isolated(cut(receiver.name, 40)), _amount(words, page)
    ask = lines(
        words(
            "<b>{name}</b> (<code>{id}</code>) gets {amount} in the wallet.", name=name, id=receiver.id, amount=amount
        ),
        _strange(words, page, receiver),
        quoted(note),
        words("Somebody else of finance has to approve it within 24 hours.")
        if receiver.needs_second
        else words("This cannot be undone."),
    )
    title = words("👛 <b>Credit {amount} to {name}?</b>", amount=amount, name=name)
    propose = Answer(words.label("✅ Propose it"), agreed_to(receiver), "success")
    confirm = propose if receiver.needs_second else _confirm(words, agreed_to(receiver))
    return _question(words, page, title, ask, (confirm,))


def agreed_to(receiver: Recipient) -> str:
    """What the button holds that confirms: who gets it, and whether by two."""
    return about(receiver.id, PROPOSE) if receiver.needs_second else str(receiver.id)


def _strange(words: Words, page: UnappliedPayment, receiver: Recipient) -> Markup | None:
    if page.person is None or page.person.id == receiver.id:
        return None
    return words("⚠️ It was paid by <b>{name}</b>, who is somebody else.", name=isolated(cut(page.person.name, 40)))


def how_refunded(words: Words, page: UnappliedPayment) -> Screen:
    """It was sent back outside of LockBay: how?"""
    ask = words(
        "Send it back by the provider’s own means first: this only writes down that you did. Then type the id of that "
        "transaction, or how it was sent. The payer is told what you type."
    )
    return _question(words, page, words("↩️ <b>Refund {amount}</b>", amount=_amount(words, page)), ask)


def sure_to_refund(words: Words, page: UnappliedPayment, note: str) -> Screen:
    """Amount and person, before it is done."""
    name = isolated(cut(page.person.name, 40)) if page.person else words.label("a payer whom we do not know")
    ask = lines(
        words("{amount} of {name} was sent back:", amount=_amount(words, page), name=name),
        quoted(note),
        words("This cannot be undone."),
    )
    title = words("↩️ <b>Refunded {amount}?</b>", amount=_amount(words, page))
    return _question(words, page, title, ask, (_confirm(words, CONFIRM),))


def to_which_trade(words: Words, page: UnappliedPayment) -> Screen:
    """Which trade? The payin's own is a button, while it can be paid."""
    own: Row = ()
    if page.trade is not None and page.trade.payable:
        own = (Answer(page.trade.slug, page.trade.slug, "success"),)
    ask = words("To which trade? It must not be paid yet. Type its code, for example <code>T-7K3Q9A</code>.")
    return _question(words, page, words("🤝 <b>Attach {amount}</b>", amount=_amount(words, page)), ask, own)


def no_trade(words: Words, slug: str) -> Markup:
    return words("There is no trade {slug}.", slug=slug)


def reason_to_attach(words: Words, page: UnappliedPayment, trade: PayableTrade) -> Screen:
    """Why? It is kept. A trade that cannot take it is said here already."""
    return reason(words, page).with_problem(_why_not(words, trade))


def sure_to_attach(words: Words, page: UnappliedPayment, trade: PayableTrade, note: str) -> Screen:
    """Amount, trade and people, before it is done; nothing to confirm where it is not possible."""
    why_not, amount, unit = _why_not(words, trade), _amount(words, page), trade.currency
    title = words("🤝 <b>Give {amount} to trade {slug}?</b>", amount=amount, slug=trade.slug)
    if why_not is not None or trade.worth is None:
        return _question(words, page, title, why_not or BLANK)
    over = trade.worth > trade.missing
    ask = lines(
        fact(words, words.label("Buyer"), isolated(cut(trade.buyer, 40))),
        fact(words, words.label("Seller"), isolated(cut(trade.seller or "?", 40))),
        fact(words, words.label("Price"), words.amount(trade.total, unit)),
        fact(words, words.label("Missing"), words.amount(trade.missing, unit)),
        fact(words, words.label("This payment is worth"), words.amount(trade.worth, unit))
        if page.currency != unit
        else None,
        words("What is over goes to the buyer’s wallet.") if over else None,
        quoted(note),
        words("This cannot be undone."),
    )
    return _question(words, page, title, ask, (_confirm(words, agreement(trade.id, trade.worth)),))


def _why_not(words: Words, trade: PayableTrade) -> Markup | None:
    if not trade.payable:
        standing = state(words, "trade", trade.state)
        return words("Trade {slug} is {state}: it takes no more money.", slug=trade.slug, state=standing)
    if trade.worth is None:
        return words("There is no fresh price to tell what this is worth in {unit}.", unit=trade.currency)
    return None


def done(words: Words, ended: Ended) -> Markup:
    """What has just become of it."""
    amount = money(words, ended.amount, ended.currency)
    match ended.how:
        case "credited":
            return words(
                "✅ {name} has {amount} in the wallet.", name=isolated(cut(ended.person or "?", 40)), amount=amount
            )
        case "refunded":
            return words("✅ {amount} is written down as sent back.", amount=amount)
        case "attached":
            told = words("✅ Trade {slug} has {amount} and is {state}.", slug=ended.slug, amount=amount,
                         state=state(words, "trade", ended.state or "?"))  # fmt: skip
            over = words("{amount} was over.", amount=money(words, ended.credited, ended.currency))
            return lines(told, over if ended.credited else None)


def refused(words: Words, outcome: Ended | Refused) -> Screen:
    """The one who asked is not of the staff any more."""
    reason = outcome.reason if isinstance(outcome, Refused) else "not_staff"
    return Screen(sentence(words, Refused(reason)), ((buttons.menu(words),),))


def sentence(words: Words, refused: Refused) -> Markup:
    """Why nothing was done."""
    return said(words, refused, SENTENCES, GENERAL)


GENERAL: Final = "That was not possible, and no money moved."
SENTENCES: Final[Mapping[str, Sentence]] = {
    "not_staff": "Only the people who run LockBay can do that. Nothing was done.",
    "unknown_payment": "There is no such payment. Nothing was done.",
    "already_ended": "Somebody has decided this already, so nothing was done. This is what became of it.",
    "terms_changed": "The numbers have changed, so nothing was done and no money moved. Please look at them again.",
    "bad_note": "The reason must have 1 to 500 characters. Nothing was done.",
    "not_bookable": "The books cannot hold this amount: it can only be sent back. Nothing was done.",
    "unknown_person": "That person is not known any more. Nothing was done and no money moved.",
    "unknown_trade": "There is no such trade. Nothing was done and no money moved.",
    "own_wallet": "That is your own wallet: somebody else has to do it. Nothing was done and no money moved.",
    "second_needed": "That takes two of finance: credit it to a wallet in the chat, which proposes it to the others. "
    "Nothing was done.",
    "role_new": ROLE_NEW,
    "same_waits": "That is proposed already, as #{id}. Nothing was done.",
    "own_trade": "You are a side of that trade: somebody else has to do it. Nothing was done and no money moved.",
    "wrong_state": "The trade takes no more money now. Nothing was done: the payment still waits.",
    "no_rate": "There is no fresh price for that coin, so nothing was done. Try again in some minutes.",
}


def _question(words: Words, page: UnappliedPayment, title: Markup, ask: Markup, answers: Row = ()) -> Screen:
    if page.ending is not None:
        return unapplied_screens.payment(words, page)
    last = buttons.way_out(words, "unapplied_payment", str(page.id))
    return Screen(lines(title, BLANK, ask), (answers, last))


def _confirm(words: Words, value: str, style: Style = "success") -> Answer:
    return Answer(words.label("✅ Confirm"), value, style)


def _amount(words: Words, page: UnappliedPayment) -> str:
    return money(words, page.amount, page.currency)
