"""The local Kraken's private API: https://api.kraken.com/0/private/{method} (docs/apis.md §5).

Errors come in a body with status 200. `amount` of a withdrawal is what leaves the account: what arrives is less by the
fee, and WithdrawStatus tells that. There is no key against doing it twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import parse_qsl

from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox import signing
from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.addresses import is_address
from lockbay.sandbox.control import fields_of, safely, text_of
from lockbay.sandbox.journal import Journal, Table
from lockbay.sandbox.kraken_books import ASSETS, METHODS, Key, asset_of, written
from lockbay.sandbox.payouts import Order, Payout, Payouts
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import plain
from lockbay.sandbox.wire import Json, Object, answer

PROVIDER: Final = "kraken"
STATUSES: Final = {"processing": "Pending", "done": "Success", "failed": "Failure"}
MOST: Final = 500
LARGEST_NONCE: Final = 1 << 64
BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
# Method: what it wants, and what it may be given besides.
ASKS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Balance": ((), ()),
    "WithdrawMethods": ((), ("asset",)),
    "WithdrawAddresses": ((), ("asset", "method", "key", "verified")),
    "WithdrawInfo": (("asset", "key", "amount"), ()),
    "Withdraw": (("asset", "key", "amount"), ("address", "max_fee")),
    "WithdrawStatus": ((), ("asset", "method", "start", "end", "limit")),
}


class Wrong(Exception):
    """What is in `error` of the answer."""


@frozen
class Kraken:
    """Its API, and the addresses that were registered. Survives restarts."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    payouts: Payouts
    keys: Table[Key]
    nonces: Table[int]

    @classmethod
    def open(cls, journal: Journal, api_key: str, secret: str, payouts: Payouts) -> Kraken:
        return cls(api_key, secret, payouts, journal.table("kraken_key", Key), journal.table("kraken_nonce", int))

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        private = troubles.around(PROVIDER, self._private)
        return [
            Route("/kraken/0/private/{method}", private, methods=["POST"]),
            Route("/api/kraken/keys", safely(self._register), methods=["POST"]),
            Route("/api/kraken/keys", safely(self._registered)),
        ]

    async def _private(self, request: Request) -> Response:
        try:
            method = str(request.path_params["method"])
            asked = self._authenticated(request, method, await request.body())
            return await self._called(request, method, asked)
        except Wrong as wrong:
            return answer({"error": [str(wrong)]})

    def _authenticated(self, request: Request, method: str, body: bytes) -> Mapping[str, str]:
        """What is asked, without the nonce, which is used up by it. Raises Wrong."""
        headers = request.headers
        if not secrets.compare_digest(headers.get("api-key", "").encode(), self.api_key.encode()):
            raise Wrong("EAPI:Invalid key")
        if headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
            raise Wrong("EGeneral:Invalid arguments")
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        fields = dict(pairs)
        nonce = fields.pop("nonce", "")
        if not nonce.isascii() or not nonce.isdecimal() or len(fields) + 1 != len(pairs):
            raise Wrong("EAPI:Invalid nonce")
        signed = signing.kraken(self.secret, f"/0/private/{method}", nonce, body)
        if not secrets.compare_digest(headers.get("api-sign", "").encode(), signed.encode()):
            raise Wrong("EAPI:Invalid signature")
        if not (self.nonces.get(self.api_key) or 0) < int(nonce) < LARGEST_NONCE:
            raise Wrong("EAPI:Invalid nonce")
        self.nonces.put(self.api_key, int(nonce))
        return fields

    async def _called(self, request: Request, method: str, asked: Mapping[str, str]) -> Response:
        if method not in ASKS:
            raise Wrong("EGeneral:Unknown method")
        needs, may = ASKS[method]
        for name in (*(need for need in needs if not asked.get(need)), *(asked.keys() - {*needs, *may})):
            raise Wrong(f"EGeneral:Invalid arguments:{name}")
        match method:
            case "Withdraw":
                key, amount = self._wanted(asked)
                order = self.payouts.next_order(PROVIDER)
                return await order.play(request, lambda: self._withdrawn(asked, key, amount, order), _broken)
            case "WithdrawInfo":
                return _result(self._info(*self._wanted(asked)))
            case "WithdrawStatus":
                return _result(self._statuses(asked))
            case "WithdrawAddresses":
                return _result(self._addresses(asked))
            case "WithdrawMethods":
                return _result([_method(name) for name in METHODS if _fits(asked, METHODS[name][0], name)])
        return _result({asset: written(asset, self.payouts.left(PROVIDER, asset)) for asset in ASSETS})

    def _wanted(self, asked: Mapping[str, str]) -> tuple[Key, Decimal]:
        """Raises Wrong."""
        asset, key = asset_of(asked["asset"]), self.keys.get(asked["key"])
        if asset is None:
            raise Wrong("EFunding:Unknown asset")
        if key is None or key.asset != asset:
            raise Wrong("EFunding:Unknown withdraw key")
        if asked.get("address", key.address) != key.address:
            raise Wrong("EFunding:Invalid address")
        amount = _amount(asked["amount"])
        if amount <= key.fee or amount != Decimal(written(asset, amount)):
            raise Wrong("EFunding:Invalid amount")
        if "max_fee" in asked and key.fee > _amount(asked["max_fee"]):
            raise Wrong("EFunding:Max fee exceeded")
        return key, amount

    def _withdrawn(self, asked: Mapping[str, str], key: Key, amount: Decimal, order: Order) -> Response:
        if order.how == "no_funds" or amount > self.payouts.left(PROVIDER, key.asset):
            return answer({"error": ["EFunding:Insufficient funds"]})
        if order.how == "refuse":
            return answer({"error": ["EGeneral:Permission denied"]})
        now = self.payouts.clock()
        payout = Payout(
            provider=PROVIDER,
            id="-".join("".join(secrets.choice(BASE32) for _ in range(length)) for length in (7, 6, 6)),
            reference="",
            coin=ASSETS[key.asset][1],
            pot=key.asset,
            amount=plain(amount - key.fee),
            fee=plain(key.fee),
            to=key.address,
            title=f"{key.key} · {key.method}",
            made=now,
            how=order.how,
            ends=order.end(now),
            failed=order.how == "fail",
            reason="The network did not take it" if order.how == "fail" else "",
            txid=secrets.token_hex(32),
            details=key.key,
        )
        return _result({"refid": self.payouts.put(payout).id})

    def _info(self, key: Key, amount: Decimal) -> Object:
        limit = max(Decimal(0), self.payouts.left(PROVIDER, key.asset) - key.fee)
        net, fee = (written(key.asset, value) for value in (amount - key.fee, key.fee))
        return {"method": key.method, "limit": written(key.asset, limit), "amount": net, "fee": fee}

    def _statuses(self, asked: Mapping[str, str]) -> list[Object]:
        """Newest first."""
        start, end = (_amount(asked.get(name, default)) for name, default in (("start", "0"), ("end", "1e12")))
        limit = int(_amount(asked.get("limit", str(MOST))))
        found = [payout for payout in self.payouts.all() if payout.provider == PROVIDER]
        fits = [payout for payout in found if _fits(asked, payout.pot, _method_of(payout))]
        return [self._status(payout) for payout in fits if start <= int(payout.made) <= end][: min(limit, MOST)]

    def _status(self, payout: Payout) -> Object:
        state = payout.state(self.payouts.clock())
        return {
            "method": _method_of(payout),
            "network": _method_of(payout),
            "aclass": "currency",
            "asset": payout.pot,
            "refid": payout.id,
            "txid": payout.txid if state == "done" else None,
            "info": payout.to,
            "amount": written(payout.pot, Decimal(payout.amount)),
            "fee": written(payout.pot, Decimal(payout.fee)),
            "time": int(payout.made),
            "status": STATUSES[state],
            "key": payout.details,
        }

    def _addresses(self, asked: Mapping[str, str]) -> list[Object]:
        fits = (key for key in self.keys if _fits(asked, key.asset, key.method))
        return [_described(key) for key in fits if asked.get("key", key.key) == key.key]

    # what its owner does by hand

    async def _register(self, request: Request) -> Response:
        """{"key", "method", "address"}: as on Kraken's own page."""
        fields = await fields_of(request)
        key = Key(*(text_of(fields, name) for name in ("key", "method", "address")))
        if not key.key.strip() or key.method not in METHODS:
            raise Impossible(f"Give it a name, and say one of: {', '.join(METHODS)}.")
        if not is_address(METHODS[key.method][1], key.address):
            raise Impossible(f"“{key.address}” is no address for {key.method}.")
        self.keys.put(key.key, key)
        self.payouts.feed.tell("payout", None, {})
        return await self._registered(request)

    async def _registered(self, _: Request) -> Response:
        return answer({"methods": list(METHODS), "keys": [_described(key) for key in self.keys]})


def _method_of(payout: Payout) -> str:
    return payout.title.rpartition(" · ")[2]


def _fits(asked: Mapping[str, str], asset: str, method: str) -> bool:
    wanted = asked.get("asset")
    return (wanted is None or asset_of(wanted) == asset) and asked.get("method", method) == method


def _described(key: Key) -> Object:
    named: Object = {"address": key.address, "asset": ASSETS[key.asset][0], "method": key.method}
    return {**named, "key": key.key, "verified": True}


def _method(name: str) -> Object:
    asset, _, fee = METHODS[name]
    return {"asset": ASSETS[asset][0], "method": name, "network": name, "minimum": fee}


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= 10**12:
        raise Wrong("EGeneral:Invalid arguments")
    return amount


def _result(result: Json) -> Response:
    return answer({"error": [], "result": result})


def _broken() -> Response:
    return answer({"error": ["EService:Unavailable"]}, 503)
