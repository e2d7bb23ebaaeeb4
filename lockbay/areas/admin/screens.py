"""What the state of the house looks like."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.records import AdminDashboard, UnappliedPayment
from lockbay.areas.text import cut, lines, paragraphs

LISTED: Final = 8  # unapplied payments on the page; with the longest texts they fit a message


def dashboard(words: Words, view: AdminDashboard, now: datetime) -> Screen:
    """People, trades, held money, what waits, and money that fits nothing."""
    text = paragraphs(
        (
            words("🛠 <b>Admin</b>"),
            lines(
                words(
                    "People: <b>{users}</b>, onboarded: <b>{onboarded}</b>", users=view.users, onboarded=view.onboarded
                ),
                _trades(words, view),
                words("Held: {amounts}", amounts=_held(words, view)),
            ),
            lines(
                words("Oldest update that waits: {age}", age=_age(words, view.oldest_update_at, now)),
                words("Oldest notice that waits: {age}", age=_age(words, view.oldest_notice_at, now)),
                _dead_letters(words, view.dead_letters),
            ),
            _unapplied(words, view),
        )
    )
    return Screen(text, ((Link(words.label("Refresh"), "admin"), buttons.menu(words)),))


def _dead_letters(words: Words, count: int) -> Markup | None:
    return words("⚠️ Updates that failed three times: <b>{n}</b>", n=count) if count else None


def _trades(words: Words, view: AdminDashboard) -> Markup:
    states = ", ".join(f"{count.trades} {count.state.replace('_', ' ')}" for count in view.open_trades)
    return words("Open trades: {states}", states=states or words.label("none"))


def _held(words: Words, view: AdminDashboard) -> str:
    return ", ".join(words.amount(held.amount, held.currency) for held in view.held) or words.label("nothing")


def _age(words: Words, moment: datetime | None, now: datetime) -> str:
    return words.label("none") if moment is None else words.until(moment, now)


def _unapplied(words: Words, view: AdminDashboard) -> Markup:
    if not view.unapplied_count:
        return words("Unapplied payments: none")
    listed = view.unapplied[:LISTED]
    more = view.unapplied_count - len(listed)
    return lines(
        words("⚠️ Unapplied payments: <b>{n}</b>", n=view.unapplied_count),
        *(_payment(words, payment) for payment in listed),
        words.count("… and {n} more", "… and {n} more", more) if more else None,
    )


def _payment(words: Words, payment: UnappliedPayment) -> Markup:
    """What a provider says may be anything: the currency need not be one of ours, the amount not a number."""
    return words(
        "<blockquote><b>#{id} {amount} {currency}</b> over {network}\n{reason}, {provider}, {time}\n"
        "to <code>{address}</code>\ntx <code>{txid}</code></blockquote>",
        id=payment.id,
        amount=f"{payment.amount:f}"[:40],
        currency=cut(payment.currency, 12),
        network=cut(payment.network, 12),
        reason=payment.reason.replace("_", " "),
        provider=payment.provider,
        time=words.time(payment.at),
        address=cut(payment.address, 100),
        txid=cut(payment.txid, 100),
    )
