"""The moves in a trade: the button that leads to one, and the question before it is done. Pure."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Screen, Style
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.text import lines
from lockbay.areas.trades.answers import CONFIRM
from lockbay.areas.trades.layout import BLANK, fact, hours, other_side
from lockbay.areas.trades.records import Move, TradePage

FLOWS: Final[dict[Move, str]] = {
    "pay": "pay",
    "cancel": "cancel_trade",
    "accept": "accept",
    "decline": "decline",
    "deliver": "deliver",
    "release": "release",
}
POSITIVE: Final[tuple[Move, ...]] = ("pay", "accept", "deliver", "release")


def move_button(words: Words, trade_id: int, move: Move) -> Link:
    """Leads to the question before the move."""
    label = {
        "pay": words.label("💳 Pay now"),
        "cancel": words.label("✖️ Cancel trade"),
        "accept": words.label("✅ Accept"),
        "decline": words.label("🚫 Decline"),
        "deliver": words.label("📦 Mark delivered"),
        "release": words.label("🔓 Release the money"),
    }[move]
    return Link(label, FLOWS[move], (str(trade_id),), _style(move))


def _style(move: Move) -> Style:
    return "success" if move in POSITIVE else "danger"


def question(words: Words, page: TradePage, move: Move) -> Screen:
    """Asks before a move, with what it means in money. Where it is not possible, says so instead."""
    if move not in page.may:
        return _impossible(words, page)
    if move == "pay" and page.available < page.buyer_pays:
        return short(words, page)
    confirm = Answer(words.label("✅ Confirm"), CONFIRM, _style(move))
    text = lines(_title(words, page, move), BLANK, *_consequences(words, page, move))
    return Screen(text, ((confirm,), (_back(words, page), buttons.menu(words))))


def _title(words: Words, page: TradePage, move: Move) -> Markup:
    message = {
        "pay": words("💳 <b>Pay for trade {slug}?</b>", slug=page.slug),
        "cancel": words("✖️ <b>Cancel trade {slug}?</b>", slug=page.slug),
        "accept": words("✅ <b>Accept trade {slug}?</b>", slug=page.slug),
        "decline": words("🚫 <b>Decline trade {slug}?</b>", slug=page.slug),
        "deliver": words("📦 <b>Is trade {slug} delivered?</b>", slug=page.slug),
        "release": words("🔓 <b>Release the money of trade {slug}?</b>", slug=page.slug),
    }
    return message[move]


def _consequences(words: Words, page: TradePage, move: Move) -> tuple[Markup, ...]:
    pays = words.amount(page.buyer_pays, page.currency)
    gets = words.amount(page.seller_gets, page.currency)
    match move:
        case "pay":
            return (
                fact(words.label("You pay"), pays),
                fact(words.label("In your wallet"), words.amount(page.available, page.currency)),
                fact(words.label("Left then"), words.amount(page.available - page.buyer_pays, page.currency)),
                BLANK,
                words("LockBay holds it until you release it. If the seller does not deliver, you get all of it back."),
            )
        case "cancel":
            return (words("Nothing was paid, so nothing is lost. The trade ends."),)
        case "accept":
            return (
                fact(words.label("Delivery within"), hours(words, page.delivery_hours)),
                fact(words.label("You get"), gets),
                BLANK,
                words("The money is held already. Your time to deliver begins now."),
            )
        case "decline":
            return (words("The trade ends, and the buyer gets {amount} back.", amount=pays),)
        case "deliver":
            return (words("The buyer is told, checks it, and releases {amount} to you.", amount=gets),)
        case "release":
            return (
                fact(words.label("Seller"), other_side(words, page)),
                fact(words.label("The seller gets"), gets),
                BLANK,
                words("This cannot be undone. Release only what you have received and checked."),
            )


def short(words: Words, page: TradePage) -> Screen:
    """There is not enough in the wallet to pay."""
    text = lines(
        words("💳 <b>Pay for trade {slug}</b>", slug=page.slug),
        BLANK,
        fact(words.label("You pay"), words.amount(page.buyer_pays, page.currency)),
        fact(words.label("In your wallet"), words.amount(page.available, page.currency)),
        fact(words.label("Missing"), words.amount(page.buyer_pays - page.available, page.currency)),
        BLANK,
        words("Deposit what is missing, then come back and pay until {time}.", time=words.time(page.pay_by)),
    )
    return Screen(text, ((deposit(words, page.currency),), (_back(words, page), buttons.menu(words))))


def deposit(words: Words, currency: str) -> Link:
    """Leads to an address to pay to."""
    return Link(words.label("📥 Deposit {currency}", currency=currency), "deposit", (currency,), "primary")


def _impossible(words: Words, page: TradePage) -> Screen:
    text = lines(
        words("⌛ <b>That is not possible in trade {slug} now.</b>", slug=page.slug),
        BLANK,
        words("Nothing was done and no money moved. Open the trade to see how it stands."),
    )
    return Screen(text, ((_back(words, page), buttons.menu(words)),))


def _back(words: Words, page: TradePage) -> Link:
    return Link(words.label("⬅️ Back to the trade"), "trade", (str(page.id),))
