"""Fincra: bank transfers on a page that it hosts (docs/apis.md §3; docs.fincra.com). Amounts are naira, not kobo."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlsplit

import orjson
from attrs import frozen

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.money import NGN, plain, rounded
from lockbay.payments.client import LIMIT, Api, Declined, open_api
from lockbay.payments.provider import ASKED, Opened, Unclear
from lockbay.payments.reading import identity, inner, is_word, number, text, written

NAME: Final = "fincra"
NETWORK: Final = "BANK"
AGAIN: Final = "."  # between our reference and what makes it new: Fincra takes each only once
LONGEST_LINK: Final = 500
LONGEST_NAME: Final = 80
SUCCESS: Final = "success"


@frozen
class Payer:
    """What a page says where we know nothing better: `email` of a payer without a verified one, and the way `home`."""

    email: str
    home: str

    @classmethod
    def of(cls, public_url: str, home: str) -> Payer:
        """payments@ the host of the public URL, as Fincra wants an address and the person need not have one; a host
        that is no domain (127.0.0.1) gives one that reaches nobody.
        """
        host = urlsplit(public_url).hostname or ""
        return cls(f"payments@{host if _is_domain(host) else 'lockbay.example'}", home)


class Fincra:
    """The Provider. Holds no state but its connections; any number of tasks may call."""

    name = NAME

    def __init__(self, api: Api, payer: Payer) -> None:
        self._api = api
        self._payer = payer

    def offers(self, currency: str, network: str) -> bool:
        return (currency, network) == (NGN.code, NETWORK)

    async def open(self, payin: Payin) -> Opened:
        """A new page each time. `external_id` is the reference that Fincra has for it. Raises ProviderUnavailable.

        When a page was made and its link was lost, our reference is used up: then a new one that begins with it.
        """
        if payin.amount is None:
            raise ProviderUnavailable("Fincra makes no page without an amount")
        try:
            return await self._page(payin, payin.amount, payin.reference)
        except Declined as error:
            if "reference" not in str(error).lower():
                raise
        return await self._page(payin, payin.amount, f"{payin.reference}{AGAIN}{secrets.token_hex(4)}")

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        """None before Fincra says success. Raises Unclear for one without the charge, or what was received: what is
        documented of this answer (docs/apis.md §3.2) names neither.
        """
        reference = payin.external_id or payin.reference
        answer = await self._api.get(f"checkout/payments/merchant-reference/{quote(reference, safe='')}")
        data = inner(answer, "data")
        if text(data, "status") != SUCCESS:
            return []
        # `id` may be that of something else here than in the webhook: two names would be two payments.
        event_id, value, currency = identity(data, "chargeReference"), received(data), text(data, "currency")
        if event_id is None or value is None or currency is None or not is_word(currency):
            raise Unclear(number(data, "amount") or payin.amount or Decimal(0), payin.currency)
        return [payment_of(data, event_id, payin.reference, value, currency, written(data), ASKED)]

    async def _page(self, payin: Payin, amount: Decimal, reference: str) -> Opened:
        body = {
            "amount": orjson.Fragment(plain(rounded(amount, NGN))),
            "currency": NGN.code,
            "customer": {"name": payin.payer[:LONGEST_NAME], "email": payin.email or self._payer.email},
            "feeBearer": "business",
            "reference": reference,
            "redirectUrl": self._payer.home,
            "paymentMethods": ["bank_transfer"],
            "defaultPaymentMethod": "bank_transfer",
            "settlementDestination": "wallet",
            "metadata": {"reference": payin.reference},
        }
        answer = await self._api.post("checkout/payments", orjson.dumps(body))
        link = text(inner(answer, "data"), "link")
        if link is None or not _is_safe(link):
            raise ProviderUnavailable("Fincra answered without a link that can be shown")
        return Opened(None, link, Decimal(0), reference)


def payment_of(
    data: Mapping[str, object],
    event_id: str,
    reference: str | None,
    value: Decimal,
    currency: str,
    body: bytes,
    headers: str,
) -> ApplyPayment:
    """What Fincra says of a charge that succeeded, as the operation that it is, whether told or asked."""
    return ApplyPayment(
        provider=NAME,
        event_id=event_id,
        confirmed=True,
        reference=ours(reference),
        nonce=None,
        address=None,
        currency=currency.upper(),
        network=NETWORK,
        value=value,
        txid=identity(inner(data, "virtualAccount"), "sessionId") or event_id,
        body=body,
        headers=headers,
    )


def received(data: Mapping[str, object]) -> Decimal | None:
    """What arrived. Never `amount`: that is what was asked for, also when less came (docs: 355.27, received 200)."""
    return number(data, "amountReceived")


def ours(reference: str | None) -> str | None:
    """Our reference, out of one that was made new."""
    return reference.partition(AGAIN)[0] if reference else None


def _is_safe(link: str) -> bool:
    """Whether it is a link that a payer may be sent to: https, or on this machine."""
    if len(link) > LONGEST_LINK or not (link.isascii() and link.isprintable()) or " " in link:
        return False
    try:
        parts = urlsplit(link)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_domain(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return "." in host
    return False


@asynccontextmanager
async def open_fincra(
    url: str,
    secret_key: str,
    public_key: str,
    business_id: str,
    payer: Payer,
    limit: float = LIMIT,
) -> AsyncIterator[Fincra]:
    """A Fincra with connections of its own. Raises SettingsError."""
    headers = {"api-key": secret_key, "x-pub-key": public_key, "x-business-id": business_id}
    async with open_api(url, {name: key for name, key in headers.items() if key}, NAME, limit) as api:
        yield Fincra(api, payer)
