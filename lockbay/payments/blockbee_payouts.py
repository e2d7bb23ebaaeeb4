"""BlockBee's payouts from the self-custodial wallet (docs/apis.md §2.5;
docs.blockbee.io/get-started/payouts). Not of DOGE.

There is no idempotency key. What pays is `payout/process`, of a payout, which is made of a payout request; neither of
these pays anything. The request's id is kept before its payout is made, and a request has one payout: whatever is
repeated goes on with the same request, and one that got lost is found in the list.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlencode

import orjson
import structlog
import trio
from attrs import frozen

from lockbay.areas.payout import Cashout, SettleCashout, Told
from lockbay.errors import OutcomeUnknown, ProviderUnavailable, Unavailable
from lockbay.money import plain
from lockbay.payments.balances import Pot, Wanted
from lockbay.payments.blockbee import NAME, TICKERS
from lockbay.payments.client import LIMIT, Api, Declined, NotSent, Reply, open_api
from lockbay.payments.payout import NO_FUNDS, NOT_TAKEN, Keep, is_settled, told
from lockbay.payments.reading import identity, inner, number, objects, text
from lockbay.wallclock import WallClock

JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
PAGE: Final = 50  # requests, the newest first
PAGES: Final = 20
# The docs have two sets of words for it, and show both (docs.blockbee.io/api/payoutstatus).
STATUSES: Final[Mapping[str, Told]] = {
    "processing": "sent",
    "pending payment": "sent",
    "done": "done",
    "rejected": "failed",
}
SHORT: Final = ("insufficient", "not enough", "balance")

log = structlog.get_logger()


@frozen
class _Request:
    """A payout request as the list has it."""

    id: str
    payout_id: str | None
    status: str


class BlockBeePayouts:
    """The PayoutProvider. What a request is for, one task at a time finds out."""

    name = NAME

    def __init__(self, api: Api, keep: Keep, clock: WallClock) -> None:
        self._api = api
        self._keep = keep
        self._clock = clock
        self._claiming = trio.Lock()

    def pays(self, currency: str, network: str) -> bool:
        return (currency, network) in TICKERS and currency != "DOGE"

    async def pay(self, cashout: Cashout) -> SettleCashout:
        """See PayoutProvider. Until the payout is processed, whatever goes wrong is `waiting`: nothing has left."""
        request_id: str | None = cashout.external_id
        try:
            request_id = request_id or await self._request(cashout)
            payout_id = await self._payout(cashout, request_id)
            known = await self._info(cashout, request_id, payout_id) if cashout.tries > 1 else None
        except _Refused as error:
            return told(cashout, NAME, error.outcome, external_id=request_id, problem=error.problem, body=error.body)
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("payout_not_made", provider=NAME, cashout_id=cashout.id, error=str(error))
            return told(cashout, NAME, "waiting", external_id=request_id, problem=NOT_TAKEN)
        if known is not None and known.outcome != "waiting":  # processed already, or ended so that somebody must look
            return known
        return await self._process(cashout, request_id, payout_id)

    async def ask(self, cashout: Cashout) -> SettleCashout | None:
        """`waiting` when its payout was never processed, and that was long ago."""
        try:
            return await self._asked(cashout)
        except ProviderUnavailable as error:
            log.warning("payout_not_asked", provider=NAME, cashout_id=cashout.id, error=str(error))
            return None

    async def left(self, wanted: Wanted) -> list[Pot]:
        """See Purse."""
        return [await self._pot(*pair) for pair in TICKERS if self.pays(*pair) and wanted(*pair)]

    async def _pot(self, currency: str, network: str) -> Pot:
        amount = number(await self._api.get(f"{TICKERS[currency, network]}/payout/balance/"), "balance")
        if amount is None:
            raise ProviderUnavailable("BlockBee told no balance")
        return Pot(currency, network, amount)

    async def _asked(self, cashout: Cashout) -> SettleCashout | None:
        never = told(cashout, NAME, "waiting", external_id=cashout.external_id, problem=NOT_TAKEN)
        unpaid = never if is_settled(cashout, self._clock.now()) else None
        if cashout.external_id is None:  # it is kept before anything can pay
            return unpaid
        request = await self._find(cashout, cashout.external_id)
        if request is None:
            return None
        known = await self._info(cashout, request.id, request.payout_id) if request.payout_id else None
        if request.status == "rejected" and not _may_have_paid(known):
            why = known.problem if known else None
            return told(cashout, NAME, "failed", external_id=request.id, problem=why or "rejected")
        return unpaid if known is None and request.status == "pending" else known

    async def _request(self, cashout: Cashout) -> str:
        """The id of its payout request, kept. Raises _Refused when it must not be made, else what keeps it from it."""
        async with self._claiming:
            lost = await self._lost(cashout) if cashout.tries > 1 else None
            return lost or await self._requested(cashout)

    async def _lost(self, cashout: Cashout) -> str | None:
        """A request that an earlier try made and did not keep; it is kept now."""
        for request_id in await self._unpaid(cashout):
            if await self._keep(cashout.id, request_id):
                return request_id
        return None

    async def _requested(self, cashout: Cashout) -> str:
        amount = orjson.Fragment(plain(cashout.net))
        body = orjson.dumps({"outputs": {cashout.address: amount}})
        reply = await self._api.exchange("POST", f"{_ticker(cashout)}/payout/request/bulk/", body, JSON)
        if not reply.is_yes:
            raise _Refused(reply, may_fail=True)
        ids = reply.fields.get("request_ids")
        made = identity({"id": ids[0]}, "id") if isinstance(ids, list) and len(ids) == 1 else None
        if made is None or not await self._keep(cashout.id, made):
            raise ProviderUnavailable("BlockBee made a request whose id cannot be used")
        return made

    async def _payout(self, cashout: Cashout, request_id: str) -> str:
        """The id of the one payout of a request."""
        if cashout.tries > 1:
            request = await self._find(cashout, request_id)
            if request is None:
                raise ProviderUnavailable("BlockBee does not list the request")
            if request.status == "rejected":
                raise _Refused(Reply(200, {"error": "rejected"}, b""), may_fail=True)
            if request.payout_id is not None:
                return request.payout_id
        reply = await self._form("payout/create/", request_ids=request_id)
        if not reply.is_yes:
            raise _Refused(reply)
        payout_id = identity(inner(reply.fields, "payout_info"), "id")
        if payout_id is None:
            raise ProviderUnavailable("BlockBee made a payout without id")
        return payout_id

    async def _process(self, cashout: Cashout, request_id: str, payout_id: str) -> SettleCashout:
        """What pays. `unknown` unless BlockBee says what it is."""
        try:
            reply = await self._form("payout/process/", payout_id=payout_id)
        except NotSent:
            return told(cashout, NAME, "waiting", external_id=request_id, problem=NOT_TAKEN)
        except ProviderUnavailable as error:
            return told(cashout, NAME, "unknown", external_id=request_id, problem=str(error))
        if reply.is_yes:
            known = _read(cashout, request_id, reply)
            return known or told(cashout, NAME, "sent", external_id=request_id, body=reply.body)
        return await self._not_processed(cashout, request_id, payout_id, reply)

    async def _not_processed(self, cashout: Cashout, request_id: str, payout_id: str, reply: Reply) -> SettleCashout:
        """BlockBee says no also to a payout that was processed already: it says which it is, when asked."""
        maybe = told(cashout, NAME, "unknown", external_id=request_id, problem=reply.complaint, body=reply.body)
        if reply.status >= 500:
            return maybe
        try:
            status = await self._form("payout/status/", payout_id=payout_id)
        except ProviderUnavailable:
            return maybe
        info = inner(status.fields, "payout_info")
        if _word(info) == "created":
            return told(
                cashout, NAME, "waiting", external_id=request_id, problem=_why(reply.complaint), body=reply.body
            )
        return _read(cashout, request_id, status) or maybe

    async def _info(self, cashout: Cashout, request_id: str, payout_id: str) -> SettleCashout | None:
        reply = await self._form("payout/status/", payout_id=payout_id)
        if not reply.is_yes:
            raise Declined(f"BlockBee answered {reply.status}: {reply.complaint}")
        return _read(cashout, request_id, reply)

    async def _find(self, cashout: Cashout, request_id: str) -> _Request | None:
        for page in range(1, PAGES + 1):
            entries = await self._page(cashout, "all", page)
            for entry in entries:
                if identity(entry, "id") == request_id:
                    return _Request(request_id, identity(entry, "payout_id"), _word(entry))
            if len(entries) < PAGE:
                break
        return None

    async def _unpaid(self, cashout: Cashout) -> list[str]:
        """Requests like this cash-out's that have no payout yet; older ones of others have one."""
        found: list[str] = []
        for entry in await self._page(cashout, "pending", 1):
            request_id, value = identity(entry, "id"), number(entry, "value_requested")
            is_like = (identity(entry, "to"), value) == (cashout.address, cashout.net)
            if request_id is not None and identity(entry, "payout_id") is None and is_like:
                found.append(request_id)
        return found

    async def _page(self, cashout: Cashout, status: str, page: int) -> list[Mapping[str, object]]:
        query = {"status": status, "p": str(page)}
        return objects(await self._api.get(f"{_ticker(cashout)}/payout/request/list/", query), "payout_requests")

    async def _form(self, path: str, **fields: str) -> Reply:
        return await self._api.exchange("POST", path, urlencode(fields).encode(), FORM)


