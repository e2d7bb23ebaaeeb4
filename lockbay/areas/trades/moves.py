"""The moves in a trade: the button that leads to one, and the question before it is done. Pure."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import lines
from lockbay.areas.trades.answers import CONFIRM
from lockbay.areas.trades.layout import BLANK, fact, hours, other_side
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


def move_button(words: Words, trade_id: int, move: Move, *, has_parts: bool = False) -> Link:
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
    return Link(label, FLOWS[move], (str(trade_id),), _style(move))


def _style(move: Move) -> Style | None:
    if move == "reduce":
        return "primary"
    if move in NEUTRAL:
        return None
    return "success" if move in POSITIVE else "danger"


def question(words: Words, page: TradePage, move: Asked) -> Screen:
    """Asks before a move, with what it means in money. Where it is not possible, says so instead."""
    if move not in page.may:
        return impossible(words, page.id, page.slug)
    confirm = Answer(words.label("✅ Confirm"), CONFIRM, _style(move))
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
        "release": words("🔓 <b>Release the money of trade {slug}?</b>", slug=page.slug),
        "propose": words("🤝 <b>Propose to cancel trade {slug} together?</b>", slug=page.slug),
        "agree": words("🤝 <b>Cancel trade {slug} together?</b>", slug=page.slug),
        "disagree": words("🚫 <b>Go on with trade {slug}?</b>", slug=page.slug),
        "withdraw": words("↪️ <b>Withdraw your proposal about trade {slug}?</b>", slug=page.slug),
        "give_back": words("↩️ <b>Refund the buyer of trade {slug}?</b>", slug=page.slug),
    }
    return message[move]


def _consequences(words: Words, page: TradePage, move: Asked) -> tuple[Markup | None, ...]:
    pays = words.amount(page.buyer_pays, page.currency)
    gets = words.amount(page.seller_gets, page.currency)
    match move:
        case "cancel" if page.parts:
            return (
                *(
                    fact(words, words.label("Back to your wallet"), words.amount(p.amount, p.currency))
                    for p in page.parts
                ),
                BLANK,
                words("The trade ends, and what has arrived is in your wallet at once."),
            )
        case "cancel" if page.paid_at:
            return (
                fact(words, words.label("Back to your wallet"), pays),
                BLANK,
                words("Nobody has joined it as the seller, so it ends at once, and all of it is in your wallet."),
            )
        case "cancel":
            return (words("Nothing was paid, so nothing is lost. The trade ends."),)
        case "accept":
            return (
                fact(words, words.label("Delivery within"), hours(words, page.delivery_hours)),
                fact(words, words.label("You get"), gets),
                less(words, page),
                BLANK,
                words("The money is held already. Your time to deliver begins now."),
            )
        case "decline" if page.parts:
            return (words("The trade ends, and what has arrived of the price goes back to the buyer."),)
        case "decline" if page.paid_at is None:
            return (words("The trade ends, and the buyer is told. Nothing was paid, so no money moves."),)
        case "decline":
            return (words("The trade ends, and the buyer gets {amount} back.", amount=pays),)
        case "deliver":
            return (words("The buyer is told, checks it, and releases {amount} to you.", amount=gets),)
        case "release":
            return (
                fact(words, words.label("Seller"), other_side(words, page)),
                fact(words, words.label("The seller gets"), gets),
                BLANK,
                words("This cannot be undone. Release only what you have received and checked."),
            )
        case "propose":
            return (
                words("The other side is asked. If they agree, the trade ends and all comes back:"),
                fact(words, words.label("Back to the buyer"), pays),
                BLANK,
                words("Until then it goes on as it is, and nobody gets more time."),
            )
        case "agree":
            return (
                fact(words, words.label("Back to the buyer"), pays),
                BLANK,
                words("The trade ends without a fee. This cannot be undone."),
            )
        case "disagree" | "withdraw":
            return (words("No money moves, and the trade goes on as it is."),)
        case "give_back":
            return (
                fact(words, words.label("Back to the buyer"), pays),
                BLANK,
                words("The trade ends, and you get nothing for it. This cannot be undone."),
            )


def less(words: Words, page: TradePage) -> Markup | None:
    """The buyer went on with what had arrived, so the seller would get less than was agreed."""
    if page.paid_at is None or page.seller_gets >= page.promised or page.state in ("declined", "refunded", "resolved"):
        return None
    gets, promised = words.amount(page.seller_gets, page.currency), words.amount(page.promised, page.currency)
    if page.role == "seller":
        return words(
            "⚠️ The buyer paid less: a release pays you <b>{gets}</b> instead of {promised}.",
            gets=gets, promised=promised,
        )  # fmt: skip
    return words(
        "⚠️ You paid less: a release pays the seller <b>{gets}</b> instead of {promised}.",
        gets=gets, promised=promised,
    )  # fmt: skip


def impossible(words: Words, trade_id: int, slug: str) -> Screen:
    """It is not the person's move, or not any more."""
    text = lines(
        words("⌛ <b>That is not possible in trade {slug} now.</b>", slug=slug),
        BLANK,
        words("Nothing was done and no money moved. Open the trade to see how it stands."),
    )
    return Screen(text, (way_back(words, trade_id),))


def way_back(words: Words, trade_id: int) -> Row:
    """The last row: to the trade, to the menu."""
    return (buttons.the_trade(words, trade_id), buttons.menu(words))
