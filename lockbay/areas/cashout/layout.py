"""What the screens and the news of cash-outs have in common: facts, and each state in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.areas.cashout.records import CashoutNews, CashoutPage
from lockbay.areas.destinations import goes_to
from lockbay.areas.networks import BANK
from lockbay.areas.payout import NO_PROVIDER, Cashout, State
from lockbay.areas.text import cut, fact, lines
from lockbay.money import EXACT

Shown: TypeAlias = Cashout | CashoutPage | CashoutNews
LONGEST_PROBLEM: Final = 300
LONGEST_TXID: Final = 120


def facts(words: Words, cashout: Shown) -> Markup:
    """What left the wallet, what arrives, and where; the transaction once there is one."""
    return lines(
        fact(words, words.label("Amount"), words.amount(cashout.amount, cashout.currency)),
        fact(words, words.label("Fee"), words.amount(EXACT.subtract(cashout.amount, cashout.net), cashout.currency)),
        fact(words, words.label("Arrives"), words.amount(cashout.net, cashout.currency)),
        goes_to(words, cashout),
        words("Transaction: <code>{txid}</code>", txid=cut(cashout.txid, LONGEST_TXID)) if cashout.txid else None,
    )


def title(words: Words, cashout: Shown) -> Markup:
    """Its name and how it stands."""
    if cashout.state == "waiting" and cashout.problem == NO_PROVIDER:
        return words("📝 <b>Cash-out {slug} is requested</b>", slug=cashout.slug)
    return TITLES[cashout.state](words, cashout)


def telling(words: Words, cashout: Shown) -> Markup:
    """What that means: where the money is, and what happens next."""
    if cashout.state == "waiting" and cashout.problem == NO_PROVIDER:
        return _by_hand(words, cashout)
    return TELLINGS[cashout.state](words, cashout)


def problem(words: Words, cashout: CashoutPage | CashoutNews) -> Markup | None:
    """Why it ended unpaid, as whoever ended it said it."""
    if cashout.state not in {"refunded", "declined"} or not cashout.problem:
        return None
    return words("Reason given: <i>{why}</i>", why=cut(cashout.problem, LONGEST_PROBLEM))


def label(words: Words, state: State) -> str:
    """The state in a list."""
    labels: dict[State, str] = {
        "awaiting_approval": words.label("⏳ to be approved"),
        "requested": words.label("📝 requested"),
        "sending": words.label("📤 being sent"),
        "unknown": words.label("🔎 being looked into"),
        "waiting": words.label("⏳ waits"),
        "sent": words.label("🚀 on its way"),
        "done": words.label("✅ done"),
        "refunded": words.label("↩️ money back"),
        "declined": words.label("🚫 declined"),
        "cancelled": words.label("✖️ cancelled"),
    }
    return labels[state]


Say: TypeAlias = Callable[[Words, Shown], Markup]


def _title(message: str) -> Say:
    return lambda words, cashout: words(message, slug=cashout.slug)


def _telling(message: str) -> Say:
    return lambda words, cashout: words(
        message,
        amount=words.amount(cashout.amount, cashout.currency),
        net=words.amount(cashout.net, cashout.currency),
    )


_by_hand = _telling("{amount} are held for it. One of our people sends it by hand. You need do nothing.")


def _sent(words: Words, cashout: Shown) -> Markup:
    if cashout.network == BANK.code:
        return words("The bank has been told to pay it. You hear of it when it has arrived; do nothing until then.")
    return words("It was sent. You hear of it when the network has confirmed it; there is nothing for you to do.")


TITLES: Final[Mapping[State, Say]] = {
    "awaiting_approval": _title("⏳ <b>Cash-out {slug} is requested and waits for approval</b>"),
    "requested": _title("📝 <b>Cash-out {slug} is requested</b>"),
    "sending": _title("📤 <b>Cash-out {slug} is being sent</b>"),
    "unknown": _title("🔎 <b>Cash-out {slug} is being looked into</b>"),
    "waiting": _title("⏳ <b>Cash-out {slug} has to wait</b>"),
    "sent": _title("🚀 <b>Cash-out {slug} is on its way</b>"),
    "done": _title("✅ <b>Cash-out {slug} is done</b>"),
    "refunded": _title("↩️ <b>Cash-out {slug} failed: you have your money back</b>"),
    "declined": _title("🚫 <b>Cash-out {slug} was declined: you have your money back</b>"),
    "cancelled": _title("✖️ <b>Cash-out {slug} was cancelled: you have your money back</b>"),
}
TELLINGS: Final[Mapping[State, Say]] = {
    "awaiting_approval": _telling(
        "It is a large one, so one of our people looks at it first. {amount} are held for you; "
        "you can cancel until it is sent."
    ),
    "requested": _telling("It is sent in a moment. {amount} are held for it; you can cancel until it is sent."),
    "sending": _telling("It is being handed over to be paid, so it cannot be cancelled any more."),
    "unknown": _telling(
        "We have not been told yet whether it went out, so we keep asking, and never send it twice. "
        "It arrives, or {amount} come back to your wallet. You need do nothing."
    ),
    "waiting": _telling(
        "It could not be sent just now, and has not left. {amount} are held for you. "
        "It is tried again, or one of our people sees to it. You need do nothing."
    ),
    "sent": _sent,
    "done": _telling("{net} were paid out."),
    "refunded": _telling("It could not be paid out. All of {amount} are in your wallet again, the fee too."),
    "declined": _telling("Nothing was sent. All of {amount} are in your wallet again, the fee too."),
    "cancelled": _telling("Nothing was sent. All of {amount} are in your wallet again, the fee too."),
}
