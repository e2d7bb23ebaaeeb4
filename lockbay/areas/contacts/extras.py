"""What people are found by beside their own e-mail and number: listing, adding with a mailed code, deleting."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from lockbay.actors.conversation import Chat
from lockbay.actors.parse import identifier
from lockbay.actors.screen import Screen
from lockbay.areas import handles
from lockbay.areas.codes import CodeSent, SendCode
from lockbay.areas.contacts import extras_screens as screens
from lockbay.areas.contacts.extras_records import Extra, Extras, ForgetExtra, ProveEmail
from lockbay.areas.proof import RESEND, digits_or_resend
from lockbay.postgres.queries import Refused

MOST_ANSWERS: Final = 30  # to each question, two entries each: well below what a journal holds
FINAL: Final = frozenset({"email_taken", "kept_already", "extras_full"})  # no other code changes it


async def extras(chat: Chat) -> None:
    """All of them, and what they are for. An address that is typed there is added."""
    await _add(chat, screens.extras(chat.words, await _extras(chat)))


async def add_email(chat: Chat) -> None:
    """Which one, and the code that was mailed to it."""
    await _add(chat, screens.which(chat.words))


async def _add(chat: Chat, asked: Screen) -> None:
    sent = await _mailed(chat, asked)
    await chat.show(screens.given_up(chat.words) if sent is None else await _proven(chat, sent))


async def _mailed(chat: Chat, asked: Screen) -> CodeSent | None:
    screen = asked
    for _ in range(MOST_ANSWERS):
        email = await chat.ask("email", screen, parse=handles.typed_email(chat.words))
        sent = await chat.do("send_code", SendCode(chat.user_id, "contact", email))
        if isinstance(sent, CodeSent):
            return sent
        screen = asked.with_problem(screens.sentence(chat.words, sent, chat.now))
    return None


async def _proven(chat: Chat, sent: CodeSent) -> Screen:
    problem: Refused | None = None
    for _ in range(MOST_ANSWERS):
        shown = screens.code(chat.words, sent, problem, chat.now)
        digits = await chat.ask("code", shown, parse=digits_or_resend(chat.words))
        outcome = await _tried(chat, sent.email, digits)
        if isinstance(outcome, Extra):
            return screens.proven(chat.words, outcome)
        if isinstance(outcome, CodeSent):
            sent, problem = outcome, None
        elif outcome.reason in FINAL:
            return screens.not_proven(chat.words, outcome, chat.now)
        else:
            sent, problem = _after(sent, outcome), outcome
    return screens.given_up(chat.words)


async def _tried(chat: Chat, email: str, digits: str) -> Extra | CodeSent | Refused:
    if digits == RESEND:
        return await chat.do("send_code", SendCode(chat.user_id, "contact", email))
    return await chat.do("prove", ProveEmail(chat.user_id, email, digits))


def _after(sent: CodeSent, refused: Refused) -> CodeSent:
    return evolve(sent, tries_left=int(refused.details.get("tries_left", sent.tries_left)))


async def forget_extra(chat: Chat, extra_id: str) -> None:
    """The question before it. The yes is a flow of its own: a replay would not find what it has deleted."""
    found = (await _extras(chat)).find(identifier(extra_id))
    await chat.show(screens.missing(chat.words) if found is None else screens.forget(chat.words, found))


async def forgot_extra(chat: Chat, extra_id: str) -> None:
    """Deletes it."""
    gone = await chat.do("forget", ForgetExtra(chat.user_id, identifier(extra_id)))
    await chat.show(screens.missing(chat.words) if isinstance(gone, Refused) else screens.forgotten(chat.words, gone))


async def _extras(chat: Chat) -> Extras:
    view = await chat.read(Extras)
    return view
