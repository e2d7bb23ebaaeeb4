"""The ledger in the console, down to its postings, and its proofs; no row for those who may not. See sql/console."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.audit import Report
from lockbay.postgres.queries import Operation, Statement, View


@frozen
class HouseAccount:
    id: int
    kind: str
    currency: str
    balance: Decimal


@frozen
class HouseAccounts(View):
    """The accounts of the house, by currency."""

    file: ClassVar[str] = "console/accounts"

    accounts: tuple[HouseAccount, ...]


@frozen
class ListedPosting:
    id: int
    transfer_id: int
    kind: str
    note: str
    at: datetime
    trade_id: int | None
    amount: Decimal
    balance_after: Decimal | None


@frozen
class AccountPage(View):
    """A page of 25 of an account's postings, the newest first."""

    file: ClassVar[str] = "console/account"
    keys: ClassVar[tuple[str, ...]] = ("account_id", "before")

    id: int
    kind: str
    currency: str
    owner_id: int | None
    owner: str | None
    balance: Decimal
    postings: tuple[ListedPosting, ...]
    next: int | None


@frozen
class Line:
    id: int
    account_id: int
    kind: str
    owner_id: int | None
    owner: str | None
    amount: Decimal
    currency: str
    balance_after: Decimal | None


@frozen
class Reason:
    """A row that a transfer was made for."""

    what: str
    id: int
    text: str
    cashout_id: int | None
    unapplied_id: int | None


@frozen
class TransferPage(View):
    """A transfer, its postings, the rows that are the reason for it."""

    file: ClassVar[str] = "console/transfer"
    keys: ClassVar[tuple[str, ...]] = ("transfer_id",)

    id: int
    kind: str
    request_key: str
    note: str
    at: datetime
    trade_id: int | None
    slug: str | None
    postings: tuple[Line, ...]
    reasons: tuple[Reason, ...]


@frozen
class AuditRun:
    """`differences` None: it has not ended, or `problem` says why it found nothing."""

    id: int
    by: str
    began_at: datetime
    ended_at: datetime | None
    problem: str | None
    differences: int | None


@frozen
class Audits(View):
    """The last runs, and what the last one found that came to its end."""

    file: ClassVar[str] = "console/audits"

    runs: tuple[AuditRun, ...]
    report: Report | None
    is_running: bool


@frozen
class BeginAudit(Operation[int]):
    """Answers the run's id. Refused: `not_staff`, `already_running`."""

    file: ClassVar[str] = "console/begin_audit"
    user_id: int


@frozen
class EndAudit(Statement[None]):
    """`report` is JSON, or `problem` says why there is none. Idempotent: the first counts."""

    file: ClassVar[str] = "console/end_audit"
    run_id: int
    report: str
    problem: str
