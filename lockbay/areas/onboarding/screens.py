"""What a newcomer sees: a greeting, the code, the terms, the way in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from lockbay.actors.screen import Answer, AskContact, Link, NoKeyboard, Row, Screen
from lockbay.actors.words import Words, languages
from lockbay.areas import buttons
from lockbay.areas.codes import CodeSent
from lockbay.areas.onboarding.records import Onboarded, Onboarding, PendingInvitation
from lockbay.areas.speech import called
from lockbay.areas.text import cut, isolated, lines, paragraphs
from lockbay.money import USDT

LISTED: Final = 10  # invitations on a screen, the newest first


def begin(words: Words, person: Onboarding, wish: str, now: datetime, *, is_invited: bool) -> Screen:
    """As far as they have come: the greeting, the code that was mailed, or the terms."""
    if person.email_verified_at is not None or person.email_skipped_at is not None:
        return terms(words, wish, person.email)
    if person.code is not None and person.code.tries_left > 0:
        return code(words, person.code, now)
    return greeting(words, person, wish, is_invited=is_invited or bool(person.invitations))


def greeting(words: Words, person: Onboarding, wish: str = "", *, is_invited: bool) -> Screen:
    """What LockBay is, in a sentence, and the first question; or all of it in another language."""
    invited = words("💌 A trade waits for you. You will see it in a minute.") if is_invited else None
    text = paragraphs(
        (
            words("🔒 <b>Welcome to LockBay, {name}</b>", name=person.first_name),
            words(
                "Trade with people you do not know: the buyer pays first, LockBay holds the money, and the seller gets "
                "it when the buyer has what was agreed."
            ),
            invited,
            _gift(words, person),
            words(
                "<b>What is your e-mail?</b>\n"
                "It lets us reach you when Telegram cannot, and guards what you cash out. Type it, or skip."
            ),
        )
    )
    return Screen(text, ((Answer(words.label("Skip"), "skip"),), *_languages(words, wish)))


def leads_nowhere(words: Words) -> Markup:
    """Of a link that never was, that somebody else has taken or that is for somebody else: the same sentence, so that
    nobody learns which.
    """
    return words(
        "The link that brought you here is not valid, or not any more. Ask who sent it for a new one; "
        "you can go on without it."
    )


def _languages(words: Words, wish: str) -> tuple[Row, ...]:
    """The others. Telegram's own need not be the one that somebody reads best."""
    others = [code for code in languages() if code.partition("-")[0] != words.spoken.language]
    links = tuple(Link(called(code), "start_in", (code, wish) if wish else (code,)) for code in others)
    return buttons.rows(links, 3)


def _gift(words: Words, person: Onboarding) -> Markup | None:
    """What the link that brought them is worth."""
    if person.referrer is None:
        return None
    if not person.newcomer_gets:
        return words("🎁 {name} has invited you.", name=isolated(cut(person.referrer, 64)))
    return words(
        "🎁 {name} has invited you: {amount} of fee credit is yours when you accept the terms.",
        name=isolated(cut(person.referrer, 64)),
        amount=words.amount(person.newcomer_gets, USDT),
    )


def email(words: Words, sent: CodeSent | None) -> Screen:
    """The address again."""
    text = paragraphs(
        (words("✉️ <b>Your e-mail</b>"), words("Type your address, and I mail you a code. Or go on without."))
    )
    resend: Row = ()
    if sent is not None:
        resend = (Answer(words.label("New code to {email}", email=cut(sent.email, 40)), "resend"),)
    return Screen(text, (resend, (Answer(words.label("Skip"), "skip"),)))


def code(words: Words, sent: CodeSent, now: datetime) -> Screen:
    """The code that is in the mail."""
    text = paragraphs(
        (
            words("✉️ <b>Check your mail</b>"),
            words("I sent a code of 6 digits to\n<b>{email}</b>", email=sent.email),
            lines(
                words(
                    "Valid: until {time} ({left})",
                    time=words.time(sent.expires_at),
                    left=words.until(sent.expires_at, now),
                ),
                words("Tries left: {n}", n=sent.tries_left),
            ),
            words("Type the code here. Nothing came? Look into the spam folder, or ask again after a minute."),
        )
    )
    rows: tuple[Row, ...] = (
        (Answer(words.label("Send again"), "resend"), Answer(words.label("Change e-mail"), "change")),
        (Answer(words.label("Skip"), "skip"),),
    )
    return Screen(text, rows)


def terms(words: Words, wish: str, email: str | None) -> Screen:
    """What they agree to. Accept is a link: it works as long as the screen is there, and only once."""
    text = paragraphs(
        (
            words("✅ <b>{email}</b> is yours.", email=email) if email else None,
            words("🤝 <b>The terms, in short</b>"),
            lines(
                words("• The buyer pays first; LockBay holds the money."),
                words("• Released by the buyer, at any time after the acceptance: the seller is paid, for good."),
                words("• Delivered, and the buyer stays silent: the seller is paid after a while, named in the trade."),
                words("• Declined or not delivered: the buyer gets everything back."),
                words("• The fee is shown before you confirm, and never changes after."),
                words("• Nothing illegal. You trade under your own name."),
            ),
        )
    )
    return Screen(text, ((Link(words.label("Accept"), "accept_terms", (wish,) if wish else (), style="success"),),))


def joined(words: Words, trade_id: int, invitations: Sequence[PendingInvitation]) -> Screen:
    """They are in, and the seller of the trade that they were invited to."""
    text = paragraphs(
        (words("🎉 <b>You are in</b>"), words("The trade that you were invited to is yours now: you are its seller."))
    )
    first = (Link(words.label("Open the trade"), "trade", (str(trade_id),), style="primary"),)
    return Screen(text, (first, *_to_join(words, invitations), (buttons.menu(words),)))


