"""What the local Fincra takes as a checkout or a payout (docs/apis.md §3). What it does not know it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

import httpx

METHODS: Final = ("bank_transfer", "card", "payattitude")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)


def _amount(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and 0 < value <= 10**9 and value == round(value, 2)


def _word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= 200


def _url(value: object) -> bool:
    try:
        parts = httpx.URL(value) if isinstance(value, str) else httpx.URL()
    except httpx.InvalidURL:
        return False
    return parts.scheme in ("http", "https") and bool(parts.host)


def _methods(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(method in METHODS for method in value)


def _customer(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() - {"name", "email", "phoneNumber"}:
        return False
    email, phone = value.get("email"), value.get("phoneNumber", "+0")
    return _word(value.get("name")) and isinstance(email, str) and bool(EMAIL.fullmatch(email)) and _word(phone)


def _one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


def _decimal(value: object) -> bool:
    return (
        isinstance(value, str) and bool(re.fullmatch(r"\d{1,12}(\.\d{1,2})?", value, re.ASCII)) and Decimal(value) > 0
    )


def _short_word(value: object) -> bool:
    return isinstance(value, str) and bool(REFERENCE.fullmatch(value))


def _account(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{10}", value, re.ASCII))


def _email(value: object) -> bool:
    return isinstance(value, str) and bool(EMAIL.fullmatch(value))


# Name: what it must be, and in words.
Rules: TypeAlias = Mapping[str, tuple[Callable[[object], bool], str]]
CHECKOUT: Final[Rules] = {
    "amount": (_amount, "must be a positive number of naira with at most 2 decimals"),
    "currency": (_one_of("NGN"), "must be NGN"),
    "customer": (_customer, "must be {name, email[, phoneNumber]}"),
    "feeBearer": (_one_of("business", "customer"), "must be one of [business, customer]"),
    "reference": (_short_word, "must be a short word"),
    "redirectUrl": (_url, "must be a valid uri"),
    "paymentMethods": (_methods, f"must be some of [{', '.join(METHODS)}]"),
    "defaultPaymentMethod": (_one_of(*METHODS), f"must be one of [{', '.join(METHODS)}]"),
    "metadata": (lambda value: isinstance(value, dict), "must be of type object"),
    "settlementDestination": (_one_of("wallet", "bank_account"), "must be one of [wallet, bank_account]"),
    "successMessage": (_word, "must be a text"),
}
CHECKOUT_NEEDS: Final = ("amount", "currency", "customer")
# To a bank account in naira: what else Fincra pays out, nobody here asks for.
PAYOUT: Final[Rules] = {
    "business": (_word, "must be the id of your business"),
    "sourceCurrency": (_one_of("NGN"), "must be NGN"),
    "destinationCurrency": (_one_of("NGN"), "must be NGN"),
    "amount": (_decimal, "must be a text of naira with at most 2 decimals"),
    "description": (_word, "must be a text"),
    "paymentDestination": (_one_of("bank_account"), "must be one of [bank_account]"),
    "customerReference": (_short_word, "must be a short word"),
    "beneficiary": (lambda value: isinstance(value, dict), "must be of type object"),
    "paymentScheme": (_word, "must be a text"),
}
PAYOUT_NEEDS: Final = tuple(name for name in PAYOUT if name != "paymentScheme")
BENEFICIARY: Final[Rules] = {
    "firstName": (_word, "must be a text"),
    "lastName": (_word, "must be a text"),
    "accountHolderName": (_word, "must be a text"),
    "accountNumber": (_account, "must be 10 digits"),
    "bankCode": (_short_word, "must be a bank's code"),
    "country": (_one_of("NG"), "must be NG"),
    "type": (_one_of("individual", "corporate"), "must be one of [individual, corporate]"),
    "email": (_email, "must be a valid email"),
    "phone": (_word, "must be a text"),
}
BENEFICIARY_NEEDS: Final = ("firstName", "accountHolderName", "accountNumber", "bankCode", "country", "type")
RESOLVE: Final[Rules] = {
    "accountNumber": (_account, "must be 10 digits"),
    "bankCode": (_short_word, "must be a bank's code"),
    "type": (_one_of("nuban"), "must be one of [nuban]"),
}


def problem(body: Mapping[str, object], rules: Rules = CHECKOUT, needs: Sequence[str] = CHECKOUT_NEEDS) -> str:
    """What is wrong with it; empty when nothing is."""
    for name in needs:
        if name not in body:
            return f'"{name}" is required'
    for name, value in body.items():
        if name not in rules:
            return f'"{name}" is not allowed'
        fits, rule = rules[name]
        if not fits(value):
            return f'"{name}" {rule}'
    return ""


def payout_problem(body: Mapping[str, object]) -> str:
    """What is wrong with a payout or its beneficiary; empty when nothing is."""
    beneficiary = body.get("beneficiary")
    within = problem(beneficiary, BENEFICIARY, BENEFICIARY_NEEDS) if isinstance(beneficiary, dict) else ""
    return problem(body, PAYOUT, PAYOUT_NEEDS) or (f"beneficiary: {within}" if within else "")
