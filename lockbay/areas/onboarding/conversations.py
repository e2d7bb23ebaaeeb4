"""Onboarding: greeting, e-mail or skip, code, terms; and what people prove later: e-mail address, phone number.

Newcomers who wanted to go somewhere come out there: their wish, an invitation's token or a place (lockbay.actors.plan),
goes with them from the first screen to the button that accepts the terms.

The database knows how far a person has come, so /start goes on from there. Within the conversation nothing is decided
by what was read at its beginning but the first screen: its own operations change that, and a replay reads it again.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from lockbay.actors.conversation import Chat, Flow
from lockbay.actors.screen import Answer as Pressable
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import languages
from lockbay.areas.codes import CodeSent, SendCode
from lockbay.areas.onboarding import screens
from lockbay.areas.onboarding.answers import (
    Address,
    Answer,
    Asked,
    Change,
    Code,
    Resend,
    Skip,
    answer,
    shared_phone,
)
from lockbay.areas.onboarding.records import (
    AcceptTerms,
    Awaited,
    ComeByLink,
    Onboarding,
    ProvenPhone,
    ProvePhone,
    SkipEmail,
    SkippedEmail,
    VerifiedEmail,
    VerifyCode,
)
from lockbay.areas.onboarding.refusals import not_brought, refusal, too_soon_for_another
from lockbay.areas.onboarding.wish import brought_by, place_of, token_of, wished
from lockbay.areas.speech import Speak
from lockbay.postgres.queries import Refused

MOST_ANSWERS: Final = 60  # two entries each, well below what a journal holds


@frozen
class Point:
    """Where a newcomer stands: what they see, and the code that was mailed last."""

    screen: Screen
    sent: CodeSent | None = None

    @property
    def asked(self) -> Asked:
        """By the buttons that it has."""
        buttons = [button for row in self.screen.rows for button in row]
        if any(isinstance(button, Link) and button.flow == "accept_terms" for button in buttons):
            return "terms"
        return "code" if any(isinstance(each, Pressable) and each.value == "change" for each in buttons) else "email"


def start(onward: Flow) -> Flow:
    """/start, plain, with an invitation's token or as a gate with a place: lets newcomers in, and takes the others to
    where they want to go.
    """

    async def flow(chat: Chat, payload: str = "") -> None:
        if chat.person.onboarded:
            await onward(chat, place_of(wished(payload)))
        else:
            await _onboard(chat, wished(payload))

    return flow


def start_in(begin: Flow) -> Flow:
    """The same in another language, for whoever is not in yet: the settings are behind the terms. `begin` is /start."""

    async def flow(chat: Chat, code: str, payload: str = "") -> None:
        if code in languages() and not chat.person.onboarded:
            await chat.do("speak", Speak(chat.user_id, language=code))
            chat.turn(evolve(chat.person, language=code), chat.now)
        await begin(chat, payload)

    return flow


async def _onboard(chat: Chat, wish: str) -> None:
    """Until they accept the terms, which is a flow of its own. Whose link brought them is remembered at once."""
    problem = None
    if code := brought_by(wish):
        wish = ""
        brought = await chat.do("brought", ComeByLink(chat.user_id, code))
        problem = not_brought(chat.words, brought) if isinstance(brought, Refused) else None
    person = await chat.read(Onboarding)
    waits = await _waits(chat, token) if (token := token_of(wish)) else None
    if waits is False:
        problem = screens.leads_nowhere(chat.words)
    screen = screens.begin(chat.words, person, wish, chat.now, is_invited=bool(waits))
    point = Point(screen.with_problem(problem), person.code)
    for _ in range(MOST_ANSWERS):
        given = await chat.ask("answer", point.screen, parse=answer(chat.words, point.asked))
        point = await _next(chat, given, wish, point.sent)
    await chat.show(screens.not_in(chat.words, wish))


async def _waits(chat: Chat, token: str) -> bool:
    found = await chat.find(Awaited, token)
    return found is not None and found.waits


async def _next(chat: Chat, given: Answer, wish: str, sent: CodeSent | None) -> Point:
    match given:
        case Address(email):
            return await _send(chat, email, sent)
        case Resend() if sent is not None:
            return await _send(chat, sent.email, sent)
        case Code(digits):
            verified = await _verify(chat, digits, sent)
            if isinstance(verified, VerifiedEmail):
                return Point(screens.terms(chat.words, wish, verified.email))
            return verified
        case Skip():
            return await _skip(chat, wish, sent)
        case Change() | Resend():
            return Point(screens.email(chat.words, None), sent)


async def _send(chat: Chat, email: str, sent: CodeSent | None) -> Point:
    outcome = await chat.do("send_code", SendCode(chat.user_id, "email", email))
    if isinstance(outcome, CodeSent):
        return Point(screens.code(chat.words, outcome, chat.now), outcome)
    if sent is None or outcome.reason != "too_soon":
        return Point(_with_refusal(chat, screens.email(chat.words, None), outcome), sent)
    why = refusal if email == sent.email else too_soon_for_another
    return Point(screens.code(chat.words, sent, chat.now).with_problem(why(chat.words, outcome, chat.now)), sent)


async def _verify(chat: Chat, digits: str, sent: CodeSent | None) -> VerifiedEmail | Point:
    outcome = await chat.do("verify", VerifyCode(chat.user_id, digits))
    if isinstance(outcome, VerifiedEmail):
        return outcome
    left = int(outcome.details.get("tries_left", "0"))
    if sent is not None and left:
        sent = evolve(sent, tries_left=left)
        return Point(_with_refusal(chat, screens.code(chat.words, sent, chat.now), outcome), sent)
    resendable = sent if outcome.reason == "expired" else None
    return Point(_with_refusal(chat, screens.email(chat.words, resendable), outcome), sent)


async def _skip(chat: Chat, wish: str, sent: CodeSent | None) -> Point:
    outcome = await chat.do("skip", SkipEmail(chat.user_id))
    if isinstance(outcome, SkippedEmail):
        return Point(screens.terms(chat.words, wish, None), sent)
    return Point(_with_refusal(chat, screens.email(chat.words, sent), outcome), sent)


def _with_refusal(chat: Chat, screen: Screen, refused: Refused) -> Screen:
    return screen.with_problem(refusal(chat.words, refused, chat.now))


def accept_terms(menu: Flow, onward: Flow) -> Flow:
    """Lets a person in, to where they wanted to go; an invitation that does not work keeps nobody out."""

    async def flow(chat: Chat, payload: str = "") -> None:
        wish = wished(payload)
        token = token_of(wish)
        entered = await chat.do("accept", AcceptTerms(chat.user_id, token or None))
        if isinstance(entered, Refused):
            return await chat.show(screens.not_in(chat.words, wish))
        if wish and not token:
            return await onward(chat, wish)
        waiting = (await chat.read(Onboarding)).invitations
        if entered.trade_id is not None:
            await chat.show(screens.joined(chat.words, entered.trade_id, waiting))
        elif entered.reason is not None or waiting:
            await chat.show(screens.welcome(chat.words, entered, token, waiting))
        else:
            await menu(chat)

    return flow


async def invitations(chat: Chat) -> None:
    """The trades that wait for this person to join."""
    person = await chat.read(Onboarding)
    await chat.show(screens.invitations(chat.words, person))


def phone(invitation: Flow, onward: Flow) -> Flow:
    """The person proves their phone number, and goes on to the invitation or the place (lockbay.actors.plan) that asked
    for it, or to all invitations that wait.
    """

    async def flow(chat: Chat, token: str = "") -> None:
        number = await chat.ask("share", screens.share_phone(chat.words), parse=shared_phone(chat.words))
        if number is None:
            await chat.show(screens.phone_not_shared(chat.words))
        else:
            proven = await chat.do("prove", ProvePhone(chat.user_id, number))
            is_proven = isinstance(proven, ProvenPhone)
            await chat.show(screens.phone_shared(chat.words, number if is_proven else None))
        await _came_for(chat, invitation, onward, token)

    return flow


def email(invitation: Flow, onward: Flow) -> Flow:
    """The person proves an e-mail address, now or months after the onboarding, and goes on as from `phone`. It may have
    been `typed` already.
    """

    async def flow(chat: Chat, token: str = "", typed: str = "") -> None:
        person = await chat.read(Onboarding)
        point = Point(screens.address(chat.words, person, chat.now), person.code)
        if typed:
            point = await _send(chat, typed, person.code)
        for _ in range(MOST_ANSWERS):
            given = await chat.ask("answer", point.screen, parse=answer(chat.words, point.asked))
            match given:
                case Skip():
                    return await _came_for(chat, invitation, onward, token)
                case Code(digits):
                    verified = await _verify(chat, digits, point.sent)
                    if isinstance(verified, VerifiedEmail):
                        await chat.show(screens.email_proven(chat.words, verified.email))
                        return await _came_for(chat, invitation, onward, token)
                    point = verified
                case _:
                    point = await _next(chat, given, "", point.sent)
        await _came_for(chat, invitation, onward, token)

    return flow


async def _came_for(chat: Chat, invitation: Flow, onward: Flow, token: str) -> None:
    """To the invitation or the place that asked for a proof, else to the invitations that wait."""
    if token.startswith("/"):
        await onward(chat, token)
    elif token:
        await invitation(chat, token)
    else:
        await invitations(chat)


async def blocked(chat: Chat) -> None:
    """What a blocked person sees wherever they may not go."""
    await chat.show(screens.blocked(chat.words))
