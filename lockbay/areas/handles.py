"""What people are found by, in the one form in which it is compared: whoever types it, the same is the same."""

from __future__ import annotations

import re
from typing import Final

from lockbay.actors.parse import Parse, Reply, Said
from lockbay.actors.words import Words
from lockbay.errors import Invalid

LONGEST_EMAIL: Final = 254  # RFC 5321, as erratum 1690 of RFC 3696 works out

_PHONE: Final = re.compile(r"(?:\+|00)[0-9 ()./-]{6,30}", re.ASCII)
_ANONYMOUS: Final = re.compile(r"\+888\d{8,11}", re.ASCII)  # Telegram sells these itself; no telephone has one
_E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def email(text: str) -> str | None:
    """An address whose domain is in lower case and Unicode, however it was typed; None: it cannot be one.

    Looks only at the form: no DNS, no network. The case of the mailbox is kept, and left out where it is compared.
    """
    if "@" not in text or len(text) > LONGEST_EMAIL:
        return None
    from email_validator import EmailNotValidError, validate_email  # when the service serves: see service.LATER

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def typed_email(words: Words) -> Parse[str]:
    """An address that is typed where one is asked for."""

    def parse(reply: Reply) -> str:
        address = email(reply.text) if isinstance(reply, Said) else None
        if address is None:
            raise Invalid(
                words("No mail can be sent to that. Please type an e-mail address, like <code>ana@example.com</code>.")
            )
        return address

    return parse


def phone(text: str) -> str | None:
    """A typed number in E.164; None: it cannot be one. It needs its country code, as nobody knows where the typist is.

    Only the length is looked at: numbering plans change faster than this is installed, and nobody can join by a number
    that is not theirs.
    """
    if not _PHONE.fullmatch(text):
        return None
    return _e164(re.sub(r"^00", "+", text))


def told_phone(text: str) -> str | None:
    """A number as Telegram tells it, with or without a + before its digits; in E.164 like the typed ones. Telegram
    knows it to be one, so a plan that we do not know is no reason to refuse it.
    """
    number = "+" + re.sub(r"\D", "", text, flags=re.ASCII)
    return _e164(number) or (number if _E164.fullmatch(number) else None)


def _e164(text: str) -> str | None:
    digits = "+" + re.sub(r"\D", "", text, flags=re.ASCII)
    if _ANONYMOUS.fullmatch(digits):
        return digits
    import phonenumbers  # likewise
    from phonenumbers import NumberParseException, PhoneNumberFormat

    try:
        number = phonenumbers.parse(text, None)
    except NumberParseException:
        return None
    is_possible = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if is_possible else None
