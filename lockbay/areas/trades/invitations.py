"""The invitation to a trade, as whoever has its link sees it. Pure."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, standing
from lockbay.areas.text import BLANK, fact, isolated, lines, quoted
from lockbay.areas.trades.answers import CONFIRM
from lockbay.areas.trades.layout import hours, when
from lockbay.areas.trades.refusals import sentence
from lockbay.areas.trades.states import SIGNS, status
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.queries import Refused


def opened(words: Words, page: InvitationPage, token: str, now: datetime) -> Screen:
    """A trade as it looks to somebody who has opened its invitation."""
    unit = page.currency
    text = lines(
        words("📨 <b>{buyer} invites you to a trade</b>", buyer=isolated(page.buyer)),
        standing.summary(words, page.buyer_standing),
        words("{sign} {slug}: {status}", sign=SIGNS[page.state], slug=page.slug, status=status(words, page.state)),
        BLANK,
        words("You would sell:"),
        quoted(page.description),
        fact(words, words.label("Price"), words.amount(page.amount, unit)),
        fact(words, words.label("Your part of the fee"), words.amount(page.seller_fee, unit))
        if page.seller_fee
        else None,
        fact(words, words.label("You get"), words.amount(page.seller_gets, unit)),
        fact(words, words.label("Delivery within"), hours(words, page.delivery_hours)),
        _by(words, page, now),
        BLANK,
        _standing(words, page),
    )
    return Screen(text, (*_join(words, page, token), (buttons.menu(words),)))


def _by(words: Words, page: InvitationPage, now: datetime) -> Markup | None:
    """How long the seller, or the buyer before, has."""
    match page.state:
        case "awaiting_payment" if page.deadline:
            return fact(words, words.label("The buyer pays by"), when(words, page.deadline, now))
        case "paid" if page.deadline:
            return fact(words, words.label("To be accepted by"), when(words, page.deadline, now))
        case _:
            return None


def _standing(words: Words, page: InvitationPage) -> Markup:
    match page.standing:
        case "open":
            return words("Joining costs nothing. You accept when the money is held, and can decline until then.")
        case "joined":
            return words("You have joined this trade as its seller.")
        case "own_trade":
            return words("This is your own trade. Send the link to the seller.")
        case "not_for_you" if page.seller_kind == "phone":
            return words(
                "This invitation names a phone number. Share the number of your Telegram account: "
                "if it is that one, you can join."
            )
        case "not_for_you" if page.seller_kind == "email":
            return words("This invitation names an e-mail address. Verify yours: if it is that one, you can join.")
        case reason:
            return sentence(words, Refused(reason))


def _join(words: Words, page: InvitationPage, token: str) -> tuple[Row, ...]:
    match page.standing:
        case "open":
            return ((Answer(words.label("🤝 Join as the seller"), CONFIRM, "success"),),)
        case "not_for_you" if page.seller_kind == "phone":
            return ((buttons.phone(words, token),),)
        case "not_for_you" if page.seller_kind == "email":
            return ((buttons.email(words, token),),)
        case "joined" | "own_trade":
            return ((Link(words.label("Open the trade"), "trade", (str(page.trade_id),), "primary"),),)
        case _:
            return ()


def not_joined(words: Words, refused: Refused) -> Screen:
    """Joining was refused."""
    text = lines(words("🤝 <b>You have not joined this trade.</b>"), BLANK, sentence(words, refused))
    return Screen(text, ((buttons.menu(words),),))


def unknown(words: Words) -> Screen:
    """A token that opens nothing."""
    text = lines(
        words("🔍 <b>This invitation cannot be found.</b>"), BLANK, sentence(words, Refused("unknown_invitation"))
    )
    return Screen(text, ((buttons.menu(words),),))
