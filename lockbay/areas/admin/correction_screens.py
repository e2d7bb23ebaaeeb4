"""Corrections as the staff sees them, and the questions before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin import refusals
from lockbay.areas.admin.correction_records import CorrectionCase, CorrectionLine, Corrections, PayoutEvent
from lockbay.areas.admin.layout import copied, state
from lockbay.areas.admin.people_records import Dossier
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted
from lockbay.money import CURRENCIES, plain
from lockbay.postgres.queries import Refused

AGREED: Final = re.compile(r"book (-?\d{1,15}(?:\.\d{1,18})?)", re.ASCII)
STATES: Final[Mapping[str, Callable[[Words], str]]] = {
    "proposed": lambda words: words.label("waits for a second of the staff"),
    "approved": lambda words: words.label("approved"),
    "declined": lambda words: words.label("declined"),
    "expired": lambda words: words.label("expired"),
}


def listed(words: Words, view: Corrections, which: str) -> Screen:
    """A page of them; each has a button."""
    title = words("✍️ <b>Corrections that wait</b>") if which == "open" else words("✍️ <b>Earlier corrections</b>")
    text = paragraphs(
        (
            title,
            *(_line(words, each) for each in view.corrections),
            None if view.corrections else words("There are none."),
            words("A wallet is corrected from the page of its person, a payout from the strange payouts."),
        )
    )
    opened = tuple(
        Link(f"#{each.id} {cut(each.about, 30)}", "correction", (str(each.id),)) for each in view.corrections
    )
    rows = (*buttons.rows(opened, 2), pages.onward(words, "corrections", which, next=view.next))
    if which == "open":
        earlier: Row = (Link(words.label("Earlier ones"), "corrections", ("ended",)),)
        return Screen(text, (*rows, earlier, buttons.way_out(words, "admin")))
    return Screen(text, (*rows, buttons.way_out(words, "corrections")))


def _line(words: Words, each: CorrectionLine) -> Markup:
    return words(
        "<b>#{id}: {amount}</b> · {about} · {time}\n{state}",
        id=each.id,
        amount=words.signed(each.amount, each.currency),
        about=isolated(cut(each.about, 40)),
        time=words.time(each.at),
        state=STATES[each.state](words),
    )


def case(words: Words, page: CorrectionCase) -> Screen:
    """All that is known of one."""
    text = lines(
        words("✍️ <b>Correction #{id}: {amount}</b>", id=page.id, amount=words.signed(page.amount, page.currency)),
        BLANK,
        *_about(words, page),
        fact(words, words.label("Worth"), words.usd(page.usd_worth)) if page.usd_worth is not None else None,
        fact(words, words.label("Proposed by"), isolated(cut(page.proposed_by, 40))),
        fact(words, words.label("When"), words.time(page.proposed_at)),
        quoted(page.why),
        _standing(words, page),
    )
    return Screen(text, (*_decisions(words, page), buttons.way_out(words, "corrections")))


def _about(words: Words, page: CorrectionCase) -> tuple[Markup | None, ...]:
    if page.person is not None:
        wallet = words(
            "Wallet of <b>{name}</b> (<code>{id}</code>)", name=isolated(cut(page.person, 40)), id=page.person_id
        )
        return (wallet, _payment(words, page) if page.unapplied_id is not None else None)
    told = words("{provider} told of {slug}: {told}", provider=cut(page.provider or "?", 20), slug=page.slug,
                 told=state(words, "cash-out", page.told or "?"))  # fmt: skip
    return (told, copied(words, words.label("Transaction"), page.txid) if page.txid else None)


def _payment(words: Words, page: CorrectionCase) -> Markup:
    payer = isolated(cut(page.payer, 40)) if page.payer else words.label("nobody we know")
    return words("Unapplied payment #{id} of {name}", id=page.unapplied_id, name=payer)


def _standing(words: Words, page: CorrectionCase) -> Markup:
    if page.state == "proposed" and page.is_own:
        return words(
            "🪞 It is about your own money: somebody else of finance decides, by {time}.",
            time=words.time(page.expires_at),
        )
    if page.state == "proposed" and page.mine:
        return words("Somebody else of finance has to approve it by {time}.", time=words.time(page.expires_at))
    if page.state == "proposed":
        return words("It is posted as soon as you approve it. Until {time}.", time=words.time(page.expires_at))
    if page.decided_at is None:
        return words("Nobody approved it within 24 hours: it has expired.")
    values = {"name": isolated(cut(page.decided_by or "?", 40)), "time": words.time(page.decided_at)}
    if page.state == "approved":
        return words("✅ Approved by {name}, {time}", **values)
    return words("✖️ Declined by {name}, {time}", **values)


def _decisions(words: Words, page: CorrectionCase) -> tuple[Row, ...]:
    look: Row = ()
    if page.unapplied_id is not None:
        look = (Link(words.label("💰 Look at the payment"), "unapplied_payment", (str(page.unapplied_id),)),)
    return (_choice(words, page), look)


def _choice(words: Words, page: CorrectionCase) -> Row:
    if page.state != "proposed" or page.is_own:
        return ()
    own = str(page.id)
    decline = Link(words.label("✖️ Decline"), "decide_correction", (own, "decline"), "danger")
    if page.mine:
        return (decline,)
    return (Link(words.label("✅ Approve"), "decide_correction", (own, "approve"), "success"), decline)


def which_way(words: Words, page: Dossier) -> Screen:
    """Credit or debit?"""
    ask = words("Somebody else of finance has to approve it within 24 hours. The person is told, with the reason.")
    answers = (
        Answer(words.label("➕ Credit"), "credit", "success"),
        Answer(words.label("➖ Debit"), "debit", "danger"),
    )
    return _question(words, page, ask, (answers,))


def which_currency(words: Words, page: Dossier) -> Screen:
    """Of which?"""
    held = {each.currency: each for each in page.balances}
    have = [words.amount(held[code].available, code) for code in CURRENCIES if code in held]
    ask = lines(
        words("Which currency?"), words("They have {amounts}.", amounts=", ".join(have) or words.label("nothing"))
    )
    return _question(words, page, ask, buttons.rows(tuple(Answer(code, code) for code in CURRENCIES), 4))


def how_much(words: Words, page: Dossier, unit: str, gives: bool) -> Screen:
    """How much?"""
    ask = words("How much {unit} do they get?", unit=unit) if gives else words("How much {unit} is taken?", unit=unit)
    return _question(words, page, ask)


def why(words: Words, page: Dossier, amount: Decimal, unit: str) -> Screen:
    """Why? They read it."""
    ask = lines(
        words("<b>{amount}</b>", amount=words.signed(amount, unit)),
        words("Why? The person reads it, and so does who approves."),
    )
    return _question(words, page, ask)


def sure(words: Words, page: Dossier, amount: Decimal, unit: str, note: str) -> Screen:
    """Person and amount, before it is proposed."""
    ask = lines(words("<b>{amount}</b>", amount=words.signed(amount, unit)), quoted(note))
    confirm = Answer(words.label("✅ Propose it"), f"{plain(amount)} {unit}", "success")
    return _question(words, page, ask, ((confirm,),))


def _question(words: Words, page: Dossier, ask: Markup, rows: tuple[Row, ...] = ()) -> Screen:
    title = words(
        "✍️ <b>Correct the wallet of {name}</b> (<code>{id}</code>)", name=isolated(cut(page.name, 40)), id=page.id
    )
    return Screen(lines(title, BLANK, ask), (*rows, buttons.way_out(words, "user", str(page.id))))


def _event(words: Words, page: PayoutEvent) -> Markup:
    unit = page.currency
    moved = words("it says that <b>{amount}</b> left once more", amount=words.amount(page.amount, unit))
    if page.amount < 0:
        moved = words("it says that <b>{amount}</b> came back", amount=words.amount(-page.amount, unit))
    told = words(
        "{provider} told of {slug}, which is {state}: {moved}.",
        provider=cut(page.provider, 20),
        slug=page.slug,
        state=state(words, "cash-out", page.state),
        moved=moved,
    )
    return lines(told, copied(words, words.label("Transaction"), page.txid) if page.txid else None)


def not_bookable(words: Words, page: PayoutEvent) -> Screen:
    """There is nothing to book."""
    why_not = refusals.sentence(words, Refused(page.problem or ""))
    text = lines(words("⚖️ <b>{slug}</b>", slug=page.slug), BLANK, _event(words, page), why_not)
    return Screen(text, (buttons.way_out(words, "payout_alarms"),))


def why_book(words: Words, page: PayoutEvent) -> Screen:
    """Is it true?"""
    ask = lines(
        _event(words, page),
        BLANK,
        words(
            "Look it up at the provider first. Booked, it goes between the payouts and the corrections, and explains "
            "the difference to the audit; nobody’s wallet changes. Why? It is kept."
        ),
    )
    return _booking(words, page, ask)


def sure_book(words: Words, page: PayoutEvent, note: str) -> Screen:
    """Before it is proposed."""
    confirm = Answer(words.label("✅ Propose it"), f"book {plain(page.amount)}", "success")
    return _booking(words, page, lines(_event(words, page), quoted(note)), (confirm,))


def _booking(words: Words, page: PayoutEvent, ask: Markup, row: Row = ()) -> Screen:
    title = words("⚖️ <b>Book what was told of {slug}</b>", slug=page.slug)
    return Screen(lines(title, BLANK, ask), (row, buttons.way_out(words, "payout_alarms")))


def why_not(words: Words, page: CorrectionCase) -> Screen:
    """Why is it declined?"""
    title = words("✖️ <b>Decline correction #{id}</b>", id=page.id)
    text = lines(title, BLANK, *_about(words, page), quoted(page.why), words("Why not? It is kept."))
    return Screen(text, (buttons.way_out(words, "correction", str(page.id)),))


def sure_to_decide(words: Words, page: CorrectionCase, decision: str, note: str) -> Screen:
    """Whose, how much, before it is done."""
    if decision == "approve":
        title = words("✅ <b>Approve correction #{id}?</b>", id=page.id)
        confirm = Answer(words.label("✅ Confirm"), f"book {plain(page.amount)}", "success")
    else:
        title = words("✖️ <b>Decline correction #{id}?</b>", id=page.id)
        confirm = Answer(words.label("✖️ Decline"), f"book {plain(page.amount)}", "danger")
    text = lines(
        title,
        BLANK,
        words("<b>{amount}</b>", amount=words.signed(page.amount, page.currency)),
        *_about(words, page),
        quoted(page.why),
        quoted(note) if note else None,
        words("It is posted at once.") if decision == "approve" else None,
    )
    return Screen(text, ((confirm,), buttons.way_out(words, "correction", str(page.id))))
