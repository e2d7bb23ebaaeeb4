"""The payments that fit nothing: their list, and each of them. Pure."""

from __future__ import annotations

from markupsafe import Markup

from lockbay.actors.screen import Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, pages
from lockbay.areas.admin.layout import copied, money, reason, state
from lockbay.areas.admin.records import Ending, UnappliedList, UnappliedPayment, WaitingPayment
from lockbay.areas.text import BLANK, cut, fact, isolated, lines, paragraphs, quoted


def waiting(words: Words, view: UnappliedList) -> Screen:
    """A page of the list; each has a button."""
    text = paragraphs(
        (
            words("💰 <b>Unapplied payments: {n}</b>", n=view.waiting),
            *(_line(words, each) for each in view.payments),
            None if view.payments else words("Nothing waits for a decision."),
        )
    )
    opened = tuple(Link(_label(words, each), "unapplied_payment", (str(each.id),)) for each in view.payments)
    more = pages.onward(words, "unapplied", next=view.next)
    return Screen(text, (*buttons.rows(opened, 2), more, buttons.way_out(words, "admin")))


def _line(words: Words, each: WaitingPayment) -> Markup:
    return words(
        "<b>#{id}: {amount}</b> · {person}\n{reason} · {time}",
        id=each.id,
        amount=money(words, each.amount, each.currency),
        person=isolated(cut(each.person or words.label("nobody we know"), 40)),
        reason=reason(words, each.reason),
        time=words.time(each.at),
    )


def _label(words: Words, each: WaitingPayment) -> str:
    return cut(f"#{each.id}: {money(words, each.amount, each.currency)}", 40)


def payment(words: Words, page: UnappliedPayment, done: Markup | None = None) -> Screen:
    """All that is known of one. `done` is what has just become of it."""
    title = words("💰 <b>Unapplied payment #{id}</b>", id=page.id)
    text = lines(
        *((done, BLANK) if done is not None else ()),
        title,
        BLANK,
        *_facts(words, page),
        BLANK,
        _ending(words, page.ending) if page.ending else _choice(words, page),
    )
    return Screen(text, (*_endings(words, page), buttons.way_out(words, "unapplied")))


def _facts(words: Words, page: UnappliedPayment) -> tuple[Markup | None, ...]:
    return (
        fact(words, words.label("Amount"), money(words, page.amount, page.currency)),
        fact(words, words.label("Why"), reason(words, page.reason)),
        fact(words, words.label("Came"), words.time(page.at)),
        fact(words, words.label("Over"), f"{cut(page.network, 20)}, {page.provider}"),
        _person(words, page),
        _trade(words, page),
        copied(words, words.label("Payment"), page.provider_id),
        copied(words, words.label("Transaction"), page.txid) if page.txid else None,
        copied(words, words.label("Address"), page.address) if page.address else None,
        copied(words, words.label("Reference"), page.reference) if page.reference else None,
    )


def _person(words: Words, page: UnappliedPayment) -> Markup:
    if page.person is None:
        return fact(words, words.label("Person"), words.label("nobody we know"))
    return words(
        "Person: <b>{name}</b> (<code>{id}</code>)", name=isolated(cut(page.person.name, 40)), id=page.person.id
    )


def _trade(words: Words, page: UnappliedPayment) -> Markup | None:
    trade = page.trade
    if trade is None:
        return None
    standing = state(words, "trade", trade.state)
    return fact(words, words.label("Trade"), f"{trade.slug}, {standing}")


def _choice(words: Words, page: UnappliedPayment) -> Markup:
    if page.correction_id is not None:
        return words("One of finance proposes to credit it to somebody: another one approves or declines that.")
    if page.bookable and page.reason == "unknown_reference":
        return words(
            "⚠️ Look it up at the provider before you credit it: what names none of our places to pay in may have been "
            "paid to somebody else."
        )
    if page.bookable and page.reason == "unverified":
        return words("⚠️ Look it up at the provider before you credit it: it never verified that this payment came.")
    if page.bookable:
        return words("It waits until somebody decides where it belongs.")
    return words("The books cannot hold this amount, so it can only be sent back.")


def _ending(words: Words, ending: Ending) -> Markup:
    values = {
        "by": isolated(cut(ending.by, 40)),
        "time": words.time(ending.at),
        "person": isolated(cut(ending.person or "?", 40)),
        "slug": ending.slug or "?",
    }
    match ending.how:
        case "credited":
            said = words("✅ Credited to <b>{person}</b> by {by}, {time}", **values)
        case "refunded":
            said = words("✅ Sent back by {by}, {time}", **values)
        case "attached":
            said = words("✅ Given to trade <b>{slug}</b> by {by}, {time}", **values)
    return lines(said, quoted(ending.note))


def _endings(words: Words, page: UnappliedPayment) -> tuple[Row, ...]:
    """The buttons of what can still be decided."""
    if page.ending is not None:
        return ()
    own = (str(page.id),)
    refund: Row = (Link(words.label("↩️ Refund"), "refund_unapplied", own),)
    if not page.bookable:
        return (refund,)
    name = isolated(cut(page.person.name, 30)) if page.person else words.label("a person")
    credit = Link(words.label("👛 Credit to {name}", name=name), "credit_unapplied", own, "success")
    attach = Link(words.label("🤝 Attach to a trade"), "attach_unapplied", own)
    waiting: Row = ()
    if page.correction_id is not None:
        label = words.label("✍️ Correction #{id}", id=page.correction_id)
        waiting = (Link(label, "correction", (str(page.correction_id),), "primary"),)
    return (waiting, (credit,), (attach, *refund))
