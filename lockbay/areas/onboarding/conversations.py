"""Onboarding: greeting, e-mail or skip, code, terms.

The database knows how far a person has come, so /start goes on from there. Within the conversation nothing is decided
by what was read at its beginning but the first screen: its own operations change that, and a replay reads it again.
"""

from __future__ import annotations

import re
from typing import Final

from attrs import evolve, frozen

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.person import Person
from lockbay.actors.screen import Screen
from lockbay.areas.onboarding import screens
from lockbay.areas.onboarding.answers import Address, Answer, Change, Code, Resend, Skip, answer
from lockbay.areas.onboarding.records import (
    AcceptTerms,
    Onboarding,
    SendCode,
    SentCode,
    SkipEmail,
    SkippedEmail,
    VerifiedEmail,
    VerifyCode,
)
from lockbay.areas.onboarding.refusals import refusal
from lockbay.postgres.queries import Refused

MOST_ANSWERS: Final = 60  # two entries each, well below what a journal holds
OPEN: Final = frozenset({"start", "help", "accept_terms"})  # to who is not onboarded

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")  # with it a button still fits its 64 bytes


@frozen
class Point:
    """Where a newcomer stands: what they see, and the code that was mailed last."""

    screen: Screen
    sent: SentCode | None = None


def gate(person: Person, flow: str) -> str | None:
    """The flow that a person must go through before this one; None: they may."""
    if person.blocked:
        return "blocked"
    return None if person.onboarded or flow in OPEN else "start"


def start(menu: Flow, invitation: Flow) -> Flow:
    """/start, plain or with an invitation's token: lets newcomers in, and takes the others to where they want to go."""

    async def flow(chat: Chat, payload: str = "") -> None:
        token = payload if _TOKEN.fullmatch(payload) else ""
        if not chat.person.onboarded:
            await _onboard(chat, token)
        elif token:
            await invitation(chat, token)
        else:
            await menu(chat)

    return flow


async def _onboard(chat: Chat, token: str) -> None:
    """Until they accept the terms, which is a flow of its own."""
    person = await chat.read(Onboarding)
    assert person is not None, "who writes to us has a row"
    point = Point(screens.begin(chat.words, person, token, chat.now), person.code)
    for _ in range(MOST_ANSWERS):
        given = await chat.ask("answer", point.screen, parse=answer(chat.words))
        point = await _next(chat, given, token, point.sent)
    await chat.show(screens.not_in(chat.words, token))


async def _next(chat: Chat, given: Answer, token: str, sent: SentCode | None) -> Point:
    match given:
        case Address(email):
            return await _send(chat, email, sent)
        case Resend() if sent is not None:
            return await _send(chat, sent.email, sent)
        case Code(digits):
            return await _verify(chat, digits, token, sent)
        case Skip():
            return await _skip(chat, token, sent)
        case Change() | Resend():
            return Point(screens.email(chat.words, None), sent)


async def _send(chat: Chat, email: str, sent: SentCode | None) -> Point:
    outcome = await chat.do("send_code", SendCode(chat.user_id, email))
    if isinstance(outcome, SentCode):
        return Point(screens.code(chat.words, outcome, chat.now), outcome)
    waits = sent is not None and outcome.reason == "too_soon"
    screen = screens.code(chat.words, sent, chat.now) if sent and waits else screens.email(chat.words, None)
    return Point(_with_refusal(chat, screen, outcome), sent)


async def _verify(chat: Chat, digits: str, token: str, sent: SentCode | None) -> Point:
    outcome = await chat.do("verify", VerifyCode(chat.user_id, digits))
    if isinstance(outcome, VerifiedEmail):
        return Point(screens.terms(chat.words, token, outcome.email))
    left = int(outcome.details.get("tries_left", "0"))
    if sent is not None and left:
        sent = evolve(sent, tries_left=left)
        return Point(_with_refusal(chat, screens.code(chat.words, sent, chat.now), outcome), sent)
    resendable = sent if outcome.reason == "expired" else None
    return Point(_with_refusal(chat, screens.email(chat.words, resendable), outcome), sent)


async def _skip(chat: Chat, token: str, sent: SentCode | None) -> Point:
    outcome = await chat.do("skip", SkipEmail(chat.user_id))
    if isinstance(outcome, SkippedEmail):
        return Point(screens.terms(chat.words, token, None), sent)
    return Point(_with_refusal(chat, screens.email(chat.words, sent), outcome), sent)


def _with_refusal(chat: Chat, screen: Screen, refused: Refused) -> Screen:
    return screen.with_problem(refusal(chat.words, refused, chat.now))


def accept_terms(menu: Flow) -> Flow:
    """Lets a person in; an invitation that does not work keeps nobody out."""

    async def flow(chat: Chat, token: str = "") -> None:
        entered = await chat.do("accept", AcceptTerms(chat.user_id, token or None))
        if isinstance(entered, Refused):
            return await chat.show(screens.not_in(chat.words, token))
        person = await chat.read(Onboarding)
        waiting = person.invitations if person is not None else ()
        if entered.trade_id is not None:
            await chat.show(screens.joined(chat.words, entered.trade_id, waiting))
        elif entered.reason is not None or waiting:
            await chat.show(screens.welcome(chat.words, entered, waiting))
        else:
            await menu(chat)

    return flow


async def invitations(chat: Chat) -> None:
    """The trades that wait for this person to join."""
    person = await chat.read(Onboarding)
    assert person is not None, "who writes to us has a row"
    await chat.show(screens.invitations(chat.words, person.invitations))


async def blocked(chat: Chat) -> None:
    """All that a blocked person sees."""
    await chat.show(screens.blocked(chat.words))
