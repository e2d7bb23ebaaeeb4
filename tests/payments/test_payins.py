"""The errand of somebody who wants to pay in, on the real database and with providers that do as they are told."""

from __future__ import annotations

from decimal import Decimal

import pytest
import trio
from attrs import define, evolve, field
from trio.testing import MockClock

from lockbay.actors.person import MeetPerson
from lockbay.areas.deposits.records import ApplyPayment, FillPayin
from lockbay.areas.payin import OpenPayin, Payin
from lockbay.errors import OutcomeUnknown, ProviderUnavailable
from lockbay.payments.payins import open_payin
from lockbay.payments.provider import Opened
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused
from tests.payments.places import WALLET

ADA = 2**40
ERRAND = OpenPayin(ADA, "USDT", "TRC20")
KEY = f"{ADA}.1.address.1"


@define
class Bank:
    """A provider: every question gives the next address."""

    name: str = "bank"
    network: str = "TRC20"
    is_away: bool = False
    asked: list[Payin] = field(factory=list)

    def offers(self, currency: str, network: str) -> bool:
        return network == self.network

    async def open(self, payin: Payin) -> Opened:
        self.asked.append(payin)
        if self.is_away:
            raise ProviderUnavailable
        return Opened(f"{self.name}{len(self.asked)}", None, Decimal("1.5"), f"id{len(self.asked)}")

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        return []


@pytest.fixture
async def known(database: Database) -> Database:
    """A database that knows Ada."""
    await database.run(MeetPerson(ADA, None, "Ada", "en"))
    return database


async def opened(*providers: Bank, database: Database, errand: OpenPayin = ERRAND, key: str = KEY) -> Payin:
    payin = await open_payin(providers, database)(errand, key)
    assert isinstance(payin, Payin)
    return payin


async def test_a_place_is_made_once_and_kept(known: Database) -> None:
    bank = Bank()
    made = await opened(bank, database=known)
    assert (made.provider, made.address, made.minimum, made.external_id) == ("bank", "bank1", Decimal("1.5"), "id1")
    assert await opened(bank, database=known, key="another key") == made
    assert [asked.id for asked in bank.asked] == [made.id]


async def test_the_payin_is_committed_before_a_provider_is_asked(known: Database) -> None:
    seen: list[object] = []

    class Watched(Bank):
        async def open(self, payin: Payin) -> Opened:
            found = await known.pool.fetch(
                "payin", "SELECT reference, nonce, provider FROM payins WHERE id = $1", (payin.id,), reads=True
            )
            seen.extend(tuple(row.values()) for row in found)
            return await super().open(payin)

    made = await opened(Watched(), database=known)
    assert seen == [(made.reference, made.nonce, None)]
    assert made.reference
    assert len(made.nonce) >= 32


async def test_the_same_errand_again_shows_the_same_place_whatever_the_provider_makes(known: Database) -> None:
    bank = Bank()
    first = await opened(bank, database=known)
    assert await opened(bank, database=known) == first  # of its second run, which knows nothing of the first
    assert (await opened(Bank("other"), database=known)).address == "bank1"


async def test_a_lost_answer_is_found_again(known: Database) -> None:
    class Lossy:
        async def perform(self, operation: Operation[Payin], key: str) -> Payin | Refused:
            outcome = await known.perform(operation, key)
            if isinstance(operation, FillPayin):
                raise OutcomeUnknown
            return outcome

    bank = Bank()
    with pytest.raises(OutcomeUnknown):
        await open_payin([bank], Lossy())(ERRAND, KEY)  # type: ignore[arg-type]
    assert (await opened(bank, database=known)).address == "bank1"
    assert (await opened(bank, database=known, key="later")).address == "bank1"


async def test_two_at_once_are_shown_one_place(known: Database) -> None:
    found: list[Payin] = []
    bank = Bank()

    async def run(key: str) -> None:
        found.append(await opened(bank, database=known, key=key))

    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(run, f"key {number}")
    assert len({payin.address for payin in found}) == 1
    assert len({payin.id for payin in found}) == 1


async def test_when_one_is_away_the_next_is_asked(known: Database) -> None:
    first, second, third = Bank("first", is_away=True), Bank("second"), Bank("third")
    made = await opened(first, Bank("ethereum", "ERC20"), second, third, database=known)
    assert (made.provider, made.address) == ("second", "second1")
    assert (len(first.asked), len(third.asked)) == (1, 0)


async def test_when_all_are_away_it_is_a_refusal_and_the_next_try_makes_it(known: Database) -> None:
    bank = Bank(is_away=True)
    for providers in ([], [bank], [bank, Bank("other", is_away=True)]):
        assert await open_payin(providers, known)(ERRAND, KEY) == Refused("provider_away")
    bank.is_away = False
    assert (await opened(bank, database=known)).provider == "bank"


async def test_what_nobody_offers_is_refused_without_asking(known: Database) -> None:
    bank = Bank()
    errand = evolve(ERRAND, network="ERC20")
    assert await open_payin([bank], known)(errand, KEY) == Refused("unknown_currency")
    assert not bank.asked


async def test_what_the_database_refuses_is_asked_of_nobody(known: Database) -> None:
    bank = Bank(network="BANK")
    errand = evolve(ERRAND, currency="NGN", network="BANK", amount=Decimal("0.001"))
    refused = await open_payin([bank], known)(errand, KEY)
    assert isinstance(refused, Refused)
    assert refused.reason == "bad_amount"
    assert not bank.asked


async def test_an_address_of_somebody_else_is_never_given_to_another(database: Database) -> None:
    for user_id in (1, 2):
        await database.run(MeetPerson(user_id, None, "Ada", "en"))
    first = await opened(Bank(), database=database, errand=evolve(ERRAND, user_id=1), key="1.1.address.1")
    again = await open_payin([Bank()], database)(evolve(ERRAND, user_id=2), "2.1.address.1")
    assert first.address == "bank1"
    assert isinstance(again, Refused)
    assert again.reason == "taken"
    other = await opened(Bank(), Bank("next"), database=database, errand=evolve(ERRAND, user_id=2), key="2.2.address.1")
    assert other.address == "next1"


class Stored:
    """The database as far as time goes: real connections and a clock that jumps do not go together."""

    def __init__(self) -> None:
        self.filled: list[FillPayin] = []

    async def perform(self, operation: Operation[Payin], key: str) -> Payin:
        if not isinstance(operation, FillPayin):
            return WALLET
        self.filled.append(operation)
        return evolve(WALLET, provider=operation.provider, address=operation.address)


class Silent(Bank):
    async def open(self, payin: Payin) -> Opened:
        self.asked.append(payin)
        await trio.sleep_forever()
        raise AssertionError


async def test_a_silent_one_has_seven_seconds_and_the_next_is_asked(autojump_clock: MockClock) -> None:
    began = trio.current_time()
    made = await open_payin([Silent(), Bank("next")], Stored())(ERRAND, KEY)  # type: ignore[arg-type]
    assert isinstance(made, Payin)
    assert made.provider == "next"
    assert trio.current_time() - began == pytest.approx(7)


async def test_all_of_them_together_have_nine_seconds(autojump_clock: MockClock) -> None:
    began = trio.current_time()
    silent = [Silent() for _ in range(3)]
    assert await open_payin(silent, Stored())(ERRAND, KEY) == Refused("provider_away")  # type: ignore[arg-type]
    assert trio.current_time() - began == pytest.approx(9)
    assert [len(each.asked) for each in silent] == [1, 1, 0]
