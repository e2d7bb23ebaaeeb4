"""What the menu and the help look like."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.menu.records import Menu
from lockbay.areas.text import lines, paragraphs


def menu(words: Words, view: Menu, *, is_admin: bool) -> Screen:
    """Where everything begins: what the person has, what waits for them, and the way to all of it."""
    text = paragraphs(
        (
            words("🏠 <b>LockBay</b>"),
            lines(words("Hello, {name}", name=view.first_name), _balance(words, view)),
            _waiting(words, view),
        )
    )
    return Screen(text, tuple(_rows(words, view, is_admin=is_admin)))


def help(words: Words, *, is_admin: bool) -> Screen:
    """How a trade goes, and the commands."""
    text = paragraphs(
        (
            words("❓ <b>Help</b>"),
            words(
                "1. The buyer makes a trade and pays from the wallet.\n"
                "2. LockBay holds the money. The seller accepts and delivers.\n"
                "3. The buyer releases, and the seller is paid.\n"
                "Declined or not delivered: the buyer gets everything back."
            ),
            words(
                "/menu  balance and buttons\n"
                "/wallet  what you have\n"
                "/trade  a new trade\n"
                "/trades  your trades\n"
                "/cashout  send money to an address or a bank\n"
                "/exchange  one currency for another\n"
                "/contacts  addresses and accounts that you have kept\n"
                "/history  every movement of your money\n"
                "/cancel  stop what you are doing"
            ),
            words("/admin  the state of the house") if is_admin else None,
        )
    )
    return Screen(text, ((Link(words.label("Menu"), "menu", style="primary"),),))


def _balance(words: Words, view: Menu) -> Markup:
    if view.total_usd:
        return words("Balance: <b>{usd}</b>", usd=words.usd(view.total_usd))
    if view.balances:  # no fresh rate for any of them
        amounts = ", ".join(words.amount(b.available + b.held, b.currency) for b in view.balances)
        return words("Balance: <b>{amounts}</b>", amounts=amounts)
    return words("Your wallet is empty.")


def _waiting(words: Words, view: Menu) -> Markup | None:
    turns = words.count("🔔 {n} trade waits for you", "🔔 {n} trades wait for you", view.turns) if view.turns else None
    invited = (
        words.count("💌 {n} invitation to a trade", "💌 {n} invitations to trades", view.invitations)
        if view.invitations
        else None
    )
    return lines(turns, invited) or None


def _rows(words: Words, view: Menu, *, is_admin: bool) -> list[Row]:
    """What is most likely next stands out."""
    trades = words.label("🗂 My trades ({n})", n=view.turns) if view.turns else words.label("🗂 My trades")
    rows: list[Row] = [
        (
            buttons.new_trade(words, "primary" if view.balances and not view.turns else None),
            Link(trades, "trades", style="primary" if view.turns else None),
        ),
        (buttons.wallet(words), buttons.deposit(words, None if view.balances else "primary")),
        (buttons.cash_out(words), buttons.exchange(words)),
        (buttons.history(words), Link(words.label("❓ Help"), "help")),
    ]
    if view.invitations:
        label = words.label("💌 Invitations ({n})", n=view.invitations)
        rows.insert(0, (Link(label, "invitations", style="primary"),))
    if is_admin:
        rows.append((Link(words.label("🛠 Admin"), "admin"),))
    return rows
