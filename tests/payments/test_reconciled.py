"""Reconciliation with each provider's own client, against the local one that is as strict as the real one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from lockbay.areas.admin.records import AdminDashboard, SaveStaff
from lockbay.areas.balances import Wallet
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.audit import audit
from lockbay.clock.reconciler import SETTLING, Reconciler
from lockbay.payments.payins import open_payin
from lockbay.postgres.database import Database
from tests.areas.people import ANA, onboarded
from tests.clock import MovedClock
from tests.payments import test_sandbox
from tests.payments.test_sandbox import AMOUNT, World

world = test_sandbox.world

ERRANDS: Final = {
    "blockbee": OpenPayin(ANA, "USDT", "TRC20"),
    "dynopay": OpenPayin(ANA, "USDT", "TRC20"),
    "fincra": OpenPayin(ANA, "NGN", "BANK", amount=Decimal(AMOUNT)),
}


@pytest.mark.parametrize(("how", "times"), [("never_told", 1), ("exact", 1), ("again", 1), ("twice", 2)])
@pytest.mark.parametrize("name", list(ERRANDS))
async def test_however_it_is_told_the_wallet_has_it_once(
    world: World, database: Database, clock: MovedClock, name: str, how: str, times: int
) -> None:
    await onboarded(database, ANA)
    await database.run(SaveStaff([ANA]))
    provider, errand = world.providers[name], ERRANDS[name]
    payin = await open_payin([provider], database)(errand, "the errand")
    assert isinstance(payin, Payin)
    await world.paid(payin, how)
    for told in world.told:
        if told is not None:
            await database.perform(told, told.request_key)
    for _ in range(3):
        clock.advance(SETTLING + timedelta(minutes=5))
        await Reconciler(database, clock, provider).tick()
    wallet = await database.read(Wallet, ANA)
    assert wallet
    money = next(each.available for each in wallet.balances if each.currency == errand.currency)
    assert money == times * Decimal(AMOUNT)
    board = await database.read(AdminDashboard, ANA)
    assert board is not None
    # Fincra answers for a page with one charge, whatever was paid there: that the other is not in it, the staff hears.
    assert board.differences == (1 if (name, how) == ("fincra", "twice") else 0)
    assert [each.away_since for each in board.providers] == [None]
    assert (await audit(database)).passed
