"""What the local BlockBee takes as questions about payouts. What it does not know it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl

from starlette.requests import Request

from lockbay.sandbox.payouts import POTS
from lockbay.sandbox.wire import NotJson, parse_exactly


class Refused(Exception):
    """An error answer: its status and what is told."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def ticker_of(request: Request) -> str:
    """Raises Refused. There are no payouts of DOGE."""
    ticker = str(request.path_params["ticker"]).lower()
    if ticker not in POTS["blockbee"]:
        raise Refused("Ticker or endpoint not found", 404)
    return ticker


def status_of(request: Request, known: tuple[str, ...]) -> str:
    state = request.query_params.get("status", "all")
    if state not in known:
        raise Refused("Status not valid")
    return state


async def outputs_of(request: Request) -> Mapping[str, Decimal]:
    """{"outputs": {address: amount}}, amounts as numbers or texts. Raises Refused."""
    try:
        body = parse_exactly(await request.body())
    except NotJson:
        raise Refused("JSON not valid") from None
    outputs = body.get("outputs")
    if body.keys() != {"outputs"} or not isinstance(outputs, dict) or not outputs:
        raise Refused("Outputs not valid")
    return {str(to): _amount(amount) for to, amount in outputs.items()}


def _amount(value: object) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str | Decimal) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Refused("Amount not valid")
    return amount


async def form_of(request: Request, name: str) -> str:
    """The one field of a form. Raises Refused."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise Refused("Content-Type not valid")
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    if fields.keys() != {name}:
        raise Refused(f"Give {name}")
    return fields[name]


def page_of(request: Request) -> int:
    """From 1. Raises Refused."""
    page = request.query_params.get("p", "1")
    if not page.isascii() or not page.isdecimal() or int(page) < 1:
        raise Refused("Page not valid")
    return int(page)
