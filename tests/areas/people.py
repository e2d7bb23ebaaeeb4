"""People with and without money, made as the service makes them."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from lockbay.actors.person import MeetPerson
from lockbay.areas.balances import Wallet
from lockbay.areas.deposits.records import Applied, ApplyPayment, FillPayin, RequestPayin
from lockbay.areas.onboarding.records import AcceptTerms
from lockbay.areas.trades.records import CreateTrade, SellerKind, TradeState
from lockbay.areas.wallet.records import SaveRates
from lockbay.money import CURRENCIES
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Operation, Refused

ANA, BEN, CLEO = 10_000_000_001, 10_000_000_002, 10_000_000_003  # ids beyond 32 bits
BARRED = {"blocked", "closed"}  # what sql/users/barred.sql says of those who can begin nothing
_numbers = count(1)


def fresh_key() -> str:
    """A request key that nobody has used, nor tests.ledger.world."""
    return f"people.{next(_numbers)}"


async def met(database: Database, user_id: int, first_name: str = "Ana", username: str | None = None) -> int:
    """Somebody who has written to LockBay once."""
    await database.run(MeetPerson(user_id, username, first_name, "en"))
    return user_id


async def onboarded(database: Database, user_id: int, first_name: str = "Ana", username: str | None = None) -> int:
    """Somebody who has accepted the terms."""
    await met(database, user_id, first_name, username)
    assert not isinstance(await database.perform(AcceptTerms(user_id), fresh_key()), Refused)
    return user_id


async def fund(database: Database, user_id: int, amount: str, code: str = "USDT") -> None:
    """A deposit of theirs is credited, as the provider's webhook does it."""
    network = CURRENCIES[code].networks[0]
    wanted = await database.perform(RequestPayin(user_id, None, code, network, None), fresh_key())
    assert not isinstance(wanted, Refused)
    made = FillPayin(user_id, wanted.id, "blockbee", f"{code}-of-{user_id}", None, "", Decimal(0))
    assert not isinstance(await database.perform(made, fresh_key()), Refused)
    payment = ApplyPayment(
        "blockbee",
        fresh_key(),
        True,
        wanted.reference,
        wanted.nonce,
        f"{code}-of-{user_id}",
        code,
        network,
        Decimal(amount),
        "tx",
        b"{}",
        "",
    )
    credited = await database.perform(payment, payment.request_key)
    assert isinstance(credited, Applied)
    assert credited.outcome == "credited"


async def set_rates(database: Database) -> None:
    """Every coin has a fresh price, on which as many sources agree as an exchange demands."""
    for code, price in (("USDT", "1"), ("BTC", "90000"), ("ETH", "3000"), ("NGN", "0.0007")):
        for source in ("kraken", "coingecko"):
            await database.run(SaveRates(source, code, "USD", Decimal(price), database.clock.now()))


async def offered(
    database: Database, buyer: int, kind: SellerKind = "link", seller: str = "", *, description: str = "A bicycle"
) -> TradeState:
    """A trade over 100 USDT that waits for its seller."""
    offer = CreateTrade(buyer, "USDT", Decimal(100), description, 24, "buyer", kind, seller, Decimal(5), Decimal(105))
    trade = await database.perform(offer, fresh_key())
    assert isinstance(trade, TradeState), trade
    return trade


async def do(database: Database, operation: Operation[object]) -> None:
    """What must not be refused."""
    assert not isinstance(await database.perform(operation, fresh_key()), Refused)


async def available(database: Database, user_id: int) -> Decimal:
    """The USDT that they can use."""
    wallet = await database.read(Wallet, user_id)
    assert wallet is not None
    return next(each.available for each in wallet.balances if each.currency == "USDT")


async def change(database: Database, user_id: int, what: str) -> None:
    """As the flows of others do it."""
    await database.pool.fetch("test", f"UPDATE users SET {what} WHERE id = $1", (user_id,), reads=False)


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
