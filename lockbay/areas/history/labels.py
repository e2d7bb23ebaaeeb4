"""What a movement is called. Pure; used by the pages and by the files."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.history.records import Movement


def what(words: Words, each: Movement) -> Markup:
    """Why money came or went: Released to you from T-7K3Q9."""
    called = _called(words, each)
    return words("{what} (fee credit)", what=called) if each.account == "credit" else called


def _called(words: Words, each: Movement) -> Markup:
    trade = each.slug or words.label("a trade")
    match each.kind:
        case "deposit" if each.trade_id is not None:
            return words("Came for {trade} after it was paid", trade=trade)
        case "deposit":
            return words("Deposit")
        case "pay" | "part" if each.amount > 0:
            return words("More than needed for {trade}", trade=trade)
        case "pay" | "part":
            return words("Paid for {trade}", trade=trade)
        case "release":
            return words("Released to you from {trade}", trade=trade)
        case "refund":
            return words("Refund of {trade}", trade=trade)
        case "split":
            return words("Your part of {trade}, by the decision", trade=trade)
        case "credit":
            return words("Fee credit for the fee of {trade}", trade=trade)
        case "cashout" if each.slug:
            return words("Cash-out {slug}", slug=each.slug)
        case "cashout":
            return words("Cash-out")
        case "cashout_refund":
            return words("Back from cash-out {slug}", slug=each.note)
        case _:
            return _plain(words, each.kind)


def _plain(words: Words, kind: str) -> Markup:
    match kind:
        case "exchange":
            return words("Exchanged")
        case "opening":
            return words("Opening balance")
        case "referral":
            return words("Referral reward")
        case "forfeit":
            return words("Given up when the account was closed")
        case "correction":
            return words("Correction")
        case _:
            return words("Other movement")


def group(words: Words, kind: str) -> str:
    """What movements of a kind are added up under, in a statement's totals."""
    match kind:
        case "deposit":
            return words.label("Deposits")
        case "pay" | "part":
            return words.label("Paid for trades")
        case "release":
            return words.label("Released from trades")
        case "refund":
            return words.label("Refunds of trades")
        case "split":
            return words.label("Parts by decision")
        case "credit":
            return words.label("Fee credit used")
        case "cashout":
            return words.label("Cash-outs")
        case "cashout_refund":
            return words.label("Back from cash-outs")
        case "exchange":
            return words.label("Exchanges")
        case _:
            return str(_plain(words, kind).unescape())
