"""The receipt of one movement."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Copy, Link, Row, Screen, Url
from lockbay.actors.words import Words
from lockbay.areas import buttons, prices
from lockbay.areas.destinations_screens import goes_to
from lockbay.areas.explorers import explorer
from lockbay.areas.history import labels
from lockbay.areas.history.records import Receipt, ReceiptCashout, ReceiptExchange, ReceiptTrade
from lockbay.areas.history.screens import Filter, signed
from lockbay.areas.networks import network_name
from lockbay.areas.period import day
from lockbay.areas.text import cut, fact, isolated, lines, paragraphs

LONGEST_COPY: Final = 256


def reference(posting: int) -> str:
    """What a movement is called when one speaks of it: M-000123."""
    return f"M-{posting:06}"


def receipt(words: Words, page: Receipt, wanted: Filter, before: str) -> Screen:
    """What it was, when, how much, what for, and what was there afterwards."""
    each = page.movement
    text = paragraphs(
        (
            words("🧾 <b>Receipt {reference}</b>", reference=reference(each.id)),
            lines(
                labels.what(words, each),
                fact(words, words.label("Amount"), signed(words, each)),
                fact(words, words.label("When"), moment(words, each.at)),
                fact(
                    words,
                    words.label("Fee credit afterwards")
                    if each.account == "credit"
                    else words.label("Balance afterwards"),
                    words.amount(each.balance_after, each.currency),
                ),
            ),
            _trade(words, page.trade) if page.trade else None,
            _cashout(words, page.cashout, each.currency, back=each.amount > 0) if page.cashout else None,
            _exchange(words, page.exchange) if page.exchange else None,
            _payment(words, page),
        )
    )
    back = (Link(words.label("⬅️ Back"), "history", wanted.args(before)), buttons.menu(words))
    return Screen(text, (*_rows(words, page), back))


def unknown(words: Words) -> Screen:
    """There is no such movement, or it is not theirs."""
    return Screen(words("There is no such movement in your history."), (buttons.way_out(words, "history"),))


def moment(words: Words, at: datetime) -> str:
    """22 Nov 2026, 14:05:09 (UTC+01:00), in the person's time zone."""
    local = at.astimezone(words.zone)
    return f"{day(words, local.date())}, {local:%H:%M:%S} (UTC{local.isoformat()[-6:]})"


def _trade(words: Words, trade: ReceiptTrade) -> Markup:
    return lines(
        fact(words, words.label("Trade"), trade.slug),
        words("<i>{description}</i>", description=isolated(cut(trade.description, 200))),
        fact(words, words.label("Price"), words.amount(trade.amount, trade.currency)),
        _fee(words, trade),
    )


def _fee(words: Words, trade: ReceiptTrade) -> Markup | None:
    """While it is due, and what it has become."""
    fee = trade.fee if trade.share is None else trade.share
    if not fee:
        return None
    if trade.share is None:
        label = words.label("Fee") if trade.ended else words.label("Fee, due when it is released")
    elif trade.ended:
        label = words.label("Your part of the fee")
    else:
        label = words.label("Your part of the fee, due when it is released")
    return fact(words, label, words.amount(fee, trade.currency))


def _cashout(words: Words, cashout: ReceiptCashout, currency: str, *, back: bool) -> Markup:
    return lines(
        fact(words, words.label("Cash-out"), cashout.slug),
        goes_to(words, cashout),
        None if back else fact(words, words.label("Fee in it"), words.amount(cashout.fee, currency)),
        None if back else fact(words, words.label("Arrives"), words.amount(cashout.net, currency)),
        words("All of it came back, the fee too.") if back else None,
        words("Transaction: <code>{txid}</code>", txid=cut(cashout.txid, 120)) if cashout.txid else None,
    )


def _exchange(words: Words, exchange: ReceiptExchange) -> Markup:
    return lines(
        fact(words, words.label("Given"), words.amount(exchange.from_amount, exchange.from_currency)),
        fact(words, words.label("Got"), words.amount(exchange.to_amount, exchange.to_currency)),
        fact(
            words,
            words.label("Rate"),
            prices.told(words, exchange.price, exchange.from_currency, exchange.to_currency),
        ),
    )


def _payment(words: Words, page: Receipt) -> Markup | None:
    """What is known of the payment that a deposit is."""
    if page.movement.kind != "deposit":
        return None
    txid = page.movement.note
    parts = (
        fact(words, words.label("Network"), network_name(page.network)) if page.network else None,
        words("Transaction: <code>{txid}</code>", txid=cut(txid, 120)) if txid else None,
    )
    return lines(*parts) if any(parts) else None


def _rows(words: Words, page: Receipt) -> tuple[Row, ...]:
    rows: list[Row] = []
    if page.trade is not None:
        rows.append((Link(words.label("Open the trade"), "trade", (str(page.trade.id),)),))
    if page.cashout is not None:
        rows.append((Link(words.label("Open the cash-out"), "cashout", (str(page.cashout.id),)),))
    txid = page.cashout.txid if page.cashout else page.movement.note if page.movement.kind == "deposit" else None
    link = explorer(page.cashout.network if page.cashout else page.network, txid)
    proof: Row = (Url(words.label("🔎 Look it up"), link),) if link else ()
    if txid and len(txid) <= LONGEST_COPY:
        proof += (Copy(words.label("Copy the transaction"), txid),)
    if proof:
        rows.append(proof)
    return tuple(rows)
