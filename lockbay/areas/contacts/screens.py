"""What contacts look like. Pure."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, Link, Row, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.contacts.records import Contacts
from lockbay.areas.destinations import Saved, saved_label
from lockbay.areas.networks import BANK, NETWORKS, carried
from lockbay.areas.text import cut, lines, paragraphs
from lockbay.postgres.queries import Refused

A_PAGE: Final = 8


def contacts(words: Words, view: Contacts, page: int) -> Screen:
    """All of them, page by page."""
    last = max(len(view.saved) - 1, 0) // A_PAGE
    page = min(page, last)
    text = paragraphs(
        (
            words("📒 <b>Contacts</b>"),
            words("Where your money goes to. Press one to send there, to rename or to delete it.")
            if view.saved
            else words("You have kept no address and no bank account yet. Add one, and next time it is one press."),
        )
    )
    shown = view.saved[page * A_PAGE : (page + 1) * A_PAGE]
    rows = tuple((Link(saved_label(each), "contact", (str(each.id),)),) for each in shown)
    add = Link(words.label("➕ Add"), "add_contact", style=None if view.saved else "primary")
    reached = Link(words.label("📇 My other e-mails and numbers"), "extras")
    return Screen(text, (*rows, _turning(words, page, last), (add,), (reached,), buttons.way_out(words, "wallet")))


def _turning(words: Words, page: int, last: int) -> Row:
    row: Row = ()
    if page > 0:
        row += (Link(words.label("⬅️ {n}", n=page), "contacts", (str(page - 1),)),)
    if page < last:
        row += (Link(words.label("{n} ➡️", n=page + 2), "contacts", (str(page + 1),)),)
    return row


def contact(words: Words, each: Saved) -> Screen:
    """One, and what can be done with it."""
    at = str(each.id)
    return Screen(
        described(words, each),
        (
            (Link(words.label("💸 Cash out to it"), "cash_out_to", (at,), style="primary"),),
            (
                Link(words.label("✏️ Rename"), "rename_contact", (at,)),
                Link(words.label("🗑 Delete"), "remove_contact", (at,)),
            ),
            buttons.way_out(words, "contacts"),
        ),
    )


def described(words: Words, each: Saved) -> Markup:
    """Its name, and all of where it leads."""
    if each.network == BANK.code:
        return lines(
            words("⭐ <b>{label}</b>", label=each.label),
            "",
            words("Bank: <b>{bank}</b>", bank=cut(each.bank_name, 80)),
            words("Account: <code>{number}</code>", number=each.address),
            words("Name: <b>{name}</b>", name=cut(each.account_name, 100)),
        )
    return lines(
        words("⭐ <b>{label}</b>", label=each.label),
        "",
        words("Network: <b>{network}</b>", network=NETWORKS[each.network].name),
        words("Address: <code>{address}</code>", address=each.address),
    )


def which(words: Words) -> Screen:
    """What kind of destination is added."""
    text = paragraphs((words("➕ <b>Add a contact</b>"), words("What should go there?")))
    kinds = tuple(Answer(_kind(words, code), code) for code in NETWORKS)
    return Screen(text, (*buttons.rows(kinds, 2), buttons.step_back(words)))


def _kind(words: Words, network: str) -> str:
    if network == BANK.code:
        return words.label("Bank account")
    return f"{carried(network).code} · {NETWORKS[network].name}"


def name(words: Words, each: Saved) -> Screen:
    """Another name for it."""
    text = paragraphs((described(words, each), words("Type the new name, of 40 characters at most.")))
    return Screen(text, (buttons.step_back(words),))


def remove(words: Words, each: Saved) -> Screen:
    """Once more, before it is gone."""
    text = paragraphs(
        (
            described(words, each),
            words("Delete this contact? Cash-outs that went there stay in your history, and no money moves."),
        )
    )
    yes = Link(words.label("🗑 Delete"), "removed_contact", (str(each.id),), style="danger")
    return Screen(text, ((yes, buttons.back(words, "contact", str(each.id))),))


def removed(words: Words, gone: Saved) -> Screen:
    """It is not there any more."""
    return Screen(words("🗑 <b>{label}</b> is deleted.", label=gone.label), (buttons.way_out(words, "contacts"),))


def missing(words: Words) -> Screen:
    """It was deleted meanwhile."""
    return Screen(words("That contact is not there any more. No money moved."), (buttons.way_out(words, "contacts"),))


def not_added(words: Words, refused: Refused) -> Screen:
    """Why it was not kept."""
    text = words("⚠️ {why}", why=_why(words, refused))
    there = refused.details.get("id")
    look: Row = (Link(words.label("Look at it"), "contact", (there,), style="primary"),) if there else ()
    return Screen(text, (look, buttons.way_out(words, "contacts")))


def _why(words: Words, refused: Refused) -> Markup:
    match refused.reason:
        case "kept_already":
            label = refused.details.get("label", "")
            return words("You have kept that one already, as <b>{label}</b>. Nothing was changed.", label=label)
        case "own_address":
            return words("That is an address where LockBay is paid, not yours to be paid at. Nothing was kept.")
        case "too_many":
            return words(
                "You have {limit} contacts, and there can be no more. Delete one first.",
                limit=refused.details.get("limit", ""),
            )
        case "unknown_contact":
            return words("That contact is not there any more. Nothing was changed.")
        case _:
            return words("That could not be kept, and nothing was changed. Please try again later.")
