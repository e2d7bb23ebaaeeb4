"""The dashboard after one of each thing that LockBay does: every number is what the postings and rows plainly say."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from attrs import evolve

from lockbay.actors.inbox import BuryUpdate
from lockbay.areas.admin.correction_records import DecideCorrection, ProposeCorrection
from lockbay.areas.admin.records import AttachUnapplied, CreditUnapplied, RefundUnapplied
from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.exchange.records import ConfirmExchange, QuoteExchange
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.support.records import AskSupport, CloseTicket
from lockbay.areas.trades.records import CancelTrade, DeclineTrade, PayQuoted, QuotePayment, ReduceTrade, ReleaseTrade
from lockbay.audit import audit
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.web.console.house_records import RollActivity
from lockbay.web.console.rendering import ENGLISH
from tests.areas.disputing import decision, opening
from tests.clock import MovedClock
from tests.ledger.world import UNLIMITED, World, payment
from tests.web.consoling import FINANCE, OWNER, SUPPORT, Desk, hire, open_desk

TILE: Final = re.compile(r'class="tile[^>]*><b>([^<]+)</b><span>([^<]+)</span>')
PLOT: Final = re.compile(r"<figcaption><span>([^<]+)</span><b>([^<]+)</b>")
ROW: Final = re.compile(r'<tr><td>(?:<[^>]*>)*([^<]+)(?:</\w+>)*</td><td class="number">([^<]+)</td></tr>')

BOOKED: Final = """
CREATE VIEW booked AS
SELECT t.trade_id, t.kind, p.transfer_id, a.kind AS account, p.currency, p.amount
FROM postings p JOIN transfers t ON t.id = p.transfer_id JOIN accounts a ON a.id = p.account_id
"""
# All of it within a month, and in USDT of 1 USD each.
PLOTS: Final = {
    "Trades": "SELECT count(*) FROM trades",
    "Volume": """
        SELECT sum(round(t.amount * (
            SELECT sum(p.amount) FROM booked p
            WHERE p.trade_id = t.id AND p.account = 'held' AND p.currency = t.currency AND p.amount > 0
            ) / (t.amount + t.buyer_fee), 2))
        FROM trades t WHERE t.paid_at IS NOT NULL""",
    "Cash-outs paid": "SELECT sum(amount) FROM booked WHERE kind = 'payout' AND account IN ('payouts', 'fees')",
    "Deposits": """
        SELECT count(DISTINCT transfer_id) FROM booked came WHERE account LIKE 'clearing:%' AND amount < 0
            AND NOT EXISTS (SELECT FROM booked b WHERE b.transfer_id = came.transfer_id AND account = 'payouts')""",
}  # fmt: skip
IN_USD: Final = ("Volume", "Cash-outs paid")
TILES: Final = {
    "open trades": "SELECT count(*) FROM trades WHERE ended_at IS NULL",
    "disputes open": "SELECT count(*) FROM trades WHERE state = 'disputed'",
    "tickets wait": "SELECT count(*) FROM tickets WHERE state = 'open'",
    "cash-outs wait": "SELECT count(*) FROM cashouts WHERE state IN ('awaiting_approval', 'waiting', 'unknown')",
    "unapplied payments": "SELECT count(*) FROM unapplied WHERE ended_at IS NULL",
    "corrections wait": "SELECT count(*) FROM corrections WHERE state = 'proposed' AND expires_at > '{at}'",
    "differences to providers": "SELECT count(*) FROM reconciliations WHERE settled_at IS NULL",
    "strange payouts": "SELECT count(*) FROM payout_alarms WHERE ended_at IS NULL",
    "dead letters": "SELECT count(*) FROM dead_letters",
}
ONE: Final = {  # what a tile says of one
    "open trades": "open trade", "disputes open": "dispute open", "tickets wait": "ticket waits",
    "cash-outs wait": "cash-out waits", "unapplied payments": "unapplied payment",
    "corrections wait": "correction waits", "differences to providers": "difference to providers",
    "strange payouts": "strange payout", "dead letters": "dead letter",
}  # fmt: skip
STATES: Final = "SELECT state, count(*) AS n FROM trades WHERE ended_at IS NULL GROUP BY 1"
HELD: Final = (
    "SELECT currency, sum(amount) AS amount FROM booked WHERE account = 'held' GROUP BY 1 HAVING sum(amount) <> 0"
)


async def paid_in(world: World, trade: int, buyer: int, *amounts: str) -> None:
    """By a coin, in so many payments; the same place each time."""
    payin = await world.payin(buyer, trade=trade)
    for amount in amounts:
        await world.done(payment(payin, amount))


async def deposits(world: World, ada: int) -> None:
    """To the wallet: one in two steps, one told twice, one that is only seen."""
    payin = await world.payin(ada)
    for amount in (3, 10):
        await world.done(payment(payin, amount, event="grows"))
    again = payment(payin, 5, event="again")
    await world.done(again)
    await world.do(again)
    await world.done(payment(payin, 8, confirmed=False))


async def taken(world: World, raw: Connection, ada: int, bea: int) -> None:
    """Payments that fit nothing: one ends in each way, one by two people, one waits."""
    trade = await world.trade(ada, bea, "20")
    payin = await world.payin(ada, trade=trade.id)
    await world.done(CancelTrade(ada, trade.id))
    for amount in (41, 42, 43, 144, 45):
        assert (await world.done(payment(payin, amount))).outcome == "unapplied"
    credited, attached, refunded, by_two, _ = [
        row["id"] for row in await raw.fetch("SELECT id FROM unapplied ORDER BY id")
    ]
    await world.done(CreditUnapplied(FINANCE, credited, Decimal(41), ada, "theirs"))
    part = await world.trade(ada, bea, "100")
    await world.done(AttachUnapplied(FINANCE, attached, Decimal(42), part.id, Decimal(42), "for that one"))
    await world.done(RefundUnapplied(FINANCE, refunded, Decimal(43), "tx 0xabc"))
    proposal = ProposeCorrection(FINANCE, bea, None, "USDT", Decimal(144), "theirs", by_two)
    await world.done(DecideCorrection(OWNER, await world.done(proposal), Decimal(144), True, ""))


async def trades(world: World, ada: int, bea: int) -> None:
    """One that ends in each way, or does not."""
    await world.trade(ada, bea, "11")
    await world.done(CancelTrade(ada, (await world.trade(ada, bea, "12")).id))
    await world.done(DeclineTrade(bea, (await world.paid(ada, bea, "13")).id))
    await world.done(ReleaseTrade(ada, (await world.delivered(ada, bea, "14")).id))
    await world.accepted(ada, bea, "15")
    abandoned = await world.trade(ada, bea, "16")
    await paid_in(world, abandoned.id, ada, "4")
    await world.done(CancelTrade(ada, abandoned.id))
    less = await world.trade(ada, bea, "100")
    await paid_in(world, less.id, ada, "30", "22.5")
    await world.done(ReduceTrade(ada, less.id, Decimal("52.5")))
    forgiven = await world.trade(ada, bea, "200")
    await paid_in(world, forgiven.id, ada, "206", "1", "10")
    for share in (0, 40):
        disputed = await world.accepted(ada, bea, "60")
        await world.done(opening(ada, disputed.id))
        if share:
            await world.done(await decision(world, SUPPORT, disputed.id, share))


async def in_another_coin(world: World, ada: int, bea: int) -> None:
    """A trade that bitcoins of the wallet pay, one for which they come, one with a part of them, and an exchange."""
    await world.fund(ada, Decimal("0.01"), "BTC")
    quote = await world.done(QuotePayment(ada, (await world.trade(ada, bea, "90")).id, "BTC"))
    await world.done(PayQuoted(ada, quote.id))
    for amount in ("0.002", "0.0005"):
        trade = await world.trade(ada, bea, "80")
        await world.done(payment(await world.payin(ada, "BTC", trade=trade.id), amount))
    await world.done(ConfirmExchange(ada, (await world.done(QuoteExchange(ada, "USDT", "NGN", Decimal(10)))).id))


async def cashouts(world: World, ada: int) -> None:
    """One that ends in each way, or does not; one of which a provider then says otherwise."""

    async def wanted(amount: int) -> Cashout:
        whole = Decimal(amount)
        return await world.done(RequestCashout(ada, "USDT", "TRC20", whole, whole - 1, "T-there", "", "", "", "", None))

    async def told(cashout: Cashout, outcome: Told) -> None:
        await world.done(SettleCashout(cashout.reference, "blockbee", outcome, None, None, None, b"{}", "{}"))

    await wanted(21)
    await world.done(CancelCashout(ada, (await wanted(22)).id))
    ends: Sequence[tuple[int, Sequence[Told]]] = (
        (23, ["done"]),
        (24, ["failed"]),
        (25, ["unknown"]),
        (26, ["sent"]),
        (27, ["failed", "done"]),
    )
    for amount, outcomes in ends:
        cashout = await wanted(amount)
        await world.done(SendCashout(cashout.id, "blockbee"))
        for outcome in outcomes:
            await told(cashout, outcome)


async def everything(world: World, raw: Connection) -> None:
    await world.database.run(evolve(UNLIMITED, cashout_unverified_daily_usd=Decimal(0)))
    ada, bea = await world.person(5000), await world.person()
    await deposits(world, ada)
    await taken(world, raw, ada, bea)
    await trades(world, ada, bea)
    await in_another_coin(world, ada, bea)
    await cashouts(world, ada)
    await world.done(AskSupport(ada, "text", "Hello?", ""))
    await world.done(CloseTicket(SUPPORT, (await world.done(AskSupport(bea, "text", "Hello?", ""))).ticket_id))
    await world.done(ProposeCorrection(FINANCE, ada, None, "USDT", Decimal(5), "a gift"))
    gift = await world.done(ProposeCorrection(FINANCE, bea, None, "USDT", Decimal(6), "a gift"))
    await world.done(DecideCorrection(OWNER, gift, Decimal(6), True, ""))
    await world.database.run(BuryUpdate(7, "", 77, ada, b"{}", "an error"))
    found = (await audit(world.database)).differences
    assert [(each.kind, each.found) for each in found] == [("cashout_told", "blockbee failed, blockbee done")]


async def plainly(raw: Connection, at: datetime) -> dict[str, str]:
    """What the page must say of the last 30 days, and of now."""
    found = {label: Decimal((await raw.fetch(sql.format(at=at)))[0][0]) for label, sql in {**PLOTS, **TILES}.items()}
    said = {
        ONE.get(label, label) if number == 1 else label: (ENGLISH.usd if label in IN_USD else ENGLISH.number)(number)
        for label, number in found.items()
    }
    states = {row["state"].replace("_", " "): str(row["n"]) for row in await raw.fetch(STATES)}
    return (
        said
        | states
        | {row["currency"]: ENGLISH.amount(row["amount"], row["currency"]) for row in await raw.fetch(HELD)}
    )


async def shown(desk: Desk) -> dict[str, str]:
    page = html.unescape((await (await desk.inside(OWNER)).get("/admin")).text)
    tiles = {label: count for count, label in TILE.findall(page) if "onboarded" not in label}
    return tiles | dict(PLOT.findall(page.partition("The last 30 days")[2])) | dict(ROW.findall(page))


async def test_everything_once(database: Database, world: World, raw: Connection, clock: MovedClock) -> None:
    """At once, when the hours have been added up, and long after."""
    await hire(raw, database)
    await raw.execute(BOOKED)
    await everything(world, raw)
    async with open_desk(database) as desk:
        for hours in (0, 1, 2, 24 * 20):
            clock.advance(timedelta(hours=hours))
            await database.run(RollActivity())
            assert await shown(desk) == await plainly(raw, clock.now())
