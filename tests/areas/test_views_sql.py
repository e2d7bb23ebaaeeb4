"""What people see: each view in one statement, and for nobody else's eyes."""

from __future__ import annotations

from decimal import Decimal

from lockbay.areas.admin.records import AdminDashboard, SaveStaff
from lockbay.areas.balances import Wallet
from lockbay.areas.menu.records import Menu
from lockbay.areas.trades.records import AcceptTrade, CancelTrade, ReleaseTrade
from lockbay.areas.trades.views import NewTrade, TradeList, TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, creation, payment


async def test_the_wallet_shows_what_is_available_held_and_worth(world: World, database: Database) -> None:
    buyer, seller = await world.person(300), await world.person()
    await world.fund(buyer, Decimal("0.5"), "BTC")
    await world.fund(buyer, Decimal("10"), "DOGE")
    await world.paid(buyer, seller)
    wallet = await database.read(Wallet, buyer)
    assert wallet is not None
    shown: dict[str, tuple[Decimal | int | None, ...]]
    shown = {each.currency: (each.available, each.held, each.usd) for each in wallet.balances}
    assert list(shown) == ["USDT", "BTC", "ETH", "LTC", "DOGE", "TRX", "NGN"]
    assert shown["USDT"] == (195, 105, 300)
    assert shown["BTC"] == (Decimal("0.5"), 0, 45000)
    assert shown["DOGE"] == (10, 0, None)
    assert wallet.total_usd == 45300


async def test_old_rates_are_worth_nothing(world: World, database: Database, clock: MovedClock) -> None:
    user = await world.person(300)
    clock.advance(25 * HOUR)
    wallet = await database.read(Wallet, user)
    assert wallet is not None
    assert (wallet.total_usd, wallet.rates_at) == (None, None)


async def test_a_trade_page_says_who_may_do_what(world: World, database: Database) -> None:
    buyer, seller, stranger = await world.person(300), await world.person(), await world.person()
    trade = await world.paid(buyer, seller)
    theirs, mine = await database.read(TradePage, seller, trade.id), await database.read(TradePage, buyer, trade.id)
    assert theirs is not None
    assert mine is not None
    assert (mine.role, mine.may, mine.turn, mine.available) == ("buyer", ("propose",), "seller", 195)
    assert (theirs.role, theirs.may, theirs.deadline) == ("seller", ("accept", "decline", "propose"), trade.deadline)
    assert await database.read(TradePage, stranger, trade.id) is None


async def test_the_buyer_finds_the_invitation_link_until_somebody_joined(world: World, database: Database) -> None:
    buyer = await world.person(300)
    trade = await world.done(creation(buyer, "", kind="link"))
    page = await database.read(TradePage, buyer, trade.id)
    assert page is not None
    assert (page.token, page.other, page.may) == (trade.token, None, ("pay", "cancel"))


async def test_the_menu_counts_what_waits(world: World, database: Database) -> None:
    buyer, seller = await world.person(1000), await world.person()
    await world.trade(buyer, seller)
    await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, (await world.delivered(buyer, seller)).id))
    await world.paid(buyer, seller)
    menus = [await database.read(Menu, user) for user in (buyer, seller)]
    assert [menu.turns for menu in menus if menu] == [2, 1]
    assert menus[0] is not None
    assert [(each.currency, each.held) for each in menus[0].wallet.filled] == [("USDT", 210)]


async def test_the_list_pages_through_both_sides(world: World, database: Database) -> None:
    one, two = await world.person(), await world.person()
    made = [(await world.trade(*((one, two) if number % 2 else (two, one)))).id for number in range(10)]
    first = await database.read(TradeList, one, 0)
    assert first is not None
    assert first.next is not None
    second = await database.read(TradeList, one, first.next)
    assert second is not None
    assert [line.id for line in first.trades + second.trades] == made[::-1]
    assert (second.next, first.turns) == (None, 5)
    assert [line.your_turn for line in first.trades[:2]] == [True, False]  # as buyer, as seller


async def test_the_list_begins_with_what_is_open(world: World, database: Database) -> None:
    """“1 waits for you”, and it was on the second page, behind newer ones that had ended."""
    buyer, seller = await world.person(), await world.person()
    open_ones = [(await world.trade(buyer, seller)).id for _ in range(9)]
    ended = [(await world.trade(buyer, seller)).id for _ in range(9)]
    for trade_id in ended:
        await world.done(CancelTrade(buyer, trade_id))
    for person in (buyer, seller):
        seen: list[int] = []
        page = await database.read(TradeList, person, 0)
        while page is not None:
            assert len(page.trades) == 8 or page.next is None
            seen += [line.id for line in page.trades]
            page = None if page.next is None else await database.read(TradeList, person, page.next)
        assert seen == open_ones[::-1] + ended[::-1]


async def test_a_new_trade_knows_limits_balances_and_former_sellers(world: World, database: Database) -> None:
    buyer = await world.person(300)
    sellers = [await world.person() for _ in range(2)]
    for seller in (*sellers, sellers[0]):
        await world.trade(buyer, seller)
    new = await database.read(NewTrade, buyer)
    assert new is not None
    assert new.sellers == (f"person{sellers[0]}", f"person{sellers[1]}")
    assert (new.limit_reached, new.level, new.fee_percent) == (None, 0, 5)
    assert (new.currencies[0].available, new.currencies[0].usd, new.currencies[4].usd) == (300, 1, None)


async def test_the_dashboard_counts_the_house(world: World, database: Database) -> None:
    buyer, seller = await world.person(1000), await world.person()
    await world.paid(buyer, seller)
    await world.done(AcceptTrade(seller, (await world.paid(buyer, seller)).id))
    await world.done(payment(await world.payin(buyer), 9, reference=None, address="elsewhere", nonce=None))
    await world.meet()
    await database.run(SaveStaff([buyer]))
    board = await database.read(AdminDashboard, buyer)
    assert board is not None
    assert (board.users, board.onboarded, board.unapplied_count) == (3, 2, 1)
    assert {count.state: count.trades for count in board.open_trades} == {"accepted": 1, "paid": 1}
    assert board.held[0].amount == 210
    assert board.oldest_notice_at is not None


async def test_each_side_is_told_what_the_other_did(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(300), await world.person()
    trade = await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, trade.id))
    rows = await raw.fetch("SELECT user_id, kind FROM outbox WHERE kind LIKE 'trade%' ORDER BY id")
    assert [(row["user_id"], row["kind"]) for row in rows] == [
        (seller, "trade_invited"),
        (seller, "trade_paid"),
        (buyer, "trade_accepted"),
        (buyer, "trade_delivered"),
        (seller, "trade_released"),
    ]
