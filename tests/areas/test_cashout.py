"""Cash-outs in the chat: every way through the questions, killed and replayed at each; codes; what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

import orjson
import pytest

from lockbay.actors.context import Context
from lockbay.actors.conversation import Chat, Conversation
from lockbay.actors.journal import Journal
from lockbay.actors.parse import Pressed, Reply, Said
from lockbay.actors.person import LoadPerson, Person
from lockbay.actors.plan import Plan, together
from lockbay.actors.screen import Screen
from lockbay.actors.turn import Turn
from lockbay.actors.words import words
from lockbay.areas import cashout, menu, proof, wallet
from lockbay.areas.cashout import refusals, screens
from lockbay.areas.cashout.records import CashoutPage, CashoutStart
from lockbay.areas.codes import code
from lockbay.areas.destinations import Account, Bank, Banks, ListBanks, ResolveAccount
from lockbay.areas.payout import Cashout, SendCashout, SettleCashout, Told
from lockbay.areas.terms import Terms
from lockbay.areas.wallet.records import Wallet
from lockbay.postgres import bridge, rows, schema
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key, fund, onboarded, set_rates
from tests.areas.sendable import labels, leads_to, sent
from tests.clock import MovedClock
from tests.talk import Talk

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
async def raw(database_url: str) -> AsyncIterator[Connection]:
    async with bridge.open_connection(database_url, schema.MIGRATION_LIMITS) as connection:
        yield connection


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


def another(digits: str) -> str:
    """A code that is not this one."""
    return f"{(int(digits) + 1) % 1_000_000:06d}"


async def test_from_the_wallet_to_the_request(talk: Talk, database: Database) -> None:
    assert "cash_out" in leads_to(await talk.open("wallet"))
    assert "100 USDT" in sent(await talk.press("Cash out"))
    assert "how much" in sent(await talk.press("USDT"))
    assert "which network" in sent(await talk.say("10"))
    assert "address" in sent(await talk.press("TRC20"))
    review = sent(await talk.say(TRON))
    for line in ("Amount: 10 USDT", "Fee: 1 USDT", "Arrives: 9 USDT", "Worth: about $10.00", "Tron (TRC20)", TRON):
        assert line in review
    assert "is requested" in sent(await talk.press("Confirm"))
    assert talk.is_over
    [cashout] = await made(database)
    assert (int(cashout.amount), int(cashout.net), cashout.address, cashout.network) == (10, 9, TRON, "TRC20")
    assert await money(database) == (90, 10)


@pytest.mark.parametrize(("part", "amount"), [("25%", 25), ("50%", 50), ("75%", 75), ("100%", 100)])
async def test_a_part_of_what_there_is_is_pressed(talk: Talk, database: Database, part: str, amount: int) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.press(part)
    await talk.press("TRC20")
    assert f"Arrives: {amount - 1} USDT" in sent(await talk.say(TRON))
    await talk.press("Confirm")
    assert (await made(database))[0].amount == amount


async def test_all_is_what_the_statement_finds_and_nobody_gets_other_numbers_than_shown(
    talk: Talk, database: Database
) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    await talk.press("100%")
    await talk.press("TRC20")
    await talk.say(TRON)
    await fund(database, ANA, "50", "BTC")
    await more(database, "20")
    again = sent(await talk.press("Confirm"))
    assert "The numbers have changed" in again
    assert "Arrives: 119 USDT" in again
    await talk.press("Confirm")
    assert [cashout.amount for cashout in await made(database)] == [120]


async def more(database: Database, amount: str) -> None:
    """Money comes from somewhere."""
    await database.pool.fetch(
        "more",
        "SELECT ledger_transfer($1, 'opening', NULL, '', ARRAY[('equity', NULL, 'USDT', -$2::numeric),"
        " ('available', $3::bigint, 'USDT', $2::numeric)]::ledger_line[], $4::timestamptz)",
        (fresh_key(), Decimal(amount), ANA, database.clock.now()),
    )


async def test_a_coin_of_one_network_is_not_asked_about_it(talk: Talk, database: Database) -> None:
    await fund(database, ANA, "1", "BTC")
    await talk.open("cash_out")
    await talk.press("BTC")
    assert "address" in sent(await talk.say("0.5"))


async def test_a_network_that_sends_only_more_is_no_button_and_no_answer(talk: Talk) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    screen = await talk.say("10")
    assert not any("ERC20" in label for label in labels(screen))
    assert "at least 20 USDT" in sent(await talk.say("ERC20"))
    assert "address" in sent(await talk.say("trc20"))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("4.99", "The least that can be cashed out is 5 USDT"), ("100.000001", "You have 100 USDT only"),
        ("10.0000001", "at most 6 decimals"), ("ten", "not an amount"), ("-5", "more than zero"), ("1,5", "not sure"),
    ],
)  # fmt: skip
async def test_an_amount_that_cannot_be_is_asked_again(talk: Talk, typed: str, says: str) -> None:
    await talk.open("cash_out")
    await talk.press("USDT")
    assert says in sent(await talk.say(typed))


async def test_every_answer_can_be_changed_in_the_review(talk: Talk, database: Database) -> None:
    await reviewed(talk, "50")
    await talk.press("Amount")
    assert "Arrives: 39 USDT" in sent(await talk.say("40"))
    await talk.press("Network")
    await talk.press("ERC20")
    changed = sent(await talk.say("0x52908400098527886E0F7030069857D2E4169EE7"))
    assert "Arrives: 35 USDT" in changed
    await talk.press("Where to")
    assert "0x8617E340B3D01FA5F11F306F4090FD50E238070D" in sent(
        await talk.say("0x8617E340B3D01FA5F11F306F4090FD50E238070D")
    )
    await talk.press("Confirm")
    [cashout] = await made(database)
    assert (int(cashout.amount), int(cashout.net), cashout.network) == (40, 35, "ERC20")


async def test_a_destination_is_kept_and_then_two_taps_away(talk: Talk, database: Database) -> None:
    await reviewed(talk)
    await talk.press("Keep it")
    assert "Kept as: Binance" in sent(await talk.say("Binance"))
    assert "Keep it" not in " ".join(labels(talk.screen))
    await talk.press("Confirm")
    await talk.open("cash_out")
    assert "how much" in sent(await talk.press("Binance"))
    review = await talk.press("25%")
    assert TRON in sent(review)
    await talk.press("Confirm")
    newest, _ = await made(database)
    assert (newest.amount, newest.address, newest.network) == (Decimal("22.5"), TRON, "TRC20")


async def test_a_destination_of_somebody_else_or_none_is_said_to_be_gone(talk: Talk) -> None:
    assert "not there any more" in sent(await talk.open("cash_out_to", "17"))
    assert talk.is_over


async def test_an_empty_wallet_has_nothing_to_cash_out(database: Database, clock: MovedClock) -> None:
    talk = Talk(PLAN, database, clock, await onboarded(database, ANA))
    screen = await talk.open("cash_out")
    assert "empty" in sent(screen)
    assert "deposit" in leads_to(screen)


async def test_too_little_to_be_sent_is_said_and_is_no_button(database: Database, clock: MovedClock) -> None:
    await fund(database, await onboarded(database, ANA), "4")
    screen = await Talk(PLAN, database, clock, ANA).open("cash_out")
    assert "less than 5 USDT cannot be sent" in sent(screen)
    assert "USDT" not in labels(screen)


async def test_without_rates_and_limits_it_works(database: Database, clock: MovedClock) -> None:
    nothing = Decimal(0)
    await database.run(
        Terms(
            cashout_code="never", cashout_daily_count=0, cashout_unverified_daily_usd=nothing,
            cashout_approval_usd=nothing,
        )
    )  # fmt: skip
    await fund(database, await onboarded(database, ANA), "100")
    talk = Talk(PLAN, database, clock, ANA)
    assert "Worth" not in sent(await reviewed(talk))
    assert "requested" in sent(await talk.press("Confirm"))


async def test_a_large_one_waits_for_approval(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_approval_usd=Decimal(10), cashout_unverified_daily_usd=Decimal(0)))
    assert "one of our people approves it first" in sent(await reviewed(talk))
    assert "waits for approval" in sent(await talk.press("Confirm"))
    assert (await made(database))[0].state == "awaiting_approval"


async def test_the_naira_go_to_an_account_whose_name_was_shown(talk: Talk, database: Database) -> None:
    await fund_naira(database)
    await talk.open("cash_out")
    await talk.press("NGN")
    await talk.say("5000")
    await to_kuda(talk)
    review = sent(talk.screen)
    assert "ANA OBI" in review
    assert "Kuda Bank" in review
    assert "Arrives: 4,950.00 NGN" in review
    await talk.press("Confirm")
    [cashout] = await made(database)
    assert (cashout.bank_code, cashout.address, cashout.account_name) == ("50211", "0123456789", "ANA OBI")


async def test_an_account_that_nobody_knows_is_not_paid(talk: Talk, database: Database) -> None:
    await fund_naira(database)
    await talk.open("cash_out")
    await talk.press("NGN")
    await talk.say("5000")
    await talk.say("kuda")
    await talk.press("Kuda")
    await talk.say("0000000000")
    assert "Your cash-out" not in sent(talk.screen)
    assert not any("Confirm" in label for label in labels(talk.screen))


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


async def test_a_code_is_mailed_and_asked_for_before_the_money_goes(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    assert "a code is mailed to you" in sent(await reviewed(talk))
    asked = sent(await talk.press("Confirm"))
    assert "ana@example.com" in asked
    assert TRON in asked
    assert await made(database) == []
    assert "requested" in sent(await talk.say(await mailed_code(database)))
    assert len(await made(database)) == 1


async def test_a_wrong_code_says_how_many_tries_are_left_and_makes_nothing(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    digits = await mailed_code(database)
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        assert left in sent(await talk.say(another(digits)))
    assert "the last try" in sent(await talk.say(another(digits)))
    assert talk.is_over
    assert await made(database) == []
    assert await money(database) == (100, 0)


async def test_a_right_code_after_a_wrong_one_makes_one_cashout(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    digits = await mailed_code(database)
    await talk.say(another(digits))
    assert "requested" in sent(await talk.say(f"{digits[:3]} {digits[3:]}"))
    assert len(await made(database)) == 1


async def test_a_code_is_sent_again_after_a_minute(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    first = await mailed_code(database)
    assert "you can ask for another" in sent(await talk.press("Send again"))
    assert await mailed_code(database) == first
    clock.advance(timedelta(seconds=61))
    assert "Check your mail" in sent(await talk.press("Send again"))
    second = await mailed_code(database)
    assert second != first
    await talk.say(second)
    assert len(await made(database)) == 1


async def test_an_expired_code_makes_nothing_and_another_one_does(
    talk: Talk, database: Database, raw: Connection, clock: MovedClock
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    old = await mailed_code(database)
    clock.advance(timedelta(minutes=11))
    await talk.say(old)
    assert await made(database) == []
    if await mailed_code(database) == old:
        await talk.press("Send again")
    await talk.say(await mailed_code(database))
    assert len(await made(database)) == 1


async def test_who_begins_again_within_a_minute_types_the_code_that_has_come(
    talk: Talk, database: Database, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    await reviewed(talk, "20")
    assert "a moment ago" in sent(await talk.press("Confirm"))
    await talk.say(await mailed_code(database))
    assert [cashout.amount for cashout in await made(database)] == [20]


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "١٢٣٤٥٦"])
async def test_what_is_no_code_costs_no_try(talk: Talk, raw: Connection, typed: str) -> None:
    await verify(raw)
    await reviewed(talk)
    await talk.press("Confirm")
    assert "6 digits of the code" in sent(await talk.say(typed))


async def test_an_address_of_our_own_leads_back_to_the_review(talk: Talk, database: Database) -> None:
    await database.pool.fetch("own", "UPDATE payins SET address = $1", (TRON,))
    await reviewed(talk)
    refused = await talk.press("Confirm")
    assert "LockBay’s own" in sent(refused)
    await talk.press("Where to")
    await talk.say("TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7")
    await talk.press("Confirm")
    assert len(await made(database)) == 1


class Warm(Talk):
    """Nothing is killed between the answers."""

    async def _kill_and_resume(self) -> None:
        pass


async def test_money_that_is_gone_meanwhile_leads_back_to_the_review(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    talk = Warm(PLAN, database, clock, ANA)
    await reviewed(talk, "90")
    await more(database, "-50")
    screen = await talk.press("Confirm")
    assert "You have 50 USDT now, and this needs 90 USDT" in sent(screen)
    assert not any("Confirm" in label for label in labels(screen))
    await talk.press("Amount")
    await talk.say("50")
    await talk.press("Confirm")
    assert [cashout.amount for cashout in await made(database)] == [50]


async def test_a_day_s_limits_are_said_at_the_beginning_and_kept_at_the_end(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_daily_count=1, cashout_unverified_daily_usd=Decimal(50)))
    assert "Left within 24 hours: $50.00" in sent(await talk.open("cash_out"))
    over = await reviewed(talk, "60")
    assert "more than may be cashed out" in sent(over)
    assert "email" in leads_to(over)
    assert "at most $50.00 may be cashed out" in sent(await talk.press("Confirm"))
    await talk.press("Amount")
    await talk.say("10")
    await talk.press("Confirm")
    assert "The next one has to wait" in sent(await talk.open("cash_out"))
    await reviewed(talk)
    assert "There may be 1 cash-outs within 24 hours" in sent(await talk.press("Confirm"))
    assert len(await made(database)) == 1


@pytest.mark.parametrize("forged", ["9.5", "0", "-1", "1e3", "confirm", "99999999999999999999"])
async def test_nobody_agrees_to_numbers_that_were_not_shown(talk: Talk, database: Database, forged: str) -> None:
    await reviewed(talk)
    await talk.reply(Pressed(forged))
    assert await made(database) == []


class LostTurn:
    """A conversation that is told twice what the person said last: its turn committed and was lost."""

    def __init__(self, database: Database, clock: MovedClock, flow: str, *args: str) -> None:
        self._database, self._clock = database, clock
        self._journal = Journal(9_000_000, flow, args)

    async def answered(self, *replies: Reply) -> tuple[Screen, Screen]:
        """What the last of the replies shows the first time, and when it comes again."""
        conversation = await self._conversation(self._journal)
        await conversation.begin(self._turn())
        for reply in replies[:-1]:
            await conversation.answer(self._turn(), reply)
        before = conversation.journal
        first = await self._shown(conversation, replies[-1])
        revived = await self._conversation(before)
        replayed = self._turn()
        await revived.resume(replayed)
        assert not replayed.shown, "the question is the same, so nobody is asked again"
        assert revived.journal == before
        return first, await self._shown(revived, replies[-1])

    async def _shown(self, conversation: Conversation, reply: Reply) -> Screen:
        turn = self._turn()
        await conversation.answer(turn, reply)
        assert conversation.pending is None
        return turn.shown[-1][0]

    async def _conversation(self, journal: Journal) -> Conversation:
        loaded = await self._database.run(LoadPerson(ANA))
        assert loaded is not None
        person = Person(ANA, loaded.first_name, loaded.username, onboarded=True)
        return Conversation(PLAN.flows[journal.flow], Chat(person, self._clock.now()), journal)

    def _turn(self) -> Turn:
        return Turn(ANA, self._database, {}, Context(), self._clock.now())


@pytest.mark.parametrize("amount", ["100", "all"])
async def test_a_confirmation_whose_turn_was_lost_after_its_commit_makes_one_cashout(
    talk: Talk, database: Database, clock: MovedClock, amount: str
) -> None:
    """All of the money is gone then, and the destination is kept: neither must change the conversation."""
    said: list[Reply] = [
        Said("USDT"),
        Said(amount),
        Said("TRC20"),
        Said(TRON),
        Pressed("keep"),
        Said("Binance"),
        Pressed("99"),
    ]
    first, again = await LostTurn(database, clock, "cash_out").answered(*said)
    assert first == again
    assert "requested" in sent(again)
    assert len(await made(database)) == 1


async def test_a_code_whose_turn_was_lost_after_its_commit_makes_one_cashout(
    talk: Talk, database: Database, clock: MovedClock, raw: Connection
) -> None:
    await verify(raw)
    await reviewed(talk, "100")
    await talk.press("Confirm")
    digits = await mailed_code(database)
    said: list[Reply] = [
        Said("USDT"),
        Said("100"),
        Said("TRC20"),
        Said(TRON),
        Pressed("99"),
        Said(another(digits)),
        Said(digits),
    ]
    first, again = await LostTurn(database, clock, "cash_out").answered(*said)
    assert first == again
    assert len(await made(database)) == 1


async def test_a_two_tap_cashout_whose_turn_was_lost_is_made_once(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    await reviewed(talk)
    await talk.press("Keep it")
    await talk.say("Binance")
    await talk.press("Confirm")
    view = await database.read(CashoutStart, ANA)
    assert view is not None
    lost = LostTurn(database, clock, "cash_out_to", str(view.saved[0].id))
    first, again = await lost.answered(Said("90"), Pressed("89"))
    assert first == again
    assert len(await made(database)) == 2


async def test_between_the_first_question_and_the_request_nothing_is_asked_of_the_database(
    talk: Talk, database: Database, clock: MovedClock
) -> None:
    loaded = await database.run(LoadPerson(ANA))
    assert loaded is not None
    chat = Chat(Person(ANA, loaded.first_name, loaded.username, onboarded=True), clock.now())
    conversation = Conversation(PLAN.flows["cash_out"], chat, Journal(1, "cash_out", ()))
    turn = Turn(ANA, database, {}, Context(), clock.now())
    counts = [database.statements]
    await conversation.begin(turn)
    counts.append(database.statements)
    for reply in (Said("USDT"), Said("10"), Said("TRC20"), Said(TRON), Pressed("keep"), Said("Mine"), Pressed("9")):
        await conversation.answer(turn, reply)
        counts.append(database.statements)
    spent = [after - before for before, after in pairwise(counts)]
    assert spent == [1, 0, 0, 0, 0, 0, 0, 1]


STATES: Final[tuple[tuple[Told, str, str], ...]] = (
    ("sent", "is on its way", "the network has confirmed it"), ("unknown", "being looked into", "never send it twice"),
    ("waiting", "has to wait", "has not left"), ("done", "is done", "9 USDT were paid out"),
    ("failed", "you have your money back", "All of 10 USDT are in your wallet again"),
)  # fmt: skip


@pytest.mark.parametrize(("outcome", "title", "says"), STATES)
async def test_every_state_is_told_and_shown_on_its_page(
    talk: Talk, database: Database, outcome: Told, title: str, says: str
) -> None:
    cashout_ = await requested(talk, database)
    assert not isinstance(await database.perform(SendCashout(cashout_.id, "blockbee"), fresh_key()), Refused)
    told = SettleCashout(cashout_.reference, "blockbee", outcome, None, "<tx>", "<it> failed", b"", "")
    assert not isinstance(await database.perform(told, fresh_key()), Refused)
    sending, news = await notices(database)
    assert "is being sent" in sent(sending)
    for shown in (news, await talk.open("cashout", str(cashout_.id))):
        assert title in sent(shown)
        assert says in sent(shown)
        assert "Transaction: <tx>" in sent(shown)
        assert ("<it> failed" in sent(shown)) == (outcome == "failed")
    assert leads_to(news) == {"cashout", "wallet", "menu"}


async def notices(database: Database) -> list[Screen]:
    """What the owner of a cash-out is told, drawn as the outbox draws it."""
    found = await database.pool.fetch(
        "told", "SELECT kind, data::text FROM outbox WHERE kind LIKE 'cashout_is_%' ORDER BY id", (), reads=True
    )
    told = [(cashout.NOTICES[row["kind"]], orjson.loads(row["data"])) for row in found]
    return [notice.draw(ENGLISH, rows.structurer(notice.record)(data)) for notice, data in told]


async def test_it_is_cancelled_while_nobody_has_begun_to_send_it(talk: Talk, database: Database) -> None:
    cashout_ = await requested(talk, database)
    assert "Cancel cash-out" in sent(await talk.press("Cancel it"))
    assert "was cancelled" in sent(await talk.press("Confirm"))
    assert await money(database) == (100, 0)
    assert "cancel_cashout" not in leads_to(await talk.open("cashout", str(cashout_.id)))


async def test_it_is_not_cancelled_any_more_once_it_is_sent(talk: Talk, database: Database) -> None:
    cashout_ = await requested(talk, database)
    await talk.press("Cancel it")
    await database.perform(SendCashout(cashout_.id, "blockbee"), fresh_key())
    refused = sent(await talk.reply(Pressed("confirm")))
    assert "nothing was cancelled" in refused
    assert "being sent" in refused
    assert await money(database) == (90, 10)


async def test_cancelling_whose_turn_was_lost_is_done_once(talk: Talk, database: Database, clock: MovedClock) -> None:
    cashout_ = await requested(talk, database)
    lost = LostTurn(database, clock, "cancel_cashout", str(cashout_.id))
    first, again = await lost.answered(Pressed("confirm"))
    assert first == again
    assert "was cancelled" in sent(again)


async def test_the_list_has_pages(talk: Talk, database: Database) -> None:
    await database.run(Terms(cashout_daily_count=0, cashout_unverified_daily_usd=Decimal(0)))
    assert "No cash-outs yet" in sent(await talk.open("cashouts"))
    for _ in range(9):
        await requested(talk, database)
    first = await talk.open("cashouts")
    assert len([label for label in labels(first) if "10 USDT" in label]) == 8
    older = await talk.press("Older")
    assert len([label for label in labels(older) if "10 USDT" in label]) == 1
    assert "is requested" in sent(await talk.press("10 USDT"))


@pytest.mark.parametrize("flow", ["cashout", "cancel_cashout"])
async def test_a_cashout_of_somebody_else_does_not_exist(talk: Talk, database: Database, flow: str) -> None:
    cashout_ = await requested(talk, database)
    other = Talk(PLAN, database, database.clock, await onboarded(database, ANA + 1))
    assert "no such cash-out" in sent(await other.open(flow, str(cashout_.id)))


@pytest.mark.parametrize("reason", [*refusals.SENTENCES, *proof.REASONS, "eclipse"])
def test_every_refusal_says_that_no_money_moved(reason: str) -> None:
    details = {
        "fee": "1", "net": "9", "total": "10", "available": "5", "least": "5", "limit": "50", "left": "5",
        "tries_left": "0", "retry_at": "2026-11-22T13:00:00+00:00",
    }  # fmt: skip
    told = refusals.sentence(ENGLISH, Refused(reason, details), "USDT", MovedClock().now())
    assert "o money moved" in told
    assert "{" not in told
    assert (
        "o money moved" in refusals.sentence(ENGLISH, Refused(reason), "USDT", MovedClock().now()) or reason == "wrong"
    )


def test_every_state_has_its_words() -> None:
    states = {kind.removeprefix("cashout_is_") for kind in cashout.NOTICES}
    assert len(states) == 10
    for state in states:
        structure = rows.structurer(CashoutPage)
        page = structure(
            {
                "id": 1, "slug": "C-1", "state": state, "currency": "ETH", "network": "ETH",
                "amount": "999999999999999.123456789012345678", "net": "0.000000000000000001", "usd_worth": None,
                "address": "<0x>" * 400, "bank_name": "<b>" * 400, "account_name": "<b>" * 400, "txid": "<x>" * 4000,
                "problem": "<y>" * 4000, "created_at": MovedClock().now(), "ended_at": None,
            }
        )  # fmt: skip
        assert "C-1" in sent(screens.page(ENGLISH, page))
