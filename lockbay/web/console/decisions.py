"""What can be decided: each form is one operation, the same that the chat performs, under a request key of its own.
What is shown is sent along: whoever was faster is noticed by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias, cast, get_args

from attrs import frozen
from starlette.datastructures import FormData
from starlette.requests import Request

from lockbay.actors.parse import LARGEST_ID, identifier
from lockbay.areas.admin.cashout_records import DecideCashout, EndAlarm, Move
from lockbay.areas.admin.dead_letter_records import EndLetter, Retell
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.disputes.records import ResolveDispute, TakeDispute
from lockbay.areas.payout import State
from lockbay.errors import Invalid
from lockbay.money import LARGEST
from lockbay.postgres.queries import Operation

FINEST: Final = 18  # decimals
TOLD: Final = 140  # digits before and after the point: whatever a provider may tell (lockbay.payments.reading.NUMBER)
LONGEST: Final = 2000  # what the database refuses with a sentence is shorter


class BadForm(Exception):
    """A field that none of our pages has, or without its value."""


@frozen
class Filled:
    """A form of somebody, and the path that it was sent to."""

    user_id: int
    form: FormData
    path: Mapping[str, str]

    def id(self, name: str) -> int:
        return _number(self.path.get(name, ""))

    def number(self, name: str, most: int = LARGEST_ID) -> int:
        number = _number(self.text(name))
        if number > most:
            raise BadForm
        return number

    def text(self, name: str) -> str:
        """Stripped, with the line ends of Unix; "" when it is empty or missing."""
        value = self.form.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
            raise BadForm
        return value.replace("\r\n", "\n").strip()

    def amount(self, name: str) -> Decimal:
        value = self._decimal(name)
        if abs(value) >= LARGEST or int(value.as_tuple().exponent) < -FINEST:
            raise BadForm
        return value

    def told(self, name: str) -> Decimal:
        """What a provider told: also what the books cannot hold, which is sent back. The database compares it."""
        value = self._decimal(name)
        if value.adjusted() >= TOLD or int(value.as_tuple().exponent) < -TOLD:
            raise BadForm
        return value

    def _decimal(self, name: str) -> Decimal:
        try:
            value = Decimal(self.text(name))
        except InvalidOperation:
            raise BadForm from None
        if not value.is_finite():
            raise BadForm
        return value

    def word(self, name: str, known: tuple[str, ...]) -> str:
        word = self.text(name)
        if word not in known:
            raise BadForm
        return word


def _number(text: str) -> int:
    try:
        return identifier(text)
    except Invalid:
        raise BadForm from None


Make: TypeAlias = Callable[[Filled], Operation[object]]


@frozen
class Decision:
    """`back` is the page that shows what became of it, with the path's numbers filled in."""

    path: str
    back: str
    make: Make

    def where(self, request: Request) -> str:
        return self.back.format(**request.path_params)


def _decide_cashout(filled: Filled) -> Operation[object]:
    return DecideCashout(
        filled.user_id,
        filled.id("cashout_id"),
        cast(State, filled.word("expected", get_args(State))),
        cast(Move, filled.word("decision", MOVES)),
        filled.text("txid"),
        filled.text("note"),
    )


def _credit(filled: Filled) -> Operation[object]:
    amount, receiver, note = filled.told("amount"), filled.number("receiver"), filled.text("note")
    return CreditUnapplied(filled.user_id, filled.id("unapplied_id"), amount, receiver, note)


def _refund(filled: Filled) -> Operation[object]:
    return RefundUnapplied(filled.user_id, filled.id("unapplied_id"), filled.told("amount"), filled.text("note"))


def _attach(filled: Filled) -> Operation[object]:
    amount, worth, trade_id = filled.told("amount"), filled.amount("worth"), filled.number("trade_id")
    return AttachUnapplied(filled.user_id, filled.id("unapplied_id"), amount, trade_id, worth, filled.text("note"))


def _end_alarm(filled: Filled) -> Operation[object]:
    return EndAlarm(filled.user_id, filled.id("alarm_id"), filled.text("note"))


def _take_dispute(filled: Filled) -> Operation[object]:
    return TakeDispute(filled.user_id, filled.id("trade_id"), filled.number("expected"))


