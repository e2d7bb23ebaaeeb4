"""Screens of decisions about money: a person's name cannot turn around the amounts and numbers beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import UnionType
from typing import Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import attrs

from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas.admin import (
    books,
    cashout_decisions,
    cashout_news,
    cashouts,
    dead_letters,
    news,
    people_screens,
    team,
    unapplied_endings,
    unapplied_screens,
)
from lockbay.areas.admin.cashout_records import CashoutCase, CashoutQueue
from lockbay.areas.admin.correction_records import Recipient
from lockbay.areas.admin.dead_letter_records import DeadLetters
from lockbay.areas.admin.people_records import Dossier, People, Team
from lockbay.areas.admin.records import (
    AdminBooks,
    Ended,
    Ending,
    PayableTrade,
    UnappliedList,
    UnappliedPayment,
)
from lockbay.areas.history import receipts
from lockbay.areas.history.records import Receipt
from lockbay.areas.history.screens import Filter
from lockbay.areas.onboarding import screens as onboarding
from lockbay.areas.onboarding.records import Onboarding
from lockbay.areas.referrals import news as referrals
from lockbay.areas.referrals import screens as referral_screens
from lockbay.areas.referrals.records import ReferralList

T = TypeVar("T")
EN: Final = words("en", "UTC")
NAME: Final = "\u2069\u202e\u2067anA\u202b"
NAMES: Final = frozenset({
    "name", "person", "buyer", "seller", "referrer", "other", "claimed_by", "decided_by", "bank_name", "account_name",
    "problem", "description",
})  # fmt: skip
GIVEN: Final[Mapping[str, object]] = {
    "currency": "USDT", "from_currency": "USDT", "to_currency": "BTC", "network": "TRC20", "how": "credited",
    "reason": "late", "ending": None,
    "time_zone": "UTC", "language": "en",
}  # fmt: skip
TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def made(record: type[T], **given: object) -> T:
    """One with a value in every field; people in it have that name."""
    hints = get_type_hints(record)
    fields = [each.name for each in attrs.fields(cast("type[attrs.AttrsInstance]", record))]
    values = {**{name: _value(name, hints[name]) for name in fields}, **given}
    return record(**values)


def _value(name: str, hint: object) -> object:
    if name in GIVEN:
        return GIVEN[name]
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _value(name, args[0])
    if origin is Literal:
        return args[0]
    if origin is tuple:
        return (_value("", args[0]),)
    if hint is str:
        return NAME if name in NAMES else "x"
    plain: Mapping[object, object] = {
        int: 1,
        bool: True,
        Decimal: Decimal(1),
        datetime: datetime(2026, 11, 22, tzinfo=UTC),
    }
    return plain[hint] if hint in plain else made(cast("type[object]", hint))


def screens() -> dict[str, Screen]:
    """Where people's names stand beside amounts, numbers and decisions."""
    waits, case = made(UnappliedPayment), made(CashoutCase)
    cashout = made(cashout_news.StaffCashout)
    trade, receiver = made(PayableTrade), made(Recipient, id=7)
    return {
        "waiting": unapplied_screens.waiting(EN, made(UnappliedList)),
        "payment": unapplied_screens.payment(EN, waits, unapplied_endings.done(EN, made(Ended))),
        "ended": unapplied_screens.payment(EN, made(UnappliedPayment, ending=made(Ending, by=NAME))),
        "to whom": unapplied_endings.to_whom(EN, waits),
        "credit": unapplied_endings.sure_to_credit(EN, waits, receiver, "note"),
        "refund": unapplied_endings.sure_to_refund(EN, waits, "note"),
        "attach": unapplied_endings.sure_to_attach(EN, waits, trade, "note"),
        "queue": cashouts.queue(EN, made(CashoutQueue)),
        "case": cashouts.case(EN, case),
        "claimed": cashouts.case(EN, made(CashoutCase, ended_at=None)),
        "decline": cashout_decisions.sure(EN, case, "decline", "note"),
        "cash-out": cashout_news.approval(EN, cashout),
        "is paid by hand": cashout_news.claimed(EN, cashout),
        "differs": news.differs(EN, made(news.Differs)),
        "books": books.books(EN, made(AdminBooks)),
        "team": team.members(EN, made(Team)),
        "role": team.sure(EN, made(Dossier), "finance", "note"),
        "people": people_screens.found(EN, made(People), "query"),
        "greeting": onboarding.greeting(EN, made(Onboarding), is_invited=True),
        "invitations": onboarding.invitations(EN, made(Onboarding)),
        "joined": referrals.joined(EN, made(referrals.JoinedNews)),
        "earned": referrals.earned(EN, made(referrals.EarnedNews)),
        "failed": dead_letters.listed(EN, made(DeadLetters)),
        "receipt": receipts.receipt(EN, made(Receipt), made(Filter), "0"),
        "referred": referral_screens.referred(EN, made(ReferralList), is_first=True),
    }


def test_a_name_turns_nothing_around_on_the_screens_of_decisions() -> None:
    for title, screen in screens().items():
        said = [str(screen.text), *(each.label for row in screen.rows for each in row)]
        assert "anA" in "".join(said), title
        for text in said:
            assert TURNS.sub("", text).count("anA") == text.count("\u2068anA\u2069"), (title, ascii(text))
            assert not TURNS.search(text.replace("\u2068anA\u2069", "")), (title, ascii(text))
