"""How the answers about ratings and people are understood. Each raises Invalid with a sentence."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from attrs import frozen

from lockbay.actors.parse import Parse, Pressed, Reply, Said, entered
from lockbay.actors.words import Words
from lockbay.errors import Invalid, Outdated

STARS: Final = (5, 4, 3, 2, 1)
LONGEST: Final = 500  # characters of a comment
SKIP: Final = "skip"
CONFIRM: Final = "confirm"

Change: TypeAlias = Literal["stars", "comment"]
CHANGES: Final[tuple[Change, ...]] = ("stars", "comment")

_SLUG: Final = re.compile(r"[0-9a-f]{12}")
_USERNAME: Final = re.compile(r"@?([a-z][a-z0-9_]{2,31})", re.ASCII | re.IGNORECASE)
_LINK: Final = re.compile(
    r"(?:https?://)?t\.me/([a-z0-9_]{3,32})/?(?:\?start=p_([0-9a-f]{12}))?", re.ASCII | re.IGNORECASE
)
_PAGE: Final = re.compile(r"(?:https?://)?[^\s/]+/u/([0-9a-f]{12})/?", re.ASCII)


@frozen
class Sought:
    """Whom somebody looks for: one of the two is there."""

    slug: str = ""
    username: str = ""


def stars(words: Words) -> Parse[int]:
    """One to five: pressed, or the digit typed."""

    def parse(reply: Reply) -> int:
        said = entered(reply)
        if said in {str(n) for n in STARS}:
            return int(said)
        raise Invalid(words("Please press one of the buttons: 1 to 5 stars."))

    return parse


def comment(words: Words) -> Parse[str]:
    """A typed text, or none."""

    def parse(reply: Reply) -> str:
        if reply == Pressed(SKIP):
            return ""
        if not isinstance(reply, Said):
            raise Invalid(words("Please type some words, or press Skip."))
        if reply.text.startswith("/"):
            raise Invalid(words("That looks like a command, and LockBay has none of that name."))
        if len(reply.text) > LONGEST:
            raise Invalid(words("That text has {n} characters. It may have {most}.", n=len(reply.text), most=LONGEST))
        return reply.text

    return parse


def review(words: Words) -> Parse[Change | None]:
    """What is to be changed; None: nothing, it is confirmed."""

    def parse(reply: Reply) -> Change | None:
        for change in CHANGES:
            if reply == Pressed(change):
                return change
        if reply == Pressed(CONFIRM) or (isinstance(reply, Said) and reply.text.casefold() == CONFIRM):
            return None
        raise Invalid(words("Please press one of the buttons below."))

    return parse


def sought(words: Words) -> Parse[Sought]:
    """A @username, a link of t.me, or the address or code of a public page. Never an e-mail address nor a number:
    nobody is found by what is private.
    """

    def parse(reply: Reply) -> Sought:
        typed = reply.text if isinstance(reply, Said) else ""
        found = _sought(typed)
        if found is None:
            raise Invalid(
                words(
                    "I could not read that. Type a <code>@username</code>, or a link to a profile. "
                    "Nobody is found by e-mail or phone."
                )
            )
        return found

    return parse


def _sought(typed: str) -> Sought | None:
    if _SLUG.fullmatch(typed):
        return Sought(slug=typed)
    if page := _PAGE.fullmatch(typed):
        return Sought(slug=page[1])
    if link := _LINK.fullmatch(typed):
        return Sought(slug=link[2]) if link[2] else Sought(username=link[1])
    if name := _USERNAME.fullmatch(typed):
        return Sought(username=name[1])
    return None


def slug(argument: str) -> str:
    """The slug of a profile out of a button. Raises Outdated for what no button of ours holds."""
    if _SLUG.fullmatch(argument):
        return argument
    raise Outdated
