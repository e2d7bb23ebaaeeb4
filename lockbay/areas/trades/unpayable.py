"""Why the buyer of an unpaid trade finds no way to pay it, and what to do instead. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.text import lines
from lockbay.areas.trades.views import TradePage


def advice(words: Words, page: TradePage) -> Markup | None:
    """None: it can be paid, or is not the viewer's to pay, or not any more."""
    barred = page.barred.get("pay")
    if barred is None or barred in ("not_yours", "wrong_state"):
        return None
    if barred == "too_late":
        return words(
            "⌛ The time to pay is over: the trade ends in a moment. "
            "If anything had arrived, it is back in your wallet then."
        )
    return lines(_why(words, barred), _next(words, page, is_theirs=barred == "seller_blocked"))


def _why(words: Words, reason: str) -> Markup:
    if reason == "seller_blocked":
        return words("⛔ <b>You cannot pay it now:</b> this seller cannot trade here for now.")
    if reason == "closed":
        return words("⛔ <b>You cannot pay it now:</b> your account is closed; /start opens it again.")
    return words("⛔ <b>You cannot pay it now:</b> your account is blocked.")


def _next(words: Words, page: TradePage, *, is_theirs: bool) -> Markup:
    """What had arrived comes back, whatever they do."""
    if page.state == "underpaid":
        return words(
            "What arrived is safe: take it back with “Refund to my wallet”. If you do nothing, it is back in your "
            "wallet when the time is over."
        )
    if is_theirs:
        return words(
            "Nothing was charged. Cancel the trade and make one with somebody else; if you do nothing, it expires."
        )
    return words("Nothing was charged. Cancel the trade, or ask support; if you do nothing, it expires.")
