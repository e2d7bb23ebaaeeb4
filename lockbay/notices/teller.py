"""Telling one person one notice, drawn in their words: by Telegram, else by e-mail.

Who is known to be out of Telegram's reach gets the e-mail at once, where there is a proven address. What somebody does
not want to hear of, and when, is in lockbay/areas/topics.py: the security of an account knows neither.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import structlog
from attrs import evolve, frozen

from lockbay.actors.notice import Notice
from lockbay.actors.person import Person, Reach
from lockbay.actors.screen import Screen
from lockbay.actors.words import Words, words_at
from lockbay.areas.topics import AFTER_CLOSING, OF_STAFF, RULES, UNKNOWN, Rule
from lockbay.errors import LockBayError
from lockbay.notices.courier import NoticeCourier
from lockbay.notices.letter import Envelope, letter
from lockbay.notices.mail import Mailer, MailRefused
from lockbay.notices.marks import Mark
from lockbay.notices.quiet import quiet_end
from lockbay.notices.records import DueNotice
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change
from lockbay.telegram.refusals import AnswerLost, Refusal, Unauthorized, Unreachable

log = structlog.get_logger()


class Undrawable(LockBayError):
    """A row that no notice fits: no such kind, other data, or a mistake in its drawing."""


UNREACHABLE: Final = "unreachable"


@frozen
class Later:
    """It waits: until the night of its recipient is over, or for a place among the mails."""

    due_at: datetime


@frozen
class Teller:
    """`notices` by kind. Without a mailer nobody gets e-mail. `chat_url` is where e-mails lead: https://t.me/<bot>."""

    database: Database
    courier: NoticeCourier
    notices: Mapping[str, Notice]
    mailer: Mailer | None
    chat_url: str

    async def tell(self, row: DueNotice) -> Mark | Later:
        """What became of it. Raises what made it impossible for now: the row stays as it is."""
        say = words_at(row.language, row.time_zone, self.database.clock.now())
        rule = RULES.get(row.kind, UNKNOWN)
        unwanted = _unwanted(row, rule)
        if unwanted is not None:
            return Mark(row.id, "nobody", unwanted)
        night = quiet_end(self.database.clock.now(), say.zone, row.quiet_from, row.quiet_until)
        if night is not None and rule.urgency == "low" and not row.has_waited:
            return Later(night)
        return await self._told(row, rule, say, silent=night is not None and rule.urgency != "security")

    async def _told(self, row: DueNotice, rule: Rule, say: Words, *, silent: bool) -> Mark | Later:
        try:
            screen = self._draw(row, say)
        except Undrawable as problem:
            log.error("notice_undrawable", id=row.id, kind=row.kind, error=str(problem))
            return Mark(row.id, "nobody", str(problem))
        if row.address is not None or row.user_id is None:
            return await self._mail(row, screen, say, None)
        screen = evolve(screen, silent=True) if silent else screen
        if rule.way == "both":
            shown = await self._deliver(row.user_id, row, rule, screen)
            return shown if isinstance(shown, Mark) else Mark(row.id, "nobody", f"{shown}; the e-mail is another row")
        has_mail = row.email is not None and self.mailer is not None
        if row.unreachable and has_mail:
            return await self._mail_first(row.user_id, row, rule, screen, say)
        shown = await self._deliver(row.user_id, row, rule, screen)
        if isinstance(shown, Mark):
            return shown
        if shown == UNREACHABLE and has_mail:  # a slow mail server must not keep those waiting who are told by Telegram
            return Later(self.database.clock.now())
        return await self._mail(row, screen, say, shown)

    async def _mail_first(self, user_id: int, row: DueNotice, rule: Rule, screen: Screen, say: Words) -> Mark:
        """Telegram last: a mailbox that will never take it may belong to somebody who is back."""
        mailed = await self._mail(row, screen, say, UNREACHABLE)
        if mailed.by != "nobody":
            return mailed
        shown = await self._deliver(user_id, row, rule, screen)
        return shown if isinstance(shown, Mark) else mailed

    def _draw(self, row: DueNotice, say: Words) -> Screen:
        """Whatever goes wrong here goes wrong each time. Only the place is told: a message may quote the data."""
        try:
            notice = self.notices[row.kind]
            record: object = rows.structurer(notice.record)(row.data)
            screen = notice.draw(say, record)
        except Exception as problem:
            last = traceback.extract_tb(problem.__traceback__)[-1]
            raise Undrawable(f"{type(problem).__name__} in {last.name}, line {last.lineno}") from None
        return screen if row.subject is None else evolve(screen, stays=True)  # what is edited later shows nothing else

    async def _deliver(self, user_id: int, row: DueNotice, rule: Rule, screen: Screen) -> Mark | str:
        """What became of it, or why Telegram never will."""
        try:
            if not rule.repeats:
                return await self._deliver_once(user_id, row, screen)
            message_id = await self.courier.deliver(user_id, screen, edits=row.edits)
        except Unreachable:
            if not row.unreachable:
                await self.database.run(Reach(user_id, blocked=True))
                self.database.on_changed([Change(user_id, Person.__name__)])  # who writes is looked at again
            return UNREACHABLE
        except Unauthorized:  # the operator's to mend: nothing is wrong with the notice
            raise
        except Refusal as refusal:
            log.error("notice_refused", id=row.id, kind=row.kind, error=refusal.description)
            return refusal.description
        return Mark(row.id, "telegram", message_id=message_id)

    async def _deliver_once(self, user_id: int, row: DueNotice, screen: Screen) -> Mark:
        try:
            return Mark(row.id, "telegram", message_id=await self.courier.deliver_bulk(user_id, screen))
        except AnswerLost as lost:
            log.warning("notice_may_be_shown", id=row.id, kind=row.kind, error=str(lost))
            return Mark(row.id, "unknown", str(lost))

    async def _mail(self, row: DueNotice, screen: Screen, say: Words, why: str | None) -> Mark:
        """The second way; `why` the first did not lead there."""
        to = row.address if row.address is not None else row.email
        if to is None:
            return Mark(row.id, "nobody", _reasons(why, "no verified e-mail"))
        if self.mailer is None:
            return Mark(row.id, "nobody", _reasons(why, "no e-mail configured"))
        envelope = Envelope(self.mailer.smtp.sender, to, row.id, row.created_at)
        try:
            await self.mailer.send(letter(screen, say, envelope, self.chat_url))
        except (MailRefused, ValueError) as problem:
            log.warning("mail_refused", id=row.id, kind=row.kind, error=type(problem).__name__)
            return Mark(row.id, "nobody", _reasons(why, f"{type(problem).__name__}: {problem}"))
        return Mark(row.id, "email", why)


def _unwanted(row: DueNotice, rule: Rule) -> str | None:
    """Why nobody is told; None: somebody is. What goes to an address was written for that address."""
    if row.address is not None:
        return None
    if row.closed and rule.topic not in AFTER_CLOSING:
        return "closed"
    if rule.topic in OF_STAFF and row.role not in OF_STAFF[rule.topic]:
        return "not of the staff"
    return "muted" if rule.can_be_muted and rule.topic in row.muted else None


def _reasons(first: str | None, second: str) -> str:
    return second if first is None else f"{first}; {second}"
