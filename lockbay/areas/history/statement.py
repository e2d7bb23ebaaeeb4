"""A statement: a period's movements, added up, and proven to lead from its opening to its closing balances. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from attrs import define, field, frozen

from lockbay.actors.words import Words
from lockbay.areas.csv_file import Cell, csv_file
from lockbay.areas.history import labels
from lockbay.areas.history.receipts import reference
from lockbay.areas.history.records import Account, Movement, Ordered, Span
from lockbay.errors import LockBayError
from lockbay.money import EXACT

Key: TypeAlias = tuple[str, Account]  # an account, by its currency and its kind


class DoesNotAddUp(LockBayError):
    """The movements do not lead from the opening to the closing balance."""


@frozen
class Holder:
    """Whose statement it is."""

    name: str
    user_id: int


@define
class Total:
    """Movements and what they came to."""

    count: int = 0
    amount: Decimal = Decimal(0)

    def add(self, amount: Decimal) -> None:
        self.count += 1
        self.amount = EXACT.add(self.amount, amount)


@define
class Sums:
    """One account, added up as its movements come."""

    span: Span
    balance: Decimal
    came: Total = field(factory=Total)
    went: Total = field(factory=Total)
    groups: dict[str, Total] = field(factory=dict)

    def add(self, group: str, each: Movement) -> None:
        """Raises DoesNotAddUp when the ledger's balance is another one."""
        self.balance = EXACT.add(self.balance, each.amount)
        if self.balance != each.balance_after:
            raise DoesNotAddUp(f"movement {each.id}: {self.balance} is not {each.balance_after}")
        (self.came if each.amount > 0 else self.went).add(each.amount)
        self.groups.setdefault(group, Total()).add(each.amount)

    def close(self) -> None:
        """Raises DoesNotAddUp when movements are missing."""
        counted = self.came.count + self.went.count
        if (self.balance, counted) != (self.span.closing, self.span.movements):
            raise DoesNotAddUp(
                f"{self.span.currency} {self.span.account}: {counted} movements lead to {self.balance}, "
                f"not {self.span.movements} to {self.span.closing}"
            )


@frozen
class Statement:
    """Everything that a file says. The oldest movement comes first."""

    holder: Holder
    ordered: Ordered
    asked_at: datetime
    movements: tuple[Movement, ...] = field(repr=False)
    accounts: tuple[Sums, ...] = field(repr=False)


def statement(
    words: Words, holder: Holder, ordered: Ordered, asked_at: datetime, movements: Iterable[Movement]
) -> Statement:
    """Raises DoesNotAddUp."""
    sums: dict[Key, Sums] = {(span.currency, span.account): Sums(span, span.opening) for span in ordered.spans}
    listed = tuple(movements)
    for each in listed:
        sums[each.currency, each.account].add(labels.group(words, each.kind), each)
    for each_sums in sums.values():
        each_sums.close()
    return Statement(holder, ordered, asked_at, listed, tuple(sums.values()))


def account(words: Words, kind: Account) -> str:
    """What an account of a person is called."""
    return words.label("Fee credit") if kind == "credit" else words.label("Wallet")


def as_csv(words: Words, made: Statement) -> bytes:
    """A line a movement. Each account begins with a line of its opening balance and ends with one of its closing
    balance; their amount is empty, so that a column can be added up.
    """
    header = (
        words.label("Time"), words.label("Reference"), words.label("Account"), words.label("Currency"),
        words.label("What"), words.label("Trade or cash-out"), words.label("Amount"), words.label("Balance"),
        words.label("Note"),
    )  # fmt: skip
    return csv_file(header, _rows(words, made), words)


def _rows(words: Words, made: Statement) -> Iterable[tuple[Cell, ...]]:
    for each in made.accounts:
        yield _bound(words, each.span, words.label("Opening balance"), each.span.opening)
    for moved in made.movements:
        yield _row(words, moved)
    for each in made.accounts:
        yield _bound(words, each.span, words.label("Closing balance"), each.span.closing)


def _bound(words: Words, span: Span, what: str, balance: Decimal) -> tuple[Cell, ...]:
    return None, None, account(words, span.account), span.currency, what, None, None, balance, None


def _row(words: Words, each: Movement) -> tuple[Cell, ...]:
    what = labels.what(words, each).unescape()
    note = each.note if each.kind == "deposit" else None  # others' notes are not for people
    return (
        each.at, reference(each.id), account(words, each.account), each.currency, what, each.slug, each.amount,
        each.balance_after, note,
    )  # fmt: skip
