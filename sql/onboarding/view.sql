-- How far a person has come: verification and the trades that wait for them, found by what they have proven.
SELECT
    u.first_name, u.email, u.email_verified_at, u.email_skipped_at, u.phone,
    (
        SELECT jsonb_build_object(
            'email', v.email, 'expires_at', v.expires_at,
            'tries_left', t.code_tries - codes_tries(u.id, 'email', :at))
        FROM verifications v, terms t
        WHERE v.user_id = u.id AND v.purpose = 'email'
            AND v.id = (SELECT max(id) FROM verifications WHERE user_id = u.id AND purpose = 'email')
            AND v.used_at IS NULL AND v.expires_at > :at
    ) AS code,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'trade_id', t.id, 'token', i.token, 'buyer', users_name(t.buyer_id), 'currency', t.currency,
            'amount', t.amount::text, 'description', t.description) ORDER BY t.id DESC)
        FROM onboarding_waiting(u.id) i JOIN trades t ON t.id = i.trade_id), '[]') AS invitations,
    r.first_name AS referrer, rules.referral_newcomer AS newcomer_gets
FROM users u
CROSS JOIN terms rules
LEFT JOIN users r ON r.id = u.referred_by
WHERE u.id = :user_id
