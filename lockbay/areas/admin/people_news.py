"""What people hear of what the staff did to them, and the staff of what needs two of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from attrs import frozen

from lockbay.actors.notice import Notice
from lockbay.actors.screen import Link, Screen
from lockbay.actors.words import Words
from lockbay.areas import buttons
from lockbay.areas.admin.acts import role
from lockbay.areas.text import BLANK, cut, isolated, lines, quoted


@frozen
class Reason:
    """Why somebody was blocked, or let in again."""

    why: str


@frozen
class Role:
    """What somebody is now of those who run LockBay; None: nothing."""

    role: str | None


@frozen
class TeamChanged:
    """Whose role an owner has changed; `role` None: they have none any more."""

    by: str
    person: str
    person_id: int
    role: str | None
    why: str


@frozen
class Proposed:
    """A correction that waits for a second of the staff: of the wallet of `person`, (with payment
    `unapplied_id`), or of what was told of cash-out `slug`.
    """

    correction_id: int
    currency: str
    amount: Decimal
    person: str | None
    slug: str | None
    why: str
    by: str
    until: datetime
    unapplied_id: int | None = None


@frozen
class Corrected:
    """Two of the staff have corrected somebody's wallet."""

    currency: str
    amount: Decimal
    why: str
    slug: str | None = None


def blocked(words: Words, news: Reason) -> Screen:
    """To whom it happened."""
    text = lines(
        words("⛔ <b>Your account is blocked</b>"),
        BLANK,
        quoted(news.why),
        words(
            "You can begin nothing new and move no money out. Your trades go on, and what you have stays yours. If you "
            "think that this is a mistake, write to support."
        ),
    )
    return Screen(text, ((buttons.support(words),),))


def unblocked(words: Words, news: Reason) -> Screen:
    """To whom it happened."""
    text = lines(words("✅ <b>Your account is open again</b>"), BLANK, quoted(news.why))
    return Screen(text, ((buttons.menu(words),),))


def role_changed(words: Words, news: Role) -> Screen:
    """To whom it happened."""
    if news.role is None:
        return Screen(words("🛠 <b>You do not run LockBay any more</b>"), ((buttons.menu(words),),))
    text = words("🛠 <b>You run LockBay now: {role}</b>", role=role(words, news.role))
    return Screen(text, ((Link(words.label("🛠 Admin"), "admin", style="primary"), buttons.menu(words)),))


def team_changed(words: Words, news: TeamChanged) -> Screen:
    """To all others who decide about money."""
    by, name = isolated(cut(news.by, 40)), isolated(cut(news.person, 40))
    if news.role is None:
        what = words("{by} has taken the role of {name} (<code>{id}</code>).", by=by, name=name, id=news.person_id)
    else:
        what = words("{by} has made {name} (<code>{id}</code>) {role}.", by=by, name=name, id=news.person_id,
                     role=role(words, news.role))  # fmt: skip
    from_when = None
    if news.role in ("finance", "owner"):
        from_when = words(
            "In 24 hours they count as the second person who approves money that is moved by hand. If you did not "
            "expect this, speak with another owner before that."
        )
    title = words("🧑‍💼 <b>Who runs LockBay has changed</b>")
    text = lines(title, BLANK, what, quoted(news.why), from_when)
    return Screen(text, ((Link(words.label("🛠 Admin"), "admin", style="primary"), buttons.menu(words)),))


def proposed(words: Words, news: Proposed) -> Screen:
    """To the others of finance."""
    text = lines(
        words(
            "✍️ <b>A correction waits for a second of you: {amount}</b>",
            amount=words.signed(news.amount, news.currency),
        ),
        BLANK,
        words("Wallet of {name}", name=isolated(cut(news.person, 40))) if news.person else None,
        words("Unapplied payment #{id}", id=news.unapplied_id) if news.unapplied_id is not None else None,
        words("What was told of {slug}", slug=news.slug) if news.slug else None,
        words("Proposed by {name}, good until {time}", name=isolated(cut(news.by, 40)), time=words.time(news.until)),
        quoted(news.why),
    )
    look = Link(words.label("Look at it"), "correction", (str(news.correction_id),), "primary")
    return Screen(text, ((look,), (buttons.menu(words),)))


def corrected(words: Words, news: Corrected) -> Screen:
    """To whose wallet it is."""
    if news.amount > 0:
        title = words(
            "✅ <b>Correction: {amount} was added to your wallet</b>", amount=words.amount(news.amount, news.currency)
        )
    else:
        title = words(
            "ℹ️ <b>Correction: {amount} was taken from your wallet</b>", amount=words.amount(-news.amount, news.currency)
        )
    text = lines(title, BLANK, quoted(news.why), words("If this looks wrong to you, write to support."))
    return Screen(text, ((buttons.wallet(words), buttons.support(words)), (buttons.menu(words),)))


NOTICES: Final[Mapping[str, Notice]] = {
    "blocked": Notice(Reason, blocked),
    "unblocked": Notice(Reason, unblocked),
    "role_changed": Notice(Role, role_changed),
    "team_changed": Notice(TeamChanged, team_changed),
    "correction_proposed": Notice(Proposed, proposed),
    "corrected": Notice(Corrected, corrected),
}
