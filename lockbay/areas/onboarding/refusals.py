"""Why a code was not sent or not taken, or a link brings nothing: what happened, what did not, and what to do next."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from lockbay.actors.words import Words
from lockbay.postgres.queries import Refused


def refusal(words: Words, refused: Refused, now: datetime) -> Markup:
    """A sentence for every reason of SendCode and VerifyCode, and one for those that do not exist yet."""
    match refused.reason:
        case "too_soon":
            return words("A code was just sent. You can ask for another {when}.", when=_when(words, refused, now))
        case "too_many":
            return words(
                "There were too many codes or tries. You can go on {when}, or skip the e-mail now.",
                when=_when(words, refused, now),
            )
        case "wrong" if refused.details.get("tries_left") == "0":
            return words(
                "That is not the code, and it was the last try. You can go on {when}, or skip the e-mail now.",
                when=_when(words, refused, now),
            )
        case "wrong":
            return words.count(
                "That is not the code. You have {n} try left.",
                "That is not the code. You have {n} tries left.",
                int(refused.details["tries_left"]),
            )
        case "expired":
            return words("That code is not valid any more. Ask for a new one, or type your address again.")
        case "email_taken":
            return words("That address belongs to another account. No code was sent. Please type another one.")
        case "bad_email":
            return words("No mail can be sent to that address. Please look for a typing mistake, and type it again.")
        case _:
            return words("That did not work, and nothing was changed. Please try once more, or skip the e-mail.")


def too_soon_for_another(words: Words, refused: Refused, now: datetime) -> Markup:
    """They have typed another address, right after a code was mailed to the one before."""
    return words(
        "A code was just sent to another address, and none to the one that you typed now. "
        "You can change the e-mail {when}.",
        when=_when(words, refused, now),
    )


def not_brought(words: Words, refused: Refused) -> Markup:
    """A sentence for every reason of ComeByLink. None of them keeps anybody out."""
    match refused.reason:
        case "own_link":
            return words("That is your own link. It is for others, and brings you no fee credit.")
        case "came_before":
            return words("You came by somebody else’s link before, and that one counts.")
        case "not_new":
            return words("You are with LockBay already. Such a link is for people who are new here.")
        case "gone":
            return words("Who sent you that link is not with LockBay any more, so it brings no fee credit.")
        case _:
            return words("Nobody has that link. Please ask for a new one, or go on without.")


def _when(words: Words, refused: Refused, now: datetime) -> str:
    try:
        return words.until(datetime.fromisoformat(refused.details["retry_at"]), now)
    except (KeyError, ValueError, TypeError):
        return words.label("later")
