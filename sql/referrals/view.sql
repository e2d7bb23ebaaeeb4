-- A person's own link, what came of it, and what there is to earn.
SELECT
    u.slug AS code, t.referral_newcomer AS newcomer_gets, t.referral_referrer AS referrer_gets, t.referral_volume_usd AS needed,
    counts.invited::int AS invited, counts.joined::int AS joined, counts.traded::int AS traded, counts.waiting::int AS waiting,
    (SELECT coalesce(sum(amount), 0) FROM referral_rewards WHERE user_id = u.id AND kind = 'referrer') AS earned,
    coalesce((SELECT balance FROM accounts WHERE owner = u.id AND currency = 'USDT' AND kind = 'credit'), 0) AS credit
FROM users u
CROSS JOIN terms t
CROSS JOIN LATERAL (
    SELECT count(*) AS invited, count(r.onboarded_at) AS joined,
        count(*) FILTER (WHERE rewarded OR r.onboarded_at IS NOT NULL AND (
            EXISTS (SELECT FROM trades WHERE buyer_id = r.id AND state = 'released')
            OR EXISTS (SELECT FROM trades WHERE seller_id = r.id AND state = 'released'))) AS traded,
        count(*) FILTER (WHERE r.onboarded_at IS NOT NULL AND NOT rewarded) AS waiting
    FROM users r
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM referral_rewards WHERE referred_id = r.id AND kind = 'referrer') AS rewarded OFFSET 0) had  -- asked once each
    WHERE r.referred_by = u.id
) counts
WHERE u.id = :user_id
