"""Terms while LockBay runs, on the real database, killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from lockbay.areas.admin.records import SaveStaff
from lockbay.areas.admin.term_values import GROUPS, TITLES
from lockbay.areas.admin.terms_records import SetFee, SetTerm, TermsBook
from lockbay.areas.terms import Terms
from lockbay.errors import Invalid
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, CLEO, fresh_key, offered, onboarded, set_rates
from tests.areas.sendable import sent
from tests.areas.staffing import PLAN, actions
from tests.clock import MovedClock
from tests.ledger.world import World, while_it_waits
from tests.talk import Talk

HOUR = timedelta(hours=1)


async def owning(database: Database, clock: MovedClock) -> Talk:
    """An owner talks; Ana and Ben are there to trade."""
    await set_rates(database)
    for user_id, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        await onboarded(database, user_id, name, name.lower())
    await database.run(SaveStaff([CLEO]))
    await database.run(Terms(shortest_outage=timedelta()))  # the clock leaps, as after an outage
    return Talk(PLAN, database, clock, CLEO)


@pytest.fixture
async def owner(database: Database, clock: MovedClock) -> Talk:
    return await owning(database, clock)


async def term(database: Database, name: str) -> object:
    found = await database.pool.fetch("test", f"SELECT {name} AS value FROM terms", (), reads=True)
    return found[0]["value"]


async def test_a_term_is_changed_shown_before_and_after_and_survives_a_restart(owner: Talk, database: Database) -> None:
    await owner.open("admin")
    await owner.press("Terms")
    await owner.press("Trades and fee")
    assert "Fee of a trade: 5%" in sent(owner.screen)
    await owner.press("Fee of a trade")
    assert "0% to 50%" in sent(owner.screen)
    assert "must be 0% to 50%" in sent(await owner.say("51"))
    assert "That is no number from 0% to 50%" in sent(await owner.say("cheap"))
    await owner.say("4.5 %")
    assert "5% → 4.5%" in sent(owner.screen)
    await owner.say("Spring <sale>")
    assert "5% → 4.5%" in sent(owner.screen)
    await owner.press("Confirm")
    text = sent(owner.screen)
    assert "Fee of a trade: 4.5%" in text
    assert "@cleo" in text
    assert "the settings say 5%" in text
    assert await term(database, "fee_percent") == Decimal("4.5")
    await database.run(Terms(fee_percent=Decimal(3), trades_a_day=7))
    assert (await term(database, "fee_percent"), await term(database, "trades_a_day")) == (Decimal("4.5"), 7)
    await owner.press("Fee of a trade")
    assert "The settings say: 3%" in sent(owner.screen)
    await owner.press("As the settings say")
    assert "It follows the settings again" in sent(owner.screen)
    await owner.say("The sale is over")
    await owner.press("Confirm")
    assert "Fee of a trade: 3%" in sent(owner.screen)
    assert await term(database, "fee_percent") == 3
    assert [each[1:] for each in await actions(database)] == [
        ("set_term", "terms fee_percent", "Spring <sale>"), ("reset_term", "terms fee_percent", "The sale is over"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "seconds", "shown"), [("90 m", 5400, "1 h 30 min"), ("2h", 7200, "2 h"), ("1 day", 86400, "1 d")]
)
async def test_a_duration_is_typed_as_people_say_it(
    owner: Talk, database: Database, typed: str, seconds: int, shown: str
) -> None:
    await owner.open("term", "payment_window")
    assert "1 h" in sent(owner.screen)
    assert "It must be 5 min to 1 d" in sent(await owner.say("2 s"))
    await owner.say(typed)
    assert f"1 h → {shown}" in sent(owner.screen)
    await owner.say("why not")
    await owner.press("Confirm")
    assert await term(database, "payment_window") == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("payment_window", "soon", "type a number and its unit, as 90 m or 24 h"),
        ("trades_a_day", "2.5", "no whole number from 1 to"),
        ("cashout_daily_usd", "-5", "no number from $0.00 to"),
    ],
)
async def test_what_cannot_be_read_is_told_what_can(owner: Talk, name: str, typed: str, said: str) -> None:
    await owner.open("term", name)
    assert said in sent(await owner.say(typed))


async def test_a_choice_is_pressed(owner: Talk, database: Database) -> None:
    await owner.open("term", "cashout_code")
    assert "Now: with a proven e-mail" in sent(owner.screen)
    assert "press one of the buttons" in sent(await owner.say("perhaps"))
    await owner.press("never")
    await owner.say("The mail is down")
    await owner.press("Confirm")
    assert await term(database, "cashout_code") == "never"


async def test_a_trade_made_before_keeps_its_fee(owner: Talk, database: Database) -> None:
    trade = await offered(database, ANA)
    await database.perform(SetTerm(CLEO, "fee_percent", "5", "10", "dearer"), fresh_key())
    found = await database.pool.fetch("test", "SELECT fee FROM trades WHERE id = $1", (trade.id,), reads=True)
    assert found[0]["fee"] == 5


@pytest.mark.parametrize(
    ("name", "expected", "value", "why", "reason"),
    [
        ("fee_percent", "5", "50.1", "x", "bad_value"), ("fee_percent", "5", "-1", "x", "bad_value"),
        ("fee_percent", "5", "x", "x", "bad_value"), ("fee_percent", "4", "6", "x", "terms_changed"),
        ("fee_percent", "5", "6", " ", "bad_note"), ("one", "true", "6", "x", "unknown_term"),
        ("settings", "{}", "6", "x", "unknown_term"), ("smallest_trade_usd", "2", "10001", "x", "crossed"),
        ("longest_delivery_hours", "168", "0", "x", "bad_value"), ("cashout_code", "verified", "yes", "x", "bad_value"),
        ("credit_second_usd", "100", "0", "x", "unknown_term"), ("trades_a_day", "10", "1.5", "x", "bad_value"),
        ("payment_window", "3600", "90 m", "x", "bad_value"),
    ],
)  # fmt: skip
async def test_a_change_that_makes_no_sense_is_refused(
    owner: Talk, database: Database, name: str, expected: str, value: str, why: str, reason: str
) -> None:
    outcome = await database.perform(SetTerm(CLEO, name, expected, value, why), fresh_key())
    assert isinstance(outcome, Refused)
    assert outcome.reason == reason


async def test_of_two_owners_who_saw_the_same_one_changes_it(owner: Talk, database: Database, raw: Connection) -> None:
    """The other one waits for the first, and hears what has become of it."""
    await database.run(SaveStaff([CLEO, BEN]))
    begun = f"""DO $$ BEGIN
        PERFORM admin_set_term('term', '', now(), {CLEO}, 'fee_percent', '5', '6', 'x');
        PERFORM admin_set_fee('fee', '', now(), {CLEO}, 'USDT', 'TRC20', 1, 5, 2, 5, 'x'); END $$"""
    others = SetTerm(BEN, "fee_percent", "5", "7", "x"), network_fee("0.5", "5")
    assert await while_it_waits(World(database), raw, begun, *others) == ["terms_changed", "terms_changed"]


def network_fee(fee: str, least: str) -> SetFee:
    """Of what costs 1 and goes from 5 on."""
    return SetFee(BEN, "USDT", "TRC20", Decimal(1), Decimal(5), Decimal(fee), Decimal(least), "x")


@pytest.mark.parametrize(
    ("fee", "least", "reason"),
    [
        ("-0.000001", "5", "bad_value"),
        ("0.0000001", "5", "bad_value"),
        ("1", "1e15", "bad_value"),
        ("5", "5", "crossed"),
    ],
)  # fmt: skip
async def test_a_fee_that_makes_no_sense_is_refused(
    owner: Talk, database: Database, fee: str, least: str, reason: str
) -> None:
    await database.run(SaveStaff([BEN]))
    assert await database.perform(network_fee(fee, least), fresh_key()) == Refused(reason)


async def test_every_setting_of_the_business_can_be_changed_and_has_a_name(owner: Talk, database: Database) -> None:
    view = await database.read(TermsBook, CLEO)
    assert view is not None
    listed = {each.name for each in view.terms}
    assert listed <= {each.name for each in attrs.fields(Terms)}
    assert listed == {name for _, names in GROUPS.values() for name in names} == TITLES.keys()
    defaults = {each.name: each.value for each in view.terms}
    for each in view.terms:
        assert each.kind == "choice" or each.lowest <= Decimal(defaults[each.name]) <= each.highest
    for name in GROUPS:
        assert sent(await owner.open("terms_group", name))
        for one in GROUPS[name][1]:
            assert sent(await owner.open("term", one))


async def test_a_networks_fee_is_changed(owner: Talk, database: Database) -> None:
    await owner.open("terms_book")
    await owner.press("Network fees")
    assert "BTC · BTC: 0.00005 BTC, at least 0.0002 BTC" in sent(owner.screen)
    await owner.press("BTC")
    await owner.say("0.00007")
    assert "It must be more than 0.00007 BTC" in sent(await owner.say("0.00007"))
    await owner.say("0.0003")
    await owner.say("The network is full")
    assert "0.00005 BTC → 0.00007 BTC" in sent(owner.screen)
    await owner.press("Confirm")
    assert "BTC · BTC: 0.00007 BTC, at least 0.0003 BTC" in sent(owner.screen)
    stale = SetFee(CLEO, "BTC", "BTC", Decimal("0.00005"), Decimal("0.0003"), Decimal("0.0001"), Decimal("0.0003"), "x")
    assert await database.perform(stale, fresh_key()) == Refused("terms_changed")


async def test_a_networks_least_that_somebody_raised_meanwhile_is_not_overwritten_unseen(
    owner: Talk, database: Database
) -> None:
    await owner.open("network_fee", "BTC", "BTC")
    for typed in ("0.0001", "0.0002", "The network is full"):
        await owner.say(typed)
    assert "0.0002 BTC → 0.0002 BTC" in sent(owner.screen)
    fee = Decimal("0.00005")
    raised = SetFee(CLEO, "BTC", "BTC", fee, Decimal("0.0002"), fee, Decimal("0.05"), "Small ones cost us")
    assert await database.perform(raised, fresh_key()) == "0.00005"
    text = sent(await owner.press("Confirm"))
    assert "has changed" in text
    assert "BTC · BTC: 0.00005 BTC, at least 0.05 BTC" in text


async def test_forged_names_open_nothing(owner: Talk) -> None:
    for flow, args in (("term", ("one",)), ("terms_group", ("x",)), ("network_fee", ("BTC", "X"))):
        with pytest.raises(Invalid):
            await owner.open(flow, *args)