def _resolve(filled: Filled) -> Operation[object]:
    return ResolveDispute(
        filled.user_id,
        filled.id("trade_id"),
        filled.number("percent", 100),
        filled.amount("held"),
        filled.amount("buyer_gets"),
        filled.amount("seller_gets"),
        filled.amount("fee"),
        filled.text("why"),
    )


def _retry_letter(filled: Filled) -> Operation[object]:
    return EndLetter(filled.user_id, filled.id("update_id"), True, "")


def _discard_letter(filled: Filled) -> Operation[object]:
    return EndLetter(filled.user_id, filled.id("update_id"), False, filled.text("note"))


def _retell(filled: Filled) -> Operation[object]:
    return Retell(filled.user_id, filled.id("notice_id"))


DISPUTE: Final = "/admin/disputes/{trade_id}"
LETTERS: Final = "/admin/letters"
MOVES: Final = ("approve", "decline", "refund", "paid", "retry", "claim")
PAYMENT: Final = "/admin/unapplied/{unapplied_id}"
DECISIONS: Final = (
    Decision("/admin/payouts/{cashout_id}/decide", "/admin/payouts/{cashout_id}", _decide_cashout),
    Decision(PAYMENT + "/credit", PAYMENT, _credit),
    Decision(PAYMENT + "/refund", PAYMENT, _refund),
    Decision(PAYMENT + "/attach", PAYMENT, _attach),
    Decision("/admin/alarms/{alarm_id}/end", "/admin/books", _end_alarm),
    Decision(DISPUTE + "/take", DISPUTE, _take_dispute),
    Decision(DISPUTE + "/resolve", DISPUTE, _resolve),
    Decision(LETTERS + "/{update_id}/retry", LETTERS, _retry_letter),
    Decision(LETTERS + "/{update_id}/discard", LETTERS, _discard_letter),
    Decision("/admin/notices/{notice_id}/retry", LETTERS, _retell),
)

DONE: Final = "Done."
GENERAL: Final = "That was not possible, and nothing was done."
PROBLEMS: Final[Mapping[str, str]] = {
    "not_staff": "Your role does not allow that. Nothing was done.",
    "unknown_cashout": "There is no such cash-out. Nothing was done.",
    "own_cashout": "This is your own cash-out, so somebody else decides. Nothing was done.",
    "unknown_payment": "There is no such payment. Nothing was done.",
    "unknown_person": "There is no such person. Nothing was done.",
    "unknown_trade": "There is no such trade. Nothing was done.",
    "own_wallet": "That is your own wallet, so somebody else decides. Nothing was done.",
    "second_needed": "That takes two of finance: credit it to a wallet in the chat, which proposes it to the others. "
    "Nothing was done.",
    "own_trade": "You are a side of that trade, so somebody else decides. Nothing was done.",
    "wrong_state": "It has moved on meanwhile, so nothing was done. This is how it stands now.",
    "already_ended": "Somebody has decided this already, so nothing was done. This is what became of it.",
    "claimed": "Somebody else is paying it by hand, so nothing was done. It is free again an hour after they began.",
    "told_paid": "A provider tells that it was paid already, so it is not sent. Write that down, or refund it.",
    "blocked": "They are blocked, so nothing of theirs is sent. Give it back, or unblock them first. Nothing was done.",
    "paid_besides": "It went on without you, so the money may have left twice. Your transaction is written down, and "
    "all who decide about money are told of it. This is how it stands now.",
    "terms_changed": "The numbers have changed, so nothing was done and no money moved. Please look at them again.",
    "bad_note": "The text is missing or too long (500 characters, 120 of a transaction). Nothing was done.",
    "not_bookable": "The books cannot hold this amount: it can only be sent back. Nothing was done.",
    "no_rate": "There is no fresh price for that coin, so nothing was done. Try again in some minutes.",
    "unknown_dispute": "There is no such dispute. Nothing was done.",
    "own_dispute": "You are a side of this trade, so somebody else decides. Nothing was done.",
    "taken": "Somebody else has taken it meanwhile. Nothing was done.",
    "bad_percent": "The seller’s part must be a whole number from 0 to 100. Nothing was done.",
    "bad_why": "The reason must have 1 to 500 characters. Nothing was done.",
    "busy": "They are in the middle of something else that it would disturb. Nothing was done.",
    "already_running": "The audit is running already. Its result is here in a moment.",
    "unknown": GENERAL,
}
