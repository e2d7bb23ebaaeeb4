"""What the further addresses and numbers of a person look like. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons, proof
from lockbay.areas.codes import CodeSent
from lockbay.areas.contacts.extras_records import Extra, Extras
from lockbay.areas.text import cut, lines, paragraphs
from lockbay.postgres.queries import Refused

MOST: Final = 5  # sql/contacts/extra_why_not.sql


def extras(words: Words, view: Extras) -> Screen:
    """All of them, and what they are for. Which address is added?"""
    is_full = len(view.extras) >= MOST
    text = paragraphs(
        (
            words("📇 <b>My other e-mails and numbers</b>"),
            _purpose(words),
            _own(words, view),
            lines(*(words("✅ {value}", value=each.value) for each in view.extras))
            or words("There are no others yet."),
            words("Delete one to add another.")
            if is_full
            else words("Type an address to add it. I send a code of 6 digits there."),
        )
    )
    rows = tuple(
        (Link(words.label("🗑 {value}", value=cut(each.value, 40)), "forget_extra", (str(each.id),)),)
        for each in view.extras
    )
    proof = () if view.email else ((buttons.email(words, "/extras"),),)
    add = Link(words.label("➕ E-mail"), "add_email", style="primary" if view.email and not view.extras else None)
    number = () if view.phone else ((Link(words.label("📱 Share my number"), "phone"),),)
    adding = () if is_full else ((add,),)
    return Screen(text, (*rows, *proof, *adding, *number, buttons.way_out(words, "contacts")))


def _purpose(words: Words) -> Markup:
    return words(
        "Trades that are offered to one of these find you, too. Codes to send money out never go to them. "
        "You can have 5."
    )


def _own(words: Words, view: Extras) -> Markup:
    """What the account has anyway."""
    email = words("Your e-mail: <b>{email}</b>", email=view.email) if view.email else words("Your e-mail: none yet")
    if view.phone is None:
        return lines(email, words("Your number: not shared"))
    number = words(
        "Your number: <b>{phone}</b>, as Telegram told it. It can tell no other, so there are no further numbers.",
        phone=view.phone,
    )
    return lines(email, number)


def which(words: Words) -> Screen:
    """Which address is added."""
    text = paragraphs(
        (words("➕ <b>Add an e-mail address</b>"), words("Type the address. I send a code of 6 digits there."))
    )
    return Screen(text, ((buttons.cancel(words),),))


def code(words: Words, sent: CodeSent, problem: Refused | None, now: datetime) -> Screen:
    """Which code came?"""
    what = words("It shows that you read the mail that goes there. No money moves.")
    screen = proof.question(words, sent, what, now)
    return screen if problem is None else screen.with_problem(sentence(words, problem, now))


def proven(words: Words, extra: Extra) -> Screen:
    """It is theirs."""
    text = paragraphs(
        (
            words("✅ <b>{value}</b> is yours.", value=extra.value),
            words("Trades that are offered to it find you. Codes to send money out never go there."),
        )
    )
    invitations = Link(words.label("📨 My invitations"), "invitations")
    return Screen(text, ((invitations,), buttons.way_out(words, "extras")))


def not_proven(words: Words, refused: Refused, now: datetime) -> Screen:
    """Why it was not added."""
    return Screen(words("⚠️ {why}", why=sentence(words, refused, now)), (buttons.way_out(words, "extras"),))


def given_up(words: Words) -> Screen:
    """Too many answers, and none that helped."""
    text = words("⚠️ That were many tries, and no address was added. Please begin again later.")
    return Screen(text, (buttons.way_out(words, "extras"),))


def forget(words: Words, extra: Extra) -> Screen:
    """Once more, before it is gone."""
    text = paragraphs(
        (
            words("<b>{value}</b>", value=extra.value),
            words(
                "Delete it? Trades that are offered to it do not find you any more; those that you joined stay yours."
            ),
        )
    )
    yes = Link(words.label("🗑 Delete"), "forgot_extra", (str(extra.id),), style="danger")
    return Screen(text, ((yes, buttons.back(words, "extras")),))


def forgotten(words: Words, gone: Extra) -> Screen:
    """It is not there any more."""
    return Screen(words("🗑 <b>{value}</b> is deleted.", value=gone.value), (buttons.way_out(words, "extras"),))


def missing(words: Words) -> Screen:
    """It was deleted meanwhile."""
    return Screen(words("That one is not there any more. Nothing was changed."), (buttons.way_out(words, "extras"),))


def sentence(words: Words, refused: Refused, now: datetime) -> Markup:
    """Why a code was not mailed or an address not added."""
    match refused.reason:
        case "email_taken":
            return words("That address belongs to another account. Nothing was added.")
        case "kept_already":
            return words("That address is yours already. Nothing was changed.")
        case "extras_full":
            return words("You have 5, and there can be no more. Delete one first.")
        case "bad_email":
            return words("No mail can be sent to that address. Please look for a typing mistake, and type it again.")
        case _:
            return proof.sentence(words, refused, now)
