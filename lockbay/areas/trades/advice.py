"""What happens next in a trade, or what happened to the money: said to whoever looks at it. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.trades.layout import is_vacant
from lockbay.areas.trades.views import TradePage


def advice(words: Words, page: TradePage) -> Markup | None:
    """None: the decision of a dispute says it."""
    match page.state:
        case "disputed":
            return words(
                "LockBay looks into it: the money stays held, and no time runs out. Say what happened in the chat: "
                "both sides and LockBay read it."
            )
        case "resolved":
            return None
        case "cancelled" | "expired" | "declined" if not page.in_part and page.paid_at is None:
            return _unpaid(words, page)
        case "cancelled" | "expired" | "declined" | "released" | "refunded":
            return _ended_for_buyer(words, page) if page.role == "buyer" else _ended_for_seller(words, page)
        case _:
            return _next_for_buyer(words, page) if page.role == "buyer" else _next_for_seller(words, page)


def _next_for_buyer(words: Words, page: TradePage) -> Markup:
    match page.state:
        case "awaiting_payment" if is_vacant(page):
            return words(
                "Send the seller the invitation: they are not here yet. LockBay holds your money until you release it. "
                "Not paid in time, the trade expires."
            )
        case "awaiting_payment":
            return words("LockBay holds your money until you release it. Not paid in time, the trade expires.")
        case "underpaid":
            return _underpaid(words, page)
        case "paid" if is_vacant(page):
            return words(
                "Send the seller the invitation. If nobody accepts in time, you get everything back; "
                "as long as nobody has joined, you can cancel and have it at once."
            )
        case "paid":
            return words("The money is held. Without an answer in time, you get everything back.")
        case "accepted":
            return words(
                "The money is held. Without a delivery in time, you get everything back. "
                "Release it only once you have what you paid for, whoever asks you to."
            )
        case _:  # delivered
            return words("Check what you got, then release. If you say nothing in time, the seller gets the money.")


def _underpaid(words: Words, page: TradePage) -> Markup:
    if "reduce" in page.may:
        return words(
            "What arrived is safe. Top up what is missing, go on with it if the seller agrees, or take it back. "
            "If you do nothing in time, it is back in your wallet."
        )
    return words(
        "What arrived is safe. Top up what is missing, or take it back. "
        "If you do nothing in time, it is back in your wallet."
    )


def _next_for_seller(words: Words, page: TradePage) -> Markup:
    match page.state:
        case "awaiting_payment" | "underpaid":
            return words("Deliver nothing yet: you will be told when the buyer has paid.")
        case "paid":
            return words("The money is held. Without your answer in time, the buyer gets everything back.")
        case "accepted":
            return words(
                "The money is held. The buyer can release it as soon as they have it; mark it as delivered, and they "
                "are asked to. Without a delivery in time, the buyer gets everything back."
            )
        case _:  # delivered
            return words("The buyer checks it now. If they say nothing in time, the money is yours.")


def _unpaid(words: Words, page: TradePage) -> Markup:
    """Not that nothing was paid: a payment may have come since."""
    if page.role == "buyer":
        return words("It was not paid before it ended. What comes later is not lost: you are told what becomes of it.")
    return words("It was not paid before it ended.")


def _ended_for_buyer(words: Words, page: TradePage) -> Markup:
    match page.state:
        case "released":
            return words("The money was released to the seller.")
        case "cancelled" if page.paid_at is not None:
            return words("You cancelled it before anybody had joined; you got everything back.")
        case "declined":
            return words("The seller declined; you got everything back.")
        case "refunded" if page.ended_how == "agreed":
            return words("Both sides ended it together; you got everything back.")
        case "refunded" if page.ended_how == "returned":
            return words("The seller gave everything back to you.")
        case "refunded":
            return words("The time ran out; you got everything back.")
        case _:
            return words("What had arrived is back in your wallet.")


def _ended_for_seller(words: Words, page: TradePage) -> Markup:
    match page.state:
        case "released":
            return words("The money was released, and is in your wallet.")
        case "declined":
            return words("You declined; the buyer got everything back.")
        case "refunded" if page.ended_how == "agreed":
            return words("Both sides ended it together; the buyer got everything back.")
        case "refunded" if page.ended_how == "returned":
            return words("You gave everything back to the buyer.")
        case "refunded":
            return words("The time ran out; the buyer got everything back.")
        case _:
            return words("What had arrived is back in the buyer’s wallet.")
