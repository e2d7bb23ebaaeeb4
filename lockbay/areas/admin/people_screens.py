"""People as the staff sees them. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin.acts import acted, role
from lockbay.areas.admin.answers import CONFIRM
from lockbay.areas.admin.layout import copied, state
from lockbay.areas.admin.people_records import (
    Dossier,
    Found,
    People,
    PersonsMoney,
    PersonsMovement,
    PersonsTrade,
    PersonsTrades,
)
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted


def search(words: Words) -> Screen:
    """Whom do you look for?"""
    ask = words(
        "Type a <code>@username</code> or how it begins, a Telegram number, an e-mail address, a phone number with its "
        "country code, the code of a profile, or of a trade."
    )
    return Screen(lines(words("👥 <b>Whom do you look for?</b>"), BLANK, ask), (buttons.way_out(words, "admin"),))


def found(words: Words, view: People, query: str) -> Screen:
    """Who that can be; each has a button. Another search is typed."""
    text = paragraphs(
        (
            words("👥 <b>Found for {query}</b>", query=isolated(cut(query, 60))),
            lines(*(_found(words, each) for each in view.people))
            if view.people
            else words("LockBay knows nobody like that."),
            words("Type something else to look for that."),
        )
    )
    opened = tuple(Link(f"{isolated(cut(each.name, 30))} · {each.id}", "user", (str(each.id),)) for each in view.people)
    more: Row = (Answer(words.label("Next"), str(view.next)),) if view.next is not None else ()
    return Screen(text, (*buttons.rows(opened, 1), more, buttons.way_out(words, "admin")))


def _found(words: Words, each: Found) -> Markup:
    marks = [words.label("⛔ blocked")] if each.blocked else []
    marks += [role(words, each.role)] if each.role else []
    return words(
        "<b>{name}</b> {first} · <code>{id}</code> · since {time}{marks}",
        name=isolated(cut(each.name, 40)),
        first="" if each.name == each.first_name else isolated(cut(each.first_name, 30)),
        id=each.id,
        time=words.time(each.since),
        marks="".join(f" · {mark}" for mark in marks),
    )


def profile(words: Words, page: Dossier, done: Markup | None = None) -> Screen:
    """All that is known of somebody. `done` is what has just become of them."""
    text = paragraphs(
        (
            done,
            lines(words("👤 <b>{name}</b> · <code>{id}</code>", name=isolated(cut(page.name, 40)), id=page.id),
                  *_marks(words, page)),
            lines(*_proofs(words, page)),
            _standing(words, page),
            lines(*_money(words, page)),
            lines(*(acted(words, each) for each in page.actions)) or None,
        )
    )  # fmt: skip
    return Screen(text, _buttons(words, page))


def _marks(words: Words, page: Dossier) -> tuple[Markup | None, ...]:
    blocked = None
    if page.blocked_at is not None:
        since = words("⛔ Blocked since {time}", time=words.time(page.blocked_at))
        blocked = lines(since, quoted(cut(page.blocked_why, 200)) if page.blocked_why else None)
    return (
        blocked,
        words("🛠 Runs LockBay: {role}", role=role(words, page.role)) if page.role else None,
        words("🚪 Closed the account {time}", time=words.time(page.closed_at)) if page.closed_at else None,
        words("🔕 Telegram does not reach them since {time}", time=words.time(page.unreachable_at))
        if page.unreachable_at
        else None,
    )


def _proofs(words: Words, page: Dossier) -> tuple[Markup | None, ...]:
    none = words.label("none that is proven")
    return (
        fact(words, words.label("First name"), isolated(cut(page.first_name, 40))),
        fact(words, words.label("Here since"), words.time(page.since)),
        None if page.onboarded_at else words("Has not finished the beginning"),
        copied(words, words.label("E-mail"), page.email) if page.email else fact(words, words.label("E-mail"), none),
        fact(words, words.label("Further e-mails"), cut(", ".join(page.extras), 120)) if page.extras else None,
        fact(words, words.label("Phone"), page.phone or none),
        fact(words, words.label("Language"), f"{cut(page.language, 12)}, {cut(page.time_zone, 40)}"),
    )


def _standing(words: Words, page: Dossier) -> Markup:
    held = page.standing
    return words(
        "Completed trades: <b>{trades}</b> ({volume}), disputes: <b>{disputes}</b>, ratings: <b>{ratings}</b>{stars}",
        trades=held.completed,
        volume=words.usd(held.volume_usd),
        disputes=held.disputes,
        ratings=held.ratings,
        stars="" if held.stars is None else f" · ★ {words.number(held.stars)}",
    )


def _money(words: Words, page: Dossier) -> tuple[Markup | None, ...]:
    return (
        words("Wallet: nothing") if not page.balances else None,
        *(
            words(
                "<b>{amount}</b>{held}{credit}",
                amount=words.amount(each.available, each.currency),
                held=words.label(" · held {amount}", amount=words.amount(each.held, each.currency))
                if each.held
                else "",
                credit=words.label(" · fee credit {amount}", amount=words.amount(each.credit, each.currency))
                if each.credit
                else "",
            )
            for each in page.balances
        ),
        words(
            "Open trades: {trades}, open cash-outs: {cashouts}", trades=page.open_trades, cashouts=page.open_cashouts
        ),
        *(
            words(
                "{slug} · {amount} · {state} · {time}",
                slug=each.slug,
                amount=words.amount(each.amount, each.currency),
                state=state(words, "cash-out", each.state),
                time=words.time(each.at),
            )
            for each in page.cashouts
        ),
    )


def _buttons(words: Words, page: Dossier) -> tuple[Row, ...]:
    own = str(page.id)
    looks: Row = (
        Link(words.label("🗂 Trades"), "user_trades", (own,)),
        Link(words.label("📜 Movements"), "user_money", (own,)),
    )
    acts: list[Link] = []
    if page.role is None:
        block = words.label("⛔ Block") if page.blocked_at is None else words.label("✅ Unblock")
        acts.append(Link(block, "block" if page.blocked_at is None else "unblock", (own,)))
    if page.viewer in ("finance", "owner"):
        acts.append(Link(words.label("✍️ Correct the wallet"), "correct", (own,)))
    owns: Row = ()
    if page.viewer == "owner":
        owns = (
            Link(words.label("🧑‍💼 Role"), "role", (own,)),
            Link(words.label("🗒 Log"), "admin_log", ("0", "0", own)),
        )
    payouts = tuple(
        Link(each.slug, "payout", (str(each.id),)) for each in page.cashouts if page.viewer in ("finance", "owner")
    )
    return (looks, tuple(acts), owns, payouts, buttons.way_out(words, "people"))


def trades(words: Words, view: PersonsTrades) -> Screen:
    """A page of somebody's trades."""
    text = paragraphs(
        (
            words("🗂 <b>Trades of {name}</b>", name=isolated(cut(view.name, 40))),
            *(_trade(words, each) for each in view.trades),
            None if view.trades else words("There are none."),
        )
    )
    return Screen(text, _paged(words, "user_trades", view.id, view.next))


