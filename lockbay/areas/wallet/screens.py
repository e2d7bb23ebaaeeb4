"""What a wallet looks like: a column that fits a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.balances import Balance, Wallet
from lockbay.areas.text import lines, paragraphs

WIDTH: Final = 32  # characters of <pre> that fit a narrow phone without scrolling


def wallet(words: Words, view: Wallet, now: datetime) -> Screen:
    """What is there, what is held, what it is worth by which rates."""
    filled = [balance for balance in view.balances if _total(balance)]
    table = "\n".join(_table(words, balance) for balance in filled)
    text = paragraphs(
        (
            words("👛 <b>Wallet</b>"),
            _worth(words, view, now) if filled else words("It is empty. A deposit fills it."),
            words("<pre>{table}</pre>", table=table) if filled else None,
            _without_rate(words, filled),
        )
    )
    first = buttons.deposit(words, None if filled else "primary")
    rows: tuple[Row, ...] = (
        (first, buttons.cash_out(words)),
        (buttons.exchange(words), buttons.history(words)),
        (Link(words.label("🗂 My cash-outs"), "cashouts"), buttons.contacts(words)),
        (buttons.back(words, "menu"),),
    )
    return Screen(text, rows)


def row(label: str, value: str) -> str:
    """The label on the left, the value on the right; a value too long for that on a line of its own."""
    room = WIDTH - len(label)
    return f"{label}{value:>{room}}".rstrip() if len(value) < room else f"{label}\n{value:>{WIDTH}}"


def _total(balance: Balance) -> Decimal:
    return balance.available + balance.held + balance.credit


def _table(words: Words, balance: Balance) -> str:
    worth = "" if balance.usd is None else words.usd(balance.usd)
    rows = [row(balance.currency, worth), row(words.label(" available"), _amount(words, balance, balance.available))]
    if balance.held:
        rows.append(row(words.label(" held"), _amount(words, balance, balance.held)))
    if balance.credit:
        rows.append(row(words.label(" fee credit"), _amount(words, balance, balance.credit)))
    return "\n".join(rows)


def _amount(words: Words, balance: Balance, amount: Decimal) -> str:
    return words.amount(amount, balance.currency)


def _worth(words: Words, view: Wallet, now: datetime) -> Markup:
    if view.total_usd is None or view.rates_at is None:
        return words("There are no fresh rates, so I cannot tell what it is worth.")
    return lines(
        words("Total: <b>{usd}</b>", usd=words.usd(view.total_usd)),
        _age(words, view.rates_at, now),
    )


def _age(words: Words, rates_at: datetime, now: datetime) -> Markup:
    if now - rates_at < timedelta(minutes=1):
        return words("<i>Rates of this minute</i>")
    return words("<i>Rates of {age}</i>", age=words.until(rates_at, now))


def _without_rate(words: Words, filled: list[Balance]) -> Markup | None:
    missing = [balance.currency for balance in filled if balance.usd is None]
    if not missing or len(missing) == len(filled):
        return None
    return words("Not in the total, for want of a fresh rate: {codes}.", codes=", ".join(missing))
