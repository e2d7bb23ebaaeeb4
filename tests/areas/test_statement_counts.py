"""What the contract promises: a flow asks the database at its first step and at its last, a page once, a change once.

Each step's statements are counted as an actor that stays in memory spends them, without a view that it brought along.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pytest

from lockbay import plan
from lockbay.actors.parse import Reply
from lockbay.actors.screen import Screen
from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.destinations_records import ListBanks, ResolveAccount
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock
from tests.areas.people import ANA, BEN, CLEO, fund, met, onboarded, set_rates
from tests.areas.test_destinations import Desk
from tests.clock import MovedClock
from tests.ledger.world import World, payment
from tests.talk import Warm

PLAN: Final = plan.plan("lockbay_bot")
TRON: Final = "TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC"
PAGES: Final = (
    "menu", "wallet", "deposit", "cashouts", "exchanges", "history", "contacts", "extras", "trades", "invitations",
    "referral", "referred", "settings", "profile", "groups", "help", "admin", "tickets", "disputes", "payouts",
    "unapplied", "books", "corrections", "transactions", "team", "terms_book", "admin_log", "broadcasts",
    "dead_letters", "payout_alarms",
)  # fmt: skip
WHO: Final = 1  # such a talk asks who they are when a flow begins; an actor knows it


class Counted(Warm):
    """Counts what each step costs."""

    def __init__(self, database: Database, clock: WallClock, user_id: int) -> None:
        desk = Desk()
        super().__init__(PLAN, database, clock, user_id, {ListBanks: desk.list, ResolveAccount: desk.resolve})
        self.spent: list[int] = []

    async def open(self, flow: str, *args: str) -> Screen:
        before = self._database.statements
        screen = await super().open(flow, *args)
        self.spent.append(self._database.statements - before - WHO)
        return screen

    async def reply(self, reply: Reply) -> Screen:
        before = self._database.statements
        screen = await super().reply(reply)
        self.spent.append(self._database.statements - before)
        return screen

    async def goes(self, flow: str, *steps: str) -> list[int]:
        """Each step is typed, or pressed by its label in [brackets]."""
        self.spent.clear()
        await self.open(flow)
        for step in steps:
            await (self.press(step[1:-1]) if step.startswith("[") else self.say(step))
        return list(self.spent)


@pytest.fixture
async def ana(database: Database, clock: MovedClock) -> Counted:
    """Who has money, and runs LockBay."""
    await set_rates(database)
    await onboarded(database, ANA, "Ana", "ana")
    await onboarded(database, BEN, "Ben", "ben")
    await fund(database, ANA, "500")
    world, naira = World(database), Decimal(40_000)
    await world.done(payment(await world.payin(ANA, "NGN", amount=naira), naira))
    await database.run(SaveStaff([ANA]))
    return Counted(database, clock, ANA)


@pytest.mark.parametrize(
    ("flow", "steps", "spent"),
    [
        ("cash_out", ("USDT", "10", "[TRC20]", TRON, "[Keep]", "Mine", "[Confirm]"), [1, 0, 0, 0, 0, 0, 0, 1]),
        ("cash_out", ("NGN", "15000", "[Zenith]", "0123456789", "[Yes]", "[Confirm]"), [1, 0, 0, 0, 0, 0, 1]),
        # The promise of a price is a row.
        ("exchange", ("NGN", "BTC", "15000", "[Confirm]"), [1, 0, 0, 1, 1]),
        (
            "exchange",
            ("USDT", "NGN", "20", "[Send it on]", "[Kuda]", "0123456789", "[Yes]", "[Confirm]"),
            [1, 0, 0, 1, 0, 0, 0, 0, 1],
        ),
        # What is shown at the end of a trade's making is read after it.
        ("new_trade", ("[Invitation]", "NGN", "20000", "Shoes", "24", "seller", "[Confirm]"), [1, 0, 0, 0, 0, 0, 0, 2]),
        # A seller who is named is looked up for the review: nobody buys from they do not know whom.
        ("new_trade", ("@ben", "USDT", "100", "A bicycle", "48", "buyer", "[Confirm]"), [1, 0, 0, 0, 0, 0, 1, 2]),
        ("add_contact", ("[TRC20]", TRON, "Mine"), [0, 1, 0, 1]),
        ("find_person", ("@ben",), [0, 1]),
        ("statement", ("[This month]", "[All]", "[CSV]"), [1, 0, 0, 1]),
        ("maintenance", ("Until noon", "Because", "[Close]"), [1, 0, 0, 1]),
    ],
)
async def test_a_flow_asks_at_its_first_step_and_at_its_last(
    ana: Counted, flow: str, steps: tuple[str, ...], spent: list[int]
) -> None:
    assert await ana.goes(flow, *steps) == spent
    assert ana.is_over


async def test_where_money_went_before_takes_two_taps_and_two_statements(ana: Counted) -> None:
    await ana.goes("cash_out", "USDT", "10", "[TRC20]", TRON, "[Keep]", "Mine", "[Confirm]")
    await ana.goes("cash_out")
    ana.spent.clear()
    for step in ("Mine", "The most now", "Confirm"):
        await ana.press(step)
    assert ana.spent == [1, 0, 1]


async def test_a_page_is_one_statement(ana: Counted) -> None:
    costs = {flow: (await ana.goes(flow))[0] for flow in PAGES}
    assert {flow: cost for flow, cost in costs.items() if cost != 1} == {"deposit": 0}


async def test_a_move_of_a_trade_is_one_statement_and_its_page_another(ana: Counted) -> None:
    await ana.goes("new_trade", "@ben", "USDT", "100", "A bicycle", "48", "buyer", "[Confirm]")
    ana.spent.clear()
    for step in ("Pay now", "From your wallet", "Confirm"):
        await ana.press(step)
    assert ana.spent == [1, 1, 2]


async def test_a_message_to_support_and_its_answer_are_one_statement_each(ana: Counted) -> None:
    assert (await ana.goes("support", "Where is it?", "And now?"))[1:] == [1, 1]
    await ana.open("tickets")
    await ana.press("S-")
    ana.spent.clear()
    await ana.press("Answer")
    await ana.say("It is on its way")
    assert ana.spent == [1, 1]


async def test_who_begins_costs_a_statement_a_change(ana: Counted, database: Database, clock: MovedClock) -> None:
    """The last of them shows the menu, which is another, and looks for who waits for them."""
    cleo = Counted(database, clock, await met(database, CLEO, "Cleo"))
    assert await cleo.goes("start", "[Skip]", "[Accept]") == [1, 1, 3]