def _trade(words: Words, each: PersonsTrade) -> Markup:
    side = words.label("buys from") if each.role == "buyer" else words.label("sells to")
    return words(
        "<b>{slug} {amount}</b> · {state} · {time}\n{side} {other}: {description}",
        slug=each.slug,
        amount=words.amount(each.amount, each.currency),
        state=state(words, "trade", each.state),
        time=words.time(each.at),
        side=side,
        other=isolated(cut(each.other or words.label("nobody yet"), 40)),
        description=isolated(cut(each.description, 80)),
    )


def money(words: Words, view: PersonsMoney) -> Screen:
    """A page of somebody's movements."""
    text = paragraphs(
        (
            words("📜 <b>Movements of {name}</b>", name=isolated(cut(view.name, 40))),
            lines(*(_movement(words, each) for each in view.movements)) if view.movements else words("There are none."),
        )
    )
    return Screen(text, _paged(words, "user_money", view.id, view.next))


def _movement(words: Words, each: PersonsMovement) -> Markup:
    return words(
        "{time} · <b>{amount}</b> · {kind}{slug}{credit} · then {balance}",
        time=words.time(each.at),
        amount=words.signed(each.amount, each.currency),
        kind=state(words, "movement", each.kind),
        slug=f" {each.slug}" if each.slug else "",
        credit=words.label(" (fee credit)") if each.account == "credit" else "",
        balance=words.amount(each.balance, each.currency),
    )


def _paged(words: Words, flow: str, person: int, place: int | None) -> tuple[Row, ...]:
    return (pages.onward(words, flow, str(person), next=place), buttons.way_out(words, "user", str(person)))


def why_block(words: Words, page: Dossier) -> Screen:
    """Why is somebody blocked, or let in again?"""
    name = isolated(cut(page.name, 40))
    if page.blocked_at is None:
        title = words("⛔ <b>Block {name}?</b>", name=name)
        ask = words(
            "They begin nothing new and move no money out until they are unblocked. Their trades go on, and what they "
            "have stays theirs. Type the reason: they are told, and how to reach support."
        )
    else:
        title = words("✅ <b>Unblock {name}?</b>", name=name)
        ask = words("Type the reason: it is kept and told to them.")
    return Screen(lines(title, BLANK, ask), (buttons.way_out(words, "user", str(page.id)),))


def sure(words: Words, page: Dossier, note: str) -> Screen:
    """The last question before it."""
    name = isolated(cut(page.name, 40))
    is_blocked = page.blocked_at is not None
    title = words("✅ <b>Unblock {name}?</b>", name=name) if is_blocked else words("⛔ <b>Block {name}?</b>", name=name)
    confirm = Answer(words.label("✅ Confirm"), CONFIRM, "success" if is_blocked else "danger")
    return Screen(lines(title, BLANK, quoted(note)), ((confirm,), buttons.way_out(words, "user", str(page.id))))
