"""The errands of somebody who wants money at a bank: which banks there are, and whose an account is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import orjson
import structlog
import trio

from lockbay.actors.errand import Runner
from lockbay.areas.destinations import Account, Bank, Banks, ListBanks, ResolveAccount
from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import LIMIT, Api, open_api
from lockbay.payments.fincra import NAME
from lockbay.payments.reading import identity, inner, objects, text
from lockbay.postgres.queries import Refused

AGE: Final = 3600.0  # s that the list of banks is believed
FRESH: Final = 300.0  # s that a found name is: a replay asks again for what was just asked
MOST: Final = 1000  # found names
AWAY: Final = Refused("provider_away")
UNRESOLVED: Final = Refused("unresolved")
NO_ACCOUNT: Final = (400, 404, 422)  # docs.fincra.com: 422 for what cannot be resolved
LONGEST_NAME: Final = 120
JSON: Final = {"content-type": "application/json"}

log = structlog.get_logger()


class BankDesk:
    """Fincra's list of banks and its look-up of accounts (docs/apis.md §3.3). Codes are taken from its own list only.
    Any number of tasks may call; whoever comes while the list is being fetched waits for it, and asks no more when
    that has failed.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._banks: Banks | None = None
        self._until = 0.0
        self._fetching = trio.Lock()
        self._fetches = 0
        self._found: dict[tuple[str, str], tuple[Account, float]] = {}  # the oldest first

    async def list_banks(self, errand: ListBanks, key: str) -> Banks | Refused:
        """The runner of ListBanks. An old list is better than none."""
        before = self._fetches
        async with self._fetching:
            is_old = self._banks is None or trio.current_time() >= self._until
            if is_old and self._fetches == before:
                await self._fetch()
                self._fetches += 1
        return self._banks or AWAY

    async def resolve(self, errand: ResolveAccount, key: str) -> Account | Refused:
        """The runner of ResolveAccount. A name that was found stands for some minutes; what was not is asked anew."""
        wanted = errand.bank_code, errand.account_number
        found, until = self._found.get(wanted, (None, 0.0))
        if found is not None and trio.current_time() < until:
            return found
        answer = await self._resolve(errand)
        if isinstance(answer, Account):
            self._found.pop(wanted, None)
            self._found[wanted] = answer, trio.current_time() + FRESH
            if len(self._found) > MOST:
                del self._found[next(iter(self._found))]
        return answer

    async def _resolve(self, errand: ResolveAccount) -> Account | Refused:
        question = {"accountNumber": errand.account_number, "bankCode": errand.bank_code, "type": "nuban"}
        try:
            reply = await self._api.exchange("POST", "core/accounts/resolve", orjson.dumps(question), JSON)
        except ProviderUnavailable as error:
            log.warning("account_not_resolved", error=str(error))
            return AWAY
        if not reply.is_yes:
            log.info("account_not_resolved", status=reply.status, error=reply.complaint)
            return UNRESOLVED if reply.status in NO_ACCOUNT else AWAY
        data = inner(reply.fields, "data")
        name, number = (text(data, "accountName") or "").strip(), identity(data, "accountNumber")
        if not name.isprintable() or not name or number not in (None, errand.account_number):
            return UNRESOLVED
        return Account(errand.account_number, " ".join(name.split())[:LONGEST_NAME])

    async def _fetch(self) -> None:
        try:
            answer = await self._api.get("core/banks", {"currency": "NGN", "country": "NG"})
        except ProviderUnavailable as error:
            log.warning("banks_not_listed", error=str(error))
            return
        banks = _banks(answer)
        if banks:
            self._banks, self._until = Banks(banks), trio.current_time() + AGE


def _banks(answer: Mapping[str, object]) -> tuple[Bank, ...]:
    """By name, each code once."""
    found: dict[str, Bank] = {}
    for entry in objects(answer, "data"):
        code, name = identity(entry, "code"), (text(entry, "name") or "").strip()
        if code is not None and name and name.isprintable():
            found.setdefault(code, Bank(code, name))
    return tuple(sorted(found.values(), key=lambda bank: bank.name.casefold()))


async def _nobody(errand: object, key: str) -> Refused:
    return AWAY


def bank_errands(desk: BankDesk | None) -> dict[type, Runner]:
    """The runners of both errands; without a provider of banks they answer that it is away."""
    if desk is None:
        return {ListBanks: _nobody, ResolveAccount: _nobody}
    return {ListBanks: desk.list_banks, ResolveAccount: desk.resolve}


@asynccontextmanager
async def open_banks(url: str, secret_key: str, limit: float = LIMIT) -> AsyncIterator[BankDesk | None]:
    """With connections of its own; None without a key. Raises SettingsError."""
    if not secret_key:
        yield None
        return
    async with open_api(url, {"api-key": secret_key}, NAME, limit) as api:
        yield BankDesk(api)
