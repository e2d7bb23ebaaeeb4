"""People who bring others here, and what they get for it."""

from __future__ import annotations

from decimal import Decimal

from lockbay.areas.balances import Wallet
from lockbay.areas.onboarding.records import AcceptTerms, ComeByLink
from lockbay.areas.referrals.records import ReferralList, ReferralPage
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from tests.ledger.world import World


async def page(world: World, user: int) -> ReferralPage:
    view = await world.database.read(ReferralPage, user)
    assert view is not None
    return view


async def listed(world: World, user: int, before: int = 0) -> ReferralList:
    view = await world.database.read(ReferralList, user, before)
    assert view is not None
    return view


async def credit(world: World, user: int) -> Decimal:
    wallet = await world.database.read(Wallet, user)
    assert wallet is not None
    return wallet.balances[0].credit


async def credit_back(world: World, user: int, trade: int) -> Decimal | None:
    view = await world.database.read(TradePage, user, trade)
    assert view is not None
    return view.credit_back


async def brought(world: World, referrer: int, usdt: str | int = 0) -> int:
    """Somebody who came by a link and has accepted the terms."""
    user = await world.meet()
    await world.done(ComeByLink(user, (await page(world, referrer)).code))
    await world.done(AcceptTerms(user))
    if usdt:
        await world.fund(user, Decimal(usdt))
    return user


async def released(world: World, buyer: int, seller: int, amount: str) -> int:
    trade = await world.delivered(buyer, seller, amount)
    await world.done(ReleaseTrade(buyer, trade.id))
    return trade.id


async def told(raw: Connection, user: int) -> list[str]:
    rows = await raw.fetch("SELECT kind FROM outbox WHERE user_id = $1 ORDER BY id", user)
    return [row["kind"] for row in rows if row["kind"].startswith(("referral", "fee_credit"))]
