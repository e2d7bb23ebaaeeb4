"""The errand of a deposit conversation, on the real database."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from attrs import define, evolve, field

from lockbay.actors.person import MeetPerson
from lockbay.areas.deposits.errands import MakeAddress
from lockbay.areas.deposits.records import DepositAddress, DepositInfo, SaveAddress
from lockbay.errors import ProviderUnavailable
from lockbay.payments.addresses import make_address
from lockbay.payments.provider import MadeAddress, Payment
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused

ERRAND = MakeAddress(2**40, "USDT", "TRC20")
KEY = f"{2**40}.1.address.1"


@define
class Bank:
    """A provider: every question gives the next address."""

    name: str = "bank"
    is_away: bool = False
    nonces: list[str] = field(factory=list)

    def offers(self, currency: str, network: str) -> bool:
        return network == "TRC20"

    async def make_address(self, user_id: int, currency: str, network: str, nonce: str) -> MadeAddress:
        if self.is_away:
            raise ProviderUnavailable
        self.nonces.append(nonce)
        return MadeAddress(f"address{len(self.nonces)}", Decimal("1.5"))

    async def payments(self, user_id: int, currency: str, network: str, nonce: str) -> list[Payment]:
        return []


async def meet(database: Database, *people: int) -> Sequence[int]:
    for user_id in people:
        await database.run(MeetPerson(user_id, None, "Ada", "en"))
    return people


async def kept(database: Database) -> DepositAddress | None:
    info = await database.read(DepositInfo, ERRAND.user_id, ERRAND.currency, ERRAND.network)
    assert info
    return info.address


async def test_an_address_is_made_once_and_kept(database: Database) -> None:
    await meet(database, ERRAND.user_id)
    bank = Bank()
    run = make_address(bank, database)
    made = await run(ERRAND, KEY)
    assert isinstance(made, DepositAddress)
    assert (made.provider, made.address, made.minimum) == ("bank", "address1", Decimal("1.5"))
    assert await run(ERRAND, KEY) == await run(ERRAND, "another key") == made
    assert await kept(database) == made
    assert bank.nonces == [made.nonce]


async def test_a_nonce_is_long_and_never_the_same(database: Database) -> None:
    await meet(database, 1, 2)
    bank = Bank()
    for user_id in (1, 2):
        await make_address(bank, database)(evolve(ERRAND, user_id=user_id), f"{user_id}.1.address.1")
    assert len({*bank.nonces}) == 2
    assert all(len(nonce) >= 32 for nonce in bank.nonces)


async def test_an_earlier_run_that_was_decided_late_is_the_one_that_counts(database: Database) -> None:
    """The first run's answer was lost; the second looked before the first had committed."""
    await meet(database, ERRAND.user_id)

    class Late(Bank):
        async def make_address(self, user_id: int, currency: str, network: str, nonce: str) -> MadeAddress:
            first = SaveAddress(user_id, currency, network, "bank", "the first", "its nonce", Decimal(1))
            await database.perform(first, KEY)
            return MadeAddress("the second", Decimal(1))

    made = await make_address(Late(), database)(ERRAND, KEY)
    assert isinstance(made, DepositAddress)
    assert made.address == "the first"


async def test_a_provider_that_is_away_is_a_refusal_and_leaves_nothing(database: Database) -> None:
    await meet(database, ERRAND.user_id)
    for provider in (None, Bank(is_away=True)):
        assert await make_address(provider, database)(ERRAND, KEY) == Refused("provider_away")
    assert await kept(database) is None
    assert isinstance(await make_address(Bank(), database)(ERRAND, KEY), DepositAddress)


async def test_what_nobody_offers_is_refused_without_asking(database: Database) -> None:
    await meet(database, ERRAND.user_id)
    bank = Bank()
    errand = evolve(ERRAND, network="ERC20")
    assert await make_address(bank, database)(errand, KEY) == Refused("unknown_currency")
    assert not bank.nonces


async def test_an_address_of_somebody_else_is_never_given_to_another(database: Database) -> None:
    await meet(database, 1, 2)
    first = await make_address(Bank(), database)(evolve(ERRAND, user_id=1), "1.1.address.1")
    assert isinstance(first, DepositAddress)
    again = await make_address(Bank(), database)(evolve(ERRAND, user_id=2), "2.1.address.1")
    assert isinstance(again, Refused)
    assert again.reason == "taken"
