"""What a row may say: each CHECK of what money depends on has writes here that it alone refuses, one for each part of
it. Who drops one or asks for less in a new schema file hears of it, and who adds one must show what it refuses.
"""

from __future__ import annotations

from lockbay.postgres.bridge import Connection
from tests.ledger.guarded import GUARDED, house, named, refusal

__all__ = ["house"]

CHECKS = """
accounts_check: UPDATE accounts SET balance = -0.000001 WHERE user_id > 0
accounts_check: UPDATE accounts SET balance = NULL WHERE user_id > 0
accounts_check: UPDATE accounts SET version = -1 WHERE user_id > 0
accounts_check: UPDATE accounts SET version = NULL WHERE user_id > 0
accounts_check: UPDATE accounts SET kind = 'held' WHERE user_id > 0
accounts_check: UPDATE accounts SET user_id = 0 WHERE user_id > 0
accounts_check: UPDATE accounts SET balance = 0 WHERE user_id IS NULL
accounts_check: UPDATE accounts SET version = 0 WHERE user_id IS NULL
accounts_check: UPDATE accounts SET kind = 'available' WHERE user_id IS NULL
accounts_check: UPDATE accounts SET kind = 'x' WHERE user_id IS NULL
accounts_finite: UPDATE accounts SET balance = 'NaN' WHERE user_id > 0
accounts_finite: UPDATE accounts SET balance = 'Infinity' WHERE user_id > 0
admin_actions_why_check: UPDATE admin_actions SET why = repeat('x', 501)
cashouts_amount_check: UPDATE cashouts SET amount = 0
cashouts_check1: UPDATE cashouts SET ended_at = NULL WHERE state = 'done'
cashouts_check1: UPDATE cashouts SET ended_at = NULL WHERE state = 'refunded'
cashouts_check1: UPDATE cashouts SET ended_at = NULL WHERE state = 'declined'
cashouts_check1: UPDATE cashouts SET ended_at = NULL WHERE state = 'cancelled'
cashouts_check1: UPDATE cashouts SET ended_at = now() WHERE state = 'sending'
cashouts_check1: UPDATE cashouts SET state = 'sent' WHERE state = 'done'
cashouts_check2: UPDATE cashouts SET provider = NULL WHERE state = 'sending'
cashouts_check2: UPDATE cashouts SET provider = NULL, state = 'unknown' WHERE state = 'sending'
cashouts_check2: UPDATE cashouts SET provider = NULL, state = 'sent' WHERE state = 'sending'
cashouts_check3: UPDATE cashouts SET claimed_by = 1
cashouts_check3: UPDATE cashouts SET claimed_at = now()
cashouts_check: UPDATE cashouts SET net = 0
cashouts_check: UPDATE cashouts SET net = amount + 0.000001
cashouts_finite: UPDATE cashouts SET amount = 'NaN'
cashouts_finite: UPDATE cashouts SET amount = 'Infinity'
cashouts_state_check: UPDATE cashouts SET state = 'lost' WHERE state = 'sending'
conversions_from_amount_check: UPDATE conversions SET from_amount = 0
conversions_price_check: UPDATE conversions SET price = 0
conversions_to_amount_check: UPDATE conversions SET to_amount = -0.000001
corrections_amount_check: UPDATE corrections SET amount = 0
corrections_amount_check: UPDATE corrections SET amount = -1e15 WHERE user_id > 0
corrections_check1: UPDATE corrections SET decided_at = now()
corrections_check1: UPDATE corrections SET decided_by = 2
corrections_check1: UPDATE corrections SET state = 'declined'
corrections_check2: UPDATE corrections SET state = 'approved', decided_by = 2, decided_at = now()
corrections_check2: UPDATE corrections SET transfer_id = 1
corrections_check3: UPDATE corrections SET state = 'approved', decided_by = 1, decided_at = now(), transfer_id = id
corrections_check4: UPDATE corrections SET \
state = 'approved', decided_by = user_id, decided_at = now(), transfer_id = id
corrections_check4: UPDATE corrections SET user_id = proposed_by WHERE user_id > 0
corrections_check5: UPDATE corrections SET unapplied_id = 1 WHERE user_id IS NULL
corrections_check5: UPDATE corrections SET unapplied_id = 1, amount = -1 WHERE user_id > 0
corrections_check: UPDATE corrections SET event_id = 1
corrections_check: UPDATE corrections SET user_id = NULL
corrections_state_check: UPDATE corrections SET state = 'lost', decided_by = 2, decided_at = now()
corrections_why_check: UPDATE corrections SET why = ' '
corrections_why_check: UPDATE corrections SET why = repeat('x', 501)
credit_uses_check: UPDATE credit_uses SET amount = 0
credit_uses_check: UPDATE credit_uses SET amount = worth + 0.000001
credit_uses_fee_check: UPDATE credit_uses SET fee = 0
deposit_addresses_minimum_check: UPDATE payins SET minimum = -0.000001
destinations_check: UPDATE destinations SET account_name = 'Ada'
destinations_check: UPDATE destinations SET bank_code = '011'
destinations_check: UPDATE destinations SET network = 'BANK', account_name = 'Ada'
destinations_check: UPDATE destinations SET network = 'BANK', bank_code = '011'
destinations_label_check: UPDATE destinations SET label = ' '
destinations_label_check: UPDATE destinations SET label = repeat('x', 41)
disputes_check1: UPDATE disputes SET opened_by = seller_id
disputes_check1: UPDATE disputes SET role = 'admin'
disputes_check1: UPDATE disputes SET role = 'seller'
disputes_check2: UPDATE disputes SET assigned_at = NULL, assigned_to = 1
disputes_check2: UPDATE disputes SET assigned_at = now(), assigned_to = NULL
disputes_check3: UPDATE disputes SET fee = NULL
disputes_check3: UPDATE disputes SET how = NULL
disputes_check3: UPDATE disputes SET released = NULL
disputes_check3: UPDATE disputes SET resolved_at = NULL
disputes_check3: UPDATE disputes SET seller_percent = NULL
disputes_check4: UPDATE disputes SET how = 'conceded', why = NULL, resolved_by = NULL
disputes_check4: UPDATE disputes SET how = 'refund'
disputes_check4: UPDATE disputes SET how = 'release'
disputes_check4: UPDATE disputes SET seller_percent = 0
disputes_check4: UPDATE disputes SET seller_percent = 100
disputes_check5: UPDATE disputes SET how = 'conceded', resolved_by = NULL, seller_percent = 0
disputes_check5: UPDATE disputes SET why = NULL
disputes_check6: UPDATE disputes SET resolved_by = NULL
disputes_check7: UPDATE disputes SET \
resolved_at = NULL, how = NULL, seller_percent = NULL, released = NULL, fee = NULL, why = NULL
disputes_check8: UPDATE disputes SET how = 'conceded', seller_percent = 0, why = NULL
disputes_check8: UPDATE disputes SET resolved_by = buyer_id
disputes_check8: UPDATE disputes SET resolved_by = seller_id
disputes_check: UPDATE disputes SET fee = -0.000001
disputes_check: UPDATE disputes SET fee = released + 0.000001
disputes_how_check: UPDATE disputes SET how = 'lost'
disputes_reason_check: UPDATE disputes SET reason = 'lost'
disputes_text_check: UPDATE disputes SET text = repeat('x', 1001)
disputes_text_check: UPDATE disputes SET text = repeat('x', 9)
disputes_why_check: UPDATE disputes SET why = ' '
disputes_why_check: UPDATE disputes SET why = repeat('x', 501)
holds_amount_check: UPDATE holds SET amount = 0
holds_check1: UPDATE holds SET ended_by = began_by WHERE ended_by > 0
holds_check2: UPDATE holds SET ended_as = 'refunded' WHERE ended_by IS NULL
holds_check2: UPDATE holds SET ended_as = NULL
holds_check3: UPDATE holds SET price = 1, price_until = now() WHERE worth IS NULL
holds_check3: UPDATE holds SET worth = 1 WHERE price IS NULL
holds_check4: UPDATE holds SET cashout_id = NULL WHERE trade_id IS NULL
holds_check4: UPDATE holds SET trade_id = 1 WHERE cashout_id > 0
holds_check5: UPDATE holds SET price_until = NULL WHERE price > 0
holds_check5: UPDATE holds SET price_until = now() WHERE price IS NULL
holds_check6: UPDATE holds SET returned = -0.000001 WHERE ended_as = 'converted'
holds_check6: UPDATE holds SET returned = 1 WHERE ended_as = 'released'
holds_check6: UPDATE holds SET returned = amount + 0.000001 WHERE ended_as = 'converted'
holds_check: UPDATE holds SET ended_at = NULL WHERE ended_by > 0
holds_check: UPDATE holds SET ended_at = now() WHERE ended_by IS NULL
holds_ended_as_check: UPDATE holds SET ended_as = 'lost' WHERE ended_as = 'released'
holds_finite: UPDATE holds SET amount = 'NaN'
holds_finite: UPDATE holds SET amount = 'Infinity'
holds_price_check: UPDATE holds SET price = 0 WHERE price > 0
holds_source_check: UPDATE holds SET source = 'lost'
holds_worth_check: UPDATE holds SET worth = -0.000001 WHERE worth > 0
extra_contacts_kind_check: UPDATE extra_contacts SET kind = 'fax'
invitations_check: UPDATE invitations SET joined_at = NULL
invitations_check: UPDATE invitations SET user_id = NULL
levels_discount_percent_check: UPDATE levels SET discount_percent = -0.01
levels_discount_percent_check: UPDATE levels SET discount_percent = 100.01
levels_trades_check: UPDATE levels SET trades = 0
outbox_check1: UPDATE outbox SET sent_at = NULL, sent_by = 'nobody'
outbox_check1: UPDATE outbox SET sent_at = now(), sent_by = NULL
outbox_check: UPDATE outbox SET user_id = NULL, address = NULL
outbox_sent_by_check: UPDATE outbox SET sent_at = now(), sent_by = 'pigeon'
payins_amount_check: UPDATE payins SET amount = 0
payins_check1: UPDATE payins SET price_until = NULL WHERE price > 0
payins_check1: UPDATE payins SET price_until = now() WHERE price IS NULL
payins_check: UPDATE payins SET address = NULL
payins_price_check: UPDATE payins SET price = 0 WHERE price > 0
payout_alarms_check: UPDATE payout_alarms SET ended_at = now(), ended_by = 1
payout_alarms_check: UPDATE payout_alarms SET ended_at = now(), note = 'done'
payout_fees_check: UPDATE payout_fees SET least = fee
payout_fees_fee_check: UPDATE payout_fees SET fee = -0.000001
postings_amount_check: UPDATE postings SET amount = 0
provider_balances_low_check: UPDATE provider_balances SET low = -0.000001
provider_events_check1: UPDATE provider_events SET credited = -0.000001
provider_events_check1: UPDATE provider_events SET credited = moved + 0.000001
provider_events_check2: UPDATE provider_events SET moved = 0, credited = 0 WHERE moved > 0
provider_events_check2: UPDATE provider_events SET moved = 1 WHERE moved = 0
provider_events_check: UPDATE provider_events SET pending = true WHERE moved > 0
quotes_check: UPDATE quotes SET to_currency = from_currency
quotes_finite: UPDATE quotes SET from_amount = 'Infinity'
quotes_finite: UPDATE quotes SET to_amount = 'Infinity'
quotes_finite: UPDATE quotes SET price = 'Infinity'
quotes_from_amount_check: UPDATE quotes SET from_amount = 0
quotes_price_check: UPDATE quotes SET price = 0
quotes_to_amount_check: UPDATE quotes SET to_amount = 0
rates_price_check: UPDATE rates SET price = 'Infinity'
rates_price_check: UPDATE rates SET price = 0
ratings_check: UPDATE ratings SET rated_id = rater_id
ratings_comment_check: UPDATE ratings SET comment = ' '
ratings_comment_check: UPDATE ratings SET comment = repeat('x', 501)
ratings_role_check: UPDATE ratings SET role = 'admin'
ratings_stars_check: UPDATE ratings SET stars = 0
ratings_stars_check: UPDATE ratings SET stars = 6
reconciliations_check: UPDATE reconciliations SET told = ours
referral_rewards_amount_check: UPDATE referral_rewards SET amount = 0
referral_rewards_check1: UPDATE referral_rewards SET kind = 'referrer', user_id = 1, needed = 1
referral_rewards_check1: UPDATE referral_rewards SET kind = 'referrer', user_id = 1, trade_id = 1
referral_rewards_check1: UPDATE referral_rewards SET needed = 1
referral_rewards_check1: UPDATE referral_rewards SET trade_id = 1
referral_rewards_check: UPDATE referral_rewards SET kind = 'referrer', needed = 1, trade_id = 1
referral_rewards_check: UPDATE referral_rewards SET user_id = 1
referral_rewards_kind_check: UPDATE referral_rewards SET kind = 'lost', user_id = 1
staff_check: UPDATE staff SET role = 'finance'
staff_role_check: UPDATE staff SET role = 'root', by_settings = false
terms_cashout_code_check: UPDATE terms SET cashout_code = 'sometimes'
terms_fee_percent_check: UPDATE terms SET fee_percent = -0.01
terms_fee_percent_check: UPDATE terms SET fee_percent = 100
terms_one_check: UPDATE terms SET one = false
terms_referral_newcomer_check: UPDATE terms SET referral_newcomer = -0.000001
terms_referral_referrer_check: UPDATE terms SET referral_referrer = -0.000001
terms_referral_volume_usd_check: UPDATE terms SET referral_volume_usd = -0.01
trades_amount_check: UPDATE trades SET amount = 'Infinity'
trades_amount_check: UPDATE trades SET amount = 0
trades_buyer_fee_check: UPDATE trades SET buyer_fee = -1, seller_fee = fee + 1
trades_cancelled_alone: UPDATE trades SET state = 'cancelled' WHERE state = 'released'
trades_check10: UPDATE trades SET ended_how = 'agreed' WHERE state = 'released'
trades_check1: UPDATE trades SET fee = fee + 0.000001
trades_check2: UPDATE trades SET seller_id = buyer_id
trades_check5: UPDATE trades SET payout = 0 WHERE held > 0
trades_check5: UPDATE trades SET payout = held + 0.000001
trades_check6: UPDATE trades SET held = 1, payout = 1 WHERE paid_at IS NULL
trades_check6: UPDATE trades SET held = NULL, payout = NULL
trades_check6: UPDATE trades SET payout = NULL
trades_check7: UPDATE trades SET choose_by = NULL WHERE state = 'underpaid'
trades_check8: UPDATE trades SET proposed_by = 1 WHERE state = 'paid'
trades_check: UPDATE trades SET seller_fee = -0.000001, fee = buyer_fee - 0.000001
trades_check: UPDATE trades SET seller_fee = amount, fee = buyer_fee + amount
trades_delivery_hours_check: UPDATE trades SET delivery_hours = 0
trades_ended_how_check: UPDATE trades SET state = 'refunded', ended_how = 'lost' WHERE state = 'released'
trades_ends: UPDATE trades SET ended_at = NULL WHERE state = 'declined'
trades_ends: UPDATE trades SET ended_at = NULL WHERE state = 'released'
trades_ends: UPDATE trades SET ended_at = NULL WHERE state = 'resolved'
trades_ends: UPDATE trades SET ended_at = now() WHERE state = 'disputed' OR state = 'paid'
trades_ends: UPDATE trades SET state = 'cancelled' WHERE state = 'awaiting_payment'
trades_ends: UPDATE trades SET state = 'expired' WHERE state = 'awaiting_payment'
trades_ends: UPDATE trades SET state = 'refunded' WHERE state = 'paid'
trades_fee_payer_check: UPDATE trades SET fee_payer = 'nobody'
trades_have_two_sides: UPDATE trades SET seller_id = NULL WHERE state = 'declined'
trades_have_two_sides: UPDATE trades SET seller_id = NULL WHERE state = 'released'
trades_have_two_sides: UPDATE trades SET seller_id = NULL WHERE state = 'resolved'
trades_have_two_sides: UPDATE trades SET seller_id = NULL, state = 'accepted' WHERE state = 'paid'
trades_have_two_sides: UPDATE trades SET seller_id = NULL, state = 'delivered' WHERE state = 'paid'
trades_have_two_sides: UPDATE trades SET seller_id = NULL, state = 'disputed' WHERE state = 'paid'
trades_proposals: UPDATE trades SET proposed_by = buyer_id WHERE state = 'awaiting_payment'
trades_seller_kind_check: UPDATE trades SET seller_kind = 'rumour'
unapplied_amount_check: UPDATE unapplied SET amount = 0
unapplied_check1: UPDATE unapplied SET credited = -0.000001
unapplied_check1: UPDATE unapplied SET credited = amount + 0.000001
unapplied_check2: UPDATE unapplied SET ended_as = 'refunded', ended_at = now(), ended_by_user = 1
unapplied_check2: UPDATE unapplied SET ended_as = 'refunded', ended_at = now(), note = 'why'
unapplied_check: UPDATE unapplied SET ended_as = 'refunded', ended_by_user = 1, note = 'why'
unapplied_check: UPDATE unapplied SET ended_at = now()
unapplied_check: UPDATE unapplied SET ended_by = 1
unapplied_ended_as_check: UPDATE unapplied SET ended_as = 'lost', ended_at = now(), ended_by_user = 1, note = 'why'
users_check1: UPDATE users SET phone = '+2348012345678'
users_check1: UPDATE users SET phone_verified_at = now()
users_check2: UPDATE users SET quiet_from = 1
users_check2: UPDATE users SET quiet_from = 1, quiet_until = 1
users_check3: UPDATE users SET blocked_why = 'why'
users_check4: UPDATE users SET referred_by = id, referred_at = now()
users_check5: UPDATE users SET referred_at = now() WHERE referred_by IS NULL
users_check5: UPDATE users SET referred_by = 1 WHERE referred_by IS NULL
users_check: UPDATE users SET email_verified_at = now()
users_phone_check: UPDATE users SET phone = '08012345678', phone_verified_at = now()
users_quiet_from_check: UPDATE users SET quiet_from = 1440, quiet_until = 1
users_quiet_until_check: UPDATE users SET quiet_from = 1, quiet_until = -1
"""
# What others of the same row demand already.
TWICE = {
    "disputes_released_check", "disputes_seller_percent_check", "provider_events_moved_check", "trades_fee_check",
    "trades_held_check",
}  # fmt: skip


async def test_a_row_that_cannot_be_is_refused_by_name(house: Connection) -> None:
    broken = {write: (name, await refusal(house, write, by_rows=True)) for name, write in named(CHECKS)}
    assert {write: found for write, (name, found) in broken.items() if found != name} == {}


async def test_each_check_has_a_write_that_breaks_it(raw: Connection) -> None:
    rows = await raw.fetch(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid::regclass::text = ANY ($1)", GUARDED
    )
    assert {row["conname"] for row in rows} - TWICE == {name for name, _ in named(CHECKS)}
