"""Banks and accounts, against a server that counts how often it is asked."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import trio
import trio.testing
from attrs import define, field
from starlette.requests import Request
from starlette.responses import Response

from lockbay.areas.destinations import Account, ListBanks, ResolveAccount
from lockbay.payments.banks import BankDesk, open_banks
from lockbay.postgres.queries import Refused
from tests.payments.outside import outside

WANTED = ResolveAccount(1, "058", "0123456789")
FOUND = {"success": True, "data": {"accountNumber": "0123456789", "accountName": "ANN SAMPLE", "bankCode": "058"}}


@define
class Bank:
    """Says to all that come, once it may, and counts them."""

    says: list[tuple[int, object]]
    asked: int = 0
    may: trio.Event = field(factory=trio.Event)

    async def script(self, request: Request) -> Response:
        self.asked += 1
        await self.may.wait()
        status, said = self.says[min(self.asked, len(self.says)) - 1]
        return Response(json.dumps(said), status, media_type="application/json")


@pytest.fixture
def bank() -> Bank:
    return Bank([(422, {"success": False, "error": "no such account"}), (200, FOUND), (503, {})])


@pytest.fixture
async def desk(bank: Bank) -> AsyncIterator[BankDesk]:
    async with outside(bank.script) as server, open_banks(server.url, "key") as opened:
        assert opened
        yield opened


async def test_what_was_found_is_not_asked_again_and_what_was_not_is(bank: Bank, desk: BankDesk) -> None:
    bank.may.set()
    assert await desk.resolve(WANTED, "key") == Refused("unresolved")
    for _ in range(3):  # the last one while the provider is away
        assert await desk.resolve(WANTED, "key") == Account("0123456789", "ANN SAMPLE")
    assert bank.asked == 2
    assert await desk.resolve(ResolveAccount(1, "044", "0123456789"), "key") == Refused("provider_away")


async def test_who_waited_for_a_list_that_did_not_come_does_not_ask_in_turn(bank: Bank, desk: BankDesk) -> None:
    bank.says = [(503, {})]
    answers: list[object] = []

    async def ask() -> None:
        answers.append(await desk.list_banks(ListBanks(), "key"))

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(ask)
        while not bank.asked:
            await trio.testing.wait_all_tasks_blocked(0.01)
        bank.may.set()
    assert answers == [Refused("provider_away")] * 5
    assert bank.asked == 1
    await ask()
    assert bank.asked == 2


async def test_a_bank_whose_name_nobody_can_write_is_not_listed(bank: Bank, desk: BankDesk) -> None:
    names = {"1": "GT\0Bank", "2": "\ud800", "3": "\u202eknaB", "4": "Access Bank"}
    bank.says = [(200, {"success": True, "data": [{"code": code, "name": name} for code, name in names.items()]})]
    bank.may.set()
    listed = await desk.list_banks(ListBanks(), "key")
    assert not isinstance(listed, Refused)
    assert [each.name for each in listed.banks] == ["Access Bank"]
