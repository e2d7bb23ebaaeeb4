"""Codes for every purpose: bound to it and to the person, bounded, and sent to where they prove something."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
import pytest
import trio

from lockbay.actors.words import words
from lockbay.areas import code_mail, codes
from lockbay.areas.codes import CodeSent, Purpose, SendCode
from lockbay.areas.onboarding.records import VerifiedEmail, VerifyCode
from lockbay.areas.terms import Terms
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, BEN, another, fresh_key, onboarded
from tests.areas.sendable import sent
from tests.clock import START, MovedClock

EMAIL = "ana@example.com"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def ana(database: Database) -> int:
    """Somebody whose address is verified."""
    return await verified(database, ANA, EMAIL)


async def verified(database: Database, user: int, email: str) -> int:
    await onboarded(database, user)
    await database.pool.fetch(
        "verify", "UPDATE users SET email = $1, email_verified_at = now() WHERE id = $2", (email, user), reads=False
    )
    return user


async def send(database: Database, user: int, purpose: Purpose, email: str = "") -> CodeSent | Refused:
    return await database.perform(SendCode(user, purpose, email), fresh_key())


async def mailed(database: Database) -> str:
    """The last code, as the mailer derives it."""
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    data = orjson.loads(row["data"])
    return codes.code(database.secret, data["user_id"], data["purpose"], data["nonce"])


async def addresses(database: Database) -> list[str]:
    found = await database.pool.fetch("to", "SELECT address FROM outbox WHERE kind = 'email_code'", (), reads=True)
    return [row["address"] for row in found]


async def use(database: Database, user: int, purpose: str, digits: str, clock: MovedClock) -> str | None:
    """Why the code is not taken; None: it is."""
    [row] = await database.pool.fetch(
        "use",
        "SELECT codes_use($1, $2, $3, $4, $5) ->> 'reason' AS reason",
        (database.secret, user, purpose, digits, clock.now()),
        reads=False,
    )
    reason = row["reason"]
    assert reason is None or isinstance(reason, str)
    return reason


async def test_a_code_for_a_cashout_goes_to_the_verified_address_only(database: Database, ana: int) -> None:
    assert await send(database, ana, "cashout", "eve@example.com") == Refused("bad_email")
    assert isinstance(await send(database, ana, "cashout"), CodeSent)
    assert await addresses(database) == [EMAIL]


async def test_who_has_no_verified_address_gets_no_code_for_a_cashout(database: Database) -> None:
    await onboarded(database, ANA)
    assert isinstance(await send(database, ANA, "email", EMAIL), CodeSent)
    assert await send(database, ANA, "cashout") == Refused("no_email")


async def test_a_code_is_worth_nothing_for_another_purpose_or_person(
    database: Database, ana: int, clock: MovedClock
) -> None:
    ben = await verified(database, BEN, "ben@example.com")
    await send(database, ana, "email", "new@example.com")
    for_email = await mailed(database)
    await send(database, ana, "cashout")
    for_cashout = await mailed(database)
    await send(database, ben, "cashout")
    bens = await mailed(database)
    for wrong in {for_email, bens} - {for_cashout}:
        assert await use(database, ana, "cashout", wrong, clock) == "wrong"
    assert await use(database, ana, "cashout", for_cashout, clock) is None
    assert await use(database, ana, "cashout", for_cashout, clock) == "expired", "once only"
    assert isinstance(await database.perform(VerifyCode(ana, for_email), fresh_key()), VerifiedEmail)


async def test_tries_and_pauses_of_one_purpose_leave_another_alone(
    database: Database, ana: int, clock: MovedClock
) -> None:
    await send(database, ana, "email", "new@example.com")
    wrong = another(await mailed(database))
    for _ in range(5):
        await database.perform(VerifyCode(ana, wrong), fresh_key())
    sent_code = await send(database, ana, "cashout")
    assert isinstance(sent_code, CodeSent)
    assert sent_code.tries_left == 5
    assert await use(database, ana, "cashout", await mailed(database), clock) is None


async def test_wrong_tries_are_counted_across_resends(database: Database, ana: int, clock: MovedClock) -> None:
    await send(database, ana, "cashout")
    for _ in range(3):
        assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
    clock.advance(MINUTE)
    await send(database, ana, "cashout")
    for _ in range(2):
        assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
    assert await use(database, ana, "cashout", await mailed(database), clock) == "too_many"
    clock.advance(MINUTE)
    refused = await send(database, ana, "cashout")
    assert isinstance(refused, Refused)
    assert refused.reason == "too_many"


async def test_a_right_code_ends_the_count_of_wrong_ones(database: Database, ana: int, clock: MovedClock) -> None:
    for _ in range(2):
        await send(database, ana, "cashout")
        for _ in range(4):
            assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
        assert await use(database, ana, "cashout", await mailed(database), clock) is None
        clock.advance(MINUTE)


async def test_whoever_is_told_when_to_go_on_can_go_on_then(database: Database, ana: int, clock: MovedClock) -> None:
    """What was mistyped before a right code counts no more, and does not say when the wait ends either."""
    await send(database, ana, "cashout")
    assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
    assert await use(database, ana, "cashout", await mailed(database), clock) is None
    clock.advance(5 * MINUTE)
    await send(database, ana, "cashout")
    for _ in range(5):
        assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
    refused = await send(database, ana, "cashout")
    assert isinstance(refused, Refused)
    assert (refused.reason, datetime.fromisoformat(refused.details["retry_at"])) == ("too_many", clock.now() + HOUR)
    clock.advance(HOUR)
    assert isinstance(await send(database, ana, "cashout"), CodeSent)


@pytest.mark.parametrize("waited", [timedelta(0), 61 * MINUTE, 10 * HOUR])
async def test_a_code_that_lives_long_is_not_guessed_for_as_long(
    database: Database, ana: int, clock: MovedClock, waited: timedelta
) -> None:
    """Owners may have a code live for a day; tries were counted of the codes of the last hour."""
    await database.run(Terms(code_lifetime=24 * HOUR))
    await send(database, ana, "cashout")
    clock.advance(waited)
    for _ in range(5):
        assert await use(database, ana, "cashout", another(await mailed(database)), clock) == "wrong"
    assert await use(database, ana, "cashout", await mailed(database), clock) == "too_many"
    refused = await send(database, ana, "cashout")
    assert isinstance(refused, Refused)
    assert (refused.reason, datetime.fromisoformat(refused.details["retry_at"])) == ("too_many", START + 24 * HOUR)
    clock.advance(24 * HOUR - waited)
    assert isinstance(await send(database, ana, "cashout"), CodeSent)
    assert await use(database, ana, "cashout", await mailed(database), clock) is None


async def test_four_codes_an_hour_and_one_a_minute(database: Database, ana: int, clock: MovedClock) -> None:
    for _ in range(4):
        assert isinstance(await send(database, ana, "cashout"), CodeSent)
        refused = await send(database, ana, "cashout")
        assert isinstance(refused, Refused)
        clock.advance(MINUTE)
    refused = await send(database, ana, "cashout")
    assert isinstance(refused, Refused)
    assert refused.reason == "too_many"
    clock.advance(HOUR - 4 * MINUTE)
    assert isinstance(await send(database, ana, "cashout"), CodeSent)


async def test_a_code_lives_ten_minutes(database: Database, ana: int, clock: MovedClock) -> None:
    await send(database, ana, "cashout")
    clock.advance(10 * MINUTE)
    assert await use(database, ana, "cashout", await mailed(database), clock) == "expired"
    assert await use(database, ana, "cashout", "", clock) == "code_needed"


async def test_of_two_who_ask_at_once_one_gets_a_code(database: Database, ana: int) -> None:
    outcomes: list[CodeSent | Refused] = []

    async def ask() -> None:
        outcomes.append(await send(database, ana, "cashout"))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(ask)
    assert sum(isinstance(each, CodeSent) for each in outcomes) == 1
    assert {each.reason for each in outcomes if isinstance(each, Refused)} == {"too_soon"}
    assert await addresses(database) == [EMAIL]


async def test_a_code_is_used_once_by_two_at_once(database: Database, ana: int) -> None:
    await send(database, ana, "email", "new@example.com")
    right = await mailed(database)
    outcomes: list[VerifiedEmail | Refused] = []

    async def verify() -> None:
        outcomes.append(await database.perform(VerifyCode(ana, right), fresh_key()))

    async with trio.open_nursery() as nursery:
        for _ in range(4):
            nursery.start_soon(verify)
    assert sum(isinstance(each, VerifiedEmail) for each in outcomes) == 1
    assert outcomes.count(Refused("expired")) == 3


async def test_of_many_wrong_tries_at_once_five_are_heard(database: Database, ana: int) -> None:
    await send(database, ana, "email", "new@example.com")
    wrong = another(await mailed(database))
    outcomes: list[VerifiedEmail | Refused] = []

    async def verify() -> None:
        outcomes.append(await database.perform(VerifyCode(ana, wrong), fresh_key()))

    async with trio.open_nursery() as nursery:
        for _ in range(8):
            nursery.start_soon(verify)
    reasons = [each.reason for each in outcomes if isinstance(each, Refused)]
    assert sorted(reasons) == ["too_many"] * 3 + ["wrong"] * 5


async def test_nothing_that_is_stored_or_printed_holds_the_code(database: Database, ana: int) -> None:
    await send(database, ana, "cashout")
    digits = await mailed(database)
    assert digits not in repr(VerifyCode(ana, digits))
    for table in ("outbox", "verifications", "requests"):
        for row in await database.pool.fetch("look", f"SELECT t::text AS t FROM {table} t", (), reads=True):
            assert f'"{digits}"' not in row["t"]
            assert digits not in row["t"].replace("-", " ").replace("(", " ").replace(",", " ").split()


@pytest.mark.parametrize(
    ("purpose", "email", "says"),
    [("email", "new@example.com", "mistyped their address"), ("cashout", "", "in your Telegram account")],
)
async def test_the_letter_says_what_the_code_does(
    database: Database, ana: int, purpose: Purpose, email: str, says: str
) -> None:
    await send(database, ana, purpose, email)
    [row] = await database.pool.fetch(
        "mail", "SELECT data::text FROM outbox WHERE kind = 'email_code' ORDER BY id DESC LIMIT 1", (), reads=True
    )
    notice = code_mail.notices(database.secret)["email_code"]
    data = rows.structurer(notice.record)(orjson.loads(row["data"]))
    letter = sent(notice.draw(words("en", "UTC"), data))
    assert letter.startswith(await mailed(database))
    assert says in letter


async def test_a_right_code_of_another_purpose_frees_no_tries(database: Database, ana: int, clock: MovedClock) -> None:
    """Who is in somebody's account can prove an address of their own, as often as they like."""
    await send(database, ana, "cashout")
    for_cashout = await mailed(database)
    for _ in range(5):
        assert await use(database, ana, "cashout", another(for_cashout), clock) == "wrong"
    clock.advance(MINUTE)
    await send(database, ana, "contact", "thief@example.com")
    clock.advance(MINUTE)
    assert await use(database, ana, "contact", await mailed(database), clock) is None
    assert await use(database, ana, "cashout", for_cashout, clock) == "too_many"
    refused = await send(database, ana, "cashout")
    assert isinstance(refused, Refused)
    assert refused.reason == "too_many"