def welcome(words: Words, entered: Onboarded, token: str, invitations: Sequence[PendingInvitation]) -> Screen:
    """They are in; why the invitation did not work, what they can do about it, and which others wait."""
    text = paragraphs(
        (
            words("🎉 <b>You are in</b>"),
            _why_not_joined(words, entered.reason) if entered.reason else None,
            _listed(words, invitations),
        )
    )
    look = Link(words.label("Look at the invitation"), "invitation", (token,), style="primary")
    first = (look,) if entered.reason == "not_for_you" else ()
    return Screen(text, (first, *_to_join(words, invitations), (buttons.menu(words),)))


def invitations(words: Words, person: Onboarding) -> Screen:
    """The trades that wait for this person to join, and what they can prove to find more."""
    waiting = person.invitations
    proofs: Row = (
        *((buttons.phone(words),) if person.phone is None else ()),
        *((buttons.email(words),) if person.email_verified_at is None else ()),
    )
    text = paragraphs(
        (
            words("💌 <b>Invitations</b>"),
            _listed(words, waiting) or words("No trade waits for you to join."),
            words("Somebody has named your phone number or e-mail? Show that it is yours.") if proofs else None,
        )
    )
    return Screen(text, (*_to_join(words, waiting), proofs, (buttons.menu(words),)))


def share_phone(words: Words) -> Screen:
    """Their phone number. Telegram tells it, when they press the button."""
    text = paragraphs(
        (
            words("📱 <b>Your phone number</b>"),
            words("Press the button at the bottom of the chat, and Telegram tells me the number of your account."),
            words("It finds trades that are offered to this number. The other side never sees it here."),
        )
    )
    return Screen(text, keyboard=AskContact(words.label("📱 Share my number"), (words.label("Cancel"),)))


def phone_shared(words: Words, number: str | None) -> Screen:
    """What became of it; None: nothing."""
    if number is None:
        return Screen(words("⚠️ That number could not be read, and nothing was changed."), keyboard=NoKeyboard())
    return Screen(words("✅ <b>{phone}</b> is yours.", phone=number), keyboard=NoKeyboard())


def phone_not_shared(words: Words) -> Screen:
    """They would rather not."""
    return Screen(words("Your number was not shared."), keyboard=NoKeyboard())


def address(words: Words, person: Onboarding, now: datetime) -> Screen:
    """The e-mail of somebody who is in already, as far as they have come."""
    if person.code is not None and person.code.tries_left > 0:
        return code(words, person.code, now)
    return email(words, None)


def email_proven(words: Words, email: str) -> Screen:
    """It is theirs."""
    return Screen(words("✅ <b>{email}</b> is yours.", email=email))


def not_in(words: Words, wish: str) -> Screen:
    """The terms could not be accepted."""
    text = words("⚠️ That did not work, and nothing was changed. Please try once more.")
    return Screen(text, ((Link(words.label("Try again"), "start", (wish,) if wish else (), style="primary"),),))


def blocked(words: Words) -> Screen:
    """What a blocked person sees wherever they may not go."""
    text = paragraphs(
        (
            words("⛔ <b>Your account is blocked</b>"),
            words("You can begin nothing and move no money out for now. What you have is kept, and your trades go on."),
            words("If you think that this is a mistake, please write to the people who run this service."),
        )
    )
    return Screen(text, ((buttons.my_trades(words), buttons.support(words)),))


def _listed(words: Words, waiting: Sequence[PendingInvitation]) -> Markup | None:
    if not waiting:
        return None
    each = (
        words(
            "<blockquote><b>{amount}</b> from {buyer}\n{description}</blockquote>",
            amount=words.amount(invitation.amount, invitation.currency),
            buyer=isolated(cut(invitation.buyer, 64)),
            description=isolated(cut(invitation.description, 100)),
        )
        for invitation in waiting[:LISTED]
    )
    return lines(words("Somebody wants to buy from you:"), *each)


def _to_join(words: Words, waiting: Sequence[PendingInvitation]) -> tuple[Row, ...]:
    return tuple((_join(words, invitation),) for invitation in waiting[:LISTED])


def _join(words: Words, invitation: PendingInvitation) -> Link:
    amount = words.amount(invitation.amount, invitation.currency)
    label = words.label("{amount} from {buyer}", amount=amount, buyer=isolated(cut(invitation.buyer, 30)))
    return Link(label, "invitation", (invitation.token,), style="primary")


def _why_not_joined(words: Words, reason: str) -> Markup:
    reasons = {
        "unknown_invitation": words("The invitation that brought you here does not exist. Please ask for a new link."),
        "own_trade": words("The invitation that brought you here is of your own trade."),
        "taken": words("Somebody else has taken the trade that you were invited to."),
        "ended": words("The trade that you were invited to is over."),
        "not_for_you": words(
            "The trade is for a username, e-mail or phone number that you have not shown to be yours. "
            "Show it, or ask the buyer for a new link."
        ),
        "blocked": words(
            "You could not join the trade that you were invited to: your account is blocked. No money moved. "
            "If you think that this is a mistake, please write to support."
        ),
        "closed": words(
            "You could not join the trade that you were invited to: your account is closed. No money moved. "
            "/start opens it again; then open the link once more."
        ),
    }
    return reasons.get(
        reason, words("The trade that you were invited to could not be joined. Please open the link again.")
    )
