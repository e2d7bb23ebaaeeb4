"""Kraken's withdrawals (docs/apis.md §5; docs.kraken.com): only to addresses that the operator has made known there.

The name of a withdrawal address ("key") is the address itself: that is how the operator registers it. Kraken compares
both, as `address` is sent along. There is no idempotency key: after a time-out ours is found in WithdrawStatus.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final
from urllib.parse import urlencode

import structlog
import trio

from lockbay.areas.payout import Cashout, SettleCashout, Told
from lockbay.errors import OutcomeUnknown, ProviderUnavailable, SettingsError, Unavailable
from lockbay.money import EXACT, plain
from lockbay.payments.balances import Pot, Wanted
from lockbay.payments.client import LIMIT, Api, NotSent, Reply, open_api
from lockbay.payments.payout import LONGEST_PROBLEM, NO_FUNDS, NOT_TAKEN, UNREGISTERED, Keep, is_settled, told
from lockbay.payments.reading import identity, inner, number, objects, text
from lockbay.wallclock import WallClock

NAME: Final = "kraken"
ASSETS: Final[Mapping[str, str]] = {
    "USDT": "USDT", "BTC": "XBT", "ETH": "ETH", "LTC": "LTC", "DOGE": "XDG", "TRX": "TRX",
}  # fmt: skip
# In Balance they have their older names, too (docs.kraken.com/api/docs/rest-api/get-account-balance).
OLDER: Final[Mapping[str, str]] = {"BTC": "XXBT", "ETH": "XETH", "LTC": "XLTC", "DOGE": "XXDG"}
STATUSES: Final[Mapping[str, Told]] = {
    "Initial": "sent", "Pending": "sent", "Settled": "sent", "Success": "done", "Failure": "failed",
}  # fmt: skip
SKEW: Final = timedelta(minutes=1)  # by which Kraken's clock may be behind
FORM: Final = {"content-type": "application/x-www-form-urlencoded", "user-agent": "lockbay"}

log = structlog.get_logger()


class Complaint(ProviderUnavailable):
    """Kraken said no: errors in a body whose status is 200. `reply` is what it said."""

    def __init__(self, reply: Reply, errors: str) -> None:
        super().__init__(errors[:LONGEST_PROBLEM])
        self.reply = reply
        self.errors = errors


class Signer:
    """Signs calls. The nonce grows with each of them, also when the clock does not."""

    def __init__(self, secret: str, clock: WallClock) -> None:
        """Raises SettingsError."""
        try:
            self._key = b64decode(secret, validate=True)
        except binascii.Error:
            raise SettingsError("LOCKBAY_KRAKEN_SECRET is not base64") from None
        self._clock = clock
        self._nonce = 0

    def nonce(self) -> str:
        self._nonce = max(self._nonce + 1, int(self._clock.now().timestamp() * 1_000_000))
        return str(self._nonce)

    def sign(self, path: str, nonce: str, body: bytes) -> str:
        """The header API-Sign (docs.kraken.com/api/docs/guides/spot-rest-auth)."""
        digest = hashlib.sha256(nonce.encode() + body).digest()
        return b64encode(hmac.digest(self._key, path.encode() + digest, "sha512")).decode()


class Kraken:
    """The PayoutProvider. One call at a time: the nonces have to arrive in their order."""

    name = NAME

    def __init__(self, api: Api, signer: Signer, keep: Keep, clock: WallClock) -> None:
        self._api = api
        self._signer = signer
        self._keep = keep
        self._clock = clock
        self._calling = trio.Lock()
        self._claiming = trio.Lock()

    def pays(self, currency: str, network: str) -> bool:
        return currency in ASSETS

    async def pay(self, cashout: Cashout) -> SettleCashout:
        """See PayoutProvider. Kraken takes its fee off the amount: so much more is withdrawn."""
        async with self._claiming:
            try:
                entry, body = await self._find(cashout) if cashout.tries > 1 else (None, b"")
                if entry is not None:  # an earlier try was taken after all
                    return _status(cashout, entry, body) or told(cashout, NAME, "unknown", body=body)
                fee = await self._fee(cashout)
            except Complaint as error:
                return _refusal(cashout, error)
            except (Unavailable, OutcomeUnknown) as error:
                log.warning("payout_not_made", provider=NAME, cashout_id=cashout.id, error=str(error))
                return told(cashout, NAME, "waiting", problem=NOT_TAKEN)
            return await self._withdraw(cashout, fee)

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        """By Kraken's id; without one it is looked for: an entry like it that is no other's. `waiting` when there is
        none, and it should have been there long ago.
        """
        try:
            async with self._claiming:
                entry, body = await self._find(cashout)
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("payout_not_asked", provider=NAME, cashout_id=cashout.id, error=str(error))
            return None
        if entry is not None:
            return _status(cashout, entry, body)
        if cashout.external_id is None and is_settled(cashout, self._clock.now()):
            return told(cashout, NAME, "waiting", problem=NOT_TAKEN, body=body)
        return None

    async def left(self, wanted: Wanted) -> list[Pot]:
        """See Purse. Kraken does not name what there is nothing of."""
        asked = [coin for coin in ASSETS if wanted(coin, "")]
        if not asked:
            return []
        found = inner((await self._call("Balance")).fields, "result")
        names = {coin: {ASSETS[coin], OLDER.get(coin, coin)} for coin in asked}
        with localcontext(EXACT):
            sums = {
                coin: sum((number(found, name) or Decimal(0) for name in names[coin]), Decimal(0)) for coin in asked
            }
        return [Pot(coin, "", amount) for coin, amount in sums.items()]

    async def _fee(self, cashout: Cashout) -> Decimal:
        """What has to be added so that exactly `net` arrives. Raises ProviderUnavailable."""
        reply = await self._call("WithdrawInfo", **_target(cashout), amount=plain(cashout.net))
        fee = number(inner(reply.fields, "result"), "fee")
        if fee is None or fee < 0:
            raise ProviderUnavailable("Kraken told no fee")
        return fee

    async def _withdraw(self, cashout: Cashout, fee: Decimal) -> SettleCashout:
        """`unknown` when nobody can say whether Kraken has taken it."""
        with localcontext(EXACT):
            amount = {"amount": plain(cashout.net + fee), "max_fee": plain(fee)}
        try:
            reply = await self._call("Withdraw", **_target(cashout), address=cashout.address, **amount)
        except NotSent:
            return told(cashout, NAME, "waiting", problem=NOT_TAKEN)
        except Complaint as error:
            return _refusal(cashout, error, may_have_paid=True)
        except ProviderUnavailable as error:
            return told(cashout, NAME, "unknown", problem=str(error))
        refid = identity(inner(reply.fields, "result"), "refid")
        if refid is None:
            return told(cashout, NAME, "unknown", problem="no refid", body=reply.body)
        await self._note(cashout, refid)
        return told(cashout, NAME, "sent", external_id=refid, body=reply.body)

    async def _note(self, cashout: Cashout, refid: str) -> None:
        """So that nobody who looks for another one takes it for theirs. It is settled with its id in any case."""
        try:
            await self._keep(cashout.id, refid)
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("payout_not_noted", provider=NAME, cashout_id=cashout.id, error=str(error))

    async def _find(self, cashout: Cashout) -> tuple[Mapping[str, object] | None, bytes]:
        reply = await self._call("WithdrawStatus", asset=ASSETS[cashout.currency])
        for entry in objects(reply.fields, "result"):
            refid = identity(entry, "refid")
            if refid is None:
                continue
            if cashout.external_id is not None:
                if refid == cashout.external_id:
                    return entry, reply.body
            elif _is_like(cashout, entry) and await self._keep(cashout.id, refid):
                return entry, reply.body
        return None, reply.body

    async def _call(self, method: str, **fields: str) -> Reply:
        """Raises NotSent; Complaint when Kraken says no; ProviderUnavailable when it does not answer as it should."""
        path = f"/0/private/{method}"
        async with self._calling:
            nonce = self._signer.nonce()
            body = urlencode({"nonce": nonce, **fields}).encode()
            headers = {**FORM, "api-sign": self._signer.sign(path, nonce, body)}
            reply = await self._api.exchange("POST", path.removeprefix("/"), body, headers)
        errors = _errors(reply)
        if errors:
            raise Complaint(reply, ascii(" ".join(errors)).strip("'"))
        if reply.status != 200 or "result" not in reply.fields:
            raise ProviderUnavailable(f"Kraken answered {reply.status} without result")
        return reply


def _errors(reply: Reply) -> list[str]:
    """What begins with W is a warning."""
    said = reply.fields.get("error")
    found = said if isinstance(said, list) else [said] if said else []
    return [str(each) for each in found if not str(each).startswith("W")]


def _target(cashout: Cashout) -> dict[str, str]:
    return {"asset": ASSETS[cashout.currency], "key": cashout.address}


def _refusal(cashout: Cashout, error: Complaint, *, may_have_paid: bool = False) -> SettleCashout:
    """What Kraken says no to has not left. A service that is busy may have taken it all the same."""
    outcome: Told = "waiting"
    problem = error.errors
    if "EService" in problem or "EGeneral:Internal" in problem or error.reply.status >= 500:
        outcome = "unknown" if may_have_paid else "waiting"
    elif "Unknown withdraw key" in problem:
        problem = UNREGISTERED
    elif "Insufficient funds" in problem:
        problem = NO_FUNDS
    return told(cashout, NAME, outcome, problem=problem, body=error.reply.body)


def _is_like(cashout: Cashout, entry: Mapping[str, object]) -> bool:
    """Whether a withdrawal may be this cash-out: its address and amount, and not from before there was one. Whether
    Kraken's amount is with the fee is not documented.
    """
    amount, fee, at = number(entry, "amount"), number(entry, "fee"), number(entry, "time")
    if amount is None or at is None or not 0 < at < 2**33:
        return False
    with localcontext(EXACT):
        fits = cashout.net in (amount, amount - (fee or 0))
    is_there = cashout.address in (text(entry, "info"), text(entry, "key"))
    return fits and is_there and datetime.fromtimestamp(int(at), UTC) >= cashout.created_at - SKEW


def _status(cashout: Cashout, entry: Mapping[str, object], body: bytes) -> SettleCashout | None:
    outcome = STATUSES.get(text(entry, "status") or "")
    if outcome is None:
        return None
    problem = text(entry, "status-prop") or "failed" if outcome == "failed" else None
    return told(
        cashout,
        NAME,
        outcome,
        external_id=identity(entry, "refid"),
        txid=identity(entry, "txid"),
        problem=problem,
        body=body,
    )


@asynccontextmanager
async def open_kraken(
    url: str, api_key: str, secret: str, keep: Keep, clock: WallClock, limit: float = LIMIT
) -> AsyncIterator[Kraken]:
    """With connections of its own. Raises SettingsError."""
    async with open_api(url, {"api-key": api_key}, NAME, limit) as api:
        yield Kraken(api, Signer(secret, clock), keep, clock)
