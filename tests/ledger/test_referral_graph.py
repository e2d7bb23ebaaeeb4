"""Any links opened in any order, by people who join and trade: nobody brings themselves, and all fee credit is as a
model of a few lines says.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from attrs import define
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lockbay.areas.onboarding.records import AcceptTerms, ComeByLink
from lockbay.areas.referrals.records import ReferralPage
from lockbay.areas.trades.records import ReleaseTrade
from lockbay.postgres.queries import Refused
from tests.ledger.sessions import Session, session
from tests.ledger.world import World

__all__ = ["session"]
PEOPLE = 5
MOVES = st.lists(
    st.tuples(st.sampled_from(("come", "come", "join", "trade")), *[st.integers(0, PEOPLE - 1)] * 2), max_size=25
)
EACH, ENOUGH, FEE = Decimal(5), Decimal(100), Decimal("0.05")


@define
class Somebody:
    """One of the model."""

    id: int
    code: str
    joined: bool = False
    by: Somebody | None = None
    volume: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    rewarded: bool = False


def test_credit_is_what_the_model_says(session: Session) -> None:
    session.run(session.world.prepare)
    session.run(session.world.without_levels)

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(MOVES)
    def play(moves: list[tuple[str, int, int]]) -> None:
        session.run(partial(_play, session.world, moves))

    play()


async def _play(world: World, moves: list[tuple[str, int, int]]) -> None:
    people = []
    for _ in range(PEOPLE):
        user_id = await world.meet()
        page = await world.database.read(ReferralPage, user_id)
        assert page is not None
        people.append(Somebody(user_id, page.code))
    await _join(world, people[0])
    for move, one, other in moves:
        await _move(world, move, people[one], people[other])
    for each in people:
        page = await world.database.read(ReferralPage, each.id)
        assert page is not None
        assert page.credit == each.credit
        assert page.earned == EACH * sum(one.rewarded for one in people if one.by is each)
        assert _ancestors(each).count(each.id) == 1
    await world.audited()


async def _move(world: World, move: str, one: Somebody, other: Somebody) -> None:
    if move == "come":
        await _come(world, one, other)
    elif move == "join" and not one.joined:
        await _join(world, one)
    elif move == "trade" and one.joined and other.joined and one is not other:
        await _trade(world, one, other)


async def _come(world: World, one: Somebody, other: Somebody) -> None:
    answer = await world.do(ComeByLink(one.id, other.code))
    counts = not one.joined and other.joined and one.by in (None, other)
    assert isinstance(answer, Refused) != counts
    if counts:
        one.by = other


async def _join(world: World, one: Somebody) -> None:
    await world.done(AcceptTerms(one.id))
    await world.fund(one.id, Decimal(10_000))
    one.joined = True
    if one.by is not None:
        one.credit += EACH


async def _trade(world: World, buyer: Somebody, seller: Somebody) -> None:
    trade = await world.delivered(buyer.id, seller.id, "40")
    await world.done(ReleaseTrade(buyer.id, trade.id))
    buyer.credit -= min(buyer.credit, 40 * FEE)
    for side in (buyer, seller):
        side.volume += 40
        if side.by is not None and side.volume >= ENOUGH and not side.rewarded:
            side.rewarded = True
            side.by.credit += EACH


def _ancestors(one: Somebody) -> list[int]:
    """Who brought them, who brought those, and so on; ends, as it would not in a circle."""
    found: list[int] = []
    step: Somebody | None = one
    while step is not None and len(found) <= PEOPLE:
        found.append(step.id)
        step = step.by
    return found
