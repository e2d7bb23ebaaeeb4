"""Which two rows there may not be, and what may not point to nothing: each unique index of what money depends on has a
write here that it alone refuses. An id that the database itself gives is no matter of ours.
"""

from __future__ import annotations

from lockbay.postgres.bridge import Connection
from tests.ledger.guarded import GUARDED, house, named, refusal

__all__ = ["house"]

UNIQUE = """
accounts_owner_currency_kind_key: UPDATE accounts SET kind = 'fees', currency = 'USDT' WHERE kind = 'held'
admin_sessions_hash_key: UPDATE admin_sessions SET hash = 'hash'
cashouts_reference_key: UPDATE cashouts SET reference = 'co-1'
cashouts_slug_key: UPDATE cashouts SET slug = 'C-1'
console_links_hash_key: UPDATE console_links SET hash = 'hash'
corrections_of_event: UPDATE corrections SET event_id = 1, user_id = NULL, \
state = 'approved', decided_by = 2, decided_at = now(), transfer_id = id
corrections_transfer_id_key: UPDATE corrections SET \
state = 'approved', decided_by = 2, decided_at = now(), transfer_id = 1
credit_uses_pkey: INSERT INTO credit_uses SELECT * FROM credit_uses
currencies_pkey: UPDATE currencies SET code = 'USDT'
currencies_position_key: UPDATE currencies SET position = 1
destinations_of_user: UPDATE destinations SET address = 'T-there'
disputes_trade_id_key: INSERT INTO disputes (trade_id, buyer_id, seller_id, opened_by, role, reason, text, opened_at) \
SELECT trade_id, buyer_id, seller_id, opened_by, role, reason, text, opened_at FROM disputes
extra_contacts_by_value: UPDATE extra_contacts SET verified_at = now()
extra_contacts_by_value: UPDATE extra_contacts SET verified_at = now(), value = CASE id % 2 WHEN 0 THEN 'A' ELSE 'a' END
extra_contacts_of_user: UPDATE extra_contacts SET user_id = 1
holds_of_cashout: UPDATE holds SET cashout_id = 1 WHERE cashout_id > 0
invitations_pkey: UPDATE invitations SET trade_id = 1
invitations_token_key: UPDATE invitations SET token = 'token'
ledger_snapshots_pkey: UPDATE ledger_snapshots SET account_id = 1
levels_pkey: UPDATE levels SET trades = 1
outbox_dedup_key: UPDATE outbox SET dedup = 'once'
payins_by_reference: UPDATE payins SET reference = 'reference'
payout_alarms_pkey: UPDATE payout_alarms SET event_id = 1
payout_fees_pkey: UPDATE payout_fees SET currency = 'USDT', network = 'TRC20'
postings_of_account: UPDATE postings SET version = 1 WHERE version > 0
provider_balances_pkey: INSERT INTO provider_balances SELECT * FROM provider_balances
provider_events_transfer_id_key: UPDATE provider_events SET transfer_id = 1 WHERE moved > 0
quotes_used_by_key: UPDATE quotes SET used_by = 1
rates_pkey: INSERT INTO rates SELECT * FROM rates
ratings_pkey: INSERT INTO ratings (trade_id, rater_id, rated_id, role, stars, at) \
SELECT trade_id, rater_id, rated_id, role, stars, at FROM ratings
reconciliations_open: UPDATE reconciliations SET payin_id = 1
referral_rewards_pkey: INSERT INTO referral_rewards SELECT * FROM referral_rewards
referral_rewards_transfer_id_key: INSERT INTO referral_rewards \
SELECT referred_id, 'referrer', 1, amount, 1, 1, transfer_id, at FROM referral_rewards
requests_pkey: UPDATE requests SET key = 'key'
staff_pkey: INSERT INTO staff SELECT * FROM staff
terms_pkey: INSERT INTO terms DEFAULT VALUES
trades_slug_key: UPDATE trades SET slug = 'T-1'
transfers_request_key_key: UPDATE transfers SET request_key = 'key'
transitions_pkey: UPDATE transitions SET subject = 'trade', from_state = 'paid', to_state = 'accepted'
unapplied_ended_by_key: UPDATE unapplied SET \
ended_as = 'credited', ended_at = now(), ended_by = 1, ended_by_user = 1, note = 'why'
unapplied_event_id_key: UPDATE unapplied SET event_id = 1
unreadable_events_provider_digest_key: UPDATE unreadable_events SET digest = 'digest'
users_by_email: UPDATE users SET email = 'ada@lockbay.example', email_verified_at = now()
users_by_email: UPDATE users SET email = CASE id WHEN 5000000002 THEN 'A' ELSE 'a' END, email_verified_at = now() \
WHERE id IN (5000000002, 5000000003)
users_by_phone: UPDATE users SET phone = '+2348012345678', phone_verified_at = now()
users_pkey: UPDATE users SET id = 1
users_slug_key: UPDATE users SET slug = 'slug'
"""
OURS = """
SELECT i.relname AS name FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE x.indisunique AND x.indrelid::regclass::text = ANY ($1) AND NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = x.indrelid AND attnum = x.indkey[0] AND attidentity <> '')
"""
# Who points to whom. Of the books some do not, as the check would lock rows that everybody writes to: the audit looks.
LINKS = """
accounts: currency currencies, user_id users
cashouts: currency currencies, user_id users
conversions: from_currency currencies, quote_id quotes, to_currency currencies, trade_id trades, \
transfer_id transfers, user_id users
corrections: currency currencies, event_id payout_events, transfer_id transfers, unapplied_id unapplied, user_id users
credit_uses: trade_id trades, transfer_id transfers, user_id users
destinations: currency currencies, user_id users
disputes: buyer_id users, opened_by users, seller_id users, trade_id trades
extra_contacts: user_id users
holds: began_by transfers, cashout_id cashouts, ended_by transfers, trade_id trades
invitations: trade_id trades, user_id users
ledger_snapshots: account_id accounts
payins: currency currencies, trade_id trades, user_id users
payout_alarms: event_id payout_events
payout_events: cashout_id cashouts
payout_fees: currency currencies
postings: transfer_id transfers
provider_balances: currency currencies
provider_events: payin_id payins, trade_id trades, transfer_id transfers
quotes: from_currency currencies, to_currency currencies, trade_id trades, used_by transfers, user_id users
ratings: rated_id users, rater_id users, trade_id trades
reconciliations: payin_id payins
referral_rewards: referred_id users, trade_id trades, transfer_id transfers, user_id users
trades: buyer_id users, currency currencies, seller_id users
unapplied: ended_by transfers, event_id provider_events, user_id users
verifications: user_id users
"""
POINTS = """
SELECT conrelid::regclass::text AS of, string_agg(attname || ' ' || confrelid::regclass, ', ' ORDER BY attname) AS links
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND convalidated AND conrelid::regclass::text = ANY ($1) GROUP BY 1
"""


async def test_what_there_is_once_is_not_there_twice(house: Connection) -> None:
    broken = {write: (name, await refusal(house, write, by_rows=True)) for name, write in named(UNIQUE)}
    assert {write: found for write, (name, found) in broken.items() if found != name} == {}


async def test_each_unique_index_has_a_write_that_breaks_it(raw: Connection) -> None:
    assert {row["name"] for row in await raw.fetch(OURS, GUARDED)} == {name for name, _ in named(UNIQUE)}


async def test_what_points_to_something_points_to_what_is_there(raw: Connection) -> None:
    assert {row["of"]: row["links"] for row in await raw.fetch(POINTS, GUARDED)} == dict(named(LINKS))
