"""Onboarding: from the first /start to the accepted terms."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import field, frozen

from lockbay.areas.codes import CodeSent
from lockbay.postgres.queries import Operation, View


@frozen
class PendingInvitation:
    """A trade that waits for this person, found by username, verified e-mail or proven phone number."""

    trade_id: int
    token: str
    buyer: str
    currency: str
    amount: Decimal
    description: str


@frozen
class Onboarding(View):
    """How far a person has come. `code` is the one they were sent and can still type. `referrer` is the first name of
    who brought them by a link; `newcomer_gets` then is their fee credit, in USDT, when they accept the terms.
    """

    file: ClassVar[str] = "onboarding/view"

    first_name: str
    email: str | None
    email_verified_at: datetime | None
    email_skipped_at: datetime | None
    phone: str | None
    code: CodeSent | None
    invitations: tuple[PendingInvitation, ...]
    referrer: str | None = None
    newcomer_gets: Decimal = Decimal(0)


@frozen
class Awaited(View):
    """Whether the trade of an invitation's token waits for this person, as far as they have shown who they are."""

    file: ClassVar[str] = "onboarding/awaited"
    keys: ClassVar[tuple[str, ...]] = ("token",)

    waits: bool


@frozen
class VerifiedEmail:
    """An address that the person has proven to read."""

    email: str
    verified_at: datetime


@frozen
class VerifyCode(Operation[VerifiedEmail]):
    """Refused: `code_needed` (it is empty), `wrong` (details: tries_left), `expired` (also: never sent), `too_many`
    (details: retry_at), `email_taken`. A wrong try stays counted.
    """

    file: ClassVar[str] = "onboarding/verify_code"
    user_id: int
    code: str = field(repr=False)


@frozen
class ProvenPhone:
    """A number that Telegram says is the person's, in E.164."""

    phone: str
    verified_at: datetime


@frozen
class ProvePhone(Operation[ProvenPhone]):
    """Whoever had proven the number before has it no more. Refused: `bad_phone`."""

    file: ClassVar[str] = "onboarding/prove_phone"
    user_id: int
    phone: str


@frozen
class SkippedEmail:
    """The person goes on without e-mail."""

    skipped_at: datetime


@frozen
class SkipEmail(Operation[SkippedEmail]):
    """Remembers the wish; doing it again changes nothing."""

    file: ClassVar[str] = "onboarding/skip_email"
    user_id: int


@frozen
class Onboarded:
    """The terms are accepted. `trade_id` is the trade that the person's invitation led to; `reason` why it could not be
    joined.
    """

    terms_at: datetime
    trade_id: int | None
    reason: str | None


@frozen
class AcceptTerms(Operation[Onboarded]):
    """Lets the person in and joins the trade that they were invited to. An invitation that does not work keeps nobody
    out.
    """

    file: ClassVar[str] = "onboarding/accept_terms"
    user_id: int
    token: str | None = None


@frozen
class Brought:
    """Somebody's link has brought the person. `referrer` is a first name."""

    referrer: str


@frozen
class ComeByLink(Operation[Brought]):
    """Remembers by whose link a newcomer came: the first one counts, for ever. Refused: `unknown_link`, `own_link`,
    `came_before` (by somebody else's link), `not_new` (has accepted the terms), `gone` (who sent it is blocked or has
    left).
    """

    file: ClassVar[str] = "referrals/come"
    user_id: int
    code: str
