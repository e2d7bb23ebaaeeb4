"""What the menu and the help look like."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.plan import NO_COMMAND, SAID
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, commands
from lockbay.areas.menu.records import Costs, Menu
from lockbay.areas.networks import NETWORKS
from lockbay.areas.text import cut, lines, paragraphs


def menu(words: Words, view: Menu) -> Screen:
    """Where everything begins: what the person has, what waits for them, and the way to all of it."""
    text = paragraphs(
        (
            words("🏠 <b>LockBay</b>"),
            lines(words("Hello, {name}", name=view.first_name), _balance(words, view)),
            _waiting(words, view),
        )
    )
    return Screen(text, tuple(_rows(words, view)))


def unasked(words: Words, came: str) -> Markup | None:
    """Why what came did nothing; None: nothing came but the wish to see the menu."""
    if came == SAID:
        return words(
            "I asked nothing just now, so what you sent went to nobody. To write to the other side of a trade, open "
            "the trade and its chat; to write to us, open Support."
        )
    if came == NO_COMMAND:
        return words("There is no such command, so nothing was done. /help lists those that there are.")
    return None


def help(words: Words, costs: Costs, *, is_admin: bool) -> Screen:
    """How a trade goes, what things cost, whom to ask, and the commands."""
    text = paragraphs(
        (
            words("❓ <b>Help</b>"),
            words(
                "1. The buyer makes a trade and pays, from the wallet or from outside.\n"
                "2. LockBay holds the money. The seller accepts and delivers.\n"
                "3. The buyer releases once they have it, and the seller is paid.\n"
                "Declined or not delivered: the buyer gets everything back.\n"
                "You do not agree? Either of you opens a dispute, and our people decide."
            ),
            _costs(words, costs),
            words("Something is not clear? Our people answer: /support"),
            lines(
                *(
                    words("/{name}  {about}", name=name, about=about)
                    for name, about in commands.listed(words, is_admin=is_admin)
                )
            ),
        )
    )
    return Screen(text, ((buttons.support(words), Link(words.label("Menu"), "menu", style="primary")),))


def _costs(words: Words, costs: Costs) -> Markup:
    """As it is for this person now."""
    fee, discount = words.percent(costs.fee_percent), costs.discount_percent
    return lines(
        words("💰 <b>What it costs</b>"),
        words("Trade: {fee} of its amount, nothing when the buyer gets it back. The trade says who pays it.", fee=fee),
        words("<i>Your discount of {discount} is in that.</i>", discount=words.percent(discount)) if discount else None,
        words("Exchange: {spread} off the market’s price.", spread=words.percent(costs.spread_percent)),
        words("Deposit: LockBay takes nothing."),
        words("Cash-out, whatever its amount:") if costs.cash_outs else None,
        *(
            words(
                "· {fee}, {network}", fee=words.amount(each.fee, each.currency), network=_network(words, each.network)
            )
            for each in costs.cash_outs
        ),
    )


def _network(words: Words, code: str) -> str:
    return words.label(NETWORKS[code].name) if code in NETWORKS else cut(code, 20)


def _balance(words: Words, view: Menu) -> Markup:
    wallet = view.wallet
    if wallet.total_usd:
        return words("Balance: <b>{usd}</b>", usd=words.usd(wallet.total_usd))
    if wallet.filled:  # no fresh rate for any of them
        amounts = ", ".join(words.amount(b.available + b.held, b.currency) for b in wallet.filled)
        return words("Balance: <b>{amounts}</b>", amounts=amounts)
    return words("Your wallet is empty.")


def _waiting(words: Words, view: Menu) -> Markup | None:
    """A line for each kind of thing that waits."""
    return (
        lines(
            words.some("🔔 {n} trade waits for you", "🔔 {n} trades wait for you", view.turns),
            words.some("🤝 {n} proposal to cancel", "🤝 {n} proposals to cancel", view.proposals),
            words.some("💬 {n} chat with new messages", "💬 {n} chats with new messages", view.chats),
            words.some("⚖️ {n} dispute is open", "⚖️ {n} disputes are open", view.disputes),
            words.some("🛟 {n} answer of support", "🛟 {n} answers of support", view.answers),
            words.some("💌 {n} invitation to a trade", "💌 {n} invitations to trades", view.invitations),
            words.some("⭐ {n} trade to rate", "⭐ {n} trades to rate", view.unrated),
            words.some("🛠 {n} thing for the staff", "🛠 {n} things for the staff", view.duties or 0),
        )
        or None
    )


def _rows(words: Words, view: Menu) -> list[Row]:
    """What is most likely next stands out."""
    has_money = bool(view.wallet.filled)
    rows: list[Row] = [
        (
            buttons.new_trade(words, "primary" if has_money and not view.waiting else None),
            _badged(words, buttons.my_trades(words), view.waiting),
        ),
        (buttons.wallet(words), buttons.deposit(words, None if has_money or view.waiting else "primary")),
        (buttons.cash_out(words), buttons.exchange(words)),
        (buttons.history(words), buttons.contacts(words)),
        (buttons.referral(words), _badged(words, buttons.support(words), view.answers)),
        (buttons.preferences(words), Link(words.label("❓ Help"), "help")),
    ]
    if view.rate_next is not None:
        rows.insert(0, (_badged(words, buttons.rate(words, view.rate_next), view.unrated),))
    if view.invitations:
        label = words.label("💌 Invitations ({n})", n=view.invitations)
        rows.insert(0, (Link(label, "invitations", style="primary"),))
    if view.duties is not None:
        rows.append((_badged(words, Link(words.label("🛠 Admin"), "admin"), view.duties),))
    return rows


def _badged(words: Words, button: Link, n: int) -> Link:
    """With the number of what waits there; nothing waits: as it is."""
    if not n:
        return button
    return Link(words.label("{label} ({n})", label=button.label, n=n), button.flow, button.args, "primary")
