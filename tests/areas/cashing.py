"""People who cash out, through the flows that they use."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import orjson
import pytest

from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import cashout, menu, wallet
from lockbay.areas.balances import Wallet
from lockbay.areas.codes import code
from lockbay.areas.destinations import Account, Bank, Banks, ListBanks, ResolveAccount
from lockbay.areas.payout import Cashout
from lockbay.areas.terms import Terms
from lockbay.postgres import rows
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key, fund, onboarded, set_rates
from tests.areas.sendable import sent
from tests.clock import MovedClock
from tests.talk import LostTurn, Talk

PLAN: Final = Plan(
    together(cashout.FLOWS, wallet.FLOWS, menu.FLOWS), cashout.COMMANDS, "menu", lambda person, flow: None
)
ENGLISH: Final = words("en", "UTC")
TRON: Final = "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"


async def list_banks(errand: ListBanks, key: str) -> Banks:
    return Banks((Bank("044", "Access Bank"), Bank("058", "Guaranty Trust Bank"), Bank("50211", "Kuda Bank")))


async def resolve(errand: ResolveAccount, key: str) -> Account | Refused:
    if errand.account_number == "0000000000":
        return Refused("unresolved")
    return Account(errand.account_number, "ANA OBI")


@pytest.fixture
async def talk(database: Database, clock: MovedClock) -> Talk:
    """Ana has 100 USDT and has verified no e-mail address."""
    await database.run(Terms(cashout_unverified_daily_usd=Decimal(0)))
    await set_rates(database)
    await fund(database, await onboarded(database, ANA), "100")
    return Talk(PLAN, database, clock, ANA, {ListBanks: list_banks, ResolveAccount: resolve})


async def verify(raw: Connection) -> None:
    """Ana proves an e-mail address: from now on a code is asked for."""
    await raw.execute(f"UPDATE users SET email = 'ana@example.com', email_verified_at = created_at WHERE id = {ANA}")


async def reviewed(talk: Talk, amount: str = "10") -> Screen:
    """USDT over TRON, up to the review."""
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.say(amount)
    await talk.press("TRC20")
    return await talk.say(TRON)


async def requested(talk: Talk, database: Database) -> Cashout:
    """A cash-out of 10 USDT that nobody has begun to send."""
    await reviewed(talk)
    await talk.press("Confirm")
    return (await made(database))[0]


async def made(database: Database) -> list[Cashout]:
    """All cash-outs, the newest first."""
    found = await database.pool.fetch(
        "made", "SELECT cashout_answer(c)::text AS it FROM cashouts c ORDER BY id DESC", (), reads=True
    )
    structure = rows.structurer(Cashout)
    return [structure(orjson.loads(row["it"])) for row in found]


async def money(database: Database, currency: str = "USDT") -> tuple[int, int]:
    view = await database.read(Wallet, ANA)
    assert view is not None
    return next((int(each.available), int(each.held)) for each in view.balances if each.currency == currency)


async def mailed_code(database: Database) -> str:
    """The code that was mailed last, as the mail says it."""
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE data ? 'nonce' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    data = orjson.loads(row["data"])
    return code(database.secret, data["user_id"], data["purpose"], data["nonce"])


async def more(database: Database, amount: str) -> None:
    """Money comes from somewhere."""
    await database.pool.fetch(
        "more",
        "SELECT ledger_transfer($1, 'opening', NULL, '', ARRAY[('equity', NULL, 'USDT', -$2::numeric),"
        " ('available', $3::bigint, 'USDT', $2::numeric)]::ledger_line[], $4::timestamptz)",
        (fresh_key(), Decimal(amount), ANA, database.clock.now()),
    )


async def fund_naira(database: Database) -> None:
    await database.pool.fetch(
        "naira",
        "SELECT ledger_transfer($1, 'opening', NULL, '', ARRAY[('equity', NULL, 'NGN', -20000),"
        " ('available', $2::bigint, 'NGN', 20000)]::ledger_line[], $3::timestamptz)",
        (fresh_key(), ANA, database.clock.now()),
    )


async def to_kuda(talk: Talk) -> None:
    """Bank, account number, and yes, that is the name."""
    await talk.say("kuda")
    await talk.press("Kuda")
    assert "ANA OBI" in sent(await talk.say("0123456789"))
    await talk.press("Yes")


def lost_turn(database: Database, clock: MovedClock, flow: str, *args: str) -> LostTurn:
    """Ana's last reply to a flow, which comes twice."""
    return LostTurn(PLAN, database, clock, ANA, flow, *args)


async def notices(database: Database) -> list[Screen]:
    """What the owner of a cash-out is told, drawn as the outbox draws it."""
    found = await database.pool.fetch(
        "told", "SELECT kind, data::text FROM outbox WHERE kind LIKE 'cashout_is_%' ORDER BY id", (), reads=True
    )
    told = [(cashout.NOTICES[row["kind"]], orjson.loads(row["data"])) for row in found]
    return [notice.draw(ENGLISH, rows.structurer(notice.record)(data)) for notice, data in told]
