"""What the local Fincra takes as the body of a checkout (APIS.md section 3.2). What it does not know it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

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


# Name: what it must be, and in words.
FIELDS: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "amount": (_amount, "must be a positive number of naira with at most 2 decimals"),
    "currency": (_one_of("NGN"), "must be NGN"),
    "customer": (_customer, "must be {name, email[, phoneNumber]}"),
    "feeBearer": (_one_of("business", "customer"), "must be one of [business, customer]"),
    "reference": (lambda v: isinstance(v, str) and bool(REFERENCE.fullmatch(v)), "must be a short word"),
    "redirectUrl": (_url, "must be a valid uri"),
    "paymentMethods": (_methods, f"must be some of [{', '.join(METHODS)}]"),
    "defaultPaymentMethod": (_one_of(*METHODS), f"must be one of [{', '.join(METHODS)}]"),
    "metadata": (lambda value: isinstance(value, dict), "must be of type object"),
    "settlementDestination": (_one_of("wallet", "bank_account"), "must be one of [wallet, bank_account]"),
    "successMessage": (_word, "must be a text"),
}
REQUIRED: Final = ("amount", "currency", "customer")


def problem(body: Mapping[str, object]) -> str:
    """What is wrong with it; empty when nothing is."""
    for name in REQUIRED:
        if name not in body:
            return f'"{name}" is required'
    for name, value in body.items():
        if name not in FIELDS:
            return f'"{name}" is not allowed'
        fits, rule = FIELDS[name]
        if not fits(value):
            return f'"{name}" {rule}'
    return ""
