"""Cash-outs that are requested at once are one statement: each is made or refused as if it were alone, and waits for
nobody's locks there. What would have to wait is done apart, and holds up no other.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

import pytest
import trio
from attrs import evolve

from lockbay.areas.balances import Wallet
from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.contacts.records import Contacts, RemoveContact, RenameContact
from lockbay.areas.payout import Cashout
from lockbay.errors import KeyReused
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.altered import altered
from tests.ledger.world import UNLIMITED, World, locked

TERMS = evolve(
    UNLIMITED, cashout_code="never", cashout_daily_count=2, cashout_daily_usd=Decimal(500),
    cashout_unverified_daily_usd=Decimal(120), cashout_approval_usd=Decimal(100),
)  # fmt: skip
OURS = "address of ours"


def asked(user: int, amount: str | None = "10", **other: object) -> RequestCashout:
    net = Decimal(amount or 100) - 1
    plain = RequestCashout(
        user, "USDT", "TRC20", None if amount is None else Decimal(amount), net, f"T{user}", "", "", "", "", None
    )
    return altered(plain, **other)


async def at_once(world: World, operations: Sequence[RequestCashout]) -> list[Cashout | Refused]:
    """What became of each, in their order."""
    outcomes: dict[int, Cashout | Refused] = {}

    async def do(number: int, operation: RequestCashout) -> None:
        outcomes[number] = await world.do(operation)

    async with trio.open_nursery() as nursery:
        for number, operation in enumerate(operations):
            nursery.start_soon(do, number, operation)
    return [outcomes[number] for number in range(len(operations))]


async def under(world: World, operation: RequestCashout, key: str) -> Cashout | Refused | None:
    """What became of it; None when the key belongs to another request."""
    try:
        return await world.do(operation, key)
    except KeyReused:
        return None


def told(outcome: Cashout | Refused) -> tuple[object, ...]:
    """What twins are told alike."""
    if isinstance(outcome, Refused):
        return outcome.reason, dict(outcome.details)
    return (
        outcome.state,
        outcome.amount,
        outcome.net,
        outcome.currency,
        outcome.network,
        outcome.version,
        outcome.problem,
    )


def chosen(chance: random.Random, user: int) -> RequestCashout:
    """Some that are made, and one of each kind that is refused."""
    return chance.choice((
        asked(user, "10"), asked(user, "60", label="Home"), asked(user, "100"), asked(user, None), asked(user, "130"),
        asked(user, "2"), asked(user, "10.0000001"), asked(user, "10", net=Decimal(8)), asked(user, "1000"),
        asked(user, "10", address=OURS), asked(user, "10", network="nowhere"), asked(user, "10", currency="DOGE"),
        asked(user, "0.01", currency="BTC", network="BTC", net=Decimal("0.00995")), asked(user, "-5"),
    ))  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
async def test_together_each_is_told_what_it_would_be_alone(world: World, raw: Connection, seed: int) -> None:
    await world.database.run(TERMS)
    chance = random.Random(seed)
    twins = [(await world.person(100), await world.person(100)) for _ in range(9)]
    await raw.execute(f"UPDATE payins SET address = '{OURS}' WHERE user_id = {twins[0][0]}")
    for pair in twins[::2]:
        for person in pair:
            await world.fund(person, Decimal("0.01"), "BTC")
    for _ in range(3):
        wishes = [(chosen(chance, first), first, second) for first, second in twins]
        own = [evolve(wish, user_id=second, address=wish.address.replace(f"T{first}", f"T{second}"))
               for wish, first, second in wishes]  # fmt: skip
        sent = world.database.statements
        together = await at_once(world, [wish for wish, _, _ in wishes])
        assert world.database.statements - sent < len(twins)
        alone = [await world.do(wish) for wish in own]
        assert [told(outcome) for outcome in together] == [told(outcome) for outcome in alone]
        assert [made.user_id for made in together if isinstance(made, Cashout)] == [
            first for (_, first, _), made in zip(wishes, together, strict=True) if isinstance(made, Cashout)
        ]
    for first, second in twins:
        assert await world.database.read(Wallet, first) == await world.database.read(Wallet, second)
        kept = [await world.database.read(Contacts, person) for person in (first, second)]
        assert [len(each.saved) for each in kept if each is not None] in ([0, 0], [1, 1])
    await world.audited()


async def test_one_request_that_comes_many_times_at_once_moves_once(world: World) -> None:
    people = [await world.person(100) for _ in range(3)]
    outcomes: list[object] = []

    async def request(person: int) -> None:
        outcomes.append(await world.do(asked(person), f"the one of {person}"))

    async with trio.open_nursery() as nursery:
        for person in people * 4:
            nursery.start_soon(request, person)
    assert len(outcomes) == 12
    assert len({made.id for made in outcomes if isinstance(made, Cashout)}) == 3
    assert [await world.money(person) for person in people] == [(90, 10)] * 3
    await world.audited()


@pytest.mark.parametrize("rows", ["users WHERE id = {person}", "accounts WHERE owner = {person}"])
async def test_who_is_locked_holds_up_nobody_else(world: World, raw: Connection, rows: str) -> None:
    busy, *others = [await world.person(100) for _ in range(7)]
    late: list[object] = []

    async def wait() -> None:
        late.append(await world.do(asked(busy)))

    async with trio.open_nursery() as nursery, locked(raw, rows.format(person=busy)):
        nursery.start_soon(wait)
        done = await at_once(world, [asked(person) for person in others])
        assert all(isinstance(each, Cashout) for each in done)
        assert late == []
    assert [type(each) for each in late] == [Cashout]
    assert [await world.money(person) for person in (busy, *others)] == [(90, 10)] * 7
    await world.audited()


async def test_who_has_no_account_in_the_currency_is_refused_as_anybody_who_has_too_little(world: World) -> None:
    rich, *poor = [await world.person(100), await world.person(), await world.person()]
    done, *refused = await at_once(world, [asked(person) for person in (rich, *poor)])
    assert isinstance(done, Cashout)
    assert [told(each)[0] for each in refused] == ["insufficient"] * 2
    assert told(refused[0]) == told(await world.do(asked(poor[0])))
    await world.audited()


async def test_a_key_of_another_request_is_refused_also_when_somebody_is_locked_or_has_no_account(
    world: World, raw: Connection
) -> None:
    owner, other, poor = await world.person(100), await world.person(100), await world.person()
    assert isinstance(await world.do(asked(owner), "taken"), Cashout)
    wishes = [asked(owner, "20"), asked(other), asked(poor)]
    outcomes: list[Cashout | Refused | None] = []

    async def reuse(wish: RequestCashout) -> None:
        outcomes.append(await under(world, wish, "taken"))

    async with trio.open_nursery() as nursery, locked(raw, f"users WHERE id IN ({owner}, {other})"):
        for wish in wishes:
            nursery.start_soon(reuse, wish)
        await trio.sleep(0.1)
    assert outcomes == [None] * 3
    assert [await world.available(person) for person in (owner, other)] == [90, 100]


@pytest.mark.parametrize("funds", [(100, 100), (100, 3), (3, 3)])
@pytest.mark.parametrize("one_person", [True, False])
async def test_of_two_requests_under_one_key_at_once_one_is_answered(
    world: World, raw: Connection, funds: tuple[int, int], one_person: bool
) -> None:
    people = [await world.person(fund) for fund in funds]
    wishes = [asked(people[0]), asked(people[0], "11") if one_person else asked(people[1])]
    leader, outcomes = await world.person(100), dict[int, Cashout | Refused | None]()

    async def do(number: int, wish: RequestCashout) -> None:
        outcomes[number] = await under(world, wish, "of both")

    async with trio.open_nursery() as nursery:
        await raw.execute("BEGIN; LOCK TABLE requests IN SHARE MODE")
        nursery.start_soon(world.do, asked(leader))
        await trio.sleep(0.1)
        for number, wish in enumerate(wishes):  # these two go together
            nursery.start_soon(do, number, wish)
        await trio.sleep(0.1)
        await raw.execute("COMMIT")
    [answered] = [number for number, outcome in outcomes.items() if outcome is not None]
    assert outcomes[answered] == await world.do(wishes[answered], "of both")
    if isinstance(answer := outcomes[answered], Cashout):
        assert (answer.user_id, answer.amount) == (wishes[answered].user_id, wishes[answered].amount)
    await world.audited()


@pytest.mark.parametrize("change", [RenameContact(0, 0, "Elsewhere"), RemoveContact(0, 0)])
async def test_who_changes_a_kept_destination_holds_up_no_cash_out(
    world: World, raw: Connection, change: RenameContact | RemoveContact
) -> None:
    """What is locked of a person is locked under the person's row, which company does not wait for."""
    person, other = await world.person(100), await world.person(100)
    await world.done(asked(person, label="Home"))
    book = await world.database.read(Contacts, person)
    assert book is not None
    changed: list[object] = []

    async def change_it() -> None:
        changed.append(await world.do(evolve(change, user_id=person, destination_id=book.saved[0].id)))

    async with trio.open_nursery() as nursery, locked(raw, f"users WHERE id = {person}"):
        nursery.start_soon(change_it)
        await world.done(asked(other))
        free = await raw.fetch("SELECT FROM destinations FOR UPDATE NOWAIT")
        assert len(free) == 1
        assert changed == []
    assert len(changed) == 1
