"""A house with some of everything that the database guards, and what it says to who breaks into it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import asyncpg
import pytest

from lockbay.postgres.bridge import Connection
from tests.ledger import test_audit, test_audit_planted
from tests.ledger.world import World

GUARDED: Final = (
    "accounts", "admin_actions", "admin_sessions", "cashouts", "console_links", "conversions", "corrections",
    "credit_uses", "currencies", "destinations", "disputes", "extra_contacts", "holds", "invitations",
    "ledger_snapshots", "levels", "outbox", "payins", "payout_alarms", "payout_events", "payout_fees", "postings",
    "provider_balances", "provider_events", "quotes", "rates", "ratings", "reconciliations", "referral_rewards",
    "requests", "staff", "terms", "trades", "transfers", "transitions", "unapplied", "unreadable_events", "users",
    "verifications",
)  # fmt: skip
# Of what the two do not have.
BESIDES: Final = """
INSERT INTO corrections (user_id, currency, amount, why, proposed_by, proposed_at, expires_at)
SELECT min(id), 'USDT', 5, 'why', 1, now(), now() FROM users;
INSERT INTO corrections (event_id, currency, amount, why, proposed_by, proposed_at, expires_at)
SELECT min(id), 'USDT', 5, 'why', 1, now(), now() FROM payout_events;
INSERT INTO payout_alarms (event_id) SELECT unnest(ARRAY[min(id), max(id)]) FROM payout_events;
INSERT INTO reconciliations (payin_id, provider, currency, told, ours, at)
SELECT id, 'blockbee', 'USDT', 2, 1, now() FROM payins WHERE id <= 2;
INSERT INTO destinations (user_id, label, currency, network, address, created_at)
SELECT min(id), label, 'USDT', 'TRC20', label, now() FROM users, unnest(ARRAY['one', 'other']) label GROUP BY label;
INSERT INTO extra_contacts (user_id, kind, value, created_at)
SELECT unnest(ARRAY[min(id), max(id)]), 'email', 'ada@lockbay.example', now() FROM users;
INSERT INTO unapplied (event_id, reason, at, amount) VALUES (1, 'late', now(), 1);
INSERT INTO ratings (trade_id, rater_id, rated_id, role, stars, at)
SELECT id, buyer_id, seller_id, 'buyer', 5, now() FROM trades WHERE id = 1;
INSERT INTO verifications (user_id, purpose, email, nonce, hash, tries, sent_at, expires_at)
SELECT min(id), 'email', 'ada@lockbay.example', 'nonce', 'hash', 1, now(), now() FROM users;
INSERT INTO console_links (user_id, hash, created_at, expires_at)
SELECT 1, hash, now(), now() FROM unnest(ARRAY['one', 'other']::bytea[]) hash;
INSERT INTO admin_sessions (user_id, hash, csrf, created_at, seen_at, expires_at)
SELECT 1, hash, 'csrf', now(), now(), now() FROM unnest(ARRAY['one', 'other']::bytea[]) hash;
INSERT INTO provider_balances (provider, currency, network, amount, low, asked_at)
VALUES ('blockbee', 'USDT', 'TRC20', 1, 1, now());
INSERT INTO admin_actions (user_id, action, subject, why, at) VALUES (1, 'look', 'user 1', 'why', now());
INSERT INTO unreadable_events (provider, digest, problem, body, headers, at)
SELECT 'blockbee', digest, 'unreadable', '', '', now() FROM unnest(ARRAY['one', 'other']) digest
"""


@pytest.fixture
async def house(world: World, raw: Connection) -> Connection:
    """To who owns the database and may do anything in it but what it refuses."""
    await test_audit.busy(world)
    await test_audit_planted.busy(world)
    await raw.execute(BESIDES)
    return raw


def named(lines: str) -> Iterator[tuple[str, str]]:
    """What is written as `name: what breaks it`, a line each."""
    for line in filter(None, lines.splitlines()):
        name, _, write = line.partition(": ")
        yield name, write


async def refusal(raw: Connection, write: str, *, by_rows: bool = False) -> str:
    """The name of the constraint that a write breaks, or what its trigger says; "" where it is done. Nothing stays.

    `by_rows`: as if there were no triggers, which have the first word, and no foreign keys.
    """
    await raw.execute(f"BEGIN; SET LOCAL session_replication_role = {'replica' if by_rows else 'origin'}")
    try:
        await raw.execute(write)
    except asyncpg.IntegrityConstraintViolationError as error:
        return str(error.constraint_name)
    except asyncpg.PostgresError as error:
        return f"{error.sqlstate} {error}"
    finally:
        await raw.execute("ROLLBACK")
    return ""
