"""Fincra's disbursements: naira to bank accounts (docs/apis.md §3.3; docs.fincra.com/docs/payouts-api, payout-errors).

`customerReference` is ours, and Fincra pays each once: whatever is repeated, nothing is paid twice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote

import orjson
import structlog

from lockbay.areas.payout import Cashout, SettleCashout, Told
from lockbay.errors import ProviderUnavailable
from lockbay.money import NGN, plain
from lockbay.payments.balances import Pot, Wanted
from lockbay.payments.client import LIMIT, Api, NotSent, Reply, open_api
from lockbay.payments.fincra import NAME, NETWORK
from lockbay.payments.payout import NO_FUNDS, NOT_TAKEN, is_settled, told
from lockbay.payments.reading import identity, inner, number, objects, text
from lockbay.wallclock import WallClock

PAYOUTS: Final = "disbursements/payouts"
WALLETS: Final = "wallets"
JSON: Final = {"content-type": "application/json"}
# Only these are statuses; anything else says nothing (docs.fincra.com/docs/payouts-api).
STATUSES: Final[Mapping[str, Told]] = {"processing": "sent", "successful": "done", "failed": "failed"}
# The category "genuine failure" of docs.fincra.com/docs/payout-errors; all others may have been paid.
REFUSALS: Final = ("VALIDATION_FAILED", "UNPROCESSABLE_ENTITY")
SHORT: Final = "NO_ENOUGH_MONEY_IN_WALLET"
DUPLICATE: Final = "DUPLICATE_CUSTOMER_REFERENCE"
BUSY: Final = "TOO_MANY_REQUESTS"

log = structlog.get_logger()


class FincraPayouts:
    """The PayoutProvider. Holds no state but its connections."""

    name = NAME

    def __init__(self, api: Api, business_id: str, clock: WallClock) -> None:
        self._api = api
        self._business_id = business_id
        self._clock = clock

    def pays(self, currency: str, network: str) -> bool:
        return (currency, network) == (NGN.code, NETWORK)

    async def pay(self, cashout: Cashout) -> SettleCashout:
        """See PayoutProvider."""
        try:
            reply = await self._api.exchange("POST", PAYOUTS, orjson.dumps(self._order(cashout)), JSON)
        except NotSent:
            return told(cashout, NAME, "waiting", problem=NOT_TAKEN)
        except ProviderUnavailable as error:
            return told(cashout, NAME, "unknown", problem=str(error))
        if reply.is_yes:
            return _status(cashout, reply) or told(cashout, NAME, "unknown", problem="no status", body=reply.body)
        if DUPLICATE in _errors(reply):
            known = await self.ask(cashout)
            return known or told(cashout, NAME, "unknown", problem=DUPLICATE, body=reply.body)
        return _refusal(cashout, reply)

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        """That it is not found is no answer (RESOURCE_NOT_FOUND is ambiguous) until it is long ago and was never heard
        of: then it is `waiting`, and is sent again under the same reference.
        """
        try:
            reply = await self._api.exchange("GET", f"{PAYOUTS}/customer-reference/{quote(cashout.reference, safe='')}")
        except ProviderUnavailable as error:
            log.warning("payout_not_asked", provider=NAME, cashout_id=cashout.id, error=str(error))
            return None
        if reply.is_yes:
            return _status(cashout, reply)
        if reply.status == 404 and reply.fields and is_settled(cashout, self._clock.now()):
            return told(cashout, NAME, "waiting", problem=NOT_TAKEN, body=reply.body)
        return None

    async def left(self, wanted: Wanted) -> list[Pot]:
        """See Purse."""
        if not wanted(NGN.code, NETWORK):
            return []
        found = await self._api.get(WALLETS, {"businessID": self._business_id})
        of_naira = (each for each in objects(found, "data") if text(each, "currency") == NGN.code)
        available = number(next(of_naira, {}), "availableBalance")
        if available is None:
            raise ProviderUnavailable("Fincra told no balance")
        return [Pot(NGN.code, NETWORK, available)]

    def _order(self, cashout: Cashout) -> Mapping[str, object]:
        first, _, last = cashout.account_name.strip().partition(" ")
        return {
            "business": self._business_id,
            "sourceCurrency": NGN.code,
            "destinationCurrency": NGN.code,
            "amount": plain(cashout.net),  # naira, as text
            "description": f"LockBay {cashout.slug}",
            "paymentDestination": "bank_account",
            "customerReference": cashout.reference,
            "beneficiary": {
                "firstName": first,
                "lastName": last.strip() or first,
                "accountHolderName": cashout.account_name,
                "accountNumber": cashout.address,
                "bankCode": cashout.bank_code,
                "country": "NG",
                "type": "individual",
            },
        }


def _status(cashout: Cashout, reply: Reply) -> SettleCashout | None:
    data = inner(reply.fields, "data")
    outcome = STATUSES.get(text(data, "status") or "")
    ours = identity(data, "customerReference")
    if outcome is None or ours not in (None, cashout.reference):
        return None
    return told(
        cashout,
        NAME,
        outcome,
        external_id=identity(data, "reference", "id"),
        txid=identity(data, "traceId"),
        problem=text(data, "reason") if outcome == "failed" else None,
        body=reply.body,
    )


def _refusal(cashout: Cashout, reply: Reply) -> SettleCashout:
    said = _errors(reply)
    if SHORT in said:
        return told(cashout, NAME, "waiting", problem=NO_FUNDS, body=reply.body)
    outcome: Told = "unknown"
    if BUSY in said or reply.status in (401, 403, 429):  # refused at the door
        outcome = "waiting"
    elif reply.status < 500 and any(each in said for each in REFUSALS):
        outcome = "failed"
    return told(cashout, NAME, outcome, problem=reply.complaint, body=reply.body)


def _errors(reply: Reply) -> str:
    """Wherever the error's name is: the docs do not say."""
    names = ("errorType", "error", "code", "message")
    return " ".join(text(reply.fields, name) or "" for name in names).upper().replace(" ", "_")


@asynccontextmanager
async def open_fincra_payouts(
    url: str, secret_key: str, business_id: str, clock: WallClock, limit: float = LIMIT
) -> AsyncIterator[FincraPayouts]:
    """With connections of its own. Raises SettingsError."""
    headers = {"api-key": secret_key, "x-business-id": business_id}
    async with open_api(url, {n: key for n, key in headers.items() if key}, NAME, limit) as api:
        yield FincraPayouts(api, business_id, clock)
