"""The local Fincra's books: checkouts, transfers to their accounts, and how it tells of them (docs/apis.md §3).

Amounts are naira, with two decimals. What is undocumented there: the names of varianceType, the fee.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import orjson
from attrs import frozen

from lockbay.sandbox.dynopay_books import moment
from lockbay.sandbox.wire import Json, Object, number

FEE: Final = Decimal("0.01")
VAT: Final = Decimal("0.075")  # of the fee
BANK: Final = "Sandbox Microfinance Bank"
MISTAKEN: Final = "GHS"


def exact(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@frozen
class Checkout:
    """A hosted page for one payment by bank transfer. `metadata` is JSON, or empty."""

    pay_code: str
    reference: str
    amount: str
    account: str
    name: str
    email: str
    fee_bearer: str
    metadata: str
    redirect_url: str
    link: str
    created: float

    def as_json(self) -> Object:
        """As its page and the page of payments show it."""
        return {
            "provider": "fincra",
            "to": self.reference,
            "title": "Bank transfer",
            "coin": "NGN",
            "expected": self.amount,
            "account": self.account,
            "bank": BANK,
            "payer": self.name,
            "link": self.link,
            "redirect_url": self.redirect_url,
            "made": self.created,
        }


@frozen
class Charge:
    """A transfer to a checkout's account. A forged one never was: only somebody else tells of it."""

    reference: str
    pay_code: str
    value: str
    currency: str
    session: str
    at: float
    number: int
    forged: bool = False


def charge_data(checkout: Checkout, charge: Charge) -> Object:
    """`data` of charge.successful. `amount` is what was expected, not what was received: as in the official example."""
    wanted, received = Decimal(checkout.amount), Decimal(charge.value)
    fee = exact(received * FEE)
    vat = exact(fee * VAT)
    borne = fee + vat if checkout.fee_bearer == "business" else Decimal(0)
    return {
        "id": charge.number,
        "reference": checkout.reference,
        "chargeReference": charge.reference,
        "status": "success",
        "amount": number(wanted),
        "amountExpected": number(wanted),
        "amountReceived": number(received),
        "varianceType": _variance(wanted, received),
        "amountToSettle": number(received - borne),
        "fee": number(fee),
        "vat": number(vat),
        "currency": charge.currency,
        "type": "bank_transfer",
        "customer": {"name": checkout.name, "email": checkout.email},
        "metadata": _metadata(checkout),
        "virtualAccount": _account(checkout, charge),
        "createdAt": moment(charge.at),
    }


def state(checkout: Checkout, charge: Charge | None) -> Object:
    """`data` of merchant-reference: of the newest charge, or of none."""
    asked: Mapping[str, Json] = {
        "reference": checkout.pay_code,
        "merchantReference": checkout.reference,
        "currency": "NGN",
        "amount": number(Decimal(checkout.amount)),
        "customer": {"name": checkout.name, "email": checkout.email},
        "metadata": _metadata(checkout),
        "createdAt": moment(checkout.created),
    }
    if charge is None:
        return {**asked, "status": "pending"}
    return {**charge_data(checkout, charge), **asked, "status": "success", "currency": charge.currency}


def _variance(wanted: Decimal, received: Decimal) -> str | None:
    if received == wanted:
        return None
    return "underpayment" if received < wanted else "overpayment"


def _metadata(checkout: Checkout) -> Json:
    return orjson.Fragment(checkout.metadata) if checkout.metadata else None


def _account(checkout: Checkout, charge: Charge) -> Object:
    return {
        "accountNumber": checkout.account,
        "bankName": BANK,
        "sessionId": charge.session,
        "payerName": checkout.name,
        "payerBankName": "First Bank of the Sandbox",
        "payerAccountNumber": "0000000001",
    }
