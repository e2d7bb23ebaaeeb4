"""Operations: exactly once per key, whatever happens around them."""

from __future__ import annotations

from decimal import Decimal

import pytest
import trio

from lockbay import errors
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Refused
from tests.clock import START
from tests.postgres.shop import Bought, Buy, Purse


async def purse(shop: Database, user_id: int = 1) -> Purse:
    found = await shop.read(Purse, user_id)
    assert found is not None
    return found


async def test_an_operation_answers_its_record_and_changes_the_rows(shop: Database) -> None:
    assert await shop.perform(Buy(1, Decimal("2.25")), "1.1.buy.0") == Bought(Decimal("8.25"), START)
    after = await purse(shop)
    assert (after.coins, [each.price for each in after.purchases]) == (Decimal("8.25"), [Decimal("2.25")])


async def test_the_same_key_again_answers_the_first_outcome_and_changes_nothing(shop: Database) -> None:
    first = await shop.perform(Buy(1, Decimal("10.50")), "1.1.buy.0")
    assert await shop.perform(Buy(1, Decimal("10.50")), "1.1.buy.0") == first
    assert len((await purse(shop)).purchases) == 1


async def test_a_refusal_is_kept_under_its_key(shop: Database) -> None:
    refusal = Refused("insufficient", {"missing": "5"})
    assert await shop.perform(Buy(2, Decimal(5)), "2.1.buy.0") == refusal
    await shop.perform(Buy(2, Decimal(0)), "2.1.buy.1")
    assert await shop.perform(Buy(2, Decimal(5)), "2.1.buy.0") == refusal


async def test_a_key_with_other_content_is_refused_and_nothing_happens(shop: Database) -> None:
    await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
    with pytest.raises(errors.KeyReused):
        await shop.perform(Buy(1, Decimal(2)), "1.1.buy.0")
    assert (await purse(shop)).coins == Decimal("9.50")


async def test_one_key_from_many_tasks_at_once_counts_once(shop: Database) -> None:
    answers: list[Bought | Refused] = []

    async def buy() -> None:
        answers.append(await shop.perform(Buy(1, Decimal(1), pause=5), "1.1.buy.0"))

    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(buy)
    assert answers == [Bought(Decimal("9.50"), START)] * 20
    assert len((await purse(shop)).purchases) == 1


async def test_changes_and_notices_are_reported_after_the_commit_only(shop: Database, shop_url: str) -> None:
    heard: list[object] = []
    shop.on_changed = heard.extend
    shop.on_told = lambda: heard.append("told")
    with pytest.raises(errors.LockBayError):
        await shop.perform(Buy(3, Decimal(1)), "3.1.buy.0")  # there is no such person
    assert heard == []
    await shop.perform(Buy(2, Decimal(1)), "2.1.buy.0")  # refused
    assert heard == []
    await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
    assert heard == [Change(1, "Purse"), "told"]


async def test_a_cancelled_operation_that_was_sent_is_waited_for_and_reported(shop: Database) -> None:
    heard: list[Change] = []
    shop.on_changed = heard.extend
    with trio.move_on_after(0.02) as scope:
        await shop.perform(Buy(1, Decimal(1), pause=60), "1.1.buy.0")
    assert not scope.cancelled_caught
    assert heard == [Change(1, "Purse")]


async def test_an_operation_cancelled_before_it_was_sent_did_not_happen(shop: Database) -> None:
    with trio.CancelScope() as scope:
        scope.cancel()
        await shop.perform(Buy(1, Decimal(1)), "1.1.buy.0")
    assert (await purse(shop)).purchases == ()
