"""Whoever sends money out proves by a mailed code that it is they: the questions of it, for every flow that needs one.

An operation says itself whether it wants a code: it is tried without, and again with what is typed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from attrs import evolve, frozen
from markupsafe import Markup

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import Parse, Pressed, Reply, Said
from lockbay.actors.screen import Answer, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.codes import CodeSent, Outgoing, SendCode
from lockbay.areas.text import lines, paragraphs
from lockbay.errors import Invalid
from lockbay.postgres.queries import Refused

REASONS: Final = frozenset({"code_needed", "wrong", "expired", "too_many", "too_soon", "no_email"})
RESEND: Final = "resend"
BACK: Final = "back"
RENEWED: Final = Refused("renewed")  # what was typed was refused, and the next code is mailed already
USELESS: Final = frozenset({"used", "other"})  # what the last code may be when it is too soon for the next
_CODE: Final = re.compile(r"\d{6}", re.ASCII)
Say: TypeAlias = Callable[[Words, Mapping[str, str], datetime], Markup]


@frozen
class Mailed:
    """A code that was mailed, and what for. `sent` None: in an earlier conversation."""

    sent: CodeSent | None
    outgoing: Outgoing


@frozen
class Typed:
    """What was typed, None: they went back; and the mail that it was typed from."""

    digits: str | None
    mailed: Mailed | None


async def ask_code(
    chat: Chat, outgoing: Outgoing, what: Markup, refused: Refused, before: Typed | None
) -> Typed | Refused:
    """A code, after an operation was refused for want of the right one. `what` says what it is for; `before` is what
    was typed last: who went back and comes again is asked for the code that they were mailed for the same. Refused:
    there can be no code.
    """
    begun = await _begin(chat, outgoing, refused, before.mailed if before else None)
    if isinstance(begun, Refused):
        return begun
    mailed, problem = begun
    while True:
        screen = _asked(chat, mailed.sent if mailed else None, what, problem)
        answer = await chat.ask("code", screen, parse=_digits_or_button(chat.words))
        if answer != RESEND:
            return Typed(None if answer == BACK else answer, mailed)
        again = await _mail(chat, outgoing)
        mailed, problem = (again, None) if isinstance(again, Mailed) else (mailed, again)


async def _begin(
    chat: Chat, outgoing: Outgoing, refused: Refused, mailed: Mailed | None
) -> tuple[Mailed | None, Refused | None] | Refused:
    """The mail that holds the code, and what was wrong before. A new one is sent where the last is of no use."""
    if refused.reason == "wrong" and refused.details.get("tries_left") != "0":
        return _after(mailed, refused), refused
    if refused.reason not in {"code_needed", "expired"}:
        return refused
    if refused.reason == "code_needed" and mailed is not None and mailed.outgoing == outgoing:
        return mailed, None
    fresh = await _mail(chat, outgoing)
    if isinstance(fresh, Mailed):
        return fresh, RENEWED if refused.reason == "expired" else None
    if fresh.reason != "too_soon":
        return fresh
    return (mailed, fresh) if _left_useless(fresh) else (mailed or Mailed(None, outgoing), None)


async def _mail(chat: Chat, outgoing: Outgoing) -> Mailed | Refused:
    sent = await chat.do("send_code", SendCode(chat.user_id, "cashout", outgoing=outgoing))
    return sent if isinstance(sent, Refused) else Mailed(sent, outgoing)


def _left_useless(refused: Refused) -> bool:
    """Whether it is too soon for the next code, and the last one is of no use for this."""
    return refused.details.get("last") in USELESS


def _asked(chat: Chat, sent: CodeSent | None, what: Markup, problem: Refused | None) -> Screen:
    if problem is None:
        is_over = sent is not None and sent.expires_at <= chat.now
        return question(chat.words, sent, what, chat.now, is_useless=is_over)
    screen = question(chat.words, sent, what, chat.now, is_useless=_left_useless(problem))
    return screen.with_problem(sentence(chat.words, problem, chat.now))


def question(words: Words, sent: CodeSent | None, what: Markup, now: datetime, *, is_useless: bool = False) -> Screen:
    """Which code came? `is_useless`: the last one is not good for this, or not any more; the next is asked for here."""
    if is_useless:
        mailed = words("The next code goes to your e-mail address when you press Send again.")
    elif sent is None:
        mailed = words("I sent a code of 6 digits to your e-mail address a moment ago. It is good for this, too.")
    else:
        mailed = lines(
            words("I sent a code of 6 digits to <b>{email}</b>.", email=sent.email),
            words(
                "It is good until {time} ({left}).",
                time=words.time(sent.expires_at),
                left=words.until(sent.expires_at, now),
            ),
        )
    title = words("✉️ <b>A new code is needed</b>") if is_useless else words("✉️ <b>Check your mail</b>")
    text = paragraphs((title, mailed, what, None if is_useless else words("Type the code.")))
    back = Answer(words.label("⬅️ Back"), BACK)
    return Screen(text, ((Answer(words.label("Send again"), RESEND),), (back, buttons.cancel(words))))


def sentence(words: Words, refused: Refused, now: datetime) -> Markup:
    """What to say of a code that was not mailed or not taken."""
    too_soon = TOO_SOON.get(refused.details.get("last", "")) if refused.reason == "too_soon" else None
    try:
        return (too_soon or SENTENCES[refused.reason])(words, refused.details, now)
    except (KeyError, ValueError):
        return words("That did not work, and no money moved. Please try again later.")


def _after(mailed: Mailed | None, refused: Refused) -> Mailed | None:
    if mailed is None or mailed.sent is None:
        return mailed
    return evolve(mailed, sent=evolve(mailed.sent, tries_left=int(refused.details["tries_left"])))


def _digits_or_button(words: Words) -> Parse[str]:
    """Six digits, RESEND or BACK."""
    parse = digits_or_resend(words)
    return lambda reply: BACK if reply == Pressed(BACK) else parse(reply)


def digits_or_resend(words: Words) -> Parse[str]:
    """Six digits, or RESEND."""

    def parse(reply: Reply) -> str:
        match reply:
            case Pressed(value) if value == RESEND:
                return RESEND
            case Said(text) if _CODE.fullmatch(digits := re.sub(r"[\s-]", "", text)):
                return digits
            case _:
                raise Invalid(words("Please type the 6 digits of the code that was mailed to you."))

    return parse


def _plain(message: str) -> Say:
    return lambda words, _, __: words(message)


def _later(message: str) -> Say:
    return lambda words, details, now: words(
        message, when=words.until(datetime.fromisoformat(details["retry_at"]), now)
    )


def _wrong(words: Words, details: Mapping[str, str], now: datetime) -> Markup:
    left = int(details["tries_left"])
    if left <= 0:
        return _LAST_TRY(words, details, now)
    return words.count(
        "That is not the code, and no money moved. You have {n} try left.",
        "That is not the code, and no money moved. You have {n} tries left.",
        left,
    )


_LAST_TRY: Final = _later("That is not the code, and it was the last try. No money moved; you can go on {when}.")
TOO_SOON: Final[Mapping[str, Say]] = {
    "used": _later("The last code is used up. No money moved; you can ask for the next one {when}."),
    "other": _later("The last code is for something else. No money moved; you can ask for the one for this {when}."),
}
SENTENCES: Final[Mapping[str, Say]] = {
    "code_needed": _plain("This needs a code that is mailed to you. No money moved."),
    "wrong": _wrong,
    "renewed": _plain("That code is not valid any more, and no money moved. A new one was just mailed to you."),
    "expired": _plain("That code is not valid any more, and no money moved. Please ask for a new one."),
    "too_many": _later(
        "There were too many codes or tries, so none is taken for a while. No money moved; you can go on {when}."
    ),
    "too_soon": _later("A code was just sent. No money moved; you can ask for another one {when}."),
    "no_email": _plain("You have no verified e-mail address any more, so no code can be sent. No money moved."),
}
