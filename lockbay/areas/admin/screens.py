"""What the state of the house looks like."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from lockbay.actors.person import Role
from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.cashout_records import CashoutCounts
from lockbay.areas.admin.layout import state
from lockbay.areas.admin.records import AdminDashboard, ProviderAnswer
from lockbay.areas.text import lines, paragraphs


def dashboard(words: Words, view: AdminDashboard, now: datetime) -> Screen:
    """People, trades, held money, what waits, who answers; of money's affairs only what concerns the viewer's role."""
    people = words("People: <b>{users}</b>, onboarded: <b>{onboarded}</b>", users=view.users, onboarded=view.onboarded)
    text = paragraphs(
        (
            words("🛠 <b>Admin</b>"),
            None if view.maintenance is None else words("🚧 <b>Closed for maintenance</b>: only the staff gets in."),
            lines(people, _trades(words, view), words("Held: {amounts}", amounts=_held(words, view))),
            lines(
                words("Oldest update that waits: {age}", age=_age(words, view.oldest_update_at, now)),
                words("Oldest notice that waits: {age}", age=_age(words, view.oldest_notice_at, now)),
                _dead_letters(words, view.dead_letters),
            ),
            lines(*(_provider(words, each, now) for each in view.providers)) or None,
            _money(words, view) if may(view.role, "finance") else None,
        )
    )
    web: Row = (Link(words.label("🖥 Web console"), "web_console"),)
    last: Row = (Link(words.label("Refresh"), "admin"), buttons.menu(words))
    return Screen(text, (*_answering(words, view), *_deciding(words, view), *_owning(words, view), web, last))


def may(role: Role, power: Role) -> bool:
    """Whether a role has the power of another: an owner has all."""
    return role in (power, "owner")


def _answering(words: Words, view: AdminDashboard) -> tuple[Row, ...]:
    """What everybody of the staff can do, and those who answer people."""
    people = Link(words.label("👥 People"), "people")
    if not may(view.role, "support"):
        return ((people,),)
    tickets = Link(words.label("🛟 Support ({n})", n=view.tickets), "tickets")
    disputes = Link(words.label("⚖️ Disputes ({n})", n=view.disputes), "disputes")
    return (
        (tickets, disputes),
        (people, Link(words.label("✉️ Undelivered ({n})", n=view.dead_letters), "dead_letters")),
    )


def _deciding(words: Words, view: AdminDashboard) -> tuple[Row, ...]:
    """What those decide who decide about money."""
    if not may(view.role, "finance"):
        return ()
    strange = Link(words.label("🚨 Strange payouts ({n})", n=view.payout_alarms), "payout_alarms")
    return (
        (Link(words.label("💸 Cash-outs ({n})", n=view.cashouts.all), "payouts"),),
        (strange,) if view.payout_alarms else (),
        (Link(words.label("💰 Unapplied payments ({n})", n=view.unapplied_count), "unapplied"),),
        (
            Link(words.label("⚖️ Providers and books ({n})", n=view.differences), "books"),
            Link(words.label("✍️ Corrections ({n})", n=view.corrections), "corrections"),
        ),
        (Link(words.label("📒 Transactions"), "transactions"), Link(words.label("📤 Export"), "exports")),
    )


def _owning(words: Words, view: AdminDashboard) -> tuple[Row, ...]:
    """What is left to owners."""
    if view.role != "owner":
        return ()
    door = words.label("🚧 Maintenance") if view.maintenance is None else words.label("🚧 Maintenance is on")
    return (
        (Link(words.label("🧑‍💼 Staff"), "team"), Link(words.label("📐 Terms"), "terms_book")),
        (Link(door, "maintenance"), Link(words.label("🗒 Log"), "admin_log")),
        (Link(words.label("📣 Announcements"), "broadcasts"),),
    )


def _money(words: Words, view: AdminDashboard) -> Markup:
    return lines(
        _unapplied(words, view.unapplied_count),
        _differences(words, view.differences),
        _cashouts(words, view.cashouts),
        _alarms(words, view.payout_alarms),
    )


def _dead_letters(words: Words, count: int) -> Markup | None:
    return words("⚠️ Updates that failed three times: <b>{n}</b>", n=count) if count else None


def _trades(words: Words, view: AdminDashboard) -> Markup:
    states = ", ".join(f"{count.trades} {state(words, 'trade', count.state)}" for count in view.open_trades)
    return words("Open trades: {states}", states=states or words.label("none"))


def _held(words: Words, view: AdminDashboard) -> str:
    return ", ".join(words.amount(held.amount, held.currency) for held in view.held) or words.label("nothing")


def _age(words: Words, moment: datetime | None, now: datetime) -> str:
    return words.label("none") if moment is None else words.until(moment, now)


def _provider(words: Words, each: ProviderAnswer, now: datetime) -> Markup:
    if each.away_since is not None:
        return words("⚠️ {name} has not answered since {time}", name=each.provider, time=words.time(each.away_since))
    return words("{name} answered {age}", name=each.provider, age=_age(words, each.answered_at, now))


def _unapplied(words: Words, count: int) -> Markup:
    if not count:
        return words("Unapplied payments: none")
    return words("⚠️ Unapplied payments: <b>{n}</b>", n=count)


def _differences(words: Words, count: int) -> Markup:
    if not count:
        return words("Providers say what we have.")
    return words("⚠️ Providers say other than we have: <b>{n}</b>", n=count)


def _alarms(words: Words, count: int) -> Markup | None:
    return words("🚨 Payouts told that fit nothing: <b>{n}</b>", n=count) if count else None


def _cashouts(words: Words, counts: CashoutCounts) -> Markup:
    if not counts.all:
        return words("Cash-outs that wait for you: none")
    return words(
        "⚠️ Cash-outs: <b>{approval}</b> to approve, <b>{waiting}</b> for an operator, <b>{unknown}</b> unknown",
        approval=counts.approval,
        waiting=counts.waiting,
        unknown=counts.unknown,
    )
