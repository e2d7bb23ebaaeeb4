"""The moves in a trade: the button that leads to one, and the question before it is done. Pure."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import BLANK, fact, lines
from lockbay.areas.trades.answers import CONFIRM
from lockbay.areas.trades.layout import hours, other_side
from lockbay.areas.trades.records import Move
from lockbay.areas.trades.views import TradePage

# Those whose question is one screen; paying and going on with less are told in payment_screens, disputes have an area.
Asked: TypeAlias = Literal[
    "cancel", "accept", "decline", "deliver", "release", "propose", "agree", "disagree", "withdraw", "give_back"
]
FLOWS: Final[dict[Move, str]] = {
    "pay": "pay",
    "reduce": "reduce",
    "cancel": "cancel_trade",
    "accept": "accept",
    "decline": "decline",
    "deliver": "deliver",
    "release": "release",
    "propose": "propose_cancel",
    "agree": "agree_cancel",
    "disagree": "decline_cancel",
    "withdraw": "withdraw_cancel",
    "give_back": "give_back",
    "dispute": "open_dispute",
}
POSITIVE: Final[tuple[Move, ...]] = ("pay", "accept", "deliver", "release")
NEUTRAL: Final[tuple[Move, ...]] = ("propose", "disagree", "withdraw", "dispute")


def is_early(page: TradePage, move: Move) -> bool:
    """A release of what the seller has not marked as delivered: the buyer may, and whoever cheats asks for it."""
    return move == "release" and page.delivered_at is None


def move_button(words: Words, trade_id: int, move: Move, *, has_parts: bool = False, is_early: bool = False) -> Link:
    """Leads to the question before the move. `has_parts`: something of the price has arrived."""
    label = {
        "pay": words.label("💳 Top up") if has_parts else words.label("💳 Pay now"),
        "reduce": words.label("➡️ Go on with what arrived"),
        "cancel": words.label("↩️ Refund to my wallet") if has_parts else words.label("✖️ Cancel trade"),
        "accept": words.label("✅ Accept"),
        "decline": words.label("🚫 Decline"),
        "deliver": words.label("📦 Mark delivered"),
        "release": words.label("🔓 Release the money"),
        "propose": words.label("🤝 Cancel together"),
        "agree": words.label("🤝 Agree to cancel"),
        "disagree": words.label("🚫 Do not cancel"),
        "withdraw": words.label("↪️ Withdraw the proposal"),
        "give_back": words.label("↩️ Refund the buyer"),
        "dispute": words.label("⚖️ Dispute"),
    }[move]
    return Link(label, FLOWS[move], (str(trade_id),), None if is_early else _style(move))


def _style(move: Move) -> Style | None:
    if move == "reduce":
        return "primary"
    if move in NEUTRAL:
        return None
    return "success" if move in POSITIVE else "danger"


def question(words: Words, page: TradePage, move: Asked) -> Screen:
    """Asks before a move that is possible, with what it means in money."""
    confirm = Answer(words.label("✅ Confirm"), CONFIRM, "danger" if is_early(page, move) else _style(move))
    text = lines(_title(words, page, move), BLANK, *_consequences(words, page, move))
    return Screen(text, ((confirm,), way_back(words, page.id)))


def _title(words: Words, page: TradePage, move: Asked) -> Markup:
    message = {
        "cancel": words("↩️ <b>End trade {slug}, with a refund?</b>", slug=page.slug)
        if page.parts or page.paid_at
        else words("✖️ <b>Cancel trade {slug}?</b>", slug=page.slug),
        "accept": words("✅ <b>Accept trade {slug}?</b>", slug=page.slug),
        "decline": words("🚫 <b>Decline trade {slug}?</b>", slug=page.slug),
        "deliver": words("📦 <b>Is trade {slug} delivered?</b>", slug=page.slug),
        "release": words("⚠️ <b>Release the money of trade {slug} already?</b>", slug=page.slug)
        if is_early(page, move)
        else words("🔓 <b>Release the money of trade {slug}?</b>", slug=page.slug),
        "propose": words("🤝 <b>Propose to cancel trade {slug} together?</b>", slug=page.slug),
        "agree": words("🤝 <b>Cancel trade {slug} together?</b>", slug=page.slug),
        "disagree": words("🚫 <b>Go on with trade {slug}?</b>", slug=page.slug),
        "withdraw": words("↪️ <b>Withdraw your proposal about trade {slug}?</b>", slug=page.slug),
        "give_back": words("↩️ <b>Refund the buyer of trade {slug}?</b>", slug=page.slug),
    }
    return message[move]


def _consequences(words: Words, page: TradePage, move: Asked) -> tuple[Markup | None, ...]:
    """What becomes of the trade, and of the money in it."""
    match move:
        case "cancel":
            return _cancelled(words, page)
        case "accept":
            return _accepted(words, page)
        case "decline":
            return (_declined(words, page),)
        case "deliver":
            gets = words.amount(page.seller_gets, page.currency)
            return (words("The buyer is told, checks it, and releases {amount} to you.", amount=gets),)
        case "release":
            return _released_early(words, page) if is_early(page, move) else _released(words, page)
        case "propose":
            return (
                words("The other side is asked. If they agree, the trade ends and all comes back:"),
                *_whole(words, page, words("Until then it goes on as it is, and nobody gets more time.")),
            )
        case "agree":
            return _whole(words, page, words("The trade ends without a fee. This cannot be undone."))
        case "disagree" | "withdraw":
            return (words("No money moves, and the trade goes on as it is."),)
        case "give_back":
            return _whole(words, page, words("The trade ends, and you get nothing for it. This cannot be undone."))


def _cancelled(words: Words, page: TradePage) -> tuple[Markup, ...]:
    """By the buyer alone: before it is paid whole, or before anybody has joined it as the seller."""
    back = words.label("Back to your wallet")
    if page.parts:
        parts = (fact(words, back, words.amount(part.amount, part.currency)) for part in page.parts)
        return (*parts, BLANK, words("The trade ends, and what has arrived is in your wallet at once."))
    if page.paid_at:
        why = words("Nobody has joined it as the seller, so it ends at once, and all of it is in your wallet.")
        return (fact(words, back, words.amount(page.buyer_pays, page.currency)), BLANK, why)
    return (words("Nothing was paid, so nothing is lost. The trade ends."),)


def _accepted(words: Words, page: TradePage) -> tuple[Markup | None, ...]:
    return (
        fact(words, words.label("Delivery within"), hours(words, page.delivery_hours)),
        fact(words, words.label("You get"), words.amount(page.seller_gets, page.currency)),
        less(words, page),
        BLANK,
        words("The money is held already. Your time to deliver begins when you confirm."),
    )


def _declined(words: Words, page: TradePage) -> Markup:
    if page.parts:
        return words("The trade ends, and what has arrived of the price goes back to the buyer.")
    if page.paid_at is None:
        return words("The trade ends, and the buyer is told. Nothing was paid, so no money moves.")
    return words(
        "The trade ends, and the buyer gets {amount} back.", amount=words.amount(page.buyer_pays, page.currency)
    )


def _released(words: Words, page: TradePage) -> tuple[Markup, ...]:
    return (
        *_to_seller(words, page),
        BLANK,
        words("This cannot be undone. Release only what you have received and checked."),
    )


def _released_early(words: Words, page: TradePage) -> tuple[Markup | None, ...]:
    name = other_side(words, page)
    return (
        *_to_seller(words, page),
        BLANK,
        words("<b>{name} has NOT marked it as delivered.</b>", name=name),
        words(
            "Release only if you have what you paid for, and have checked it. "
            "A seller who wants the money first may never send it."
        ),
        words("This cannot be undone: the seller has the money at once, and nobody can get it back for you."),
        words("Nobody from LockBay will ever ask you to do this."),
        BLANK,
        words("You do not have it yet? Do nothing. Without a delivery in time, you get everything back.")
        if page.state == "accepted"
        else None,
    )


def _to_seller(words: Words, page: TradePage) -> tuple[Markup, Markup]:
    return (
        fact(words, words.label("Seller"), other_side(words, page)),
        fact(words, words.label("The seller gets"), words.amount(page.seller_gets, page.currency)),
    )


def _whole(words: Words, page: TradePage, said: Markup) -> tuple[Markup, ...]:
    """All that was paid comes back, and what else is to be said of it."""
    pays = words.amount(page.buyer_pays, page.currency)
    return (fact(words, words.label("Back to the buyer"), pays), BLANK, said)


def less(words: Words, page: TradePage) -> Markup | None:
    """The buyer went on with what had arrived, so the seller would get less than was agreed, or got it."""
    if page.paid_at is None or page.seller_gets >= page.promised or page.state in ("declined", "refunded", "resolved"):
        return None
    sums = {
        "gets": words.amount(page.seller_gets, page.currency),
        "promised": words.amount(page.promised, page.currency),
    }
    match page.role, page.state:
        case "seller", "released":
            return words("⚠️ The buyer paid less: you got <b>{gets}</b> instead of {promised}.", **sums)
        case "seller", _:
            return words("⚠️ The buyer paid less: a release pays you <b>{gets}</b> instead of {promised}.", **sums)
        case _, "released":
            return words("⚠️ You paid less: the seller got <b>{gets}</b> instead of {promised}.", **sums)
    return words("⚠️ You paid less: a release pays the seller <b>{gets}</b> instead of {promised}.", **sums)


def way_back(words: Words, trade_id: int) -> Row:
    """The last row: to the trade, to the menu."""
    return (buttons.the_trade(words, trade_id), buttons.menu(words))
