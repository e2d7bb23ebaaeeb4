"""The parts of a disputed sum, and that the audit sees every ending that no decision says."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockbay import audit
from lockbay.areas.disputes.split import split
from lockbay.money import CURRENCIES
from lockbay.postgres.bridge import Connection
from tests.areas.disputing import decision, disputed, on_duty
from tests.ledger.world import World

HELD = st.integers(2, 10**24)


async def test_a_dispute_never_changes_and_never_goes(world: World, raw: Connection) -> None:
    staff, (_, _, trade) = await on_duty(world), await disputed(world)
    for statement in ("UPDATE disputes SET text = 'Something else'", "DELETE FROM disputes", "TRUNCATE disputes"):
        with pytest.raises(Exception, match="never change"):
            await raw.fetch(statement)
    await world.done(await decision(world, staff, trade.id, 10))
    with pytest.raises(Exception, match="ends once"):
        await raw.fetch("UPDATE disputes SET fee = 0")


BREAKS = {
    "a decision that nobody made": "UPDATE disputes SET resolved_at = NULL, how = NULL, seller_percent = NULL, "
    "released = NULL, fee = NULL, why = NULL, resolved_by = NULL",
    "another percentage": "UPDATE disputes SET seller_percent = 51",
    "another fee": "UPDATE disputes SET fee = fee + 0.000001",
    "another part": "UPDATE disputes SET released = released + 0.000001",
    "another time": "UPDATE disputes SET resolved_at = resolved_at + interval '1 second'",
    "no dispute": "DELETE FROM disputes",
    "another trade's end": "UPDATE trades SET state = 'released'",
    "money that is held still": "UPDATE holds SET ended_by = NULL, ended_at = NULL, ended_as = NULL",
    "a refund that was none": "UPDATE holds SET ended_as = 'refunded'",
    "a release that was none": "UPDATE holds SET ended_as = 'released'",
}


@pytest.mark.parametrize("name", BREAKS)
async def test_the_audit_sees_what_no_decision_says(world: World, raw: Connection, name: str) -> None:
    staff, (_, _, trade) = await on_duty(world), await disputed(world)
    await world.done(await decision(world, staff, trade.id, 50))
    await world.audited()
    await raw.fetch("SET session_replication_role = replica")  # without triggers
    await raw.fetch(BREAKS[name])
    found = await audit.audit(world.database)
    assert found.differences


async def test_the_audit_sees_a_dispute_whose_trade_went_on(world: World, raw: Connection) -> None:
    await disputed(world)
    await raw.fetch("SET session_replication_role = replica")
    await raw.fetch("UPDATE trades SET state = 'delivered'")
    assert [each.kind for each in (await audit.audit(world.database)).differences] == ["dispute"]


@given(held=HELD, share=st.integers(1, 10**6), percent=st.integers(0, 100), code=st.sampled_from(sorted(CURRENCIES)))
def test_the_parts_of_a_split_are_all_of_it_in_whole_units(held: int, share: int, percent: int, code: str) -> None:
    unit = CURRENCIES[code]
    whole, payout = held * unit.unit, max(held * share // 10**6, 1) * unit.unit
    parts = split(whole, payout, percent, unit)
    assert parts.buyer_gets + parts.seller_gets + parts.fee == whole
    assert all(
        part >= 0 and part == part.quantize(unit.unit) for part in (parts.buyer_gets, parts.seller_gets, parts.fee)
    )
    released = Fraction(parts.seller_gets) + Fraction(parts.fee)
    assert released <= Fraction(whole) * percent / 100 < released + Fraction(unit.unit)
    fee = (Fraction(whole) - Fraction(payout)) * released / Fraction(whole)
    assert -Fraction(unit.unit) / 2 < Fraction(parts.fee) - fee <= Fraction(unit.unit) / 2
    if percent == 0:
        assert parts.buyer_gets == whole
    if percent == 100:
        assert parts.seller_gets == payout


async def test_the_database_splits_as_the_screen_says(raw: Connection) -> None:
    """Sums of every currency, small, odd and large, at every percentage."""
    for code, unit in sorted(CURRENCIES.items()):
        for units in (2, 3, 105, 999_999_999_999, 12_426_543_208_737_654_321, 10**33 - 1):
            held, payout = units * unit.unit, max(units * 100 // 105, 1) * unit.unit
            rows = await raw.fetch(
                "SELECT percent, s.* FROM generate_series(0, 100) percent, disputes_split($1, $2, $3, percent) s",
                held, payout, unit.scale,
            )  # fmt: skip
            for row in rows:
                parts = split(held, payout, row["percent"], unit)
                assert (row["released"], row["fee"]) == (held - parts.buyer_gets, parts.fee), (
                    code,
                    units,
                    row["percent"],
                )
