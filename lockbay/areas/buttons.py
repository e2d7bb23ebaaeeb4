"""The buttons that many screens have: they look the same everywhere. No final screen is without a way out."""

from __future__ import annotations

from lockbay.actors.screen import Answer, Link, Row, Style
from lockbay.actors.undo import UNDO
from lockbay.actors.words import Words
from lockbay.areas.text import cut, isolated


def menu(words: Words) -> Link:
    """To the menu."""
    return Link(words.label("Menu"), "menu")


def cancel(words: Words) -> Link:
    """Out of a form: what was answered so far is forgotten."""
    return Link(words.label("✖️ Cancel"), "menu")


def step_back(words: Words) -> Row:
    """The last row of a question in a form: to the question before, out of the form."""
    return (last_answer(words), cancel(words))


def last_answer(words: Words) -> Answer:
    """To the question before, in a form. The first one is shown without."""
    return Answer(words.label("⬅️ Back"), UNDO)


def back(words: Words, flow: str, *args: str) -> Link:
    """To where the person came from."""
    return Link(words.label("⬅️ Back"), flow, args)


def way_out(words: Words, flow: str, *args: str) -> Row:
    """The last row: Back, Menu."""
    return (back(words, flow, *args), menu(words))


def rows(row: Row, width: int) -> tuple[Row, ...]:
    """Many buttons, so many in a row."""
    return tuple(row[start : start + width] for start in range(0, len(row), width))


def wallet(words: Words, style: Style | None = None) -> Link:
    """To the balances."""
    return Link(words.label("👛 Wallet"), "wallet", style=style)


def deposit(words: Words, style: Style | None = None) -> Link:
    """To the coins that can be paid in."""
    return Link(words.label("📥 Deposit"), "deposit", style=style)


def cash_out(words: Words) -> Link:
    """To the first question of a cash-out."""
    return Link(words.label("💸 Cash out"), "cash_out")


def exchange(words: Words) -> Link:
    """To the first question of an exchange."""
    return Link(words.label("🔄 Exchange"), "exchange")


def exchanges(words: Words) -> Link:
    """To what was exchanged."""
    return Link(words.label("🔄 My exchanges"), "exchanges")


def contacts(words: Words) -> Link:
    """To the addresses and accounts that money goes to."""
    return Link(words.label("📒 Contacts"), "contacts")


def history(words: Words) -> Link:
    """To the newest movements."""
    return Link(words.label("📜 History"), "history")


def referral(words: Words) -> Link:
    """To the person's own link."""
    return Link(words.label("🎁 Referral"), "referral")


def support(words: Words) -> Link:
    """To the people who run LockBay."""
    return Link(words.label("🛟 Support"), "support")


def preferences(words: Words) -> Link:
    """To what a person can choose."""
    return Link(words.label("⚙️ Settings"), "settings")


def my_trades(words: Words) -> Link:
    """To the list, one step before the menu."""
    return Link(words.label("🗂 My trades"), "trades")


def rate(words: Words, trade_id: int) -> Link:
    """To the stars that one side of an ended trade gives the other."""
    return Link(words.label("⭐ Rate"), "rate", (str(trade_id),))


def profile(words: Words) -> Link:
    """To what others see of the person."""
    return Link(words.label("🪪 My profile"), "profile")


def about(words: Words, name: str, slug: str, trade_id: int) -> Link:
    """From a trade to what is known of its other side, by the slug of their page; from there it goes back."""
    return Link(words.label("👤 About {name}", name=isolated(cut(name, 32))), "person", (slug, str(trade_id)))


def the_trade(words: Words, trade_id: int | str) -> Link:
    """Back to where the person came from, which was a trade."""
    return Link(words.label("⬅️ Back to the trade"), "trade", (str(trade_id),))


def find_person(words: Words) -> Link:
    """To the search for somebody, before trading with them."""
    return Link(words.label("🔎 Find somebody"), "find_person")


def phone(words: Words, token: str = "") -> Link:
    """To the proof of one's phone number, and from there to the invitation of that token."""
    return Link(words.label("📱 Share my number"), "phone", (token,) if token else (), style="primary")


def email(words: Words, token: str = "") -> Link:
    """To the proof of one's e-mail address, and from there to that invitation or place (lockbay.actors.plan)."""
    return Link(words.label("✉️ Verify my e-mail"), "email", (token,) if token else (), style="primary")


def new_trade(words: Words, style: Style | None = None) -> Link:
    """To the first question of a trade."""
    return Link(words.label("🤝 New trade"), "new_trade", style=style)
