"""Ben, who buys and invites, and what his sellers prove."""

from __future__ import annotations

import pytest

from lockbay import plan
from lockbay.actors.update import Contact
from lockbay.areas.onboarding.records import Onboarding, ProvenPhone, ProvePhone
from lockbay.areas.trades.records import JoinTrade, TradeState
from lockbay.areas.trades.views import InvitationPage
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import BEN, fresh_key, onboarded, set_rates

NUMBER = "+2348031234567"
TOLD = Contact("2348031234567", is_own=True)  # as Telegram tells it
PLAN = plan.plan("lockbay_bot")


@pytest.fixture
async def buyer(database: Database) -> int:
    await set_rates(database)
    return await onboarded(database, BEN, "Ben", "ben")


async def prove(database: Database, user_id: int, number: str = NUMBER) -> ProvenPhone:
    proven = await database.perform(ProvePhone(user_id, number), fresh_key())
    assert isinstance(proven, ProvenPhone)
    return proven


async def phone_of(database: Database, user_id: int) -> str | None:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return view.phone


async def waiting(database: Database, user_id: int) -> list[int]:
    view = await database.read(Onboarding, user_id)
    assert view is not None
    return [invitation.trade_id for invitation in view.invitations]


async def standing(database: Database, user_id: int, trade: TradeState) -> str:
    page = await database.read(InvitationPage, user_id, trade.token)
    assert page is not None
    return page.standing


async def join(database: Database, user_id: int, trade: TradeState) -> TradeState | Refused:
    assert trade.token is not None
    return await database.perform(JoinTrade(user_id, trade.token), fresh_key())