class _Refused(Exception):
    """BlockBee says no before anything was paid. `may_fail`: then it goes back, unless it is the operator's to mend, or
    no word of BlockBee's at all.
    """

    def __init__(self, reply: Reply, *, may_fail: bool = False) -> None:
        super().__init__()
        self.problem = _why(reply.complaint)
        self.body = reply.body
        is_ours = self.problem == NO_FUNDS or reply.status >= 500 or reply.status in (401, 403, 404, 429)
        is_no = bool(reply.fields) and not 300 <= reply.status < 400
        may_fail = may_fail and is_no and not is_ours and "key" not in self.problem.lower()
        self.outcome: Told = "failed" if may_fail else "waiting"


def _read(cashout: Cashout, request_id: str, reply: Reply) -> SettleCashout | None:
    """None while it is not processed. A payout that ended in an error may have paid in part: somebody looks, except
    where the wallet was short. What is on its way (`sent`) does not wait before it is unknown.
    """
    info = inner(reply.fields, "payout_info")
    status, txid = _word(info), identity(info, "txid")
    if status == "error":
        why = _why(text(info, "error") or "error")
        may_try = why == NO_FUNDS and txid is None and cashout.state != "sent"
        outcome: Told = "waiting" if may_try else "unknown"
        return told(cashout, NAME, outcome, external_id=request_id, txid=txid, problem=why, body=reply.body)
    found = STATUSES.get(status)
    if found is None or (found == "failed" and txid is not None):
        return None
    return told(cashout, NAME, found, external_id=request_id, txid=txid, body=reply.body)


def _may_have_paid(known: SettleCashout | None) -> bool:
    return known is not None and (known.txid is not None or known.outcome == "done")


def _word(fields: Mapping[str, object]) -> str:
    return (text(fields, "status") or "").lower()


def _why(complaint: str) -> str:
    return NO_FUNDS if any(word in complaint.lower() for word in SHORT) else complaint


def _ticker(cashout: Cashout) -> str:
    return TICKERS[cashout.currency, cashout.network]


@asynccontextmanager
async def open_blockbee_payouts(
    url: str, api_key: str, keep: Keep, clock: WallClock, limit: float = LIMIT
) -> AsyncIterator[BlockBeePayouts]:
    """With connections of its own. Raises SettingsError."""
    async with open_api(url, {"apikey": api_key}, NAME, limit) as api:
        yield BlockBeePayouts(api, keep, clock)
